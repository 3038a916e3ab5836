"""Inflected forms of English verbs and nouns, generated forward from their lemmas.

The lexicons name lemmas; a text holds forms. Generating forms from lemmas (instead of guessing lemmas from
forms) never invents a lemma that the lexicon does not have. Irregular forms are data: `lexicon/irregular.toml`.
"""

from functools import cache

from timeline.extraction.lexicon import load

_VOWELS = "aeiou"
# Final consonant doubled in "shelling", not: two syllables with stress on the first ("target").
_DOUBLED = frozenset(
    (
        "stop swap scrap plan grab ban begin commit refer transfer omit cut hit set win run get put let quit "
        "shut sit drop repel expel compel propel control patrol rebel ship trap stab gun ram rip slam submit admit "
        "permit regret defer rebut occur"
    ).split()
)

# Doubled in British English only: a text has either.
_EITHER = frozenset("travel cancel level signal label marshal quarrel shovel fuel".split())


@cache
def _irregular() -> dict[str, tuple[str, str]]:
    return {lemma: (past, participle) for lemma, (past, participle) in load("irregular")["verbs"].items()}


@cache
def _irregular_plurals() -> dict[str, str]:
    return dict(load("irregular")["plurals"])


def third_person(lemma: str) -> str:
    """ "carry" -> "carries"; also the regular plural of nouns."""
    if lemma.endswith("y") and lemma[-2:-1] not in _VOWELS:
        return lemma[:-1] + "ies"
    if lemma.endswith(("s", "x", "z", "ch", "sh", "o")):
        return lemma + "es"
    return lemma + "s"


def gerund(lemma: str) -> str:
    if lemma in _DOUBLED:
        return lemma + lemma[-1] + "ing"
    if lemma.endswith("ie"):
        return lemma[:-2] + "ying"
    if lemma.endswith("e") and not lemma.endswith(("ee", "oe", "ye")):
        return lemma[:-1] + "ing"
    return lemma + "ing"


def past_forms(lemma: str) -> tuple[str, str]:
    """Simple past and past participle."""
    if lemma in _irregular():
        return _irregular()[lemma]
    if lemma in _DOUBLED:
        form = lemma + lemma[-1] + "ed"
    elif lemma.endswith("e"):
        form = lemma + "d"
    elif lemma.endswith("y") and lemma[-2:-1] not in _VOWELS:
        form = lemma[:-1] + "ied"
    else:
        form = lemma + "ed"
    return form, form


def verb_forms(lemma: str) -> frozenset[str]:
    """All forms of a verb, the lemma included."""
    british = {f"{lemma}{lemma[-1]}{ending}" for ending in ("ed", "ing")} if lemma in _EITHER else set()
    return frozenset({lemma, third_person(lemma), gerund(lemma), *past_forms(lemma), *british})


def noun_forms(lemma: str) -> frozenset[str]:
    """Singular and plural; of a phrase the last word is inflected."""
    head, _, last = lemma.rpartition(" ")
    plural = _irregular_plurals().get(last, third_person(last))
    return frozenset({lemma, f"{head} {plural}".strip()})
