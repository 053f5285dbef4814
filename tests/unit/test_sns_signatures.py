"""Amazon SNS's signatures, with an authority of our own in the place of Amazon's."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.x509.verification import Store

from event_api import safe_fetch
from event_api.domain.errors import UnavailableError
from event_api.domain.webhook import Signing
from event_api.signing import signatures, sns_signatures
from event_api.signing.errors import BadSignatureError
from event_api.signing.signatures import SNS_WINDOW
from tests.amazon import CERTIFICATE_URL, ISSUER_URL, NOW, TOPIC, certificate, der, message, pem, subscription, written

ROOT = certificate("root", "root", authority=True)
ISSUER = certificate("issuer", "root", authority=True)
SNS = certificate("sns", "issuer")


class Web:
    """URLs that can be fetched; any other fails."""

    def __init__(self):
        self.pages = {CERTIFICATE_URL: pem(SNS), ISSUER_URL: der(ISSUER)}
        self.asked = []

    def fetch(self, url, seconds):
        assert seconds <= 2
        self.asked.append(url)
        page = self.pages.get(url, safe_fetch.RefusedError("it answered 404"))
        if isinstance(page, Exception):
            raise page
        return page


@pytest.fixture
def web(monkeypatch):
    web = Web()
    monkeypatch.setattr(safe_fetch, "fetch", web.fetch)
    monkeypatch.setattr(sns_signatures, "_roots", lambda: Store([ROOT]))
    monkeypatch.setattr(sns_signatures, "_keys", {})
    return web


def check(told, now=NOW, **options):
    content = told if isinstance(told, bytes) else written(told)
    signatures.check(Signing("sns", **options), content, {}, now)


def refused(told, **options):
    with pytest.raises(BadSignatureError) as error:
        check(told, **options)
    return str(error.value)


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("kind", [message, subscription])
def test_what_sns_signs_is_taken(web, kind, version):
    check(kind(version=version))
    check(kind(version=version, Subject=None))
    assert web.asked == [CERTIFICATE_URL, ISSUER_URL], "the certificate is kept"


@pytest.mark.parametrize("name", ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"])
def test_every_field_that_is_signed_is_checked(web, name):
    told = message()
    for changed in (told | {name: told[name] + "x"}, {key: value for key, value in told.items() if key != name}):
        assert refused(changed)


@pytest.mark.parametrize("name", ["SubscribeURL", "Token", "TopicArn"])
def test_every_field_of_a_subscription_is_checked(web, name):
    assert refused(subscription() | {name: "another"})
    assert "SNS signs" in refused(subscription() | {name: None})


def test_a_subject_that_is_added_is_noticed(web):
    assert refused(message(Subject=None) | {"Subject": "added"})


def lines(**fields):
    return "\n".join(line for field in fields.items() for line in field)


@pytest.mark.parametrize("kind", ["Notification", "SubscriptionConfirmation"])
def test_no_message_of_one_topic_is_read_as_another_topics(web, kind):
    """The signed text is lines without quotes: the owner of another topic can write all of them."""
    theirs = "arn:aws:sns:eu-west-1:999999999999:theirs"
    ours = message(Message="forged", Subject=None, SubscribeURL="https://example.com/", Token="1", Type=kind)
    names = ("MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    inner = f"{ours['Message']}\n{lines(**{name: ours[name] for name in names})}"
    signed = message(Message=inner, TopicArn=theirs, Subject=None)
    tail = lines(MessageId=signed["MessageId"], Timestamp=signed["Timestamp"], TopicArn=theirs, Type="Notification")
    assert refused(ours | {"Signature": signed["Signature"], "Type": f"{kind}\n{tail}"}, topics=(TOPIC,))


def test_no_time_is_read_out_of_a_message(web):
    """Else a message of today would be valid for ever, under any id."""
    later = {"MessageId": "1", "Timestamp": "2027-01-01T00:00:00.000Z"}
    signed = message(Message=f"forged\n{lines(**later, TopicArn='x')}", Subject=None)
    rest = lines(MessageId=signed["MessageId"], Timestamp=signed["Timestamp"], TopicArn=TOPIC)
    assert refused(signed | later | {"Message": "forged", "TopicArn": f"x\n{rest}"}, window=10**9)


@pytest.mark.parametrize("kind", ["", "Another", None, 7, ["Notification"], {}])
def test_a_type_that_sns_has_not_is_refused(web, kind):
    assert "Type" in refused(subscription(Type=kind))


def test_an_unsigned_message_is_refused_with_that_reason(web):
    for strange in (b"", b"text", b"[]", b'{"title": "raw delivery"}', b"\xff"):
        assert "not a signed SNS message" in refused(strange)
    assert "SignatureVersion" in refused(message() | {"SignatureVersion": "3"})
    assert "not base64" in refused(message() | {"Signature": "***"})
    assert "does not fit" in refused(message() | {"Signature": "AAAA"})
    assert "not a time" in refused(message(Timestamp="yesterday"))


@pytest.mark.parametrize(
    "url",
    [
        CERTIFICATE_URL.replace("https", "http"),
        CERTIFICATE_URL.replace("amazonaws.com", "amazonaws.com.example.com"),
        CERTIFICATE_URL.replace("sns.eu", "s3.eu"),
        CERTIFICATE_URL.replace("https://", "https://sns.eu-west-1.amazonaws.com@example.com/"),
        CERTIFICATE_URL.replace(".com/", ".com:8443/"),
        CERTIFICATE_URL + "?x=1",
        CERTIFICATE_URL.replace("SimpleNotificationService", "../Another"),
        "https://example.com/SimpleNotificationService-0.pem",
        None,
    ],
)
def test_a_certificate_is_fetched_from_sns_only(web, url):
    assert "SigningCertURL" in refused(message() | {"SigningCertURL": url})
    assert web.asked == []


@pytest.mark.parametrize(
    ("made", "signer"),
    [
        (lambda: certificate("sns", "sns"), "sns"),
        (lambda: certificate("mallory", "stranger"), "mallory"),
        (lambda: certificate("mallory", "issuer", dns="example.com"), "mallory"),
        (lambda: certificate("mallory", "issuer", dns="sns.amazonaws.com.example.com"), "mallory"),
        (lambda: certificate("sns", "issuer", days=29), "sns"),
        (lambda: ISSUER, "issuer"),
    ],
    ids=["self-signed", "another authority", "another name", "a longer name", "expired", "an authority itself"],
)
def test_a_certificate_that_is_not_amazons_is_refused(web, made, signer):
    web.pages[CERTIFICATE_URL] = pem(made())
    assert "not Amazon SNS's" in refused(message(signer))


def test_a_chain_may_be_served_whole(web):
    web.pages = {CERTIFICATE_URL: pem(SNS, ISSUER)}
    check(message())
    assert web.asked == [CERTIFICATE_URL]


@pytest.mark.parametrize(
    "issuer_url", ["http://example.com/r2m01.cer", "file:///etc/passwd", "http://amazontrust.com@x/"]
)
def test_an_issuer_is_fetched_from_amazon_only(web, issuer_url):
    web.pages[CERTIFICATE_URL] = pem(certificate("sns", "issuer", issuer_url=issuer_url))
    assert refused(message())
    assert web.asked == [CERTIFICATE_URL]


def test_names_of_other_regions_and_clouds(web):
    for region, domain, name in (
        ("me-south-1", "amazonaws.com", "sns-signing.me-south-1.amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn", "sns-cn-north-1.amazonaws.com.cn"),
        ("us-gov-east-1", "amazonaws.com", "sns-us-gov-west-1.amazonaws.com"),
    ):
        url = f"https://sns.{region}.{domain}/SimpleNotificationService-{'a' * 32}.pem"
        web.pages[url] = pem(certificate("sns", "issuer", dns=name))
        check(message(SigningCertURL=url))
    web.pages[CERTIFICATE_URL] = pem(certificate("sns", "issuer", dns="sns-signing.me-south-1.amazonaws.com"))
    assert refused(message()), "a region's own name is good for its own host"


def test_an_unavailable_certificate_is_not_a_bad_signature(web):
    for url in (ISSUER_URL, CERTIFICATE_URL):
        web.pages[url] = safe_fetch.FetchError("no answer within 2 s")
        with pytest.raises(UnavailableError):
            check(message())
    web.pages[CERTIFICATE_URL] = safe_fetch.RefusedError("it answered 404")
    assert "cannot be had" in refused(message())
    web.pages[CERTIFICATE_URL] = b"no certificate"
    assert refused(message())


def test_only_the_topics_of_the_webhook_are_taken(web):
    check(message(), topics=(TOPIC,))
    check(message(), topics=("arn:aws:sns:eu-west-1:123456789012:other", TOPIC))
    assert "topic" in refused(message(), topics=("arn:aws:sns:eu-west-1:999999999999:alarms",))


def test_a_message_is_good_for_as_long_as_sns_repeats_it(web):
    check(message(), now=NOW + timedelta(seconds=SNS_WINDOW))
    assert "ago" in refused(message(), now=NOW + timedelta(seconds=SNS_WINDOW + 1))
    assert "ago" in refused(message(), now=NOW + timedelta(seconds=11), window=10)


def test_the_kept_certificates_end(web):
    soon = certificate("sns", "issuer", days=31)
    web.pages[CERTIFICATE_URL] = pem(soon)
    check(message())
    assert "not Amazon SNS's" in refused(message(), now=NOW + timedelta(days=2))


def test_the_roots_are_those_that_botocore_trusts(monkeypatch):
    """Amazon's are among them; an authority of one's own is not."""
    loaded: list[Any] = []
    monkeypatch.setattr(sns_signatures, "Store", loaded.extend)
    sns_signatures._roots.__wrapped__()
    names = {one.subject.rfc4514_string() for one in loaded}
    assert len(loaded) > 50
    assert any("CN=Amazon Root CA 1" in name for name in names)


def test_nothing_of_our_own_is_trusted(web, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(safe_fetch, "fetch", web.fetch)
    assert "not Amazon SNS's" in refused(message())
