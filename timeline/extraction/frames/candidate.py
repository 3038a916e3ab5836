"""A possible finding of one sentence, before the article pass completes, merges and chooses."""

from dataclasses import dataclass, field

from timeline.extraction.actors.registry import PERSON, STATE, Actor
from timeline.extraction.codebook import TYPES, Category, Modality, Role, Stance, Toll
from timeline.extraction.findings import Figure, Party
from timeline.extraction.frames.binding import BoundDate
from timeline.extraction.frames.scene import Scene
from timeline.extraction.lexicon import load
from timeline.extraction.places.finding import PlaceMention
from timeline.extraction.reading import Reading
from timeline.extraction.speakers.attribution import Attribution


@dataclass(slots=True)
class Candidate:
    """`sentence` is the index of its reading, `span` the token range it rests on, `strength` 0..1."""

    type: str
    sentence: int
    position: int
    span: tuple[int, int]
    strength: float
    rule: str
    modality: Modality = Modality.OCCURRED
    place: PlaceMention | None = None
    date: BoundDate | None = None
    parties: list[Party] = field(default_factory=list)
    speakers: list[str] = field(default_factory=list)
    tolls: dict[Toll, Figure] = field(default_factory=dict)
    target: str = ""
    weapon: str = ""
    stance: Stance = Stance.ASSERTS
    clause: int = -1
    nominal: bool = False
    past_perfect: bool = False
    definite: bool = False  # "the attack": a mention of something told before
    update: bool = False  # a toll that is updated
    notes: list[str] = field(default_factory=list)
    extra: list[int] = field(default_factory=list)  # further sentences of evidence

    @property
    def category(self) -> Category:
        return TYPES[self.type].category

    def side_of(self, role: Role) -> set[str]:
        return {p.side for p in self.parties if p.role is role and p.side}

    @property
    def sides(self) -> set[str]:
        return {p.side for p in self.parties if p.side}


def party(actor: Actor, role: Role) -> list[Party]:
    """The actor and, where it acts for a body or a state, that too."""
    kind = actor.kind
    found = [Party(actor.name, role, kind, actor.side)]
    if kind == STATE and actor.name not in _state_names().values():
        state = _state_names().get(actor.side)
        if state:
            found.append(Party(state, role, STATE, actor.side))
        return found
    if actor.body and actor.body != actor.name:
        found.append(
            Party(actor.body, role, STATE if actor.body in _state_names().values() else "agency", actor.side)
        )
    state = _state_names().get(actor.side)
    if (
        state
        and kind != STATE
        and all(p.name != state for p in found)
        and (kind != PERSON or actor.body != "")
    ):
        found.append(Party(state, role, STATE, actor.side))
    return found


def _state_names() -> dict[str, str]:
    states = load("states")["states"]
    return _CACHE or _CACHE.update({iso: row[0] for iso, row in states.items()}) or _CACHE


_CACHE: dict[str, str] = {}


def ours(reading: Reading, s: Scene, says: list[Attribution]) -> list[Actor]:
    """ "We liberated the village", X said: "we" are the side of whoever speaks."""
    if s.trigger.nominal or s.passive or s.subject is None or not says:
        return []
    speaker = says[0].speaker.actor
    first = reading.parsed.tokens[s.subject[0]].lower
    return [speaker] if speaker is not None and speaker.side and first in ("we", "our") else []


def add_parties(candidate: Candidate, actors: list[Actor], role: Role) -> None:
    for actor in actors:
        for p in party(actor, role):
            if all(x.name != p.name for x in candidate.parties):
                candidate.parties.append(p)
