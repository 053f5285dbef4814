"""The local AWS: ministack in this process, on one port of the loopback interface, with its state on disk."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import shutil
import socket
import tempfile
import time
from typing import TYPE_CHECKING

from localrun import aws, indexes, page
from localrun.errors import LocalRunError
from localrun.gateway import Gateway, Message, Receive, Scope, Send
from localrun.logs import FunctionLogs, log_services_to

if TYPE_CHECKING:
    from localrun.settings import Settings

HOST = "127.0.0.1"
_BACKLOG = 1024
_START_SECONDS = 600  # reading a large state takes its time
_STOP_SECONDS = 600
_SAVE_SECONDS = 2
# Saving takes the event loop's time; at most one part in this many.
_SAVE_SHARE = 20
# State that requests change. The rest changes with deployments, and is saved with all when they end.
_DATA_SERVICES = ("dynamodb", "s3", "sqs")


def listen(port: int) -> socket.socket:
    """Take the port exclusively; raise LocalRunError if it is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise LocalRunError(
            f"port {port} is not free ({error.strerror}); choose another: make run PORT={port + 1}"
        ) from error
    return listener


class Server:
    """ministack with the state of ``settings.local_dir``; make one only, since ministack's state is its modules'."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self._settings = settings
        self._listener = listener
        _prepare_environment(settings)
        log_services_to(settings.logs_dir / "services.log")
        _check_state(settings)
        # Only now: ministack reads its settings from the environment when it is imported.
        from ministack.app import app  # noqa: PLC0415

        indexes.install()
        self._failures = _RestoreFailures()
        self.gateway = Gateway(app, page.resources(settings.root))
        FunctionLogs(settings.logs_dir).install()

    async def serve(self, stop: asyncio.Event, started: asyncio.Event) -> None:
        """Serve until ``stop`` is set, then save everything and end every process that ran a function.

        ``started`` is set when requests are taken. Raises LocalRunError if the saved state cannot be restored; it
        is left as it is.
        """
        from hypercorn.asyncio import serve  # noqa: PLC0415 - slow to import, and the port is looked at first
        from hypercorn.config import Config  # noqa: PLC0415
        from hypercorn.utils import LifespanFailureError  # noqa: PLC0415
        from ministack.core import hypercorn_compat, lambda_runtime  # noqa: PLC0415

        hypercorn_compat.install()
        config = Config()
        config.bind = [f"fd://{self._listener.detach()}"]
        config.backlog = _BACKLOG
        config.errorlog = logging.getLogger("hypercorn.error")
        config.loglevel = "WARNING"
        config.startup_timeout = _START_SECONDS
        config.shutdown_timeout = _STOP_SECONDS
        config.graceful_timeout = 3
        config.keep_alive_timeout = 75
        config.keep_alive_max_requests = 1_000_000
        config.include_server_header = False
        # Beyond what the gateway refuses, so that it is the one that answers.
        config.h11_max_incomplete_size = 1024 * 1024

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "lifespan":
                send = self._refuse_broken_state(send, started)
            await self.gateway(scope, receive, send)

        try:
            await serve(app, config, shutdown_trigger=stop.wait, mode="asgi")  # type: ignore[arg-type]
        except LifespanFailureError as error:
            raise _unreadable(self._settings, self._failures.first) from error
        finally:
            lambda_runtime.reset()

    def _refuse_broken_state(self, send: Send, started: asyncio.Event) -> Send:
        async def checked(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                if self._failures.first:
                    # Started with less than was saved, it would save less.
                    await send({"type": "lifespan.startup.failed", "message": self._failures.first})
                self._failures.stop()
                started.set()
            await send(message)

        return checked

    def save_all(self) -> None:
        """Save every service's state, as at the end."""
        from ministack import app  # noqa: PLC0415 - see __init__
        from ministack.core import persistence  # noqa: PLC0415

        persistence.save_all(app._build_persistence_save_dict())  # noqa: SLF001 - there is no other way, and the version is pinned

    async def keep_saved(self, close: asyncio.Event) -> None:
        """Save what requests change, soon after they do, until ``close`` is set: a kill loses seconds only."""
        from ministack import app  # noqa: PLC0415 - see __init__
        from ministack.core import persistence  # noqa: PLC0415

        pause: float = _SAVE_SECONDS
        while not close.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(close.wait(), pause)
            if close.is_set() or not self.gateway.changed:
                continue
            self.gateway.changed = False
            before = time.monotonic()
            services = app._build_persistence_save_dict()  # noqa: SLF001 - see save_all
            for name in _DATA_SERVICES:
                if name in services:
                    # The copy is taken here, between requests; only writing it out can take its time elsewhere.
                    state = services[name]()
                    await asyncio.to_thread(persistence.save_state, name, state)
            pause = max(_SAVE_SECONDS, (time.monotonic() - before) * _SAVE_SHARE)


def _prepare_environment(settings: Settings) -> None:
    """Set what ministack and the functions' processes read; nothing of the user's own AWS settings reaches them."""
    aws.isolate(settings.endpoint_url)
    shutil.rmtree(settings.temporary_dir, ignore_errors=True)
    for folder in (settings.services_dir, settings.temporary_dir):
        folder.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(settings.temporary_dir)
    os.environ |= {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(settings.port),
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "PERSIST_STATE": "1",
        "S3_DATA_DIR": str(settings.services_dir / "s3"),
        "S3_PERSIST": "1",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(settings.services_dir),
        "TMPDIR": str(settings.temporary_dir),
    }


def _check_state(settings: Settings) -> None:
    for path in settings.services_dir.glob("*.json"):
        try:
            json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise _unreadable(settings, f"{path.name}: {error}") from error


def _unreadable(settings: Settings, reason: str) -> LocalRunError:
    return LocalRunError(f"the saved state cannot be read ({reason}); delete {settings.local_dir} to start anew")


class _RestoreFailures(logging.Handler):
    """Notices that ministack could not restore a service: it says so to its log only, and starts that one empty."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.first = ""
        self._loggers = [logging.getLogger(name) for name in ("ministack", "persistence", "lambda")]
        for logger in self._loggers:
            logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.first = self.first or record.getMessage()

    def stop(self) -> None:
        for logger in self._loggers:
            logger.removeHandler(self)
