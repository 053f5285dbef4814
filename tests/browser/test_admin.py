"""Webhooks, deliveries, tokens and audit records."""

from __future__ import annotations

import json
import os
import re
import urllib.error

import pytest

from event_api.domain.access import Role
from localrun import fill
from tests.e2e.driver import ask


def create(page, console, sender, name, project="project-shop"):
    page.goto(console.address("webhook-new", token=console.admin))
    page.get_by_role("radio", name=sender, exact=True).check()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Project").fill(project)
    page.get_by_role("button", name="Create").click()
    page.get_by_role("heading", name="Its URL").wait_for()
    return page.locator(".secret code").inner_text()


def test_a_webhook_is_made_and_its_first_delivery_appears(console, visit):
    page = visit()
    url = create(page, console, "Grafana", "Grafana of the shop")
    page.get_by_text("Contact points").first.wait_for()
    page.get_by_text("Waiting for it.").wait_for()
    body = b'{"event_key": "first", "event_type": "ALERT", "title": "The first one"}'
    assert url.startswith(f"{console.api_url}/monitoring/v1/webhook/")
    fill.post(url, body)
    # Its format is Grafana's, and this is not: it arrives unreadable or as far as it can be read.
    page.locator(".box[role=status] a").first.wait_for()
    assert url not in page.evaluate("JSON.stringify(sessionStorage) + location.href")


def test_a_delivery_that_cannot_be_read_says_why(console, visit):
    page = visit()
    url = create(page, console, "Another tool", "Some script")
    page.get_by_text("curl -X POST").wait_for()
    fill.post(url, b'{"half": ')
    page.get_by_text("It arrived, and could not be read.").wait_for()
    assert "JSON" in page.locator(".box.reason").inner_text()


def test_every_sender_has_its_instructions(console, visit):
    page = visit(console.address("webhook-new", token=console.admin))
    page.locator(".senders input").first.wait_for()
    names = page.locator(".senders label").all_inner_texts()
    assert {"Alertmanager", "Amazon CloudWatch", "Zabbix", "Another tool"} <= set(names)
    create(page, console, "Zabbix", "Zabbix with its script")
    page.get_by_role("heading", name="The template").wait_for()
    assert page.locator(".snippet pre").count() > 0


def test_the_list_shows_what_delivers_and_what_is_unreadable(console, visit):
    page = visit(console.address("webhooks", token=console.admin))
    card = page.locator(".card").filter(has_text="UPS of rack 4")
    card.get_by_text("Nothing is readable").wait_for()
    busy = page.locator(".card").filter(has_text="Alertmanager fra-1")
    busy.get_by_text(re.compile(r"events, the last one (today|yesterday) after \d\d:00")).wait_for()
    busy.get_by_text(re.compile(r"\d+ on the busiest day")).wait_for()
    assert busy.get_by_text("readable").count() == 0


@pytest.fixture
def webhook(console, visit):
    """A page of a new webhook, and its URL."""
    page = visit()
    url = create(page, console, "Another tool", "Changed")
    page.goto(console.address(f"webhook/{url.split('/')[6]}", token=console.admin))
    page.get_by_role("heading", name="Settings").wait_for()
    return page, url


def test_a_body_is_tried(webhook):
    page, _ = webhook
    page.get_by_label("Body, as the sender posts it").fill(
        '{"host": "web-1", "message": "<b>full</b>", "level": "critical"}'
    )
    page.get_by_role("button", name="Try", exact=True).click()
    page.get_by_text("Read as generic: 1 event").wait_for()
    page.locator(".tried b").get_by_text("<b>full</b>").wait_for()
    page.get_by_label("Body, as the sender posts it").fill("{")
    page.get_by_role("button", name="Try", exact=True).click()
    page.get_by_text("It could not be read.").wait_for()


