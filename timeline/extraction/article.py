"""The article pass: complete what a sentence leaves open, and gather the mentions of one act.

Order: dates and places are carried forward from what the article said before; mentions of one act merge; what is
still undated background, or has no place where its type needs one, is dropped.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from timeline.extraction.codebook import Category, DateBasis, Modality, PlacePrecision, Precision, Role, Toll
from timeline.extraction.findings import Figure, Finding, When, Where
from timeline.extraction.frames.candidate import Candidate
from timeline.extraction.reading import Reading

# How many sentences back a place or date still holds.
_REACH = 4
# A dispatch of so many sentences tells of one act.
_SHORT = 6
# An event this much older than the article is background.
_BACKGROUND = timedelta(days=45)
# Words of an article are at most this much older than it, unless it dates them itself.
_FRESH = timedelta(days=10)


@dataclass(slots=True)
class Act:
    """One act with all its mentions; the first candidate is the best told."""

    mentions: list[Candidate]
    when: When | None
    where: Where | None
    notes: list[str] = field(default_factory=list)

    @property
    def first(self) -> Candidate:
        return self.mentions[0]

    @property
    def type(self) -> str:
        return self.first.type


def acts(readings: list[Reading], found: list[Candidate], day: date) -> list[Act]:
    """Complete and merge the candidates of an article."""
    completed = _complete(readings, found, day)
    merged: list[Act] = []
    for act in completed:
        home = next((a for a in reversed(merged) if same_act(a, act, readings)), None)
        if home is None:
            if not _hangs(act):
                merged.append(act)
        else:
            _join(home, act)
    return merged


def _hangs(act: Act) -> bool:
    """ "The strike ..." with nothing of its own, of an act that is not told."""
    c = act.first
    return c.category is Category.STRIKE and c.definite and not c.tolls and c.place is None


# ------------------------------------------------------------------ completing


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


def _complete(readings: list[Reading], found: list[Candidate], day: date) -> list[Act]:
    result: list[Act] = []
    so_far = _SoFar(
        timeline=_is_timeline(found, day), short=len(readings) <= _SHORT, theatre=_theatre(readings, found)
    )
    main_place = _main_place(readings)
    for c in found:
        act = Act([c], None, c.place.where if c.place is not None else None)
        paragraph = readings[c.sentence].sentence.paragraph
        act.when = _dated(c, day, so_far, act, paragraph)
        if act.when is None and _needs_date(c):
            continue
        if (
            c.type == "statement"
            and act.when is not None
            and act.when.end < day - _BACKGROUND
            and not so_far.timeline
        ):
            continue  # what someone said long ago is background, not news
        if act.where is None and c.category is not Category.DIPLOMACY:
            act.where = _carried_place(c, act, so_far, main_place, readings[c.sentence])
        _note(c, act, so_far, paragraph, day)
        result.append(act)
    return result


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
    old = [w for w in dated if w.end < day - _BACKGROUND]
    return len(old) >= 4 and len(old) >= 0.7 * len(dated)


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
        so_far.theatre.get(next(iter(c.side_of(Role.INITIATOR)), "")) if c.type == "incursion" else None
    )
    if hit is not None:
        act.notes.append("country of the side that was hit")
        return hit
    if so_far.place is not None and c.sentence - so_far.place[0] <= _REACH:
        act.notes.append(f"place carried from sentence {so_far.place[0] + 1}")
        return so_far.place[1]
    return main_place


def _country_hit(c: Candidate, reading: Reading) -> Where | None:
    """ "Ukrainian energy facilities", "Ukraine's air defences": the country named and not the attacker's."""
    attackers = c.side_of(Role.INITIATOR)
    own = c.type == "interception"
    for p in reading.places:
        if p.role in ("demonym", "metonym") and (p.where.country in attackers) is own:
            return replace(p.where, precision=PlacePrecision.COUNTRY)
    return None


def _main_place(readings: list[Reading]) -> Where | None:
    """The first exact place of the first sentences, else the first region, for an act told before its place."""
    places = [p.where for r in readings[:4] for p in r.places if p.role == "place"]
    fine = [
        w for w in places if w.precision in (PlacePrecision.EXACT, PlacePrecision.NEAR, PlacePrecision.ADMIN2)
    ]
    region = [w for w in places if w.precision is PlacePrecision.ADMIN1]
    return next(iter(fine or region or places), None)


