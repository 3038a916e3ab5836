"""What a side is called: the codes of `Event.said_by`, `Actor.side` and `Place.country` as readers' words."""

from functools import cache

from timeline.extraction.lexicon import load


@cache
def _names() -> dict[str, str]:
    states = {code: name for code, (name, *_) in load("states")["states"].items()}
    groups: dict[str, str] = {}
    for name, side, *_ in load("actors")["groups"].values():
        groups.setdefault(side, name)
    bodies = {key: name for key, (name, side, *_) in load("actors")["organisations"].items() if key == side}
    return bodies | groups | states


@cache
def state_codes() -> dict[str, str]:
    """ "Russia" -> "RU"."""
    return {name: code for code, (name, *_) in load("states")["states"].items()}


def side_name(code: str) -> str:
    """ "RU" -> "Russia", "hamas" -> "Hamas". A code that is no state's and no group's ("UN") is a name already."""
    return _names().get(code, code)
