"""Which of the actors can act in diplomacy, and for which sides."""

from timeline.extraction.actors.registry import AGENCY, GROUP, ORGANISATION, PERSON, STATE, Actor, is_named


def officials(actors: list[Actor]) -> list[Actor]:
    """Those who can act in diplomacy: states, bodies, named or titled officials."""
    return [
        a
        for a in actors
        if (a.kind in (STATE, AGENCY, ORGANISATION) and a.side and not a.adjective)
        or (a.kind == PERSON and a.official and (a.side or a.body or is_named(a)))
        or (a.kind == GROUP and a.side)
    ]


def sides(actors: list[Actor]) -> set[str]:
    return {a.side for a in actors if a.side}
