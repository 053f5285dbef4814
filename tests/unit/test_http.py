from __future__ import annotations

import base64
import json

import pytest

from event_api import telemetry
from event_api.aws.http import Request, Response, endpoint
from event_api.domain.errors import InvalidParameterError, JsonFormatError, UnavailableError
from event_api.reads.parameters import list_parameters
from testkit.gateway import Context


def gateway_event(**fields):
    return {"routeKey": "GET /monitoring/v1/events", "headers": {}, "requestContext": {}, **fields}


def request(**fields):
    return Request.from_gateway(gateway_event(**fields), Context())


def answered(answer, **fields):
    return endpoint(answer)(gateway_event(**fields), Context())


def failing(error):
    def answer(_request):
        raise error

    return answer


def test_header_names_are_lower_case_whoever_passes_them_on():
    assert request(headers={"X-GitHub-Event": "ping"}).headers == {"x-github-event": "ping"}


def test_no_text_is_such_that_a_database_refuses_it():
    found = request(
        headers={"webhook-id": "\ud800é"}, pathParameters={"event_id": "\udfffx"}, rawQueryString="a=%ed%a0%80"
    )
    assert found.headers == {"webhook-id": "\ufffdé"}
    assert found.path == {"event_id": "\ufffdx"}
    assert found.query["a"][0].encode()


def test_a_body_may_be_base64():
    encoded = base64.b64encode(b"\xff{}").decode()
    assert request(body=encoded, isBase64Encoded=True).body == b"\xff{}"
    assert request(body="é").body == "é".encode()
    assert request().body == b""


@pytest.mark.parametrize("body", ["not base64!", "é", "a\ud800"])
def test_invalid_base64_is_the_body_as_it_is(body):
    assert request(body=body, isBase64Encoded=True).body == body.encode("utf-8", "surrogatepass")


def test_repeated_parameters_are_read_from_the_raw_query_string():
    parameters = list_parameters(request(rawQueryString="severity=ERROR&only=title&only=a%2Cb&empty=").query)
    assert parameters == {"severity": "ERROR", "empty": "", "query": {"only": ["title", "a,b"]}}


def test_a_structured_parameter_is_a_json_object():
    query = '{"page":{"limit":3}}'
    assert list_parameters(request(rawQueryString=f"query={query}&only=title").query) == {
        "query": {"page": {"limit": 3}, "only": ["title"]}
    }
    for bad in ("[1]", "{", "x"):
        with pytest.raises(JsonFormatError, match="key = query"):
            list_parameters(request(rawQueryString=f"query={bad}").query)


@pytest.mark.parametrize("body", ["[]", "{", "1", '"x"', '{"a": NaN}'])
def test_a_post_must_be_a_json_object(body):
    with pytest.raises(JsonFormatError, match="key = body"):
        request(routeKey="POST /monitoring/v1/events/search", body=body).json_object()


def test_an_empty_post_is_an_empty_request():
    assert request(routeKey="POST /x").json_object() == {}


def test_errors_have_one_shape():
    answer = answered(failing(InvalidParameterError("page", "it is odd")))
    assert answer["statusCode"] == 400
    assert answer["headers"]["content-type"] == "application/json"
    detail = {"code": "ERROR_INVALID_PARAMETER", "message": "Parameter is invalid. (key = page, reason = it is odd)"}
    assert json.loads(answer["body"]) == {"detail": detail}


def test_who_asks_for_problem_details_gets_them():
    answer = answered(failing(UnavailableError("busy")), headers={"Accept": "application/problem+json, */*"})
    assert answer["headers"] == {"content-type": "application/problem+json", "Retry-After": "5"}
    problem = json.loads(answer["body"])
    assert problem["status"] == answer["statusCode"] == 503
    assert problem["title"] == problem["code"] == "ERROR_UNAVAILABLE"
    assert "busy" in problem["detail"]


def test_an_unexpected_error_has_our_shape_and_is_logged_without_its_message(monkeypatch):
    lines = []
    monkeypatch.setattr(telemetry.logger(), "error", lambda *arguments, **facts: lines.append((arguments, facts)))
    answer = answered(failing(ValueError("secret-key-in-a-message")))
    assert answer["statusCode"] == 500
    assert json.loads(answer["body"])["detail"]["code"] == "ERROR_UNKNOWN"
    assert "secret-key" not in answer["body"] + repr(lines)
    (line,) = lines
    assert "ValueError" in repr(line)
    assert "test_http.py" in repr(line)


def test_an_answer_is_json_whatever_characters_it_has():
    answer = answered(lambda _request: Response({"title": "디스크 \ud800"}))
    answer["body"].encode()
    assert json.loads(answer["body"]) == {"title": "디스크 \ud800"}
    plain = answered(lambda _request: Response({"title": "디스크"}))
    assert "디스크" in plain["body"]


def test_a_request_s_repr_has_no_secret():
    secret = request(
        headers={"Authorization": "Bearer hunter2"}, pathParameters={"access_key": "hunter2"}, body="hunter2"
    )
    assert "hunter2" not in repr(secret)
