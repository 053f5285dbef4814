"""Alerts: what is open, and what people do with it."""

from __future__ import annotations

import re
from itertools import count

import pytest

from event_api.domain.access import Role
from tests.browser.conftest import PHONE

NUMBERS = count()


@pytest.fixture
def opened(console):
    """Open alerts with a word of their own in their titles; return the word and the keys."""

    def opened(number=1, **fields):
        word = f"alpha{next(NUMBERS)}x"
        keys = [console.event(title=f"Problem {at} {word}", severity="CRITICAL", **fields) for at in range(number)]
        return word, keys

    return opened


def show(console, visit, word, token=None, **options):
    page = visit(console.address("alerts", token=token or console.admin, q=word), **options)
    page.locator("[data-alert]").first.wait_for()
    return page


def row(page, text):
    return page.locator(".alert-row").filter(has_text=text)


def test_open_alerts_come_first_the_most_severe_at_the_top(console, visit):
    page = visit(console.address("alerts", token=console.admin, resolved="1"))
    page.locator("[aria-label='Resolved alerts'] .alert-row").first.wait_for()
    rows = page.locator("[aria-label='Alerts'] .alert-row")
    rows.first.wait_for()
    is_open = rows.locator("> .badge").all_inner_texts()
    order = ["Critical", "Error", "Warning", "Info", "Not available", "None"]
    assert is_open == sorted(is_open, key=order.index)
    assert len(is_open) >= 5
    resolved = page.locator("[aria-label='Resolved alerts']")
    resolved.get_by_text(re.compile(r"^the newest 50$|^\d+$")).wait_for()
    resolved.locator(".alert-row").first.get_by_text(re.compile("^Resolved .* ago$")).wait_for()


def test_unreadable_deliveries_come_last_and_lead_to_what_can_be_done(console, visit):
    console.post(b'{"half": ', "ups")
    page = visit(console.address("alerts", token=console.admin))
    page.get_by_role("heading", name=re.compile("^Deliveries that could not be read")).wait_for()
    page.get_by_role("link", name="deliveries that need a look").wait_for()
    assert page.locator(".alert-state .badge").all_inner_texts()[0] != "Unreadable"
    row(page, "UPS of rack 4").last.locator("[data-alert]").click()
    page.get_by_role("link", name="See why, and try another format").click()
    page.get_by_role("heading", name="Why it could not be read").wait_for()


def test_all_that_are_open_are_chosen_and_let_go(console, visit, opened):
    word, _ = opened(2)
    page = show(console, visit, word)
    page.get_by_role("button", name="Choose all").click()
    page.get_by_text("2 chosen").wait_for()
    page.get_by_role("button", name="Choose none").click()
    page.get_by_role("toolbar").get_by_text("no alert chosen").wait_for()


def test_a_click_anywhere_on_a_row_opens_its_alert(console, visit):
    page = visit(console.address("alerts", token=console.admin))
    page.locator(".alert-age").nth(1).click()
    page.get_by_role("complementary", name="Alert").get_by_role("heading", name="Fields").wait_for()


def test_alerts_are_grouped(console, visit):
    page = visit(console.address("alerts", token=console.admin))
    page.locator("[data-alert]").first.wait_for()
    page.get_by_label(re.compile("^group by")).select_option("project_id")
    page.get_by_role("heading", name=re.compile("project-platform")).wait_for()
    assert "group=project_id" in page.url


def test_one_is_acknowledged_assigned_noted_and_resolved_by_keyboard(console, visit, opened):
    word, _ = opened()
    page = show(console, visit, word)
    page.keyboard.press("j")
    page.keyboard.press("a")
    row(page, word).get_by_text("Acknowledged").wait_for()

    page.keyboard.press("i")
    page.get_by_label("Who takes care of it").wait_for()
    assert page.get_by_label("Who takes care of it").input_value() == "Ada"
    page.keyboard.press("Enter")
    row(page, word).locator(".alert-who").get_by_text("Ada").wait_for()

    page.keyboard.press("n")
    page.get_by_label("How it stands").fill("Restarting it <b>now</b>")
    page.get_by_role("button", name="Save").click()
    row(page, word).get_by_text("“Restarting it <b>now</b>”").wait_for()

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    course = page.locator(".course")
    for text in ("Opened", "Acknowledged", "Assigned", "Noted"):
        course.get_by_text(text, exact=True).wait_for()
    assert course.get_by_text("by Ada").count() == 3

    page.keyboard.press("r")
    row(page, word).wait_for(state="detached")
    page.locator(".detail").get_by_role("button", name="Open again").wait_for()
    page.locator(".detail").get_by_role("button", name="Open again").click()
    row(page, word).wait_for()


