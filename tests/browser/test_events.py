"""Events over time, their list, and one event."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

from event_api.domain import times


def open_event(page, title):
    page.locator(".row-title").filter(has_text=title).first.click()
    page.get_by_role("complementary", name="Event").get_by_role("heading", name="Fields").wait_for()


def total(page):
    """The number in the chart's heading, once it has been counted."""
    heading = page.get_by_role("heading", name=re.compile(r"^[\d,]+ events?$"))
    heading.wait_for()
    return int(heading.inner_text().split()[0].replace(",", ""))


def settled_total(page, other_than):
    page.wait_for_function(
        "before => /^\\d/.test(document.querySelector('.chart h2').textContent)"
        " && document.querySelector('.chart h2').textContent !== before",
        arg=f"{other_than:,} events",
    )
    return total(page)


def test_the_cause_of_yesterdays_outage_is_found_by_looking(console, visit):
    # Without what other tests have posted, which fills the first page of the last hours.
    since, until = (times.to_iso(times.now() - timedelta(hours=hours)) for hours in (24, 12))
    page = visit(console.address(**{"from": since, "to": until}))
    everything = total(page)
    page.locator(".facets").get_by_role("checkbox", name="Critical").check()
    critical = settled_total(page, everything)
    assert 0 < critical < everything
    page.locator(".row-title").filter(has_text="DiskFull").first.wait_for()
    titles = page.locator(".row-title").all_inner_texts()
    assert titles.index("DiskFull on payments-db-1") > titles.index("PostgresDown on payments-db-1") > 0

    open_event(page, "DiskFull")
    page.get_by_text("/var/lib/postgresql has no space left.").first.wait_for()


def test_a_facet_keeps_its_other_values_and_an_excluded_one_is_left_out(console, visit):
    page = visit(console.address(range="7d"))
    everything = total(page)
    facets = page.locator(".facets")
    count = int(facets.locator("li").filter(has_text="Warning").locator(".facet-count").inner_text().replace(",", ""))

    facets.get_by_role("checkbox", name="Warning").check()
    assert settled_total(page, everything) == count
    facets.get_by_role("checkbox", name="Critical").wait_for()
    assert set(page.locator(".row .badge").all_inner_texts()) <= {"Warning"}

    facets.get_by_role("button", name="not Warning").click()
    assert settled_total(page, count) == everything - count
    page.get_by_role("button", name="Clear all").click()
    assert settled_total(page, everything - count) == everything


def test_a_click_on_a_value_filters_and_the_address_carries_all_of_it(console, visit):
    page = visit(console.address(range="7d", q="HighErrorRate"))
    page.locator(".row").first.wait_for()
    value = page.locator(".row .value").filter(has_text="checkout-7:8080").first
    value.click()
    page.locator(".row").filter(has_not_text="checkout-7:8080").first.wait_for(state="detached")
    page.locator("select").select_option("project_id")
    open_event(page, "HighErrorRate")

    to = quote("/" + page.url.partition("#/")[2], safe="")
    other = visit(f"{console.api_url}/#token={console.token}&to={to}")
    other.get_by_role("complementary", name="Event").get_by_role("heading", name=re.compile("HighErrorRate")).wait_for()
    assert other.locator("select").input_value() == "project_id"
    other.locator(".chips").get_by_text("Resource is").wait_for()


def test_words_are_looked_for_in_titles(console, visit):
    page = visit(console.address(range="7d"))
    everything = total(page)
    page.keyboard.press("/")
    page.keyboard.type("backup postgres")
    page.keyboard.press("Enter")
    assert 0 < settled_total(page, everything) < everything
    page.locator(".row-title").filter(has_not_text=re.compile("backup|postgres", re.IGNORECASE)).first.wait_for(
        state="detached"
    )


def test_the_list_goes_on_without_end_and_without_jumps(console, visit):
    page = visit(console.address(range="7d"))
    page.locator(".row").first.wait_for()
    page.mouse.move(700, 600)
    end = page.get_by_text("That is all in this range.")
    for _ in range(200):
        if end.count():
            break
        page.mouse.wheel(0, 3000)
        page.wait_for_timeout(250)
    ids = page.locator(".row-title").evaluate_all("rows => rows.map(row => row.dataset.event)")
    assert len(ids) == len(set(ids)) == total(page)


def test_the_histogram_is_brushed_and_zoomed(console, visit):
    page = visit(console.address(range="7d"))
    everything = total(page)
    bars = page.locator(".bars")
    box = bars.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 50)
    page.locator(".tip").wait_for()
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + 60, steps=5)
    page.mouse.up()
    zoomed = settled_total(page, everything)
    assert 0 < zoomed < everything
    assert "from=" in page.url

    page.get_by_role("button", name="Zoom out").click()
    wider = settled_total(page, zoomed)
    assert wider > zoomed
    page.go_back()
    assert settled_total(page, wider) == zoomed
    page.go_back()
    assert settled_total(page, zoomed) == everything


