"""Print how well bodies are read, and compare that with the baseline (`make evaluate`).

With ``--accept``, the result becomes the baseline. With ``--list``, each case that is not right is printed. The exit
status is 1 if a case is read worse than in the baseline.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from tests.evaluation import ASPECTS, Verdict, Verdicts, judge, sources

BASELINE: Final = Path(__file__).parent / "baseline.json"

Result = dict[str, dict[str, Verdicts]]
"""Verdicts by source and case."""
Faults = dict[str, dict[str, list[str]]]
"""The aspects that are not right, by source and case, such as "title poor"."""


def evaluate() -> Result:
    """Judge the cases of all sources that are present."""
    return {name: judge(cases) for name, cases in sources().items()}


def faults(result: Result) -> Faults:
    """Return the baseline of a result."""
    return {
        source: {case: found for case, verdicts in cases.items() if (found := _written(verdicts))}
        for source, cases in result.items()
    }


def _written(verdicts: Verdicts) -> list[str]:
    return [f"{aspect} {verdict.name.lower()}" for aspect, verdict in verdicts.items() if verdict]


def worse(result: Result, baseline: Faults) -> list[str]:
    """Return the aspects of cases that are read worse than in the baseline; a new case must be right."""
    found = []
    for source, cases in result.items():
        known = baseline.get(source, {})
        for case, verdicts in cases.items():
            # A wrong one may become poor.
            allowed = set(known.get(case, ())) | {one.replace("wrong", "poor") for one in known.get(case, ())}
            found += [f"{source}: {case}: {fault}" for fault in _written(verdicts) if fault not in allowed]
    return found


def table(result: Result) -> str:
    """Return the number of right, poor and wrong cases of each source, as a whole and by aspect."""
    lines = [f"{'':34}{'cases':>6}{'all':>12}" + "".join(f"{aspect:>12}" for aspect in ASPECTS)]
    for source, cases in result.items():
        columns = [Counter(max(verdicts.values()) for verdicts in cases.values())]
        columns += [Counter(verdicts[aspect] for verdicts in cases.values()) for aspect in ASPECTS]
        told = ("/".join(str(column[verdict]) for verdict in Verdict) for column in columns)
        lines.append(f"{source:34}{len(cases):>6}" + "".join(f"{one:>12}" for one in told))
    return "\n".join([*lines, "right/poor/wrong"])


def main(arguments: list[str]) -> int:
    """Return the exit status."""
    result = evaluate()
    print(table(result))
    baseline: Faults = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.is_file() else {}
    found = faults(result)
    if "--list" in arguments:
        print(_lines(found))
    lost = worse(result, baseline)
    print(*lost, sep="\n", end="\n" if lost else "")
    if "--accept" in arguments:
        BASELINE.write_text(_lines(baseline | found), encoding="utf-8")
        return 0
    return int(bool(lost))


def _lines(found: Faults) -> str:
    """Write faults as JSON with a line for each case, so that a change of one is a change of one line."""
    parts = [
        f"{json.dumps(source)}: {{\n"
        + ",\n".join(f" {json.dumps(case)}: {json.dumps(one)}" for case, one in cases.items())
        + "\n}"
        for source, cases in found.items()
    ]
    return "{" + ",\n".join(parts) + "}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
