"""Who says so: the speakers of a sentence, and which of its tokens each one vouches for."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from timeline.extraction.actors.registry import PERSON, STATE, Actor
from timeline.extraction.grammar.clauses import Clause, Kind, Parsed
from timeline.extraction.grammar.tokens import Token
from timeline.extraction.lexicon import load


@dataclass(frozen=True, slots=True)
class Speaker:
    """`names`: the speaker and the body he or she speaks for, as the text has them."""

    names: tuple[str, ...]
    actor: Actor | None = None

    @property
    def side(self) -> str:
        return self.actor.side if self.actor else ""


@dataclass(frozen=True, slots=True)
class Attribution:
    """`scope`: half-open token ranges; `clause`: the clause of saying, -1 for "according to"."""

    speaker: Speaker
    scope: tuple[tuple[int, int], ...]
    clause: int = -1
    verb: str = ""
    denies: bool = False
    postposed: bool = False

    def covers(self, position: int) -> bool:
        return any(a <= position < b for a, b in self.scope)


@cache
def _speech() -> dict[str, tuple[str, ...]]:
    """First word -> what must follow it ("point" -> ("out",)); () where the verb alone will do."""
    found: dict[str, tuple[str, ...]] = {}
    for group in load("speech")["verbs"].values():
        for phrase in group:
            first, *rest = phrase.split()
            if first not in found or not rest:
                found[first] = tuple(rest)
    return found


@cache
def _speakers() -> frozenset[str]:
    return frozenset(load("speech")["speakers"]["nouns"])


def is_speech(tokens: list[Token], position: int) -> bool:
    """Whether the verb at `position` is one of saying."""
    rest = _speech().get(tokens[position].verb)
    return rest is not None and all(
        position + n < len(tokens) and tokens[position + n].lower == word for n, word in enumerate(rest, 1)
    )


def attributions(parsed: Parsed, actors: list[Actor]) -> list[Attribution]:
    """All attributions of one sentence, the innermost (latest) last."""
    found = [*_prepositional(parsed, actors), *_before_colon(parsed, actors)]
    done = 0
    for k, clause in enumerate(parsed.clauses):
        verb = parsed.tokens[clause.verb].verb
        if not is_speech(parsed.tokens, clause.verb) or _without(parsed, clause):
            continue
        speaker = (
            _passive_speaker(parsed, clause, actors)
            if clause.passive
            else _subject_speaker(parsed, clause, actors)
        )
        if speaker is None:
            continue
        denies = verb in load("speech")["verbs"]["denial"]
        post = _postposed(parsed, k, done)
        scope = [(done, _attribution_start(clause))] if post else []
        after = (clause.group[1], _scope_end(parsed, k))
        if not post or _quote_follows(parsed, clause) or _inserted(parsed, k):
            scope.append(after)
        if clause.passive and verb in _MAKING_KNOWN and clause.start < clause.group[0]:
            scope.append((clause.start, clause.group[0]))  # "The strike was claimed by X"
        if verb == "tell":
            speaker = _with_outlet(parsed, clause, speaker, actors)
        found.append(Attribution(speaker, tuple(scope), k, verb, denies, post))
        if post:
            done = min(clause.end, after[1])
    return sorted(found, key=lambda a: a.clause)


# What is "announced by X" is X's word; what is "condemned by X" is not.
_MAKING_KNOWN = frozenset("claim announce report confirm disclose reveal".split())


def _with_outlet(parsed: Parsed, clause: Clause, speaker: Speaker, actors: list[Actor]) -> Speaker:
    """ "told the TASS agency": the word reaches us through the outlet, which is named too."""
    phrase = parsed.phrase_after(clause.group[1], len(parsed.tokens))
    if phrase is None or any(a.kind == PERSON and phrase[0] <= a.first < phrase[1] for a in actors):
        return speaker
    names = [t.text for t in parsed.tokens[phrase[0] : phrase[1]] if t.text[:1].isupper() and t.tag != "PRP"]
    return Speaker((*speaker.names, " ".join(names)), speaker.actor) if names else speaker


def speakers_at(found: list[Attribution], position: int) -> list[Attribution]:
    """The attributions that cover a token, outermost first."""
    return [a for a in found if a.covers(position)]


def _without(parsed: Parsed, clause: Clause) -> bool:
    """ "without confirming": nothing is said."""
    first = clause.group[0]
    return first > 0 and parsed.tokens[first - 1].lower == "without"


def _attribution_start(clause: Clause) -> int:
    start = clause.group[0]
    if clause.subject is not None and clause.subject[0] < start:
        start = clause.subject[0]
    return start


def _scope_end(parsed: Parsed, k: int) -> int:
    """Up to a contrasting clause with its own subject ("but Kyiv denied it"), else the sentence's end."""
    if parsed.clauses[k].kind is Kind.RELATIVE:
        # "the army, which denies it, bombed ...": its word ends with the clause
        return next((c.start for c in parsed.clauses[k + 1 :] if c.kind is Kind.MAIN), len(parsed.tokens))
    for later in parsed.clauses[k + 2 :]:
        contrast = later.conjunction in ("but", "while", "whereas", "although", "though", "yet")
        if contrast and later.own_subject and not parsed.quoted[later.group[0]]:
            return later.start
    for later in parsed.clauses[k + 1 :]:
        if later.own_subject and is_speech(parsed.tokens, later.verb) and _after_semicolon(parsed, later):
            return later.start
        if (
            later.conjunction in ("but", "while", "whereas", "though", "although", "and")
            and later.own_subject
            and is_speech(parsed.tokens, later.verb)
        ):
            return later.start
    return len(parsed.tokens)