def test_several_are_changed_at_once(console, visit, opened):
    word, _ = opened(3)
    page = show(console, visit, word)
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.get_by_text("2 chosen").wait_for()
    page.get_by_role("toolbar").get_by_role("button", name="Acknowledge").click()
    page.get_by_text("2 alerts acknowledged.").wait_for()
    page.locator(".alert-row .tone-acknowledged").nth(1).wait_for()
    assert page.locator(".alert-row .tone-triggered").count() == 1


def test_one_is_snoozed_and_stays_open(console, visit, opened):
    word, _ = opened()
    page = show(console, visit, word)
    page.locator("[data-alert]").click()
    page.locator(".detail").get_by_role("button", name="Snooze").click()
    page.get_by_role("button", name="4 hours").click()
    row(page, word).get_by_text("Snoozed until").wait_for()


def test_alerts_are_merged_to_one(console, visit, opened):
    word, _ = opened(3)
    page = show(console, visit, word)
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.keyboard.press("m")
    page.get_by_role("dialog").get_by_label(re.compile(f"Problem 1 {word}")).check()
    page.get_by_role("dialog").get_by_role("button", name="Merge").click()
    row(page, f"Problem 0 {word}").wait_for(state="detached")
    row(page, f"Problem 1 {word}").get_by_text("+ 2 merged").wait_for()
    assert page.locator(".alert-row").count() == 1


def test_two_people_see_each_others_changes(console, visit, opened):
    word, keys = opened(2)
    ada = show(console, visit, word)
    bob = show(console, visit, word, token=console.new_token(role=Role.RESPONDER, name="Bob"))
    row(ada, "Problem 0").get_by_role("checkbox").check()
    ada.keyboard.press("a")
    row(bob, "Problem 0").get_by_text("Acknowledged").wait_for()

    # Both at once: one acknowledgement.
    row(ada, "Problem 1").get_by_role("checkbox").check()
    row(bob, "Problem 1").get_by_role("checkbox").check()
    ada.keyboard.press("a")
    bob.keyboard.press("a")
    row(ada, "Problem 1").get_by_text("Acknowledged").wait_for()
    row(ada, "Problem 1").locator("[data-alert]").click()
    ada.locator(".course").get_by_text("Acknowledged", exact=True).wait_for()
    assert ada.locator(".course").get_by_text("Acknowledged", exact=True).count() == 1

    console.event(event_key=keys[1], event_type="RECOVERY", title="Well again")
    bob.mouse.move(5, 5)
    row(bob, "Problem 1").get_by_role("checkbox").blur()
    row(bob, "Problem 1").wait_for(state="detached")


def test_a_reader_changes_nothing(console, visit, opened):
    word, _ = opened()
    page = show(console, visit, word, token=console.new_token(role=Role.READER, name="Eve"))
    assert page.get_by_role("toolbar").count() == 0
    assert page.get_by_role("checkbox").count() == 0
    assert page.get_by_role("link", name="Webhooks").count() == 0
    page.locator("[data-alert]").click()
    page.locator(".course li").first.wait_for()
    page.keyboard.press("a")
    assert page.locator(".detail").get_by_role("button").all_inner_texts() == ["✕", "Copy link"]


def test_what_cannot_be_changed_is_reported(console, visit, opened):
    word, _ = opened()
    page = show(console, visit, word)
    page.route(
        re.compile("/alert/"),
        lambda route: route.fulfill(status=400, json={"detail": {"code": "ERROR_X", "message": "Not so."}}),
    )
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.get_by_text("1 could not be changed: Not so.").wait_for()


def test_an_alert_has_an_address_of_its_own(console, visit, opened):
    word, _ = opened()
    page = show(console, visit, word)
    page.locator("[data-alert]").click()
    event = page.locator(".course a").first
    event.click()
    page.get_by_role("heading", name="Raw data").wait_for()
    page.get_by_role("link", name=re.compile("^alert-")).click()
    page.get_by_role("link", name="All alerts").wait_for()
    page.get_by_role("button", name="Acknowledge").click()
    page.locator(".course").get_by_text("Acknowledged", exact=True).wait_for()

    page.get_by_role("link", name="Everything around its beginning").click()
    page.locator(".row-title").filter(has_text=word).first.wait_for()


