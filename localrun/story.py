"""A month of a small shop's operations, as its monitoring tools post it: for trying, screenshots and browser tests.

Everything follows from the time at which it ends and a seed. Yesterday's outage has a cause that can be found.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

_Json: TypeAlias = dict[str, Any]

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sender:
    """A tool that posts: the webhook's name, its project, and how a problem of it is written."""

    name: str
    project_id: str
    body: Callable[[Problem, datetime, datetime, bool], _Json]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that can go wrong: ``sender`` is a key of SENDERS, ``severity`` Alertmanager's word."""

    sender: str
    title: str
    resource: str
    severity: str
    text: str
    minutes_ago: int = 0
    """Since when it goes on, counted from the story's end; only for problems that are open then."""

    @property
    def number(self) -> int:
        """A number that the problem always has."""
        return zlib.crc32(f"{self.title} {self.resource}".encode())


@dataclass(frozen=True, slots=True)
class Post:
    """One delivery of the story."""

    at: datetime
    sender: str
    body: bytes


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _alertmanager(problem: Problem, at: datetime, began: datetime, firing: bool) -> _Json:  # noqa: FBT001  # one shape for all
    labels = {
        "alertname": problem.title,
        "instance": problem.resource,
        "job": "node",
        "severity": problem.severity,
        "cluster": "fra-1",
    }
    alert = {
        "status": "firing" if firing else "resolved",
        "labels": labels,
        "annotations": {
            "summary": f"{problem.title} on {problem.resource.partition(':')[0]}",
            "description": problem.text,
        },
        "startsAt": _iso(began),
        "endsAt": "0001-01-01T00:00:00Z" if firing else _iso(at),
        "generatorURL": "https://prometheus.example.com/graph?g0.expr=up",
        "fingerprint": f"{problem.number:016x}",
    }
    return {
        "version": "4",
        "receiver": "event-api",
        "status": alert["status"],
        "groupKey": f'{{}}:{{alertname="{problem.title}"}}',
        "groupLabels": {"alertname": problem.title},
        "commonLabels": labels,
        "commonAnnotations": alert["annotations"],
        "externalURL": "https://alertmanager.example.com",
        "truncatedAlerts": 0,
        "alerts": [alert],
    }


def _grafana(problem: Problem, at: datetime, began: datetime, firing: bool) -> _Json:  # noqa: FBT001
    body = _alertmanager(problem, at, began, firing)
    (alert,) = body["alerts"]
    alert["labels"]["grafana_folder"] = "Platform"
    alert["silenceURL"] = "https://grafana.example.com/alerting/silence/new"
    alert["dashboardURL"] = f"https://grafana.example.com/d/{problem.number:08x}"
    alert["valueString"] = f"[ var='B' labels={{instance={problem.resource}}} value={80 + problem.number % 20} ]"
    state = "alerting" if firing else "ok"
    return {**body, "version": "1", "orgId": 1, "title": f"[{state.upper()}] {problem.title}", "state": state}


def _cloudwatch(problem: Problem, at: datetime, began: datetime, firing: bool) -> _Json:  # noqa: FBT001, ARG001
    return {
        "AlarmName": f"{problem.resource}-{problem.title.lower().replace(' ', '-')}",
        "AlarmDescription": problem.text,
        "AWSAccountId": "123456789012",
        "NewStateValue": "ALARM" if firing else "OK",
        "OldStateValue": "OK" if firing else "ALARM",
        "NewStateReason": f"Threshold Crossed: {problem.title} of {problem.resource}",
        "StateChangeTime": at.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "Region": "EU (Frankfurt)",
        "AlarmArn": f"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:{problem.number:08x}",
        "Trigger": {
            "MetricName": problem.title.replace(" ", ""),
            "Namespace": "AWS/SQS" if "queue" in problem.resource else "AWS/ApplicationELB",
            "Dimensions": [{"name": "Name", "value": problem.resource}],
            "Period": 60,
            "EvaluationPeriods": 3,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 5.0,
        },
    }