def _after_semicolon(parsed: Parsed, clause: Clause) -> bool:
    return clause.start > 0 and parsed.tokens[clause.start - 1].text == ";"


def _quote_follows(parsed: Parsed, clause: Clause) -> bool:
    return any(parsed.tokens[i].is_quote for i in range(clause.group[1], len(parsed.tokens)))


def _inserted(parsed: Parsed, k: int) -> bool:
    """ "Drones, the army said, attacked the port": it vouches for both parts."""
    following = parsed.clauses[k + 1] if k + 1 < len(parsed.clauses) else None
    clause, tokens = parsed.clauses[k], parsed.tokens
    closed = clause.group[1] < len(tokens) and tokens[clause.group[1]].text == ","
    if closed and clause.end == clause.group[1] + 1 and _attribution_start(clause) > 0:
        return True  # "The town fell, residents say, to the rebels", "On Friday, he said, it fell"
    return (
        following is not None
        and following.kind is Kind.MAIN
        and (not following.own_subject or clause.start > 0)
        and tokens[following.group[0] - 1].text == ","
    )


_EMPTY_AFTER = frozenset(
    "on in at during via late early earlier later through from after by when told".split()
)


def _postposed(parsed: Parsed, k: int, done: int) -> bool:
    """ "..., the mayor said on Friday.": what is said stands before."""
    tokens = parsed.tokens
    clause = parsed.clauses[k]
    following_clause = parsed.clauses[k + 1] if k + 1 < len(parsed.clauses) else None
    if (
        following_clause is not None
        and following_clause.kind is Kind.COMPLEMENT
        and following_clause.parent == k
    ):
        return False
    start = _attribution_start(clause)
    inverted = clause.subject is not None and clause.subject[0] >= clause.group[1]
    if start <= done or start == 0:
        return False
    before = tokens[start - 1]
    while before.text in ("”", '"') and start > 1:
        start -= 1
        before = tokens[start - 1]
    if before.text not in (",", "?", "!", "—", "–", ".") and not parsed.quoted[start - 1]:
        return False
    if inverted:
        return True
    i = clause.group[1]
    while i < len(tokens) and tokens[i].tag in ("RB", "RP"):
        i += 1
    if i >= len(tokens):
        return True
    following = tokens[i]
    if following.text in (".", ",", ";") or following.lower in _EMPTY_AFTER or following.tag == "VBG":
        return True
    if tokens[clause.verb].verb in ("tell", "quote", "cite"):
        return not any(t.lower == "that" or t.is_quote for t in tokens[i:])
    return parsed.phrase_at(i) is not None and following.lower in _DAYS


