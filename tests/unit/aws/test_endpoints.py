"""DynamoDB's endpoint is the one that botocore would use, in every region and by every variable."""

from itertools import product
from typing import Any

import pytest
from botocore.exceptions import EndpointVariantError
from botocore.session import Session

from event_api.aws import endpoints
from event_api.aws.endpoints import Endpoint

SESSION = Session()
REGIONS = sorted(
    {
        region
        for partition in SESSION.get_available_partitions()
        for region in SESSION.get_available_regions("dynamodb", partition)
    }
)
SWITCHES = ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT")


@pytest.fixture(autouse=True)
def _empty(monkeypatch, tmp_path):
    for name in (*SWITCHES, "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


def botocores(region):
    """The URL that botocore's client would send a request to; None if it knows of none."""
    try:
        client: Any = SESSION.create_client("dynamodb", region_name=region)
    except EndpointVariantError:
        return None
    sent = []

    def stop(request, **_):
        sent.append(request.url)
        raise ZeroDivisionError

    client.meta.events.register("before-send", stop)
    with pytest.raises(ZeroDivisionError):
        client.list_tables()
    return sent[0].rstrip("/")


@pytest.mark.parametrize(("fips", "dual_stack"), list(product(("false", "true"), repeat=2)))
def test_every_region(monkeypatch, fips, dual_stack):
    assert len(REGIONS) > 30
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", fips)
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", dual_stack)
    for region in REGIONS:
        monkeypatch.setenv("AWS_REGION", region)
        if expected := botocores(region):
            assert endpoints.dynamodb() == Endpoint(expected, region)


@pytest.mark.parametrize("ignored", [None, "false", "true"])
@pytest.mark.parametrize(("general", "own"), list(product((None, "http://general:1"), (None, "https://own/base"))))
def test_a_configured_url(monkeypatch, ignored, general, own):
    variables = {
        "AWS_ENDPOINT_URL": general,
        "AWS_ENDPOINT_URL_DYNAMODB": own,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": ignored,
    }
    for name, value in variables.items():
        if value is not None:
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert endpoints.dynamodb() == Endpoint(botocores("eu-west-1"), "eu-west-1")


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_configured_url_is_neither_fips_nor_dual_stack(monkeypatch, switch):
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://general:1")
    monkeypatch.setenv(switch, "True")
    with pytest.raises(ValueError, match="FIPS or dual-stack"):
        endpoints.dynamodb()


def test_the_region(monkeypatch, tmp_path):
    with pytest.raises(ValueError, match="AWS_REGION"):
        endpoints.dynamodb()
    (tmp_path / "config").write_text("[default]\nregion = eu-west-3\n")
    assert endpoints.dynamodb().region == "eu-west-3"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    assert endpoints.dynamodb().region == "eu-west-2"
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert endpoints.dynamodb().region == "eu-west-1"
