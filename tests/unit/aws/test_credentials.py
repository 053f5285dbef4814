"""Credentials come from the environment, and only in their absence from botocore's chain."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import CredentialRetrievalError, NoCredentialsError

from event_api.aws import credentials
from event_api.aws.signing_v4 import Credentials
from testkit.server import LocalServer, Routes

NAMES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_PROFILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
)


@pytest.fixture(autouse=True)
def _empty(monkeypatch, tmp_path):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


def set_all(monkeypatch, **values):
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("name", ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"])
def test_of_the_environment(monkeypatch, name):
    set_all(monkeypatch, AWS_ACCESS_KEY_ID="id", AWS_SECRET_ACCESS_KEY="secret", **{name: "token"})
    assert credentials.provider()() == Credentials("id", "secret", "token")


def test_the_environment_s_need_nothing_of_botocore():
    code = (
        "import sys; from event_api.aws import credentials; credentials.provider()(); print('botocore' in sys.modules)"
    )
    environment = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "PATH": ""}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_of_a_profile(tmp_path):
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id=id\naws_secret_access_key=secret\n")
    assert credentials.provider()() == Credentials("id", "secret", None)


def test_none(monkeypatch):
    with pytest.raises(NoCredentialsError):
        credentials.provider()()


@pytest.fixture
def container(monkeypatch):
    """What Lambda has for SnapStart: credentials of a container, here about to expire."""
    given: list[Any] = []

    class Endpoint(Routes):
        def get(self):
            if not given:
                self.answer(400)
                return
            left = given.pop(0)
            expires = (datetime.now(UTC) + timedelta(seconds=left)).strftime("%Y-%m-%dT%H:%M:%SZ")
            keys = {"AccessKeyId": f"id-{left}", "SecretAccessKey": "secret", "Token": "token", "Expiration": expires}
            self.answer(200, json.dumps(keys).encode())

    with LocalServer(Endpoint) as server:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://{server.address}/credentials")
        yield given


def test_of_a_container_renewed_before_they_expire(container):
    container[:] = [60, 3600]
    current = credentials.provider()
    assert [current().access_key for _ in range(3)][-1] == "id-3600"
    assert container == []


def test_of_a_container_that_has_none(container, monkeypatch):
    monkeypatch.setattr("botocore.utils.time.sleep", lambda _: None)
    with pytest.raises(CredentialRetrievalError):
        credentials.provider()()
