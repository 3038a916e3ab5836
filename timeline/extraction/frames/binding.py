"""Which place, date and speaker belong to a trigger. Nearest within the clause first, then what governs it."""

from dataclasses import dataclass, replace
from datetime import timedelta

from timeline.extraction.codebook import DateBasis, PlacePrecision, Precision
from timeline.extraction.dates.finding import DateKind, DateMention
from timeline.extraction.findings import Where
from timeline.extraction.frames.scene import Scene, is_place
from timeline.extraction.grammar.clauses import Clause, Kind, reporting_verb
from timeline.extraction.grammar.numbers import parse_number
from timeline.extraction.places.finding import PlaceMention
from timeline.extraction.reading import Reading
from timeline.extraction.speakers.attribution import Attribution, speakers_at

_EVENT_DATES = (DateKind.POINT, DateKind.SINCE)


@dataclass(frozen=True, slots=True)
class BoundDate:
    mention: DateMention
    basis: DateBasis
    own: bool = True  # in the act's own clause


def unlisted(where: Where) -> bool:
    """A settlement that no gazetteer has: a point by meaning, though its precision is that of its region."""
    return where.key.startswith("unlisted:")


def contains(outer: PlaceMention, inner: PlaceMention) -> bool:
    """Whether one place lies in the other by name of its region or country."""
    a, b = outer.where, inner.where
    if a.key == b.key:
        return True
    if a.country != b.country or unlisted(a):
        return False
    if a.precision == PlacePrecision.COUNTRY:
        return True
    if a.precision == PlacePrecision.ADMIN1:
        return bool(a.admin1 or a.name) and (b.admin1 == (a.admin1 or a.name) or b.admin1 == a.name)
    if a.precision == PlacePrecision.ADMIN2:
        return bool(
            b.admin1 == a.admin1 and b.precision in (PlacePrecision.EXACT, PlacePrecision.NEAR) and b.admin1
        )
    return False


def finest(mentions: list[PlaceMention]) -> list[PlaceMention]:
    """Drop regions and countries that only say where a finer place lies; and second mentions."""
    kept: list[PlaceMention] = []
    named = [m for m in mentions if not m.qualifies]
    mentions = [
        m for m in mentions if not m.qualifies or not any(m.where.country == n.where.country for n in named)
    ]
    for m in mentions:
        if any(o is not m and contains(m, o) and m.where.key != o.where.key for o in mentions):
            continue
        if any(k.where.key == m.where.key for k in kept):
            continue
        kept.append(m)
    return kept


def speech_clauses(reading: Reading) -> set[int]:
    clauses = reading.parsed.clauses
    return {a.clause for a in reading.says if a.clause >= 0 and clauses[a.clause].kind is not Kind.PARTICIPLE}


_FINENESS = {
    PlacePrecision.EXACT: 1.0,
    PlacePrecision.NEAR: 0.8,
    PlacePrecision.ADMIN2: 0.5,
    PlacePrecision.ADMIN1: 0.3,
    PlacePrecision.COUNTRY: -1.0,
    PlacePrecision.INTERNATIONAL: -2.0,
}
_AWAY = frozenset(("from", "to", "with", "between", "by", "into", "toward", "towards"))


def places_for(scene: Scene, span: tuple[int, int]) -> list[PlaceMention]:
    """Places of the act, best first: where something is located or hit before where it came from."""
    reading = scene.reading
    usable = [
        p
        for p in reading.places
        if is_place(p) and not _names_a_speaker(reading, p) and not _attributive(reading, p)
    ]
    inside = [p for p in usable if span[0] <= reading.position(p.start) < span[1]]
    if scene.trigger.entry.type != "withdrawal":
        inside = [p for p in inside if p.preposition != "from"] or [p for p in inside if p.locative]
    told = [p for p in inside if not _in_speech(scene, p)]
    fine = finest(told or inside or usable)
    return sorted(fine, key=lambda p: -_fit(scene, p))


def _fit(scene: Scene, place: PlaceMention) -> float:
    """How well a place suits the trigger."""
    reading, trigger = scene.reading, scene.trigger
    position = reading.position(place.start)
    distance = position - trigger.last if position >= trigger.last else trigger.first - position
    hit = 0 <= position - trigger.last <= (7 if place.typed else 4) and place.preposition in (
        "",
        "on",
        "of",
        "at",
        "against",
        "across",
    )
    fineness = 0.8 if unlisted(place.where) else _FINENESS[place.where.precision]
    fit = fineness - 0.04 * distance
    fit += 2.0 if place.locative or hit else 0.0
    fit -= 3.0 if place.preposition in _AWAY and not hit else 0.0
    fit -= 0.5 if place.anaphor else 0.0
    if scene.span[0] <= position < scene.span[1]:
        fit += 0.6 if position >= trigger.first else 0.3
    return fit


def _in_speech(scene: Scene, place: PlaceMention) -> bool:
    """ "officials in Baghdad said": where they spoke."""
    k = scene.reading.parsed.clause_of(scene.reading.position(place.start))
    return k != scene.clause_index and k in speech_clauses(scene.reading)


