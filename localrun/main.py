"""Starting, reloading and stopping the local run."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Coroutine, Sequence
from typing import Any

from localrun import aws, endpoint, lock
from localrun.errors import LocalRunError, NotRunningError
from localrun.screen import Screen
from localrun.server import Server, listen
from localrun.settings import Settings, from_environment

_USAGE = "usage: python -m localrun [reload | demo [DAYS]]"
_DEMO_DAYS = 30
_INTERRUPTED = 128 + signal.SIGINT
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: Sequence[str]) -> int:
    """Run the command; the exit status. Every failure that the user can mend is one line on standard error."""
    try:
        match list(arguments):
            case []:
                run(from_environment())
            case ["reload"]:
                reload(from_environment())
            case ["demo"]:
                demo(from_environment(), _DEMO_DAYS)
            case ["demo", days] if days.isdecimal():
                demo(from_environment(), int(days))
            case _:
                print(_USAGE, file=sys.stderr)
                return 2
    except LocalRunError as error:
        print(f"local run: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        # Before there is anything to stop in good order.
        return _INTERRUPTED
    return 0


def reload(settings: Settings) -> None:
    """Build what is there now and bring the running stack up to date; the next request meets the new code."""
    from localrun.deploy import deploy  # noqa: PLC0415 - as in `_start`

    running = endpoint.find(settings)
    aws.isolate(running.endpoint_url)
    deployment = deploy(settings.root, running.endpoint_url)
    Screen().step("reloaded" if deployment.changed else "nothing has changed")


def demo(settings: Settings, days: int) -> None:
    """Fill the running local run with a story of so many days, then post more until a signal says to stop."""
    from localrun import fill  # noqa: PLC0415 - as in `_start`

    aws.isolate(endpoint.find(settings).endpoint_url)
    fill.fill(settings, days)


def run(settings: Settings) -> None:
    """Start the local run and serve until a signal says to stop."""
    try:
        held = lock.acquire(settings.lock_file)
    except OSError as error:
        raise LocalRunError(f"cannot write to {settings.local_dir}: {error.strerror}") from error
    if held is None:
        raise LocalRunError(_running_already(settings))
    settings.state_file.unlink(missing_ok=True)
    asyncio.run(_run(settings, listen(settings.port)))


def _running_already(settings: Settings) -> str:
    try:
        running = endpoint.find(settings)
    except NotRunningError:
        return "it is starting or stopping already, in another terminal"
    return f"it is running already, at {running.api_url} (process {running.pid}); stop it there with Ctrl-C"


async def _run(settings: Settings, listener: socket.socket) -> None:
    stop, started, close = asyncio.Event(), asyncio.Event(), asyncio.Event()
    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    screen = Screen()
    server = Server(settings, listener)
    serving = asyncio.create_task(server.serve(close, started))
    saving: asyncio.Task[None] | None = None
    try:
        await _first(serving, started.wait())
        # A signal waits until the deployment is through: half a deployment must not be what is saved.
        await asyncio.to_thread(_start, settings, server, screen)
        server.save_all()
        saving = asyncio.create_task(server.keep_saved(close))
        await _first(serving, stop.wait())
        screen.step("\nstopping; what was stored is kept")
    finally:
        settings.state_file.unlink(missing_ok=True)
        close.set()
        await asyncio.gather(serving, *([saving] if saving else []))


async def _first(serving: asyncio.Task[None], event: Coroutine[Any, Any, object]) -> None:
    """Wait for an event, or for the end of serving, which before its time is a failure that is raised here."""
    waiting = asyncio.create_task(event)
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if serving.done():
        await serving


def _start(settings: Settings, server: Server, screen: Screen) -> None:
    # Slow to import; the port and the lock have been looked at by now.
    from localrun import demo  # noqa: PLC0415
    from localrun.deploy import deploy  # noqa: PLC0415

    screen.step("deploying template.yaml ...")
    demo.set_aside(settings)
    deployment = deploy(settings.root, settings.endpoint_url)
    server.gateway.api_id = deployment.api_id
    here = endpoint.of(settings, deployment.outputs)
    made = demo.prepare(settings, here.open_stores())
    endpoint.write(settings, here)
    demo.write(settings, made)
    screen.ready(settings, made)
