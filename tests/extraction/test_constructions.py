"""`extract` on the corpus of constructions (data/constructions/*.toml): one test a case."""

from typing import Any

import pytest

from tests.extraction.constructions import Case, cases, faults, not_yet, told
from timeline.extraction import extract

CASES = list(cases())
IDS = {case.id for case in CASES}


def parameters() -> list[Any]:
    expected_to_fail = not_yet()
    strict = pytest.mark.xfail(strict=True, reason="listed in data/not_yet.toml")
    return [pytest.param(c, id=c.id, marks=[strict] if c.id in expected_to_fail else []) for c in CASES]


@pytest.mark.parametrize("case", parameters())
def test_construction(case: Case) -> None:
    findings = extract(case.document)
    wrong = faults(case, findings)
    if wrong:
        lines = [case.document.text, *(f"- {w}" for w in wrong), "found:", *map(told, findings)]
        pytest.fail("\n".join(lines), pytrace=False)


def test_the_list_of_failing_cases_names_existing_ones() -> None:
    assert not not_yet() - IDS


def test_every_construction_has_at_least_five_variants() -> None:
    groups = [case.id.rsplit("/", 1)[0] for case in CASES]
    assert not {g for g in groups if groups.count(g) < 5}


def test_every_case_expects_something() -> None:
    assert all(c.expect or c.absent or c.none or c.count is not None for c in CASES)
    assert len({(c.document.text, c.document.title, c.document.published) for c in CASES}) == len(CASES)