def test_the_switch_counts_by_another_field(console, visit):
    page = visit(console.address(range="7d"))
    page.locator(".legend").get_by_text("Critical").wait_for()
    page.get_by_label(re.compile("^by")).select_option("project_id")
    page.locator(".legend").get_by_role("button", name=re.compile("project-shop")).click()
    page.locator(".chips").get_by_text("project-shop").wait_for()


def test_a_short_range_is_counted_in_one_request(console, visit):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request) if request.url.endswith("/events/stat") else None)
    page.goto(console.address(range="24h"))
    everything = total(page)
    page.get_by_label("by").select_option("event_type")
    page.locator(".legend").get_by_text("Recovery").wait_for()
    page.locator(".facets").get_by_role("checkbox", name="Warning").check()
    filtered = settled_total(page, everything)
    assert len(asked) == 2  # at the beginning, and since another condition makes another question

    legend = page.locator(".legend b").all_inner_texts()
    assert sum(int(count.replace(",", "")) for count in legend) == filtered

    page.goto(console.address(range="7d"))
    page.locator(".legend b").first.wait_for()
    total(page)
    assert len(asked) == 4


def test_recoveries_are_no_alarms_of_a_severity_in_the_histogram(console, visit):
    page = visit(console.address(range="7d", q="PostgresDown"))
    total(page)
    page.locator(".legend").get_by_role("button", name=re.compile(r"^Critical 1$")).wait_for()
    page.locator(".legend").get_by_role("button", name=re.compile(r"^Recovery 1$")).click()
    page.locator(".chips").get_by_text("Type is").wait_for()


def test_no_range_is_later_than_now(console, visit):
    page = visit(console.address(range="24h"))
    total(page)
    page.get_by_role("button", name="Later").click()
    page.wait_for_function("location.hash.includes('to=')")
    assert page.evaluate("Date.parse(new URLSearchParams(location.hash.split('?')[1]).get('to')) <= Date.now()")


def test_a_range_is_chosen_in_the_viewers_time_zone(console, visit):
    page = visit(console.address())
    page.locator(".row").first.wait_for()
    page.get_by_role("button", name="Last 24 hours").click()
    page.get_by_text("Europe/Berlin").wait_for()
    page.get_by_label("From").fill("2026-01-01T00:00")
    page.get_by_label("To", exact=True).fill("2026-01-02T00:00")
    page.get_by_role("button", name="Show", exact=True).click()
    assert "from=2025-12-31T23%3A00%3A00.000Z" in page.url
    page.get_by_text("Nothing arrived in this range.").wait_for()
    page.get_by_role("button", name="Show the last 30 days").click()
    page.locator(".row").first.wait_for()


def test_live_mode_adds_what_arrives(console, visit):
    page = visit(console.address(range="15m", live="1"))
    page.locator(".list").wait_for()
    title = f"Live {times.now().timestamp()}"
    console.event(title=title)
    page.locator(".row-title").filter(has_text=title).wait_for()
    assert page.locator(".row-title").first.inner_text() == title


def test_live_mode_begins_anew_if_more_than_a_page_arrives_at_once(console, visit):
    page = visit(console.address(range="15m", live="1"))
    page.locator(".list").wait_for()
    page.context.set_offline(True)
    word = f"burst{times.now().timestamp():.0f}"
    for number in range(65):
        console.event(title=f"{word} {number}")
    page.context.set_offline(False)
    page.locator(".row-title").filter(has_text=f"{word} 64").wait_for()
    page.mouse.move(700, 600)
    page.mouse.wheel(0, 9000)
    page.locator(".row-title").filter(has_text=re.compile(f"{word} 0$")).wait_for()


def test_live_mode_moves_nothing_under_the_readers_eyes(console, visit):
    page = visit(console.address(range="7d", live="1"))
    page.locator(".row").nth(50).scroll_into_view_if_needed()
    seen = page.locator(".row").nth(50)
    event, before = seen.locator(".row-title").get_attribute("data-event"), seen.bounding_box()
    console.event(title="Arrived while reading")
    arrived = page.get_by_role("button", name=re.compile("new event"))
    arrived.wait_for()
    after = page.locator(f".row:has([data-event={event}])").bounding_box()
    assert abs(after["y"] - before["y"]) < 60
    arrived.click()
    page.locator(".row-title").filter(has_text="Arrived while reading").first.wait_for()


