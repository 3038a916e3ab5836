"""Did it happen? Occurred, ongoing, planned, hypothetical or denied, by the scope the words have."""

from functools import cache

from timeline.extraction.codebook import Modality
from timeline.extraction.grammar.clauses import Clause, Kind, Parsed, reporting_verb
from timeline.extraction.lexicon import load


@cache
def _verbs() -> dict[str, frozenset[str]]:
    return {
        group: frozenset(v.split()[0] for v in verbs) for group, verbs in load("modality")["verbs"].items()
    }


@cache
def _words() -> dict[str, tuple[str, ...]]:
    return {group: tuple(words) for group, words in load("modality")["words"].items()}


def modality_of(parsed: Parsed, position: int, nominal: bool) -> tuple[Modality, str]:
    """The modality of the act that the token at `position` names, and the word that decides ("" for none).

    Outer clauses are asked in turn: what stands under "threatened to" or "if" did not happen.
    """
    tokens = parsed.tokens
    asked = _question(parsed) or _untrue(parsed, position)
    if asked is not None:
        return asked
    if nominal:
        found = _nominal(parsed, position)
        if found is not None:
            return found
    k = parsed.clause_of(position)
    if k < 0:
        return Modality.OCCURRED, ""
    clause = parsed.clauses[k]
    if not nominal or clause.verb < position:
        found = _of_clause(parsed, clause, own=not nominal)
        if found is not None:
            return found
    if nominal and clause.subject is not None and clause.subject[0] <= position < clause.subject[1]:
        found = _of_subject(parsed, clause)
        if found is not None:
            return found
    seen = {k}
    while True:
        parent = clause.parent
        if parent < 0 or parent in seen or clause.kind is Kind.RELATIVE:
            break
        seen.add(parent)
        outer = parsed.clauses[parent]
        found = _governing(parsed, clause, outer)
        if found is not None:
            return found
        clause = outer
    clause = parsed.clauses[k]
    if (
        not nominal
        and clause.progressive
        and not clause.past
        and not clause.modal
        and tokens[clause.group[0]].verb in ("be", "have")
    ):
        return Modality.ONGOING, tokens[clause.group[0]].text
    if not nominal and clause.progressive and clause.past and _reported(parsed, clause):
        return Modality.ONGOING, tokens[clause.group[0]].text  # "said he was heading"
    return Modality.OCCURRED, ""


_HAPPENING = frozenset(
    ("hold", "take", "begin", "start", "resume", "happen", "occur", "reach", "sign", "agree")
)


def _of_subject(parsed: Parsed, clause: Clause) -> tuple[Modality, str] | None:
    """An event noun as subject: "talks will be held", "if a truce is reached"."""
    if clause.conjunction in ("if", "unless") or parsed.tokens[clause.start].lower in ("if", "unless"):
        return Modality.HYPOTHETICAL, "if"
    following = parsed.tokens[clause.group[1]].lower if clause.group[1] < len(parsed.tokens) else ""
    if parsed.tokens[clause.verb].verb == "be" and following == "to":
        return Modality.PLANNED, "is to"
    if parsed.tokens[clause.verb].verb in _HAPPENING:
        return _of_clause(parsed, clause, own=True)
    return None


def _question(parsed: Parsed) -> tuple[Modality, str] | None:
    last = next((t for t in reversed(parsed.tokens) if not t.is_quote), None)
    return (Modality.HYPOTHETICAL, "?") if last is not None and last.text == "?" else None


def _untrue(parsed: Parsed, position: int) -> tuple[Modality, str] | None:
    """ "Claims that they took the town were untrue", "reports of an attack are false"."""
    tokens = parsed.tokens
    for c in parsed.clauses:
        if position < c.verb and tokens[c.verb].verb == "be" and not c.negated:
            said = next((t for t in tokens[c.group[1] : c.group[1] + 3] if t.lower in _UNTRUE), None)
            if said is not None and tokens[0].lower in _TALES:
                return Modality.DENIED, said.text
    return None


_STOPPING = frozenset(
    "ending stopping halting preventing avoiding deterring end stop halt prevent avoid deter averting avert".split()
)
_UNTRUE = frozenset("untrue false baseless unfounded fabricated fake wrong nonsense".split())
_TALES = frozenset("claims claim reports allegations rumours rumors statements suggestions".split())


