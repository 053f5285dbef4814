import os
from typing import Any

import pytest

from localrun import aws

ENDPOINT = "http://127.0.0.1:3999"
USERS_OWN = {
    "AWS_PROFILE": "nobody",
    "AWS_ENDPOINT_URL": "http://elsewhere.invalid",
    "AWS_ACCESS_KEY_ID": "AKIA",
    "AWS_SESSION_TOKEN": "real",
    "AWS_REGION": "eu-west-1",
    "HTTP_PROXY": "http://proxy.invalid:8080",
}


@pytest.fixture(autouse=True)
def users_own(monkeypatch):
    for name, value in USERS_OWN.items():
        monkeypatch.setenv(name, value)


def test_a_client_reaches_the_local_services_only():
    client: Any = aws.client("dynamodb", ENDPOINT)  # botocore types neither its config nor its signer
    assert client.meta.endpoint_url == ENDPOINT
    assert client.meta.region_name == aws.REGION
    assert client.meta.config.proxies == {}
    credentials = client._request_signer._credentials
    assert (credentials.access_key, credentials.token) == (aws.ACCESS_KEY_ID, None)


def test_an_isolated_process_has_nothing_of_the_users_own(monkeypatch):
    with monkeypatch.context() as context:
        context.setattr(os, "environ", dict(os.environ))
        aws.isolate(ENDPOINT)
        left = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        assert left == {name: value for name, value in aws.environment(ENDPOINT).items() if name.startswith("AWS_")}
        assert os.environ["NO_PROXY"] == "127.0.0.1,localhost"
