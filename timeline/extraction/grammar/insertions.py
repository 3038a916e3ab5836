"""Relatives and participles that stand between a subject and its verb."""

from timeline.extraction.grammar.clause import Clause, Kind, Parsed, phrase_ending, reporting_verb
from timeline.extraction.grammar.tokens import Token


def close_insertion(parsed: Parsed, k: int) -> None:
    """A relative or participle between a subject and its verb: "Troops backed by tanks entered the town", "Russia,
    which invaded in 2022, shelled it". The verb after it has the subject before it.
    """
    tokens = parsed.tokens
    inner, outer = parsed.clauses[k], parsed.clauses[k + 1]
    first = outer.group[0]
    if _reduced(tokens, outer) or tokens[first - 1].lower == "to" or tokens[first].tag == "VBG":
        return
    if outer.conjunction != "that" and _speech_between_commas(tokens, inner, first):
        assert inner.subject is not None
        head = phrase_ending(parsed, inner.subject[0] - 1)
        nearer = outer.subject is None or outer.subject[0] >= inner.subject[0]
        if head is not None and nearer:
            outer.kind, outer.parent, outer.start = Kind.MAIN, -1, min(head[0], inner.start)
            outer.subject, outer.own_subject = head, True
            inner.start = inner.subject[0]
        return
    if outer.kind is not Kind.MAIN:
        return
    opening = inner.start if inner.kind is Kind.RELATIVE else inner.group[0]
    if opening == 0:
        return
    if tokens[opening - 1].text == "," and tokens[first - 1].text == ",":
        if inner.kind is Kind.RELATIVE or _reduced(tokens, inner):
            head = phrase_ending(parsed, opening - 1)
            if head is not None:
                _nest(inner, outer, k, head)
    elif (
        inner.kind in (Kind.MAIN, Kind.COMPLEMENT, Kind.COORDINATED)
        and inner.own_subject
        and inner.subject is not None
        and inner.subject[0] < opening
        and _reduced(tokens, inner)
        and not any(
            t.text in _MARKS or t.is_quote or t.lower in _OPENERS for t in tokens[opening + 1 : first]
        )
    ):
        _nest(inner, outer, k, inner.subject)


def close_speech(parsed: Parsed, k: int) -> None:
    """ "The town fell, residents say, to the rebels in May": what follows belongs to the clause before."""
    tokens, clause, before = parsed.tokens, parsed.clauses[k], parsed.clauses[k - 1]
    end = clause.group[1]
    if clause.subject is None or not reporting_verb(tokens[clause.verb]) or clause.end <= end + 2:
        return
    start = clause.subject[0]
    inserted = 1 < start < clause.group[0] and tokens[start - 1].text == "," and tokens[end].text == ","
    if inserted and before.end == clause.start and tokens[end + 1].tag in ("IN", "TO"):
        before.end, clause.start, clause.end = clause.end, start, end + 1


def _speech_between_commas(tokens: list[Token], inner: Clause, first: int) -> bool:
    """ "Five soldiers, an official said on Friday, were killed"."""
    if not reporting_verb(tokens[inner.verb]) or inner.kind is not Kind.MAIN or inner.subject is None:
        return False
    subject = inner.subject[0]
    if not 1 < subject < inner.group[0] or tokens[first - 1].text != ",":
        return False
    return tokens[subject - 1].text == "," and not any(
        t.text == "," for t in tokens[inner.group[1] : first - 1]
    )


_MARKS = frozenset((",", ";", ":", "—", "–", "--", "("))
_OPENERS = frozenset(
    ("and", "but", "or", "that", "which", "who", "when", "where", "as", "while", "after", "if")
)


def _reduced(tokens: list[Token], clause: Clause) -> bool:
    """A bare participle: "bordering", or one without an object ("backed by", "launched from")."""
    first, end = clause.group
    tag, word = tokens[clause.verb].tag, tokens[clause.verb].lower
    if end - first != 1 or reporting_verb(tokens[clause.verb]):
        return False
    if tag == "VBG":
        return True
    return (
        tag in ("VBN", "VBD")
        and word.endswith(("ed", "n", "t"))
        and end < len(tokens)
        and tokens[end].tag in ("IN", "RB", "TO")
    )


def _nest(inner: Clause, outer: Clause, k: int, head: tuple[int, int]) -> None:
    """`outer` takes over what `inner` was to the sentence; `inner` hangs on it."""
    if inner.kind is not Kind.RELATIVE:
        outer.kind, outer.parent, outer.conjunction = inner.kind, inner.parent, inner.conjunction
        if outer.kind is Kind.PARTICIPLE:
            outer.kind, outer.parent = Kind.MAIN, -1
        outer.start = min(inner.start, head[0])
        inner.start, inner.kind, inner.parent, inner.conjunction = inner.group[0], Kind.PARTICIPLE, k + 1, ""
    else:
        outer.start = max(outer.start, outer.group[0])  # what stands before it is the insertion's
    inner.subject = inner.subject or head
    outer.subject, outer.own_subject = head, True
