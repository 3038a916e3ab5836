"""Clauses of a sentence: one per verb group, with its subject, its kind and the clause that governs it.

A shallow parse over tags, not a grammar: good enough to say who does what in news English, and fast. All
indexes are token positions within the sentence.
"""

from timeline.extraction.grammar.chunks import GET, phrases, quoted, verb_groups
from timeline.extraction.grammar.clause import Clause, Kind, Parsed, phrase_ending, reporting_verb
from timeline.extraction.grammar.insertions import close_insertion, close_speech
from timeline.extraction.grammar.tokens import Token

__all__ = ["Clause", "Kind", "Parsed", "parse", "reporting_verb"]

_SUBORDINATORS = frozenset(
    (
        "after before while when as because if although though unless since until whereas once where "
        "whether so despite"
    ).split()
)


_RELATIVE = frozenset(("which", "who", "whom", "whose", "that", "where", "when"))


_OBJECT_CONTROL = frozenset(
    (
        "order urge ask force allow enable tell want call invite encourage require help persuade press "
        "push appeal demand expect warn advise command pressure"
    ).split()
)


def parse(tokens: list[Token]) -> Parsed:
    parsed = Parsed(tokens)
    parsed.quoted = quoted(tokens)
    parsed.phrases = phrases(tokens)
    groups = [g for g in verb_groups(tokens) if not _names(tokens, g)]
    for k, group in enumerate(groups):
        parsed.clauses.append(_clause(parsed, groups, k, group))
    for k in range(len(groups) - 1):
        close_insertion(parsed, k)
    for k, clause in enumerate(parsed.clauses):
        following = parsed.clauses[k + 1].start if k + 1 < len(groups) else len(tokens)
        clause.end = following if following > clause.start else parsed.clauses[k + 1].group[0]
        clause.end = max(clause.group[1], clause.end)
    for k in range(1, len(groups)):
        close_speech(parsed, k)
    _share_subjects(parsed)
    return parsed


def _clause(
    parsed: Parsed, groups: list[tuple[int, int, int]], k: int, group: tuple[int, int, int]
) -> Clause:
    tokens = parsed.tokens
    first, end, main = group
    clause = Clause(first, len(tokens), (first, end), main)
    _read_group(tokens, clause)
    previous_end = groups[k - 1][1] if k else 0
    _bound(parsed, clause, previous_end, k)
    return clause


def _read_group(tokens: list[Token], clause: Clause) -> None:
    first, end = clause.group
    run = tokens[first:end]
    verb = tokens[clause.verb]
    auxiliaries = [*tokens[first : clause.verb], *tokens[clause.verb + 1 : end]]
    clause.negated = first > 0 and tokens[first - 1].lower in ("not", "never", "neither", "nor")
    for t in run:
        clause.negated = clause.negated or t.lower in ("not", "n't", "never")
        if t.tag == "MD" and not clause.modal:
            clause.modal = t.lower
    if tokens[first].lower == "wo":
        clause.modal = "will"
    be = bool(auxiliaries) and any(t.verb == "be" or t.lower in GET for t in auxiliaries)
    clause.passive = be and (verb.tag in ("VBN", "VBD"))
    clause.progressive = be and verb.tag == "VBG"
    clause.perfect = bool(auxiliaries) and any(t.verb == "have" for t in auxiliaries)
    finite = run[0]
    clause.past = (
        finite.tag in ("VBD", "VBN")
        or (clause.perfect and finite.lower in ("had",))
        or finite.lower in ("was", "were", "did", "had")
    )
    if (
        not auxiliaries
        and verb.tag in ("VBN", "VBD")
        and clause.group[1] < len(tokens)
        and (
            tokens[clause.group[1]].lower == "by"
            or (tokens[clause.group[1]].lower == "of" and verb.verb in _CHARGING)  # "men accused of murder"
        )
    ):
        clause.passive = True