_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday today yesterday".split())


_LEADS = frozenset("according citing quoting learned learnt".split())


def _prepositional(parsed: Parsed, actors: list[Actor]) -> list[Attribution]:
    """ "according to the SBU", "citing officials"."""
    tokens = parsed.tokens
    found = []
    for i, t in enumerate(tokens):
        if t.lower not in _LEADS:
            continue
        after = -1
        if t.lower == "according" and i + 1 < len(tokens) and tokens[i + 1].lower == "to":
            after = i + 2
        elif t.lower in ("citing", "quoting"):
            after = i + 1
        elif t.lower in ("learned", "learnt") and i + 1 < len(tokens) and tokens[i + 1].lower == "from":
            after = i + 2
        if after < 0 or after >= len(tokens):
            continue
        phrase = parsed.phrase_after(after, len(tokens))
        if phrase is None:
            continue
        speaker = _speaker_in(parsed, phrase, actors, any_noun=True)
        if speaker is None:
            continue
        start, end = 0, len(tokens)
        if i > 0:
            # In a sentence of two halves it vouches for its own half only.
            for c in parsed.clauses:
                if c.conjunction in ("but", "while", "whereas") and c.own_subject:
                    if c.start > i:
                        end = min(end, c.start)
                    elif c.start < i:
                        start = max(start, c.start)
        found.append(Attribution(speaker, ((start, end),)))
    return found


def _before_colon(parsed: Parsed, actors: list[Actor]) -> list[Attribution]:
    """ "Kyiv: Russian shelling kills two": the headline's speaker."""
    first = next((a for a in actors if a.first == 0 and not a.adjective and not a.pronoun), None)
    tokens = parsed.tokens
    if first is None or first.last + 1 >= len(tokens) or tokens[first.last].text != ":":
        return []
    speaker = _speaker_in(parsed, (0, first.last), actors)
    return [Attribution(speaker, ((first.last + 1, len(tokens)),))] if speaker is not None else []


def _subject_speaker(parsed: Parsed, clause: Clause, actors: list[Actor]) -> Speaker | None:
    if clause.subject is None:
        return None
    quoted = _quoted_speaker(parsed, clause, actors)
    if quoted is not None:
        return quoted
    if clause.kind is Kind.INFINITIVE and not clause.own_subject:
        return None
    if parsed.tokens[clause.verb].verb in load("speech")["verbs"]["evidence"]:
        return _evidence(parsed, clause.subject, actors)
    return _speaker_in(parsed, clause.subject, actors)


def _evidence(parsed: Parsed, phrase: tuple[int, int], actors: list[Actor]) -> Speaker | None:
    """ "Footage from bloggers showed": whoever it is from, else the footage itself vouches."""
    tokens = parsed.tokens
    if tokens[phrase[1] - 1].lower not in load("speech")["speakers"]["evidence"]:
        return None
    i = phrase[1]
    tail = parsed.phrase_at(i + 1) if i + 1 < len(tokens) and tokens[i].lower in ("from", "by") else None
    source = _speaker_in(parsed, tail, actors) if tail is not None else None
    return source or Speaker((" ".join(t.text for t in tokens[phrase[0] : phrase[1]] if t.tag != "DT"),))


def _quoted_speaker(parsed: Parsed, clause: Clause, actors: list[Actor]) -> Speaker | None:
    """ "the agency cited the governor as saying": the governor speaks."""
    tokens = parsed.tokens
    if tokens[clause.verb].verb not in ("quote", "cite", "report"):
        return None
    phrase = parsed.phrase_after(clause.group[1], len(tokens))
    if phrase is None or not any(
        a.lower == "as" and b.lower in ("saying", "telling")
        for a, b in pairwise(tokens[phrase[1] : phrase[1] + 12])
    ):
        return None
    return _speaker_in(parsed, phrase, actors)


