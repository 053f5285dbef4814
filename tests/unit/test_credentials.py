from __future__ import annotations

import pytest

from event_api import credentials


def test_a_secret_matches_its_own_hash_only():
    hashes = [credentials.hash_secret("one"), credentials.hash_secret("two")]
    assert credentials.matches("one", hashes)
    assert credentials.matches("two", hashes)
    assert not credentials.matches("three", hashes)
    assert not credentials.matches("", [])


def test_every_hash_is_compared_whichever_matches(monkeypatch):
    compared = []
    monkeypatch.setattr(credentials.hmac, "compare_digest", lambda one, other: compared.append(other) or one == other)
    hashes = [credentials.hash_secret(secret) for secret in ("one", "two", "three")]
    assert credentials.matches("one", hashes)
    assert len(compared) == len(hashes) + 1


@pytest.mark.parametrize(
    ("header", "credential"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Bearer abcé", None),
        ("Bearer \ud800", None),
        ("Basic abc", None),
        ("Bearer", None),
        ("abc", None),
        ("", None),
        (None, None),
    ],
)
def test_only_a_bearer_header_has_a_credential(header, credential):
    assert credentials.bearer(header) == credential


def test_any_text_can_be_hashed():
    assert credentials.hash_secret("\ud800") != credentials.hash_secret("")
