from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest

from event_api.aws.static_files import PAGE, StaticFiles
from event_api.domain.errors import NotFoundError
from testkit import stack
from testkit.gateway import Context

ROOT = Path(__file__).parents[3]
FILES = ROOT / "functions/console/files"
MOST_BYTES = 150_000


@pytest.fixture
def files(tmp_path):
    (tmp_path / PAGE).write_text("<p>é")
    (tmp_path / "app-1.js").write_text("1")
    (tmp_path / "notes.txt").write_text("not served")
    return StaticFiles.load(tmp_path)


def test_a_file_has_its_type_and_is_kept_by_the_browser(files):
    answer = files.answer("app-1.js", {}).to_gateway()

    assert answer["body"] == "1"
    assert answer["headers"]["content-type"].startswith("text/javascript")
    assert "immutable" in answer["headers"]["cache-control"]


def test_the_page_is_asked_for_again_and_not_sent_again(files):
    answer = files.answer(PAGE, {}).to_gateway()
    assert answer["headers"]["cache-control"] == "no-cache"

    for etag in (answer["headers"]["etag"], f"W/{answer['headers']['etag']}"):
        again = files.answer(PAGE, {"if-none-match": etag}).to_gateway("gzip")
        assert (again["statusCode"], again.get("body")) == (304, None)
    assert files.answer(PAGE, {"if-none-match": '"another"'}).status == 200


def test_a_file_is_compressed_for_who_accepts_that(files):
    answer = files.answer(PAGE, {}).to_gateway("br, gzip")

    assert answer["headers"]["content-encoding"] == "gzip"
    assert gzip.decompress(base64.b64decode(answer["body"])).decode() == "<p>é"
    assert "content-encoding" not in files.answer(PAGE, {}).to_gateway("br")["headers"]


@pytest.mark.parametrize(
    "name", ["", "notes.txt", "../app.py", "app.py", "%2e%2e/app.py", "sources.sha256", "APP-1.JS"]
)
def test_only_the_files_of_the_folder_are_answered(files, name):
    with pytest.raises(NotFoundError):
        files.answer(name, {})


def test_the_policy_permits_nothing_but_the_consoles_own_files(files):
    policy = files.answer(PAGE, {}).headers["content-security-policy"]
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))

    assert directives["default-src"] == directives["frame-ancestors"] == directives["base-uri"] == "'none'"
    assert directives["require-trusted-types-for"] == "'script'"
    assert directives["trusted-types"] == "'none'"
    assert {value for name, value in directives.items() if name.endswith("-src")} == {"'none'", "'self'"}


def test_the_page_may_ask_an_issuer_if_there_is_one(tmp_path):
    (tmp_path / PAGE).write_text("<title>x</title>")
    answer = StaticFiles.load(tmp_path, 'https://id.example.com/a"b', "<client>").answer(PAGE, {})

    assert "connect-src 'self' https://id.example.com;" in answer.headers["content-security-policy"]
    page = answer.content.decode()
    assert '<meta name="oidc-issuer" content="https://id.example.com/a&quot;b">' in page
    assert '<meta name="oidc-client" content="&lt;client&gt;">' in page


def test_the_page_names_files_that_exist_and_has_no_inline_script_or_style():
    page = (FILES / PAGE).read_text()
    named = re.findall(r'(?:src|href)="([^"]+)"', page)

    assert len(named) == 3
    assert all((FILES / name.removeprefix("console/")).is_file() for name in named)
    assert not re.search(r"<style|style=|<script>|\son\w+=", page)


def test_the_files_are_small():
    answers = StaticFiles.load(FILES)
    sizes = {
        path.name: len(answers.answer(path.name, {}).packed) for path in FILES.iterdir() if path.suffix != ".sha256"
    }

    assert sum(sizes.values()) < MOST_BYTES, sizes


def test_the_files_are_those_of_the_sources():
    """`make console` writes the hash of what it reads; `make console-check` compares the files themselves."""
    folders = (ROOT / "console/src", ROOT / "docs/senders")
    names = ["console/build.js", "console/package-lock.json", "console/tsconfig.json"]
    names += [path.relative_to(ROOT).as_posix() for folder in folders for path in folder.iterdir()]
    digest = hashlib.sha256()
    for name in sorted(names):
        digest.update(f"{name}\n".encode() + (ROOT / name).read_bytes())

    assert (FILES / "sources.sha256").read_text().strip() == digest.hexdigest(), "run 'make console'"


def test_the_routes_answer_the_page_and_its_files():
    handler = stack.handler("functions/console")
    page = handler({"routeKey": "GET /", "requestContext": {}}, Context())
    assert page["statusCode"] == 200

    (script,) = re.findall(r'src="console/([^"]+)"', page["body"])
    event = {"routeKey": "GET /console/{file}", "requestContext": {}, "pathParameters": {"file": script}}
    assert handler(event, Context())["headers"]["content-type"].startswith("text/javascript")

    event["pathParameters"] = {"file": "missing.js"}
    assert handler(event, Context())["statusCode"] == 404
