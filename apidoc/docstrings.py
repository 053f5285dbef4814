"""Docstrings, read from the source: those of functions' folders, and those below the fields of models."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel


def handler_docstrings(path: Path) -> tuple[str, str]:
    """Return a function's summary and its description: the docstrings of its module and of its handler.

    The module's begins with its routes, up to a colon.
    """
    module = ast.parse(path.read_text(encoding="utf-8"))
    handler = next(part for part in module.body if isinstance(part, ast.FunctionDef) and part.name == "handler")
    _, _, summary = (ast.get_docstring(module) or "").partition(": ")
    return sentence(summary).rstrip("."), text(ast.get_docstring(handler) or "")


def field_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return what stands below each field of a model, inherited fields included."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if not issubclass(kind, BaseModel) or kind is BaseModel:
            continue
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
        body = definition.body if isinstance(definition, ast.ClassDef) else []
        for field, below in pairwise(body):
            match field, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(said))):
                    found[name] = text(said)
                case _:
                    pass
    return found


def text(docstring: str) -> str:
    """Return a docstring as Markdown: its paragraphs on one line each, its literals as code."""
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(docstring))
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs).replace("``", "`")


def sentence(words: str) -> str:
    """Return words on one line with a capital at the beginning."""
    line = " ".join(words.split())
    return line[:1].upper() + line[1:]
