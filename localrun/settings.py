"""The local run's folder and port."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localrun.errors import LocalRunError

DEFAULT_PORT = 3000
_MAX_PORT = 65_535

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """``root`` is the repository, ``local_dir`` holds all that the local run writes, ``port`` is its only port."""

    root: Path
    local_dir: Path
    port: int

    @property
    def url(self) -> str:
        """The API's URL for users."""
        return f"http://localhost:{self.port}"

    @property
    def endpoint_url(self) -> str:
        """Where programs reach the AWS services; by address, so that no resolver can lead elsewhere."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def lock_file(self) -> Path:
        """Locked for as long as the local run runs; the kernel frees it, however that ends."""
        return self.local_dir / "lock"

    @property
    def state_file(self) -> Path:
        """The file that `localrun.endpoint` reads."""
        return self.local_dir / "state.json"

    @property
    def demo_file(self) -> Path:
        """The file with the demo's URLs and token, for users and their scripts."""
        return self.local_dir / "demo.json"

    @property
    def services_dir(self) -> Path:
        """The AWS services' own state."""
        return self.local_dir / "aws"

    @property
    def logs_dir(self) -> Path:
        """One file a function, and one for the AWS services' warnings."""
        return self.local_dir / "logs"

    @property
    def temporary_dir(self) -> Path:
        """Unpacked functions and layers; emptied at every start."""
        return self.local_dir / "tmp"


def from_environment(env: Mapping[str, str] = os.environ) -> Settings:
    """Read ``PORT`` (3000) and ``LOCAL_DIR`` (``.local``, relative to the repository).

    Raises LocalRunError for an invalid port.
    """
    text = env.get("PORT") or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _MAX_PORT):
        raise LocalRunError(f"PORT must be a number from 1 to {_MAX_PORT}, not {text!r}")
    return Settings(root=ROOT, local_dir=ROOT / (env.get("LOCAL_DIR") or ".local"), port=int(text))
