"""Who acts: states, forces, agencies, groups, organisations and people, with the side each belongs to.

    registry = Registry()
    mentions = registry.read(text, parsed)      # sentence by sentence, in the article's order

The registry remembers people, so that a later "Peskov" or "he" is the same person. Sides are ISO country
codes for states and all that acts for them, and a group's key otherwise (`lexicon/actors.toml`).
"""

from dataclasses import dataclass, field, replace

from timeline.extraction.actors.lexicon import (
    AGENCY,
    FORCE,
    GROUP,
    NOT_NAMES,
    ORGANISATION,
    PERSON,
    STATE,
    Entry,
    begins_a_name,
    head_nouns,
    known_surnames,
    match_name,
    title_words,
    women,
)
from timeline.extraction.grammar.clauses import Parsed
from timeline.extraction.grammar.tokens import Token

__all__ = [
    "AGENCY",
    "ARMED",
    "FORCE",
    "GROUP",
    "ORGANISATION",
    "PERSON",
    "STATE",
    "Actor",
    "Registry",
    "is_named",
]

ARMED = frozenset((FORCE, GROUP))


@dataclass(frozen=True, slots=True)
class Actor:
    """A mention. `first`/`last` are token positions in the sentence (`last` exclusive).

    `body` is what a person acts for; `official` whether this one speaks or decides for a side; `adjective`
    marks a bare "Russian" whose noun is not an actor ("Russian missiles").
    """

    first: int
    last: int
    name: str
    kind: str
    side: str = ""
    body: str = ""
    official: bool = True
    adjective: bool = False
    pronoun: bool = False


@dataclass(slots=True)
class _Person:
    name: str
    side: str
    body: str
    official: bool