def _names_a_speaker(reading: Reading, place: PlaceMention) -> bool:
    """ "Kherson governor Oleksandr Prokudin said": the place is part of who speaks."""
    position = reading.position(place.start)
    return any(a.first <= position < a.last and a.kind != "state" for a in reading.actors)


def _attributive(reading: Reading, place: PlaceMention) -> bool:
    """ "the US ambassador", "a US base": a country's name that only describes."""
    after = reading.position(place.end - 1) + 1
    tokens = reading.parsed.tokens
    if place.where.precision is not PlacePrecision.COUNTRY or place.locative or after >= len(tokens):
        return False
    return tokens[after].tag in ("NN", "NNS")


def date_for(reading: Reading, position: int, clause_index: int) -> BoundDate | None:
    """The date of the act at `position`, explicit or of the speech that reports it."""
    usable = [
        d
        for d in reading.dates
        if d.kind in _EVENT_DATES and not _dates_a_noun(reading, d) and not _ranks(reading, d)
    ]
    if not usable:
        return None
    parsed = reading.parsed
    speeches = speech_clauses(reading)
    by_clause: dict[int, list[DateMention]] = {}
    for d in usable:
        by_clause.setdefault(parsed.clause_of(reading.position(d.start)), []).append(d)

    def nearest(found: list[DateMention]) -> DateMention:
        return min(found, key=lambda d: abs(reading.position(d.start) - position))

    if clause_index < 0 or not parsed.clauses:
        return BoundDate(nearest(usable), DateBasis.EXPLICIT)
    own = by_clause.get(clause_index)
    if own and clause_index not in speeches:
        return _told(reading, nearest(own))
    if own:
        return BoundDate(nearest(own), DateBasis.SPEECH)
    counted = _counted_back(reading, clause_index, by_clause)
    if counted is not None:
        return counted
    family = _family(reading, clause_index)
    near = [d for k in family - speeches for d in by_clause.get(k, ())]
    if near:
        return replace(_told(reading, nearest(near)), own=False)
    for a in reversed(speakers_at(reading.says, position)):
        said = by_clause.get(a.clause)
        if said:
            return BoundDate(said[0], DateBasis.SPEECH)
    opening = [d for d in usable if reading.position(d.start) <= 2]
    if opening:
        return _told(reading, opening[0])
    spoken = [d for k in speeches for d in by_clause.get(k, ())]
    if spoken:
        return BoundDate(spoken[0], DateBasis.SPEECH)
    others = [d for d in usable if not _of_another_act(reading, d)]
    return replace(_told(reading, nearest(others)), own=False) if others else None


def _ranks(reading: Reading, d: DateMention) -> bool:
    """ "the deadliest strike since the truce a year ago": a measure of the act, not its day."""
    tokens = reading.parsed.tokens
    at = reading.position(d.start)
    since = next((i for i in range(at, max(-1, at - 9), -1) if tokens[i].lower == "since"), None)
    if since is None or any(t.tag.startswith("VB") for t in tokens[since:at]):
        return False
    return any(
        t.tag in ("JJS", "RBS") or t.lower.endswith("iest") or t.lower == "worst" for t in tokens[:since]
    )


def _counted_back(
    reading: Reading, clause_index: int, by_clause: dict[int, list[DateMention]]
) -> BoundDate | None:
    """ "ended on Tuesday, three days after it was hit": the day that many before the outer clause's."""
    parsed = reading.parsed
    clause = parsed.clauses[clause_index]
    outer = by_clause.get(clause.parent, ()) if clause.parent >= 0 else ()
    if clause.conjunction != "after" or not outer or clause.start < 2:
        return None
    number, unit = parsed.tokens[clause.start - 2].lower, parsed.tokens[clause.start - 1].lower
    days = parse_number("one" if number in ("a", "an") else number)
    if days is None or unit not in ("day", "days", "week", "weeks"):
        return None
    back = timedelta(days=days * (7 if unit.startswith("week") else 1))
    d = min(outer, key=lambda d: abs(reading.position(d.start) - clause.start))
    when = replace(d.when, start=d.when.start - back, end=d.when.end - back)
    return BoundDate(replace(d, when=when), DateBasis.EXPLICIT)


def _told(reading: Reading, d: DateMention) -> BoundDate:
    return BoundDate(d, DateBasis.SPEECH if _dates_a_count(reading, d) else DateBasis.EXPLICIT)


def phrase_date(scene: Scene) -> BoundDate | None:
    """The date within an event noun's own phrase: "Saturday's strike", "the attack on the town of 31 July".

    It ends at a verb, a comma or a conjunction: what follows dates something else.
    """
    reading, trigger = scene.reading, scene.trigger
    if not trigger.nominal:
        return None
    tokens = reading.parsed.tokens
    phrase = reading.parsed.phrase_at(trigger.head)
    first = min(phrase[0], trigger.first) if phrase else trigger.first
    last = trigger.last
    while last < len(tokens) and not (
        tokens[last].tag.startswith(_PHRASE_ENDS) or tokens[last].text in _STOPS
    ):
        last += 1
    within = [
        d
        for d in reading.dates
        if d.kind is DateKind.POINT
        and (d.when.precision is not Precision.YEAR or first <= reading.position(d.start) < trigger.first)
        and first <= reading.position(d.start) < last
        and not _ranks(reading, d)
    ]
    if not within:
        return None
    nearest = min(within, key=lambda d: abs(reading.position(d.start) - trigger.head))
    return BoundDate(nearest, DateBasis.EXPLICIT)


