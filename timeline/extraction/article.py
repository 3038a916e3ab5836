"""The article pass: complete what a sentence leaves open, and gather the mentions of one act.

Order: dates and places are carried forward from what the article said before; mentions of one act merge; what is
still undated background, or has no place where its type needs one, is dropped.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from timeline.extraction.codebook import Category, DateBasis, Modality, PlacePrecision, Precision, Role, Toll
from timeline.extraction.findings import Figure, Finding, When, Where
from timeline.extraction.frames.candidate import Candidate
from timeline.extraction.reading import Reading

# How many sentences back a place or date still holds.
_REACH = 4
# An event this much older than the article is background.
_BACKGROUND = timedelta(days=45)


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
            merged.append(act)
        else:
            _join(home, act)
    return merged


# ------------------------------------------------------------------ completing


def _complete(readings: list[Reading], found: list[Candidate], day: date) -> list[Act]:
    result: list[Act] = []
    last_place: tuple[int, Where] | None = None
    last_date: tuple[int, When] | None = None
    spoken: dict[str, When] = {}
    main_place = _main_place(readings)
    for c in found:
        act = Act([c], None, c.place.where if c.place is not None else None)
        paragraph = readings[c.sentence].sentence.paragraph
        act.when = _dated(c, act, day, last_date, spoken, paragraph, readings)
        if act.when is None and _needs_date(c):
            continue
        if act.where is None and c.category is not Category.DIPLOMACY:
            if last_place is not None and c.sentence - last_place[0] <= _REACH:
                act.where = last_place[1]
                act.notes.append(f"place carried from sentence {last_place[0] + 1}")
            elif main_place is not None and c.sentence <= 3:
                act.where = main_place
                act.notes.append("place from the article's lead")
        if c.place is not None and c.category is not Category.DIPLOMACY:
            last_place = (c.sentence, c.place.where)
        if c.date is not None and act.when is not None and c.category is not Category.DIPLOMACY:
            last_date = (c.sentence, act.when)
        result.append(act)
    return result


def _main_place(readings: list[Reading]) -> Where | None:
    """The first exact place of the first sentences, else the first region, for an act told before its place."""
    places = [p.where for r in readings[:4] for p in r.places if p.role == "place"]
    fine = [
        w for w in places if w.precision in (PlacePrecision.EXACT, PlacePrecision.NEAR, PlacePrecision.ADMIN2)
    ]
    region = [w for w in places if w.precision is PlacePrecision.ADMIN1]
    return next(iter(fine or region or places), None)


def _dated(
    c: Candidate,
    act: Act,
    day: date,
    last: tuple[int, When] | None,
    spoken: dict[str, When],
    paragraph: int,
    readings: list[Reading],
) -> When | None:
    speaker = next((p.name for p in c.parties if p.role is Role.INITIATOR), "")
    if c.date is not None:
        when = replace(c.date.mention.when, basis=c.date.basis)
        if (
            c.modality not in (Modality.PLANNED, Modality.HYPOTHETICAL)
            and when.start > day
            and c.category is Category.DIPLOMACY
        ):
            when = When(day, day, Precision.DAY, DateBasis.PUBLICATION)
        if c.category is Category.DIPLOMACY and speaker:
            spoken[speaker] = when
        return when
    if c.past_perfect and c.category is not Category.DIPLOMACY:
        return None
    if c.category is Category.DIPLOMACY:
        if c.type in ("statement", "threat", "accusation", "rejection", "proposal") and speaker in spoken:
            act.notes.append(f"date carried from {speaker}'s last words")
            return replace(spoken[speaker], basis=DateBasis.CARRIED)
        return When(day, day, Precision.DAY, DateBasis.PUBLICATION)
    if last is not None and (
        c.sentence - last[0] <= 1
        or (c.definite and c.sentence - last[0] <= _REACH)
        or (
            readings[last[0]].sentence.paragraph == paragraph
            and c.sentence - last[0] <= 3
            and (day - last[1].end) <= _BACKGROUND
        )
    ):
        act.notes.append(f"date carried from sentence {last[0] + 1}")
        return replace(last[1], basis=DateBasis.CARRIED)
    return When(day, day, Precision.DAY, DateBasis.PUBLICATION)


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
        return False
    if fit == "same":
        return (
            x.category is Category.TERRITORY
            or _same_strike(a, b)
            or y.definite
            or not (x.tolls and y.tolls)
            or y.update
        )
    # one place contains the other, or is missing: only a mention that points back
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
        return (len(shared) >= 2 or (same_place and bool(shared))) and (planned or same_place)
    if x.type == "visit":
        return _places_fit(a, b) == "same" and bool(x.sides & y.sides)
    same_speaker = bool(
        {p.name for p in x.parties if p.role is Role.INITIATOR}
        & {p.name for p in y.parties if p.role is Role.INITIATOR}
    )
    if x.type in ("sanction", "aid", "legal"):
        return same_speaker and x.sides == y.sides and y.sentence - x.sentence <= 2
    paragraph = readings[x.sentence].sentence.paragraph == readings[y.sentence].sentence.paragraph
    return same_speaker and y.sentence - x.sentence <= 1 and paragraph and y.rule.startswith("quote")


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
