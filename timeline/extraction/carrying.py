"""Complete what a sentence leaves open: dates and places carried forward from what the article said before."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from timeline.extraction.act import BACKGROUND, FRESH, REACH, SHORT, SPOKEN, Act
from timeline.extraction.codebook import Category, DateBasis, Modality, PlacePrecision, Precision, Role
from timeline.extraction.findings import When, Where
from timeline.extraction.frames.binding import unlisted
from timeline.extraction.frames.candidate import Candidate
from timeline.extraction.gazetteer.lookup import Gazetteer
from timeline.extraction.grammar.clause import Kind
from timeline.extraction.reading import Reading

# Words between an act and an old date that may still be its own.
_OLD_REACH = 9

# A plan of yesterday's paper may name yesterday.
_NEAR = timedelta(days=2)


@dataclass(slots=True)
class _SoFar:
    """What the article has said up to here."""

    place: tuple[int, Where] | None = None
    date: tuple[int, When, int] | None = None  # sentence, date, paragraph
    spoken: dict[str, When] = field(default_factory=dict)
    diplomatic: tuple[int, When, set[str], Where | None] | None = None
    short: bool = False  # a dispatch of a few sentences is about one place
    theatre: dict[str, Where] = field(default_factory=dict)  # side -> the country it is at war in
    timeline: bool = False  # the article tells of old days, one after the other


def complete(readings: list[Reading], found: list[Candidate], day: date) -> list[Act]:
    result: list[Act] = []
    so_far = _SoFar(
        timeline=_is_timeline(found, day), short=len(readings) <= SHORT, theatre=_theatre(readings, found)
    )
    main_place = _main_place(readings)
    for c in found:
        act = Act([c], None, c.place.where if c.place is not None else None)
        paragraph = readings[c.sentence].sentence.paragraph
        if not so_far.timeline and _strays(c, readings[c.sentence], day):
            c.date = None
        act.when = _dated(c, day, so_far, act, paragraph)
        if act.when is None and _needs_date(c):
            continue
        if act.where is not None and _merely_known(c, act):
            continue
        if c.past_perfect and c.category is Category.DIPLOMACY and _only_printed(act):
            continue  # "had warned before": told as known, on no day
        if (
            c.type == "statement"
            and act.when is not None
            and act.when.end < day - BACKGROUND
            and not so_far.timeline
        ):
            continue  # what someone said long ago is background, not news
        if act.where is None and c.category is not Category.DIPLOMACY:
            act.where = _carried_place(c, act, so_far, main_place, readings[c.sentence])
        _note(c, act, so_far, paragraph, day)
        result.append(act)
    return result


_GROUND = frozenset(("capture", "recapture", "advance", "withdrawal", "control"))


def _merely_known(c: Candidate, act: Act) -> bool:
    """Ground that changed hands on no day and in no place but a country: what readers know already."""
    country = (
        act.where is not None and act.where.precision is PlacePrecision.COUNTRY and not unlisted(act.where)
    )
    return c.type in _GROUND and c.sentence > 1 and country and _only_printed(act)


def _only_printed(act: Act) -> bool:
    return act.when is not None and act.when.basis is DateBasis.PUBLICATION


def _strays(c: Candidate, reading: Reading, day: date) -> bool:
    """An old day far from the act's own words belongs to something that the sentence recalls."""
    if c.date is None or c.date.mention.when.end >= day - BACKGROUND:
        return False
    at = reading.position(c.date.mention.start)
    clauses = reading.parsed.clauses
    k = c.clause
    while 0 <= k < len(clauses) and clauses[k].kind in (Kind.PARTICIPLE, Kind.COORDINATED):
        k = clauses[k].parent
    if at <= 1 and 0 <= k < len(clauses) and clauses[k].parent < 0:
        return False  # "On December 29, ..." dates the sentence
    if c.date.own:
        return False
    return abs(at - c.position) > _OLD_REACH