_PHRASE_ENDS = ("VB", "MD", "W", "CC")
_STOPS = frozenset((",", ".", ";", ":", "—", "–", "(", "that", "as", "when", "after", "before", "while"))


def _dates_a_count(reading: Reading, d: DateMention) -> bool:
    """ "the toll rose to 30 on Sunday": the day on which the count changed, the act's latest possible day."""
    parsed = reading.parsed
    clause = parsed.clauses[parsed.clause_of(reading.position(d.start))]
    if parsed.tokens[clause.verb].verb not in _COUNTING or reading.position(d.start) < clause.verb:
        return False
    return any(t.lower in _COUNTS for t in parsed.tokens[: clause.verb])


_COUNTING = frozenset(
    "rise climb increase grow jump mount soar reach stand fall drop revise lower raise".split()
)
_COUNTS = frozenset("toll tolls number count tally".split())


def _family(reading: Reading, k: int) -> set[int]:
    """Clauses that share the act's time: its participles, infinitives, coordinated verbs, and what it hangs on."""
    clauses = reading.parsed.clauses
    family = {k}
    changed = True
    while changed:
        changed = False
        for i, c in enumerate(clauses):
            joined = c.kind in (Kind.PARTICIPLE, Kind.INFINITIVE, Kind.COORDINATED) or (
                c.kind is Kind.ADVERBIAL and c.conjunction in ("when", "as", "after", "where", "while")
            )
            if not joined or c.parent < 0:
                continue
            if i in family and c.parent not in family and c.conjunction != "after":
                family.add(c.parent)
                changed = True
            elif c.parent in family and i not in family and c.kind is not Kind.ADVERBIAL:
                family.add(i)
                changed = True
    return family


def _dates_a_noun(reading: Reading, d: DateMention) -> bool:
    """ "the 2015 deal", "Yanukovych (2010-2014)": a year that dates a noun."""
    if d.when.precision is not Precision.YEAR:
        return False
    tokens = reading.parsed.tokens
    first, after = reading.position(d.start), reading.position(d.end - 1) + 1
    before = tokens[first - 1] if first else None
    noun = (
        after < len(tokens)
        and tokens[after].tag.startswith(("NN", "JJ"))
        and (before is None or before.tag != "IN")
    )
    return noun or (before is not None and before.text == "(")


def _of_another_act(reading: Reading, d: DateMention) -> bool:
    """ "after Tuesday's talks": the date belongs to a noun of its own."""
    i = reading.position(d.end)
    tokens = reading.parsed.tokens
    return i + 1 < len(tokens) and (
        tokens[i].tag == "POS" or tokens[min(i + 1, len(tokens) - 1)].tag == "POS"
    )


def speakers_for(reading: Reading, position: int, skip: int = -2) -> tuple[list[str], list[Attribution]]:
    """Names of those who vouch for the token, and their attributions, outermost first."""
    found = [
        a
        for a in speakers_at(reading.says, position)
        if a.clause != skip and not (a.denies and _asserted_within(reading, position, a.clause))
    ]
    names: list[str] = []
    for a in found:
        for name in a.speaker.names:
            if name not in names:
                names.append(name)
    return names, found


def _asserted_within(reading: Reading, position: int, outer: int) -> bool:
    """A relative clause inside what is denied is no part of the denial ("denied backing X, which took Y")."""
    clauses = reading.parsed.clauses
    k = reading.parsed.clause_of(position)
    while k >= 0 and k != outer:
        if clauses[k].kind is Kind.RELATIVE:
            return True
        k = clauses[k].parent
    return False


def recalled(reading: Reading, clause: Clause) -> bool:
    """ "an earlier round, when the two sides met apart": told only as what was before."""
    before = reading.parsed.tokens[max(0, clause.start - 4) : clause.start]
    return clause.conjunction == "when" and any(t.lower in ("earlier", "previous", "past") for t in before)


def _years_after(reading: Reading, clause: Clause) -> bool:
    """ "in 2016, two years after they invaded": long before."""
    unit = reading.parsed.tokens[clause.start - 1].lower if clause.start else ""
    return clause.conjunction == "after" and unit in ("years", "year", "months", "decades", "decade")


def earlier(reading: Reading, clause: Clause | None) -> bool:
    """The past perfect of background ("had seized"), not that of reported speech ("said it had seized")."""
    if clause is None:
        return False
    if recalled(reading, clause) or _years_after(reading, clause):
        return True
    if not (clause.perfect and clause.past):
        return False
    if clause.kind is Kind.COMPLEMENT and clause.parent < 0:
        return False  # "claims that they had captured"
    if clause.kind is not Kind.COMPLEMENT:
        return True
    outer = reading.parsed.clauses[clause.parent]
    return not reporting_verb(reading.parsed.tokens[outer.verb])
