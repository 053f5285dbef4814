"""From the SAM template to a template that the local CloudFormation deploys.

The transform is AWS's own (aws-sam-translator). It puts an HTTP API's routes into an OpenAPI ``Body``, which the local
API Gateway ignores, so the body is turned into the resources that say the same: routes, integrations, authorizers.
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localrun.errors import LocalRunError

Template = dict[str, Any]

# The property of a SAM resource that names its code.
CODE_PROPERTIES: Mapping[str, str] = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}

# OpenAPI extensions and keys (as SAM writes them), and the CloudFormation properties that mean the same.
_INTEGRATION_PROPERTIES: Mapping[str, str] = {
    "uri": "IntegrationUri",
    "httpMethod": "IntegrationMethod",
    "payloadFormatVersion": "PayloadFormatVersion",
    "timeoutInMillis": "TimeoutInMillis",
}
_AUTHORIZER_PROPERTIES: Mapping[str, str] = {
    "authorizerUri": "AuthorizerUri",
    "authorizerResultTtlInSeconds": "AuthorizerResultTtlInSeconds",
    "authorizerPayloadFormatVersion": "AuthorizerPayloadFormatVersion",
    "enableSimpleResponses": "EnableSimpleResponses",
    "identitySource": "IdentitySource",
}
_CORS_PROPERTIES: Mapping[str, str] = {
    "allowOrigins": "AllowOrigins",
    "allowMethods": "AllowMethods",
    "allowHeaders": "AllowHeaders",
    "exposeHeaders": "ExposeHeaders",
    "maxAge": "MaxAge",
    "allowCredentials": "AllowCredentials",
}
# Properties that an API has only because it has a body.
_BODY_ONLY_PROPERTIES = frozenset({"Body", "BodyS3Location", "FailOnWarnings", "BasePath"})

_API_TYPE = "AWS::ApiGatewayV2::Api"
_ALARM_TYPE = "AWS::CloudWatch::Alarm"
_INTEGRATION = "x-amazon-apigateway-integration"
_AUTHORIZER = "x-amazon-apigateway-authorizer"
_CORS = "x-amazon-apigateway-cors"
_ANY_METHOD = "x-amazon-apigateway-any-method"
_METHODS = {method: method.upper() for method in ("get", "put", "post", "delete", "head", "patch")} | {
    # The local API Gateway takes every OPTIONS for a preflight and answers it itself; in other letters it is a method
    # like any other (`localrun.gateway`).
    "options": "options",
    _ANY_METHOD: "ANY",
}


def load(path: Path) -> Template:
    """Read a SAM template, short forms such as ``!Ref`` included; raise LocalRunError if it is not YAML."""
    import yaml  # noqa: PLC0415 - a third of a second that `make run` need not wait for before it looks at the port
    from samtranslator.yaml_helper import yaml_parse  # noqa: PLC0415

    try:
        template: Template = yaml_parse(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise LocalRunError(f"cannot read {path.name}: {' '.join(str(error).split())}") from error
    return template


@dataclass(frozen=True, slots=True)
class Route:
    """A route of the HTTP API: the folder of the function that answers it, and whether it needs no token (``open``)."""

    method: str
    path: str
    function: str
    open: bool

    @property
    def key(self) -> str:
        """API Gateway's key of the route."""
        return f"{self.method} {self.path}"


def routes(template: Template) -> Iterator[Route]:
    """Find the routes of a SAM template."""
    for resource in template["Resources"].values():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        properties = resource["Properties"]
        for event in properties.get("Events", {}).values():
            if event["Type"] == "HttpApi":
                route = event["Properties"]
                is_open = route.get("Auth", {}).get("Authorizer") == "NONE"
                yield Route(route["Method"], route["Path"], properties["CodeUri"], is_open)


def point_code(template: Template, locations: Mapping[str, str]) -> Template:
    """Return the template with the code of each resource in ``locations`` (logical id to URI) replaced."""
    pointed = copy.deepcopy(template)
    for logical_id, uri in locations.items():
        resource = pointed["Resources"][logical_id]
        resource["Properties"][CODE_PROPERTIES[resource["Type"]]] = uri
    return pointed


