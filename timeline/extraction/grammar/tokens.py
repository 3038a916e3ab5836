"""Words with part-of-speech tags and lemmas.

Tags are Penn Treebank tags from TextBlob's bundled lexicon and rules (no corpus, no download; .947 on news).
Its commonest confusions in war news are repaired here, because everything later reads the tags:
"strikes", "talks", "claims" (noun or verb) and participles tagged as adjectives ("damaging a house").
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from textblob.en import parser

from timeline.extraction.grammar.inflection import gerund, noun_forms, past_forms, third_person, verb_forms
from timeline.extraction.lexicon import load

_TOKEN = re.compile(
    r"[A-Za-z][a-z]*(?=[ ,])"  # what most are, found first
    r"|(?:[A-Za-z]\.){2,}"  # U.S.
    r"|(?:Mr|Mrs|Ms|Dr|Gen|Col|Lt|Maj|Sgt|Capt|Adm|Brig|Gov|Sen|Rep|St|No)\."
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\."
    r"|\b[A-Z]\.(?=\s[A-Z])"  # an initial
    r"|\d+(?:st|nd|rd|th)\b|\d+(?:[.,:]\d+)*"
    r"|['’](?:s|S|re|ve|ll|d|m)\b"
    r"|n['’]t\b"
    r"|\w+?(?=n['’]t\b)"
    r"|\w+(?:(?:[-‑–]|['’](?!(?:s|S|re|ve|ll|d|m|t)\b))\w+)*"
    r"|--+|\.\.\.|…|\S"
)
QUOTES = frozenset('"“”„«»')


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """A word as it is read; `verb`/`noun` are the lemma in that reading, "" where unknown.

    One object stands for a word wherever it is read so: compare positions, not tokens.
    """

    text: str
    lower: str
    tag: str
    verb: str = ""
    noun: str = ""

    @property
    def is_quote(self) -> bool:
        return self.text in QUOTES


@cache
def _lemmas() -> tuple[dict[str, str], dict[str, str]]:
    """(verb form -> lemma, noun form -> lemma) of every word that a lexicon names."""
    verbs: dict[str, str] = {}
    nouns: dict[str, str] = {}
    for lemma in sorted(_named_verbs()):
        for form in sorted(verb_forms(lemma)):
            if form not in verbs or form == lemma:
                verbs[form] = lemma
    for lemma in sorted(_named_nouns()):
        for form in sorted(noun_forms(lemma)):
            nouns.setdefault(form, lemma)
    verbs.update(dict.fromkeys(("am", "is", "are", "was", "were", "be", "been", "being"), "be"))
    verbs.update({"has": "have", "does": "do", "left": "leave", "felt": "feel", "goes": "go"})
    return verbs, nouns


def _named_verbs() -> set[str]:
    found = set(load("irregular")["verbs"])
    for entry in load("triggers")["verb"]:
        found.update(phrase.split()[0] for phrase in entry["verbs"])
    for group in load("speech")["verbs"].values():
        found.update(phrase.split()[0] for phrase in group)
    for group in load("modality")["verbs"].values():
        found.update(phrase.split()[0] for phrase in group)
    return found


def _named_nouns() -> set[str]:
    found: set[str] = set(load("irregular")["ambiguous"]["nouns"])
    for entry in load("triggers")["noun"]:
        found.update(phrase.split()[-1] for phrase in entry["nouns"])
    for group in load("actors")["nouns"].values():
        found.update(group)
    for group in load("triggers")["weapons"].values():
        found.update(phrase.split()[-1] for phrase in group)
    return found


@cache
def _participles() -> frozenset[str]:
    return frozenset(form for v in _named_verbs() for form in {gerund(v), *_british(v, "ing")})


@cache
def _pasts() -> tuple[frozenset[str], frozenset[str]]:
    pairs = [past_forms(v) for v in _named_verbs()]
    british = [form for v in _named_verbs() for form in _british(v, "ed")]
    return frozenset([*(p for p, _ in pairs), *british]), frozenset([*(p for _, p in pairs), *british])


def _british(verb: str, ending: str) -> list[str]:
    """ "travelled", "travelling"."""
    return [form for form in verb_forms(verb) if form != verb and form.endswith(ending)]


@cache
def _third_persons() -> frozenset[str]:
    return frozenset(third_person(v) for v in _named_verbs())


_NOMINAL = frozenset(("DT", "PRP$", "POS", "JJ", "NN"))
_ORDINAL = ("st", "nd", "rd", "th")
_DETERMINER = frozenset(("DT", "PRP$", "POS", "JJ", "CD", "WP$"))
_BEFORE_NOUN = frozenset(("RB", "IN", "DT", "JJ", "NN", "NNP", "NNS", "POS", "CC", "PRP$", "VBG", ","))
_ATTRIBUTIVE = frozenset(
    ("occupied", "annexed", "seized", "captured", "held", "controlled", "liberated", "wounded", "injured")
)
_NOUNY = ("NN", "PRP")
# Verbs by their form, but in capitals inside a sentence parts of names: "United States", "Rapid Support Forces".
_NAME_WORDS = frozenset(("States", "Forces", "Guards", "Nations"))
_OF_NOUNS = frozenset("on at of against with in near by from over".split())
_BASE_FORMS_AFTER = frozenset(
    ("to", "will", "would", "may", "might", "could", "can", "must", "should", "shall", "'ll")
)


def tokenise(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Tokens of `text[start:end]`, tagged; `starts_of` says where they stand."""
    words = _TOKEN.findall(text, start, len(text) if end is None else end)
    shouting = sum(map(str.isupper, words)) > len(words) / 2 and (
        sum(len(w) > 3 for w in words if w.isupper()) > len(words) / 2  # an all-capitals headline
    )
    if shouting:
        tokens = [_read(word, not i, shouting) for i, word in enumerate(words)]
    else:
        tokens = [*(_read(word, True) for word in words[:1]), *map(_read, words[1:])]
    _repair(tokens)
    return tokens


