"""A typed client of the Event API.

    >>> from event_api_client import Client
    >>> client = Client("https://….execute-api.eu-west-1.amazonaws.com", token)  # doctest: +SKIP
    >>> for event in client.events.search(severity="CRITICAL", limit=10):  # doctest: +SKIP
    ...     print(event["created_at"], event["title"])

Requests raise `ApiError` if the service refuses them, and `ConnectionFailedError` if there is no answer; both are a
`ClientError`.
"""

from event_api_client.client import Client
from event_api_client.errors import ApiError, ClientError, ConnectionFailedError

__all__ = ["ApiError", "Client", "ClientError", "ConnectionFailedError"]
