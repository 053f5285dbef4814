import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from apidoc import formats
from event_api.domain.normalized import KeyScope
from event_api.ingest.sender_ids import SOURCES
from event_api.normalizers import NormalizeError, headers_to_store, known_formats, normalize, registry
from event_api.normalizers.format_index import MODULES
from event_api.normalizers.payload import READ_HEADERS, SEEN_HEADERS
from tests.samples import own_samples, payload

ROOT = Path(__file__).parents[3]


def name_of(module: registry.Format) -> str:
    assert isinstance(module, ModuleType)
    return module.__name__


def test_the_table_says_what_the_modules_say():
    formats_of = {name: registry.load(name) for name in known_formats()}
    named = {name: name_of(one) for one in formats_of.values() for name in (one.NAME, *one.ALIASES)}
    assert named == {name: name_of(one) for name, one in formats_of.items()}


def test_a_module_is_named_as_its_format():
    for name in known_formats():
        module = registry.load(name)
        assert name_of(module).rpartition(".")[2] == module.NAME.replace("-", "_")


def test_the_index_and_the_table_are_what_the_modules_say():
    """`make formats` writes both."""
    assert formats.INDEX.read_text(encoding="utf-8") == formats.index()
    assert formats.DOCUMENT.read_text(encoding="utf-8") == formats.document()


def test_no_header_that_is_stored_holds_a_secret():
    assert not READ_HEADERS & {"authorization", "cf-webhook-auth", "cookie", "x-gitlab-token"}
    assert not {name for name in READ_HEADERS if "signature" in name or "token" in name or "auth" in name}


def test_the_headers_of_the_senders_ids_are_stored():
    assert {name for source in SOURCES for name in source.headers} <= READ_HEADERS


def test_a_header_that_only_tells_a_format_keeps_no_value():
    headers = {"x-amz-sns-message-id": "1", "authorization": "Bearer s3cret", **dict.fromkeys(SEEN_HEADERS, "s3cret")}
    kept = headers_to_store(headers)
    assert kept.keys() == {"x-amz-sns-message-id"} | SEEN_HEADERS
    assert "s3cret" not in str(kept)


def test_an_alias_is_answered_under_the_formats_own_name():
    used, _ = normalize("api-direct", payload({"event_key": "k"}))
    assert used == "direct"


def test_each_format_states_whether_its_keys_are_global():
    for name in set(MODULES.values()):
        assert import_module(f"event_api.normalizers.formats.{name}").KEY_SCOPE in KeyScope


@pytest.mark.parametrize("sample", own_samples(), ids=str)
def test_a_local_key_is_scoped_by_its_webhook(sample):
    for event in normalize(sample.format, sample.payload)[1]:
        if registry.load(sample.format).KEY_SCOPE is KeyScope.WEBHOOK:
            assert event.key_scope is KeyScope.WEBHOOK
            assert event.former_keys


def test_a_fixed_format_is_never_guessed():
    """A body that another format would claim is read in the webhook's format."""
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


def test_no_format_imports_another():
    """Apart from the generic words: code that formats share belongs to no format."""
    importing = {
        path.stem: set(re.findall(r"normalizers\.formats(?:\.| import )(\w+)", path.read_text(encoding="utf-8")))
        for path in formats.FORMATS.glob("*.py")
    }
    assert {name: found for name, found in importing.items() if found - {"generic"}} == {}


IMPORTS = """
import json, sys
from datetime import UTC, datetime
from event_api.normalizers import Payload, normalize
from tests.samples import own_samples

AT = "event_api.normalizers.formats."
found = {}
for sample in own_samples():
    for name in [name for name in sys.modules if name.startswith(AT)]:
        del sys.modules[name]
    used, _ = normalize(None, sample.payload)
    found[str(sample)] = [used.replace("-", "_"), *(name[len(AT):] for name in sys.modules if name.startswith(AT))]
print(json.dumps(found))
"""
ENVELOPES = {"aws_eventbridge", "aws_lambda_sns_records", "aws_sns", "cloudevents", "google_cloud_monitoring"}
"""The content is read by its own format, or by the generic one."""


def test_a_delivery_imports_only_its_own_format():
    """For every sample: however many formats exist, one is imported, and the one of an envelope's content."""
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True, cwd=ROOT)
    found = json.loads(done.stdout)
    assert len(found) > 300
    for sample, (used, *imported) in found.items():
        assert used in imported, sample
        if used in ENVELOPES:
            assert len(imported) <= 3, sample
        else:
            assert imported == [used], sample


def test_the_weight_of_a_delivery_does_not_grow_with_the_formats():
    """The number of event_api's modules, its own format excepted, is the same for a seventieth format."""
    script = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from event_api.normalizers import Payload, normalize\n"
        "normalize(None, Payload({'event_key': 'k', 'title': 't', 'event_type': 'ALERT'}, {}, datetime.now(UTC)))\n"
        "print(*sorted(name for name in sys.modules if name.startswith('event_api.normalizers.')))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    parts = [
        "detection",
        "errors",
        "format_index",
        "formats",
        "formats.direct",
        "lenient",
        "limits",
        "payload",
        "registry",
        "rules",
    ]
    assert done.stdout.split() == [f"event_api.normalizers.{part}" for part in parts]


@pytest.mark.parametrize("empty", [0, "0", "null", "00000000-0000-0000-0000-000000000000"])
def test_a_key_of_an_empty_id_also_has_the_names_of_its_object(empty):
    def read(name, state):
        body = {
            "check_id": empty,
            "check_name": name,
            "current_state": state,
            "previous_state": "UP",
            "check_type": "HTTP",
        }
        (event,) = normalize("pingdom", payload(body))[1]
        return event

    shop, mail = read("Shop", "DOWN"), read("Mail", "DOWN")
    assert shop.event_key != mail.event_key
    assert read("Shop", "UP").event_key == shop.event_key
    assert shop.key_scope is KeyScope.WEBHOOK
    assert shop.former_keys == (f"pingdom:{empty}",)


def test_a_zero_that_a_caller_chose_is_a_key():
    (event,) = normalize("direct", payload({"event_key": "0", "title": "t", "event_type": "ALERT"}))[1]
    assert (event.event_key, event.former_keys) == ("0", ())