def _bound(parsed: Parsed, clause: Clause, previous_end: int, k: int) -> None:
    """Find where the clause begins, what kind it is and its own subject."""
    tokens = parsed.tokens
    first = clause.group[0]
    verb = tokens[clause.verb]
    bare = clause.group[1] - clause.group[0] == 1
    infinitive = verb.tag in ("VB", "VBP", "NN", "VBD") or (
        not bare and tokens[first].lower in ("have", "be", "get")  # "to have captured"
    )
    if first > previous_end and tokens[first - 1].lower == "to" and infinitive:
        headline = parsed.phrase_at(0)
        if k == 0 and headline == (0, first - 1):  # "Turkey to host talks"
            clause.start, clause.subject, clause.own_subject, clause.modal = 0, headline, True, "will"
            return
        clause.kind, clause.start, clause.parent, clause.conjunction = Kind.INFINITIVE, first - 1, k - 1, "to"
        return
    if verb.tag == "VBG" and bare and k > 0 and _charged(parsed, k, first):
        clause.kind, clause.start, clause.parent = Kind.PARTICIPLE, first - 1, k - 1
        return
    segment_start = previous_end
    if _inverted(parsed, clause):
        clause.start, clause.subject, clause.own_subject = first, _phrase_from(parsed, clause.group[1]), True
        return
    boundary, kind, word = segment_start, Kind.MAIN, ""
    i = first - 1
    while i >= segment_start:
        t = tokens[i]
        if t.tag in ("WDT", "WP") or (
            t.lower in _RELATIVE
            and t.tag in ("WDT", "WP", "IN", "WRB", "WP$")
            and i > 0
            and tokens[i - 1].tag.startswith("NN")
            and t.lower in ("which", "who", "whose", "whom")
        ):
            boundary, kind, word = i, Kind.RELATIVE, t.lower
            break
        if t.lower == "that" and t.tag in ("IN", "WDT", "DT") and tokens[i + 1].tag != "NN":
            follows_verb = i > 0 and tokens[i - 1].tag.startswith("VB")
            direct = i == first - 1
            kind = (
                Kind.RELATIVE
                if direct and i > 0 and tokens[i - 1].tag.startswith("NN") and not follows_verb
                else Kind.COMPLEMENT
            )
            boundary, word = i, "that"
            break
        subordinates = t.lower in _SUBORDINATORS and t.tag in ("IN", "WRB", "RB", "CC")
        if subordinates and not _is_preposition_here(tokens, i, first):
            boundary, kind, word = i, Kind.ADVERBIAL, t.lower
            break
        if t.lower in ("and", "but", "or", "yet") and t.tag == "CC":
            if i == first - 1 or (i == first - 2 and tokens[first - 1].tag == "RB"):
                if k > 0:
                    boundary, kind, word = i, Kind.COORDINATED, t.lower
                    break
            elif (
                k > 0
                and _phrase_starts(parsed, i + 1, first)
                and not _inside_phrase(parsed, i)
                and not _joins_subjects(parsed, i, first, previous_end)
            ):
                boundary, kind, word = i, Kind.COORDINATED, t.lower
                break
        if t.tag in (";", ":") or t.text in ("--", "—", "–"):
            boundary, kind, word = i + 1, Kind.MAIN, ""
            break
        if t.text == "," and k > 0:
            if i == first - 1 and bare and verb.tag in ("VBG", "VBN", "VBD"):
                kind = Kind.PARTICIPLE if verb.tag == "VBG" else Kind.MAIN
                boundary = i + 1
                if kind is Kind.PARTICIPLE:
                    break
                appositive = _before_appositive(parsed, i, segment_start)
                if appositive is not None:
                    boundary = appositive
                break
            between = [p for p in parsed.phrases if i < p[0] and p[1] <= first]
            if between or i < first - 1:
                boundary, kind = i + 1, Kind.MAIN
                appositive = _before_appositive(parsed, i, segment_start)
                if not between and appositive is not None:
                    boundary = appositive
                break
        if t.is_quote and k > 0 and parsed.quoted[first] != parsed.quoted[max(0, i - 1)]:
            boundary, kind = i + (1 if not parsed.quoted[first] else 0), Kind.MAIN
            break
        i -= 1
    else:
        if k > 0:
            boundary, kind = _zero_boundary(parsed, clause, previous_end, k)
    if verb.tag == "VBG" and bare and kind is Kind.MAIN and k > 0:
        kind = Kind.PARTICIPLE
    clause.start, clause.kind, clause.conjunction = boundary, kind, word
    if k == 0 and kind is Kind.MAIN:
        clause.start = 0
    clause.parent = k - 1 if k > 0 and kind is not Kind.MAIN else -1
    if kind is Kind.RELATIVE:
        clause.subject = phrase_ending(parsed, boundary)
        between = [p for p in parsed.phrases if p[0] > boundary and p[1] <= first]
        if between:
            clause.subject = between[0]
        return
    if kind is Kind.PARTICIPLE and bare:
        return
    clause.subject = _subject_in(parsed, clause.start + (1 if word else 0), first)
    clause.own_subject = clause.subject is not None
    if clause.subject is None and kind is Kind.MAIN and clause.start == first and k > 0:
        clause.subject = _interrupted_subject(parsed, k - 1 if len(parsed.clauses) >= k else -1)