@pytest.mark.parametrize(
    ("start", "field"),
    [("Its event", "text of a script"), ("Its event", "lage"), ("Try another format", "text of a script")],
    ids=["an unreadable event", "one that is legible in part", "the list"],
)
def test_a_delivery_is_tried_in_another_format_and_replayed(console, visit, webhook, start, field):
    page, url = webhook
    change_setting(page, "Format", "grafana")
    page.locator("dl.fields").get_by_text("grafana").wait_for()
    title = f"Disk {os.urandom(4).hex()} is full"
    fill.post(url, json.dumps({field: title}).encode())

    page.goto(console.address("deliveries", token=console.admin))
    page.locator(".card").filter(has_text="Changed").first.get_by_role("link", name=start).click()
    if start == "Its event":
        page.get_by_role("link", name="Try the body with another format").click()
    assert title in page.get_by_label("Body, as the sender posts it").input_value()
    format_to_try = page.get_by_label("Format to try")
    assert format_to_try.input_value() == "grafana"
    page.wait_for_function("document.activeElement.id === 'format'")
    tries = page.get_by_role("region", name="Try a body")

    tries.get_by_role("button", name="Try", exact=True).click()
    tries.get_by_text("It could not be read.").wait_for()
    assert tries.get_by_role("button", name=re.compile("replay")).count() == 0

    format_to_try.fill("generic")
    tries.get_by_role("button", name="Try", exact=True).click()
    tries.get_by_text("Read as generic: 1 event").wait_for()
    tries.locator(".tried b").get_by_text(title).wait_for()
    tries.get_by_role("button", name="Set the format to generic, and replay").click()
    tries.get_by_text("The delivery was read.").wait_for()
    page.locator("dl.fields").get_by_text("generic").wait_for()
    tries.get_by_role("link", name=title).click()
    page.get_by_role("heading", name=title).wait_for()


def test_an_edited_body_is_not_replayed(console, visit, webhook):
    page, url = webhook
    fill.post(url, b'{"half": ')
    page.goto(console.address("deliveries", token=console.admin))
    page.locator(".card").filter(has_text="Changed").first.get_by_role("link", name="Try another format").click()
    body = page.get_by_label("Body, as the sender posts it")
    assert body.input_value() == '{"half": '
    body.fill('{"half": 1}')
    page.get_by_role("button", name="Try", exact=True).click()
    page.get_by_text("Read as generic: 1 event").wait_for()
    page.get_by_text("The replay takes the body as it was delivered").wait_for()
    assert page.get_by_role("button", name=re.compile("replay", re.IGNORECASE)).count() == 0


def test_a_body_that_is_no_text_is_tried_as_it_is(console, visit, webhook):
    page, url = webhook
    ask(url, body=b"\xff\x00\x01", headers={"Content-Type": "application/octet-stream"})
    page.goto(console.address("deliveries", token=console.admin))
    page.locator(".card").filter(has_text="Changed").first.get_by_role("link", name="Try another format").click()
    page.get_by_text("its 3 bytes are tried as they are").wait_for()
    page.get_by_role("button", name="Try", exact=True).click()
    page.get_by_text("It could not be read.").wait_for()


def test_a_webhook_is_rotated_disabled_and_deleted(webhook):
    page, url = webhook
    page.get_by_role("button", name="Rotate the URL").click()
    page.get_by_role("radio", name="at once").check()
    page.get_by_role("button", name="Rotate", exact=True).click()
    page.get_by_role("heading", name="Its URL").wait_for()
    new = page.locator(".secret code").inner_text()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        fill.post(url, b"{}")
    fill.post(new, b'{"title": "taken"}')

    page.get_by_role("button", name="Disable").click()
    page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    page.locator("h1 .badge").get_by_text("Disabled").wait_for()
    with pytest.raises(urllib.error.HTTPError, match="400"):
        fill.post(new, b"{}")
    page.get_by_role("button", name="Enable").click()
    page.locator("h1 .badge").get_by_text("Enabled").wait_for()

    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("heading", name="Webhooks").wait_for()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        fill.post(new, b"{}")


def change_setting(page, setting, text):
    page.get_by_role("button", name=f"Change: {setting}").click()
    page.get_by_role("dialog").get_by_role("textbox").fill(text)
    page.get_by_role("button", name="Save").click()


