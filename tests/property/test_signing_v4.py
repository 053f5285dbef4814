"""Our signatures are those of botocore's signer, whatever is signed."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest.mock import patch

from botocore.auth import SIGNED_HEADERS_BLACKLIST, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st

from event_api.aws.connections import Connections
from event_api.aws.signing_v4 import Credentials, Signer

KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,15}", fullmatch=True).filter(
    # Botocore leaves some unsigned, which our client does not send; Host is the signature's own.
    lambda name: name.lower() not in {*SIGNED_HEADERS_BLACKLIST, "host"}
)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=5, unique_by=lambda header: header[0].lower()).map(dict)
PATHS = st.lists(
    st.text("abcXYZ019-_.~+ %é", min_size=1, max_size=8).filter(lambda part: set(part) != {"."}), max_size=3
)
HOSTS = st.sampled_from(["dynamodb.eu-west-1.amazonaws.com", "127.0.0.1:8000", "localhost:80", "[::1]:4566"])


@given(
    access_key=KEYS,
    secret_key=KEYS,
    token=st.none() | KEYS,
    service=st.sampled_from(["dynamodb", "sqs", "x"]),
    region=st.sampled_from(["us-east-1", "cn-north-1", "local"]),
    scheme=st.sampled_from(["http", "https"]),
    host=HOSTS,
    path=PATHS,
    headers=HEADERS,
    body=st.binary(max_size=200),
    now=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001  # hypothesis adds the zone
)
def test_a_signature_is_botocores(  # noqa: PLR0917  # hypothesis names them
    access_key, secret_key, token, service, region, scheme, host, path, headers, body, now
):
    url = f"{scheme}://{host}/{'/'.join(path)}"
    moment = now.replace(microsecond=0, tzinfo=UTC)
    connections = Connections(url, 1, 1)
    signer = Signer(service, region, connections.host, connections.path)
    ours = signer.sign(Credentials(access_key, secret_key, token), headers, body, moment.timestamp())

    request = AWSRequest("POST", f"{scheme}://{host}{connections.path}", headers=headers, data=body)
    with patch("botocore.auth.get_current_datetime", lambda *_: moment.replace(tzinfo=None)):
        SigV4Auth(BotocoreCredentials(access_key, secret_key, token), service, region).add_auth(request)
    assert ours["Authorization"] == request.headers["Authorization"]
    assert ours["X-Amz-Date"] == request.headers["X-Amz-Date"]
    assert ours.get("X-Amz-Security-Token") == request.headers["X-Amz-Security-Token"]


def test_the_derived_key_follows_the_day_and_the_secret():
    signer = Signer("dynamodb", "us-east-1", "host", "/")

    def signed(secret, now):
        return signer.sign(Credentials("id", secret), {}, b"", now)["Authorization"]

    first = signed("a", 0)
    others = [signed("b", 0), signed("a", 90_000), signed("b", 90_000)]
    assert len({first, *others}) == 4
    assert signed("a", 0) == first