def _names(tokens: list[Token], group: tuple[int, int, int]) -> bool:
    """ "a town in the east called Niu-York": a name, and no clause."""
    first, end, main = group
    bare = end - first == 1 and tokens[main].lower in ("called", "named", "dubbed")
    if not bare or first == 0 or end >= len(tokens):
        return False
    return tokens[first - 1].tag.startswith("NN") and tokens[end].tag in ("NNP", "NNPS")


_CHARGING = frozenset("accuse suspect blame condemn convict".split())


def _charged(parsed: Parsed, k: int, first: int) -> bool:
    """ "accused X on Friday of doing it": what X is said to have done, whoever else is named in between."""
    charge = parsed.tokens[parsed.clauses[k - 1].verb].verb
    return charge in _CHARGING and parsed.tokens[first - 1].lower in ("of", "for")


def _inverted(parsed: Parsed, clause: Clause) -> bool:
    """ ", said the mayor" and "..." said Ihor."""
    first, end = clause.group
    tokens = parsed.tokens
    if first == 0 or end >= len(tokens) or tokens[clause.verb].verb not in _INVERTING:
        return False
    phrase = _phrase_from(parsed, end)
    if phrase is None or not (tokens[first - 1].text == "," or tokens[first - 1].is_quote):
        return False
    if _closes_apposition(parsed, first - 1) and tokens[min(phrase[1], len(tokens) - 1)].text not in (
        ",",
        ".",
    ):
        return False
    # "..., said the town fell" has its subject before it.
    return phrase[1] >= len(tokens) or not tokens[phrase[1]].tag.startswith(("VB", "MD"))


def _closes_apposition(parsed: Parsed, comma: int) -> bool:
    """ "The minister, NAME, told the president that": the subject stands before the verb, not after it."""
    tokens = parsed.tokens
    phrase = phrase_ending(parsed, comma)
    if phrase is None or phrase[0] < 2 or tokens[comma].text != "," or tokens[phrase[0] - 1].text != ",":
        return False
    return tokens[phrase[1] - 1].tag.startswith("NN") and phrase_ending(parsed, phrase[0] - 1) is not None


_INVERTING = frozenset(
    ("say", "add", "write", "note", "report", "explain", "tell", "warn", "state", "continue", "claim")
)


def _phrase_from(parsed: Parsed, start: int) -> tuple[int, int] | None:
    """The phrase that begins at `start`, with its apposition ("the mayor, Ihor Terekhov")."""
    phrase = next((p for p in parsed.phrases if p[0] == start), None)
    if phrase is None or parsed.tokens[phrase[0]].tag == "CD":
        return None
    following = next((p for p in parsed.phrases if p[0] == phrase[1] + 1), None)
    if following and parsed.tokens[phrase[1]].text == "," and parsed.tokens[following[1] - 1].tag == "NNP":
        return phrase[0], following[1]
    return phrase


def _interrupted_subject(parsed: Parsed, k: int) -> tuple[int, int] | None:
    """ "gunmen suspected to be herdsmen attacked": the phrase before the clauses that came between."""
    while k >= 0:
        clause = parsed.clauses[k]
        if clause.kind in (Kind.INFINITIVE, Kind.RELATIVE, Kind.PARTICIPLE):
            phrase = phrase_ending(parsed, clause.start)
            while phrase is not None and phrase[0] > 1 and parsed.tokens[phrase[0] - 1].tag == "IN":
                # "authorities in the region bordering X said": the head of the phrase
                head = phrase_ending(parsed, phrase[0] - 1)
                if head is None:
                    break
                phrase = head
            if phrase is not None:
                return phrase
            k = k - 1
            continue
        return clause.subject
    return None


def _phrase_starts(parsed: Parsed, start: int, limit: int) -> bool:
    i = start
    while i < limit and parsed.tokens[i].tag in ("RB", "IN"):
        i += 1
    return any(p[0] == i and p[1] <= limit for p in parsed.phrases) and i < limit