def test_a_phone_is_enough(console, visit, opened):
    word, _ = opened()
    page = show(console, visit, word, size=PHONE)
    page.locator("[data-alert]").click()
    page.locator(".detail").get_by_role("button", name="Resolve").click()
    page.get_by_text("One alert resolved.").wait_for()


def places(page):
    """Where each row is, by its title."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".alert-row")].map((row) => {
            const {x, y, width, height} = row.getBoundingClientRect();
            return [row.querySelector(".row-title").textContent, [x, y, width, height]];
        }))"""
    )


@pytest.mark.parametrize("where", ["the pointer", "the focus", "the scroll"])
def test_nothing_moves_where_somebody_reads(console, visit, opened, where):
    word, keys = opened(24)
    page = show(console, visit, word)
    row(page, f"Problem 3 {word}").wait_for()
    if where == "the pointer":
        row(page, f"Problem 12 {word}").hover()
    elif where == "the focus":
        row(page, f"Problem 12 {word}").get_by_role("checkbox").focus()
    else:
        page.mouse.wheel(0, 300)
        page.wait_for_function("scrollY > 200")
    before = places(page)

    console.event(title=f"Another one {word}", severity="CRITICAL")
    console.event(event_key=keys[20], event_type="RECOVERY", title="Well again")
    other = show(console, visit, word)
    row(other, f"Problem 15 {word}").get_by_role("checkbox").check()
    other.keyboard.press("a")
    note(other, "Somebody restarts it")

    show_news = page.get_by_role("button", name="1 new, 1 no longer open: show")
    show_news.wait_for()
    row(page, f"Problem 20 {word}").get_by_text("No longer open").wait_for()
    row(page, f"Problem 15 {word}").get_by_text("Acknowledged").wait_for()
    row(page, f"Problem 15 {word}").get_by_text("Somebody restarts it").wait_for()
    page.get_by_role("heading", name="24 open").wait_for()
    assert places(page) == before
    assert row(page, f"Problem 20 {word}").get_by_role("checkbox").is_disabled()

    if where == "the pointer":
        page.mouse.move(5, 5)
    elif where == "the focus":
        row(page, f"Problem 12 {word}").get_by_role("checkbox").blur()
    else:
        show_news.click()
    row(page, f"Problem 20 {word}").wait_for(state="detached")
    show_news.wait_for(state="detached")
    assert next(iter(places(page))) == f"Another one {word}"
    assert page.evaluate("scrollY") == 0


def note(page, text):
    row(page, "Acknowledged").get_by_role("checkbox").check()
    page.keyboard.press("n")
    page.get_by_label("How it stands").fill(text)
    page.get_by_role("button", name="Save").click()
    page.get_by_text(text).wait_for()


def test_what_comes_shows_by_itself_if_nobody_reads(console, visit, opened):
    word, _ = opened(2)
    page = show(console, visit, word)
    console.event(title=f"Another one {word}", severity="CRITICAL")
    row(page, f"Another one {word}").wait_for()
    assert next(iter(places(page))) == f"Another one {word}"


def test_a_finger_hits_what_it_aims_at(console, visit, opened):
    word, _ = opened(2)
    page = show(console, visit, word, size=PHONE, is_mobile=True, has_touch=True)
    before = places(page)
    console.event(title=f"Another one {word}", severity="CRITICAL")
    page.get_by_role("button", name="1 new: show").wait_for()
    assert places(page) == before
    page.get_by_role("button", name="1 new: show").tap()
    row(page, f"Another one {word}").wait_for()


def test_an_api_that_stays_away_moves_nothing(console, visit, opened):
    word, _ = opened(3)
    page = show(console, visit, word)
    before = places(page)
    page.route(re.compile("alerts/search"), lambda route: route.fulfill(status=400, json={"message": "Not now"}))
    page.get_by_text("Not now (400)").wait_for()
    assert places(page) == before


def test_the_next_one_takes_the_place_of_one_that_is_resolved(console, visit, opened):
    word, _ = opened(3)
    page = show(console, visit, word)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("r")
    row(page, f"Problem 1 {word}").wait_for(state="detached")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent").startswith("Problem 0")


def test_choosing_one_on_a_phone_moves_nothing(console, visit, opened):
    word, _ = opened(2)
    page = show(console, visit, word, size=PHONE, is_mobile=True, has_touch=True)
    before = places(page)
    row(page, f"Problem 0 {word}").get_by_role("checkbox").tap()
    page.get_by_role("toolbar").get_by_role("button", name="Acknowledge").wait_for()
    assert places(page) == before