def _nominal(parsed: Parsed, position: int) -> tuple[Modality, str] | None:
    """ "a possible attack", "the planned summit", "fears of an invasion"."""
    tokens = parsed.tokens
    words = _words()
    phrase = parsed.phrase_at(position)
    start = phrase[0] if phrase else position
    for t in tokens[start:position]:
        if t.lower in words["hypothetical_adjectives"]:
            return Modality.HYPOTHETICAL, t.text
        if t.lower in words["planned_adjectives"]:
            return Modality.PLANNED, t.text
        if t.lower == "no":
            return Modality.DENIED, t.text
        if t.lower == "any":
            return Modality.HYPOTHETICAL, t.text  # "warned against any attack"
    governor = tokens[start - 1] if start else None
    if governor is not None and governor.lower in _STOPPING:
        return Modality.HYPOTHETICAL, governor.text  # "ending attacks on X is vital"
    after = " ".join(t.lower for t in tokens[position + 1 : position + 12])
    if any(f" {p} " in f" {after} " for p in words["planned_after"]):
        return Modality.PLANNED, "set to take place"
    before = " ".join(t.lower for t in tokens[max(0, start - 4) : start] if not t.is_quote and t.tag != "DT")
    for phrase_words in words["hypothetical_phrases"]:
        if f" {before} ".endswith(f" {phrase_words} "):
            return Modality.HYPOTHETICAL, phrase_words
    return None


def _of_clause(parsed: Parsed, clause: Clause, own: bool) -> tuple[Modality, str] | None:
    """What the clause itself says: negation, modal verbs, "if", "is to"."""
    tokens = parsed.tokens
    words = _words()
    verbs = _verbs()
    if clause.conjunction in words["conditional"] and clause.conjunction != "should":
        return Modality.HYPOTHETICAL, clause.conjunction
    if clause.start > 0 and tokens[clause.start - 1].lower in (
        "provided",
        "providing",
        "assuming",
        "supposing",
    ):
        return Modality.HYPOTHETICAL, tokens[clause.start - 1].text
    if tokens[clause.start].lower in ("if", "unless") and clause.start < clause.verb:
        return Modality.HYPOTHETICAL, tokens[clause.start].text
    if clause.negated and (own or tokens[clause.verb].verb in _DOING):
        return Modality.DENIED, "not"
    if clause.subject is not None and tokens[clause.subject[0]].lower in ("no", "neither", "nobody", "none"):
        return Modality.DENIED, tokens[clause.subject[0]].text
    if clause.modal in words["planned_modal"]:
        return Modality.PLANNED, clause.modal
    if clause.modal == "would" and _reported_future(parsed, clause):
        return Modality.PLANNED, "would"
    if clause.modal in words["hypothetical_modal"] and not (not own and clause.perfect):
        return Modality.HYPOTHETICAL, clause.modal  # but "may have died in the strike"
    if not own:
        verb = tokens[clause.verb].verb
        if verb in verbs["failed"]:
            return Modality.DENIED, verb
        if verb == "fear" and clause.passive:
            return None  # "100 are feared dead in the attack"
        if verb in verbs["planned"] and verb not in ("order", "decide", "agree", "expect"):
            return Modality.PLANNED, verb
        if verb in verbs["hypothetical"] and verb not in (
            "discuss",
            "help",
            "allow",
            "enable",
            "push",
            "press",
            "refuse",
            "warn",
            "fail",
            "attempt",
            "try",
        ):
            return Modality.HYPOTHETICAL, verb
        if verb in verbs["denied"]:
            return Modality.DENIED, verb
    if (
        clause.progressive
        and not clause.past
        and tokens[clause.verb].verb
        in ("go", "come", "head", "meet", "visit", "travel", "arrive", "fly", "leave")
        and _future_time(parsed, clause)
    ):
        return Modality.PLANNED, "present for the future"
    return None


# Of whose object "not" says that it did not happen: "did not condemn the attack" leaves the attack as it was.
_DOING = frozenset(
    "carry launch conduct make stage mount take hold do commit be happen occur reach sign agree have begin start "
    "see join attend plan".split()
)


def _reported(parsed: Parsed, clause: Clause) -> bool:
    if clause.kind is not Kind.COMPLEMENT or clause.parent < 0:
        return False
    outer = parsed.clauses[clause.parent]
    return outer.past and reporting_verb(parsed.tokens[outer.verb])


def _reported_future(parsed: Parsed, clause: Clause) -> bool:
    """ "said he would meet": the future as seen from a speech in the past, when no condition is named."""
    return _reported(parsed, clause) and not any(t.lower in ("if", "unless") for t in parsed.tokens)


def _future_time(parsed: Parsed, clause: Clause) -> bool:
    return any(
        t.lower in ("tomorrow", "next", "later", "soon", "upcoming")
        for t in parsed.tokens[clause.start : clause.end]
    )


_WEIGHING = frozenset("consider mull discuss contemplate weigh avoid oppose risk debate".split())
_IDEAS = frozenset("idea prospect possibility risk fear fears likelihood option danger chance talk".split())
# Verbs whose infinitive took place when they did.
_IMPLICATIVE = frozenset(
    ("force", "compel", "manage", "oblige", "cause", "lead", "continue", "begin", "start")
)


