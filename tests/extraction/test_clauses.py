"""Clauses: who is subject of what, and what governs it."""

import pytest

from timeline.extraction.grammar.clauses import Kind, Parsed, parse
from timeline.extraction.grammar.tokens import starts_of, tokenise


def parsed(text: str) -> Parsed:
    return parse(tokenise(text))


def subject_of(text: str, verb: str) -> str:
    p = parsed(text)
    clause = next(c for c in p.clauses if p.tokens[c.verb].text == verb)
    return "" if clause.subject is None else " ".join(t.text for t in p.tokens[slice(*clause.subject)])


@pytest.mark.parametrize(
    ("text", "verb", "subject"),
    [
        ("Russian forces captured the town on Friday.", "captured", "Russian forces"),
        ("The town was captured by Russian forces.", "captured", "The town"),
        ("Russia said it had captured the town.", "captured", "it"),
        ("The army, which lost the town, withdrew.", "lost", "The army"),
        ("Rebels seized the town, killing two guards.", "killing", "Rebels"),
        ("Shelling killed three people and wounded five.", "wounded", "Shelling"),
        ("The general ordered troops to leave the city.", "leave", "troops"),
        ("The minister promised to send tanks.", "send", "The minister"),
        ("Missiles hit the port, said the mayor, Oleh Petrenko.", "said", "the mayor , Oleh Petrenko"),
        ("He died as gunmen suspected to be herders attacked the village.", "attacked", "gunmen"),
    ],
)
def test_subjects(text: str, verb: str, subject: str) -> None:
    assert subject_of(text, verb) == subject


@pytest.mark.parametrize(
    ("text", "verb", "kind"),
    [
        ("Officials said that the town fell.", "fell", Kind.COMPLEMENT),
        ("Officials said the town fell.", "fell", Kind.COMPLEMENT),
        ("The missile, which hit a school, came from the south.", "hit", Kind.RELATIVE),
        ("Troops advanced, seizing two villages.", "seizing", Kind.PARTICIPLE),
        ("Kyiv wants to retake the city.", "retake", Kind.INFINITIVE),
        ("Sirens sounded after drones entered the region.", "entered", Kind.ADVERBIAL),
        ("Troops shelled the town and burned two houses.", "burned", Kind.COORDINATED),
    ],
)
def test_kinds(text: str, verb: str, kind: Kind) -> None:
    p = parsed(text)
    assert next(c.kind for c in p.clauses if p.tokens[c.verb].text == verb) is kind


@pytest.mark.parametrize(
    ("text", "verb", "passive"),
    [
        ("The bridge was destroyed overnight.", "destroyed", True),
        ("Drones destroyed the bridge.", "destroyed", False),
        ("Two men were shot dead.", "shot", True),
        ("A depot hit by drones burned down.", "hit", True),
    ],
)
def test_voice(text: str, verb: str, passive: bool) -> None:
    p = parsed(text)
    assert next(c.passive for c in p.clauses if p.tokens[c.verb].text == verb) is passive


def test_nouns_that_look_like_verbs() -> None:
    tags = {t.text: t.tag for t in tokenise("The strikes on the port continued while talks resumed.")}
    assert tags["strikes"].startswith("NN")
    assert tags["talks"].startswith("NN")
    verbs = {t.text: t.tag for t in tokenise("Russia strikes the port of Odesa.")}
    assert verbs["strikes"].startswith("VB")


def test_offsets_are_the_text() -> None:
    text = "The U.S. envoy, J. Smith, didn't meet Kyiv's team."
    tokens = tokenise(text, 4)
    starts = starts_of(tokens, text, 4)
    assert all(text.startswith(token.text, at) for token, at in zip(tokens, starts, strict=True))
    assert starts == sorted(set(starts))
    assert "".join(token.text for token in tokens) == "".join(text[4:].split())
    assert [t.text for t in tokenise(text)][:3] == ["The", "U.S.", "envoy"]
