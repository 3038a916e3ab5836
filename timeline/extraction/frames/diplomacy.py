"""Diplomacy: acts of officials and states, and statements that are themselves the news."""

from timeline.extraction.actors.registry import AGENCY, GROUP, ORGANISATION, PERSON, STATE, Actor
from timeline.extraction.codebook import Modality, PlacePrecision, Role
from timeline.extraction.frames.binding import (
    BoundDate,
    date_for,
    earlier,
    finest,
    recalled,
    speakers_for,
    speech_clauses,
)
from timeline.extraction.frames.candidate import Candidate, add_parties
from timeline.extraction.frames.diplomacy_parties import SITUATIONS, bind_parties, venue
from timeline.extraction.frames.scene import Scene, context_words, is_place
from timeline.extraction.frames.sides import officials
from timeline.extraction.grammar.clauses import Kind
from timeline.extraction.grammar.tokens import Token
from timeline.extraction.lexicon import load
from timeline.extraction.modality import modality_of
from timeline.extraction.places.finding import PlaceMention
from timeline.extraction.reading import Reading
from timeline.extraction.speakers.attribution import Attribution

# Acts done by speaking: when their verb says it, the act itself occurred, whatever it is about.
SPEECH_ACTS = frozenset(("proposal", "rejection", "threat", "accusation", "statement"))
_PLACED = frozenset(("talks", "visit", "agreement", "exchange", "legal"))


def diplomacy(reading: Reading, index: int, scenes: list[Scene]) -> list[Candidate]:
    """Candidates from triggers; `statements` adds what officials merely say."""
    return [c for s in scenes if (c := _candidate(reading, index, s)) is not None]


def _candidate(reading: Reading, index: int, s: Scene) -> Candidate | None:
    kind = s.trigger.entry.type
    modality, word = modality_of(reading.parsed, s.trigger.head, s.trigger.nominal)
    if kind in _REFUSABLE and _will_not(s):
        kind, modality, word = "rejection", Modality.OCCURRED, ""
    if kind in SPEECH_ACTS and modality is Modality.DENIED:
        return None
    if (
        kind == "exchange"
        and s.trigger.phrase in ("return", "receive", "transfer", "free", "trade")
        and not s.has("captives", s.object[0], s.object[0] + 5)
        and not (s.trigger.phrase == "return" and s.subject is not None and s.has("captives", *s.subject))
    ):
        return None
    if s.trigger.phrase == "threaten" and _endangers(s):
        return None
    candidate = Candidate(
        kind, index, s.trigger.head, s.span, s.trigger.entry.weight, f"diplomacy:{s.trigger.phrase}",
        modality=modality, clause=s.clause_index, nominal=s.trigger.nominal,
    )  # fmt: skip
    if _habit(s) or (kind == "talks" and not s.trigger.nominal and _thought_of(s)):
        return None
    if kind in SPEECH_ACTS and modality is not Modality.HYPOTHETICAL:
        candidate.modality = Modality.OCCURRED
    if word:
        candidate.notes.append(f"modality {modality} from “{word}”")
    bind_parties(candidate, s)
    if (
        kind in ("statement", "proposal", "rejection", "threat", "accusation", "aid", "sanction")
        and not candidate.sides
        and not any(p.kind == PERSON for p in candidate.parties)
    ):
        return None
    candidate.place = _place(s, kind) if kind in _PLACED else _venue_named(reading, s.trigger.head)
    candidate.date = date_for(reading, s.trigger.head, s.clause_index)
    names, _ = speakers_for(reading, s.trigger.head, skip=s.clause_index)
    candidate.speakers = names
    if kind in SPEECH_ACTS and not names:
        written = [
            reading.words(a.first, a.last).removeprefix("The ").removeprefix("the ")
            for a in s.initiators
            if a.kind == STATE and not a.pronoun
        ]
        first = [p.name for p in candidate.parties if p.role is Role.INITIATOR]
        candidate.speakers = list(dict.fromkeys([*(written if first else ()), *first]))
    clause = s.clause
    candidate.past_perfect = earlier(reading, clause)
    phrase = reading.parsed.phrase_at(s.trigger.head) if s.trigger.nominal else None
    candidate.definite = phrase is not None and reading.parsed.tokens[phrase[0]].lower in ("the", "these")
    return candidate


