"""What the parse of a sentence is made of."""

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from timeline.extraction.grammar.tokens import Token
from timeline.extraction.lexicon import load


class Kind(StrEnum):
    MAIN = "main"
    COMPLEMENT = "complement"  # "said that ...", "said it had ..."
    RELATIVE = "relative"
    PARTICIPLE = "participle"  # ", seizing ..."
    INFINITIVE = "infinitive"
    ADVERBIAL = "adverbial"  # after, while, if ...
    COORDINATED = "coordinated"  # "... and wounded five"


@dataclass(slots=True)
class Clause:
    """`verb` is the main verb's position; `start`/`end` bound the tokens that belong to it."""

    start: int
    end: int
    group: tuple[int, int]  # first and last+1 token of the verb group
    verb: int
    kind: Kind = Kind.MAIN
    parent: int = -1  # index into the sentence's clauses
    subject: tuple[int, int] | None = None
    passive: bool = False
    negated: bool = False
    modal: str = ""
    past: bool = False
    progressive: bool = False
    perfect: bool = False
    conjunction: str = ""  # the word that opens the clause
    own_subject: bool = False


@dataclass(slots=True)
class Parsed:
    """A sentence: its tokens, noun phrases (maximal, without prepositional tails) and clauses."""

    tokens: list[Token]
    phrases: list[tuple[int, int]] = field(default_factory=list)
    clauses: list[Clause] = field(default_factory=list)
    quoted: list[bool] = field(default_factory=list)  # per token: inside quotation marks
    weapons: list[tuple[int, str]] | None = None  # positions and means, once they were asked for (`triggers`)

    def clause_of(self, position: int) -> int:
        """Index of the innermost clause that holds the token, -1 when the sentence has no verb."""
        best, width = -1, 1 << 30
        for i, c in enumerate(self.clauses):
            if c.start <= position < c.end and c.end - c.start < width:
                best, width = i, c.end - c.start
        if best < 0 and self.clauses:
            best = min(range(len(self.clauses)), key=lambda i: abs(self.clauses[i].verb - position))
        return best

    def phrase_at(self, position: int) -> tuple[int, int] | None:
        """The noun phrase that holds the token (they are in order and do not overlap)."""
        k = bisect_right(self.phrases, (position, len(self.tokens))) - 1
        return self.phrases[k] if k >= 0 and position < self.phrases[k][1] else None

    def phrase_after(self, position: int, limit: int) -> tuple[int, int] | None:
        """The first noun phrase that begins at `position`, over adverbs and particles."""
        i = position
        while i < limit and (self.tokens[i].tag in ("RB", "RP", "RBR") or self.tokens[i].is_quote):
            i += 1
        return self.phrase_at(i) if i < limit else None


def phrase_ending(parsed: Parsed, position: int) -> tuple[int, int] | None:
    """The noun phrase that ends at `position`, over a comma."""
    i = position
    while i > 0 and parsed.tokens[i - 1].text in (",", "(", "—", "–"):
        i -= 1
    phrase = parsed.phrase_at(i - 1)
    return phrase if phrase is not None and phrase[1] == i else None


def reporting_verb(token: Token) -> bool:
    return token.verb in _reporting()


@cache
def _reporting() -> frozenset[str]:
    verbs = load("speech")["verbs"]
    return frozenset(v.split()[0] for group in verbs.values() for v in group) | {
        "know",
        "find",
        "hear",
        "see",
    }
