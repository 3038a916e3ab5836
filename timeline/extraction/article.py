"""The article pass: complete what a sentence leaves open, gather the mentions of one act, and state findings.

Order: dates and places are carried forward from what the article said before (`carrying`); mentions of one act
merge (`merging`); what is still undated background, or points to an act that is not told, is dropped.
"""

from datetime import date

from timeline.extraction.act import BACKGROUND, Act
from timeline.extraction.carrying import complete
from timeline.extraction.codebook import Category, DateBasis
from timeline.extraction.findings import Figure, Finding
from timeline.extraction.frames.candidate import Candidate
from timeline.extraction.merging import join, same_act
from timeline.extraction.places.mention import PLACE
from timeline.extraction.reading import Reading


def acts(readings: list[Reading], found: list[Candidate], day: date) -> list[Act]:
    """Complete and merge the candidates of an article."""
    completed = complete(readings, found, day)
    merged: list[Act] = []
    for act in completed:
        home = next((a for a in reversed(merged) if same_act(a, act, readings)), None)
        if home is None:
            if not _hangs(act):
                merged.append(act)
        else:
            join(home, act)
    _share_means(merged, readings)
    _take_standing_tolls(merged, readings, {c.sentence for c in found})
    return merged


def _take_standing_tolls(merged: list[Act], readings: list[Reading], told: set[int]) -> None:
    """ "The death toll now stands at 44." tells no act of its own: it is the latest toll of the one strike told."""
    strikes = [a for a in merged if a.first.category is Category.STRIKE and a.type != "interception"]
    for index, reading in enumerate(readings):
        before = [a for a in strikes if a.first.sentence < index]
        places = {a.where.key for a in before if a.where is not None}
        named = any(p.role == PLACE for p in reading.places)
        if not before or len(places) > 1 or index in told or named:
            continue
        for t in reading.tolls:
            word = reading.parsed.tokens[reading.position(t.trigger)].lower
            last = before[-1].first
            if t.figure.high == 0 and index - last.sentence <= 2 and t.kind not in last.tolls:
                last.tolls[t.kind] = t.figure  # "No one was hurt."
                last.extra.append(index)
            if word in ("death", "toll") and not (t.cumulative or t.part_of_total):
                before[0].first.tolls[t.kind] = t.figure
                before[0].first.extra.append(index)


_PLURAL_PLACES = frozenset("cities towns villages regions areas districts across wave".split())


def _share_means(merged: list[Act], readings: list[Reading]) -> None:
    """ "Missiles hit several cities": a further place hit that day, with no means of its own, was hit so too."""
    wave = next((a for a in merged if a.first.category is Category.STRIKE), None)
    if (
        wave is None
        or wave.first.sentence > 0
        or wave.type not in ("missile", "drone", "airstrike", "combined")
    ):
        return
    if not any(t.lower in _PLURAL_PLACES for t in readings[wave.first.sentence].parsed.tokens):
        return
    for act in merged:
        same_day = (
            act.when and wave.when and act.when.start <= wave.when.end and act.when.end >= wave.when.start
        )
        same_land = act.where and wave.where and act.where.country == wave.where.country
        if act.type == "attack" and act.first.tolls and not act.first.weapon and same_day and same_land:
            act.first.type = wave.type
            act.notes.append(f"means from sentence {wave.first.sentence + 1}")


def _hangs(act: Act) -> bool:
    """ "The strike ..." with nothing of its own, of an act that is not told."""
    c = act.first
    return c.category is Category.STRIKE and c.definite and not c.tolls and c.place is None


# What the ground of a date says of how surely an act is news: findings dated by publication alone are right least.
_BASIS = {DateBasis.PUBLICATION: -0.08, DateBasis.CARRIED: -0.03, DateBasis.SPEECH: 0.03}


def finding(act: Act, readings: list[Reading], day: date) -> Finding:
    """The finding that an act makes. Its confidence is the share of findings so supported that an expert coder
    finds too: the raw sum of word weights and support, stretched to what the development gold showed.
    """
    c = act.first
    spans: list[tuple[int, int]] = []
    for index in dict.fromkeys(
        [*(m.sentence for m in act.mentions), *(i for m in act.mentions for i in m.extra)]
    ):
        s = readings[index].sentence
        spans.append((s.start, s.end))
    basis = act.when.basis if act.when is not None else None
    raw = c.strength + (_BASIS.get(basis, 0.0) if basis is not None else 0.0)
    if act.where is None and c.category is not Category.DIPLOMACY:
        raw -= 0.1
    figures: dict[str, Figure] = {str(kind): figure for kind, figure in c.tolls.items()}
    return Finding(
        type=c.type,
        evidence=tuple(spans),
        modality=c.modality,
        confidence=max(0.05, min(0.97, 0.35 + 0.65 * raw)),
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
        background=act.when is not None and act.when.end < day - BACKGROUND,
        notes=(*c.notes, *act.notes, *([f"date basis: {basis}"] if basis else [])),
    )
