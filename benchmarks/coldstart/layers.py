"""The files that a function's process sees on Lambda, built for this machine: layers, functions and runtime."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localrun import template as templates
from testkit.world import ROOT

_BUILT = ROOT / ".cache" / "coldstart"
_RUNTIME = ("awslambdaric", "simplejson", "snapshot-restore-py")
_FUNCTION, _LAYER = "AWS::Serverless::Function", "AWS::Serverless::LayerVersion"


@dataclass(frozen=True, slots=True)
class Installation:
    """Where everything is. ``python`` has the minor version of Lambda's.

    ``layers`` are the layers' folders by their logical ids, ``of_functions`` the layers of each function's folder, and
    ``of_all`` the layers of all functions.
    """

    python: Path
    layers: Mapping[str, Path]
    of_all: tuple[str, ...]
    of_functions: Mapping[str, tuple[str, ...]]
    runtime: Path

    def task_root(self, function: Path) -> Path:
        """Copy a function's folder, sources only as `sam build` leaves it, to its run directory."""
        root = _BUILT / "functions" / function.name
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(function, root, ignore=shutil.ignore_patterns("__pycache__"))
        return root

    def layers_of(self, function: str) -> list[Path]:
        """Return the folders of packages of a function's own layers."""
        return [self.layers[name] / "python" for name in self.of_functions.get(function, self.of_all)]

    def search_path(self, task_root: Path) -> str:
        """Return the process's PYTHONPATH: the function before its layers before the runtime."""
        return os.pathsep.join(map(str, (task_root, *self.layers_of(task_root.name), self.runtime)))


def build() -> Installation:
    """Build the layers with their own makefiles, and install the runtime; raises CalledProcessError."""
    template = templates.load(ROOT / "template.yaml")
    of_all = _references(template["Globals"]["Function"])
    built: dict[str, Path] = {}
    of_functions: dict[str, tuple[str, ...]] = {}
    for logical_id, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == _LAYER:
            built[logical_id] = _BUILT / "layers" / logical_id
            target = f"build-{logical_id}"
            _make(properties["ContentUri"], target, f"ARTIFACTS_DIR={built[logical_id]}", "LAYER_PLATFORM=")
        elif resource["Type"] == _FUNCTION:
            of_functions[Path(properties["CodeUri"]).name] = of_all + _references(properties)
    python = Path(_make("layers/shared", "interpreter"))
    return Installation(python, built, of_all, of_functions, _install_runtime(python))


def _references(properties: Mapping[str, Any]) -> tuple[str, ...]:
    # One with a condition is not there unless a parameter asks for it.
    return tuple(layer["Ref"] for layer in properties.get("Layers", ()) if "Ref" in layer)


def _make(folder: str, *arguments: str) -> str:
    return _run("make", "--silent", "--no-print-directory", "-C", str(ROOT / folder), *arguments)


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
