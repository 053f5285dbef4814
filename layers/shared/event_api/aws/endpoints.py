"""DynamoDB's endpoint, by AWS's own environment variables; a test compares the result with botocore's.

Of a configuration file only the region counts. Endpoints of single accounts are not used: the regional endpoint serves
every account.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from event_api.aws.botocore_session import new_session

_SUFFIXES = {
    "cn-": ("amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    "eusc-": ("amazonaws.eu", "api.amazonwebservices.eu"),
    "us-iso-": ("c2s.ic.gov", "api.aws.ic.gov"),
    "us-isob-": ("sc2s.sgov.gov", "api.aws.scloud"),
    "eu-isoe-": ("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    "us-isof-": ("csp.hci.ic.gov", "api.aws.hci.ic.gov"),
}
"""The DNS suffixes of AWS's partitions, by the beginning of their regions: of usual names, and of dual-stack names."""
_DEFAULT_SUFFIXES = ("amazonaws.com", "api.aws")


class Endpoint(NamedTuple):
    """A URL, and the region that requests to it are signed for."""

    url: str
    region: str


def dynamodb() -> Endpoint:
    """Return the endpoint that the environment asks for; raise ValueError if it asks for none that exists."""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region:
        region = new_session().get_config_variable("region")
    if not region:
        raise ValueError("no AWS region: set AWS_REGION")
    fips, dual_stack = _is_on("AWS_USE_FIPS_ENDPOINT"), _is_on("AWS_USE_DUALSTACK_ENDPOINT")
    configured = _configured()
    if configured:
        if fips or dual_stack:
            raise ValueError("a FIPS or dual-stack endpoint cannot be had together with AWS_ENDPOINT_URL")
        return Endpoint(configured, region)
    usual, dual = next((names for start, names in _SUFFIXES.items() if region.startswith(start)), _DEFAULT_SUFFIXES)
    # All usual endpoints of GovCloud are FIPS endpoints.
    is_named = fips and (dual_stack or not region.startswith("us-gov-"))
    name = "dynamodb-fips" if is_named else "dynamodb"
    return Endpoint(f"https://{name}.{region}.{dual if dual_stack else usual}", region)


def _configured() -> str | None:
    if _is_on("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"):
        return None
    return os.environ.get("AWS_ENDPOINT_URL_DYNAMODB") or os.environ.get("AWS_ENDPOINT_URL")


def _is_on(variable: str) -> bool:
    return os.environ.get(variable, "").lower() == "true"