def _inside_phrase(parsed: Parsed, i: int) -> bool:
    return any(a < i < b for a, b in parsed.phrases)


def _joins_subjects(parsed: Parsed, i: int, first: int, previous_end: int) -> bool:
    """ "X and Y attacked": a phrase ends right before the conjunction at the clause's start."""
    before = phrase_ending(parsed, i)
    if before is None:
        return False
    return before[0] <= previous_end or (
        before[0] > 0
        and parsed.tokens[before[0] - 1].text in (",", "that", "which")
        and previous_end < before[0] - 1
    )


def _is_preposition_here(tokens: list[Token], i: int, verb: int) -> bool:
    """ "after talks, ..." / "since Tuesday": no clause follows when a comma comes before the verb's subject."""
    return any(t.text == "," for t in tokens[i + 1 : verb]) and tokens[i].lower in (
        "after",
        "before",
        "since",
        "until",
        "as",
        "despite",
        "so",
    )


def _before_appositive(parsed: Parsed, comma: int, start: int) -> int | None:
    """ "the mayor, Ihor, said": step back over comma-separated noun phrases to the first of them."""
    i, found = comma, None
    while i > start:
        phrase = phrase_ending(parsed, i)
        if phrase is None or phrase[0] < start:
            break
        j = phrase[0]
        while j - 1 >= start and parsed.tokens[j - 1].lower in ("of", "in", "at", "for", "to", "a", "the"):
            tail = phrase_ending(parsed, j - 1)
            if tail is None:
                break
            j = tail[0]
        opens = (j == 0) or (j - 1 >= start and parsed.tokens[j - 1].text == ",")
        if found is None:
            found = phrase[0]
        if not opens:
            break
        found = j
        i = j - 1
    return found


def _zero_boundary(parsed: Parsed, clause: Clause, previous_end: int, k: int) -> tuple[int, Kind]:
    """No mark between two verbs: "said it had captured", "missiles launched overnight hit"."""
    tokens = parsed.tokens
    previous = parsed.clauses[k - 1]
    if previous.kind is Kind.MAIN and previous.passive and previous.group[1] - previous.group[0] == 1:
        # "rebels backed by Rwanda marched": the first verb only describes the subject of the second
        previous.kind, previous.start = Kind.PARTICIPLE, previous.group[0]
    if previous.kind is Kind.INFINITIVE or (
        previous.kind in (Kind.RELATIVE, Kind.PARTICIPLE) and not reporting_verb(tokens[previous.verb])
    ):
        return clause.group[0], Kind.MAIN
    reporting = reporting_verb(tokens[previous.verb])
    phrases = [p for p in parsed.phrases if p[0] >= previous_end and p[1] <= clause.group[0]]
    if phrases:
        start = phrases[0] if reporting or len(phrases) == 1 else phrases[-1]
        i = start[0]
        if reporting:
            time = [p for p in phrases if tokens[p[0] - 1].tag != "IN" or p[0] == previous_end]
            if time:
                i = time[0][0]
                if len(time) > 1 and _is_time(tokens[time[0][1] - 1].lower):
                    i = time[1][0]
        return i, Kind.COMPLEMENT if reporting else Kind.MAIN
    return clause.group[0], Kind.PARTICIPLE if tokens[clause.verb].tag in ("VBG", "VBN") else Kind.COORDINATED


_TIME = frozenset(
    (
        "monday tuesday wednesday thursday friday saturday sunday today yesterday morning night evening "
        "week month"
    ).split()
)


def _is_time(word: str) -> bool:
    return word in _TIME


