"""Sentences in which one side answers another: what they deny or confirm, read from the sentence alone.

    for answer in answers(reading, index): ...

Which act is meant is settled afterwards, with the whole article (`timeline.extraction.speakers.contested`). Words:
`lexicon/contested.toml`. "Did not confirm", "no comment" and "did not claim responsibility" answer nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from timeline.extraction.actors.registry import Actor
from timeline.extraction.codebook import Category, Stance
from timeline.extraction.grammar.clauses import Clause, Kind, Parsed
from timeline.extraction.reading import Reading
from timeline.extraction.speakers.attribution import Attribution, Speaker, speakers_at
from timeline.extraction.speakers.contested_words import (
    Span,
    calling,
    holding,
    names,
    noun_kind,
    noun_kinds,
    phrases,
    places_in,
    planned,
    side_of,
    verb_kinds,
    word_group,
)

STRIKE, TERRITORY = Category.STRIKE, Category.TERRITORY
BOTH = frozenset((STRIKE, TERRITORY))
# How many words a verdict or a name may stand behind the words that announce it.
_NEAR = 6
_POINTING = frozenset(("it", "this", "that", "them", "these", "both"))


@dataclass(frozen=True, slots=True)
class Answer:
    """`speaker` denies or confirms something of the categories `about`.

    `at` is the token of the answering `word`, and `verb` its lemma where it says so outright; `content` are the
    tokens that name the act again, None where a pronoun or "the claim" points to it. `accused`: the side that
    it is blamed on instead. `holds`: it is said that the speaker's own forces hold the place. `within`: what is
    denied stands in the same sentence ("..., which Kyiv denies").
    """

    sentence: int
    speaker: Speaker
    stance: Stance
    about: frozenset[Category]
    word: str
    verb: str
    at: int
    content: Span | None = None
    accused: str = ""
    holds: bool = False
    within: bool = False

    @property
    def side(self) -> str:
        return side_of(self.speaker)

    @property
    def outright(self) -> bool:
        """ "Denied ...", not another version told."""
        return bool(self.verb) and self.stance is Stance.DENIES and not self.accused


def answers(reading: Reading, index: int) -> list[Answer]:
    """The answers of one sentence: first what is said outright, then what follows from another version."""
    found: list[Answer] = []
    for said in reading.says:
        if not side_of(said.speaker):
            continue
        if said.clause >= 0:
            if _idle(reading.parsed, said.clause):
                continue
            outright = list(_Outright(reading, index, said).answers())
            if outright:
                found += outright
                continue
        for start, end in said.scope:
            found += _Version(reading, index, said, (start, end)).answers()
    return sorted(found, key=lambda a: bool(a.accused) or a.holds)


def _idle(parsed: Parsed, k: int) -> bool:
    """ "did not deny", "refused to confirm or deny", "if it denies": nothing is answered."""
    clause = parsed.clauses[k]
    before = parsed.tokens[max(0, clause.group[0] - 2) : clause.group[0]]
    return (
        clause.negated
        or _attributive(parsed, clause)
        or bool(clause.modal)
        or clause.kind is Kind.INFINITIVE
        or any(t.lower in ("or", "nor", "neither", "if") for t in before)
    )


def _attributive(parsed: Parsed, clause: Clause) -> bool:
    """ "made confirmed advances": the participle describes the object of another verb."""
    first = clause.group[0]
    return parsed.tokens[clause.verb].tag in ("VBN", "VBD") and (
        clause.group[1] - first == 1
        and first > 0
        and parsed.tokens[first - 1].tag in ("VB", "VBP", "VBD", "VBZ")
    )


# ------------------------------------------------------------------ said outright


class _Outright:
    """A clause of denying, rejecting, confirming or blaming, and its object."""

    def __init__(self, reading: Reading, index: int, said: Attribution) -> None:
        self.reading, self.index, self.said = reading, index, said
        self.parsed = reading.parsed
        self.clause = self.parsed.clauses[said.clause]
        self.word = self.parsed.tokens[self.clause.verb].lower
        told = max((b for _, b in said.scope), default=len(self.parsed.tokens))
        further = (self.parsed.clauses[a.clause] for a in reading.says if a.clause > said.clause)
        self.end = min(
            [
                told,
                *(c.start for c in further if c.kind is not Kind.COMPLEMENT and c.start > self.clause.verb),
            ]
        )

    def answers(self) -> Iterator[Answer]:
        kinds = {kind for kind, forms in verb_kinds().items() if self.word in forms}
        if self._gives_verdict():
            yield self._answer(Stance.DENIES, BOTH)
        elif "blame" in kinds:
            accused = self._accused()
            if accused is not None:
                yield from self._blame(accused)
        elif kinds & {"deny", "confirm"}:
            yield from self._object(Stance.CONFIRMS if "confirm" in kinds else Stance.DENIES)
        elif "reject" in kinds:
            yield from self._claim_only()

    def _answer(
        self, stance: Stance, about: Iterable[Category], content: Span | None = None, accused: str = ""
    ) -> Answer:
        return Answer(
            self.index,
            self.said.speaker,
            stance,
            frozenset(about),
            self.word,
            self.parsed.tokens[self.clause.verb].verb,
            self.clause.verb,
            content,
            accused,
        )

    def _blame(self, accused: Actor) -> Iterator[Answer]:
        """ "Blamed Ukraine", "accuses it of the attack", not "of hiding among civilians"."""
        content = (accused.last, self.end)
        following = self.parsed.tokens[accused.last].lower if accused.last < self.end else "."
        if STRIKE in names(self.parsed, content):
            yield self._answer(Stance.DENIES, {STRIKE}, content, accused.side)
        elif following not in ("of", "for") and self.parsed.tokens[self.clause.verb].verb == "blame":
            yield self._answer(Stance.DENIES, {STRIKE}, accused=accused.side)

    def _object(self, stance: Stance) -> Iterator[Answer]:
        first = self._first()
        if first is None:
            if self._answers_a_claim_before():
                yield replace(self._answer(stance, BOTH), within=True)
            return
        phrase = self._phrase(first)
        alone = phrase is None or phrase[1] - phrase[0] == 1
        if alone and self._points(first):
            yield self._answer(stance, BOTH)
            return
        kind = noun_kind(self.parsed, phrase) if phrase is not None and not self._is_subject(first) else ""
        if kind == "claim" and phrase is not None:
            yield from self._claim(stance, phrase)
        elif kind == "role":
            yield self._answer(stance, {STRIKE})
        elif kind or self._opens_clause(first):
            about = {Category(kind)} if kind else names(self.parsed, (first, self.end))
            if about and not planned(self.parsed, (first, self.end)):
                yield self._answer(stance, about, (first, self.end))

    def _opens_clause(self, i: int) -> bool:
        """ "denied that ...", "denied striking ...", "denied it had ...", not "denied the town its water"."""
        token = self.parsed.tokens[i]
        return token.lower == "that" or token.tag == "VBG" or self._is_subject(i)

    def _claim_only(self) -> Iterator[Answer]:
        """Of a claim, in so many words: what is rejected may as well be a proposal."""
        first = self._first()
        if first is None:
            if self._answers_a_claim_before(named=True):
                yield replace(self._answer(Stance.DENIES, BOTH), within=True)
            return
        phrase = self._phrase(first)
        if phrase is not None and noun_kind(self.parsed, phrase) == "claim" and not self._is_subject(first):
            yield from self._claim(Stance.DENIES, phrase)

    def _claim(self, stance: Stance, phrase: Span) -> Iterator[Answer]:
        """ "the claim", "claims of an attack", "the report that the town had fallen", not "claims of fraud"."""
        tokens = self.parsed.tokens
        after = phrase[1]
        while after < self.end and tokens[after].tag == "POS":
            after += 1
        if after < self.end and tokens[after].lower in ("that", "of", "about", "as"):
            content = (after, self.end)
            about = names(self.parsed, content)
            if tokens[after].lower == "as":
                yield self._answer(stance, BOTH)
            elif about:
                yield self._answer(stance, about, content)
        else:
            yield self._answer(stance, BOTH)

    def _first(self) -> int | None:
        """The first token of what is denied, over adverbs and "on Tuesday"."""
        tokens = self.parsed.tokens
        i = self.clause.group[1]
        while i < self.end and (tokens[i].tag in ("RB", "RP") or tokens[i].is_quote):
            i += 1
        if i >= self.end or tokens[i].tag in (".", ",", ";", ":", "CC"):
            return None
        if tokens[i].tag == "IN" and tokens[i].lower != "that":
            for j in range(i, min(self.end, i + _NEAR)):
                if tokens[j].lower == "that":
                    return j
            return None
        return i

    def _points(self, i: int) -> bool:
        """Whether the token is a pronoun that is all that is denied."""
        tokens = self.parsed.tokens
        if tokens[i].lower not in _POINTING or self._is_subject(i):
            return False
        following = tokens[i + 1] if i + 1 < self.end else None
        if following is None or following.tag in (".", ","):
            return True
        # "denies them access" gives away a thing; "that" opens a clause.
        return tokens[i].lower != "that" and not following.tag.startswith(
            ("NN", "DT", "JJ", "PRP", "CD", "VBG")
        )

    def _phrase(self, i: int) -> Span | None:
        """The noun phrase at `i`; "both claims" is one."""
        phrase = self.parsed.phrase_at(i)
        if phrase == (i, i + 1) and self.parsed.tokens[i].lower == "both":
            return self.parsed.phrase_at(i + 1) or phrase
        return phrase

    def _is_subject(self, i: int) -> bool:
        """ "denied it had struck": the pronoun begins a clause."""
        return any(
            c.subject is not None and c.subject[0] <= i < c.subject[1] and c.verb > i
            for c in self.parsed.clauses[self.said.clause + 1 :]
        )

    def _answers_a_claim_before(self, named: bool = False) -> bool:
        """ "a claim that Kyiv denied", "which Moscow denies", "a claim denied by Kyiv"."""
        tokens, clause = self.parsed.tokens, self.clause
        start = clause.group[0]
        if clause.subject is not None and not clause.passive:
            start = min(start, clause.subject[0])
        before = tokens[max(0, start - 3) : start]
        claim = any(t.lower in noun_kinds()["claim"] for t in before)
        return claim or (not named and any(t.lower in ("which", "something") for t in before))

    def _gives_verdict(self) -> bool:
        """ "called it disinformation", "described the report as false"."""
        if self.word not in calling():
            return False
        tokens = self.parsed.tokens
        first = self.clause.group[1]
        phrase = self.parsed.phrase_after(first, self.end)
        if phrase is None:
            return False
        pointing = phrase[1] - phrase[0] == 1 and tokens[phrase[0]].lower in _POINTING
        claim = noun_kind(self.parsed, phrase) == "claim"
        near = tokens[phrase[1] : min(self.end, phrase[1] + _NEAR)]
        return (pointing or claim) and any(t.lower in word_group("verdicts") for t in near)

    def _accused(self) -> Actor | None:
        """Who is blamed: the first of another side in the verb's object."""
        phrase = self.parsed.phrase_after(self.clause.group[1], self.end)
        if phrase is None:
            return None
        other = (a for a in self.reading.actors if phrase[0] <= a.first < phrase[1] and a.side)
        return next((a for a in other if a.side != side_of(self.said.speaker)), None)


