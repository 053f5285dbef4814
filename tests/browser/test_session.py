"""Signing in and out."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

from event_api.admin import administration
from event_api.aws.static_files import StaticFiles
from tests.browser.conftest import ROOT


def test_a_link_signs_in_and_leaves_no_token_in_the_address(console, visit):
    page = visit(console.address(range="7d"))
    page.locator(".row").first.wait_for()

    assert page.evaluate("location.hash") == "#/events?range=7d"
    assert console.token not in page.content()
    assert page.evaluate("document.cookie + JSON.stringify(localStorage)") == "{}"
    page.go_back()
    assert console.token not in page.url


def test_a_link_signs_in_in_a_tab_that_is_open_already(console, visit):
    page = visit(console.address(token="token-1.wrong"))
    page.get_by_label("Token").wait_for()
    page.goto(console.address(range="7d"))
    page.locator(".row").first.wait_for()
    assert page.evaluate("location.hash") == "#/events?range=7d"


def test_a_token_is_asked_for_and_kept_for_the_tab(console, visit):
    page = visit(console.api_url)
    page.get_by_label("Token").fill(f" {console.token} ")
    page.keyboard.press("Enter")
    page.locator(".row").first.wait_for()

    page.reload()
    page.locator(".row").first.wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Token").wait_for()
    page.reload()
    page.get_by_label("Token").wait_for()


def test_a_token_that_ends_leads_back_to_the_form_and_then_to_the_same_view(console, visit):
    token, secret = administration.create_token(console.stores, domain_id=console.domain_id, name="short")
    page = visit(console.address(token=secret, range="7d"))
    page.locator(".row").first.wait_for()

    administration.revoke_token(console.stores, token.token_id)
    # The local API Gateway caches the authorizer's answer no longer than AWS's does.
    page.route(re.compile("monitoring/v1/"), lambda route: route.fulfill(status=403, json={"message": "Forbidden"}))
    page.get_by_role("button", name="Refresh").click()
    page.get_by_role("alert").get_by_text("expired").wait_for()

    page.unroute_all()
    page.get_by_label("Token").fill(console.token)
    page.get_by_role("button", name="Sign in").click()
    page.locator(".row").first.wait_for()
    assert page.evaluate("location.hash") == "#/events?range=7d"


def test_a_token_that_never_was_is_refused(console, visit):
    page = visit(console.address(token="token-1.wrong"))
    page.get_by_role("alert").get_by_text("not valid").wait_for()


def test_an_issuer_signs_in_with_a_code_and_its_proof(console, visit):
    """The issuer is played by the test; the API has none, so the ID token is a token of its own."""
    issuer, client = "https://id.example.com/realm", "console"
    files = StaticFiles.load(ROOT / "functions/console/files", issuer, client)
    answer = files.answer("index.html", {})
    page = visit()
    page.route(
        re.compile(rf"^{console.api_url}/(\?.*)?$"),
        lambda route: route.fulfill(body=answer.content, headers=dict(answer.headers)),
    )
    cors = {"access-control-allow-origin": console.api_url}
    asked: dict[str, str] = {}

    def authorize(route):
        asked.update(parse_qsl(urlsplit(route.request.url).query))
        to = f"{asked['redirect_uri']}?{urlencode({'code': 'the-code', 'state': asked['state']})}"
        # A redirect would go past the routes of this test.
        refresh = f'<meta http-equiv="refresh" content="0;url={escape(to)}">'
        route.fulfill(body=refresh, content_type="text/html")

    def exchange(route):
        given = dict(parse_qsl(route.request.post_data))
        digest = hashlib.sha256(given["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
        assert (given["code"], given["client_id"]) == ("the-code", client)
        route.fulfill(json={"id_token": console.token}, headers=cors)

    endpoints = {"authorization_endpoint": f"{issuer}/auth", "token_endpoint": f"{issuer}/token"}
    page.route(f"{issuer}/.well-known/*", lambda route: route.fulfill(json=endpoints, headers=cors))
    page.route(f"{issuer}/auth?*", authorize)
    page.route(f"{issuer}/token", exchange)

    page.goto(f"{console.api_url}/#/events?range=7d")
    page.get_by_role("button", name="Sign in with your organization").click()
    page.locator(".row").first.wait_for()
    assert page.url == f"{console.api_url}/#/events?range=7d"
    assert asked["code_challenge_method"] == "S256"

    # A code that nobody asked for signs nobody in.
    other = visit()
    other.route(
        re.compile(rf"^{console.api_url}/(\?.*)?$"),
        lambda route: route.fulfill(body=answer.content, headers=dict(answer.headers)),
    )
    other.goto(f"{console.api_url}/?code=x&state=y")
    other.get_by_label("Token").wait_for()


def test_what_a_token_may_not_do_is_reported_and_does_not_end_the_session(console, visit, limited_token):
    page = visit(console.address(token=limited_token))
    page.locator(".row").first.wait_for()
    page.get_by_text("ERROR_PERMISSION_DENIED").or_(page.get_by_role("alert")).first.wait_for()
    assert page.get_by_label("Token").count() == 0
