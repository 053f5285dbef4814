"""Bodies that many tests post; all our own values."""

from __future__ import annotations

from typing import Any

SEED_LIKE = {
    "resource": {
        "name": "bastion-dev-01",
        "resource_id": "server-0a1b2c3d4e5f",
        "resource_type": "inventory.Server",
    },
    "event_key": "5d41402abc4b2a76b9719d911017c592",
    "title": "Notification of access to the bastion host",
    "severity": "INFO",
    "description": "SSH access to bastion-dev-01 from deploy",
    "event_type": "ALERT",
    "additional_info": {"host": [], "user": "deploy"},
}


def direct(event_type: str = "ALERT", **fields: Any) -> dict[str, Any]:
    """A body with the Event's own fields."""
    return {"event_key": "disk-full", "title": "Disk is full", "severity": "ERROR", "event_type": event_type, **fields}


def alertmanager(*alerts: dict[str, Any]) -> dict[str, Any]:
    """What Alertmanager posts for a group of alerts (version 4)."""
    return {
        "version": "4",
        "groupKey": '{}:{alertname="HighLatency"}',
        "truncatedAlerts": 0,
        "status": "firing" if any(alert["status"] == "firing" for alert in alerts) else "resolved",
        "receiver": "event-api",
        "groupLabels": {"alertname": "HighLatency"},
        "commonLabels": {"alertname": "HighLatency", "severity": "critical"},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example:9093",
        "alerts": list(alerts),
    }


def alert(number: int, status: str = "firing") -> dict[str, Any]:
    """One alert of such a group."""
    return {
        "status": status,
        "labels": {
            "alertname": "HighLatency",
            "instance": f"web-{number:03d}.example:9100",
            "job": "web",
            "severity": "critical",
        },
        "annotations": {
            "summary": f"Latency of web-{number:03d} is high",
            "description": f"The 99th percentile of web-{number:03d} has been above 2 s for 10 minutes.",
            "runbook_url": "https://runbooks.example/high-latency",
        },
        "startsAt": "2026-03-01T10:00:00.123456789Z",
        "endsAt": "2026-03-01T10:30:00Z" if status == "resolved" else "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example:9090/graph?g0.expr=latency",
        "fingerprint": f"{number:016x}",
    }