def _endangers(s: Scene) -> bool:
    """ "threatens the stability of the region": a danger, and no ultimatum."""
    phrase = s.reading.parsed.phrase_after(*s.object)
    return phrase is not None and s.tokens[phrase[1] - 1].lower in _ENDANGERED


_ENDANGERED = frozenset(
    "peace security stability lives life existence everybody everyone future health unity economy supply".split()
)
_REFUSABLE = frozenset(("talks", "agreement", "aid"))


def _will_not(s: Scene) -> bool:
    """ "would not negotiate", "will not sign": a refusal by whoever it is said of."""
    c = s.clause
    return c is not None and not s.trigger.nominal and c.negated and c.modal in ("will", "would", "wo")


_HABIT = frozenset(
    (
        "repeatedly",
        "often",
        "frequently",
        "always",
        "long",
        "regularly",
        "usually",
        "previously",
        "consistently",
        "once",
    )
)


def _thought_of(s: Scene) -> bool:
    """ "enters any possible future talks"."""
    words = {t.lower for t in s.tokens[s.trigger.head : s.trigger.last]}
    return bool(words & {"possible", "potential", "future", "prospective", "eventual", "any"})


def _habit(s: Scene) -> bool:
    """ "has repeatedly criticised": a standing position, or what was before, unless it is dated."""
    if s.clause is None or s.reading.dates:
        return False
    if recalled(s.reading, s.clause):
        return True
    if s.trigger.nominal:
        return False
    clauses = s.reading.parsed.clauses
    groups, k, seen = [s.clause.group], s.clause.parent, {s.clause_index}
    while k >= 0 and k not in seen:
        seen.add(k)
        groups.append(clauses[k].group)
        k = clauses[k].parent
    tokens = s.reading.parsed.tokens
    return any(t.lower in _HABIT for first, end in groups for t in tokens[max(0, first - 1) : end + 1])


def _place(s: Scene, kind: str) -> PlaceMention | None:
    """Where talks are held or an envoy goes; the country that is talked about is no place of the talks."""
    reading = s.reading
    if kind == "visit":
        first = s.trigger.last - 1 if not s.trigger.nominal else s.trigger.first
        going = [p for p in s.places_in(first, s.span[1]) if p.preposition not in ("from",)]
        found = finest(going)
        return found[0] if found else None
    tokens = reading.parsed.tokens
    for p in reading.places:
        end = reading.position(p.end - 1) + 1
        if is_place(p) and end < s.trigger.head and any(t.lower == "where" for t in tokens[end : end + 2]):
            return p  # "to Miami, where talks were held"
    venue_named = _venue_named(reading, s.trigger.head)
    if venue_named is not None or kind != "talks":
        return venue_named
    last = s.span[1]
    for i in range(s.trigger.last, last):
        if reading.parsed.tokens[i].lower == "in" and not _about_at(reading, i):
            return next(iter(s.places_in(i + 1, min(last, i + 3))), None)  # "are to begin in Bahrain"
    return None


def _about_at(reading: Reading, i: int) -> bool:
    return i > 0 and reading.parsed.tokens[i - 1].lower in SITUATIONS


def _venue_named(reading: Reading, position: int) -> PlaceMention | None:
    """The settlement or region that the sentence says something happened in, the nearest first."""
    speeches = speech_clauses(reading)
    located = [
        p
        for p in reading.places
        if is_place(p)
        and not _of_who_speaks(reading, p, position, speeches)
        and not _meanwhile(reading, p, position)
        and p.locative
        and p.preposition in ("in", "at", "near", "outside", "inside")
        and p.where.precision is not PlacePrecision.COUNTRY
        and not _about(reading, p)
    ]
    return min(finest(located), key=lambda p: abs(reading.position(p.start) - position), default=None)


