"""The nouns of the service: event, alert, webhook, delivery, token. Plain values, no AWS, cheap to import.

They are dataclasses and not pydantic models: the ingest path builds them from values that the normalizers have already
converted, and must not pay for pydantic's import at a cold start (docs/adr/0005). Pydantic validates the requests of
the reading routes, in `event_api.reads`.
"""
