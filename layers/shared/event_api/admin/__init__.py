"""Administration of webhooks, tokens and stored deliveries."""
