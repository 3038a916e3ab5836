"""Noun phrases, verb groups and quotation marks of a sentence. All indexes are token positions."""

from timeline.extraction.grammar.tokens import QUOTES, Token

_NP_INSIDE = frozenset("DT PRP$ CD JJ JJR JJS NN NNS NNP NNPS POS $ PDT FW WP$".split())
_VERBAL = frozenset(("VB", "VBD", "VBG", "VBN", "VBP", "VBZ"))
_PARTICIPLES = frozenset(("VBN", "VBG"))
# Words that are a phrase by themselves, as pronouns are.
_ALONE = frozenset("everyone nobody both several dozens hundreds thousands".split())
# "The number of civilians", "the ministry of defence" are one phrase.
_BEFORE_OF = frozenset(
    "number dozens hundreds thousands scores ministry president head council department".split()
)


# "In the night to Sunday Russia launched": the name after a weekday opens a phrase of its own.
_WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())


_AUXILIARY = frozenset(("be", "have", "do"))


GET = frozenset(("get", "got", "getting"))


def quoted(tokens: list[Token]) -> list[bool]:
    if QUOTES.isdisjoint([t.text for t in tokens]):
        return [False] * len(tokens)
    inside, state = [], False
    for t in tokens:
        if t.text in "“„«":
            state = True
            inside.append(True)
        elif t.text in "”»":
            inside.append(True)
            state = False
        elif t.text == '"':
            inside.append(True)
            state = not state
        else:
            inside.append(state)
    return inside


def phrases(tokens: list[Token]) -> list[tuple[int, int]]:
    found = []
    i, n = 0, len(tokens)
    while i < n:
        t = tokens[i]
        if t.tag == "PRP" or t.lower in _ALONE:
            found.append((i, i + 1))
            i += 1
            continue
        if not (t.tag in _NP_INSIDE or (t.tag in _PARTICIPLES and _modifies(tokens, i))):
            i += 1
            continue
        j = i
        while (
            j < n
            and not (tokens[j].tag == "NNP" and j > i and tokens[j - 1].lower in _WEEKDAYS)
            and (
                tokens[j].tag in _NP_INSIDE
                or (tokens[j].tag in _PARTICIPLES and _modifies(tokens, j))
                or (tokens[j].tag == "RB" and j + 1 < n and tokens[j + 1].tag in ("JJ", "CD") and j > i)
                or (tokens[j].lower in ("and", "&") and _joins_names(tokens, j, i))
                or (tokens[j].lower == "of" and j > i and tokens[j - 1].lower in _BEFORE_OF)
            )
        ):
            if (
                j + 3 < n
                and tokens[j + 1].text == "("
                and tokens[j + 2].text.isupper()
                and tokens[j + 3].text == ")"
            ):
                j += 4  # "the Rapid Support Forces (RSF) group"
                continue
            if (
                tokens[j].tag in ("DT", "PRP$")
                and j > i
                and tokens[j - 1].tag not in ("PDT", "DT")
                and tokens[j - 1].lower != "of"
            ):
                break
            j += 1
        end = j
        while end > i and tokens[end - 1].tag in ("POS",):
            end -= 1
        if end > i:
            found.append((i, end))
        i = max(j, i + 1)
    return found


def _modifies(tokens: list[Token], i: int) -> bool:
    """A participle between a determiner or adjective and a noun: "the occupied city"."""
    if i + 1 >= len(tokens) or tokens[i + 1].tag not in ("NN", "NNS", "NNP", "JJ", "NNPS"):
        return False
    before = tokens[i - 1] if i else None
    if before is None:
        return False
    return before.tag in ("DT", "PRP$", "JJ", "POS", "CD") or (
        before.tag == "IN"
        and before.lower in ("in", "of", "near", "from", "against", "on")
        and tokens[i].tag == "VBN"
    )


def _joins_names(tokens: list[Token], j: int, start: int) -> bool:
    """ "Sumy and Donetsk regions": a conjunction inside one phrase, when both sides share its last noun."""
    if j <= start or j + 1 >= len(tokens):
        return False
    return (
        tokens[j - 1].tag == "NNP"
        and tokens[j + 1].tag == "NNP"
        and j + 2 < len(tokens)
        and tokens[j + 2].lower
        in (
            "regions",
            "oblasts",
            "provinces",
            "states",
            "districts",
            "officials",
            "forces",
            "troops",
            "presidents",
            "soldiers",
            "teams",
            "delegations",
            "governments",
        )
    )


def _is_adverb(token: Token) -> bool:
    """ "likely" too, which the tagger takes for an adjective in "will likely be asked"."""
    return token.tag in ("RB", "RBR") or token.lower == "likely"


def verb_groups(tokens: list[Token]) -> list[tuple[int, int, int]]:
    """(first, end, main verb) of each run of auxiliaries, adverbs and a main verb."""
    groups = []
    i, n = 0, len(tokens)
    while i < n:
        t = tokens[i]
        if t.tag == "MD" or (t.tag in _VERBAL and not (t.tag in ("VBN", "VBG") and _modifies(tokens, i))):
            j, main = i, i if t.tag != "MD" else -1
            while j + 1 < n:
                nxt = tokens[j + 1]
                auxiliary = (
                    tokens[main].verb in _AUXILIARY or tokens[main].lower in GET if main >= 0 else True
                )
                if _is_adverb(nxt) and auxiliary and j + 2 < n:
                    k = j + 2
                    while k < n and _is_adverb(tokens[k]):
                        k += 1
                    if k < n and tokens[k].tag.startswith("VB"):
                        j = k
                        main = k
                        continue
                    if tokens[j + 1].lower in ("not", "n't") and k < n:
                        j += 1
                    break
                if nxt.tag.startswith("VB") and auxiliary:
                    j += 1
                    main = j
                    continue
                if nxt.lower in ("n't", "not") and auxiliary:
                    j += 1
                    continue
                break
            if main < 0:
                main = i
            groups.append((i, j + 1, main))
            i = j + 1
        else:
            i += 1
    return groups
