"""Texts of senders stay texts."""

from __future__ import annotations

from tests.browser.test_events import open_event

MARKUP = '<img src=x onerror="document.title=1"><script>document.title=2</script>"\'&lt;b&gt;{{7*7}}${7*7}\u202e\u0000'
LINKS = ("javascript:document.title=3", "data:text/html,<script>1</script>", " https://x y", "//example.com")


def test_hostile_events_are_shown_as_text(console, visit):
    key = console.event(
        title=MARKUP,
        description=MARKUP,
        rule=MARKUP,
        provider="x:y" + MARKUP,
        resource={"resource_id": MARKUP, "name": MARKUP, "resource_type": MARKUP},
        additional_info={MARKUP: MARKUP, "__proto__": "x", "constructor": "y"},
        image_url="javascript:document.title=4",
    )
    page = visit(console.address())
    title = page.title()
    page.locator(".row-title").filter(has_text="onerror").first.wait_for()
    open_event(page, "onerror")
    detail = page.get_by_role("complementary", name="Event")
    detail.get_by_text(key).first.wait_for()
    detail.get_by_role("button", name="Unfold all").click()

    assert page.title() == title
    assert page.locator("img, #app script, iframe, object").count() == 0
    assert detail.get_by_role("heading", level=2).inner_text().startswith("<img src=x")

    # As a filter, and in the address.
    detail.get_by_role("button", name="only this provider").click()
    page.locator(".chips").get_by_text("onerror").wait_for()
    page.reload()
    page.locator(".row-title").filter(has_text="onerror").first.wait_for()
    assert page.title() == title


def test_links_lead_only_to_web_pages(console, visit):
    key = console.event(
        title="Links",
        image_url=LINKS[0],
        additional_info={"good": "https://example.com/a", **{str(at): link for at, link in enumerate(LINKS)}},
    )
    page = visit(console.address(q="Links"))
    open_event(page, "Links")
    detail = page.get_by_role("complementary", name="Event")
    detail.get_by_text(key).first.wait_for()
    outside = detail.locator("a[target=_blank]")

    assert outside.evaluate_all("links => links.map(link => link.href)") == ["https://example.com/a"]
    assert "noreferrer" in (outside.get_attribute("rel") or "")


def test_a_deep_and_a_long_body_can_be_looked_at(console, visit):
    deep: object = "bottom"
    for level in range(90):
        deep = {f"level{level}": deep}
    console.event(title="Deep one", additional_info={"long": "x" * 20_000}, deep=deep, many=list(range(1000)))
    page = visit(console.address(q="Deep"))
    open_event(page, "Deep one")
    tree = page.locator(".tree")
    tree.get_by_role("button", name="Unfold all").click()
    tree.get_by_text("bottom").wait_for()
    tree.get_by_role("button", name="800 more").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_addresses_that_nobody_wrote_do_no_harm(console, visit):
    for hash_ in (
        "#/events?range=99999d&by=x&is=:&is=a&not=severity:&event=..%2F..",
        "#/%E0%A4%A",
        "#//",
        "#/constructor/__proto__",
    ):
        page = visit(console.address())
        page.locator(".row").first.wait_for()
        page.evaluate(f"location.hash = {hash_!r}")
        page.wait_for_timeout(300)
        assert page.locator("main").inner_text()
