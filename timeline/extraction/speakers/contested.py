"""The ledger's other half: who denies or confirms what the article told before.

    findings = ledger(readings, candidates, day)

An answer ("Ukraine denied it") is set against the latest act that it fits: of a category that it names, done by
the speaker's side or told by the other one. The finding has the act's type, date, place and parties, and the
answering sentence as evidence. One answer for each side and act.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from timeline.extraction.act import Act
from timeline.extraction.article import acts, finding
from timeline.extraction.codebook import Category, Modality, PlacePrecision, Role, Stance
from timeline.extraction.findings import Finding
from timeline.extraction.frames import Candidate
from timeline.extraction.frames.binding import date_for
from timeline.extraction.frames.candidate import add_parties
from timeline.extraction.reading import Reading
from timeline.extraction.speakers.affiliation import affiliation
from timeline.extraction.speakers.answers import STRIKE, TERRITORY, Answer, answers
from timeline.extraction.speakers.attribution import Speaker
from timeline.extraction.speakers.contested_words import act_named, names, places_in, side_of

# How many sentences an answer reaches back: by a pronoun or "the claim"; by naming the act again; to what the
# lead charges the speaker with.
_POINTS, _NAMES, _FAR = 3, 8, 20
_LEAD = 1  # the last sentence of the lead
# "It denied ..." goes on with the speaker's own account only so soon after.
_NEXT = 2
# What changes hands, and what the side that does it loses.
_GIVES = "withdrawal"
# Findings that may be nothing but the words of a denial.
_WORDS = frozenset(("statement", "rejection", "accusation"))
_SPOTS = (PlacePrecision.EXACT, PlacePrecision.NEAR)
_CONFIDENCE = {True: 0.75, False: 0.6}


@dataclass(frozen=True, slots=True)
class Told:
    """An act with its finding, the sides that did it and the sides whose word it is."""

    act: Act
    finding: Finding
    doers: frozenset[str]
    voices: frozenset[str]

    def last_before(self, answer: Answer) -> int | None:
        """The last sentence that tells it before the answer does."""
        at = [
            m.sentence
            for m in self.act.mentions
            if m.sentence < answer.sentence or (m.sentence == answer.sentence and m.position < answer.at)
        ]
        return max(at, default=None)


def ledger(readings: list[Reading], found: Iterable[Candidate], day: date) -> list[Finding]:
    """The findings of an article, in the order of the text: what is asserted, and what answers it."""
    given = [a for index, reading in enumerate(readings) for a in answers(reading, index)]
    asserted: list[Candidate] = []
    renamed: list[Candidate] = []
    for c in (_without_denial(c, given) for c in found):
        (renamed if any(_renames(c, a) for a in given) else asserted).append(c)
    asserted += _accusations(readings, given, asserted)
    told = [_told(readings, act, finding(act, readings, day)) for act in acts(readings, asserted, day)]
    settled = _settle(readings, given, told)
    _turn_own_accounts(readings, given, told, settled)
    alone = [c for c in renamed if not any(_renames(c, a) and _meant(readings, a, told) for a in given)]
    findings = [
        *(t.finding for t in told if not any(_repeats(readings, t, a) for a, _ in settled)),
        *(finding(act, readings, day) for act in acts(readings, alone, day)),
        *(f for _, f in settled),
    ]
    return sorted(findings, key=lambda f: f.evidence[0][0])


def _without_denial(c: Candidate, given: Sequence[Answer]) -> Candidate:
    """ "X said it had taken the town, a claim rejected by Y": told by X; that Y denies it is Y's answer."""
    for a in given:
        if a.sentence == c.sentence and a.outright and a.content is None and c.position < a.at:
            speakers = [name for name in c.speakers if name not in a.speaker.names]
            if c.modality is Modality.DENIED and len(speakers) < len(c.speakers):
                return replace(c, modality=Modality.OCCURRED, speakers=speakers)
    return c


def _renames(c: Candidate, a: Answer) -> bool:
    """Whether the candidate only names again what is being denied."""
    if a.sentence != c.sentence or a.stance is not Stance.DENIES or a.content is None or a.holds or a.accused:
        return False
    return c.category is not Category.DIPLOMACY and a.content[0] <= c.position < a.content[1]


