"""How to cite an event: /events/12/cite/bibtex, ris, csl-json, plain.

A citation names the permanent address, the revision (when the event last changed here), the day of access and the
fingerprint of its evidence, so that a reader can tell later whether what was cited is what stands there now.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from timeline.models import Event
from timeline.takeaway.records import instant
from timeline.telling.languages import in_english

PUBLISHER = "Conflict timeline"


@dataclass(frozen=True, slots=True)
class Citation:
    """What every style is made of. `evidence` is the fingerprint of `Event.live_reports`' texts."""

    number: int
    title: str
    address: str
    revision: datetime
    accessed: date
    evidence: str
    reports: int

    @property
    def note(self) -> str:
        reports = "1 report" if self.reports == 1 else f"{self.reports} reports"
        return f"Event {self.number}, revision {instant(self.revision)}; {reports}, SHA-256 {self.evidence}"


def evidence_hash(text_hashes: list[str]) -> str:
    """SHA-256 of the hashes of the texts that an event rests on, each once, sorted, one a line.

    The hash of each text is `text_sha256` in the JSON export.
    """
    return hashlib.sha256("".join(f"{each}\n" for each in sorted(set(text_hashes))).encode()).hexdigest()


def cite(event: Event, address: str, accessed: date) -> Citation:
    """`event` from `for_list()`, `address` with scheme and host."""
    return Citation(
        number=event.pk,
        title=" ".join(event.headline.split()),
        address=address,
        revision=event.updated_at.astimezone(UTC),
        accessed=accessed,
        evidence=evidence_hash([report.content_hash for report in event.live_reports]),
        reports=event.report_count,
    )


def _long_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def plain(citation: Citation) -> str:
    closed = citation.title if citation.title.endswith((".", "?", "!")) else f"{citation.title}."
    return (
        f"{PUBLISHER}. “{closed}” {citation.note}. "
        f"{citation.address} (accessed {_long_date(citation.accessed)}).\n"
    )


_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#",
    "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def _tex(text: str) -> str:
    return re.sub(r"[\\{}$&%#_~^]", lambda found: _TEX[found[0]], text)


def bibtex(citation: Citation) -> str:
    """An @misc entry, UTF-8. The title's second braces keep its capitals."""
    fields = {
        "author": f"{{{PUBLISHER}}}",
        "title": f"{{{_tex(citation.title)}}}",
        "year": str(citation.revision.year),
        "month": str(citation.revision.month),
        "url": citation.address,
        "urldate": citation.accessed.isoformat(),
        "note": _tex(citation.note),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{conflict-timeline-{citation.number},\n{lines}}}\n"


def ris(citation: Citation) -> str:
    fields = (
        ("TY", "ELEC"),
        ("AU", PUBLISHER),
        ("TI", citation.title),
        ("PY", str(citation.revision.year)),
        ("DA", f"{citation.revision:%Y/%m/%d}"),
        ("UR", citation.address),
        ("Y2", f"{citation.accessed:%Y/%m/%d}"),
        ("N1", citation.note),
        ("ER", ""),
    )
    return "".join(f"{tag}  - {value}\r\n" for tag, value in fields)


def csl_json(citation: Citation) -> str:
    def parts(day: date) -> dict[str, list[list[int]]]:
        return {"date-parts": [[day.year, day.month, day.day]]}

    item = {
        "id": f"conflict-timeline-{citation.number}",
        "type": "webpage",
        "title": citation.title,
        "author": [{"literal": PUBLISHER}],
        "container-title": PUBLISHER,
        "issued": parts(citation.revision),
        "accessed": parts(citation.accessed),
        "URL": citation.address,
        "version": instant(citation.revision),
        "note": citation.note,
    }
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class Style:
    write: Callable[[Citation], str]
    media_type: str
    suffix: str  # "" where a browser should show it


STYLES = {
    "plain": Style(plain, "text/plain; charset=utf-8", ""),
    "bibtex": Style(bibtex, "application/x-bibtex; charset=utf-8", "bib"),
    "ris": Style(ris, "application/x-research-info-systems; charset=utf-8", "ris"),
    "csl-json": Style(csl_json, "application/vnd.citationstyles.csl+json", "json"),
}


@require_safe
@in_english
def citation(request: HttpRequest, pk: int, style: str) -> HttpResponse:
    """/events/<pk>/cite/<style>?accessed=2026-11-24; without the day, today (UTC)."""
    if style not in STYLES:
        raise Http404(f"There is no style {style}. There are: {', '.join(STYLES)}.")
    event = get_object_or_404(Event.objects.for_list(), pk=pk)
    if event.merged_into_id:
        return redirect("citation", pk=event.merged_into_id, style=style, permanent=True)
    if event.review == Event.Review.REJECTED:
        return HttpResponse("A curator rejected this event.\n", status=410, content_type="text/plain")
    given = request.GET.get("accessed")
    try:
        accessed = date.fromisoformat(given) if given else timezone.now().date()
    except ValueError:
        message = "accessed: write the day like 2026-11-24.\n"
        return HttpResponse(message, status=400, content_type="text/plain; charset=utf-8")
    chosen = STYLES[style]
    address = request.build_absolute_uri(event.get_absolute_url())
    response = HttpResponse(chosen.write(cite(event, address, accessed)), content_type=chosen.media_type)
    if chosen.suffix:
        response["Content-Disposition"] = f'attachment; filename="event-{pk}.{chosen.suffix}"'
    return response
