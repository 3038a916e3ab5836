"""Who acts: states, forces, agencies, groups, organisations and people, with the side each belongs to.

    registry = Registry()
    mentions = registry.read(text, parsed)      # sentence by sentence, in the article's order

The registry remembers people, so that a later "Peskov" or "he" is the same person. Sides are ISO country
codes for states and all that acts for them, and a group's key otherwise (`lexicon/actors.toml`).
"""

from collections.abc import Container
from dataclasses import dataclass, field, replace

from timeline.extraction.actors.actor import ARMED, Actor, gender, is_named
from timeline.extraction.actors.lexicon import (
    AGENCY,
    FORCE,
    GROUP,
    NOT_NAMES,
    ORGANISATION,
    PERSON,
    STATE,
    Entry,
    head_nouns,
    match_name,
    title_words,
)
from timeline.extraction.actors.names import (
    OF_BODIES,
    acts,
    body_of,
    capital,
    ends_a_name,
    harms,
    is_subject,
    may_begin,
    name_after,
    name_end,
    named_next,
    noun_at,
    says,
    speaking,
    speaks,
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


@dataclass(slots=True)
class _Person:
    name: str
    side: str
    body: str
    official: bool


_GROUP_AGAIN = frozenset(("group", "movement", "faction"))


@dataclass(slots=True)
class Registry:
    """People met so far in one article, and who was last named."""

    people: dict[str, _Person] = field(default_factory=dict)  # last word of the name, lower
    last_person: Actor | None = None
    recent: list[Actor] = field(default_factory=list)  # people, the last named last
    last_plural: Actor | None = None
    last_state: Actor | None = None
    last_voice: Actor | None = None  # the body that spoke last: "It added that ..."
    places: Container[int] = ()  # positions of places, which are no people

    def read(self, parsed: Parsed, places: Container[int] = ()) -> list[Actor]:
        """The actors of one sentence, in order, without overlaps; `places` are the positions of its places."""
        tokens = parsed.tokens
        self.places = places
        found: list[Actor] = []
        done = 0
        for i, token in enumerate(tokens):
            if i < done or not may_begin(token):
                continue
            if (actor := self._at(parsed, i, found)) is not None:
                found.append(actor)
                done = actor.last
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
            if entry.kind == PERSON and (self._is_other_person(tokens, i, end) or self._met(entry, i, end)):
                return self._person(parsed, i)
            return self._expanded(parsed, entry, i, end)
        return self._person(parsed, i)

    def _met(self, entry: Entry, i: int, end: int) -> bool:
        """A surname of the lexicon that the article has given to someone else: "Mayor Brandon Johnson"."""
        known = self.people.get(entry.name.split()[-1].lower())
        if known is None or end - i != 1 or " " not in known.name or known.side == entry.side:
            return False
        return known.name.split()[0].lower() != entry.name.split()[0].lower()

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
            here = [a for a in found if a.kind == PERSON and is_named(a) and is_subject(parsed, a)]
            source = next((a for a in (*here, *reversed(self.recent)) if gender(a) in (None, female)), None)
        elif t.lower == "they":
            many = (a for a in found if a.kind in (FORCE, GROUP) and a.side and is_subject(parsed, a))
            source = next(many, self.last_plural)
        elif t.lower == "it" and acts(parsed, i):
            subjects = (a for a in found if a.kind != PERSON and not a.adjective and is_subject(parsed, a))
            before = self.last_voice if says(parsed, i) else None
            source = next(subjects, before or (None if harms(parsed, i) else self.last_state))
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
                if kind is not None and named and not (tokens[j].tag == "JJ" and noun_at(tokens, j + 1)):
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
        while end < len(tokens) and head_nouns().get(tokens[end].lower) and ends_a_name(tokens, end):
            kind = head_nouns()[tokens[end].lower]
            end += 1
        if kind == PERSON:
            if (
                end + 1 < len(tokens)
                and tokens[end].lower == "of"
                and tokens[end + 1].text in ("State", "Staff", "Defense")
            ):
                end += 2  # Secretary of State
            name = name_after(tokens, end)
            if name is None and end < len(tokens) and tokens[end].text == ",":
                name = name_after(tokens, end + 1)
            body = body_of(tokens, entry, i, j)
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
        if known is not None and not capital(tokens, i + 1):
            return Actor(i, i + 1, known.name, PERSON, known.side, known.body, known.official)
        titles, official_titles = title_words()
        if t.lower in titles or t.lower in NOT_NAMES:
            return None
        titled = before.rstrip(".") in titles or before in titles
        end = name_end(tokens, i)
        if end is None:
            return None
        if not titled and i in self.places:
            return None
        size = end - i
        if not titled and (size < 2 or not speaks(parsed, i, end)):
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
        heads, tokens = head_nouns(), parsed.tokens
        for a, b in parsed.phrases:
            last = b - 1
            while last >= a and not tokens[last].tag.startswith("NN"):
                last -= 1
            if last < a or last in covered:
                continue
            if tokens[last].lower in _GROUP_AGAIN and last == a + 1 and tokens[a].lower in ("the", "that"):
                group = self._group_named(found, a)
                if group is not None:
                    found.append(Actor(a, last + 1, group.name, GROUP, group.side, pronoun=True))
                continue
            if tokens[last].lower not in heads:
                owner_end = next((j for j in range(a + 1, last) if tokens[j].tag == "POS"), None)
                if owner_end is None or owner_end - 1 in covered:
                    continue
                b, last = owner_end, owner_end - 1  # "the rebels' capture of the town"
            t = parsed.tokens[last]
            if t.lower == "force" and b - a == 1:
                continue  # "came into force", "by force"
            kind = heads.get(t.lower)
            if kind is None or (
                kind == AGENCY
                and t.lower in ("service", "office", "side", "general", "staff", "command")
                and not (last > a and parsed.tokens[last - 1].lower in OF_BODIES)
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
                and t.tag != "NNS"
                and not (b < len(parsed.tokens) and parsed.tokens[b].lower == "of")
                and known is not None
                and known.official
                and not named_next(parsed.tokens, found, b)
            ):
                # "the governor", "the diplomat": the official named last
                found.append(Actor(a, last + 1, known.name, PERSON, known.side, known.body, pronoun=True))
                continue
            found.append(Actor(first, last + 1, name, kind, side))
        return sorted(found, key=lambda x: x.first)

    def _group_named(self, found: list[Actor], position: int) -> Actor | None:
        """ "the group", "the movement": the armed group named last."""
        here = [x for x in found if x.first < position and x.kind == GROUP and x.side]
        last = self.last_plural
        return here[-1] if here else last if last is not None and last.kind == GROUP and last.side else None

    def _titled(self, tokens: list[Token], i: int, side: str) -> Actor | None:
        """ "The US president": the person of that side named last."""
        if i == 0 or tokens[i - 1].lower != "the":
            return None
        return next((a for a in reversed(self.recent) if a.side == side and a.official), None)

    def _owner(self, parsed: Parsed, found: list[Actor], position: int) -> Actor | None:
        """ "its troops": of the subject before it, else of the side named last."""
        before = [
            x for x in found if x.first < position and x.side and not x.adjective and is_subject(parsed, x)
        ]
        anyone = [x for x in found if x.first < position and x.side and not x.adjective and x.kind != PERSON]
        return before[-1] if before else anyone[-1] if anyone else self.last_state

    def _remember(self, parsed: Parsed, found: list[Actor]) -> None:
        people = [a for a in found if a.kind == PERSON and is_named(a)]
        subjects = [a for a in people if is_subject(parsed, a)]
        if people:
            self.last_person = (subjects or people)[0]
            others = [a for a in people if a is not self.last_person]
            self.recent = [*self.recent[-4:], *others, self.last_person]
        voices = [a for a in found if a.kind in (AGENCY, FORCE, ORGANISATION, GROUP) and speaking(parsed, a)]
        self.last_voice = voices[-1] if voices else None if people else self.last_voice
        for actor in found:
            if actor.pronoun or actor.adjective:
                continue
            if actor.kind in (STATE, AGENCY, ORGANISATION, FORCE) and actor.side:
                self.last_state = actor
                if actor.kind == FORCE:
                    self.last_plural = actor
            if actor.kind == GROUP:
                self.last_plural = self.last_state = actor
