"""Which way a date expression looks: back, ahead, or not said.

The verb that governs an expression is the last one before it in its clause ("agreed to meet on Monday"), or,
where none stands before it, the first one after it ("On Monday the envoys will meet").
"""

import re
from enum import Enum


class Tense(Enum):
    PAST = "past"
    TOLD = "told"  # past, but of a verb of speech: what it tells of may lie ahead
    FUTURE = "future"
    UNKNOWN = "unknown"


# How far to look for a governing verb, in characters.
_REACH = 140

_ADVERBS = r"(?:\w+ly\s+|also\s+|then\s+|now\s+|not\s+|still\s+|soon\s+|again\s+|next\s+|first\s+)*"
# Anything between an auxiliary and its verb is taken in, so that "will be held" is one future verb.
_MODAL_VERB = (
    r"(?:will|won['’]t|shall|may|might|could|would|must|can|should|['’]ll)\s+"
    rf"{_ADVERBS}(?:have\s+|be\s+|been\s+)*\w+"
)
_FUTURE_VERB = (
    r"to\s+be\s+\w+ed"
    r"|(?:expected|due|set|scheduled|slated|poised|planned|plans?|planning|agree[ds]?|agreeing|ready|prepared"
    r"|preparing|prepares|hopes?|hoping|hoped|wants?|wanted|intends?|intended|vow(?:s|ed|ing)|pledg(?:es|ed|ing)"
    r"|promis(?:es|ed|ing)|decided|invited|urged|called|threaten(?:s|ed|ing)|likely|unlikely|about|going|supposed"
    r"|need|needs|is|are|'s|was|were|ordered|asked|offered|proposed|intention|deadline|plan)\s+"
    rf"{_ADVERBS}to\s+(?:be\s+)?\w+"
    r"|(?:expect|expects|expected|want|wants|asked|urged|ordered|told|invited|allow|allows)\s+(?:\w+\s+){1,3}to\s+(?:be\s+)?\w+"
    r"|(?:scheduled|slated|planned|due|set|expected|timetabled|penciled|pencilled|billed|called)"
    r"\s+(?:for|on|by|in|to\s+take\s+place|at)\b"
    r"|(?:is|are|am)\s+(?:also\s+)?(?!being\b)(?:\w+ing\b|expected\b|due\b|scheduled\b|set\b|slated\b|planned\b|likely\b)"
    r"|(?:meets?|visits|travels|heads?|hosts|opens|begins|starts|resumes|convenes|gathers|arrives|faces|votes"
    r"|expires?|ends|takes\s+(?:effect|place|office)|kicks\s+off|comes\s+into\s+force|goes\s+to)\b"
)
_FUTURE_NOUN = (
    r"upcoming|forthcoming|planned|scheduled|impending|proposed|deadline|effective|payable|matur(?:es|ing)"
    r"|ahead\s+of|prior\s+to|in\s+time\s+for|as\s+early\s+as|no\s+later\s+than|starting|beginning|coming\s+into\s+force"
)
# "had been due to expire": a plan that is told because it came to nothing, or is over.
_OVER = r"had\s+(?:been\s+)?\w+(?:\s+to\s+\w+)?|as\s+(?:previously\s+)?planned|previously\s+planned"
_SPEECH = re.compile(
    r"(?:has |have |had )?"
    r"(?:said|told|announced|reported|added|confirmed|wrote|stated|claimed|warned|noted|called|estimated)",
    re.IGNORECASE,
)
_RESOLVED = re.compile(r"[a-z]+ed\s+(?:\w+ly\s+|not\s+)*to\b", re.IGNORECASE)
_PAST_VERB = (
    r"(?:has|have|had|having)\s+(?:been\s+)?\w+|was|were|did|been"
    r"|said|told|began|begun|came|became|took|taken|went|gone|fell|fallen|hit|struck|shot|left|met|held|made|sent|saw"
    r"|seen|got|gave|given|lost|won|wrote|written|spoke|spoken|broke|broken|blew|drove|flew|found|fought|fled|led|ran"
    r"|rose|shook|shut|sank|sunk|stood|swept|threw|woke|brought|bought|built|kept|knew|known|laid|paid|put|read|sought"
    r"|sold|sent|set|spent|burnt|dealt|overran|withdrew|withdrawn|underwent|cut|closed"
)
_PARTICIPLE = (
    r"(?!(?:need|speed|proceed|exceed|succeed|indeed|hundred|red|bed|armed|united|embed|feed|breed|seed|shed|bleed"
    r"|sacred|naked|wicked|so-called|wounded|alleged|shared)\b)[a-z]{2,}ed"
)
_VERB = re.compile(
    rf"\b(?P<over>{_OVER})|\b(?P<modal>{_MODAL_VERB})|\b(?P<future>{_FUTURE_VERB})|\b(?P<noun>{_FUTURE_NOUN})\b"
    rf"|\b(?P<past>{_PAST_VERB})\b|\b(?P<weak>{_PARTICIPLE})\b",
    re.IGNORECASE,
)
# Where the clause of an expression begins or ends: what lies beyond has verbs of its own.
_CLAUSE = re.compile(
    r"[;:\"“”()\[\]]|\s[–—-]+\s|--|,\s+(?:and|but|while|as|which|who|where|when|after|before|with|saying|adding|because)\b"
    r"|\b(?:but|while|although|though|because|which|who|whom|whose|where|that|after|if|unless)\b",
    re.IGNORECASE,
)
_CONTRAST = re.compile(
    r"\b(?:attack|strike|raid|shelling|bombing|assault|blast|explosion|killing|shooting)s?\b", re.IGNORECASE
)


def tense_at(text: str, start: int, end: int, first: int, last: int) -> Tense:
    """The tense that governs text[start:end] within the sentence text[first:last]."""
    if text[end : end + 2] in ("'s", "’s") and _CONTRAST.search(text, end + 2, min(last, end + 40)):
        return Tense.PAST  # "Friday's attack" has happened, whatever the sentence says will come of it
    left = max(first, start - _REACH)
    for clause in _CLAUSE.finditer(text, left, start):
        left = clause.end()
    found: re.Match[str] | None = None
    for verb in _VERB.finditer(text, left, start):
        # "will redeem preferred shares": a participle does not take the sentence back from a modal verb
        if found is None or not (verb["weak"] and found["modal"]):
            found = verb
    if found is None:
        right = min(last, end + _REACH)
        boundary = _CLAUSE.search(text, end, right)
        found = _VERB.search(text, end, boundary.start() if boundary else right)
        if found is not None and found["future"] and _RESOLVED.match(found.group()):
            return Tense.TOLD  # "on Friday promised to": what is dated is the promise
    if found is None:
        return Tense.UNKNOWN
    if not (found["past"] or found["weak"] or found["over"]):
        return Tense.FUTURE
    return Tense.TOLD if _SPEECH.fullmatch(found.group()) else Tense.PAST