def _governing(parsed: Parsed, clause: Clause, outer: Clause) -> tuple[Modality, str] | None:
    """What the outer clause makes of the inner one."""
    tokens = parsed.tokens
    words, verbs = _words(), _verbs()
    verb = tokens[outer.verb].verb
    if clause.kind is Kind.INFINITIVE:
        lower = tokens[outer.verb].lower
        if outer.negated:
            return Modality.DENIED, "not"
        # "set to", "expected to", "due to", "ready to": read the word right before "to".
        before = tokens[clause.start - 1] if clause.start > 0 else None
        if before is not None:
            phrase = f"{before.lower} to"
            if phrase in words["planned_phrases"]:
                return Modality.PLANNED, phrase
            if phrase in words["hypothetical_phrases"]:
                return Modality.HYPOTHETICAL, phrase
            if before.lower in ("plan", "plans", "decision", "intention", "order", "orders"):
                return Modality.PLANNED, before.text
            if before.lower in (
                "effort",
                "efforts",
                "attempt",
                "attempts",
                "bid",
                "proposal",
                "proposals",
                "threat",
                "call",
                "calls",
                "demand",
                "offer",
                "way",
                "chance",
                "opportunity",
                "desire",
                "need",
                "push",
                "pressure",
                "ability",
            ):
                return Modality.HYPOTHETICAL, before.text
        if verb in _IMPLICATIVE or (verb == "have" and outer.past):
            return None  # "was forced to abandon": it did
        if verb == "be" and outer.verb == clause.start - 1:
            return Modality.PLANNED, "is to"
        if outer.modal in words["hypothetical_modal"]:
            return Modality.HYPOTHETICAL, outer.modal
        if verb in verbs["planned"] and verb not in ("order", "decide", "agree"):
            return Modality.PLANNED, verb
        if verb in verbs["hypothetical"]:
            return Modality.HYPOTHETICAL, verb
        if verb in (
            "claim",
            "manage",
            "begin",
            "continue",
            "start",
            "go",
            "use",
            "say",
            "report",
            "believe",
            "accuse",
            "order",
            "decide",
            "agree",
            "succeed",
            "rush",
            "return",
            "help",
            "come",
        ):
            if verb in ("order", "decide", "agree"):
                return Modality.PLANNED, verb
            return None
        if lower in ("set", "due", "poised", "slated"):
            return Modality.PLANNED, lower
        if outer.modal in words["planned_modal"]:
            return Modality.PLANNED, outer.modal
        return (Modality.HYPOTHETICAL, "to") if verb not in ("", "have") else None
    if clause.kind is Kind.PARTICIPLE and clause.verb > 0 and tokens[clause.verb].tag == "VBG":
        for i in range(max(1, clause.verb - 4), clause.verb):
            if tokens[i].lower == "of" and tokens[i - 1].lower in _IDEAS:
                return Modality.HYPOTHETICAL, tokens[i - 1].text  # "the idea of X downing missiles"
        preposition = tokens[clause.verb - 1].lower
        if preposition in ("of", "for", "about", "against", "to", "from") and verb not in (
            "accuse",
            "suspect",
            "blame",
            "condemn",
            "convict",
        ):
            return Modality.HYPOTHETICAL, f"{preposition} {tokens[clause.verb].lower}"
    if clause.kind is Kind.PARTICIPLE:
        if (
            verb in verbs["denied"]
            and tokens[clause.verb].tag == "VBG"
            and clause.start <= outer.group[1] + 1
        ):
            return Modality.DENIED, verb
        if (
            verb in _WEIGHING
            and tokens[clause.verb].tag == "VBG"
            and clause.start <= outer.group[1] + 1
            and outer.group[1] <= clause.group[0]
        ):
            return Modality.HYPOTHETICAL, verb  # "is considering sending arms"
        if tokens[clause.start].lower == "in" and verb in (*verbs["planned"], *verbs["hypothetical"]):
            return Modality.HYPOTHETICAL, verb  # "in capturing it they aim"
        return _of_clause(parsed, outer, own=True)
    if clause.kind is Kind.COMPLEMENT:
        if verb in verbs["denied"]:
            return Modality.DENIED, verb
        if outer.negated and verb in ("confirm", "say", "think", "believe"):
            return Modality.HYPOTHETICAL, f"not {verb}"
        if (
            verb
            in ("hope", "fear", "wish", "propose", "demand", "suggest", "expect", "predict", "urge", "ask")
            and not clause.past
        ):
            return Modality.HYPOTHETICAL, verb
        return None
    if clause.kind is Kind.COORDINATED and not clause.own_subject:
        return (
            _of_clause(parsed, outer, own=True)
            if tokens[clause.verb].tag in ("VB", "VBP") or outer.negated
            else None
        )
    return None
