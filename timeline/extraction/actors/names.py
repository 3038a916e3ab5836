"""Names and titles in a sentence: where one ends, what a title makes of it, whether it acts or speaks."""

from functools import lru_cache

from timeline.extraction.actors.actor import Actor
from timeline.extraction.actors.lexicon import NOT_NAMES, PERSON, Entry, begins_a_name, title_words
from timeline.extraction.grammar.clauses import Parsed, reporting_verb
from timeline.extraction.grammar.tokens import Token


def is_subject(parsed: Parsed, actor: Actor) -> bool:
    return any(
        c.subject is not None and actor.first < c.subject[1] and actor.last > c.subject[0]
        for c in parsed.clauses
    )


def acts(parsed: Parsed, i: int) -> bool:
    """ "it" that does something, not the empty one of "it is unlikely"."""
    clause = next((c for c in parsed.clauses if c.subject == (i, i + 1)), None)
    return clause is not None and not (
        parsed.tokens[clause.verb].verb == "be" or parsed.tokens[clause.verb].verb == ""
    )


def says(parsed: Parsed, i: int) -> bool:
    """Whether the pronoun at `i` is the subject of a verb of saying."""
    clause = next((c for c in parsed.clauses if c.subject == (i, i + 1)), None)
    return clause is not None and reporting_verb(parsed.tokens[clause.verb])


def harms(parsed: Parsed, i: int) -> bool:
    """ "It wounded two people": a weapon or a blast told before, and no body."""
    clause = next((c for c in parsed.clauses if c.subject == (i, i + 1)), None)
    return clause is not None and not clause.passive and parsed.tokens[clause.verb].verb in _HARMING


_HARMING = frozenset(
    "kill wound injure hit strike damage destroy cause leave explode crash land fall".split()
)


def speaking(parsed: Parsed, actor: Actor) -> bool:
    return any(
        c.subject is not None
        and actor.first < c.subject[1]
        and actor.last > c.subject[0]
        and reporting_verb(parsed.tokens[c.verb])
        for c in parsed.clauses
    )


@lru_cache(maxsize=65_536)
def may_begin(token: Token) -> bool:
    """Whether an actor may begin here: all but one word in five are lower case and no lexicon's."""
    return token.tag == "PRP" or begins_a_name(token) or token.text[0].isupper()


def noun_at(tokens: list[Token], i: int) -> bool:
    return i < len(tokens) and tokens[i].tag.startswith("NN")


def capital(tokens: list[Token], i: int) -> bool:
    return i < len(tokens) and tokens[i].tag == "NNP" and tokens[i].text[:1].isupper()


def name_end(tokens: list[Token], i: int) -> int | None:
    j = i
    while j < len(tokens) and j - i < 5:
        t = tokens[j]
        if t.lower in NOT_NAMES and j > i:
            break
        if (
            t.text[:1].isupper()
            and t.tag in ("NNP", "NNPS", "NN", "FW", "JJ", "NNS", "VB", "VBP", "VBZ")
            and (j == i or not t.text.isupper() or len(t.text) <= 2)
        ):
            j += 1
            continue
        if (
            t.lower in ("al", "bin", "von", "der", "de", "van", "el", "ibn", "abu", "ben", "di", "da")
            and capital(tokens, j + 1)
            and j > i
        ):
            j += 1
            continue
        break
    return j if j > i else None


def named_next(tokens: list[Token], found: list[Actor], i: int) -> bool:
    """ "the governor, NAME, said": that one, and none named before."""
    return (
        i < len(tokens)
        and tokens[i].text == ","
        and any(a.kind == PERSON and a.first == i + 1 for a in found)
    )


# What makes a body of a staff, a service or a command: "the General Staff", "its security service".
OF_BODIES = frozenset(
    "general security intelligence border emergency rescue military eastern western southern northern "
    "central naval joint operational press".split()
)


def ends_a_name(tokens: list[Token], i: int) -> bool:
    """A noun; the tagger takes "chief" in "army chief" for an adjective."""
    following = tokens[i + 1].tag if i + 1 < len(tokens) else ""
    return tokens[i].tag.startswith("NN") or (tokens[i].lower == "chief" and not following.startswith("NN"))


def name_after(tokens: list[Token], i: int) -> tuple[int, int] | None:
    if not capital(tokens, i) or tokens[i].lower in NOT_NAMES or tokens[i].lower in title_words()[0]:
        return None
    end = name_end(tokens, i)
    return (i, end) if end is not None else None


def body_of(tokens: list[Token], entry: Entry, i: int, j: int) -> str:
    """ "Russian Foreign Minister" acts for the Russian Foreign Ministry; "Ukrainian President" for Ukraine."""
    words = [t.lower for t in tokens[i : j + 1]]
    if "ministry" in words or ("minister" in words and "prime" not in words):
        kind = next(
            (
                w.capitalize()
                for w in words
                if w in ("foreign", "defence", "defense", "interior", "finance", "energy")
            ),
            "",
        )
        if kind:
            return f"{entry.name}'s {kind} Ministry"
    return entry.name


def speaks(parsed: Parsed, first: int, last: int) -> bool:
    """An untitled name is a person when it is the subject of a clause or stands by a comma with a description."""
    tokens = parsed.tokens
    if any(
        c.subject is not None
        and (c.subject[0] <= first < c.subject[1] or first == c.subject[1] + 1)
        and tokens[c.verb].verb in _PERSONAL
        for c in parsed.clauses
    ):
        return True
    between = first > 0 and tokens[first - 1].text == "," and last < len(tokens) and tokens[last].text == ","
    if between and any(c.group[0] == last + 1 and tokens[c.verb].verb in _PERSONAL for c in parsed.clauses):
        return True  # "The governor of X, NAME, said"
    return (
        last < len(tokens)
        and tokens[last].text == ","
        and last + 1 < len(tokens)
        and tokens[last + 1].lower in ("a", "an", "the", "who", "head")
    ) or (last + 2 < len(tokens) and tokens[last].text == "," and tokens[last + 2].lower in ("of", "'s"))


_PERSONAL = frozenset(
    (
        "say tell add write state report note warn claim explain announce post vow stress argue accuse "
        "urge propose meet speak "
        "arrive visit travel confirm insist describe call declare condemn promise pledge respond reply "
        "comment believe think reject"
    ).split()
)
