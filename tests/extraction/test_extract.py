"""`extract` on sentences of our own: tests/extraction/data/*.toml says what each must yield."""

import gc
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline.extraction import Document, Finding, extract
from timeline.extraction.codebook import TYPES, Modality

DATA = Path(__file__).with_name("data")
PUBLISHED = date(2025, 12, 20)
FILES = ("strikes", "territory", "diplomacy", "irrelevant")


def cases() -> list[Any]:
    found = []
    for name in FILES:
        for n, case in enumerate(tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))["case"]):
            found.append(pytest.param(name, case, id=f"{name}-{n}-{case['construction']}".replace(" ", "_")))
    return found


def mismatches(finding: Finding, want: dict[str, Any]) -> list[str]:
    """The fields of `want` that the finding does not have."""
    line = finding.as_dict()
    wrong = []
    for key in ("type", "start", "end", "modality", "background"):
        if key in want and line[key] != want[key]:
            wrong.append(f"{key} {line[key]} != {want[key]}")
    for key in ("killed", "wounded"):
        if key in want:
            figure = line[key] or {}
            number = figure.get("best") if figure.get("best") is not None else figure.get("low")
            if number != want[key]:
                wrong.append(f"{key} {number} != {want[key]}")
    if "place" in want and want["place"] not in ((line["place"] or {}).get("name") or ""):
        wrong.append(f"place {line['place']} has no {want['place']}")
    if "side" in want and want["side"] not in {p.side for p in finding.parties}:
        wrong.append(f"sides {[p.side for p in finding.parties]} lack {want['side']}")
    if "attributed" in want and not any(want["attributed"] in name for name in finding.attributed_to):
        wrong.append(f"attributed to {finding.attributed_to}, not {want['attributed']}")
    return wrong


def fits(findings: list[Finding], want: dict[str, Any]) -> bool:
    return any(not mismatches(f, want) for f in findings)


@pytest.mark.parametrize(("category", "case"), cases())
def test_construction(category: str, case: dict[str, Any]) -> None:
    findings = extract(Document(case["text"], case.get("published", PUBLISHED), title=case.get("title", "")))
    told = "\n".join(str(f.as_dict()) for f in findings)
    for want in case.get("expect", []):
        near = [mismatches(f, want) for f in findings]
        assert fits(findings, want), f"nothing fits {want}: {near}\n{told}"
    if "expect_any" in case:
        assert any(fits(findings, want) for want in case["expect_any"]), told
    if "exactly" in case:
        assert len([f for f in findings if f.category == _category(category)]) == case["exactly"], told
    if case.get("none"):
        assert not findings, told
    if "none_of" in case:
        assert not [f for f in findings if f.category == case["none_of"]], told
    if "none_of_modality" in case:
        of_category = [f for f in findings if f.category == _category(category)]
        assert not [f for f in of_category if f.modality == case["none_of_modality"]], told


def _category(file: str) -> str:
    return {"strikes": "strike"}.get(file, file)


ARTICLE = (
    "KYIV, Dec 20 (Agency) - Russian missiles killed four people in Kharkiv overnight, the governor said.\n\n"
    "“They hit a school. Two of the dead are children,” Oleh Syniehubov said. Russia denied the attack.\n\n"
)


@given(st.text(max_size=400), st.sampled_from([0, 40, 120, len(ARTICLE)]))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_and_every_quote_is_verbatim(noise: str, at: int) -> None:
    text = ARTICLE[:at] + noise + ARTICLE[at:]
    for finding in extract(Document(text, PUBLISHED, title=noise[:40])):
        assert finding.type in TYPES
        assert 0.0 <= finding.confidence <= 1.0
        assert finding.rule
        assert finding.modality in Modality
        for start, end in finding.evidence:
            assert 0 <= start < end <= len(text)
            assert text[start:end].strip() == text[start:end]
        if finding.when is not None:
            assert finding.when.start <= finding.when.end


def test_extract_is_deterministic() -> None:
    document = Document(ARTICLE, PUBLISHED)
    assert extract(document) == extract(document)


def test_mentions_of_one_act_are_one_finding_with_several_quotes() -> None:
    text = (
        "A Russian missile strike on Kharkiv killed four people on Friday. Rescuers worked through the night. "
        "The strike destroyed a school, the mayor said."
    )
    strikes = [f for f in extract(Document(text, PUBLISHED)) if f.category == "strike"]
    assert len(strikes) == 1
    assert len(strikes[0].evidence) == 2


@pytest.mark.parametrize("on", [True, False])
def test_garbage_collector_is_left_as_it_was(on: bool) -> None:
    was_on = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        extract(Document("Russian shelling killed two people in Kherson on Friday.", PUBLISHED))
        assert gc.isenabled() is on
    finally:
        (gc.enable if was_on else gc.disable)()