def _dated(c: Candidate, day: date, so_far: _SoFar, act: Act, paragraph: int) -> When | None:
    """The act's date: its own; that of what it follows; the day of publication. None: undated background."""
    if c.date is not None:
        return _own_date(c, day)
    if c.category is Category.DIPLOMACY:
        return _speech_date(c, day, so_far, act)
    if c.past_perfect:
        return None
    last = so_far.date
    if last is not None and (so_far.timeline or day - last[1].end <= _BACKGROUND):
        index, when, last_paragraph = last
        if so_far.timeline and c.sentence - index <= 8:
            act.notes.append(f"date carried from sentence {index + 1}")
            return replace(when, basis=DateBasis.CARRIED)
        near = c.sentence - index <= 1 or (c.definite and c.sentence - index <= _REACH)
        same_story = last_paragraph == paragraph and c.sentence - index <= 3 and day - when.end <= _BACKGROUND
        if near or same_story:
            act.notes.append(f"date carried from sentence {index + 1}")
            return replace(when, basis=DateBasis.CARRIED)
    return _today(day)


def _today(day: date) -> When:
    return When(day, day, Precision.DAY, DateBasis.PUBLICATION)


def _own_date(c: Candidate, day: date) -> When:
    assert c.date is not None
    when = replace(c.date.mention.when, basis=c.date.basis)
    future = when.start > day and c.modality not in (Modality.PLANNED, Modality.HYPOTHETICAL)
    if future and c.category is Category.DIPLOMACY and c.type not in ("talks", "visit"):
        return _today(day)
    return when


