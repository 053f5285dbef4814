"""The local run's logs, of a run with everything in it, hold no secret."""

import json

from event_api.auth import credentials
from tests.e2e.driver import ask, wait_for

BODY_SECRET = "hunter2-of-the-sender"


def test_no_log_holds_a_secret(local_run):
    demo = local_run.demo
    key, token = demo["webhook_url"].split("/")[-2], demo["token"]
    other = local_run.eventctl("webhook", "create", "--domain", demo["domain_id"], "--project", "p", "--name", "n")
    other_key = other["webhook_url"].split("/")[-2]
    page_key = local_run.endpoint().open_stores().tokens.get(token.partition(".")[0]).page_key

    body = json.dumps({"title": "t", "description": BODY_SECRET, "event_key": "k", "event_type": "ALERT"}).encode()
    foreign = {"X-Api-Key": BODY_SECRET, "Cookie": BODY_SECRET}
    short = demo["webhook_url"].replace(f"/{key}/", "/")
    statuses = [
        ask(url, body=content, token=bearer, headers=foreign).status
        for url, content, bearer in (
            (demo["webhook_url"], body, None),
            (demo["webhook_url"], BODY_SECRET.encode(), None),
            (demo["webhook_url"], b"x" * 2_200_000, None),
            (short, body, key),
            (short, body, other_key),
            (other["webhook_url"], body, None),
            (demo["webhook_url"].replace(key, other_key), body, None),
        )
    ]
    assert statuses == [200, 200, 413, 200, 403, 200, 403]

    api = f"{demo['api_url']}/monitoring/v1"
    answers = [
        local_run.list(),
        ask(f"{api}/events/search", body=b'{"nonsense": 1}', token=token),
        ask(f"{api}/events/stat", body=b'{"query": {"distinct": "severity"}}', token=token),
        ask(f"{api}/event/event-0", token=token),
        ask(f"{api}/events", token=token + "x"),
    ]
    assert [answer.status for answer in answers] == [200, 400, 200, 404, 403]

    folder = local_run.local_dir / "logs"
    wait_for("the log of what was refused", lambda: "ERROR_PAYLOAD_TOO_LARGE" in written(folder))
    secrets = [key, other_key, token, token.partition(".")[2], page_key, BODY_SECRET]
    secrets += [credentials.hash_secret(secret) for secret in (key, other_key, token.partition(".")[2])]
    assert [number for number, secret in enumerate(secrets) if secret in written(folder)] == []


def written(folder):
    """Everything in a folder's files."""
    return "\n".join(file.read_text(errors="replace") for file in folder.rglob("*") if file.is_file())
