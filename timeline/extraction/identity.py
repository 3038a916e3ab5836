"""Which side a name belongs to, outside any article: "Russia's Defence Ministry" is an agency of RU."""

from functools import lru_cache

from timeline.extraction.actors import Registry
from timeline.extraction.clauses import parse
from timeline.extraction.tokens import tokenise


@lru_cache(maxsize=20_000)
def identify(name: str) -> tuple[str, str]:
    """(kind, side) as in `findings.Party`; "" for what the lexicons do not know."""
    found = [a for a in Registry().read(parse(tokenise(name)), ()) if a.kind or a.side]
    best = next((a for a in found if a.side and not a.adjective), None) or next((a for a in found if a.side), None)
    return (best.kind, best.side) if best else ("", "")
