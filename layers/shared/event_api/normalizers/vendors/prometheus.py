"""Prometheus' labels, as Alertmanager and those who took them over send them."""

from __future__ import annotations

import hashlib
from typing import Final

from event_api.domain.event import Severity

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "page": Severity.CRITICAL,
    "fatal": Severity.CRITICAL,
    "error": Severity.ERROR,
    "high": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
}
"""By the label ``severity`` in any case; none is INFO, as SpaceONE's plugin has it."""

RESOURCE_LABELS: Final = (
    "resource",
    "grpc_method",
    "instance",
    "pod",
    "container",
    "device",
    "persistentvolumeclaim",
    "persistentvolume",
    "deployment",
    "daemonset",
    "statefulset",
    "hpa",
    "service",
    "controller",
    "job",
    "namespace",
    "phase",
    "severity",
    "alertname",
    "prometheus",
)
"""The first of these labels that an alert has is its resource, in the order of SpaceONE's plugin."""

_FNV_OFFSET = 14695981039346656037
_FNV_PRIME = 1099511628211


_MOST_FNV_BYTES: Final = 16_384
"""Above any real alert's labels; one byte after the other is slow in Python."""


def severity_of_label(value: str | None, default: Severity) -> Severity:
    """Return the severity of the label's usual words, else of any sender's: ``P1``, ``Sev2``, ``yellow``."""
    if value is None:
        return default
    known = SEVERITIES.get(value.lower())
    if known is None:
        from event_api.normalizers.words import severity_of  # noqa: PLC0415  # few rules have other words

        known = severity_of(value)
    return known or default


def label_fingerprint(labels: dict[str, str]) -> str:
    """Compute what Alertmanager itself sends as ``fingerprint``: 64-bit FNV-1a over the sorted labels.

    So a sender that leaves it out shares its keys with one that does not. Source: LabelSet.Fingerprint in
    https://github.com/prometheus/common/blob/main/model/fnv.go
    """
    written = b"".join(
        part.encode("utf-8", "surrogatepass") + b"\xff" for label in sorted(labels.items()) for part in label
    )
    if len(written) > _MOST_FNV_BYTES:
        return hashlib.sha256(written).hexdigest()
    value = _FNV_OFFSET
    for byte in written:
        value = (value ^ byte) * _FNV_PRIME & 0xFFFF_FFFF_FFFF_FFFF
    return f"{value:016x}"
