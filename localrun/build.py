"""Pack the functions and layers of the template for the interpreter that runs them here.

The local AWS runs handlers on its own interpreter, which is this one and has the locked third-party packages: a layer
is packed as the Python packages in its folder; the packages that the folder only lists are installed already.
`sam build` makes the real layers, and is tested with them.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localrun.errors import LocalRunError
from localrun.template import CODE_PROPERTIES

_SKIPPED_FOLDERS = frozenset({"__pycache__"})
_SKIPPED_SUFFIXES = frozenset({".pyc"})
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip file can hold


_IMPORT = """
import importlib.util, sys
for path in sys.argv[1:]:
    spec = importlib.util.spec_from_file_location("app", path)
    try:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    except Exception as error:
        sys.exit(f"{path} cannot be imported: {type(error).__name__}: {error}")
"""


@dataclass(frozen=True, slots=True)
class Package:
    """A function's or layer's code: ``key`` names the content, so equal code has an equal key."""

    logical_id: str
    key: str
    content: bytes


def build(template: Mapping[str, Any], root: Path) -> list[Package]:
    """Pack every function and layer of a SAM template whose folders are relative to ``root``.

    Raises LocalRunError if a folder is missing or a Python file cannot be compiled: sooner than the next request
    would.
    """
    return [
        _package(logical_id, resource, root)
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] in CODE_PROPERTIES
    ]


def check_imports(template: Mapping[str, Any], root: Path) -> None:
    """Import every function's handler, in a process of its own.

    Raises LocalRunError naming the one that cannot be imported: its requests would be answered 500, and its log would
    say nothing.
    """
    common = template.get("Globals", {}).get("Function", {})
    handlers = []
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            properties = {**common, **resource["Properties"]}
            module = properties["Handler"].rpartition(".")[0]
            handlers.append(f"{properties['CodeUri']}/{module}.py")
    layers = [
        str(root / resource["Properties"]["ContentUri"])
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Serverless::LayerVersion"
    ]
    ended = subprocess.run(
        [sys.executable, "-c", _IMPORT, *handlers],
        cwd=root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(layers), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise LocalRunError(ended.stderr.strip().splitlines()[-1] if ended.stderr.strip() else "a handler ends Python")


def _package(logical_id: str, resource: Mapping[str, Any], root: Path) -> Package:
    folder = root / resource["Properties"][CODE_PROPERTIES[resource["Type"]]]
    if not folder.is_dir():
        raise LocalRunError(f"{logical_id}: missing folder {folder.relative_to(root)}")
    is_layer = resource["Type"] == "AWS::Serverless::LayerVersion"
    files = dict(_layer_files(folder) if is_layer else _files(folder, folder))
    for name, content in files.items():
        _check(logical_id, name, content)
    packed = _zip(files)
    return Package(logical_id, f"{logical_id}-{hashlib.sha256(packed).hexdigest()[:32]}.zip", packed)


def _layer_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for package in sorted(child.parent for child in folder.glob("*/__init__.py")):
        for name, content in _files(package, folder):
            yield f"python/{name}", content


def _files(folder: Path, base: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(base)
        if path.is_file() and path.suffix not in _SKIPPED_SUFFIXES and not _SKIPPED_FOLDERS.intersection(name.parts):
            yield name.as_posix(), path.read_bytes()


def _check(logical_id: str, name: str, content: bytes) -> None:
    if not name.endswith(".py"):
        return
    try:
        compile(content, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise LocalRunError(f"{logical_id}: {name} does not compile: {error}") from error


def _zip(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # Without the files' times: equal content must give an equal archive.
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return buffer.getvalue()