@dataclass(slots=True)
class Registry:
    """People met so far in one article, and who was last named."""

    people: dict[str, _Person] = field(default_factory=dict)  # last word of the name, lower
    last_person: Actor | None = None
    recent: list[Actor] = field(default_factory=list)  # people, the last named last
    last_plural: Actor | None = None
    last_state: Actor | None = None
    places: list[tuple[int, int]] = field(default_factory=list)  # offsets of places, which are no people

    def read(self, parsed: Parsed, places: list[tuple[int, int]]) -> list[Actor]:
        """The actors of one sentence, in order, without overlaps; `places` are offsets of its places."""
        tokens = parsed.tokens
        self.places = places
        found: list[Actor] = []
        i = 0
        while i < len(tokens):
            actor = self._at(parsed, i, found) if _may_begin(tokens[i]) else None
            if actor is None:
                i += 1
                continue
            found.append(actor)
            i = max(actor.last, i + 1)
        found = self._with_phrases(parsed, found)
        self._remember(parsed, found)
        return found

    def _at(self, parsed: Parsed, i: int, found: list[Actor]) -> Actor | None:
        tokens = parsed.tokens
        t = tokens[i]
        if t.tag == "PRP":
            return self._pronoun(parsed, t, i, found)
        match = match_name(tokens, i)
        if match is not None:
            entry, end = match
            if entry.kind == PERSON and self._is_other_person(tokens, i, end):
                return self._person(parsed, i)
            return self._expanded(parsed, entry, i, end)
        return self._person(parsed, i)

    def _is_other_person(self, tokens: list[Token], i: int, end: int) -> bool:
        """ "Robert Johnson" is not the Johnson of the lexicon."""
        before = tokens[i - 1] if i else None
        return (
            end - i == 1
            and before is not None
            and before.text[:1].isupper()
            and before.tag == "NNP"
            and before.lower not in title_words()[0]
            and match_name(tokens, i - 1) is None
        )

    def _pronoun(self, parsed: Parsed, t: Token, i: int, found: list[Actor]) -> Actor | None:
        """He, she, it, they: who was the subject before, in this sentence or the last one."""
        source: Actor | None = None
        if t.lower in ("he", "she", "him", "her"):
            female = t.lower in ("she", "her")
            here = [a for a in found if a.kind == PERSON and is_named(a) and _is_subject(parsed, a)]
            source = next((a for a in (*here, *reversed(self.recent)) if _gender(a) in (None, female)), None)
        elif t.lower == "they":
            many = (a for a in found if a.kind in (FORCE, GROUP) and a.side and _is_subject(parsed, a))
            source = next(many, self.last_plural)
        elif t.lower == "it" and _acts(parsed, i):
            subjects = (a for a in found if a.kind != PERSON and not a.adjective and _is_subject(parsed, a))
            source = next(subjects, self.last_state)
        if source is None:
            return None
        return Actor(
            i, i + 1, source.name, source.kind, source.side, source.body, source.official, pronoun=True
        )

    def _expanded(self, parsed: Parsed, entry: Entry, i: int, end: int) -> Actor | None:
        """ "Russian" + "Foreign Ministry": the state's adjective or genitive with the noun that acts for it."""
        tokens = parsed.tokens
        if entry.kind == PERSON:
            known = self.people.get(entry.name.split()[-1].lower())
            side, body = (known.side, known.body) if known and known.side else (entry.side, entry.body)
            name = entry.name
            if tokens[i].text.isupper():
                pass
            elif end - i == 1 and " " in name:
                name = f"{name.rsplit(' ', 1)[0]} {tokens[i].text}"  # the article's own spelling
            elif end - i > 1:
                name = " ".join(t.text for t in tokens[i:end])
            self._learn(name, side, body, True)
            return self._deputy(parsed, entry, i, end) or Actor(i, end, name, PERSON, side, body)
        genitive = end < len(tokens) and tokens[end].tag == "POS"
        if entry.adjective or genitive or entry.kind in (STATE, ORGANISATION, GROUP):
            j = end + (1 if genitive else 0)
            limit = min(len(tokens), j + 5)
            while j < limit and tokens[j].tag in ("NN", "NNS", "NNP", "NNPS", "JJ", "VBN", "CC", "VBG"):
                group = match_name(tokens, j)
                if group is not None and group[0].kind == GROUP and tokens[j].tag != "CC":
                    # "Sudan's Rapid Support Forces" are no force of the state
                    return Actor(i, group[1], group[0].name, GROUP, group[0].side)
                kind = head_nouns().get(tokens[j].lower)
                named = entry.adjective or genitive or j == end
                if kind is not None and named and not (tokens[j].tag == "JJ" and _noun_at(tokens, j + 1)):
                    return self._headed(parsed, entry, i, j, kind)
                if tokens[j].tag == "CC":
                    if match_name(tokens, j + 1) is not None:  # "Ukrainian and European teams": two of them
                        return Actor(i, end, entry.name, entry.kind, entry.side)
                    break
                j += 1
        if entry.adjective and (end >= len(tokens) or not tokens[end].tag.startswith(("NN", "JJ"))):
            plural = (
                tokens[i].text.endswith("s") or tokens[i].tag == "NNPS" or entry.name in ("France", "China")
            )
            return Actor(i, end, entry.name, entry.kind, entry.side, adjective=not plural)
        return Actor(i, end, entry.name, entry.kind, entry.side, adjective=entry.adjective)

    def _deputy(self, parsed: Parsed, entry: Entry, i: int, end: int) -> Actor | None:
        """ "Trump's special envoy Steve Witkoff", "Trump's envoys": who acts for the person, and for the side."""
        tokens = parsed.tokens
        if end >= len(tokens) or tokens[end].tag != "POS" or not entry.body:
            return None
        for j in range(end + 1, min(len(tokens), end + 4)):
            if head_nouns().get(tokens[j].lower) == PERSON:
                return self._headed(parsed, replace(entry, name=entry.body), i, j, PERSON)
            if not tokens[j].tag.startswith(("NN", "JJ")):
                return None
        return None

    def _headed(self, parsed: Parsed, entry: Entry, i: int, j: int, kind: str) -> Actor:
        tokens = parsed.tokens
        end = j + 1
        while end < len(tokens) and head_nouns().get(tokens[end].lower) and _ends_a_name(tokens, end):
            kind = head_nouns()[tokens[end].lower]
            end += 1
        if kind == PERSON:
            if (
                end + 1 < len(tokens)
                and tokens[end].lower == "of"
                and tokens[end + 1].text in ("State", "Staff", "Defense")
            ):
                end += 2  # Secretary of State
            name = _name_after(tokens, end)
            if name is None and end < len(tokens) and tokens[end].text == ",":
                name = _name_after(tokens, end + 1)
            body = _body(tokens, entry, i, j)
            known = self._titled(tokens, i, entry.side)
            if name is None and known is not None and tokens[end - 1].tag in ("NN", "NNP"):
                return Actor(i, end, known.name, PERSON, known.side, known.body, pronoun=True)
            if name is not None:
                words = " ".join(t.text for t in tokens[name[0] : name[1]])
                self._learn(words, entry.side, body, True)
                return Actor(i, name[1], self._full(words), PERSON, entry.side, body)
            return Actor(
                i,
                end,
                " ".join(t.text for t in tokens[i:end]).replace(" '", "'").replace(" ’", "’"),
                PERSON,
                entry.side,
                entry.name,
            )
        name_words = " ".join(t.text for t in tokens[i:end]).replace(" '", "'").replace(" ’", "’")
        return Actor(i, end, name_words, kind, entry.side, entry.name if kind != GROUP else "")

    def _person(self, parsed: Parsed, i: int) -> Actor | None:
        tokens = parsed.tokens
        t = tokens[i]
        if t.tag not in ("NNP", "NNPS", "NN", "JJ", "FW") or not t.text[:1].isupper():
            return None
        known = self.people.get(t.lower)
        before = tokens[i - 1].lower if i else ""
        if known is not None and not _capital(tokens, i + 1):
            return Actor(i, i + 1, known.name, PERSON, known.side, known.body, known.official)
        titles, official_titles = title_words()
        if t.lower in titles or t.lower in NOT_NAMES:
            return None
        titled = before.rstrip(".") in titles or before in titles
        end = _name_end(tokens, i)
        if end is None:
            return None
        if not titled and any(a <= t.start < b for a, b in self.places):
            return None
        size = end - i
        if not titled and (size < 2 or not _speaks(parsed, i, end)):
            return None
        name = " ".join(x.text for x in tokens[i:end])
        side, body, official = self._office(parsed, i, end)
        official = official or before in official_titles
        self._learn(name, side, body, official)
        return Actor(i, end, self._full(name), PERSON, side, body, official)

    def _office(self, parsed: Parsed, i: int, end: int) -> tuple[str, str, bool]:
        """Side and office from the title before the name or the apposition after it."""
        tokens = parsed.tokens
        _, official_titles = title_words()
        side = body = ""
        official = False
        apposition = end < len(tokens) and tokens[end].text in (",", "(")
        ranges = [range(max(0, i - 8), i)] + (
            [range(end + 1, min(len(tokens), end + 11))] if apposition else []
        )
        for positions in ranges:
            for j in reversed(positions) if positions.stop == i else positions:
                if tokens[j].tag.startswith("VB") or (
                    tokens[j].text in (",", ";", ".") and positions.stop != i
                ):
                    break
                if tokens[j].text == "," and positions.stop == i and j != i - 1:
                    break
                if tokens[j].noun in official_titles or tokens[j].lower in official_titles:
                    official = True
                match = match_name(tokens, j)
                if match is not None and not side and match[0].kind != PERSON:
                    side, body = match[0].side, match[0].name
        if not official:
            side = body = ""
        return side, body, official

    def _learn(self, name: str, side: str, body: str, official: bool) -> None:
        key = name.split()[-1].lower()
        known = self.people.get(key)
        if known is None:
            self.people[key] = _Person(name, side, body, official)
            return
        if len(name.split()) > len(known.name.split()):
            known.name = name
        known.side, known.body = known.side or side, known.body or body
        known.official = known.official or official

    def _full(self, name: str) -> str:
        return self.people[name.split()[-1].lower()].name

    def _with_phrases(self, parsed: Parsed, found: list[Actor]) -> list[Actor]:
        """Add common nouns that act ("the rebels", "local authorities") where no name covers them."""
        covered = {p for a in found for p in range(a.first, a.last)}
        heads = head_nouns()
        for a, b in parsed.phrases:
            last = next((j for j in range(b - 1, a - 1, -1) if parsed.tokens[j].tag.startswith("NN")), None)
            if last is None or last in covered:
                continue
            t = parsed.tokens[last]
            kind = heads.get(t.lower)
            if kind is None or (
                kind == AGENCY
                and t.lower in ("service", "office", "side", "general", "staff", "command")
                and not (last > a and parsed.tokens[last - 1].lower in _OF_BODIES)
            ):
                continue
            first = a
            while first < last and (
                parsed.tokens[first].tag in ("DT", "PRP$", "PDT", "CD", "POS") or first in covered
            ):
                first += 1
            side = next((x.side for x in found if a <= x.first < b), "")
            owner = (
                self._owner(parsed, found, a)
                if parsed.tokens[a].lower in ("its", "their", "his", "her")
                else None
            )
            if owner is not None and not side:
                found.append(Actor(first, last + 1, parsed.tokens[last].text, kind, owner.side, owner.name))
                continue
            name = " ".join(x.text for x in parsed.tokens[first : last + 1])
            known = self.last_person
            if (
                kind == PERSON
                and parsed.tokens[a].lower == "the"
                and last - a <= 2
                and known is not None
                and known.official
                and not _named_next(parsed.tokens, found, b)
            ):
                # "the governor", "the diplomat": the official named last
                found.append(Actor(a, last + 1, known.name, PERSON, known.side, known.body, pronoun=True))
                continue
            found.append(Actor(first, last + 1, name, kind, side))
        return sorted(found, key=lambda x: x.first)

    def _titled(self, tokens: list[Token], i: int, side: str) -> Actor | None:
        """ "The US president": the person of that side named last."""
        if i == 0 or tokens[i - 1].lower != "the":
            return None
        return next((a for a in reversed(self.recent) if a.side == side and a.official), None)

    def _owner(self, parsed: Parsed, found: list[Actor], position: int) -> Actor | None:
        """ "its troops": of the subject before it, else of the side named last."""
        before = [
            x for x in found if x.first < position and x.side and not x.adjective and _is_subject(parsed, x)
        ]
        anyone = [x for x in found if x.first < position and x.side and not x.adjective and x.kind != PERSON]
        return before[-1] if before else anyone[-1] if anyone else self.last_state

    def _remember(self, parsed: Parsed, found: list[Actor]) -> None:
        people = [a for a in found if a.kind == PERSON and is_named(a)]
        subjects = [a for a in people if _is_subject(parsed, a)]
        if people:
            self.last_person = (subjects or people)[0]
            others = [a for a in people if a is not self.last_person]
            self.recent = [*self.recent[-4:], *others, self.last_person]
        for actor in found:
            if actor.pronoun or actor.adjective:
                continue
            if actor.kind in (STATE, AGENCY, ORGANISATION, FORCE) and actor.side:
                self.last_state = actor
                if actor.kind == FORCE:
                    self.last_plural = actor
            if actor.kind == GROUP:
                self.last_plural = self.last_state = actor


