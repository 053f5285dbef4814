"""Authentication of senders and of API tokens."""
