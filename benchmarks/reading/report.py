"""The printed report: a table for each number of events, and the comparisons that have targets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.reading import operations, population
from benchmarks.reading.operations import Operation
from benchmarks.reading.probe import Measurement
from event_api.store.table import QUERY_PAGE_ITEMS

Results = dict[int, dict[str, Measurement]]
"""The measurements of each number of events, by operation."""

_HEAD = ("operation", "RCU", "requests", "items", "KB read", "ms", "x bare", "CPU x bare", "peak KB")
_SAME_UNITS = 1.1
"""Pages of ten differ by half a unit, as some items are longer than others."""
_SAME_MEMORY = 1.5
_SAME_ITEMS = 1.1
_FULL_PAGES = 4
"""One page is read while the one before is held, and the events of a few pages may all fit into one answer."""
_OWN_CPU = 2.0
_ROUNDED_UP = 1.0
"""Units: a small read costs a half at least for each page."""
_SUMMARIES = 2.0
"""Units that looking for summaries of the days takes, whether or not there are any."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A number with a target that it ought not to exceed; one other than a ``capacity`` depends on the machine."""

    what: str
    value: float
    target: float
    capacity: bool = True

    @property
    def missed(self) -> bool:
        """Whether it is above."""
        return self.value > self.target


def rows(measurements: Iterable[Measurement]) -> list[tuple[str, ...]]:
    """Return the table of one number of events, with its head."""
    return [_HEAD, *map(_row, measurements)]


def _row(measured: Measurement) -> tuple[str, ...]:
    return (
        measured.operation,
        f"{measured.capacity_units:,.1f}",
        f"{measured.requests:,}",
        f"{measured.items:,}",
        f"{measured.received_bytes / 1024:,.0f}",
        f"{measured.cost.wall * 1000:,.1f}",
        f"{measured.cost.wall / measured.bare.wall:.2f}",
        f"{measured.cost.cpu / measured.bare.cpu:.2f}",
        f"{measured.peak_bytes / 1024:,.0f}",
    )


def comparison_rows(comparisons: Iterable[Comparison]) -> list[tuple[str, ...]]:
    """Return the table of comparisons, with its head."""
    return [("comparison", "", "target", ""), *map(_comparison_row, comparisons)]


def _comparison_row(compared: Comparison) -> tuple[str, ...]:
    verdict = "MISSED" if compared.missed else "met"
    return compared.what, f"{compared.value:.2f}", f"{compared.target:.2f}", verdict


def compare(results: Results) -> list[Comparison]:
    """Compare the smallest number of events with the largest, and at each a part with the whole."""
    compared = []
    small, large = min(results), max(results)
    if small != large:
        few, many = results[small], results[large]
        for operation in (operations.GET, operations.FIRST, operations.TOKEN):
            ratio = many[operation.name].capacity_units / few[operation.name].capacity_units
            compared.append(Comparison(f"{operation.name}: RCU, {_times(large, small)}", ratio, _SAME_UNITS))
        for name in few:
            if _same_memory_is_due(few[name], many[name]):
                ratio = many[name].peak_bytes / few[name].peak_bytes
                compared.append(Comparison(f"{name}: memory, {_times(large, small)}", ratio, _SAME_MEMORY))
    for size, measured in results.items():
        compared += _at_one_size(size, measured)
    return compared


def _same_memory_is_due(few: Measurement, many: Measurement) -> bool:
    """Return whether both read as much, or the one that reads less reads full pages already."""
    return many.items <= few.items * _SAME_ITEMS or few.items >= _FULL_PAGES * QUERY_PAGE_ITEMS


def _at_one_size(size: int, measured: dict[str, Measurement]) -> list[Comparison]:
    part, whole = (_units(measured, one) for one in (operations.BY_SEVERITY_ONE_DAY, operations.BY_SEVERITY))
    share = whole / population.DAYS
    compared = [Comparison(f"one day of {population.DAYS}: RCU, at {size:,}", part, share + _ROUNDED_UP + _SUMMARIES)]
    for operation in operations.WHOLE:
        cost = measured[operation.name]
        ratio = cost.cost.cpu / cost.bare.cpu
        what = f"{operation.name}: CPU x bare, at {size:,}"
        compared.append(Comparison(what, ratio, _OWN_CPU, capacity=False))
    return compared


def _units(measured: dict[str, Measurement], operation: Operation) -> float:
    return measured[operation.name].capacity_units


def _times(large: int, small: int) -> str:
    return f"{large:,} / {small:,}"


def written(table: Sequence[tuple[str, ...]], *, markdown: bool) -> str:
    """Write a table with its first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = []
    for row in table:
        first, *others = (
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append(f"| {' | '.join((first, *others))} |" if markdown else "  ".join((first, *others)).rstrip())
    if markdown:
        lines.insert(
            1, f"|{'|'.join('-' * (width + 1) + (':' if place else '-') for place, width in enumerate(widths))}|"
        )
    return "\n".join(lines)
