"""The surroundings of one trigger: its clause, who is subject and object, and what stands near."""

from dataclasses import dataclass, field
from functools import cache

from timeline.extraction.actors.registry import ARMED, PERSON, Actor
from timeline.extraction.casualties.finding import TollMention
from timeline.extraction.grammar.clause import Clause, Kind, phrase_ending
from timeline.extraction.grammar.inflection import noun_forms
from timeline.extraction.grammar.tokens import Token
from timeline.extraction.lexicon import load
from timeline.extraction.places.finding import PLACE, PlaceMention
from timeline.extraction.reading import Reading
from timeline.extraction.triggers import Trigger, means_in


@cache
def context_words(group: str) -> tuple[frozenset[str], dict[str, list[tuple[str, ...]]]]:
    """(single words, phrases by first word) of a group of `lexicon/contexts.toml`, nouns in both numbers."""
    forms = {form for noun in load("contexts")[group] for form in noun_forms(noun)}
    phrases: dict[str, list[tuple[str, ...]]] = {}
    for words in sorted(tuple(form.split()) for form in forms if " " in form):
        phrases.setdefault(words[0], []).append(words)
    return frozenset(form for form in forms if " " not in form), phrases


@dataclass(slots=True)
class Scene:
    """Token ranges are half-open. `span` is the clause (or, for a noun, its clause); `object` what follows."""

    reading: Reading
    trigger: Trigger
    clause_index: int
    clause: Clause | None
    span: tuple[int, int]
    subject: tuple[int, int] | None
    object: tuple[int, int]
    subjects: list[Actor] = field(default_factory=list)
    objects: list[Actor] = field(default_factory=list)
    agents: list[Actor] = field(default_factory=list)  # by-phrase, genitive or adjective of a noun
    passive: bool = False

    @property
    def tokens(self) -> list[Token]:
        return self.reading.parsed.tokens

    @property
    def antecedent(self) -> tuple[int, int] | None:
        """ "X, which troops captured": the phrase that the relative clause has for its object."""
        clause = self.clause
        if clause is None or clause.kind is not Kind.RELATIVE or self.trigger.nominal or self.passive:
            return None
        if clause.subject is None or clause.subject[0] <= clause.start or clause.conjunction == "whose":
            return None
        parsed = self.reading.parsed
        if parsed.phrase_after(self.object[0], self.object[1]) is not None:
            return None
        return phrase_ending(parsed, clause.start)

    @property
    def we(self) -> bool:
        """ "We took the village", somebody says: the speaker's side."""
        return (
            not self.trigger.nominal
            and self.subject is not None
            and self.tokens[self.subject[0]].lower in ("we", "our")
            and any(a.covers(self.trigger.head) for a in self.reading.says)
        )

    def has(self, group: str, first: int, last: int) -> bool:
        """Whether a word of the context group stands between the positions."""
        return self.where(group, first, last) >= 0

    def where(self, group: str, first: int, last: int) -> int:
        words, phrases = context_words(group)
        tokens = self.reading.parsed.tokens
        for i in range(max(0, first), min(last, len(tokens))):
            lower = tokens[i].lower
            if lower in words:
                return i
            if "-" in lower and not words.isdisjoint(lower.split("-")):
                return i
            for phrase in phrases.get(lower, ()):
                if tuple(t.lower for t in tokens[i : i + len(phrase)]) == phrase:
                    return i
        return -1

    def subject_has(self, group: str) -> bool:
        """Whether the subject of a passive, with what hangs on it, has a word of the group."""
        if not self.passive or self.subject is None or self.clause is None:
            return False
        return self.has(group, self.subject[0], max(self.subject[1], self.clause.group[0]))

    def near(self, group: str) -> bool:
        return self.has(group, 0, len(self.reading.parsed.tokens))

    def places_in(self, first: int, last: int) -> list[PlaceMention]:
        r = self.reading
        return [p for p in r.places if is_place(p) and first <= r.position(p.start) < last]

    def tolls_in(self, first: int, last: int) -> list[TollMention]:
        r = self.reading
        return [t for t in r.tolls if first <= r.position(t.trigger) < last and not t.cumulative]

    def actors_in(self, first: int, last: int) -> list[Actor]:
        return [a for a in self.reading.actors if first <= a.first < last]

    def weapons_in(self, first: int, last: int) -> list[tuple[int, str]]:
        return means_in(self.reading.parsed, first, last)

    @property
    def initiators(self) -> list[Actor]:
        """Who does it, by voice and frame."""
        if self.trigger.nominal or self.passive:
            return self.agents
        return self.subjects

    def armed(self) -> bool:
        return any(a.kind in ARMED or (a.side and a.kind != PERSON) for a in self.initiators)