def _accusations(
    readings: Sequence[Reading], given: Sequence[Answer], asserted: Sequence[Candidate]
) -> list[Candidate]:
    """ "Accused X of sabotage at the dam": the act itself, where it has a place and nothing told it before."""
    found = []
    for a in given:
        reading = readings[a.sentence]
        if not a.accused or a.content is None:
            continue
        named = act_named(reading.parsed, a.content)
        place = next((p for p in places_in(reading, a.content) if p.where.precision in _SPOTS), None)
        known = any(c.category is STRIKE and c.sentence <= a.sentence for c in asserted)
        if named is None or place is None or known:
            continue
        position, kind = named
        clause = reading.parsed.clause_of(position)
        act = Candidate(
            kind, a.sentence, position, a.content, 0.6, "contested:accusation",
            place=place, date=date_for(reading, position, clause), speakers=list(a.speaker.names), clause=clause,
        )  # fmt: skip
        accused = [x for x in reading.actors if x.side == a.accused and a.at < x.first <= a.content[0]]
        add_parties(act, accused, Role.INITIATOR)
        found.append(act)
    return found


def _repeats(readings: Sequence[Reading], t: Told, a: Answer) -> bool:
    """Whether a finding says no more than that the speaker gives this answer ("a statement by ...")."""
    words = (
        t.act.first.position == a.at and t.finding.type in _WORDS
    ) or t.finding.rule == f"statement:{a.verb}"
    return words and len(t.act.mentions) == 1 and t.act.first.sentence == a.sentence


def _settle(
    readings: Sequence[Reading], given: Sequence[Answer], told: Sequence[Told]
) -> list[tuple[Answer, Finding]]:
    """The answers that meet an act, each with its finding; one for each side and act."""
    settled: list[tuple[Answer, Finding]] = []
    heard: set[tuple[int, str]] = set()
    for answer in given:
        for n, t in _meant(readings, answer, told):
            if (n, answer.side) in heard:
                continue
            heard.add((n, answer.side))
            settled.append((answer, _finding(readings, answer, t)))
    return settled


def _turn_own_accounts(
    readings: Sequence[Reading],
    given: Sequence[Answer],
    told: list[Told],
    settled: Sequence[tuple[Answer, Finding]],
) -> None:
    """ "Munitions detonated, the ministry said. It denied that the base had been hit.": one account, a denial."""
    for a in given:
        if not a.outright or a.about != {STRIKE} or a.content is None or any(a is b for b, _ in settled):
            continue
        for n, t in enumerate(told):
            last = t.last_before(a)
            alone = t.voices == {a.side} and not t.doers and t.finding.category is STRIKE
            if alone and last is not None and 0 < a.sentence - last <= _NEXT:
                s = readings[a.sentence].sentence
                turned = replace(
                    t.finding,
                    stance=Stance.DENIES,
                    evidence=(*t.finding.evidence, (s.start, s.end)),
                    notes=(*t.finding.notes, f"“{a.word}”: its own account of what is no attack"),
                )
                told[n] = replace(t, finding=turned)


def _told(readings: Sequence[Reading], act: Act, finding: Finding) -> Told:
    doers = frozenset(p.side for p in finding.parties if p.role is not Role.TARGET and p.side)
    voices = frozenset(
        side
        for m in act.mentions
        for said in readings[m.sentence].says
        if said.covers(m.position) and not said.denies and (side := _side(said.speaker, readings, act))
    )
    return Told(act, finding, doers, voices)


def _side(speaker: Speaker, readings: Sequence[Reading], act: Act) -> str:
    """The speaker's side; a local governor's is that of the state in which the act took place."""
    country = act.where.country if act.where is not None else ""
    return side_of(speaker) or affiliation(speaker.names[0], readings[0].text, country)[1]


