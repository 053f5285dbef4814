import json
import re

import pytest

from localrun import template
from localrun.errors import LocalRunError
from testkit import stack

URI = {"Fn::Sub": "arn:aws:apigateway:r:lambda:path/2015-03-31/functions/${F.Arn}/invocations"}


def operation(security=None):
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": URI, "payloadFormatVersion": "2.0"}
    return {"x-amazon-apigateway-integration": integration, "security": security or [], "responses": {}}


def expanded(**body):
    body = {"openapi": "3.0.1", "info": {"title": "the api", "version": "1.0"}, "paths": {}} | body
    api = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": body, "FailOnWarnings": True}}
    return {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}, "Api": api}}


def spread(**body):
    return template.spread_bodies(expanded(**body))["Resources"]


def test_what_has_no_body_stays_as_it_is():
    assert spread()["Queue"] == {"Type": "AWS::SQS::Queue"}


def test_an_api_without_its_body_has_a_name_and_a_protocol():
    assert spread()["Api"]["Properties"] == {"Name": "the api", "ProtocolType": "HTTP"}


def test_an_operation_becomes_a_route_and_its_integration():
    resources = spread(paths={"/a/{b}": {"post": operation(), "parameters": []}})
    assert resources["ApiPostABRoute"] == {
        "Type": "AWS::ApiGatewayV2::Route",
        "Properties": {
            "ApiId": {"Ref": "Api"},
            "RouteKey": "POST /a/{b}",
            "Target": {"Fn::Join": ["/", ["integrations", {"Ref": "ApiPostABIntegration"}]]},
            "AuthorizationType": "NONE",
        },
    }
    assert resources["ApiPostABIntegration"] == {
        "Type": "AWS::ApiGatewayV2::Integration",
        "Properties": {
            "ApiId": {"Ref": "Api"},
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": URI,
            "IntegrationMethod": "POST",
            "PayloadFormatVersion": "2.0",
        },
    }
    assert set(resources) == {"Queue", "Api", "ApiPostABRoute", "ApiPostABIntegration"}


def test_any_method_is_any():
    resources = spread(paths={"/a": {"x-amazon-apigateway-any-method": operation()}})
    assert resources["ApiAnyARoute"]["Properties"]["RouteKey"] == "ANY /a"


def test_security_becomes_an_authorizer_and_its_routes():
    definition = {
        "type": "request",
        "authorizerUri": URI,
        "authorizerPayloadFormatVersion": "2.0",
        "authorizerResultTtlInSeconds": {"Ref": "Seconds"},
        "enableSimpleResponses": True,
        "identitySource": ["$request.header.Authorization"],
    }
    schemes = {"Token": {"type": "apiKey", "x-amazon-apigateway-authorizer": definition}}
    paths = {"/closed": {"get": operation([{"Token": []}])}, "/open": {"get": operation([{"NONE": []}])}}
    resources = spread(paths=paths, components={"securitySchemes": schemes})
    assert resources["ApiToken"] == {
        "Type": "AWS::ApiGatewayV2::Authorizer",
        "Properties": {
            "ApiId": {"Ref": "Api"},
            "Name": "Token",
            "AuthorizerType": "REQUEST",
            "AuthorizerUri": URI,
            "AuthorizerPayloadFormatVersion": "2.0",
            "AuthorizerResultTtlInSeconds": {"Ref": "Seconds"},
            "EnableSimpleResponses": True,
            "IdentitySource": ["$request.header.Authorization"],
        },
    }
    closed = resources["ApiGetClosedRoute"]["Properties"]
    assert (closed["AuthorizationType"], closed["AuthorizerId"]) == ("CUSTOM", {"Ref": "ApiToken"})
    assert resources["ApiGetOpenRoute"]["Properties"]["AuthorizationType"] == "NONE"


def test_an_authorizer_that_cannot_be_served_is_refused_by_name():
    schemes = {"Jwt": {"type": "oauth2", "x-amazon-apigateway-authorizer": {"type": "jwt"}}}
    with pytest.raises(LocalRunError, match="authorizer Jwt"):
        spread(components={"securitySchemes": schemes})


def test_cors_is_the_apis_own():
    properties = spread(**{"x-amazon-apigateway-cors": {"allowOrigins": ["*"], "maxAge": 5}})["Api"]["Properties"]
    assert properties["CorsConfiguration"] == {"AllowOrigins": ["*"], "MaxAge": 5}


SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/f
      Handler: app.handler
      Runtime: python3.13
      Layers: [!Ref Layer]
      Events:
        Read:
          Type: HttpApi
          Properties: {ApiId: !Ref Api, Method: GET, Path: /a}
  Layer:
    Type: AWS::Serverless::LayerVersion
    Properties:
      ContentUri: layers/l
