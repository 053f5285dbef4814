"""docs/senders: the payloads of the pages become the events that they show, and their commands are valid.

A page is read by its headings. A body stands under *What it sends*, with headers in an ``http`` block before it; its
event under *The event*; and under *The recovery* the changes of the body, then the changes of the event.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from event_api.normalizers import headers_to_store, known_formats, normalize
from eventctl.cli import cli
from tests.samples import payload, written

DOCS = Path(__file__).parents[2] / "docs"
INDEX = DOCS / "senders/README.md"
PAGES = sorted(set(INDEX.parent.glob("*.md")) - {INDEX})

FENCED = re.compile(r"^#+ (?P<heading>[^\n]+)$|^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FORMAT = re.compile(r"--format ([a-z0-9-]+)")
COMMAND = re.compile(r"(?:\.venv/bin/)?eventctl ([^)`]+)")
PLACEHOLDER = re.compile(r"\$[A-Z_]+|\{\{[A-Z_]+\}\}|\{\$?[A-Z.]+\}")
PARAMETER = re.compile(r"^\| `(\w+)` \|(?: `([^`]*)`)? \|$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")


@dataclass(frozen=True)
class Block:
    heading: str
    language: str
    text: str

    @property
    def value(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Example:
    page: str
    format: str
    headers: dict[str, str]
    body: Any
    event: dict[str, Any]

    def __str__(self):
        return f"{self.page}: {self.format}, {self.event['event_type']} {self.event['title']}"

    def events(self, format_name):
        _, events = normalize(format_name, payload(self.body, headers_to_store(self.headers)))
        return [written(event) for event in events]


def blocks(page):
    heading = ""
    for found in FENCED.finditer(page.read_text(encoding="utf-8")):
        if found["heading"]:
            heading = found["heading"]
        else:
            yield Block(heading, found["language"], found["text"])


def changed(value, difference):
    """Apply what a page says is other: field by field, and in a list element by element."""
    if isinstance(value, dict) and isinstance(difference, dict):
        return value | {key: changed(value.get(key), other) for key, other in difference.items()}
    if isinstance(value, list) and isinstance(difference, list):
        return [changed(one, other) for one, other in zip(value, difference, strict=True)]
    return difference


def examples(page):
    format_name, body, event, other = "", None, None, None
    headers: dict[str, str] = {}
    for block in blocks(page):
        match block.heading, block.language:
            case _, "console" if found := FORMAT.search(block.text):
                format_name, headers = found[1], {}
            case "What it sends" | "The recovery", "http":
                headers = dict(line.lower().split(": ", 1) for line in block.text.splitlines())
            case "What it sends", "json":
                body = block.value
            case "The event", "json":
                event = block.value
                yield Example(page.name, format_name, headers, body, event)
            case "The recovery", "json" if other is None:
                other = block.value
            case "The recovery", "json":
                yield Example(page.name, format_name, headers, changed(body, other), changed(event, block.value))
                other = None


def commands(page):
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    prompted = [line for line in text.splitlines() if line.startswith("$ ")]
    inline = re.findall(r"`(?:\.venv/bin/)?eventctl [^`]*`", text)
    return [" ".join(found[1].split()) for line in prompted + inline if (found := COMMAND.search(line))]


def template_of(page):
    return next(
        (block.value for block in blocks(page) if (block.heading, block.language) == ("The template", "json")), None
    )


EXAMPLES = [example for page in PAGES for example in examples(page)]
COMMANDS = sorted({command for page in (INDEX, DOCS / "formats.md", *PAGES) for command in commands(page)})
TEMPLATED = [page for page in PAGES if template_of(page) is not None]

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
each_example = pytest.mark.parametrize("example", EXAMPLES, ids=str)


@each_page
def test_a_page_shows_an_alert_and_how_it_ends(page):
    of_page = [example.event for example in EXAMPLES if example.page == page.name]
    assert len(of_page) >= 2
    alerts = {event["event_key"] for event in of_page if event["event_type"] == "ALERT"}
    assert alerts >= {event["event_key"] for event in of_page if event["event_type"] == "RECOVERY"} != set()


@each_example
def test_what_is_sent_becomes_the_event_that_is_shown(example):
    assert example.format in known_formats()
    (event,) = example.events(example.format)
    assert {name: event.get(name) for name in example.event} == example.event


@each_example
def test_it_is_read_alike_without_a_format(example):
    assert example.events(None) == example.events(example.format)


@pytest.mark.parametrize("page", TEMPLATED, ids=lambda page: page.stem)
def test_what_is_sent_is_the_template_filled_in(page):
    template = template_of(page)
    for example in examples(page):
        assert example.body.keys() == template.keys()
        for name, pattern in template.items():
            literals = map(re.escape, PLACEHOLDER.split(pattern))
            assert re.fullmatch(".*".join(literals), example.body[name], re.DOTALL), name


ZABBIX = INDEX.parent / "zabbix.md"


def zabbix_parameters():
    text = ZABBIX.read_text(encoding="utf-8")
    return {name: value or "" for name, value in PARAMETER.findall(text)}


def test_zabbix_sends_the_parameters_and_neither_url_nor_proxy():
    for example in examples(ZABBIX):
        assert [*example.body] == [name for name in zabbix_parameters() if name not in {"url", "HTTPProxy"}]


def test_the_button_that_fills_in_nothing_makes_no_event_of_zabbix():
    _, events = normalize("zabbix", payload(zabbix_parameters()))
    assert events == []


ZABBIX_S_OWN = """
var posted = {headers: []};
function HttpRequest() {}
HttpRequest.prototype = {
    addHeader: function (header) { posted.headers.push(header); },
    setProxy: function (proxy) { posted.proxy = proxy; },
    post: function (url, body) { posted.url = url; posted.body = body; },
    getStatus: function () { return STATUS; }
};
posted.returned = (function (value) { SCRIPT })(JSON.stringify(PARAMETERS));
console.log(JSON.stringify(posted));
"""


def run_zabbix_script(parameters, status):
    (script,) = (block.text for block in blocks(ZABBIX) if block.language == "javascript")
    program = ZABBIX_S_OWN
    for name, text in {"SCRIPT": script, "PARAMETERS": json.dumps(parameters), "STATUS": str(status)}.items():
        program = program.replace(name, text)
    return subprocess.run(["node", "-"], input=program, capture_output=True, text=True, timeout=60, check=False)


needs_node = pytest.mark.skipif(
    shutil.which("node") is None, reason="runs Zabbix's script with node, which is not there"
)


@needs_node
@pytest.mark.parametrize("proxy", ["", "http://proxy.example.com:3128"])
def test_zabbix_s_script_posts_the_parameters(proxy):
    example = next(examples(ZABBIX))
    url = {"url": "https://events.example.com/hook", "HTTPProxy": proxy}
    posted = json.loads(run_zabbix_script(url | example.body, 200).stdout)
    assert json.loads(posted.pop("body")) == example.body
    assert posted == {
        "headers": ["Content-Type: application/json"],
        "url": url["url"],
        "returned": "OK",
        **({"proxy": proxy} if proxy else {}),
    }


@needs_node
def test_zabbix_s_script_fails_where_the_delivery_was_not_taken():
    ended = run_zabbix_script({"url": "https://events.example.com/hook"}, 503)
    assert ended.returncode != 0
    assert "The Event API answered 503" in ended.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_one_that_eventctl_has(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command)
    for word in words:
        if word.endswith((".json", ".txt")):
            (tmp_path / word).touch()
    parsed: Any = cli  # a group or, at last, a command
    name, context = "eventctl", None
    with ExitStack() as parts:
        while parsed is not None:
            context = parts.enter_context(parsed.make_context(name, words, parent=context))
            rest = [*context._protected_args, *context.args]
            name, parsed, words = parsed.resolve_command(context, rest) if rest else (None, None, [])


def test_there_are_commands():
    assert len(COMMANDS) > len(PAGES)
    assert sum("webhook sign" in command for command in COMMANDS) >= 6


def test_the_index_has_every_page_and_nothing_else():
    linked = [target for target in LINK.findall(INDEX.read_text(encoding="utf-8")) if "/" not in target]
    assert sorted(linked) == [page.name for page in PAGES]


@pytest.mark.parametrize("page", [INDEX, DOCS / "formats.md", *PAGES], ids=lambda page: page.stem)
def test_relative_links_lead_somewhere(page):
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
