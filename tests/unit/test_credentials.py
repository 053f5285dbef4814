from __future__ import annotations

import hmac

import pytest

from event_api.auth import credentials


def test_a_secret_matches_its_own_hash_only():
    hashes = [credentials.hash_secret("one"), credentials.hash_secret("two")]
    assert credentials.matches("one", hashes)
    assert credentials.matches("two", hashes)
    assert not credentials.matches("three", hashes)
    assert not credentials.matches("", [])


def test_every_hash_is_compared_whichever_matches(monkeypatch):
    compared = []

    def compare(one, other):
        compared.append(other)
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
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
