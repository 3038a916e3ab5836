"""The words of `lexicon/contested.toml`, and what a run of tokens names by them."""

from functools import cache

from timeline.extraction.codebook import Category
from timeline.extraction.grammar.clauses import Parsed
from timeline.extraction.grammar.inflection import noun_forms, verb_forms
from timeline.extraction.grammar.tokens import Token
from timeline.extraction.identity import identify
from timeline.extraction.lexicon import load
from timeline.extraction.places.finding import PLACE, PlaceMention
from timeline.extraction.reading import Reading
from timeline.extraction.speakers.attribution import Speaker

Span = tuple[int, int]


def side_of(speaker: Speaker) -> str:
    """The speaker's side; for "a Moscow-installed official" that of those who installed him."""
    if speaker.side:
        return speaker.side
    for word in " ".join(speaker.names).split():
        head, _, tail = word.rpartition("-")
        if head and tail.lower() in word_group("installed"):
            return identify(head)[1]
    return ""


def names(parsed: Parsed, span: Span) -> frozenset[Category]:
    """The categories of acts that the tokens name."""
    tokens = parsed.tokens[span[0] : span[1]]
    if not tokens:
        return frozenset()
    text = " " + " ".join(t.lower for t in tokens) + " "
    found = set()
    for category in (Category.STRIKE, Category.TERRITORY):
        key = str(category)
        if (
            any(_is_act(t, following, key) for t, following in zip(tokens, [*tokens[1:], None], strict=True))
            or any(t.tag.startswith("NN") and t.lower in noun_kinds()[key] for t in tokens)
            or any(f" {phrase} " in text for phrase in phrases(key))
        ):
            found.add(category)
    return frozenset(found)


def places_in(reading: Reading, span: Span) -> list[PlaceMention]:
    """The places that the tokens name, without those that stand for a government or a people."""
    return [p for p in reading.places if p.role == PLACE and span[0] <= reading.position(p.start) < span[1]]


def act_named(parsed: Parsed, span: Span) -> tuple[int, str] | None:
    """(token, type) of the first noun that names an act by itself: "sabotage" -> explosion."""
    for i in range(*span):
        found = next((kind for kind, forms in _types().items() if parsed.tokens[i].lower in forms), None)
        if found is not None:
            return i, found
    return None


def _is_act(verb: Token, following: Token | None, category: str) -> bool:
    """A verb of the category, not "took part"."""
    if not verb.tag.startswith("VB") or verb.lower not in _acts()[category]:
        return False
    return following is None or following.lower not in word_group("light_objects")


def planned(parsed: Parsed, span: Span) -> bool:
    return any(t.lower in word_group("plans") for t in parsed.tokens[span[0] : span[1]])


def noun_kind(parsed: Parsed, phrase: Span) -> str:
    """ "claim", "role" or a category, by the last noun of the phrase; "" for any other."""
    for i in range(phrase[1] - 1, phrase[0] - 1, -1):
        word = parsed.tokens[i].lower
        if word in word_group("times"):
            continue  # "denied the report hours later"
        if parsed.tokens[i].tag.startswith(("NN", "VB")):
            return next((kind for kind, forms in noun_kinds().items() if word in forms), "")
    return ""


@cache
def verb_kinds() -> dict[str, frozenset[str]]:
    return _forms("verbs")


@cache
def _acts() -> dict[str, frozenset[str]]:
    return _forms("acts")


def _forms(section: str) -> dict[str, frozenset[str]]:
    table = load("contested")[section]
    return {kind: frozenset(f for v in verbs for f in verb_forms(v)) for kind, verbs in table.items()}


@cache
def noun_kinds() -> dict[str, frozenset[str]]:
    return _noun_forms("nouns")


@cache
def _types() -> dict[str, frozenset[str]]:
    return _noun_forms("types")


def _noun_forms(section: str) -> dict[str, frozenset[str]]:
    table = load("contested")[section]
    return {kind: frozenset(f for n in nouns for f in noun_forms(n)) for kind, nouns in table.items()}


@cache
def word_group(group: str) -> frozenset[str]:
    return frozenset(load("contested")["words"][group])


def phrases(group: str) -> list[str]:
    found: list[str] = load("contested")["phrases"][group]
    return found


@cache
def calling() -> frozenset[str]:
    return frozenset(f for v in load("contested")["words"]["calling"] for f in verb_forms(v))


@cache
def holding() -> frozenset[str]:
    return frozenset(f for v in load("contested")["words"]["holding"] for f in verb_forms(v))