def test_settings_are_changed(webhook):
    page, _ = webhook
    for setting, text, shown in (
        ("Name", "Another name", "Another name"),
        ("Format", "grafana", "grafana"),
        ("Limit", "600", "600 deliveries a minute"),
        ("A repetition joins its alert for", "3600", "3600 seconds"),
    ):
        change_setting(page, setting, text)
        page.locator("dl.fields").get_by_text(shown).wait_for()
    page.get_by_role("button", name="Change: Recoveries").click()
    page.get_by_role("dialog").get_by_role("radio", name="leave the alert open").check()
    page.get_by_role("button", name="Save").click()
    page.locator("dl.fields").get_by_text("leave the alert open").wait_for()
    page.get_by_role("button", name="Change: Signatures").click()
    page.get_by_label("Scheme").fill("github")
    page.get_by_label("Secret that the sender has, too").fill("a-secret-of-16-letters")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("github, required").wait_for()

    change_setting(page, "Format", "no-such-format")
    page.locator(".messages .bad").wait_for()


def test_an_unreadable_delivery_is_listed_and_replayed(console, visit):
    console.post(b'{"half": ', "ups")
    page = visit(console.address("deliveries", token=console.admin))
    card = page.locator(".card").filter(has_text="UPS of rack 4").first
    card.wait_for()
    card.get_by_role("button", name="Replay").click()
    page.get_by_text("It is being processed again.").wait_for()
    card.get_by_role("link", name="Its event").click()
    page.get_by_role("heading", name="Why it could not be read").wait_for()
    page.get_by_role("heading", name="Delivery").wait_for()
    page.get_by_role("link", name="Try the body with another format").click()
    page.get_by_role("heading", name="Try a body").wait_for()


def test_a_token_is_made_rotated_and_revoked(console, visit):
    page = visit(console.address("tokens", token=console.admin))
    page.get_by_role("button", name="New token").click()
    page.get_by_label("Name").fill("Grace")
    page.get_by_role("radio", name=re.compile("^Responder")).check()
    page.get_by_label("Only these projects").fill("project-shop, project-data")
    page.get_by_role("button", name="Create").click()
    token = page.locator(".secret code").inner_text()
    row = page.locator("tbody tr").filter(has_text="Grace").first
    row.get_by_text("project-data, project-shop").wait_for()

    other = visit(console.address("alerts", token=token))
    other.get_by_role("link", name="Alerts").wait_for()
    assert other.get_by_role("link", name="Tokens").count() == 0

    page.get_by_role("button", name="Rotate Grace").click()
    page.get_by_role("button", name="Rotate", exact=True).last.click()
    page.wait_for_function("before => document.querySelector('.secret code').textContent !== before", arg=token)

    page.get_by_role("button", name="Revoke Grace").last.click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    page.locator("tbody tr").filter(has_text="Grace").get_by_text("Revoked").first.wait_for()
    # The valid ones come first.
    rows = page.locator("tbody tr").all_inner_texts()
    assert [("Revoked" in row) for row in rows] == sorted("Revoked" in row for row in rows)
    page.locator("tbody tr").filter(has_text="Ada").get_by_text("you are signed in with it").wait_for()


def test_changes_are_in_the_audit_records(console, visit, webhook):
    page = visit(console.address("audit", token=console.admin))
    row = page.locator("tbody tr").filter(has_text="webhook.create").filter(has_text="Ada").first
    row.wait_for()
    page.get_by_role("searchbox").fill("webhook.create")
    page.keyboard.press("Enter")
    page.locator("tbody tr").filter(has_text="token.create").first.wait_for(state="detached")
    row.locator("summary").first.click()


def test_a_view_that_the_token_lacks_is_not_there(console, visit):
    token = console.new_token(role=Role.RESPONDER, name="Bob")
    page = visit(console.address("webhooks", token=token))
    page.get_by_text("This token may not see this").wait_for()
    page.get_by_role("link", name="Go to the events").click()
    page.locator(".row").first.wait_for()