"""


@pytest.fixture
def sam(tmp_path):
    path = tmp_path / "template.yaml"
    path.write_text(SAM)
    return template.load(path)


def test_a_sam_template_becomes_plain_cloudformation(sam):
    pointed = template.point_code(sam, {"F": "s3://bucket/f.zip", "Layer": "s3://bucket/l.zip"})
    resources = template.expand(pointed, "us-east-1")["Resources"]
    assert resources["F"]["Properties"]["Code"] == {"S3Bucket": "bucket", "S3Key": "f.zip"}
    assert resources["ApiGetARoute"]["Properties"]["RouteKey"] == "GET /a"
    assert not any(resource["Type"].startswith("AWS::Serverless::") for resource in resources.values())
    assert "Body" not in json.dumps(resources)


def test_conditions_are_left_to_cloudformation(sam):
    sam |= {"Parameters": {"Most": {"Type": "Number", "Default": 0}}}
    sam |= {"Conditions": {"Limits": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Most"}, "0"]}]}}}
    most = {"Fn::If": ["Limits", {"Ref": "Most"}, {"Ref": "AWS::NoValue"}]}
    sam["Resources"]["F"]["Properties"]["ReservedConcurrentExecutions"] = most
    pointed = template.point_code(sam, {"F": "s3://bucket/f.zip", "Layer": "s3://bucket/l.zip"})
    expanded = template.expand(pointed, "us-east-1")
    assert expanded["Conditions"] == sam["Conditions"]
    assert expanded["Resources"]["F"]["Properties"]["ReservedConcurrentExecutions"] == most


def test_an_alarm_that_computes_with_metrics_is_left_out():
    plain, computed = (
        {"Type": "AWS::CloudWatch::Alarm", "Properties": {name: []}} for name in ("Dimensions", "Metrics")
    )
    kept = template.without_metric_math({"Resources": {"Plain": plain, "Computed": computed}})
    assert kept == {"Resources": {"Plain": plain}}


def is_on(condition):
    """Whether a condition of the template holds with the parameters' defaults."""
    ((kind, value),) = condition.items()
    match kind:
        case "Fn::Equals":
            given, other = value
            return stack.parameter(given["Ref"]) == other
        case "Fn::Not":
            return not is_on(value[0])
        case "Fn::And":
            return all(is_on(one) for one in value)
        case "Condition":
            return is_on(stack.template()["Conditions"][value])
    raise AssertionError(kind)


def test_what_the_templates_conditions_switch_is_off_by_default_but_safety_and_monitoring():
    conditions = stack.template()["Conditions"]
    on = {name for name, condition in conditions.items() if is_on(condition)}
    assert {name for name in on if not name.startswith("Watches")} == {
        "BodiesExpire",
        "Monitors",
        "ProtectsTables",
        "RollsBack",
    }
    text = json.dumps(stack.template(), default=str)
    assert set(re.findall(r'"(?:Fn::If": \[|Condition": )"(\w+)"', text)) == set(conditions)


def test_a_layer_with_other_code_is_another_layer(sam):
    def layers(key):
        pointed = template.point_code(sam, {"F": "s3://bucket/f.zip", "Layer": f"s3://bucket/{key}"})
        resources = template.expand(pointed, "us-east-1")["Resources"]
        return {name for name, resource in resources.items() if resource["Type"] == "AWS::Lambda::LayerVersion"}

    assert layers("one.zip").isdisjoint(layers("two.zip"))


def test_pointing_code_leaves_the_template_as_it_was(sam):
    template.point_code(sam, {"F": "s3://bucket/f.zip"})
    assert sam["Resources"]["F"]["Properties"]["CodeUri"] == "functions/f"


def test_what_sam_refuses_is_one_line(sam):
    sam["Resources"]["F"]["Properties"]["Handler"] = None
    with pytest.raises(LocalRunError, match=r"SAM refuses the template: .*F") as caught:
        template.expand(template.point_code(sam, {"F": "s3://b/f", "Layer": "s3://b/l"}), "us-east-1")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["a: [", "a: b: c"])
def test_invalid_yaml_is_reported_in_one_line(tmp_path, text):
    path = tmp_path / "template.yaml"
    path.write_text(text)
    with pytest.raises(LocalRunError, match=r"cannot read template\.yaml") as caught:
        template.load(path)
    assert "\n" not in str(caught.value)


def test_a_missing_template_is_one_line(tmp_path):
    with pytest.raises(LocalRunError, match=r"cannot read template\.yaml"):
        template.load(tmp_path / "template.yaml")
