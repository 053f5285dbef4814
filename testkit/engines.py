"""DynamoDB engines for tests: moto in process, and two real ones. All get the template's tables, new for each test.

dynoxide is exact about consumed capacity and right under concurrency; it is not a Python package, so `make engines`
installs it, or DYNOXIDE names the binary. ministack is what the local run uses.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from localrun.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_SECONDS = 30
_INSTALLED = ROOT / ".cache/engines/dynoxide"
_MINISTACK = """
import runpy
from localrun import indexes
indexes.install()
runpy.run_module("ministack", run_name="__main__")
"""


def dynoxide_binary() -> str:
    binary = Path(os.environ.get("DYNOXIDE") or shutil.which("dynoxide") or _INSTALLED)
    if not binary.exists():
        raise RuntimeError(f"no dynoxide at {binary}: run 'make engines', or set DYNOXIDE")
    return str(binary)


@contextmanager
def dynoxide(_directory: Path) -> Iterator[str]:
    """Run a server in memory and yield its URL."""
    port = free_port()
    with served([dynoxide_binary(), "serve", "--host", "127.0.0.1", "--port", str(port)], port, {}):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def ministack(directory: Path) -> Iterator[str]:
    """Run a server, with the local run's indexes, and yield its URL."""
    port = free_port()
    environment = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "ERROR",
        "TMPDIR": str(directory),
        "PYTHONPATH": str(ROOT),
    }
    with served([sys.executable, "-c", _MINISTACK], port, environment):
        yield f"http://127.0.0.1:{port}"


SERVERS = {"dynoxide": dynoxide, "ministack": ministack}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(command: list[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    """Run a server until the block ends; wait for its port first."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended with {process.returncode}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not open its port")
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(timeout=_START_SECONDS)