def _zabbix(problem: Problem, at: datetime, began: datetime, firing: bool) -> _Json:  # noqa: FBT001
    ranks = {"critical": ("5", "Disaster"), "warning": ("2", "Warning"), "info": ("1", "Information")}
    rank, word = ranks.get(problem.severity, ("4", "High"))
    return {
        "event_source": "0",
        "event_id": str((problem.number + int(began.timestamp())) % 10_000_000),
        "event_value": "1" if firing else "0",
        "event_nseverity": rank,
        "event_severity": word,
        "event_update_status": "0",
        "event_name": problem.title,
        "event_timestamp": str(int(began.timestamp())),
        "event_recovery_timestamp": "{EVENT.RECOVERY.TIMESTAMP}" if firing else str(int(at.timestamp())),
        "trigger_id": str(problem.number % 100_000),
        "host_id": str(zlib.crc32(problem.resource.encode()) % 100_000),
        "host_name": problem.resource,
        "host_ip": f"192.0.2.{problem.number % 250}",
        "alert_subject": f"{'Problem' if firing else 'Resolved'}: {problem.title}",
        "alert_message": problem.text,
    }


def _kuma(problem: Problem, at: datetime, began: datetime, firing: bool) -> _Json:  # noqa: FBT001, ARG001
    number = problem.number % 1000
    heartbeat = {
        "monitorID": number,
        "status": 0 if firing else 1,
        "time": at.strftime("%Y-%m-%d %H:%M:%S.000"),
        "msg": problem.text,
        "important": True,
    }
    monitor = {
        "id": number,
        "name": problem.title,
        "pathName": f"Web / {problem.title}",
        "url": problem.resource,
        "method": "GET",
        "type": "http",
    }
    state = "🔴 Down" if firing else "✅ Up"
    return {"heartbeat": heartbeat, "monitor": monitor, "msg": f"[{problem.title}] [{state}] {problem.text}"}


def _healthchecks(problem: Problem, at: datetime, began: datetime, firing: bool) -> _Json:  # noqa: FBT001
    return {
        "name": problem.title,
        "status": "down" if firing else "up",
        "code": f"{problem.number:08x}-3c1a-4f02-9d5d-0e1f2a3b4c5d",
        "tags": "prod data",
        "desc": problem.text,
        "now": _iso(at),
        "last_ping": _iso(began - _DAY),
    }


def _datadog(problem: Problem, at: datetime, began: datetime, firing: bool) -> _Json:  # noqa: FBT001
    return {
        "event_key": f"{problem.number:016x}",
        "cycle": str(problem.number * 1_000_000 + int(began.timestamp())),
        "transition": "Triggered" if firing else "Recovered",
        "alert_type": {"critical": "error", "warning": "warning"}.get(problem.severity, "info"),
        "priority": {"critical": "P1", "warning": "P3"}.get(problem.severity, "P4"),
        "title": f"[{'Triggered' if firing else 'Recovered'} on {{service:{problem.resource}}}] {problem.title}",
        "text": problem.text,
        "url": f"https://app.datadoghq.example/monitors/{problem.number}",
        "scope": f"service:{problem.resource},env:prod",
        "host": problem.resource,
        "org": "90210",
        "date": str(int(at.timestamp() * 1000)),
    }


def _direct(problem: Problem, at: datetime, began: datetime, firing: bool) -> _Json:  # noqa: FBT001
    return {
        "event_key": f"deploy-{problem.resource}-{int(began.timestamp())}",
        "event_type": "ALERT" if firing else "RECOVERY",
        "title": problem.title if firing else f"{problem.title}: done",
        "description": problem.text,
        "severity": problem.severity.upper(),
        "rule": "deployment",
        "resource": {"resource_id": problem.resource, "name": problem.resource, "resource_type": "service"},
        "provider": "pipeline",
        "occurred_at": _iso(at),
        "additional_info": {"commit": f"{problem.number:07x}"},
    }


