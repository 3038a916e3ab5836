"""The corpus of constructions: sentences of our own and what a coder finds in them.

Files are data/constructions/*.toml, one a group of constructions; data/constructions/README.md explains the
fields. Which cases fail today is listed in data/not_yet.toml. From the repository:

    python -m tests.extraction.constructions            share right of each construction, and what fails
    python -m tests.extraction.constructions --shrink   take the cases that pass now off the list
    python -m tests.extraction.constructions FOLDER     the same figures for cases of your own
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from timeline.extraction import Document, Finding, extract
from timeline.extraction.codebook import Role
from timeline.extraction.findings import Figure

FOLDER = Path(__file__).with_name("data") / "constructions"
NOT_YET = FOLDER.with_name("not_yet.toml")
TOLLS = ("killed", "wounded", "missing", "captured")
FIELDS = {
    "type",
    "category",
    "modality",
    "stance",
    "start",
    "end",
    "precision",
    "place",
    "admin1",
    "country",
    "place_precision",
    "pinned",
    "by",
    "initiator",
    "target",
    "participant",
    "mediator",
    "background",
    "quotes",
    *TOLLS,
}


@dataclass(frozen=True, slots=True)
class Case:
    """`expect`: findings that must be there, each another one; `absent`: what no finding may be like;
    `count`: how many findings there are at all; `none`: there is none."""

    id: str
    construction: str
    document: Document
    expect: list[dict[str, Any]] = field(default_factory=list)
    absent: list[dict[str, Any]] = field(default_factory=list)
    count: int | None = None
    none: bool = False


def cases(folder: Path = FOLDER) -> Iterator[Case]:
    """All cases; an id counts within its construction, so that cases added at the end of one keep the others'."""
    for path in sorted(folder.glob("*.toml")):
        group = tomllib.loads(path.read_text("utf-8"))
        seen: Counter[str] = Counter()
        for row in group["case"]:
            construction = row.pop("construction")
            seen[construction] += 1
            moment = str(row.pop("published", group["published"]))
            published = datetime.fromisoformat(moment) if "T" in moment else date.fromisoformat(moment)
            yield Case(
                id=f"{path.stem}/{re.sub(r'[^a-z]+', '-', construction)}/{seen[construction]}",
                construction=construction,
                document=Document(row.pop("text"), published, row.pop("title", ""), row.pop("source", "")),
                **row,
            )


def not_yet() -> frozenset[str]:
    return frozenset(tomllib.loads(NOT_YET.read_text("utf-8"))["cases"])


def faults(case: Case, findings: list[Finding]) -> list[str]:
    """What a case's findings lack or have too much; empty when they are right."""
    if case.none or case.count is not None:
        count = 0 if case.none else case.count
        wrong = [f"{len(findings)} findings, not {count}"] if len(findings) != count else []
    else:
        wrong = []
    for want in case.absent:
        wrong += [f"must not be found: {want}" for f in findings if not mismatches(f, want)][:1]
    if not case.expect:
        return wrong
    fits = [[i for i, f in enumerate(findings) if not mismatches(f, want)] for want in case.expect]
    given = _pairs(fits)
    for number, want in enumerate(case.expect):
        if number in given:
            continue
        if fits[number]:
            wrong.append(f"one finding for two: {want}")
        elif findings:
            nearest = min((mismatches(f, want) for f in findings), key=len)
            wrong.append(f"nothing fits {want}; nearest: {'; '.join(nearest)}")
        else:
            wrong.append(f"nothing found, expected {want}")
    return wrong


def _pairs(fits: list[list[int]]) -> set[int]:
    """The expectations that can each have a finding of their own (greatest matching by augmenting paths)."""
    holder: dict[int, int] = {}

    def place(want: int, tried: set[int]) -> bool:
        for finding in fits[want]:
            if finding in tried:
                continue
            tried.add(finding)
            if finding not in holder or place(holder[finding], tried):
                holder[finding] = want
                return True
        return False

    return {want for want in range(len(fits)) if place(want, set())} & set(holder.values())