def starts_of(tokens: Iterable[Token], text: str, start: int = 0) -> list[int]:
    """Offsets of tokens that `tokenise` found in `text` from `start` on."""
    found = []
    for token in tokens:
        start = text.find(token.text, start)  # what is not white space begins it
        found.append(start)
        start += len(token.text)
    return found


@lru_cache(maxsize=65_536)
def _read(raw: str, first: bool = False, shouting: bool = False) -> Token:
    """A word by itself; `first` in its sentence. Texts use few words often."""
    word = raw.replace("’", "'")
    lower = word.lower()
    # The tagger knows no context either, but what begins a sentence it also looks up in lower case.
    tagged = parser.find_tags([*([] if first else [","]), lower if shouting else word])
    tag = tagged[-1][1] or "NN"
    verbs, nouns = _lemmas()
    tag = _fixed_tag(word, lower, tag, first)
    return Token(raw, lower, tag, verbs.get(lower, ""), nouns.get(lower, ""))


@lru_cache(maxsize=65_536)
def _tagged(token: Token, tag: str) -> Token:
    return replace(token, tag=tag)


def _fixed_tag(word: str, lower: str, tag: str, first: bool) -> str:
    if word in ("'s", "'"):
        return "POS"
    if word[0] == "'" and word[1:].isalpha():
        return "MD" if word in ("'ll", "'d") else "VBP"
    if not word[0].isalnum():
        return (
            word if word in (",", ";", ":", "(", ")", ".", "?", "!") else ("''" if word in QUOTES else "SYM")
        )
    if lower[0].isdigit():
        return "JJ" if lower.endswith(_ORDINAL) else "CD"
    if word in ("US", "UK", "UN", "EU") or (word in _NAME_WORDS and not first):
        return "NNP"
    if lower in ("according", "including"):
        return "IN"
    if not word[1:].islower() and not word.isupper() and any(c.isupper() for c in word[1:]):
        return "NNP"  # DeepState
    if tag.startswith("VB") and word[0].isupper() and not first and lower not in _lemmas()[0]:
        return "NNP"  # "to DeepState"
    if lower in ("which", "that", "who", "whom"):
        return "WDT" if lower != "that" else tag
    return tag or "NN"