# ------------------------------------------------------------------ another version


class _Version:
    """What a speaker tells that cannot be true together with what the other side has told."""

    def __init__(self, reading: Reading, index: int, said: Attribution, span: Span) -> None:
        self.reading, self.index, self.said = reading, index, said
        self.parsed = reading.parsed
        self.side = side_of(said.speaker)
        if len(reading.says) > 1:  # what others say within it is theirs
            others = (
                i for i in range(*span) if side_of(speakers_at(reading.says, i)[-1].speaker) != self.side
            )
            span = (span[0], next(others, span[1]))
        self.span = span
        tokens = self.parsed.tokens[span[0] : span[1]]
        self.text = " " + " ".join("not" if t.lower == "n't" else t.lower for t in tokens) + " "

    def answers(self) -> Iterator[Answer]:
        if self._has("not_us"):
            yield self._answer({STRIKE}, self.span[0])
        if self._has("unchanged"):
            yield self._answer({TERRITORY}, self.span[0])
        clauses = [c for c in self.parsed.clauses if self.span[0] <= c.verb < self.span[1]]
        for clause in clauses:
            yield from self._of_clause(clause)
        yield from self._none()
        accused = self._instead()
        if accused:
            yield self._answer({STRIKE}, self.span[0], accused=accused)

    def _answer(
        self,
        about: Iterable[Category],
        at: int,
        content: Span | None = None,
        accused: str = "",
        holds: bool = False,
    ) -> Answer:
        word = self.parsed.tokens[at].lower
        return Answer(
            self.index,
            self.said.speaker,
            Stance.DENIES,
            frozenset(about),
            word,
            "",
            at,
            content,
            accused,
            holds,
        )

    def _has(self, group: str) -> bool:
        return any(f" {phrase} " in self.text for phrase in phrases(group))

    def _of_clause(self, clause: Clause) -> Iterator[Answer]:
        tokens = self.parsed.tokens
        span = (clause.start, min(clause.end, self.span[1]))
        if clause.negated:
            about = names(self.parsed, (clause.verb, clause.verb + 1)) if self._done(clause) else frozenset()
            if about and not clause.modal and not planned(self.parsed, span):
                yield self._answer(about, clause.verb, span)
        elif tokens[clause.verb].verb == "be" and clause.subject is not None and not clause.modal:
            subject = tokens[clause.subject[0] : clause.subject[1]]
            refers = subject[-1].lower in noun_kinds()["claim"] or subject[0].lower in ("it", "this", "that")
            near = tokens[clause.group[1] : min(self.span[1], clause.group[1] + 3)]
            if refers and any(t.lower in word_group("verdicts") for t in near):
                yield self._answer(BOTH, clause.verb)
        if not clause.negated and not clause.modal and self._holds(clause) and self._names_land(span):
            yield self._answer({TERRITORY}, clause.verb, span, holds=True)

    def _done(self, clause: Clause) -> bool:
        """Something that was done or not: no aim, no condition, no habit."""
        told = clause.kind is not Kind.ADVERBIAL and (clause.past or clause.perfect)
        return told and self.parsed.tokens[clause.verb].lower not in word_group("aims")

    def _holds(self, clause: Clause) -> bool:
        """ "its soldiers were still holding the town", "the town was under the control of ... forces"."""
        tokens = self.parsed.tokens
        after = range(clause.group[1], min(clause.end, self.span[1]))
        text = " ".join(tokens[i].lower for i in range(clause.verb, after.stop))
        actors = [a for a in self.reading.actors if a.side == self.side]
        if any(phrase in text for phrase in word_group("ours")):
            return " its control" in text or " our control" in text or any(a.first in after for a in actors)
        if tokens[clause.verb].lower not in holding() or clause.subject is None:
            return False
        if clause.passive:
            return any(a.first in after for a in actors)
        own = tokens[clause.subject[0]].lower in word_group("own")
        return own or any(clause.subject[0] <= a.first < clause.subject[1] for a in actors)

    def _names_land(self, span: Span) -> bool:
        tokens = self.parsed.tokens[span[0] : span[1]]
        return bool(places_in(self.reading, span)) or any(t.lower in word_group("lands") for t in tokens)

    def _none(self) -> Iterator[Answer]:
        """ "there had been no attack", not "no further attacks" nor "no casualties"."""
        tokens = self.parsed.tokens
        for i in range(self.span[0], self.span[1] - 1):
            if tokens[i].lower != "no":
                continue
            following = tokens[i + 1].lower
            for kind in ("strike", "territory"):
                if following in noun_kinds()[kind] and not planned(self.parsed, self.span):
                    yield self._answer({Category(kind)}, i, (i, self.span[1]))

    def _instead(self) -> str:
        """The side that the damage is put down to: "was caused by a Ukrainian air defence missile"."""
        tokens = self.parsed.tokens
        for phrase in phrases("cause"):
            if f" {phrase} " not in self.text:
                continue
            words = phrase.split()
            for i in range(self.span[0], self.span[1] - len(words)):
                if [t.lower for t in tokens[i : i + len(words)]] != words:
                    continue
                near = range(i + len(words), i + len(words) + 4)
                named = next((a for a in self.reading.actors if a.first in near and a.side), None)
                if named is not None and named.side != self.side:
                    return named.side
        return ""