def _meant(readings: Sequence[Reading], answer: Answer, told: Sequence[Told]) -> list[tuple[int, Told]]:
    """The acts of the latest sentence that has any that the answer fits; first what the speaker is charged with."""
    points = answer.content is None and not _told_again(readings, answer)
    fitting: list[tuple[tuple[bool, int], int, Told]] = []
    for n, t in enumerate(told):
        last = t.last_before(answer)
        if last is None or not (_fits(answer, t) or _same_affair(readings, answer, t)):
            continue
        blamed = answer.about == {STRIKE} and answer.side in t.doers
        in_lead = t.act.first.sentence <= _LEAD
        reach = 0 if answer.within else _FAR if blamed and in_lead else _POINTS if points else _NAMES
        if answer.sentence - last <= reach and _same_place(readings, answer, t):
            fitting.append(((blamed, last), n, t))
    best = max((rank for rank, _, _ in fitting), default=None)
    return [(n, t) for rank, n, t in fitting if rank == best]


def _told_again(readings: Sequence[Reading], answer: Answer) -> bool:
    """Whether the other side tells the act again just before: "Kyiv says ... . Moscow denies it."."""
    before = readings[answer.sentence - 1] if answer.sentence else None
    return (
        before is not None
        and any(side_of(said.speaker) not in ("", answer.side) for said in before.says)
        and bool(names(before.parsed, (0, len(before.parsed.tokens))) & answer.about)
    )


def _fits(a: Answer, t: Told) -> bool:
    f = t.finding
    if f.category not in a.about or f.background or f.stance is not Stance.ASSERTS:
        return False
    if f.modality not in (Modality.OCCURRED, Modality.ONGOING) or f.type in ("demand", "interception"):
        return False
    if a.side in t.voices:
        return False
    if a.stance is Stance.CONFIRMS:
        return not t.doers or a.side in t.doers or bool(t.voices)
    if a.accused:
        return t.doers == {a.side} or (not t.doers and t.voices == {a.accused})
    if f.category is TERRITORY and f.type != _GIVES:
        return a.side not in t.doers and (bool(t.doers) or bool(t.voices) or not a.holds)
    if f.category is STRIKE:
        # The accused denies having done it; the victim denies a success that the other side claims.
        return a.side in t.doers or not t.doers or bool(t.voices & t.doers)
    return True


def _same_affair(readings: Sequence[Reading], a: Answer, t: Told) -> bool:
    """Who has blamed the other side for an act denies that its own forces did it."""
    if not a.outright or a.content is None or t.finding.category not in a.about:
        return False
    own = any(
        x.side == a.side and a.content[0] <= x.first < a.content[1] for x in readings[a.sentence].actors
    )
    return own and t.voices == {a.side} and bool(t.doers) and a.side not in t.doers


def _same_place(readings: Sequence[Reading], a: Answer, t: Told) -> bool:
    """Whether a place that the answer names is the act's, or one of them holds the other."""
    where = t.finding.where
    reading = readings[a.sentence]
    if a.content is None:
        return True
    named = [p.where for p in places_in(reading, a.content)]
    if where is None or not named:
        return not a.holds or where is not None
    coarse = (PlacePrecision.COUNTRY, PlacePrecision.ADMIN1, PlacePrecision.INTERNATIONAL)
    return any(
        p.key == where.key
        or p.name == where.name
        or (p.country == where.country and (p.precision in coarse or where.precision in coarse))
        for p in named
    )


def _finding(readings: Sequence[Reading], a: Answer, t: Told) -> Finding:
    s = readings[a.sentence].sentence
    answered = t.act.first.sentence + 1
    how = "holds" if a.holds else "blames" if a.accused else str(a.stance)
    own = a.side in t.voices  # it denies for its own forces what it has blamed the other side for
    return replace(
        t.finding,
        evidence=((s.start, s.end),),
        modality=Modality.OCCURRED,
        confidence=min(t.finding.confidence, _CONFIDENCE[not (a.holds or a.accused)]),
        rule=f"contested:{how}",
        parties=tuple(p for p in t.finding.parties if not (own and p.role is Role.INITIATOR)),
        attributed_to=a.speaker.names,
        stance=a.stance,
        killed=None,
        wounded=None,
        missing=None,
        captured=None,
        notes=(f"“{a.word}” answers sentence {answered}",),
    )
