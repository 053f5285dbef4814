"""The Event API's shared layer, in rooms that follow the data's way (docs/architecture.md).

A room imports only rooms below it, which `make lint` checks. Only `event_api.store` knows DynamoDB and S3, and only
`event_api.aws` knows Lambda's event formats, SQS and the AWS clients.
"""

from __future__ import annotations

import gc
import os

_ALLOCATIONS = 50_000

if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    # Nearly all objects of a cold start stay: looking for garbage among them takes a tenth of it (docs/adr/0005).
    gc.set_threshold(_ALLOCATIONS)
