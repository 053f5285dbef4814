"""Deliveries of one event: stored with it in one item, or by themselves if that is not possible."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from event_api.admin import administration
from event_api.aws.redrive_queue import QueuedDelivery
from event_api.domain import times
from event_api.domain.errors import UnavailableError
from event_api.ingest import normalization
from event_api.normalizers import normalize
from event_api.settings import settings
from event_api.store.alerts import AlertStore
from event_api.store.deliveries import DeliveryStore
from event_api.store.events import EventStore
from testkit import stack
from tests.samples import bodies
from tests.service import DOMAIN

NAMED = {"Idempotency-Key": "one"}


class KilledError(BaseException):
    """The process ends here; nothing may catch this."""


def post(app, path, body, **options):
    response = app.gateway.post(path, body, **options)
    assert response.status == 200, response.text
    return response.headers["x-delivery-id"]


def rows(app):
    """The deliveries that are stored by themselves."""
    return app.dynamodb.scan(TableName=settings().tables.deliveries)["Items"]


def alerts(app):
    return list(app.stores.alerts.of_domain(DOMAIN, None, times.now()))


@contextmanager
def before(owner, method, action):
    """Do something in the middle of the first call of a method: before it, or in place of its answer."""
    with pytest.MonkeyPatch.context() as patch:
        original = getattr(owner, method)

        def interrupted(*arguments, **options):
            patch.undo()
            return action(lambda: original(*arguments, **options))

        patch.setattr(owner, method, interrupted)
        yield


@contextmanager
def raising(owner, method, error):
    with pytest.MonkeyPatch.context() as patch:

        def fail(*_, **__):
            raise error

        patch.setattr(owner, method, fail)
        yield


def test_it_is_in_no_other_item_and_is_shown_whole(app):
    _, path = app.webhook()
    headers = {"Idempotency-Key": "one", "X-Forwarded-For": "192.0.2.1"}
    delivery_id = post(app, path, {"data": bodies.SEED_LIKE}, headers=headers)
    assert not rows(app)
    (event,) = app.events()
    assert event["raw_data"] == bodies.SEED_LIKE
    assert app.gateway.get(f"/monitoring/v1/event/{event['event_id']}", token=app.token()).json() == event
    delivery = app.stores.events.delivery(delivery_id, DOMAIN)
    assert delivery.finished
    assert delivery.body.unwrapped
    assert delivery.body.raw_data() == bodies.SEED_LIKE
    assert delivery.headers["idempotency-key"] == "one"
    assert times.to_iso(delivery.received_at) == event["created_at"]
    assert app.stores.events.delivery(delivery_id, "domain-of-another") is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(bodies.alertmanager(bodies.alert(1), bodies.alert(2)), id="two events"),
        pytest.param(b"{not json", id="unreadable"),
        pytest.param(bodies.alertmanager(), id="no event"),
        pytest.param(bodies.direct(filler="x" * int(stack.parameter("MaxBytesWithEvent"))), id="large"),
    ],
)
def test_any_other_delivery_is_stored_by_itself(app, body):
    _, path = app.webhook()
    delivery_id = post(app, path, body)
    assert [item["delivery_id"]["S"] for item in rows(app)] == [delivery_id]
    assert app.stores.events.delivery(delivery_id, DOMAIN).finished


def test_a_page_mixes_both_kinds(app):
    _, path = app.webhook()
    post(app, path, bodies.direct(title="first"))
    post(app, path, bodies.alertmanager(bodies.alert(1), bodies.alert(2)))
    post(app, path, bodies.direct(title="last"))
    whole = app.events()
    assert [event["raw_data"].get("title") for event in whole] == ["first", None, None, "last"]
    assert app.events(only=["raw_data"]) == [{"raw_data": event["raw_data"]} for event in whole]
    described = app.events(only=["title", "additional_info"])
    assert described == [{field: event[field] for field in ("title", "additional_info")} for event in whole]


@pytest.mark.parametrize(("owner", "method"), [(AlertStore, "newest"), (EventStore, "add")])
def test_trouble_on_the_way_has_it_stored_by_itself_and_finished_later(app, owner, method):
    _, path = app.webhook()
    with raising(owner, method, UnavailableError("busy")):
        delivery_id = post(app, path, bodies.direct())
    assert len(rows(app)) == 1
    assert not app.events()
    app.redrive()
    (event,) = app.events()
    assert event["event_id"].startswith(delivery_id.replace("delivery", "event"))
    assert [alert.opened_by for alert in alerts(app)] == [event["event_id"]]


def test_a_write_that_took_effect_unnoticed_makes_one_event(app):
    _, path = app.webhook()

    def lose(add):
        add()
        raise UnavailableError("the answer was lost")

    with before(EventStore, "add", lose):
        post(app, path, bodies.direct())
    app.redrive()
    assert len(app.events()) == 1
    assert not list(app.stores.deliveries.unfinished())


def test_a_process_that_dies_behind_the_alert_leaves_it_to_the_senders_next_try(app):
    _, path = app.webhook()
    for headers in (None, NAMED):
        with raising(EventStore, "add", KilledError()), pytest.raises(KilledError):
            app.gateway.post(path, bodies.direct(event_key=str(headers)), headers=headers)
        post(app, path, bodies.direct(event_key=str(headers)), headers=headers)
    opened = alerts(app)
    assert sorted(event["alert_id"] for event in app.events()) == sorted(alert.alert_id for alert in opened)
    assert len(opened) == 2


# --- copies, and other content under the same id ----------------------------------------------------------------------


def test_a_late_copy_of_an_alert_that_was_resolved_opens_nothing(app):
    _, path = app.webhook()
    post(app, path, bodies.direct(), headers=NAMED)
    post(app, path, bodies.direct("RECOVERY"))
    post(app, path, bodies.direct(), headers=NAMED)
    assert len(app.events()) == 2
    assert [alert.is_open for alert in alerts(app)] == [False]


@pytest.mark.parametrize("joins", [False, True])
def test_a_copy_that_goes_on_after_the_recovery_leaves_no_alert_open(app, joins):
    """It looked for the first one before that was stored, and was interrupted until the alert was resolved."""
    _, path = app.webhook()
    if joins:
        post(app, path, bodies.direct())

    def meanwhile(_):
        post(app, path, bodies.direct(), headers=NAMED)
        post(app, path, bodies.direct("RECOVERY"))

    with before(EventStore, "delivery", meanwhile):
        post(app, path, bodies.direct(), headers=NAMED)
    assert [event["event_type"] for event in app.events()] == ["ALERT"] * (1 + joins) + ["RECOVERY"]
    assert not [alert for alert in alerts(app) if alert.is_open]


def test_a_copy_does_not_end_an_alert_that_took_another_event(app):
    _, path = app.webhook()
    post(app, path, bodies.direct())

    def meanwhile(_):
        post(app, path, bodies.direct(), headers=NAMED)
        post(app, path, bodies.direct("RECOVERY"))

    def join_first(read):
        post(app, path, bodies.direct())
        return read()

    with before(EventStore, "delivery", meanwhile), before(EventStore, "alert_of", join_first):
        post(app, path, bodies.direct(), headers=NAMED)
    assert len([alert for alert in alerts(app) if alert.is_open]) == 1


def test_other_content_is_a_delivery_of_its_own(app):
    _, path = app.webhook()
    made = [post(app, path, bodies.direct(title=title), headers=NAMED) for title in ("first", "second", "second")]
    assert len(set(made)) == 2
    assert [event["title"] for event in app.events()] == ["first", "second"]
    assert not rows(app)


OTHERS = {
    "one event": bodies.direct(title="other"),
    "two events": bodies.alertmanager(bodies.alert(1), bodies.alert(2)),
}


@pytest.mark.parametrize("first", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("second", [bodies.direct(title="mine"), *list(OTHERS.values())[1:]], ids=OTHERS)
def test_two_contents_at_the_same_moment_are_both_kept(app, first, second):
    _, path = app.webhook()
    if first == second:
        second = bodies.alertmanager(bodies.alert(3), bodies.alert(4))
    expected: list[str] = []
    for body in (first, second):
        _, own = app.webhook()
        post(app, own, body)
        expected += [event["title"] for event in app.events()][len(expected) :]
    _, path = app.webhook()

    def meanwhile(_):
        post(app, path, first, headers=NAMED)

    with before(EventStore, "delivery", meanwhile):
        post(app, path, second, headers=NAMED)
    app.redrive()
    assert sorted(event["title"] for event in app.events()[len(expected) :]) == sorted(expected)
    assert not list(app.stores.deliveries.unfinished())


def test_a_replay_makes_what_a_mended_normalizer_finds(app, monkeypatch):
    _, path = app.webhook(format="prometheus-alertmanager")
    group = bodies.alertmanager(bodies.alert(1), bodies.alert(2))
    with monkeypatch.context() as broken:
        broken.setattr(normalization, "normalize", lambda *given: (normalize(*given)[0], normalize(*given)[1][:1]))
        delivery_id = post(app, path, group)
    assert not rows(app)
    assert len(app.events()) == 1
    assert administration.replay(app.stores, app.queue, [QueuedDelivery(delivery_id, DOMAIN)]) == 1
    assert [one.delivery_id for one in app.stores.deliveries.unfinished()] == [delivery_id]
    app.redrive()
    assert len(app.events()) == 2
    assert not list(app.stores.deliveries.unfinished())


def test_a_replay_of_an_unknown_delivery_is_skipped(app):
    assert administration.replay(app.stores, app.queue, [QueuedDelivery("delivery-of-nobody", DOMAIN)]) == 0


def test_a_database_that_cannot_look_for_the_senders_id_is_answered_503(app):
    _, path = app.webhook()
    with raising(DeliveryStore, "get_with", UnavailableError("busy")):
        assert app.gateway.post(path, bodies.direct(), headers=NAMED).status == 503
        post(app, path, bodies.direct())
    assert len(app.events()) == 1