def _theatre(readings: list[Reading], found: list[Candidate]) -> dict[str, Where]:
    """For each side that does something: the country, not its own, that the article names most."""
    named = Counter(
        p.where.country for r in readings for p in r.places if p.where.country and p.role != "demonym"
    )
    countries = {
        p.where.country: p.where
        for r in readings
        for p in r.places
        if p.where.precision is PlacePrecision.COUNTRY
    }
    sides = {side for c in found for side in c.side_of(Role.INITIATOR)}
    result = {}
    for side in sides:
        other = next((c for c, _ in named.most_common() if c != side and c in countries), None)
        if other is not None:
            result[side] = countries[other]
    return result


def _is_timeline(found: list[Candidate], day: date) -> bool:
    dated = [
        c.date.mention.when for c in found if c.date is not None and c.category is not Category.DIPLOMACY
    ]
    old = [w for w in dated if w.end < day - BACKGROUND]
    return len({w.start for w in old}) >= 4 and len(old) >= 0.7 * len(dated)


def _note(c: Candidate, act: Act, so_far: _SoFar, paragraph: int, day: date) -> None:
    """Remember what later sentences may rest on."""
    if c.category is Category.DIPLOMACY:
        if c.date is not None and act.when is not None:
            if c.date.basis is DateBasis.SPEECH and act.when.end <= day:
                for name in _voices(c):
                    so_far.spoken[name] = act.when
            so_far.diplomatic = (c.sentence, act.when, {p.name for p in c.parties} | c.sides, act.where)
        return
    if c.place is not None:
        so_far.place = (c.sentence, c.place.where)
    if c.date is not None and act.when is not None:
        so_far.date = (c.sentence, act.when, paragraph)


def _carried_place(
    c: Candidate, act: Act, so_far: _SoFar, main_place: Where | None, reading: Reading
) -> Where | None:
    """The place of what came before, when the sentence points back to it; else the country that was hit."""
    if so_far.place is not None and (c.definite or c.sentence - so_far.place[0] <= 1):
        act.notes.append(f"place carried from sentence {so_far.place[0] + 1}")
        return so_far.place[1]
    if (
        main_place is not None
        and c.sentence <= 3
        and main_place.precision is not PlacePrecision.COUNTRY
        and so_far.short
    ):
        act.notes.append("place from the article's lead")
        return main_place
    hit = _country_hit(c, reading) or (
        so_far.theatre.get(min(c.side_of(Role.INITIATOR), default=""))
        if c.type in ("incursion", "capture", "recapture")
        else None
    )
    if hit is not None:
        act.notes.append("country of the side that was hit")
        return hit
    if so_far.place is not None and c.sentence - so_far.place[0] <= REACH:
        act.notes.append(f"place carried from sentence {so_far.place[0] + 1}")
        return so_far.place[1]
    if main_place is not None and main_place.precision is PlacePrecision.COUNTRY:
        attackers = c.side_of(Role.INITIATOR)
        if main_place.country in attackers and c.category is Category.STRIKE:
            # who strikes does not strike at home: the country it is at war in, if the article names one
            return next((so_far.theatre[side] for side in sorted(attackers) if side in so_far.theatre), None)
    return main_place


def _country_hit(c: Candidate, reading: Reading) -> Where | None:
    """ "Ukrainian energy facilities", "Ukraine's air defences": the country named and not the attacker's."""
    attackers = c.side_of(Role.INITIATOR)
    own = c.type == "interception"
    for p in reading.places:
        if p.role in ("demonym", "metonym") and (p.where.country in attackers) is own:
            country = Gazetteer.open().country(p.where.country)
            return country.where(p.where.words) if country else None
    return None


def _main_place(readings: list[Reading]) -> Where | None:
    """The first exact place of the first sentences, else the first region, for an act told before its place."""
    places = [p.where for r in readings[:4] for p in r.places if p.role == "place" and not p.qualifies]
    fine = [
        w
        for w in places
        if unlisted(w) or w.precision in (PlacePrecision.EXACT, PlacePrecision.NEAR, PlacePrecision.ADMIN2)
    ]
    region = [w for w in places if w.precision is PlacePrecision.ADMIN1]
    return next(iter(fine or region or places), None)


