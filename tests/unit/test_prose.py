from __future__ import annotations

import pytest

from checks.prose import line_texts, openapi_texts, python_texts


@pytest.mark.parametrize(
    ("words", "markers"),
    [
        ("What the sender said.", ["bare what"]),
        ("It is no page token.", ["is no"]),
        ("None where there is nothing.", ["where for if"]),
        ("Not a valid page token.", []),
        ("Return the sender's title, or None.", []),
    ],
)
def test_a_marked_text_is_found_in_every_place(words, markers):
    (docstring,) = python_texts("m.py", f'"""{words}"""')
    (comment,) = python_texts("m.py", f"# {words}")
    (line,) = line_texts("page.md", f"{words}\n```\nwhat is code\n```\n")
    (description,) = openapi_texts("openapi.json", {"info": [{"description": words, "example": "what is data"}]})
    for text in (docstring, comment, line, description):
        assert text.markers() == markers


def test_a_template_s_values_are_not_prose():
    assert [text.line for text in line_texts("template.yaml", "Name: what is it\n# a comment\n")] == [2]
