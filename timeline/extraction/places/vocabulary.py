"""The words around place names, from lexicon/place_words.toml and countries.toml, as sets."""

from functools import cache
from typing import Any

from textblob.en import parser

from timeline.extraction.lexicon import load


def _words(*path: str) -> frozenset[str]:
    table: Any = load("place_words")
    for key in path:
        table = table[key]
    return frozenset(table)


def plural(noun: str) -> str:
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"


class Vocabulary:
    """All sets are lower case unless said otherwise. Use `vocabulary()`, which reads the files once."""

    def __init__(self) -> None:
        self.locative = _words("prepositions", "locative")
        self.prepositions = self.locative | _words("prepositions", "other")
        self.actor_prepositions = _words("prepositions", "actor")
        self.near_prepositions = _words("prepositions", "near")
        self.directions = _words("directions", "words")
        self.passed = _words("passed", "words") | self.directions
        self.neutral = _words("neutral", "words")
        self.person_titles = _words("titles", "person")
        self.titles = _words("titles", "words")
        self.facilities = _words("facilities", "after")
        self.facility_words = frozenset(word for noun in self.facilities for word in noun.split())
        self.facility_parts = _words("facilities", "parts")
        self.named_after = _words("named_after", "words")
        self.named_after_lower = _words("named_after", "lower")
        self.before_of = _words("of", "words")
        self.names = _words("names", "words")
        self.never = _words("never", "words")
        self.rivers = _words("rivers", "words")
        self.place_verbs = tuple(sorted(_words("verbs", "of_place")))
        self.motion = tuple(sorted(_words("verbs", "of_motion")))
        plain = _words("types", "plain", "words")
        self.plain_types = plain | {plural(noun) for noun in plain}
        # Type noun, singular and plural > the kind of place that it names; of two kinds the broader.
        self.types: dict[str, str] = {}
        for kind in ("settlement", "admin2", "admin1"):
            for noun in _words("types", kind):
                self.types[noun] = self.types[plural(noun)] = kind
        self.type_words = frozenset(word for noun in self.types for word in noun.split())
        # Common noun that points back > kind of place, or the key of the only place it fits.
        anaphors = load("place_words")["anaphors"]
        self.anaphors: dict[str, str] = {
            noun: kind for kind, nouns in anaphors.items() if kind != "of" for noun in nouns
        }
        self.anaphors |= {noun: key for key, nouns in anaphors["of"].items() for noun in nouns}
        # Country code > what it calls its first-order divisions, where that is not "region".
        self.division_nouns: dict[str, str] = {
            code: str(noun).lower() for code, noun in load("regions")["nouns"].items()
        }
        countries = load("countries")
        # Adjective as written > country code.
        self.demonyms: dict[str, str] = {
            name: code for code, names in countries["adjectives"].items() for name in names
        }
        self.demonym_heads = frozenset(name.split()[0] for name in self.demonyms if " " in name)
        self.country_names = frozenset(
            name for names in countries["names"].values() for name in names
        )  # as written
        self.theatres: tuple[str, ...] = tuple(countries["theatres"])
        self.english_names = frozenset(countries["english_names"])  # country codes
        self.fronts: tuple[tuple[str, str], ...] = tuple((a, b) for a, b in countries["fronts"])
        # Place names as we display them, whatever the text's spelling.
        self.displayed = frozenset(
            str(spec.get("name", name))
            for names in load("place_aliases").values()
            for name, spec in names.items()
        )
        self.given_names = frozenset(countries["given_names"])  # as written

    def calls_it(self, country: str, noun: str) -> bool:
        """Whether a country calls its first-order divisions so: Nigeria "state", Ukraine "oblast".

        "Region" tells nothing, and is no country's.
        """
        return self.division_nouns.get(country) == noun or (
            noun == "oblast" and country in ("UA", "RU", "BY")
        )


vocabulary = cache(Vocabulary)


@cache
def is_common_word(word: str) -> bool:
    """Whether an English word list has it in lower case ("Reading", "Nice", "Of", "Said")."""
    tag = parser.lexicon.get(word.lower())
    return tag is not None and not tag.startswith("NNP")


def is_common_noun(word: str) -> bool:
    """Whether a word in lower case is a noun in that list."""
    return word.islower() and (parser.lexicon.get(word) or "").startswith("NN")
