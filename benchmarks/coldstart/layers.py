"""The files that a function's process sees on Lambda, built for this machine: layers, functions and runtime."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from testkit.world import ROOT

_BUILT = ROOT / ".cache" / "coldstart"
_RUNTIME = ("awslambdaric", "simplejson", "snapshot-restore-py")
_LAYERS = {"dependencies": "build-DependenciesLayer", "shared": "build-SharedLayer"}


@dataclass(frozen=True, slots=True)
class Installation:
    """Where everything is. ``python`` has the minor version of Lambda's."""

    python: Path
    layers: tuple[Path, ...]
    runtime: Path

    def task_root(self, function: Path) -> Path:
        """Copy a function's folder, sources only as `sam build` leaves it, to its run directory."""
        root = _BUILT / "functions" / function.name
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(function, root, ignore=shutil.ignore_patterns("__pycache__"))
        return root

    def search_path(self, task_root: Path) -> str:
        """Return the process's PYTHONPATH: the function before the layers before the runtime."""
        return os.pathsep.join(map(str, (task_root, *self.layers, self.runtime)))


def build() -> Installation:
    """Build both layers with their own makefiles, and install the runtime; raises CalledProcessError."""
    built = {name: _BUILT / name for name in _LAYERS}
    for name, target in _LAYERS.items():
        _make(name, target, f"ARTIFACTS_DIR={built[name]}", "LAYER_PLATFORM=")
    python = Path(_make("shared", "interpreter"))
    return Installation(python, tuple(path / "python" for path in built.values()), _install_runtime(python))


def _make(layer: str, *arguments: str) -> str:
    return _run("make", "--silent", "--no-print-directory", "-C", str(ROOT / "layers" / layer), *arguments)


def _install_runtime(python: Path) -> Path:
    """Install what stands at /var/runtime on Lambda, compiled as it is there."""
    target = _BUILT / "runtime"
    shutil.rmtree(target, ignore_errors=True)
    uv = (sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--python", str(python))
    _run(*uv, "--target", str(target), "--constraint", str(ROOT / "requirements.lock"), *_RUNTIME)
    _run(str(python), "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(target))
    return target


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
