"""The nouns of the service; nothing here knows AWS."""
