"""The names of actors as the lexicons give them (`lexicon/states.toml`, `lexicon/actors.toml`)."""

from dataclasses import dataclass
from functools import cache

from timeline.extraction.grammar.inflection import noun_forms
from timeline.extraction.grammar.tokens import Token
from timeline.extraction.lexicon import load

# Kinds of actors; findings.Party.kind takes the same words.
STATE, FORCE, AGENCY, GROUP, ORGANISATION, PERSON = (
    "state",
    "force",
    "agency",
    "group",
    "organisation",
    "person",
)


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    kind: str
    side: str
    body: str = ""
    adjective: bool = False
    metonym: bool = False


@cache
def _names() -> dict[str, list[tuple[tuple[str, ...], str, Entry]]]:
    """First word -> (all words, the last in lower case, entry), longest first."""
    table: dict[str, list[tuple[tuple[str, ...], str, Entry]]] = {}

    def add(form: str, entry: Entry) -> None:
        words = tuple(form.replace("’", "'").replace("'s", " 's").split())
        table.setdefault(words[0].lower(), []).append((words, words[-1].lower(), entry))

    for iso, (name, others, demonyms, metonyms) in load("states")["states"].items():
        for form in (name, *others):
            add(form, Entry(name, STATE, iso))
        for form in demonyms:
            add(form, Entry(name, STATE, iso, adjective=True))
        for form in metonyms:
            add(form, Entry(form.removeprefix("the "), STATE, iso, metonym=True))
    lexicon = load("actors")
    for section, kind in (("groups", GROUP), ("agencies", AGENCY), ("organisations", ORGANISATION)):
        for name, side, others in lexicon[section].values():
            for form in (name, *others):
                adjective = form in ("European", "Western", "Houthi", "Huthi")
                add(
                    form,
                    Entry(
                        name if form not in ("West", "Western") else "the West",
                        kind,
                        side,
                        adjective=adjective,
                    ),
                )
    for name, (side, body, others) in lexicon["persons"].items():
        for form in (name, *others):
            add(form, Entry(name, PERSON, side, body))
    for forms in table.values():
        forms.sort(key=lambda item: -len(item[0]))
    return table


@cache
def head_nouns() -> dict[str, str]:
    """Head noun (any form) -> kind: "forces" -> force."""
    kinds = {"force": FORCE, "agency": AGENCY, "official": PERSON, "group": GROUP}
    return {
        form: kinds[section]
        for section in ("group", "agency", "official", "force")
        for noun in load("actors")["nouns"][section]
        for form in noun_forms(noun)
    }


@cache
def title_words() -> tuple[frozenset[str], frozenset[str]]:
    titles = load("actors")["titles"]
    return frozenset(w for t in titles["before"] for w in t.split() if w != "of"), frozenset(
        titles["official"]
    )


# Capitalised words that are no names of people.
NOT_NAMES = frozenset(
    (
        "monday tuesday wednesday thursday friday saturday sunday january february march april may june "
        "july august "
        "september october november december telegram facebook twitter x reuters afp ap tass ria bbc cnn "
        "i the christmas staff "
        "easter ramadan muslim muslims christian christians sunni shiite shia kurdish kurds orthodox "
        "catholic islamic arab jewish jews"
    ).split()
)


def begins_a_name(token: Token) -> bool:
    """Whether a name of the lexicon may begin with the token."""
    return token.lower in _names()


def match_name(tokens: list[Token], i: int) -> tuple[Entry, int] | None:
    """The longest name of the lexicon that begins at token `i`."""
    t = tokens[i]
    options = _names().get(t.lower)
    if not options:
        return None
    for words, last, entry in options:
        n = len(words)
        if i + n > len(tokens) or tokens[i + n - 1].lower != last:
            continue
        piece = tokens[i : i + n]
        if all(
            p.text.replace("’", "'") == w
            or (w == "the" and p.lower == w)
            or (p.text.isupper() and len(w) > 3 and p.lower == w.lower())
            for p, w in zip(piece, words, strict=True)
        ):
            following = tokens[i + n].text[:1] if i + n < len(tokens) else ""
            if words[-1] == "West" and following.isupper():
                continue  # West Bank
            return entry, i + n
    return None


@cache
def women() -> frozenset[str]:
    return frozenset(name.lower() for name in load("actors")["women"]["surnames"])


@cache
def known_surnames() -> frozenset[str]:
    persons = load("actors")["persons"]
    return frozenset(
        n.split()[-1].lower() for name, (_, _, others) in persons.items() for n in (name, *others)
    )
