"""Which articles are one text with small edits, so that five reprints count as one origin. Pure.

    print_ = fingerprint(article_text, byline=article.byline)
    print_.band_keys             # store these; articles that share one are candidates
    same_origin(print_, other)   # decides for one candidate, and says why

MinHash over word shingles finds the candidates (`rensa`); the decision is taken on the shingles
themselves, so it does not depend on hashing luck. Whether two articles describe the same event is
not asked here: two independent accounts of one strike share few shingles of five words.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from hashlib import blake2b

from rensa import RMinHash

SHINGLE_WORDS = 5
PERMUTATIONS = 128
# 32 bands of 4: texts of a Jaccard similarity of .3 share a band in 23 of 100 cases, .5 in 87, .6 in 99.
ROWS = 4
SEED = 20
SCHEME = 1  # part of every key: raise it when words, shingles or hashing change, and write the keys anew

# Jaccard similarity of shingles. Agency copy is cut and retouched by outlets; accounts written
# independently of each other stay below .1.
SAME_TEXT = 0.5
SAME_TEXT_WITH_CREDIT = 0.3  # both name the same agency
# The shorter text is this much contained in the longer one: an agency's first paragraphs, or an update.
CONTAINED = 0.75
CONTAINED_SHINGLES = 40  # below this, containment is a quotation, not a text

_WORD = re.compile(r"\w+(?:['’]\w+)?")

# How outlets credit agencies. The name alone is no credit: "told Reuters" is an interview, "AFP footage" a
# photograph. Patterns are applied to the byline, and to the first and last lines of the text.
_AGENCIES: dict[str, str] = {
    "AFP": r"AFP|Agence France[- ]Presse",
    "AP": r"AP|Associated Press",
    "Reuters": r"Reuters",
    "TASS": r"TASS",
    "RIA Novosti": r"RIA Novosti|Sputnik",
    "Interfax": r"Interfax(?:-Ukraine)?",
    "Ukrinform": r"Ukrinform",
    "UNIAN": r"UNIAN",
    "dpa": r"dpa|Deutsche Presse-Agentur",
    "EFE": r"EFE|Agencia EFE",
    "ANSA": r"ANSA",
    "Xinhua": r"Xinhua",
    "Anadolu": r"Anadolu(?: Agency)?",
    "Kyodo": r"Kyodo(?: News)?",
    "PTI": r"PTI|Press Trust of India",
    "IRNA": r"IRNA",
    "SANA": r"SANA",
    "WAFA": r"WAFA",
    "Bloomberg": r"Bloomberg(?: News)?",
    "UPI": r"UPI|United Press International",
}
_ANY = "|".join(_AGENCIES.values())
_CREDITS = [
    re.compile(rf"^[^\n]{{0,80}}?[(/\[]\s*(?P<a>{_ANY})\s*[)/\]]\s*[-–—.:]?"),  # KYIV (Reuters) -, /TASS/.
    re.compile(rf"[(\[]\s*(?:(?:with|via|by)\s+)?(?P<a>{_ANY})\s*[)\]]\s*\.?\s*$"),  # ... (AFP)
    re.compile(rf"(?:^|\n)\s*[-–—]*\s*(?:with\s+)?(?P<a>{_ANY})\s*\.?\s*$"),  # a last line of its own
    re.compile(
        rf"(?i:reporting by|source:|copyright|©|first published by|via)\s+(?:\d{{4}}\s+)?(?P<a>{_ANY})\b"
    ),
]
_WHOLE = re.compile(rf"\b(?P<a>{_ANY})\b")
_EDGE = 300  # characters at either end of the text in which a credit stands


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is compared of an article. `shingles` are 64-bit hashes; `credits` names of agencies."""

    band_keys: tuple[str, ...]
    shingles: frozenset[int] = field(repr=False)
    credits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`similarity` is the Jaccard similarity of shingles, 0..1."""

    same: bool
    similarity: float
    reason: str


def agency_credits(text: str, byline: str = "") -> frozenset[str]:
    """The agencies whose copy this says it is: {"AFP"}, {"AP", "Reuters"}, or nothing."""
    found = [m["a"] for m in _WHOLE.finditer(byline)]
    for edge in (text[:_EDGE].lstrip(), text[-_EDGE:].rstrip()):
        found += [m["a"] for pattern in _CREDITS for m in pattern.finditer(edge)]
    return frozenset(
        agency for agency, names in _AGENCIES.items() if any(re.fullmatch(names, name) for name in found)
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold().replace("’", "'"))


def fingerprint(text: str, byline: str = "") -> Fingerprint:
    """Of an article's clean text. A text of fewer than five words is one shingle; an empty one has none."""
    words = _words(text)
    shingles = {" ".join(words[i : i + SHINGLE_WORDS]) for i in range(max(1, len(words) - SHINGLE_WORDS + 1))}
    if not words:
        return Fingerprint((), frozenset(), agency_credits(text, byline))
    sketch = RMinHash(PERMUTATIONS, SEED)
    sketch.update(sorted(shingles))
    signature = sketch.digest()
    keys = []
    for band, first in enumerate(range(0, PERMUTATIONS, ROWS)):
        rows = b"".join(value.to_bytes(4, "big") for value in signature[first : first + ROWS])
        keys.append(f"{SCHEME}:{band:02d}:{blake2b(rows, digest_size=10).hexdigest()}")
    hashes = frozenset(
        int.from_bytes(blake2b(shingle.encode(), digest_size=8).digest(), "big") for shingle in shingles
    )
    return Fingerprint(tuple(keys), hashes, agency_credits(text, byline))


def same_origin(a: Fingerprint, b: Fingerprint) -> Verdict:
    """Whether one is a reprint, a cut or an update of the other. Symmetrical."""
    shared = len(a.shingles & b.shingles)
    shorter = min(len(a.shingles), len(b.shingles))
    if not shared:
        return Verdict(False, 0.0, "no common wording")
    similarity = shared / (len(a.shingles) + len(b.shingles) - shared)
    contained = shared / shorter
    agencies = sorted(a.credits & b.credits)
    if similarity >= SAME_TEXT:
        return Verdict(True, similarity, f"{similarity:.0%} of the wording is the same")
    if agencies and similarity >= SAME_TEXT_WITH_CREDIT:
        credit = " and ".join(agencies)
        return Verdict(True, similarity, f"both credit {credit}; {similarity:.0%} of the wording is the same")
    if contained >= CONTAINED and shorter >= CONTAINED_SHINGLES:
        return Verdict(True, similarity, f"{contained:.0%} of the shorter text is in the longer one")
    return Verdict(False, similarity, f"only {similarity:.0%} of the wording is the same")