def is_named(actor: Actor) -> bool:
    """A person by name, not "officials"."""
    return actor.name[:1].isupper() and actor.name.split()[-1][:1].isupper()


def _gender(actor: Actor) -> bool | None:
    """True for a woman, False for a man, None where the lexicon does not know the person."""
    surname = actor.name.split()[-1].lower()
    if surname in women():
        return True
    return False if surname in known_surnames() else None


def _is_subject(parsed: Parsed, actor: Actor) -> bool:
    return any(
        c.subject is not None and actor.first < c.subject[1] and actor.last > c.subject[0]
        for c in parsed.clauses
    )


def _acts(parsed: Parsed, i: int) -> bool:
    """ "it" that does something, not the empty one of "it is unlikely"."""
    clause = next((c for c in parsed.clauses if c.subject == (i, i + 1)), None)
    return clause is not None and not (
        parsed.tokens[clause.verb].verb == "be" or parsed.tokens[clause.verb].verb == ""
    )


def _may_begin(token: Token) -> bool:
    """Whether an actor may begin here: all but one word in five are lower case and no lexicon's."""
    return token.tag == "PRP" or begins_a_name(token) or token.text[0].isupper()


def _noun_at(tokens: list[Token], i: int) -> bool:
    return i < len(tokens) and tokens[i].tag.startswith("NN")