def _speech_date(c: Candidate, day: date, so_far: _SoFar, act: Act) -> When:
    """Undated words have the date of the speaker's last ones, or of the talks they come from."""
    if c.type in _SPOKEN:
        for name in _voices(c):
            if name in so_far.spoken and day - so_far.spoken[name].end <= _FRESH:
                act.notes.append(f"date carried from {name}'s last words")
                return replace(so_far.spoken[name], basis=DateBasis.CARRIED)
        if so_far.diplomatic is not None and c.sentence - so_far.diplomatic[0] <= 3:
            index, when, names, _ = so_far.diplomatic
            if names & set(_voices(c)) and when.end <= day and day - when.end <= _FRESH:
                act.notes.append(f"date carried from sentence {index + 1}")
                return replace(when, basis=DateBasis.CARRIED)
    if c.type in _OUTCOMES and so_far.diplomatic is not None and c.sentence - so_far.diplomatic[0] == 1:
        index, when, names, where = so_far.diplomatic
        if (
            len(names & c.sides) >= 2
            and when.end <= day
            and day - when.end <= _FRESH
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


_SPOKEN = frozenset(("statement", "threat", "accusation", "rejection", "proposal", "aid"))


def _needs_date(c: Candidate) -> bool:
    return c.category is not Category.DIPLOMACY


# ------------------------------------------------------------------ merging

_STRIKE_MEANS = frozenset(("missile", "drone", "airstrike", "shelling", "combined", "explosion", "attack"))


def same_act(a: Act, b: Act, readings: list[Reading]) -> bool:
    """Whether `b` is a further mention of `a`."""
    x, y = a.first, b.first
    if x.category is not y.category or (x.sentence == y.sentence and x.category is Category.STRIKE):
        return False
    if not _types_fit(x, y) or not _dates_fit(a, b):
        return False
    if x.category is Category.DIPLOMACY:
        return _same_diplomacy(a, b, readings)
    if not _sides_fit(x, y):
        return False
    if not _tolls_fit(a, b):
        return False
    fit = _places_fit(a, b)
    if fit == "no":
        points = y.definite and y.sentence - x.sentence <= 2 and a.where is not None
        return (
            points
            and a.where is not None
            and a.where.precision in (PlacePrecision.ADMIN1, PlacePrecision.COUNTRY)
        )
    if fit == "same":
        return (
            x.category is Category.TERRITORY
            or _same_strike(a, b)
            or y.definite
            or not (x.tolls and y.tolls)
            or y.update
        )
    # one place contains the other, or is missing: only a mention that points back
    if len(readings) <= _SHORT and y.sentence - x.sentence <= 2 and _same_strike(a, b):
        return True
    return (
        y.definite
        or y.update
        or _same_toll(a, b)
        or (b.where is None or (y.place is None and y.sentence - x.sentence <= 1))
    )


def _types_fit(x: Candidate, y: Candidate) -> bool:
    if x.type == y.type:
        return True
    if x.category is Category.STRIKE:
        kinds = {x.type, y.type}
        if "interception" in kinds:
            return False
        if "clash" in kinds:
            return False
        return (
            "attack" in kinds
            or "combined" in kinds
            or "explosion" in kinds
            or kinds <= {"missile", "airstrike"}
            or kinds <= {"shelling", "missile"}
        )
    if x.category is Category.TERRITORY:
        return {x.type, y.type} <= {"capture", "advance"} or {x.type, y.type} <= {"capture", "recapture"}
    return False


def _dates_fit(a: Act, b: Act) -> bool:
    if a.when is None or b.when is None:
        return True
    near = timedelta(days=1)
    if DateBasis.EXPLICIT not in (a.when.basis, b.when.basis) or DateBasis.PUBLICATION in (
        a.when.basis,
        b.when.basis,
    ):
        return a.when.start - near <= b.when.end and b.when.start - near <= a.when.end
    return a.when.start <= b.when.end and b.when.start <= a.when.end


def _sides_fit(x: Candidate, y: Candidate) -> bool:
    a, b = x.side_of(Role.INITIATOR), y.side_of(Role.INITIATOR)
    return not a or not b or bool(a & b)


def _tolls_fit(a: Act, b: Act) -> bool:
    if b.first.update:
        return True
    for kind in (Toll.KILLED, Toll.WOUNDED):
        x, y = a.first.tolls.get(kind), b.first.tolls.get(kind)
        if x is not None and y is not None and (x.low, x.best) != (y.low, y.best) and not b.first.definite:
            return False
    return True


def _same_toll(a: Act, b: Act) -> bool:
    x, y = a.first.tolls.get(Toll.KILLED), b.first.tolls.get(Toll.KILLED)
    return x is not None and y is not None and (x.low, x.best) == (y.low, y.best)


def _same_strike(a: Act, b: Act) -> bool:
    return (
        not b.first.tolls
        or not a.first.tolls
        or _same_toll(a, b)
        or set(a.first.tolls) & set(b.first.tolls) == set()
    )


def _places_fit(a: Act, b: Act) -> str:
    """ "same", "within" (one holds the other or is unknown) or "no"."""
    p, q = a.where, b.where
    if p is None or q is None:
        return "within"
    if p.key == q.key or p.name == q.name:
        return "same"
    if p.country != q.country:
        return "no"
    for outer, inner in ((p, q), (q, p)):
        if outer.precision is PlacePrecision.COUNTRY:
            return "within"
        if (
            outer.precision is PlacePrecision.ADMIN1
            and inner.admin1
            and inner.admin1 in (outer.admin1, outer.name)
        ):
            return "within"
    return "no"


def _same_diplomacy(a: Act, b: Act, readings: list[Reading]) -> bool:
    x, y = a.first, b.first
    if x.type in ("talks", "exchange", "agreement"):
        if a.where is not None and b.where is not None and _places_fit(a, b) == "no":
            return False
        shared = x.sides & y.sides
        planned = (
            x.modality
            in (Modality.PLANNED, Modality.HYPOTHETICAL)
            == (y.modality in (Modality.PLANNED, Modality.HYPOTHETICAL))
        )
        same_place = a.where is not None and b.where is not None
        if y.definite and shared and y.sentence - x.sentence <= 2:
            return True  # "the negotiations"
        return (len(shared) >= 2 or (same_place and bool(shared))) and (planned or same_place)
    if x.type == "visit":
        return _places_fit(a, b) == "same" and bool(x.sides & y.sides)
    same_speaker = bool(
        {p.name for p in x.parties if p.role is Role.INITIATOR}
        & {p.name for p in y.parties if p.role is Role.INITIATOR}
    )
    if x.type in ("sanction", "aid", "legal"):
        return same_speaker and x.sides == y.sides and y.sentence - x.sentence <= 2
    if (
        same_speaker
        and x.type == y.type
        and x.type in _SPOKEN
        and _overlap(readings[x.sentence], readings[y.sentence]) >= 0.5
    ):
        return True
    paragraph = readings[x.sentence].sentence.paragraph == readings[y.sentence].sentence.paragraph
    return same_speaker and y.sentence - x.sentence <= 1 and paragraph and y.rule.startswith("quote")


def _overlap(a: Reading, b: Reading) -> float:
    """Share of the shorter sentence's content words that the other has too."""
    x, y = (
        {t.lower for t in r.parsed.tokens if t.tag.startswith(("NN", "VB", "JJ", "CD")) and len(t.lower) > 3}
        for r in (a, b)
    )
    return len(x & y) / max(1, min(len(x), len(y)))


def _join(home: Act, act: Act) -> None:
    """Add a mention: finer place and date, more specific type, missing figures, latest toll."""
    c, first = act.first, home.first
    if home.where is None or (
        act.where is not None and c.place is not None and _finer(act.where, home.where)
    ):
        home.where = act.where or home.where
    if (
        act.when is not None
        and home.when is not None
        and home.when.basis is not DateBasis.EXPLICIT
        and act.when.basis is DateBasis.EXPLICIT
    ):
        home.when = act.when
    for kind, figure in c.tolls.items():
        if kind not in first.tolls or c.update:
            first.tolls[kind] = figure
    if (first.type == "attack" and c.type in _STRIKE_MEANS) or (
        first.type == "explosion" and c.type in ("missile", "drone", "airstrike")
    ):
        first.type = c.type
    if first.type == "capture" and c.type == "recapture":
        first.type = "recapture"
    for p in c.parties:
        if all(q.name != p.name for q in first.parties) and (
            p.side or not any(q.role is p.role for q in first.parties)
        ):
            first.parties.append(p)
    for name in c.speakers:
        if name not in first.speakers:
            first.speakers.append(name)
    first.target = first.target or c.target
    first.weapon = first.weapon or c.weapon
    first.strength = min(0.97, first.strength + 0.05)
    home.mentions.append(c)


def _finer(new: Where, old: Where) -> bool:
    order = [
        PlacePrecision.EXACT,
        PlacePrecision.NEAR,
        PlacePrecision.ADMIN2,
        PlacePrecision.ADMIN1,
        PlacePrecision.COUNTRY,
        PlacePrecision.INTERNATIONAL,
    ]
    return order.index(new.precision) < order.index(old.precision)


# ------------------------------------------------------------------ findings


def finding(act: Act, readings: list[Reading], day: date) -> Finding:
    c = act.first
    spans: list[tuple[int, int]] = []
    for index in dict.fromkeys(
        [*(m.sentence for m in act.mentions), *(i for m in act.mentions for i in m.extra)]
    ):
        s = readings[index].sentence
        spans.append((s.start, s.end))
    basis = act.when.basis if act.when is not None else None
    confidence = c.strength - (0.08 if basis in (DateBasis.PUBLICATION, DateBasis.CARRIED) else 0.0)
    if act.where is None and c.category is not Category.DIPLOMACY:
        confidence -= 0.1
    if c.modality in (Modality.HYPOTHETICAL, Modality.PLANNED):
        confidence -= 0.05
    figures: dict[str, Figure] = {str(kind): figure for kind, figure in c.tolls.items()}
    return Finding(
        type=c.type,
        evidence=tuple(spans),
        modality=c.modality,
        confidence=max(0.05, min(0.97, confidence)),
        rule=c.rule,
        when=act.when,
        where=act.where,
        parties=tuple(c.parties),
        attributed_to=tuple(c.speakers),
        stance=c.stance,
        killed=figures.get("killed"),
        wounded=figures.get("wounded"),
        missing=figures.get("missing"),
        captured=figures.get("captured"),
        target=c.target,
        weapon=c.weapon,
        background=act.when is not None and act.when.end < day - _BACKGROUND,
        notes=tuple([*c.notes, *act.notes, *([f"date basis: {basis}"] if basis else [])]),
    )