def test_an_event_shows_every_field_its_course_and_its_body(console, visit):
    page = visit(console.address(range="7d", q="PostgresDown"))
    open_event(page, "PostgresDown")
    detail = page.get_by_role("complementary", name="Event")
    detail.get_by_text("No space left on device").first.wait_for()
    detail.locator(".course li").nth(1).wait_for()
    tree = detail.locator(".tree")
    tree.get_by_role("searchbox").fill("no space")
    tree.get_by_text(re.compile(r"\d+ found")).wait_for()
    assert tree.locator("mark").first.inner_text().lower() == "no space"
    tree.get_by_role("button", name="Fold all", exact=True).click()

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    detail.get_by_role("button", name="Copy as curl").click()
    page.get_by_text("Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f'curl "{console.api_url}/monitoring/v1/event/event-')
    assert console.token not in copied
    detail.get_by_role("button", name="Copy as JSON").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.startsWith('{'))")

    page.keyboard.press("Escape")
    detail.wait_for(state="detached")


def test_a_click_anywhere_on_a_row_opens_its_event(console, visit):
    page = visit(console.address(range="7d", q="PostgresDown"))
    row = page.locator(".row").first
    row.locator("time").click()
    detail = page.get_by_role("complementary", name="Event")
    detail.get_by_role("heading", name="Fields").wait_for()
    row.locator(".row-kind").click()
    detail.wait_for(state="detached")


def test_an_event_leads_to_those_of_its_resource_and_around_it(console, visit):
    page = visit(console.address(range="7d", q="PostgresDown"))
    open_event(page, "PostgresDown on payments-db-1")
    page.get_by_role("link", name="Events of this resource").click()
    # On another port: the warning of hours before, which says why.
    page.locator(".row").filter(has_text="DiskAlmostFull").locator(".badge", has_text="Warning").wait_for()

    page.get_by_role("link", name="Everything around this time").click()
    page.locator(".row").filter(has_text="Payment errors").first.wait_for()
    assert page.locator(".chips").count() == 0

    page = visit(console.address(range="7d", q="Payment errors"))
    open_event(page, "Payment errors")
    page.get_by_role("link", name="Events of this resource").click()
    page.locator(".chips").get_by_text("Resource is").wait_for()


def test_a_recovery_says_what_it_ended(console, visit):
    page = visit(console.address(range="7d", q="PostgresDown", **{"is": "event_type:RECOVERY"}))
    page.locator(".row").filter(has_text="was critical").first.wait_for()


def test_an_unreadable_delivery_says_why(console, visit):
    console.post(b'{"half": ', "ups")
    page = visit(console.address())
    page.locator(".row", has_text="Unreadable").first.locator(".row-title").click()
    page.get_by_role("heading", name="Why it could not be read").wait_for()
    assert "JSON" in page.locator(".reason").inner_text()


def test_an_event_has_an_address_of_its_own(console, visit):
    page = visit(console.address(range="7d", q="PostgresDown"))
    open_event(page, "PostgresDown")
    page.locator(".course a").first.click()
    page.get_by_role("link", name="All events").wait_for()
    page.get_by_role("heading", name="Raw data").wait_for()
    page.reload()
    page.get_by_role("heading", name="Raw data").wait_for()


def test_an_unknown_event_is_reported(console, visit):
    page = visit(console.address("event/event-000000000000"))
    page.get_by_role("alert").get_by_text("Not found").wait_for()


def test_a_slow_api_is_waited_for_and_the_latest_question_wins(console, visit):
    page = visit()
    first = times.now() - timedelta(days=400)

    def slowly(route):
        page.wait_for_timeout(400)
        route.continue_()

    page.route(re.compile("events/(stat|search)"), slowly)
    page.goto(console.address(range="7d"))
    page.get_by_role("status").get_by_text("Loading the histogram").wait_for()
    page.evaluate(
        f"location.hash = '#/events?from={first.isoformat()[:19]}Z&to={(first + timedelta(days=1)).isoformat()[:19]}Z'"
    )
    page.get_by_text("Nothing arrived in this range.").wait_for()
    page.get_by_role("heading", name="0 events").wait_for()


def test_a_failing_api_is_tried_again_and_then_reported(console, visit):
    page = visit()
    page.route(
        re.compile("events/stat"), lambda route: route.fulfill(status=503, json={"message": "Service Unavailable"})
    )
    page.route(re.compile("events/search"), lambda route: route.abort())
    page.goto(console.address())
    page.get_by_text("The API cannot be reached.").wait_for()
    page.get_by_text("Service Unavailable").first.wait_for()
    page.unroute_all()
    for button in page.get_by_role("button", name="Try again").all():
        button.click()
    page.locator(".row").first.wait_for()
    assert total(page) > 0