_MEANWHILE = frozenset(("as", "while", "since", "although", "though", "whereas"))


def _meanwhile(reading: Reading, place: PlaceMention, position: int) -> bool:
    """ "as Israel wages war in Gaza": where something else goes on."""
    parsed = reading.parsed
    k = parsed.clause_of(reading.position(place.start))
    clause = parsed.clauses[k] if k >= 0 else None
    aside = clause is not None and clause.own_subject and clause.conjunction in _MEANWHILE
    return aside and k != parsed.clause_of(position)


def _of_who_speaks(reading: Reading, place: PlaceMention, position: int, speeches: set[int]) -> bool:
    """ "the ministry in Moscow said": where the speaker sits."""
    at = reading.position(place.start)
    k = reading.parsed.clause_of(at)
    return k in speeches and k != reading.parsed.clause_of(position) and at < reading.parsed.clauses[k].verb


def _about(reading: Reading, place: PlaceMention) -> bool:
    """ "the war in Ukraine", "a ceasefire in Gaza": what it is about."""
    i = reading.position(place.start)
    tokens = reading.parsed.tokens
    while i > 0 and tokens[i - 1].tag in ("DT", "JJ", "NNP", "VBN"):
        i -= 1
    return i >= 2 and tokens[i - 1].tag == "IN" and tokens[i - 2].lower in SITUATIONS


def statements(reading: Reading, index: int, taken: list[Candidate]) -> list[Candidate]:
    """What an official says of the conflict, where no more specific act is told in the same words."""
    acting = {p.name for c in taken if c.type in SPEECH_ACTS for p in c.parties if p.role is Role.INITIATOR}
    main = [a for a in reading.says if a.clause >= 0 and not _aside(reading, a)]
    for a in sorted(main, key=lambda a: (not a.postposed, a.clause)):
        candidate = _statement(reading, index, a)
        if candidate is None or acting & {p.name for p in candidate.parties if p.role is Role.INITIATOR}:
            continue
        if not any(_tells(c, a) for c in taken):
            return [candidate]
    return []


_TEMPORAL = frozenset(("after", "before", "since", "when"))


def _aside(reading: Reading, a: Attribution) -> bool:
    """Speech within speech, or in a side clause ("after Trump said ..."), is not what the sentence reports."""
    clause = reading.parsed.clauses[a.clause]
    if clause.kind is Kind.PARTICIPLE or (
        clause.kind is Kind.ADVERBIAL and clause.conjunction in ("if", "unless")
    ):
        return True
    if clause.kind is Kind.ADVERBIAL and clause.conjunction in _TEMPORAL and not _stance(a.verb):
        return True
    position = clause.verb
    within = [o for o in reading.says if o is not a and o.clause >= 0 and o.covers(position)]
    return any(o.postposed or clause.kind is not Kind.COORDINATED for o in within)


def _tells(c: Candidate, a: Attribution) -> bool:
    """Whether the candidate is what the speaker reports, or the speaking itself."""
    return c.clause == a.clause or a.covers(c.position)