def _repair(tokens: list[Token]) -> None:
    participles, (pasts, past_participles), thirds = _participles(), _pasts(), _third_persons()
    for i, t in enumerate(tokens):
        if not t.verb:
            if t.tag == "VB" and i and _stands_for_a_noun(tokens, i):
                tokens[i] = _tagged(t, "NN")
            continue
        if t.verb in ("be", "have", "do") or (i and t.text in _NAME_WORDS):
            continue
        before = tokens[i - 1] if i else None
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        takes_object = after is not None and (
            after.tag in ("DT", "PRP$", "CD", "NNP", "PRP")
            or after.lower in ("at", "dozens", "hundreds", "more", "up", "down", "that", "to")
        )
        governor = tokens[i - 2] if before is not None and before.lower == "not" and i > 1 else before
        if governor is not None and governor.lower in _BASE_FORMS_AFTER and t.lower == t.verb:
            tokens[i] = _tagged(t, "VB")  # "will not sign"
        elif t.lower in participles:
            auxiliary = any(x.verb in ("be", "keep") for x in tokens[max(0, i - 2) : i])
            nominal = before is None or before.tag in _BEFORE_NOUN
            if (
                auxiliary
                and t.tag in ("JJ", "NN")
                and after is not None
                and after.tag.startswith(("NN", "IN", "TO"))
            ):
                tokens[i] = _tagged(t, "VBG")  # "are warning civilians"
            elif t.noun and not auxiliary and not takes_object and nominal:
                tokens[i] = _tagged(t, "NN")  # "Kherson shelling wounded three"
            elif (
                t.tag in ("JJ", "NN", "VBG")
                and takes_object
                and (before is None or before.tag not in _DETERMINER)
            ):
                tokens[i] = _tagged(t, "VBG")
        elif t.lower in pasts or t.lower in past_participles:
            adjective = (
                after is not None
                and after.tag.startswith("NN")
                and (
                    before is None
                    or before.tag in ("IN", "CC", ",")
                    or (before.tag == "VBD" and before.verb not in ("be", "have", "get"))
                )
            )
            if t.tag.startswith("VB") and adjective and t.lower in _ATTRIBUTIVE and before is not None:
                tokens[i] = _tagged(t, "JJ")  # "in occupied Crimea"
            elif (
                t.tag == "VBD"
                and before is not None
                and before.tag in ("DT", "PRP$", "POS")
                and after is not None
                and after.tag.startswith("NN")
            ):
                tokens[i] = _tagged(t, "VBN")  # "a downed drone"
            elif (
                t.tag in ("NN", "JJ", "VB", "VBP", "NNP")
                and not (before is not None and before.tag in _DETERMINER)
                and not (t.tag == "JJ" and adjective)
            ):
                tokens[i] = _tagged(t, "VBD")
            elif (
                t.lower == t.verb
                and t.tag.startswith("VB")
                and before is not None
                and before.tag in ("DT", "PRP$")
            ):
                tokens[i] = _tagged(t, "NN")  # "the hit"
        elif t.lower in thirds or t.lower == t.verb:
            if before is not None and before.tag == "RB" and i > 1:
                before = tokens[i - 2]  # "he formally annexes"
            noun_before = before is not None and before.tag.startswith(_NOUNY)
            only_verb = not t.noun and t.lower != t.verb
            if t.verb == "force" and after is not None and after.lower == "to":
                takes_object = False  # "American forces to fight"
            if t.tag.startswith("NN") and noun_before and (takes_object or only_verb) and _agrees(before, t):
                tokens[i] = _tagged(t, "VBZ" if t.lower != t.verb else "VBP")
            elif (
                t.tag == "VBZ" and t.noun and i > 1 and noun_before and not takes_object
                and tokens[i - 2].lower in _OF_NOUNS
            ):  # fmt: skip
                tokens[i] = _tagged(t, "NNS")  # "on Houthi targets in Sanaa"
            elif (
                t.tag.startswith("VB") and before is not None and before.tag in ("DT", "PRP$", "POS", "CD")
            ) or (t.tag.startswith("VB") and t.noun and before is not None and before.tag == "JJ"):
                tokens[i] = _tagged(t, "NNS" if t.lower != t.verb else "NN")


def _stands_for_a_noun(tokens: list[Token], i: int) -> bool:
    """ "A war monitor said"."""
    before = tokens[i - 1].tag
    return before in _NOMINAL and (
        before != "NN" or (i + 1 < len(tokens) and tokens[i + 1].tag.startswith("VB"))
    )


def _agrees(subject: Token | None, verb: Token) -> bool:
    """ "Russia attacks", "forces attack"; not "missile attacks" before an object that is not one."""
    if subject is None:
        return False
    if verb.lower != verb.verb and not verb.noun and subject.tag == "NN":
        return True  # "the army retakes"
    plural = subject.tag in ("NNS", "NNPS") or subject.lower in ("they", "we", "i", "you")
    return plural != (verb.lower != verb.verb) and (
        subject.tag.startswith("NNP") or subject.tag == "PRP" or plural
    )


def words(tokens: Iterable[Token]) -> str:
    return " ".join(t.text for t in tokens)
