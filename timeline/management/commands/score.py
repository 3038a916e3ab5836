"""Run every scorer of a folder of annotated articles: `make score EVAL=folder`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from articles.reading import Row, read_jsonl
from timeline import accuracy
from timeline.extraction import VERSION, Document, extract
from timeline.extraction.codebook import Precision
from timeline.extraction.dates.finding import find_dates
from timeline.extraction.grammar.segment import sentences
from timeline.management.stories import Extracted, Stories


class Command(BaseCommand):
    help = (
        "Extracts the annotated articles of a folder and prints what its scorers (score.py, leads.py, "
        "atrocities.py, temporal.py) say of them: the figures of docs/accuracy.md. A measure whose files are "
        "absent is passed over."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--errors", type=int, default=0, help="Print that many errors of each kind.")
        parser.add_argument(
            "--write",
            action="store_true",
            help="Store the figures for the page /accuracy/ and the table of docs/accuracy.md.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.folder: Path = options["folder"]
        if not self.folder.is_dir():
            raise CommandError(f"{self.folder} is no folder.")
        self.parts: list[dict[str, Any]] = []
        self.measures: list[dict[str, Any]] = []
        with tempfile.TemporaryDirectory() as scratch:
            self.scratch = Path(scratch)
            gold = self.gold(options["errors"])
            self.more(gold)
            self.revisions()
            self.no_conflict()
            self.atrocities()
            self.dates()
        if options["write"]:
            self.publish()

    def publish(self) -> None:
        today = datetime.now(UTC).date().isoformat()
        figures = {"extractor": VERSION, "measured": today, "gold": self.parts, "more": self.measures}
        accuracy.FIGURES.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")
        accuracy.DOCUMENT.write_text(
            accuracy.with_table(accuracy.DOCUMENT.read_text("utf-8"), figures), "utf-8"
        )
        self.stdout.write(f"Written: {accuracy.FIGURES}, {accuracy.DOCUMENT}")

    # Each measure: read, extract, write predictions, run the folder's own scorer.

    def gold(self, errors: int) -> Extracted:
        if not (rows := self.extracted("articles_gold_dev.jsonl")):
            return []
        gold = [json.loads(line) for line in self.lines("gold_dev.jsonl")]
        half = len(gold) // 2 + 1
        for name, part in [("all", gold), ("first half", gold[:half]), ("second half", gold[half:])]:
            path = self.write("gold.jsonl", part)
            self.title(f"gold_dev, {name} ({len(part)} articles)")
            shown = ["--errors", str(errors)] if errors and name == "first half" else []
            self.run("score.py", path, self.predictions(rows), *shown)
            result = json.loads(self.output("score.py", path, self.predictions(rows), "--json"))
            numbers = {c: result[c] for c in ("all", "diplomacy", "strike", "territory")}
            slots = {name: f"{right} of {of}" for name, (right, of) in result["slots"].items()}
            self.parts.append({"part": name, "articles": len(part), "by_category": numbers, "slots": slots})
        return rows

    def more(self, gold: Extracted) -> None:
        began = time.perf_counter()
        if not (rows := self.extracted("articles_more_dev.jsonl")):
            return
        seconds = time.perf_counter() - began
        self.title(f"articles_more_dev: {len(rows) / seconds:.0f} articles/s on one core")
        events = self.predictions(rows)
        if self.has("lead_events_dev.jsonl"):
            self.run(
                "leads.py", self.folder / "lead_events_dev.jsonl", events, named="Lead events of 24 articles"
            )
        if self.has("clusters_dev.json"):
            lead_of = Stories.of(rows + gold).lead_of  # the groups are made of articles of both files
            clusters = self.write("clusters.jsonl", [{"id": a, "cluster": e} for a, e in lead_of.items()])
            self.run(
                "leads.py",
                self.folder / "clusters_dev.json",
                clusters,
                named="Groups of articles on one event",
            )

    def revisions(self) -> None:
        """Successive versions of one story: do they lead with the same event, and does none tell it twice?"""
        if not self.has("revisions_dev.jsonl"):
            return
        groups = shared = doubled = 0
        for line in self.lines("revisions_dev.jsonl"):
            versions = {v["id"]: json.dumps(v) for v in json.loads(line)["versions"]}
            rows = [
                (document, extract(document))
                for _, row in read_jsonl(versions.values())
                if isinstance(row, Row) and (document := document_of(row))
            ]
            stories = Stories.of(rows)
            groups += 1
            shared += stories.shared(versions)
            doubled += bool(stories.doubled())
        figures = {"groups": groups, "lead shared by all versions": shared, "lead told twice": doubled}
        self.title("revisions_dev")
        self.stdout.write(json.dumps(figures))
        self.measures.append({"name": "Versions of one story", "figures": figures})

    def no_conflict(self) -> None:
        if rows := self.extracted("articles_no_conflict_dev.jsonl"):
            found = sum(len(findings) for _, findings in rows)
            self.title("articles_no_conflict_dev")
            self.stdout.write(f"{found} events in {len(rows)} articles: {found / len(rows):.3f} an article")

    def atrocities(self) -> None:
        if rows := self.extracted("atrocities_dev.jsonl", fallback="date"):
            self.title("atrocities_dev")
            self.run(
                "atrocities.py",
                self.folder / "atrocities_dev.jsonl",
                self.predictions(rows),
                named="Dispatches on atrocities",
            )

    def dates(self) -> None:
        if not self.has("timebank.jsonl"):
            return
        rows = []
        for line in self.lines("timebank.jsonl"):
            document = json.loads(line)
            text, day = document["text"], date.fromisoformat(document["dct"][:10])
            found = find_dates(text, sentences(text), day)
            days = [m for m in found if m.when.precision == Precision.DAY]  # the scorer's gold is days only
            timexes = [[m.start, m.end, m.when.start.isoformat()] for m in days]
            rows.append({"id": document["docid"], "timexes": timexes})
        self.title("timebank")
        self.run(
            "temporal.py",
            self.folder / "timebank.jsonl",
            self.write("timebank.jsonl", rows),
            named="Annotated dates",
        )

    # Helpers of the measures above.

    def title(self, words: str) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"\n{words}"))

    def has(self, name: str) -> bool:
        return (self.folder / name).exists()

    def lines(self, name: str) -> list[str]:
        return [line for line in (self.folder / name).read_text("utf-8").splitlines() if line.strip()]

    def extracted(self, name: str, fallback: str = "") -> Extracted:
        """The articles of a file with their findings; every quote is checked to be verbatim."""
        if not self.has(name):
            return []
        rows: Extracted = []
        extract(Document(text="Warm up.", published=date(2024, 1, 1)))  # loads lexicons and gazetteer
        for row in tqdm(list(self.articles(name, fallback)), desc=name, disable=None, file=sys.stderr):
            document = document_of(row)
            findings = extract(document)
            spans = [span for finding in findings for span in finding.evidence]
            if any(not 0 <= start < end <= len(row.text) for start, end in spans):
                raise CommandError(f"{row.id}: evidence outside the text")
            rows.append((document, findings))
        return rows

    def articles(self, name: str, fallback: str) -> Iterator[Row]:
        lines = self.lines(name)
        if fallback:
            data = [json.loads(line) for line in lines]
            lines = [json.dumps({**d, "published": d.get("published") or d[fallback]}) for d in data]
        for number, row in read_jsonl(lines):
            if not isinstance(row, Row):
                raise CommandError(f"{name}:{number}: {row}")
            yield row

    def predictions(self, rows: Extracted) -> Path:
        return self.write(
            "predictions.jsonl",
            [{"id": d.id, "events": [f.as_dict() for f in findings]} for d, findings in rows],
        )

    def write(self, name: str, rows: list[dict[str, Any]]) -> Path:
        path = self.scratch / name
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        return path

    def run(self, scorer: str, *args: Any, named: str = "") -> None:
        """Print what a scorer says; `named` figures, one JSON object, are also kept to be published."""
        said = self.output(scorer, *args)
        self.stdout.write(said)
        if named and said.lstrip().startswith("{"):
            self.measures.append({"name": named, "figures": json.loads(said)})

    def output(self, scorer: str, *args: Any) -> str:
        command = [sys.executable, str(self.folder / scorer), *map(str, args)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        return done.stdout + done.stderr


def document_of(row: Row) -> Document:
    assert row.published is not None  # read_jsonl refuses a row without
    return Document(row.text, row.published, row.title, row.source, row.id)
