"""One mention of an actor in a sentence."""

from dataclasses import dataclass

from timeline.extraction.actors.lexicon import FORCE, GROUP, known_surnames, women

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


def is_named(actor: Actor) -> bool:
    """A person by name, not "officials"."""
    return actor.name[:1].isupper() and actor.name.split()[-1][:1].isupper()


def gender(actor: Actor) -> bool | None:
    """True for a woman, False for a man, None where the lexicon does not know the person."""
    surname = actor.name.split()[-1].lower()
    if surname in women():
        return True
    return False if surname in known_surnames() else None
