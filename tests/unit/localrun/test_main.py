import socket

import pytest

from localrun import lock, settings
from localrun.main import main
from localrun.server import HOST, listen


@pytest.fixture(autouse=True)
def local_dir(monkeypatch, tmp_path):
    monkeypatch.setenv("LOCAL_DIR", str(tmp_path))
    monkeypatch.delenv("PORT", raising=False)
    return tmp_path


def failure(capsys, arguments=()):
    """Run the command, which must fail with one line on standard error and nothing else."""
    status = main(list(arguments))
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.count("\n") == 1
    return status, written.err


@pytest.mark.parametrize("port", ["0", "65536", "-1", "x", "³", " 3000", "1e3"])
def test_a_port_that_is_none_is_refused(capsys, monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    status, line = failure(capsys)
    assert status == 1
    assert "PORT must be a number from 1 to 65535" in line


@pytest.mark.parametrize("port", [None, ""])
def test_without_a_port_it_is_3000(port):
    assert settings.from_environment({} if port is None else {"PORT": port}).port == 3000


def test_a_port_in_use_is_said_with_what_to_do(capsys, monkeypatch):
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        status, line = failure(capsys)
    assert status == 1
    assert f"port {port} is not free" in line
    assert f"make run PORT={port + 1}" in line


def test_one_that_is_starting_is_said_to_be(capsys, local_dir):
    assert lock.acquire(local_dir / "lock") is not None
    status, line = failure(capsys)
    assert status == 1
    assert "starting or stopping already" in line


def test_reload_needs_one_that_runs(capsys):
    status, line = failure(capsys, ["reload"])
    assert status == 1
    assert "not running; start it with 'make run'" in line


def test_an_unknown_command_is_answered_with_the_usage(capsys):
    status, line = failure(capsys, ["relaod"])
    assert status == 2
    assert line.startswith("usage:")


def test_only_the_loopback_interface_is_listened_on():
    with listen(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