def _subject_in(parsed: Parsed, start: int, verb: int) -> tuple[int, int] | None:
    """The last phrase before the verb that no preposition governs; else the last phrase."""
    inside = [p for p in parsed.phrases if p[0] >= start and p[1] <= verb]
    governed: set[tuple[int, int]] = set()
    for before, p in zip((None, *inside), inside, strict=False):
        word = parsed.tokens[p[0] - 1] if p[0] > start else None
        if word is not None and (
            word.tag in ("IN", "TO")
            or (word.tag == "CC" and before in governed and before is not None and before[1] == p[0] - 1)
        ):
            governed.add(p)  # "between X and Y": both hang on the preposition
    free = [p for p in inside if p not in governed and not _is_time(parsed.tokens[p[1] - 1].lower)]
    if not free:
        return None
    chosen = free[-1]
    # "Ihor Terekhov, the mayor, said": of an apposition, which a comma closes, the first; of a list the whole.
    closed = any(t.text == "," for t in parsed.tokens[inside[-1][1] : verb])
    for p in reversed(free[:-1]):
        gap = parsed.tokens[p[1] : chosen[0]]
        if gap and all(t.text == "," or t.lower in ("and", "or") for t in gap):
            joined = any(t.lower in ("and", "or") for t in gap)
            if not joined and not closed:
                break
            chosen = (p[0], chosen[1]) if joined else p
        elif (
            gap
            and gap[0].lower in ("of", "in", "for", "at", "on", "to", "from", "against")
            and gap[-1].text == ","
            and closed
        ):
            chosen = p
        else:
            break
    return chosen


def _around(parsed: Parsed, clause: Clause, speech: Clause) -> tuple[int, int] | None:
    """ "Drones, the army said, attacked the port": the subject stands before the words of saying."""
    inserted = reporting_verb(parsed.tokens[speech.verb]) and parsed.tokens[clause.group[0] - 1].text == ","
    if not inserted or clause.kind is not Kind.MAIN or speech.subject is None or speech.subject[0] < 2:
        return None
    return phrase_ending(parsed, speech.subject[0])


def _share_subjects(parsed: Parsed) -> None:
    """Participles, infinitives and coordinated verbs act with the subject of the clause they hang on."""
    opening, following = [*parsed.clauses, None, None][:2]
    if opening is not None and following is not None and opening.subject is None:
        tag = parsed.tokens[opening.group[0]].tag
        led = opening.group[0] == 1 and parsed.tokens[0].lower in ("in", "by", "without")
        fronted = opening.group[0] == 0 or (led and tag == "VBG")  # "In capturing X, it aims"
        if fronted and tag in ("VBG", "VBN") and following.own_subject:
            # "Having taken the village, the troops moved on"
            opening.kind, opening.parent, opening.subject = Kind.PARTICIPLE, 1, following.subject
            opening.passive = opening.passive or tag == "VBN"
    for k, clause in enumerate(parsed.clauses):
        if clause.kind is Kind.INFINITIVE and k > 1 and clause.parent == k - 1:
            speech, before = parsed.clauses[k - 1], parsed.tokens[clause.start - 1]
            if reporting_verb(parsed.tokens[speech.verb]) and (before.text == "," or before.is_quote):
                clause.parent = k - 2  # “We will go on,” she said, “to push them out”
        if clause.subject is not None or k == 0:
            continue
        parent = parsed.clauses[clause.parent if clause.parent >= 0 else k - 1]
        finite = parsed.tokens[clause.group[0]].tag in ("VBD", "VBZ", "VBN")
        if clause.kind is Kind.COORDINATED and finite:
            past = parsed.tokens[clause.group[0]].tag in ("VBD", "VBN")
            while parent.parent >= 0 and (
                parent.kind in (Kind.INFINITIVE, Kind.PARTICIPLE)
                or (
                    parent.kind is Kind.COMPLEMENT and past and not parent.past
                )  # "said it will win and reiterated"
            ):
                clause.parent = parent.parent  # "urged X to withdraw and highlighted"
                parent = parsed.clauses[parent.parent]
        verb = parsed.tokens[parent.verb].verb
        controlled = clause.kind is Kind.INFINITIVE and verb in _OBJECT_CONTROL
        charged = clause.kind is Kind.PARTICIPLE and verb in _CHARGING and not parent.passive
        if controlled or (charged and parsed.tokens[clause.start].lower in ("of", "for")):
            between = parsed.phrases and [
                p for p in parsed.phrases if p[0] >= parent.group[1] and p[1] <= clause.start
            ]
            clause.subject = between[0] if between else parent.subject
        elif clause.kind in (Kind.INFINITIVE, Kind.PARTICIPLE, Kind.COORDINATED, Kind.ADVERBIAL, Kind.MAIN):
            clause.subject = _around(parsed, clause, parent) or parent.subject
        if clause.kind is Kind.COORDINATED and parent.kind is not Kind.COORDINATED:
            clause.modal = clause.modal or (
                parent.modal if parsed.tokens[clause.verb].tag in ("VB", "VBP") else ""
            )