def mismatches(finding: Finding, want: dict[str, Any]) -> list[str]:
    """The stated fields that the finding does not have, as `field found ≠ expected`."""
    if unknown := set(want) - FIELDS:
        raise ValueError(f"no such field: {', '.join(sorted(unknown))}")
    where, when = finding.where, finding.when
    found: dict[str, Any] = {
        "type": finding.type,
        "category": str(finding.category),
        "modality": str(finding.modality),
        "stance": str(finding.stance),
        "start": when.start.isoformat() if when else "",
        "end": when.end.isoformat() if when else "",
        "precision": str(when.precision) if when else "",
        "place": where.name if where else "",
        "admin1": where.admin1 if where else "",
        "country": where.country if where else "",
        "place_precision": str(where.precision) if where else "",
        "pinned": where is not None and where.lat is not None,
        "background": finding.background,
        "quotes": len(finding.evidence),
    }
    if where and want.get("place") == where.words:
        found["place"] = where.words  # the text's spelling of the same place is as good
    wrong = [f"{k} {found[k]!r} ≠ {want[k]!r}" for k in found if k in want and found[k] != want[k]]
    for toll in TOLLS:
        figure: Figure | None = getattr(finding, toll)
        if toll in want and not _figure_fits(figure, want[toll]):
            wrong.append(f"{toll} {figure.as_dict() if figure else 'none'} ≠ {want[toll]!r}")
    if "by" in want and not _all_named(want["by"], list(finding.attributed_to)):
        wrong.append(f"by {list(finding.attributed_to)} ≠ {want['by']}")
    for role in Role:
        if role not in want:
            continue
        names = [x for p in finding.parties if p.role is role for x in (p.name, p.side)]
        wanted = want[role] if isinstance(want[role], list) else [want[role]]
        if role is Role.TARGET:
            names.append(finding.target)
        if not _all_named(wanted, [n for n in names if n]):
            wrong.append(f"{role} {[n for n in names if n]} ≠ {wanted}")
    return wrong


def _figure_fits(figure: Figure | None, want: int | str | dict[str, int]) -> bool:
    """A number is the best (or, where that is open, the lowest) figure; "none" is no figure at all."""
    if want == "none":
        return figure is None
    if figure is None:
        return False
    if isinstance(want, dict):
        return all(figure.as_dict()[k] == v for k, v in want.items())
    return (figure.best if figure.best is not None else figure.low) == want


def _all_named(wanted: list[str], names: list[str]) -> bool:
    """Every wanted name is part of a name there (a side's code is a whole one); [] wants no name at all."""
    if not wanted:
        return not names

    def named(name: str) -> bool:
        if len(name) == 2 and name.isupper():
            return name in names
        return any(name.casefold() in n.casefold() for n in names)

    return all(named(name) for name in wanted)


def told(finding: Finding) -> str:
    """A finding on one line, for messages."""
    line = finding.as_dict()
    place = line["place"]
    tolls = {t: v.best if v.best is not None else v.low for t in TOLLS if (v := getattr(finding, t))}
    where = (
        f"{place['name']}/{place['admin1']}/{place['country']} {place['precision']}" if place else "no place"
    )
    return (
        f"{finding.type} {finding.modality} {finding.stance} | {line['start']}..{line['end']} {line['precision']} "
        f"{line['date_basis']} | {where} | {[(p.name, str(p.role), p.side) for p in finding.parties]} | "
        f"by {line['attributed_to']} | {tolls} | target {finding.target!r} | {finding.rule} "
        f"{line['confidence']} | {len(finding.evidence)} quotes{' | background' if finding.background else ''}"
    )


def _report(folder: Path, shrink: bool) -> None:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    failing: dict[str, list[str]] = {}
    for case in cases(folder):
        group = case.id.rsplit("/", 1)[0]
        findings = extract(case.document)
        wrong = faults(case, findings)
        total[group] += 1
        right[group] += not wrong
        if wrong:
            told_all = [f"    found: {told(f)}" for f in findings]
            failing[case.id] = [f"  {case.document.text}", *(f"    {w}" for w in wrong), *told_all]
    for case_id, lines in failing.items():
        print(case_id, *lines, sep="\n")
    for group in sorted(total, key=lambda g: (right[g] / total[g], g)):
        print(f"{right[group]:3}/{total[group]:<3} {group}")
    print(f"{right.total()} of {total.total()} right")
    if shrink:
        write_not_yet(not_yet() & failing.keys())


def write_not_yet(ids: frozenset[str]) -> None:
    lines = "".join(f'  "{i}",\n' for i in sorted(ids))
    NOT_YET.write_text(
        "# Cases of constructions/*.toml that fail today. A case that passes must be taken off (its test fails\n"
        f"# until it is); none is to be added for a change of the extractor.\ncases = [\n{lines}]\n",
        "utf-8",
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="other cases than the project's")
    parser.add_argument("--shrink", action="store_true", help="take the cases that pass now off not_yet.toml")
    options = parser.parse_args()
    if options.shrink and options.folder != FOLDER:
        parser.error("--shrink is for the project's own cases")
    _report(options.folder, options.shrink)
