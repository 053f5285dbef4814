import pytest

from event_api.signing import sns_hosts

TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
GOOD = f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336"


@pytest.mark.parametrize(
    "url",
    [
        GOOD,
        GOOD.replace(":", "%3A").replace("https%3A", "https:"),
        GOOD.replace("amazonaws.com/", "amazonaws.com.cn/").replace("eu-west-1.", "cn-north-1."),
        GOOD + "&Version=2010-03-31",
    ],
)
def test_what_confirms_a_subscription_is_known(url):
    assert sns_hosts.confirms(url, TOPIC)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "not a URL",
        GOOD.replace("https", "http"),
        GOOD.replace("https", "file"),
        GOOD.replace("sns.eu-west-1.amazonaws.com", "example.com"),
        GOOD.replace("sns.eu-west-1.amazonaws.com", "sns.eu-west-1.amazonaws.com.example.com"),
        GOOD.replace("sns.eu-west-1.amazonaws.com", "sns.eu-west-1.amazonaws.com@example.com"),
        GOOD.replace("sns.eu-west-1.amazonaws.com", "sns.eu-west-1.amazonaws.com:8080"),
        GOOD.replace("sns.eu-west-1.amazonaws.com", "example.com#.amazonaws.com"),
        GOOD.replace("sns.eu-west-1.amazonaws.com", "example.com\\.sns.eu-west-1.amazonaws.com"),
        GOOD.replace("sns.eu-west-1", "sns.x.eu-west-1"),
        GOOD.replace("sns.", "xsns."),
        GOOD.replace("sns.eu-west-1.amazonaws.com", "169.254.169.254"),
        GOOD.replace("amazonaws.com/", "amazonaws.com/latest/meta-data/"),
        GOOD.replace("ConfirmSubscription", "Unsubscribe"),
        GOOD.replace("ConfirmSubscription", "Publish"),
        GOOD + "&Action=Publish",
        GOOD + "&Message=x",
        GOOD + "#fragment",
        GOOD + "\r\nHost: example.com",
        GOOD + "\u2028",
        GOOD.replace("alarms", "another"),
        "https://[::1",
    ],
)
def test_what_is_not_snss_is_never_visited(url):
    assert not sns_hosts.confirms(url, TOPIC)


def test_another_topic_is_not_confirmed():
    assert not sns_hosts.confirms(GOOD, TOPIC + "2")


def test_no_host_no_names():
    assert sns_hosts.certificate_names("example.com") == ()
