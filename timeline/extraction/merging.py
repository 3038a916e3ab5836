"""Which mentions are one act, and what a further mention adds."""

from datetime import timedelta

from timeline.extraction.act import SHORT, SPOKEN, Act
from timeline.extraction.codebook import Category, DateBasis, Modality, PlacePrecision, Role, Toll
from timeline.extraction.findings import Where
from timeline.extraction.frames.binding import unlisted
from timeline.extraction.frames.candidate import Candidate
from timeline.extraction.reading import Reading

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
    if len(readings) <= SHORT and y.sentence - x.sentence <= 2 and _same_strike(a, b):
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
    if _dated_alike(a, b):
        return True
    bases = {a.when.basis, b.when.basis}
    if bases == {DateBasis.SPEECH, DateBasis.EXPLICIT}:
        # The day of the words is only the latest possible day.
        said, done = (a.when, b.when) if a.when.basis is DateBasis.SPEECH else (b.when, a.when)
        return done.start <= said.end and said.end - done.end <= _TOLD_WITHIN
    near = timedelta(days=1)
    if DateBasis.EXPLICIT not in bases or DateBasis.PUBLICATION in bases:
        return a.when.start - near <= b.when.end and b.when.start - near <= a.when.end
    return a.when.start <= b.when.end and b.when.start <= a.when.end


# How long after an act it is still told as news.
_TOLD_WITHIN = timedelta(days=4)


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
        if unlisted(outer):
            continue
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
        same_place = a.where is not None and b.where is not None
        if y.definite and (shared or not y.sides) and (y.sentence - x.sentence <= 2 or _dated_alike(a, b)):
            return True  # "the negotiations", "the weekend talks"
        return (len(shared) >= 2 or (same_place and bool(shared))) and (same_place or _same_day(a, b))
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
        and x.type in SPOKEN
        and _overlap(readings[x.sentence], readings[y.sentence]) >= 0.5
    ):
        return True
    if (
        same_speaker
        and x.type == y.type == "statement"
        and y.rule in _GOES_ON
        and y.sentence - x.sentence <= 2
    ):
        return True
    paragraph = readings[x.sentence].sentence.paragraph == readings[y.sentence].sentence.paragraph
    return same_speaker and y.sentence - x.sentence <= 1 and paragraph and y.rule.startswith("quote")


# Verbs with which a speaker only goes on: one statement.
_GOES_ON = frozenset(
    ("statement:add", "statement:note", "statement:explain", "statement:conclude", "statement:go")
)


def _same_day(a: Act, b: Act) -> bool:
    """Both told with the same date of their own."""
    if a.when is None or b.when is None or (a.when.start, a.when.end) != (b.when.start, b.when.end):
        return False
    return {a.when.basis, b.when.basis} <= {DateBasis.EXPLICIT, DateBasis.SPEECH}


# How far ahead a plan without a date of its own is thought to lie.
_PLANNED_WITHIN = timedelta(days=7)


def _dated_alike(a: Act, b: Act) -> bool:
    """The further mention has a date of its own, in which the first falls; a plan's may still lie ahead."""
    if a.when is None or b.when is None or b.when.basis is not DateBasis.EXPLICIT:
        return False
    if a.first.modality is Modality.PLANNED and a.when.basis is not DateBasis.EXPLICIT:
        return timedelta(0) <= b.when.end - a.when.start <= _PLANNED_WITHIN
    return b.when.start <= a.when.start and a.when.end <= b.when.end


def _overlap(a: Reading, b: Reading) -> float:
    """Share of the shorter sentence's content words that the other has too."""
    x, y = (
        {t.lower for t in r.parsed.tokens if t.tag.startswith(("NN", "VB", "JJ", "CD")) and len(t.lower) > 3}
        for r in (a, b)
    )
    return len(x & y) / max(1, min(len(x), len(y)))


def join(home: Act, act: Act) -> None:
    """Add a mention: finer place and date, more specific type, missing figures, latest toll."""
    c, first = act.first, home.first
    told = act.where if c.place is not None else None
    if home.where is None:
        home.where = act.where
    elif told is not None and (first.place is None or _finer(told, home.where)):
        home.where = told
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


_ORDER = [
    PlacePrecision.EXACT,
    PlacePrecision.NEAR,
    PlacePrecision.ADMIN2,
    PlacePrecision.ADMIN1,
    PlacePrecision.COUNTRY,
    PlacePrecision.INTERNATIONAL,
]


def _finer(new: Where, old: Where) -> bool:
    """Whether `new` says more exactly where: by its precision, or as a name within the area `old` (a village that
    no gazetteer lists stands at its region's centre, with the region's precision)."""
    if unlisted(new) != unlisted(old):
        return unlisted(new) and old.precision not in (PlacePrecision.EXACT, PlacePrecision.NEAR)
    if _ORDER.index(new.precision) < _ORDER.index(old.precision):
        return True
    if new.key == old.key or new.country != old.country or new.precision is not old.precision:
        return False
    if old.precision is PlacePrecision.COUNTRY:
        return True
    return (
        old.precision is PlacePrecision.ADMIN1
        and new.admin1 in (old.admin1, old.name)
        and new.name != old.name
    )
