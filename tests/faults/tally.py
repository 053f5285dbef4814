"""The findings of many runs together: counted for the summary, and reported if something is wrong."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.faults.faults import Strike
    from tests.faults.run import Outcome

PROPERTY = "faults"
"""Under this name a test hands its tally to the summary."""
_EXAMPLES = 12


@dataclass
class Tally:
    runs: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    sites: set[str] = field(default_factory=set)
    strikes: set[str] = field(default_factory=set)
    _wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def saw(self, undisturbed: Outcome) -> None:
        """Take note of a run without faults, which must be right in itself."""
        assert not undisturbed.verdict.wrong
        self._look_at(undisturbed)

    def add(self, outcome: Outcome, strikes: Iterable[Strike], where: str) -> None:
        """Count a run; ``where`` is what struck it, to play it again."""
        self._look_at(outcome)
        self.runs += 1
        self.acknowledged += outcome.verdict.acknowledged
        self.lost += outcome.verdict.lost
        self.doubled += outcome.verdict.doubled
        self.strikes |= set(map(str, strikes))
        for sentence in set(outcome.verdict.wrong):
            self._wrong[sentence].append(where)

    def _look_at(self, outcome: Outcome) -> None:
        self.sites |= {" ".join((call.function, call.operation, *call.site)) for call in outcome.calls}

    def check(self) -> None:
        """Fail the test if a run went wrong, and say what did, the most frequent first."""
        if self._wrong:
            runs = len({where for places in self._wrong.values() for where in places})
            found = sorted(self._wrong.items(), key=lambda one: -len(one[1]))
            lines = [f"{len(places)} x {sentence}, as with {places[0]}" for sentence, places in found[:_EXAMPLES]]
            pytest.fail("\n".join([f"{runs} of {self.runs} runs went wrong:", *lines]), pytrace=False)

    def as_property(self) -> dict[str, Any]:
        return {
            "runs": self.runs,
            "acknowledged": self.acknowledged,
            "lost": self.lost,
            "doubled": self.doubled,
            "sites": sorted(self.sites),
            "strikes": sorted(self.strikes),
        }


def summed(properties: Iterable[dict[str, Any]]) -> str:
    """One line for all tallies."""
    total = Tally()
    for one in properties:
        total.runs += one["runs"]
        total.acknowledged += one["acknowledged"]
        total.lost += one["lost"]
        total.doubled += one["doubled"]
        total.sites |= set(one["sites"])
        total.strikes |= set(one["strikes"])
    return (
        f"{total.runs:,} runs: {len(total.sites)} call sites x {len(total.strikes)} faults; "
        f"{total.acknowledged:,} deliveries answered 200; lost: {total.lost:,}, doubled: {total.doubled:,}"
    )
