"""By what means a strike was made: the weapons that a sentence names, but for those that were hit or stored."""

from timeline.extraction.frames.scene import Scene
from timeline.extraction.grammar.tokens import Token
from timeline.extraction.lexicon import load
from timeline.extraction.reading import Reading


def means_of(reading: Reading, span: tuple[int, int], members: list[Scene]) -> tuple[str, str]:
    """(type, weapon's words) from the weapons of the span that are not what was hit."""
    excluded: set[int] = set()
    for s in members:
        if (
            s.trigger.phrase
            in ("destroy", "damage", "sink", "wipe out", "target", "intercept", "hit", "strike", "attack")
            and not s.trigger.nominal
        ):
            region = s.subject if s.passive and s.subject else s.object
            for position, kind in s.weapons_in(region[0], min(region[1], region[0] + 6)):
                if kind == "explosion":
                    continue  # "the bus hit a mine"
                before = {t.lower for t in reading.parsed.tokens[region[0] : position]}
                if not before & {"with", "by", "using", "in", "from", "of"}:
                    excluded.add(position)
    tokens = reading.parsed.tokens
    named = [(p, m) for p, m in members[0].weapons_in(*span) if p not in excluded and not _stored(tokens, p)]
    for s in members:
        if s.subject is not None and s.subject[0] < span[0]:
            named += s.weapons_in(*s.subject)  # "Shelling killed three in X and wounded five in Y"
    means = {m for _, m in named}
    kinds = {s.trigger.entry.type for s in members}
    words = ", ".join(dict.fromkeys(tokens[p].text for p, _ in named))
    if "clash" in kinds and kinds <= {"clash"} and not means & {"missile", "drone", "airstrike"}:
        return "clash", words
    if "clash" in kinds and not means:
        return "clash", words
    major = means & {"missile", "drone", "shelling", "airstrike"}
    if len(major) > 1:
        if major == {"airstrike", "missile"}:
            explicit = any(
                t.lower in ("airstrike", "airstrikes", "warplanes", "jets") for t in tokens[span[0] : span[1]]
            )
            return ("airstrike" if explicit else "missile" if "missile" in major else "airstrike"), words
        if major == {"drone", "airstrike"}:
            return "drone", words
        return "combined", words
    if major:
        return next(iter(major)), words
    implied = {
        m for m, verbs in load("triggers")["implied"].items() for s in members if s.trigger.phrase in verbs
    }
    if len(implied) == 1 and not means:
        return next(iter(implied)), words
    if means == {"explosion"} and _dropped(reading, members, named):
        return "airstrike", words
    if "explosion" in means or "explosion" in kinds:
        return "explosion", words
    return "attack", words


def _dropped(reading: Reading, members: list[Scene], named: list[tuple[int, str]]) -> bool:
    """ "dropped bombs on", "bombs fell on", "Russian bombs": from the air."""
    tokens = reading.parsed.tokens
    bombs = [p for p, _ in named if tokens[p].lower in ("bomb", "bombs")]
    if not bombs or len(bombs) != len(named):
        return False
    falling = any(s.trigger.phrase.startswith(("drop ", "fall ")) for s in members)
    of_a_state = any(a.adjective and a.side and a.last in bombs for a in reading.actors)
    return falling or (of_a_state and all(tokens[p].lower == "bombs" for p in bombs))


def _stored(tokens: list[Token], position: int) -> bool:
    """ "missile depot", "drone factory", "mine clearance": no means of the strike."""
    following = tokens[position + 1].lower if position + 1 < len(tokens) else ""
    return following in (
        "depot",
        "depots",
        "factory",
        "factories",
        "plant",
        "launcher",
        "launchers",
        "base",
        "bases",
        "production",
        "program",
        "programme",
        "workshop",
        "systems",
        "system",
        "alert",
        "alerts",
        "site",
        "sites",
        "warehouse",
        "storage",
        "debris",
    ) or (position > 0 and tokens[position - 1].lower in ("anti", "defence", "defense", "coal", "gold"))