def _statement(reading: Reading, index: int, a: Attribution) -> Candidate | None:
    actor = a.speaker.actor
    if actor is None or a.clause < 0:
        return None
    if not officials([actor]):
        return None
    if actor.kind not in (STATE, AGENCY, ORGANISATION, PERSON, GROUP):
        return None
    parsed = reading.parsed
    said = [t for start, end in a.scope for t in parsed.tokens[start:end]]
    if len(said) < _FEWEST or (actor.kind in (STATE, GROUP) and a.verb not in _stances()):
        return None  # too thin to be the news; what "Kyiv says" is its standing position
    about = _about_conflict(said) or _of_the_other_side(reading, a, actor)
    if not about:
        return None
    verb = a.verb
    stance = _stance(verb)
    kind = "threat" if _threatens(reading, a) else "statement"
    clause = parsed.clauses[a.clause]
    if clause.modal or clause.negated or verb in _CHARACTERISING:
        return None
    if not stance and not _says_something(reading, a):
        return None
    if not stance and (_reports(actor) or _position(parsed.tokens[clause.verb], actor)):
        return None
    candidate = Candidate(
        kind, index, clause.verb, (0, len(parsed.tokens)), 0.55 if stance else 0.45, f"statement:{verb}",
        clause=a.clause,
    )  # fmt: skip
    add_parties(candidate, [actor], Role.INITIATOR)
    own = candidate.sides
    others = [x for x in officials(reading.actors) if x.side not in own and not venue(reading, x)]
    add_parties(candidate, others[:2], Role.TARGET)
    candidate.speakers = list(a.speaker.names)
    candidate.date = _speech_date(reading, a)
    candidate.place = _venue_named(reading, clause.verb)
    candidate.past_perfect = clause.perfect and clause.past
    if any(t.is_quote for t in said):
        candidate.strength += 0.05
    return candidate


_VOWS = frozenset("vow pledge promise swear threaten".split())


def _threatens(reading: Reading, a: Attribution) -> bool:
    """ "vowed to sink more ships": what follows is an act of force."""
    clauses = reading.parsed.clauses
    following = clauses[a.clause + 1] if a.clause + 1 < len(clauses) else None
    if a.verb not in _VOWS or following is None or following.kind is not Kind.INFINITIVE:
        return False
    return reading.parsed.tokens[following.verb].verb in _FORCE


_FORCE = frozenset(
    "sink strike attack destroy kill crush bomb hit target shell punish retaliate avenge invade eliminate".split()
)


def _of_the_other_side(reading: Reading, a: Attribution, speaker: Actor) -> bool:
    """Quoted words about another side."""
    others = [x for x in reading.actors if a.covers(x.first) and x.side and x.side != speaker.side]
    quoted = any(reading.parsed.quoted[i] for start, end in a.scope for i in range(start, end))
    return bool(others) and quoted


def _says_something(reading: Reading, a: Attribution) -> bool:
    """The verb has words to report: a quotation, a clause, or what stands before it."""
    if a.postposed or any(reading.parsed.quoted[i] for start, end in a.scope for i in range(start, end)):
        return True
    clauses = reading.parsed.clauses
    following = clauses[a.clause + 1] if a.clause + 1 < len(clauses) else None
    return following is not None and (following.kind is Kind.COMPLEMENT or following.own_subject)


def _reports(actor: Actor) -> bool:
    """Services that report facts: what they say is news of the fact, not a position."""
    political = (
        "ministry",
        "government",
        "kremlin",
        "council",
        "parliament",
        "department",
        "house",
        "senate",
        "congress",
        "office",
        "cabinet",
    )
    return actor.kind == AGENCY and not any(w in actor.name.lower() for w in political)


def _position(verb: Token, actor: Actor) -> bool:
    """ "Kyiv says", "Russia sees": a standing position, told without a day."""
    return actor.kind in (STATE, GROUP) and verb.tag in ("VBZ", "VBP")


# Verbs of how one talks of a thing, or that only go on: no position of their own.
_CHARACTERISING = frozenset(("describe", "call", "continue", "indicate", "respond", "reply"))

# Words that a statement has at least.
_FEWEST = 11


def _stances() -> frozenset[str]:
    return frozenset(load("speech")["verbs"]["stance"])


def _stance(verb: str) -> bool:
    return verb in load("speech")["verbs"]["stance"]


def _speech_date(reading: Reading, a: Attribution) -> BoundDate | None:
    return date_for(reading, reading.parsed.clauses[a.clause].verb, a.clause)


def _about_conflict(said: list[Token]) -> bool:
    words, phrases = context_words("conflict")
    lower = [t.lower for t in said]
    if any(w in words or any(part in words for part in w.split("-")) for w in lower):
        return True
    return any(tuple(lower[i : i + len(p)]) == p for i, w in enumerate(lower) for p in phrases.get(w, ()))