SENDERS: Mapping[str, Sender] = {
    "alertmanager": Sender("Alertmanager fra-1", "project-shop", _alertmanager),
    "cloudwatch": Sender("CloudWatch payments", "project-payments", _cloudwatch),
    "grafana": Sender("Grafana", "project-platform", _grafana),
    "zabbix": Sender("Zabbix datacentre", "project-platform", _zabbix),
    "kuma": Sender("Uptime Kuma", "project-shop", _kuma),
    "healthchecks": Sender("Healthchecks.io", "project-data", _healthchecks),
    "datadog": Sender("Datadog", "project-data", _datadog),
    "pipeline": Sender("Deployments", "project-shop", _direct),
    "ups": Sender("UPS of rack 4", "project-platform", _direct),
}


_PROBLEMS: Mapping[str, tuple[Problem, ...]] = {
    name: tuple(Problem(**entry) for entry in entries)
    for name, entries in json.loads(Path(__file__).with_name("problems.json").read_bytes()).items()
}
_USUAL = _PROBLEMS["usual"]
(_FLAPPING,) = _PROBLEMS["flapping"]
_DISK, _DISK_FULL, _DATABASE = _PROBLEMS["cause"]
(_EVERYWHERE,) = _PROBLEMS["everywhere"]
_UNREADABLE = b'{"device": "ups-4", "state": "on battery", "charge": 8'


def month(until: datetime, days: int = 30, seed: int = 4) -> list[Post]:
    """Return the deliveries of the days before ``until``, in their order."""
    chance = random.Random(seed)  # noqa: S311 - a story, no secret
    since = until - days * _DAY
    posts = [
        *(post for day in range(days) for post in _day(since + day * _DAY, until, chance)),
        *_outage(until - 20 * _HOUR, chance),
        *(
            post
            for problem in _PROBLEMS["still_open"]
            for post in _course(problem, until - problem.minutes_ago * _MINUTE, None, until)
        ),
    ]
    if days > 12:  # noqa: PLR2004 - when the storm was
        posts += _storm(until - 12 * _DAY, chance)
    return sorted((post for post in posts if since <= post.at < until), key=lambda post: post.at)


def endless(now: Callable[[], datetime], seed: int | None = None) -> Iterator[Post]:
    """Return what comes from now on: a problem begins, another one ends."""
    chance = random.Random(seed)  # noqa: S311 - as above
    open_ones: list[tuple[Problem, datetime]] = []
    while True:
        at = now()
        if open_ones and (len(open_ones) > 6 or chance.random() < 0.45):  # noqa: PLR2004
            problem, began = open_ones.pop(chance.randrange(len(open_ones)))
            yield _post(problem, at, began, firing=False)
        elif chance.random() < 0.04:  # noqa: PLR2004
            yield Post(at, "ups", _UNREADABLE)
        else:
            problem = chance.choice(_USUAL)
            if all(problem != other for other, _ in open_ones):
                open_ones.append((problem, at))
                yield _post(problem, at, at, firing=True)


def _post(problem: Problem, at: datetime, began: datetime, *, firing: bool) -> Post:
    body = SENDERS[problem.sender].body(problem, at, began, firing)
    return Post(at, problem.sender, json.dumps(body, ensure_ascii=False).encode())


def _course(problem: Problem, began: datetime, ended: datetime | None, until: datetime) -> Iterator[Post]:
    """Begin, repeat every four hours as Alertmanager does, and end, if it does."""
    at = began
    while at < (ended or until):
        yield _post(problem, at, began, firing=True)
        if problem.sender != "alertmanager":
            break
        at += 4 * _HOUR
    if ended is not None:
        yield _post(problem, ended, began, firing=False)