def _dated(c: Candidate, day: date, so_far: _SoFar, act: Act, paragraph: int) -> When | None:
    """The act's date: its own; that of what it follows; the day of publication. None: undated background."""
    if c.date is not None:
        return _own_date(c, day)
    if c.category is Category.DIPLOMACY:
        return _speech_date(c, day, so_far, act)
    if c.past_perfect or (c.type == "incursion" and c.sentence > 1 and not so_far.timeline):
        return None  # "since Russia invaded": told as known
    last = so_far.date
    if last is not None and (so_far.timeline or day - last[1].end <= BACKGROUND):
        index, when, last_paragraph = last
        if so_far.timeline and c.sentence - index <= 8:
            act.notes.append(f"date carried from sentence {index + 1}")
            return replace(when, basis=DateBasis.CARRIED)
        near = c.sentence - index <= 1 or (c.definite and c.sentence - index <= REACH)
        same_story = last_paragraph == paragraph and c.sentence - index <= 3 and day - when.end <= BACKGROUND
        if near or same_story:
            act.notes.append(f"date carried from sentence {index + 1}")
            return replace(when, basis=DateBasis.CARRIED)
    return _today(day)


def _today(day: date) -> When:
    return When(day, day, Precision.DAY, DateBasis.PUBLICATION)


def _own_date(c: Candidate, day: date) -> When:
    assert c.date is not None
    when = replace(c.date.mention.when, basis=c.date.basis)
    if c.modality is Modality.PLANNED and when.end < day - _NEAR and c.category is Category.DIPLOMACY:
        return _today(day)  # what is still to come does not lie behind
    if c.modality is Modality.ONGOING and not c.date.own and when.end < day - BACKGROUND:
        return _today(day)
    ahead = when.start - day
    if (
        c.modality is Modality.OCCURRED
        and timedelta(0) < ahead <= timedelta(days=7)
        and when.start == when.end
    ):
        # What has taken place does not lie ahead: the weekday is the one before.
        return replace(when, start=when.start - timedelta(days=7), end=when.end - timedelta(days=7))
    future = when.start > day and c.modality not in (Modality.PLANNED, Modality.HYPOTHETICAL)
    if future and c.category is Category.DIPLOMACY:
        held = c.type in ("talks", "visit") and (c.modality is not Modality.OCCURRED or c.date.own)
        return when if held else _today(day)
    return when


def _speech_date(c: Candidate, day: date, so_far: _SoFar, act: Act) -> When:
    """Undated words have the date of the speaker's last ones, or of the talks they come from."""
    if c.type in SPOKEN:
        for name in _voices(c):
            if name in so_far.spoken and day - so_far.spoken[name].end <= FRESH:
                act.notes.append(f"date carried from {name}'s last words")
                return replace(so_far.spoken[name], basis=DateBasis.CARRIED)
        if so_far.diplomatic is not None and c.sentence - so_far.diplomatic[0] <= 3:
            index, when, names, _ = so_far.diplomatic
            if names & set(_voices(c)) and when.end <= day and day - when.end <= FRESH:
                act.notes.append(f"date carried from sentence {index + 1}")
                return replace(when, basis=DateBasis.CARRIED)
    if c.type in _OUTCOMES and so_far.diplomatic is not None and c.sentence - so_far.diplomatic[0] == 1:
        index, when, names, where = so_far.diplomatic
        if (
            len(names & c.sides) >= 2
            and when.end <= day
            and day - when.end <= FRESH
            and c.modality is Modality.OCCURRED
        ):
            act.notes.append(f"date and place carried from sentence {index + 1}")
            act.where = act.where or where
            return replace(when, basis=DateBasis.CARRIED)
    if so_far.timeline and so_far.date is not None and c.sentence - so_far.date[0] <= 8:
        return replace(so_far.date[1], basis=DateBasis.CARRIED)
    return _today(day)


_OUTCOMES = frozenset(("agreement", "exchange", "talks", "statement"))


def _voices(c: Candidate) -> list[str]:
    """Who speaks: the source, else who does it."""
    return c.speakers[:1] or [p.name for p in c.parties if p.role is Role.INITIATOR][:1]


def _needs_date(c: Candidate) -> bool:
    return c.category is not Category.DIPLOMACY