def _capital(tokens: list[Token], i: int) -> bool:
    return i < len(tokens) and tokens[i].tag == "NNP" and tokens[i].text[:1].isupper()


def _name_end(tokens: list[Token], i: int) -> int | None:
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
            and _capital(tokens, j + 1)
            and j > i
        ):
            j += 1
            continue
        break
    return j if j > i else None


def _named_next(tokens: list[Token], found: list[Actor], i: int) -> bool:
    """ "the governor, NAME, said": that one, and none named before."""
    return (
        i < len(tokens)
        and tokens[i].text == ","
        and any(a.kind == PERSON and a.first == i + 1 for a in found)
    )


# What makes a body of a staff, a service or a command: "the General Staff", "its security service".
_OF_BODIES = frozenset(
    "general security intelligence border emergency rescue military eastern western southern northern "
    "central naval joint operational press".split()
)


def _ends_a_name(tokens: list[Token], i: int) -> bool:
    """A noun; the tagger takes "chief" in "army chief" for an adjective."""
    following = tokens[i + 1].tag if i + 1 < len(tokens) else ""
    return tokens[i].tag.startswith("NN") or (tokens[i].lower == "chief" and not following.startswith("NN"))


def _name_after(tokens: list[Token], i: int) -> tuple[int, int] | None:
    if not _capital(tokens, i) or tokens[i].lower in NOT_NAMES or tokens[i].lower in title_words()[0]:
        return None
    end = _name_end(tokens, i)
    return (i, end) if end is not None else None


def _body(tokens: list[Token], entry: Entry, i: int, j: int) -> str:
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


def _speaks(parsed: Parsed, first: int, last: int) -> bool:
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