def is_place(mention: PlaceMention) -> bool:
    """A mention of somewhere, not a capital that stands for its government, nor a dateline."""
    return mention.role == PLACE


def stage(reading: Reading, trigger: Trigger) -> Scene:
    """Build the scene of a trigger."""
    parsed = reading.parsed
    tokens = parsed.tokens
    k = parsed.clause_of(trigger.head)
    clause = parsed.clauses[k] if k >= 0 else None
    span = (clause.start, clause.end) if clause else (0, len(tokens))
    if (
        clause is not None
        and clause.subject is not None
        and clause.subject[0] < clause.start
        and clause.kind is Kind.MAIN
    ):
        span = (min(span[0], clause.subject[0]), span[1])
    follower = parsed.clauses[k + 1] if 0 <= k < len(parsed.clauses) - 1 else None
    if follower is not None and follower.kind is Kind.INFINITIVE and span[1] == follower.start:
        span = (span[0], follower.end)  # "launched an offensive to retake X"
    subject = clause.subject if clause is not None and not trigger.nominal else None
    passive = bool(clause is not None and clause.passive and not trigger.nominal)
    if trigger.nominal or clause is None:
        after = (trigger.last, span[1])
    else:
        particle = trigger.last if "*" not in trigger.phrase else trigger.head + 1  # "blew up a bridge"
        after = (max(particle, clause.group[1]), span[1])
    scene = Scene(reading, trigger, k, clause, span, subject, after, passive=passive)
    if subject is not None:
        scene.subjects = [a for a in reading.actors if subject[0] <= a.first < subject[1]]
        scene.subjects = _without_possessors(scene, scene.subjects, subject)
        if scene.subjects and not any(a.side for a in scene.subjects) and subject[1] + 1 < len(tokens):
            tail = parsed.phrase_at(subject[1] + 1) if tokens[subject[1]].lower in ("of", "from") else None
            if tail is not None:  # "fighters of the Islamic State"
                last = tail[1]
                if last + 1 < len(tokens) and tokens[last].lower == "and":  # "the leaders of X and Y"
                    last = (parsed.phrase_at(last + 1) or tail)[1]
                scene.subjects += [a for a in reading.actors if tail[0] <= a.first < last]
    scene.objects = [a for a in reading.actors if after[0] <= a.first < after[1]]
    scene.agents = _agents(scene)
    return scene


def _without_possessors(scene: Scene, actors: list[Actor], phrase: tuple[int, int]) -> list[Actor]:
    """Of "Russian forces" the forces; of "Russia's missiles" Russia itself."""
    whole = [a for a in actors if not a.adjective]
    return whole or actors


def _agents(scene: Scene) -> list[Actor]:
    """By-phrase, and for nouns the genitive or adjective before them ("the Israeli strike")."""
    reading, trigger = scene.reading, scene.trigger
    tokens = reading.parsed.tokens
    found: list[Actor] = []
    limit = min(scene.span[1], trigger.last + 14)
    for i in range(trigger.last, limit):
        if tokens[i].lower == "by" and i + 1 < len(tokens) and tokens[i + 1].tag != "VBG":
            phrase = reading.parsed.phrase_after(i + 1, len(tokens))
            if phrase is not None:
                found += [a for a in reading.actors if phrase[0] <= a.first < phrase[1]]
            break
    if trigger.nominal:
        phrase = reading.parsed.phrase_at(trigger.head)
        start = phrase[0] if phrase else max(0, trigger.first - 4)
        found += [a for a in reading.actors if start <= a.first < trigger.first]
    return found
