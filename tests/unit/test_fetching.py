"""Fetching, from servers on this machine that do what servers should not."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest

from event_api import safe_fetch
from tests.conftest import REAL_GET


@pytest.fixture(autouse=True)
def real(monkeypatch):
    monkeypatch.setattr(safe_fetch, "_get", REAL_GET)


@contextmanager
def server(talk):
    """A server that answers each connection by talking; yields its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        asked = []

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(65536))
                    try:
                        talk(connection)
                    except OSError:
                        continue

        threading.Thread(target=serve, daemon=True).start()
        host, port = listener.getsockname()
        yield f"http://{host}:{port}/page", asked
        listener.shutdown(socket.SHUT_RDWR)


def says(*parts, pause=0.0):
    def talk(connection):
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)

    return talk


def answer(status, body=b"", headers=b""):
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n%s" % (status, len(body), headers, body)


def test_a_page_is_fetched():
    with server(says(answer(b"200 OK", b"certificate"))) as (url, asked):
        assert safe_fetch.fetch(url, 2) == b"certificate"
        assert asked[0].startswith(b"GET /page ")


@pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"307 Temporary", b"308 Permanent"])
def test_no_redirect_is_followed(status):
    with server(says(answer(b"200 OK", b"secret"))) as (inner, asked):
        location = b"Location: %s\r\n" % inner.encode()
        with server(says(answer(status, headers=location))) as (url, _), pytest.raises(safe_fetch.RefusedError):
            safe_fetch.fetch(url, 2)
        assert asked == []


@pytest.mark.parametrize("status", [b"400 Bad", b"403 No", b"404 None"])
def test_a_refusal_is_final(status):
    with server(says(answer(status))) as (url, _), pytest.raises(safe_fetch.RefusedError, match=status[:3].decode()):
        safe_fetch.fetch(url, 2)


@pytest.mark.parametrize("status", [b"408 Time", b"429 Slow", b"500 Broken", b"503 Later"])
def test_what_may_change_is_not_final(status):
    with server(says(answer(status))) as (url, _), pytest.raises(safe_fetch.FetchError) as error:
        safe_fetch.fetch(url, 2)
    assert not isinstance(error.value, safe_fetch.RefusedError)


@pytest.mark.parametrize(
    "talk",
    [
        says(b"", pause=5),
        says(*[b"H"] * 50, pause=0.1),
        says(b"HTTP/1.1 200 OK\r\n", *[b"X-Drip: 1\r\n"] * 50, pause=0.1),
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *[b"x"] * 50, pause=0.1),
    ],
    ids=["silent", "dripping status", "dripping headers", "dripping body"],
)
def test_whoever_is_slow_is_left(talk):
    started = time.monotonic()
    with server(talk) as (url, _), pytest.raises(safe_fetch.FetchError, match=r"no answer within 0\.3 s|be reached"):
        safe_fetch.fetch(url, 0.3)
    assert time.monotonic() - started < 2


def test_whoever_is_not_there_is_left():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(safe_fetch.FetchError, match="could not be reached"):
        safe_fetch.fetch(f"http://127.0.0.1:{port}/", 2)


@pytest.mark.parametrize(
    "talk",
    [
        says(answer(b"200 OK", b"x" * (safe_fetch.MAX_BYTES + 1))),
        says(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 10_000] * 20),
    ],
    ids=["of a known length", "without an end"],
)
def test_a_large_answer_is_refused(talk):
    with server(talk) as (url, _), pytest.raises(safe_fetch.RefusedError, match="larger than"):
        safe_fetch.fetch(url, 2)


def test_no_error_names_the_url():
    with server(says(answer(b"404 None"))) as (url, _), pytest.raises(safe_fetch.RefusedError) as error:
        safe_fetch.fetch(url + "?Token=hunter2", 2)
    assert "hunter2" not in str(error.value)
