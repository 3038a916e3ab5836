"""Print one article sentence by sentence, with its findings and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from articles import reading
from articles.models import Article
from timeline.extraction import Document, Finding
from timeline.extraction.codebook import Toll
from timeline.extraction.explaining import Explained, explain
from timeline.extraction.findings import Figure
from timeline.extraction.relevance import relevance
from timeline.recording.pipeline import document_of

# A line of the explanation and the name of the style that colours it.
Line = tuple[str, str]
SENTENCE, FINDING, REASON, DROPPED = "MIGRATE_HEADING", "SUCCESS", "NOTICE", "WARNING"


class Command(BaseCommand):
    help = (
        "Explains what the extractor finds in one article: a JSONL, text or HTML file, or the number of an article "
        "in the database. Prints each sentence with its findings (which rule, what it bound, what was carried "
        "forward), and what was dropped and why; with -v 2 also what each stage read. A file needs no database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("article", metavar="FILE_OR_ID")
        parser.add_argument(
            "--published", help="The publication date (2025-12-20 or 2025-12-20T10:00+02:00)."
        )
        parser.add_argument("--id", help="Which article of a JSONL file with several.")

    def handle(self, *args: Any, **options: Any) -> None:
        name: str = options["article"]
        try:
            path = Path(name)
            if name.isdecimal() and not path.exists():
                document = self.stored(int(name))
            else:
                document = self.in_file(path, options["id"], options["published"] or "")
        except OSError as error:
            raise CommandError(f"{name} cannot be read: {error.strerror}.") from error
        except (reading.DateProblem, reading.Unreadable) as error:
            raise CommandError(f"{name}: {error}") from error
        for text, style in lines(document, seen=options["verbosity"] > 1):
            colour: Callable[[str], str] = getattr(self.style, style, str)
            self.stdout.write(colour(text))

    def stored(self, number: int) -> Document:
        article = Article.objects.select_related("source").filter(pk=number).first()
        if article is None:
            raise CommandError(f"There is no article {number}, and no file of that name.")
        return document_of(article)

    def in_file(self, path: Path, wanted: str | None, published: str) -> Document:
        now = timezone.now()
        day = reading.parse_published(published, now).at if published else None
        body = path.read_bytes()
        if path.suffix == ".jsonl" or reading.kind_of(body[:4096], "", path.name) == "jsonl":
            row = self.row(path, body, wanted)
            text, title, source, stated = row.text, row.title, row.source, row.published
        else:
            article = reading.read_article(body, now=now, name=path.name)
            text, title, source, stated = article.text, article.title, article.site_name, article.published
        moment = day or stated
        if moment is None:
            raise CommandError(
                f"{path} does not say when it was published. Give the date: --published 2025-12-20."
            )
        return Document(text, moment, title, source, wanted or "")

    def row(self, path: Path, body: bytes, wanted: str | None) -> reading.Row:
        rows = list(reading.read_jsonl(body.splitlines(keepends=True)))
        if faults := [f"{path}:{number}: {row}" for number, row in rows if isinstance(row, reading.RowError)]:
            self.stderr.write("\n".join(faults))
        found = [row for _, row in rows if isinstance(row, reading.Row) and wanted in (None, row.id)]
        if len(found) == 1:
            return found[0]
        ids = ", ".join(row.id or row.url for _, row in rows[:20] if isinstance(row, reading.Row))
        more = ", …" if len(rows) > 20 else ""
        what = f"no article {wanted}" if wanted else f"{len(found)} articles"
        raise CommandError(f"{path} holds {what}. Choose one: --id ID (it has {ids or 'none'}{more}).")


def lines(document: Document, *, seen: bool = False) -> Iterator[Line]:
    """The explanation of an article, line by line; `seen` adds what each stage read in a sentence."""
    verdict = relevance(document.title, document.text)
    about = "about a conflict" if verdict.passes else "not about a conflict: nothing is found"
    words = f"; counts most: {', '.join(verdict.terms)}" if verdict.terms else ""
    yield f"{document.title or 'Untitled'} — published {document.day}", SENTENCE
    yield f"{about} ({verdict.points:.1f} points for, {verdict.other:.1f} against{words})", REASON
    for number, sentence in enumerate(explain(document), 1):
        yield "", ""
        yield from _sentence(number, sentence, seen)


def _sentence(number: int, e: Explained, seen: bool) -> Iterator[Line]:
    yield f"{number}. {' '.join(e.text.split())}", SENTENCE
    for finding in e.findings:
        yield from _finding(finding)
    for finding in e.supports:
        yield f"   + a further quote of: {_headline(finding)}", FINDING
    for dropped in e.dropped:
        yield f"   - “{dropped.words}” is no {dropped.type}: {dropped.why}", DROPPED
    if seen:
        for stage, words, reads_as in e.seen:
            yield f"   . {stage} “{' '.join(words.split())}”: {reads_as}", ""


def _headline(f: Finding) -> str:
    where = f.where.name if f.where else "no place"
    return f"{f.type} {f.modality}, {f.when.start if f.when else 'no date'}, {where}"


def _finding(f: Finding) -> Iterator[Line]:
    stance = "" if f.stance == "asserts" else f", {f.stance}"
    yield f"   → {f.type} ({f.category}), {f.modality}{stance}, confidence {f.confidence:.2f}", FINDING
    if f.when:
        days = f"{f.when.start}" if f.when.start == f.when.end else f"{f.when.start} to {f.when.end}"
        yield (
            f"     {'when':11} {days} ({f.when.precision}, {f.when.basis}{', background' if f.background else ''})",
            "",
        )
    if f.where:
        names = ", ".join(dict.fromkeys(n for n in (f.where.name, f.where.admin1, f.where.country) if n))
        yield f"     {'where':11} {names} ({f.where.precision}) from “{f.where.words}”", ""
    for party in f.parties:
        side = f" [{party.side}]" if party.side else ""
        yield f"     {party.role:11} {party.name}{side}", ""
    for label, words in (("target", f.target), ("weapon", f.weapon), ("says", ", ".join(f.attributed_to))):
        if words:
            yield f"     {label:11} {words}", ""
    for toll in Toll:
        figure: Figure | None = getattr(f, toll)
        if figure:
            bounds = "/".join("?" if n is None else str(n) for n in (figure.low, figure.best, figure.high))
            yield f"     {toll:11} {bounds} (low/best/high)", ""
    yield f"     {'why':11} {'; '.join((f'rule {f.rule}', *f.notes))}", REASON
