"""What the documents name exists: tests that prove a fault's outcome, files that are evidence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from timeline.config.engines import REPOSITORY

DOCUMENTS = [
    *sorted((REPOSITORY / "docs").glob("*.md")),
    REPOSITORY / "README.md",
    REPOSITORY / "SECURITY.md",
]
TESTS = REPOSITORY / "tests"
NAMED_TEST = re.compile(r"`(?:tests/)?([\w/]+\.py)::(test_\w+)`")
NAMED_FILE = re.compile(r"`((?:tests|timeline|articles|operations|docs|templates|static)/[\w/.-]+)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_names_is_there(document: Path):
    text = document.read_text()
    missing = [name for name in NAMED_FILE.findall(text) if not (REPOSITORY / name).exists()]
    for file, test in NAMED_TEST.findall(text):
        path = TESTS / file
        if not path.exists() or f"\ndef {test}(" not in path.read_text():
            missing.append(f"{file}::{test}")
    assert missing == []


def test_each_of_the_faults_has_its_outcome_and_its_test():
    rows = re.findall(
        r"^\| (\d+) \| (.+?) \| (.+?) \| (.+) \|$",
        (REPOSITORY / "docs/reliability.md").read_text(),
        re.MULTILINE,
    )
    assert [int(number) for number, *_ in rows] == list(range(1, 49))
    assert [number for number, _, _, tests in rows if not NAMED_TEST.search(tests)] == []


def test_each_control_has_its_evidence():
    """A row of the checklist names a file, a command of the Makefile, or says that it is the operator's."""
    rows = re.findall(
        r"^\| (\d[\d., ]*) \| .+? \| .+? \| (.+) \|$",
        (REPOSITORY / "docs/security.md").read_text(),
        re.MULTILINE,
    )
    assert len(rows) > 20
    bare = [
        number
        for number, evidence in rows
        if not (
            NAMED_TEST.search(evidence)
            or NAMED_FILE.search(evidence)
            or re.search(r"`make |operator", evidence)
        )
    ]
    assert bare == []
