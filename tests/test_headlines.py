"""Headlines: the wording of some events, and that every combination of parts gives a clean line."""

import itertools
import re
import tomllib
from pathlib import Path

import pytest

from timeline.assessment import Speaker
from timeline.extraction.codebook import TYPES, Modality, PlacePrecision, Role, Status
from timeline.extraction.findings import Figure, Party
from timeline.telling.headlines import FORMS, LONGEST, Parts, figure_words, headline
from timeline.telling.wording import is_plural, listing, with_article

CASES = tomllib.loads((Path(__file__).parent / "data" / "headlines.toml").read_text("utf-8"))["case"]
ROLES = {"by": Role.INITIATOR, "to": Role.TARGET, "with": Role.PARTICIPANT, "mediators": Role.MEDIATOR}


def figure(bounds):
    return Figure(*(None if n == "" else n for n in bounds)) if bounds else None


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["line"])
def test_headline(case):
    parts = Parts(
        case["type"],
        Status(case["status"]),
        modality=Modality(case.get("modality", "occurred")),
        parties=tuple(
            Party(name, role, kind, side)
            for field, role in ROLES.items()
            for name, kind, side in case.get(field, ())
        ),
        target=case.get("target", ""),
        place=case.get("place", ""),
        place_precision=PlacePrecision(case["place_precision"]) if "place_precision" in case else None,
        killed=figure(case.get("killed")),
        wounded=figure(case.get("wounded")),
        said=tuple(Speaker(*s) for s in case.get("said", ())),
        denied=tuple(Speaker(*s) for s in case.get("denied", ())),
        gist=case.get("gist", ""),
        destroyed=case.get("destroyed", False),
    )
    assert headline(parts) == case["line"]


def test_every_type_has_a_form():
    assert set(FORMS) == set(TYPES)


RUSSIA = Party("Russia", Role.INITIATOR, "state", "RU")
ENVOY = Party("Ann Envoy", Role.INITIATOR, "person", "RU")
UKRAINE = Party("Ukraine", Role.TARGET, "state", "UA")
AMERICA = Party("United States", Role.PARTICIPANT, "state", "US")
OMAN = Party("Oman", Role.MEDIATOR, "state", "OM")
MINISTRY, GOVERNOR = Speaker("Russia's Defence Ministry", "RU"), Speaker("the governor", "UA")
DANGLING = re.compile(
    r" (?:in|on|of|to|by|with|at|over|near|from|into|for|against|that|and|a|an|the)(?:$|[;:,])"
)


DONE = Modality.OCCURRED
FRAMES = [
    (Status.REPORTED, (), (), DONE),
    (Status.CORROBORATED, (GOVERNOR, MINISTRY), (), DONE),
    *((Status.CLAIMED, said, (), DONE) for said in [(), (MINISTRY,), (GOVERNOR,), (GOVERNOR, MINISTRY)]),
    *((Status.DISPUTED, said, (GOVERNOR,), DONE) for said in [(), (MINISTRY,)]),
    (Status.DISPUTED, (GOVERNOR,), (MINISTRY,), DONE),
    *((Status.DENIED, (), denied, DONE) for denied in [(), (MINISTRY,), (GOVERNOR,), (GOVERNOR, MINISTRY)]),
    (Status.PLANNED, (MINISTRY,), (), Modality.PLANNED),
    (Status.PLANNED, (), (), Modality.HYPOTHETICAL),
]


@pytest.mark.parametrize("type_", TYPES)
def test_every_combination_of_parts_gives_a_clean_line(type_):
    seen = set()
    for (status, said, denied, modality), parties, target, (place, precision) in itertools.product(
        FRAMES,
        [
            (),
            (RUSSIA,),
            (RUSSIA, UKRAINE),
            (ENVOY, RUSSIA, UKRAINE),
            (RUSSIA, AMERICA),
            (AMERICA, OMAN),
            (UKRAINE,),
        ],
        ["", "grain silos"],
        [
            ("", None),
            ("Siversk", PlacePrecision.EXACT),
            ("Siversk", PlacePrecision.NEAR),
            ("Black Sea", None),
        ],
    ):
        line = headline(
            Parts(
                type_,
                status,
                modality=modality,
                parties=parties,
                target=target,
                place=place,
                place_precision=precision,
                killed=Figure(8, 8, 8) if target else None,
                said=said,
                denied=denied,
            )
        )
        seen.add(line)
        assert line == " ".join(line.split()), line
        assert line[0].isupper(), line
        assert not re.search(r"[{}]|None|\bclaim|[.;:, ]$|[;,]{2}| [;:,]", line), line
        assert not DANGLING.search(line), line
        assert not re.search(r"\b(\w+) \1\b", line), line
        assert not re.search(r"\ba [aeio]|\ban [^aeiou]", line), line
        assert not re.search(r"(?<! and )\b(?:Russia|it|governor) (?:say|deny|meet|hold)\b", line), line
        assert len(line) <= LONGEST
        for part in (target, place):
            # What is known of the act is shown; only a reported or planned act of speech is told without it.
            shown = (
                part in line or TYPES[type_].category == "diplomacy" or type_ in ("demand", "interception")
            )
            assert shown, (part, line)
    assert len(seen) > 20


@pytest.mark.parametrize("speaker", ["Ann Envoy", "Bob Minister"])
def test_a_long_quote_is_cut_at_a_word(speaker):
    gist = "Ann Envoy will " + "negotiate and " * 40 + "sign."
    party = Party(speaker, Role.INITIATOR, "person")
    line = headline(Parts("statement", Status.REPORTED, parties=(party,), gist=gist))
    assert len(line) <= LONGEST
    assert line.rstrip("”").endswith(("negotiate…", "and…"))


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ((8, 8, 8), "8"),
        ((8, 8, None), "at least 8"),
        ((30, 36, None), "about 36"),
        ((24, None, 99), "24 to 99"),
        ((24, None, None), "at least 24"),
        ((None, None, 5), "up to 5"),
        ((0, 0, 0), "no one"),
        ((None, None, None), ""),
    ],
)
def test_figure_words(bounds, words):
    assert figure_words(Figure(*bounds)) == words


@pytest.mark.parametrize(
    ("name", "plural"),
    [
        ("residents", True),
        ("Houthi rebels", True),
        ("Armed Forces of Norvia", True),
        ("Israeli forces", True),
        ("local authorities in Goma", True),
        ("the police", True),
        ("United States", False),
        ("United Nations", False),
        ("Hamas", False),
        ("Reuters", False),
        ("Russia's Defence Ministry", False),
        ("a source in the security services", False),
        ("the governor of the islands", False),
    ],
)
def test_is_plural(name, plural):
    assert is_plural(name) is plural


def test_listing_and_articles():
    assert [listing(list("ABCD")[:n]) for n in range(5)] == [
        "",
        "A",
        "A and B",
        "A, B and C",
        "A, B and 2 others",
    ]
    assert listing(["A", "A"]) == "A"
    assert [with_article(n) for n in ("Black Sea", "Odesa", "United States")] == [
        "the Black Sea",
        "Odesa",
        "the United States",
    ]