def _passive_speaker(parsed: Parsed, clause: Clause, actors: list[Actor]) -> Speaker | None:
    """ "was quoted by TASS as saying"; "Peskov was quoted as saying" has the subject speak."""
    tokens = parsed.tokens
    if tokens[clause.verb].verb in ("quote", "cite") and clause.subject is not None:
        return _speaker_in(parsed, clause.subject, actors)
    for i in range(clause.group[1], min(clause.end, len(tokens))):
        if tokens[i].lower == "by":
            phrase = parsed.phrase_after(i + 1, len(tokens))
            return _speaker_in(parsed, phrase, actors) if phrase else None
    return None


_WRITTEN_BY = frozenset(("by", "from", "of"))


def _speaker_in(
    parsed: Parsed, phrase: tuple[int, int], actors: list[Actor], any_noun: bool = False
) -> Speaker | None:
    tokens = parsed.tokens
    a, b = phrase
    if tokens[b - 1].lower in load("speech")["speakers"]["papers"]:
        # "a statement by the ministry", "a report from the region": who wrote it speaks
        author = parsed.phrase_at(b + 1) if b + 1 < len(tokens) and tokens[b].lower in _WRITTEN_BY else None
        return _speaker_in(parsed, author or (a, b - 1), actors) if author or b - 1 > a else None
    if (
        b < len(tokens)
        and tokens[b].text == ","
        and b + 1 < len(tokens)
        and (tail := parsed.phrase_at(b + 1))
        and not any(c.subject == tail for c in parsed.clauses)
    ):
        b = tail[1]  # "DeepState, a group of analysts, said"
    if b + 1 < len(tokens) and tokens[b].lower in ("for", "of", "from") and (tail := parsed.phrase_at(b + 1)):
        b = tail[1]  # "a spokesman for the rebels"
        closing = parsed.phrase_at(b + 1) if b + 1 < len(tokens) and tokens[b].text == "," else None
        if closing is not None and closing[1] < len(tokens) and tokens[closing[1]].text == ",":
            b = closing[1]  # "the chief of the army, NAME, told"
    inside = [x for x in actors if x.first < b and x.last > a and not x.adjective]
    named = [
        x for x in inside if x.kind == PERSON and x.name[:1].isupper() and x.name.split()[-1][:1].isupper()
    ] or inside
    if named:
        # "Putin's spokesman, Dmitry Peskov": a full name before a surname
        chosen = next((x for x in named if x.kind == PERSON and " " in x.name), named[0])
        written = " ".join(t.text for t in tokens[chosen.first : chosen.last])
        names = [chosen.name]
        if chosen.kind == STATE and not chosen.pronoun and written != chosen.name:
            names.insert(0, written)
        names += [x.name for x in inside if x is not chosen and x.name not in names]
        if chosen.body and chosen.body not in names:
            names.append(chosen.body)
        if chosen.kind != PERSON and not chosen.side:
            chosen = next((x for x in inside if x.side), chosen)
        return Speaker(tuple(names), chosen)
    for i in range(min(b, len(tokens)) - 1, a - 1, -1):
        if tokens[i].lower in _speakers() or (any_noun and tokens[i].tag.startswith("NN")):
            start = a
            while start < i and tokens[start].tag in ("DT", "PRP$", "CD"):
                start += 1
            return Speaker(
                (" ".join(t.text for t in tokens[start : i + 1]).replace(" 's", "'s").replace(" ’s", "’s"),)
            )
    return _named_outlet(tokens[phrase[0] : phrase[1]])


def _named_outlet(phrase: list[Token]) -> Speaker | None:
    """ "Suspilne reported": a name that no lexicon has can speak too."""
    name: list[str] = []
    for t in reversed(phrase):
        if t.tag not in ("NNP", "NNPS") or not t.text[:1].isupper() or t.lower in _DAYS:
            break
        name.insert(0, t.text)
    return Speaker((" ".join(name),)) if name and len(name[-1]) > 2 else None
