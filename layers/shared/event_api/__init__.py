"""The Event API's shared layer: models, normalizers, correlation, the query language and the store.

Everything here is importable without AWS; only `event_api.store` knows DynamoDB, only `event_api.queue`
knows SQS, and only `event_api.http` knows API Gateway.
"""
