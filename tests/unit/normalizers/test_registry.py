import subprocess
import sys

import pytest

from event_api.normalizers import READ_HEADERS, NormalizeError, known_formats, normalize, registry
from event_api.normalizers.detection import BODY_RULES, GENERIC, HEADER_RULES
from event_api.normalizers.sender_ids import SOURCES
from tests.samples import payload


def test_the_table_says_what_the_modules_say():
    modules = {name: registry.load(name) for name in known_formats()}
    told = {name: module.__name__ for module in modules.values() for name in (module.NAME, *module.ALIASES)}
    assert told == {name: module.__name__ for name, module in modules.items()}


def test_a_module_is_named_as_its_format():
    for name in known_formats():
        module = registry.load(name)
        assert module.__name__.rpartition(".")[2] == module.NAME.replace("-", "_")


def test_detection_names_only_known_formats():
    names = {rule.format for rule in (*HEADER_RULES, *BODY_RULES)} | {GENERIC}
    assert names <= set(known_formats())


def test_the_stored_headers_are_those_that_are_read():
    read = {name for rule in HEADER_RULES for name in rule.headers}
    read |= {name for source in SOURCES for name in source.headers}
    read |= {"content-encoding"}  # by Body.read_object
    assert read == READ_HEADERS


def test_an_alias_is_answered_under_the_formats_own_name():
    used, _ = normalize("api-direct", payload({"event_key": "k"}))
    assert used == "direct"


def test_a_fixed_format_is_never_guessed():
    """A body that another format would claim is read as what the webhook says."""
    body = {"event_key": "k", "title": "t", "event_type": "ALERT"}
    assert normalize(None, payload(body))[0] == "direct"
    used, events = normalize("generic", payload(body))
    assert used == "generic"
    assert events[0].additional_info["format"] == "generic"
    with pytest.raises(NormalizeError, match="alerts is missing"):
        normalize("prometheus-alertmanager", payload(body))


def test_an_unknown_format_is_a_reason():
    with pytest.raises(NormalizeError, match="'no-such-tool' is not known"):
        normalize("no-such-tool", payload({}))


def test_a_crash_becomes_a_reason_without_the_payload(monkeypatch):
    def crash(_):
        raise KeyError("s3cret")

    monkeypatch.setattr(registry.load("generic"), "normalize", crash)
    with pytest.raises(NormalizeError, match=r"^the generic normalizer failed \(KeyError\)$"):
        normalize("generic", payload({"a": "s3cret"}))


def test_a_delivery_imports_only_its_own_format():
    script = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from event_api.normalizers import Payload, normalize\n"
        "at = 'event_api.normalizers.formats.'\n"
        "print(sorted(name for name in sys.modules if name.startswith(at)))\n"
        "body = {'receiver': 'r', 'alerts': []}\n"
        "normalize(None, Payload(body, {}, datetime.now(UTC)))\n"
        "print(sorted(name.removeprefix(at) for name in sys.modules if name.startswith(at)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "['prometheus_alertmanager']"]
