"""The Event API's shared layer, in rooms that follow the data's way (docs/architecture.md).

A room imports only rooms below it, which `make lint` checks. Only `event_api.store` knows DynamoDB and S3, and only
`event_api.aws` knows Lambda's event formats, SQS and the AWS clients.
"""