def expand(template: Template, region: str) -> Template:
    """Return the plain CloudFormation template that SAM and a local API Gateway make of a SAM template.

    The code must be at ``s3://`` URIs already (`point_code`). Calls nothing outside this process. Raises LocalRunError
    for a template that SAM refuses.
    """
    return without_metric_math(spread_bodies(transform(template, region, {})))


def transform(template: Template, region: str, parameters: Mapping[str, str]) -> Template:
    """Return what SAM makes of a template with the values of some parameters; the others have their defaults.

    Raises LocalRunError for a template that SAM refuses.
    """
    import boto3  # noqa: PLC0415 - see `load`
    from samtranslator.model.exceptions import InvalidDocumentException  # noqa: PLC0415
    from samtranslator.parser.parser import Parser  # noqa: PLC0415
    from samtranslator.translator.translator import Translator  # noqa: PLC0415

    # It warns of switches of AWS's own that have no value here.
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    translator = Translator({}, Parser(), boto_session=boto3.session.Session(region_name=region))
    try:
        expanded: Template = translator.translate(copy.deepcopy(template), dict(parameters))
    except InvalidDocumentException as error:
        causes = "; ".join(cause.message for cause in error.causes) or error.message
        raise LocalRunError(f"SAM refuses the template: {causes}") from error
    return expanded


def without_metric_math(template: Template) -> Template:
    """Return the template without the alarms that compute with metrics, which the local CloudFormation refuses."""
    resources = {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if not (resource["Type"] == _ALARM_TYPE and "Metrics" in resource["Properties"])
    }
    return {**template, "Resources": resources}


def spread_bodies(template: Template) -> Template:
    """Return the template with each HTTP API's OpenAPI body as resources of its own."""
    resources: dict[str, Any] = {}
    for logical_id, resource in template["Resources"].items():
        body = resource.get("Properties", {}).get("Body")
        if resource["Type"] == _API_TYPE and body is not None:
            resources |= _spread(logical_id, resource, body)
        else:
            resources[logical_id] = resource
    return {**template, "Resources": resources}


def _spread(api_id: str, api: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in api["Properties"].items() if name not in _BODY_ONLY_PROPERTIES}
    properties = {"Name": body["info"]["title"], "ProtocolType": "HTTP"} | kept
    if _CORS in body:
        properties["CorsConfiguration"] = _renamed(body[_CORS], _CORS_PROPERTIES)
    resources: dict[str, Any] = {api_id: {**api, "Properties": properties}}
    for name, scheme in body.get("components", {}).get("securitySchemes", {}).items():
        resources[f"{api_id}{name}"] = _authorizer(api_id, name, scheme)
    for path, operations in body["paths"].items():
        for method, operation in operations.items():
            if method in _METHODS:
                resources |= _route(api_id, f"{_METHODS[method]} {path}", operation)
    return resources


def _authorizer(api_id: str, name: str, scheme: Mapping[str, Any]) -> dict[str, Any]:
    definition = scheme.get(_AUTHORIZER, {})
    if definition.get("type") != "request":
        raise LocalRunError(f"authorizer {name}: the local run knows Lambda authorizers only")
    return {
        "Type": "AWS::ApiGatewayV2::Authorizer",
        "Properties": {
            "ApiId": {"Ref": api_id},
            "Name": name,
            "AuthorizerType": "REQUEST",
            **_renamed(definition, _AUTHORIZER_PROPERTIES),
        },
    }


def _route(api_id: str, route_key: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    prefix = api_id + "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", route_key))
    integration, route = f"{prefix}Integration", f"{prefix}Route"
    return {
        integration: {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": api_id},
                "IntegrationType": "AWS_PROXY",
                **_renamed(operation[_INTEGRATION], _INTEGRATION_PROPERTIES),
            },
        },
        route: {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {
                "ApiId": {"Ref": api_id},
                "RouteKey": route_key,
                "Target": {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]},
                **_authorization(api_id, operation.get("security", [])),
            },
        },
    }


def _authorization(api_id: str, security: list[Mapping[str, Any]]) -> dict[str, Any]:
    # SAM writes "open to all" as a scheme of this name, which it does not define.
    names = [name for requirement in security for name in requirement if name != "NONE"]
    if not names:
        return {"AuthorizationType": "NONE"}
    return {"AuthorizationType": "CUSTOM", "AuthorizerId": {"Ref": f"{api_id}{names[0]}"}}


def _renamed(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {name: values[key] for key, name in names.items() if key in values}