def _day(midnight: datetime, until: datetime, chance: random.Random) -> Iterator[Post]:
    for _ in range(chance.randint(12, 30)):
        # More during the day than at night.
        began = midnight + timedelta(hours=chance.triangular(0, 24, 13))
        ended = began + timedelta(minutes=chance.lognormvariate(3, 1))
        if ended < until:
            yield from _course(chance.choice(_USUAL), began, ended, until)
    for _ in range(chance.randint(2, 6)):
        service = chance.choice(("checkout", "cart", "search", "payments", "web"))
        began = midnight + timedelta(hours=chance.uniform(7, 18))
        version = f"4.{chance.randint(10, 40)}.{chance.randint(0, 9)}"
        deployment = Problem(
            "pipeline", f"Deployment of {service} {version}", service, "info", "Rolled out by the pipeline."
        )
        yield from _course(deployment, began, began + timedelta(minutes=chance.uniform(3, 9)), until)
    if chance.random() < 0.15:  # noqa: PLR2004
        yield from _flap(midnight + timedelta(hours=chance.uniform(0, 20)), chance)
    if chance.random() < 0.3:  # noqa: PLR2004
        yield Post(midnight + timedelta(hours=chance.uniform(0, 24)), "ups", _UNREADABLE)


def _flap(at: datetime, chance: random.Random) -> Iterator[Post]:
    for _ in range(chance.randint(15, 30)):
        yield _post(_FLAPPING, at, at, firing=True)
        end = at + timedelta(minutes=chance.uniform(0.5, 2))
        yield _post(_FLAPPING, end, at, firing=False)
        at = end + timedelta(minutes=chance.uniform(0.5, 3))


def _storm(at: datetime, chance: random.Random) -> Iterator[Post]:
    """Yield a failing switch, and with it everything behind it."""
    switch = Problem("zabbix", "Switch does not answer", "rack2-switch-a", "critical", "No reply to ICMP for 60 s.")
    yield _post(switch, at, at, firing=True)
    ended = at + 34 * _MINUTE
    for number in range(1, 60):
        for title, port in (("TargetDown", 8080), ("NodeUnreachable", 9100)):
            problem = Problem(
                "alertmanager", title, f"node-{number:02d}:{port}", "critical", "Not scraped for 3 minutes."
            )
            began = at + timedelta(seconds=chance.uniform(40, 400))
            yield _post(problem, began, began, firing=True)
            yield _post(problem, ended + timedelta(seconds=chance.uniform(20, 300)), began, firing=False)
    yield _post(switch, ended, at, firing=False)


def _outage(at: datetime, chance: random.Random) -> Iterator[Post]:
    """Yield an outage: a disk that fills up unnoticed stops the database, and the shop sells nothing for an hour."""
    end = at + 58 * _MINUTE
    yield _post(_DISK, at - 3 * _HOUR, at - 3 * _HOUR, firing=True)
    yield _post(_DISK_FULL, at - 2 * _MINUTE, at - 2 * _MINUTE, firing=True)
    yield _post(_DATABASE, at, at, firing=True)
    for problem in _PROBLEMS["consequences"]:
        began = at + timedelta(seconds=chance.uniform(45, 200))
        yield _post(problem, began, began, firing=True)
        yield _post(problem, end + timedelta(seconds=chance.uniform(60, 400)), began, firing=False)
    for number in range(1, 25):
        problem = replace(_EVERYWHERE, resource=_EVERYWHERE.resource.format(number))
        began = at + timedelta(seconds=chance.uniform(30, 240))
        for again in range(0, 58, 12):
            yield _post(problem, began + again * _MINUTE, began, firing=True)
        yield _post(problem, end + timedelta(seconds=chance.uniform(30, 300)), began, firing=False)
    yield _post(_DATABASE, end, at, firing=False)
    yield _post(_DISK_FULL, end - 6 * _MINUTE, at, firing=False)
    yield _post(_DISK, end - 6 * _MINUTE, at - 3 * _HOUR, firing=False)
