"""Modality and its scope."""

import pytest

from timeline.extraction.codebook import Modality
from timeline.extraction.grammar.clauses import parse
from timeline.extraction.grammar.tokens import tokenise
from timeline.extraction.modality import modality_of

CASES = [
    ("Russia captured the town.", "captured", False, Modality.OCCURRED),
    ("Russia has not captured the town.", "captured", False, Modality.DENIED),
    ("No troops entered the town.", "entered", False, Modality.DENIED),
    ("Rwanda denied attacking the town.", "attacking", False, Modality.DENIED),
    ("Kyiv denied that the town had fallen.", "fallen", False, Modality.DENIED),
    ("The envoys will meet in Geneva.", "meet", False, Modality.PLANNED),
    ("The envoys are to meet in Geneva.", "meet", False, Modality.PLANNED),
    ("The envoys were set to meet in Geneva.", "meet", False, Modality.PLANNED),
    ("Putin plans to visit Beijing.", "visit", False, Modality.PLANNED),
    ("Trump said he would meet Putin.", "meet", False, Modality.PLANNED),
    ("Trump said he would meet Putin if the fighting stopped.", "meet", False, Modality.HYPOTHETICAL),
    ("If Russia attacks the city, the army will respond.", "attacks", False, Modality.HYPOTHETICAL),
    ("Russia could attack the city.", "attack", False, Modality.HYPOTHETICAL),
    ("Iran threatened to close the strait.", "close", False, Modality.HYPOTHETICAL),
    ("Egypt urged Israel to open the crossing.", "open", False, Modality.HYPOTHETICAL),
    ("Kyiv wants to retake the city.", "retake", False, Modality.HYPOTHETICAL),
    ("Will Russia attack the city?", "attack", False, Modality.HYPOTHETICAL),
    ("Troops were forced to abandon the city.", "abandon", False, Modality.OCCURRED),
    ("Ukraine claimed to have destroyed a bridge.", "destroyed", False, Modality.OCCURRED),
    ("Russian troops are storming the city.", "storming", False, Modality.ONGOING),
    ("The envoy said he was heading to Miami.", "heading", False, Modality.ONGOING),
    ("They discussed the planned summit in Rome.", "summit", True, Modality.PLANNED),
    ("Talks in Rome were set to take place on Monday.", "Talks", True, Modality.PLANNED),
    ("They discussed a possible attack on the city.", "attack", True, Modality.HYPOTHETICAL),
    ("Residents live under the threat of attack.", "attack", True, Modality.HYPOTHETICAL),
    ("An attack on the city killed two people.", "attack", True, Modality.OCCURRED),
]


@pytest.mark.parametrize(("text", "word", "nominal", "expected"), CASES)
def test_modality(text: str, word: str, nominal: bool, expected: Modality) -> None:
    parsed = parse(tokenise(text))
    position = next(i for i, t in enumerate(parsed.tokens) if t.text == word)
    assert modality_of(parsed, position, nominal)[0] is expected


def test_the_word_that_decides_is_told() -> None:
    parsed = parse(tokenise("Russia could attack the city."))
    position = next(i for i, t in enumerate(parsed.tokens) if t.text == "attack")
    assert modality_of(parsed, position, nominal=False) == (Modality.HYPOTHETICAL, "could")
