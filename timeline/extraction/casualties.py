"""Tolls of a sentence: how many were killed, wounded, missing or captured, and in which words.

    find_tolls("Shelling killed two people and wounded a boy.", 0, 45)
    ->  [TollMention(KILLED, 2), TollMention(WOUNDED, 1)]

Each casualty word of `lexicon/casualties.toml` is a trigger whose form says where its people stand: after it
("killed five", "killing five"), before it ("five were killed", "five died", "five dead"), or in a count ("the death
toll rose to five", "five bodies", "the lives of five"). Binding a toll to its act and place is not done here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from timeline.extraction.codebook import Toll
from timeline.extraction.findings import Figure
from timeline.extraction.lexicon import load
from timeline.extraction.numbers import add, find_quantities
from timeline.extraction.people import Group, Word, find_groups, words_of


@dataclass(frozen=True, slots=True)
class TollMention:
    """`text[start:end]` spans the people and what happened to them, `number` is the span of the figure alone.

    `trigger` is the offset of the casualty word. `part_of_total`: "including two children". `update`: a later
    state of a toll told before ("rose to eight"). `cumulative`: a sum over many events (a war's dead), never the
    toll of one. `additional`: on top of others told ("another five"). `who` is the noun, lower case, "" if none.
    """

    start: int
    end: int
    kind: Toll
    figure: Figure
    number: tuple[int, int]
    trigger: int
    part_of_total: bool = False
    update: bool = False
    cumulative: bool = False
    additional: bool = False
    who: str = ""


@dataclass(frozen=True, slots=True)
class _Trigger:
    """Words `first` up to `last` (exclusive) of the sentence."""

    first: int
    last: int
    kind: Toll
    form: str  # a key of the lexicon: past, gerund, present, base, intransitive, state, count, toll


_FORMS = ("past", "gerund", "present", "base", "intransitive", "state", "count", "toll")
_CHEAP = re.compile(
    r"kill|dead|death|dies?\b|died|injur|wound|hurt|bod(?:y|ies)|corpse|lives|fatal|casualt|toll|missing|unaccounted"
    r"|captur|captive|hostage|prisoner|abduct|kidnap|slain|slew|massacr|murder|shot|gunned|behead|execut|martyr|perish"
    r"|slaught|hospitali|assassin|maim|succumb|drown|number of|remains|blown up|burn|disappear|surrender|eliminat"
    r"|neutrali|liquidat|seiz|victim",
    re.IGNORECASE,
)
_BE = frozenset({"was", "were", "is", "are", "be", "been", "being", "'s", "get", "got", "getting"})
_HAVE = frozenset({"has", "have", "had", "having", "'ve"})
_SINGULAR_VERB = frozenset({"was", "is", "has", "'s"})
_ADVERBS = frozenset(
    """also later then already reportedly still even instantly immediately now just earlier both all there
    himself herself themselves initially at once so far today yesterday again subsequently either""".split()
)
_REPORTING = frozenset(
    "said reported feared believed confirmed found thought known presumed understood to left".split()
)
_TOLL_LEAD = re.compile(
    r"(?:\b(?:to|at|of|reach(?:ed|es)|is|was|hit|passed|exceeded|topped|surpassed|stands?|stood|now|as)|:)\s*\Z",
    re.IGNORECASE,
)
_TOLL_PASSED = re.compile(r"(?:passed|exceeded|topped|surpassed)\s*\Z", re.IGNORECASE)
_TAKING = frozenset(
    {"take", "takes", "took", "taken", "taking", "seized", "seizing", "captured", "capturing", "holding"}
)
_ZERO = re.compile(
    r"\b(?:no[\s-]?one|nobody|none(?:\s+of\s+(?:them|the\s+\w+))?|no\s+(?:\w+\s+){0,2}"
    r"(?:people|persons?|civilians?|residents?|soldiers?|troops|staff|workers?|crew|passengers?|victims))\s+"
    r"(?:(?:was|were|is|has\s+been|had\s+been|have\s+been|got)\s+)(?:\w+ly\s+)?"
    r"(?P<what>(?:killed|injured|wounded|hurt|harmed)(?:\s+or\s+(?:killed|injured|wounded|hurt))?)"
    r"|\b(?:without|(?:there\s+(?:were|was|are)|caus(?:ed|ing)|with|had|suffered|and|but)\s+no)\s+(?:any\s+|causing\s+)*(?:\w+\s+)?"
    r"(?P<none>casualties|injuries|deaths|fatalities|victims)\b",
    re.IGNORECASE,
)
# Characters between a cue of a sum and the toll that it marks; tolls that follow closely are of the same sum.
_CUE_REACH = 90
_CUE_SHARED = 30
_RETURN_OF_BODIES = re.compile(
    r"\b(?:repatriat|hand(?:ed|ing)?\s+over|handover|return|exchang|swap|transfer|receiv|identif|deliver)",
    re.IGNORECASE,
)


@cache
def _lexicon() -> dict[str, list[tuple[tuple[str, ...], Toll, str]]]:
    """First word -> [(all words, kind, form)], longest first."""
    table: dict[str, list[tuple[tuple[str, ...], Toll, str]]] = {}
    lexicon = load("casualties")
    for kind in Toll:
        for form in _FORMS:
            for phrase in lexicon[str(kind)][form]:
                words = tuple(phrase.split())
                table.setdefault(words[0], []).append((words, kind, form))
    for entries in table.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return table


@cache
def _context() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in load("casualties")["context"].items()}


@cache
def _cumulative_cues() -> re.Pattern[str]:
    cues = sorted(_context()["cumulative"], key=len, reverse=True)
    return re.compile("|".join((r"\b" if c[0].isalpha() else "") + re.escape(c) for c in cues), re.IGNORECASE)


@cache
def _update_cues() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(_context()['update'])))})\b", re.IGNORECASE)


def find_tolls(text: str, start: int, end: int) -> list[TollMention]:
    """Every toll of the sentence text[start:end], in order of its casualty word."""
    if not _CHEAP.search(text, start, end):
        return []
    return _Sentence(text, start, end).tolls()


class _Sentence:
    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end
        self.words: list[Word] = words_of(text, start, end)
        self.triggers = self._find_triggers()
        ends = {t.first for t in self.triggers if (t.kind, t.form) != (Toll.CAPTURED, "count")}
        self.groups: list[Group] = find_groups(text, self.words, ends) if self.triggers else []
        self.by_first = {g.first: g for g in self.groups}
        self.by_last = {g.last: g for g in self.groups}
        self.trigger_at = {t.first: t for t in self.triggers}
        self.trigger_end = {t.last: t for t in self.triggers}

    def tolls(self) -> list[TollMention]:
        found = list(self._zeros())
        used: set[tuple[int, Toll]] = set()
        for trigger in self.triggers:
            for groups, update in self._people_of(trigger):
                key = (groups[0].first, trigger.kind)
                figure = add([g.figure for g in groups], self._words(groups))
                if figure is None or key in used:
                    continue
                used.add(key)
                found.append(self._mention(trigger, groups, figure, update))
        found.sort(key=lambda toll: (toll.trigger, toll.start))
        return self._with_context(found)

    # -- triggers

    def _find_triggers(self) -> list[_Trigger]:
        table, words = _lexicon(), self.words
        found: list[_Trigger] = []
        i = 0
        while i < len(words):
            for phrase, kind, form in table.get(words[i].lower, ()):
                if tuple(w.lower for w in words[i : i + len(phrase)]) == phrase:
                    found.append(_Trigger(i, i + len(phrase), kind, form))
                    i += len(phrase) - 1
                    break
            i += 1
        return found

    # -- where the people of a trigger stand

    def _people_of(self, t: _Trigger) -> Iterator[tuple[list[Group], bool]]:
        if self._joined_with_another(t):  # "killed or wounded 30": no figure of either
            return
        if t.form == "toll":
            yield from self._toll(t)
        elif t.form == "count":
            yield from self._count(t)
        elif t.form in ("gerund", "present", "base"):
            if t.form == "base" and self._is_unreal(t.first):
                return
            if groups := self._object(t):
                yield groups, False
        elif t.form == "state":
            if groups := self._adjacent(t.first) or self._subject(t, passive=True):
                yield groups, False
        elif t.form == "intransitive":
            if groups := self._subject(t, passive=False):
                yield groups, False
        else:
            yield from self._participle(t)

    def _participle(self, t: _Trigger) -> Iterator[tuple[list[Group], bool]]:
        """ "killed": after a form of "be" its people stand before it, else after it, else just before it."""
        aux = self._auxiliary(t.first)
        if aux is not None and self.words[aux].lower in _BE:
            if groups := self._subject(t, passive=True):
                yield groups, False
            return
        if groups := self._object(t):
            if not self._is_unreal(t.first):
                yield groups, False
        elif aux is None and (groups := self._adjacent(t.first)):
            yield groups, False

    def _joined_with_another(self, t: _Trigger) -> bool:
        words = self.words
        if t.last + 1 < len(words) and words[t.last].lower in ("and", "or", "/"):
            following = self.trigger_at.get(t.last + 1)
            if following and following.kind is not t.kind and following.form == t.form:
                return not self._adjacent(following.first)
        if t.first >= 2 and words[t.first - 1].lower in ("and", "or", "/"):
            before = self.trigger_end.get(t.first - 1)
            return before is not None and before.kind is not t.kind and before.form == t.form
        return False

    def _auxiliary(self, first: int) -> int | None:
        """Index of the "was", "were", "has" that the participle at `first` hangs on, if one stands before it."""
        i = first - 1
        for _ in range(6):
            if i < 0:
                return None
            lower = self.words[i].lower
            if lower in _BE or lower in _HAVE:
                return i
            ends_there = self.trigger_end.get(i + 1)
            if lower.endswith("ly") or lower in _ADVERBS or lower in _REPORTING or lower == "not":
                i -= 1
            elif (
                lower in ("and", "or")
                and i > 0
                and (self.words[i - 1].lower.endswith("ed") or self.trigger_end.get(i))
            ):
                i -= 2  # "was kidnapped and killed"
            elif ends_there is not None and ends_there.form == "past":
                i = ends_there.first - 1
            else:
                return None
        return None

    def _is_unreal(self, first: int) -> bool:
        unreal = _context()["unreal"]
        i = first - 1
        while i >= 0 and (
            self.words[i].lower in _HAVE or self.words[i].lower in _BE or self.words[i].lower.endswith("ly")
        ):
            i -= 1
        if i >= 0 and self.words[i].lower == "to" and self.words[first - 1].lower in _BE:
            return i == 0 or self.words[i - 1].lower not in _REPORTING  # "said to have been killed"
        return (
            i >= 0 and self.words[i].lower in unreal and not (self.words[i].lower == "to" and i != first - 1)
        )

    # -- groups around a trigger

    def _object(self, t: _Trigger) -> list[Group]:
        words, i = self.words, t.last
        if i < len(words) and words[i].lower == "off":
            return []
        skipped = 0
        while i < len(words) and skipped < 5:
            lower = words[i].lower
            if lower in ("himself", "herself", "themselves", "itself") and i + 1 < len(words):
                i += 2 if words[i + 1].lower in ("and", "along") else 1
            elif (group := self.by_first.get(i)) is not None:
                if t.kind in (Toll.MISSING, Toll.CAPTURED) and not group.people:
                    return []
                return self._rightwards(group)
            elif lower.endswith("ly") or lower in (
                "of",
                "a",
                "total",
                "also",
                "as",
                "both",
                "instantly",
                "an",
                "estimated",
                "with",
            ):
                i += 1
            else:
                return []
            skipped += 1
        return []

    def _rightwards(self, group: Group) -> list[Group]:
        """A group and those that are joined to it: "a woman and her two sons"."""
        groups = [group]
        while (following := self._joined(groups[-1])) is not None:
            after = following.last
            if (
                after < len(self.words)
                and (self.words[after].lower in _BE or after in self.trigger_at)
                and not self._lists(after)
            ):
                break  # "killed two and three others were wounded"
            groups.append(following)
        return groups

    def _lists(self, i: int) -> bool:
        """A trigger at `i` that begins a new verb phrase of its own: "killed two men and a boy, wounding three"."""
        trigger = self.trigger_at.get(i)
        return trigger is not None and (trigger.form == "gerund" or self.words[i - 1].text in (",", ";"))

    def _joined(self, group: Group) -> Group | None:
        words, i = self.words, group.last
        if i < len(words) and words[i].text == ",":
            i += 1
        if i < len(words) and words[i].lower in ("and", "plus", "&"):
            i += 1
        elif (
            i < len(words)
            and words[i].lower == "as"
            and [w.lower for w in words[i : i + 3]] == ["as", "well", "as"]
        ):
            i += 3
        elif i < len(words) and words[i].lower == "along":
            i += 2
        following = self.by_first.get(i)
        if i == group.last or following is None or following.part != group.part:
            return None
        if following.who in ("people", "civilians", "persons") and words[i - 1].text == ",":
            return None
        named = bool(following.people) or (following.additional and not following.bare)
        others = (
            following.bare
            and following.additional
            and following.last > following.first
            and self._says_others(following)
        )
        return following if (named or others) and (group.people or not group.bare) else None

    def _says_others(self, group: Group) -> bool:
        return any(w.lower in ("others", "other", "more") for w in self.words[group.first : group.last])

    def _adjacent(self, first: int) -> list[Group]:
        """The group that ends right before `first`, with those joined to it on its left."""
        i = first
        while (
            i > 0
            and i not in self.by_last
            and (self.words[i - 1].lower.endswith("ly") or self.words[i - 1].lower in _ADVERBS)
        ):
            i -= 1
        group = self.by_last.get(i)
        if group is None:
            return []
        if not (group.people or group.bare) and group.who:
            return []
        return self._leftwards(group)

    def _leftwards(self, group: Group) -> list[Group]:
        groups = [group]
        for before in reversed([g for g in self.groups if g.last <= group.first]):
            if self._joined(before) is not groups[0]:
                break
            earlier = self.trigger_end.get(before.first)
            if earlier is not None and earlier.form in ("past", "gerund", "present", "base"):
                break  # the object of another verb
            groups.insert(0, before)
        return groups

    def _subject(self, t: _Trigger, passive: bool) -> list[Group]:
        words = self.words
        aux = self._auxiliary(t.first)
        if passive and aux is None:
            return self._adjacent(t.first)
        first = t.first if aux is None else aux
        while first > 0 and (
            words[first - 1].lower in _BE
            or words[first - 1].lower in _HAVE
            or words[first - 1].lower in _ADVERBS
            or words[first - 1].lower.endswith("ly")
        ):
            first -= 1
        if first > 0 and words[first - 1].lower in _context()["unreal"]:
            return []
        if any(words[k].lower in ("not", "never", "n't") for k in range(first, t.first)):
            return []
        limit = max((o.last for o in self.triggers if o.last <= first and o.form != "count"), default=0)
        near = [g for g in self.groups if limit <= g.first and g.last <= first and not g.part]
        for group in reversed(near):
            if first - group.last > 25 or self._breaks(group.last, first):
                break
            close = first - group.last <= 1
            if group.people or (group.bare and (close or self._of_phrase(group))):
                if group.definite and not close and near[0] is not group:
                    continue
                return self._leftwards(group)
        return (
            self._one_named(first)
            if aux is None or words[aux].lower in _SINGULAR_VERB or self._has_been(aux)
            else []
        )

    def _has_been(self, aux: int) -> bool:
        return aux > 0 and self.words[aux].lower == "been" and self.words[aux - 1].lower in ("has", "had")

    def _of_phrase(self, group: Group) -> bool:
        return group.last < len(self.words) and self.words[group.last].lower in (
            "in",
            "of",
            "from",
            "at",
            "on",
            ",",
            "others",
        )

    def _breaks(self, first: int, last: int) -> bool:
        """Something between a subject and its verb that has a verb of its own."""
        between = self.words[first:last]
        return any(w.text in (";", ":") or (w.lower in _BE and k > 0) for k, w in enumerate(between))

    def _one_named(self, first: int) -> list[Group]:
        """ "Portnov was killed": one person told by name or pronoun, next to the verb."""
        i = first - 1
        if i >= 0 and self.words[i].lower == "who":
            i -= 1
        if i >= 0 and self.words[i].text == ",":
            comma = i
            i -= 1
            while i > 0 and comma - i < 16 and self.words[i].text != ",":
                i -= 1
            i = i - 1 if i > 0 and self.words[i].text == "," else comma - 1
        if i < 0:
            return []
        word = self.words[i]
        pronoun = word.lower in ("he", "she")
        name = word.text[0].isupper() and word.text[-1:].isalpha() and not word.lower.endswith("s") and i > 0
        if not (pronoun or (name and self.words[i - 1].text[0].isupper())):
            return []
        figure = Figure(1, 1, 1, word.text)
        return [Group(i, i + 1, (word.start, word.end), figure, word.lower, True, definite=True)]

    # -- counts

    def _count(self, t: _Trigger) -> Iterator[tuple[list[Group], bool]]:
        words = self.words
        lower = words[t.first].lower
        if lower in ("bodies", "body", "remains") and _RETURN_OF_BODIES.search(
            self.text, self.start, self.end
        ):
            return
        if lower == "lives" and any(
            w.lower.startswith(("sav", "spar", "protect")) for w in words[max(0, t.first - 6) : t.first]
        ):
            return
        if t.last < len(words) and words[t.last].lower == "of":
            if (group := self.by_first.get(t.last + 1)) is not None and (group.people or group.bare):
                yield self._rightwards(group), False
            return
        if lower in ("body", "remains", "injury"):
            return
        group = self.by_last.get(t.first) or self.by_last.get(t.last)
        if t.kind is Toll.CAPTURED and not self._taken(t.first):
            return
        if group is None:
            group = next((g for g in self.groups if g.last in (t.first - 1, t.first - 2) and g.bare), None)
            if group is not None and any(
                not w.text[0].isalpha() or w.lower in ("and", "of", "in") for w in words[group.last : t.first]
            ):
                group = None
        if group is not None and (group.bare or group.people):
            yield [group], False

    def _taken(self, first: int) -> bool:
        return any(w.lower in _TAKING for w in self.words[max(0, first - 6) : first])

    def _toll(self, t: _Trigger) -> Iterator[tuple[list[Group], bool]]:
        """ "the death toll rose from 7 to 8", "toll of 12", "bringing the toll to 31"."""
        words = self.words
        begin = words[t.last - 1].end
        stop = min(
            [self.end, begin + 170]
            + [words[o.first].start for o in self.triggers if o.first >= t.last and o.form == "toll"]
        )
        best: Group | None = None
        for quantity in find_quantities(self.text, begin, stop):
            before = self.text[begin : quantity.start]
            figure = quantity.figure
            if before.rstrip().lower().endswith("from") and figure.best is None and figure.high is not None:
                figure = Figure(figure.high, figure.high, figure.high, figure.words)  # "from 7 to 8"
            elif not _TOLL_LEAD.search(before):
                continue
            elif _TOLL_PASSED.search(before):
                figure = Figure(figure.low, figure.best, None, figure.words)
            index = next((k for k, w in enumerate(words) if w.start >= quantity.start), len(words) - 1)
            best = Group(index, index + 1, (quantity.start, quantity.end), figure)
            break
        if best is None and (group := self.by_last.get(t.first)) is not None and group.bare:
            best = group
        if best is not None:
            around = self.text[max(self.start, words[t.first].start - 40) : best.number[0]]
            yield [best], bool(_update_cues().search(around))

    # -- results

    def _zeros(self) -> Iterator[TollMention]:
        for match in _ZERO.finditer(self.text, self.start, self.end):
            what = (match["what"] or match["none"]).lower()
            kinds = {Toll.KILLED, Toll.WOUNDED} if match["none"] or "harmed" in what else set()
            kinds |= {Toll.KILLED} if re.search("kill|death|fatal", what) else set()
            kinds |= {Toll.WOUNDED} if re.search("injur|wound|hurt", what) else set()
            if what in ("injuries",):
                kinds = {Toll.WOUNDED}
            elif what in ("deaths", "fatalities"):
                kinds = {Toll.KILLED}
            for kind in sorted(kinds):
                figure = Figure(0, 0, 0, match.group())
                yield TollMention(match.start(), match.end(), kind, figure, match.span(), match.start())

    def _words(self, groups: list[Group]) -> str:
        return self.text[groups[0].number[0] : groups[-1].number[1]]

    def _mention(self, t: _Trigger, groups: list[Group], figure: Figure, update: bool) -> TollMention:
        words = self.words
        first, last = groups[0], groups[-1]
        start = min(words[t.first].start, first.number[0], words[first.first].start)
        end = max(words[t.last - 1].end, last.number[1], words[min(last.last, len(words)) - 1].end)
        return TollMention(
            start, end, t.kind, figure, (first.number[0], last.number[1]), words[t.first].start,
            part_of_total=first.part, update=update, additional=first.additional, who=first.who,
        )  # fmt: skip

    def _with_context(self, tolls: list[TollMention]) -> list[TollMention]:
        """Marks the toll nearest to each cue of a sum over many events."""
        cumulative: set[int] = set()
        for cue in _cumulative_cues().finditer(self.text, self.start, self.end):
            gaps = [max(toll.start - cue.end(), cue.start() - toll.end, 0) for toll in tolls]
            near = min(gaps, default=_CUE_REACH)
            if near < _CUE_REACH:
                cumulative |= {k for k, gap in enumerate(gaps) if gap <= near + _CUE_SHARED}
        return [replace(toll, cumulative=True) if k in cumulative else toll for k, toll in enumerate(tolls)]
