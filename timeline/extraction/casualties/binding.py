"""Which people a casualty word is about: the grammar of tolls within one sentence.

Where the people of a word stand follows from its form (`casualties.words`);
they are the groups that `casualties.people` reads.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from timeline.extraction.casualties.people import Group, Word, find_groups, words_of
from timeline.extraction.casualties.words import Trigger, casualty_words, find_triggers
from timeline.extraction.codebook import Toll
from timeline.extraction.findings import Figure
from timeline.extraction.grammar.numbers import find_quantities

_TRANSITIVE = frozenset({"past", "gerund", "present", "base"})
_BE = frozenset({"was", "were", "is", "are", "be", "been", "being", "'s", "’s", "get", "got", "getting"})
_FINITE_BE = frozenset({"was", "were", "is", "are"})
_HAVE = frozenset({"has", "have", "had", "having", "'ve", "’ve"})
_SINGULAR = frozenset({"was", "is", "has", "'s", "’s"})
_RELATIVE = frozenset({"who", "that", "which", "whom"})
_WITH_OBJECT = frozenset({"of", "a", "an", "total", "estimated", "also", "as", "both", "with"})
_QUOTES = frozenset('"“”‘’«»')
_JOINS_PHRASE = (("as", "well", "as"), ("along", "with"), ("together", "with"))
_TAKING = frozenset(
    {"take", "takes", "took", "taken", "taking", "seized", "captured", "capturing", "holding"}
)
_SUBJECT_REACH = 25  # words between a subject and its verb
_BARE_SUBJECT_REACH = 10
_AUXILIARY_REACH = 8
_TOLL_REACH = 170  # characters between "death toll" and its figure
_TOLL_LEAD = re.compile(
    r"(?:\b(?:to|at|of|reach(?:ed|es)|is|was|hit|passed|exceeded|topped|surpassed|stands?|stood|now|as)|:)\s*\Z",
    re.IGNORECASE,
)
_TOLL_PASSED = re.compile(r"(?:passed|exceeded|topped|surpassed)\s*\Z", re.IGNORECASE)
# Verbs that hand bodies over: the dead of earlier fighting.
_RETURN_OF_BODIES = re.compile(
    r"\b(?:repatriat|hand(?:ed|ing)?\s+over|handover|return|exchang|swap|transfer|receiv|deliver)",
    re.IGNORECASE,
)
_NO_NAME = frozenset(
    {"it", "this", "that", "there", "what", "which", "one", "everyone", "nobody", "none", "everything"}
)
_RESCUE = ("sav", "spar", "protect")


@dataclass(frozen=True, slots=True)
class Binding:
    """A trigger with its people: groups that add up."""

    trigger: Trigger
    groups: tuple[Group, ...]


class SentenceTolls:
    """The words, triggers and groups of people of text[start:end], and their bindings."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end
        self.words: list[Word] = words_of(text, start, end)
        self.triggers = find_triggers(self.words)
        self._trigger_at = {t.first: t for t in self.triggers}
        self._trigger_before = {t.last: t for t in self.triggers}
        ends = {t.first for t in self.triggers if (t.kind, t.form) != (Toll.CAPTURED, "count")}
        self.groups: list[Group] = find_groups(text, self.words, ends) if self.triggers else []
        self._group_at = {g.first: g for g in self.groups}
        self._group_before = {g.last: g for g in self.groups}

    def bindings(self) -> Iterator[Binding]:
        """Each trigger with its people; a group is given to one trigger of a kind only."""
        given: set[tuple[int, Toll]] = set()
        for trigger in self.triggers:
            for groups in self._people_of(trigger):
                key = (groups[0].first, trigger.kind)
                if key not in given:
                    given.add(key)
                    yield Binding(trigger, tuple(groups))

    def _people_of(self, t: Trigger) -> Iterator[list[Group]]:
        if self._shares_figure(t):
            return
        if t.form == "toll":
            yield from self._of_toll(t)
        elif t.form == "count":
            yield from self._of_count(t)
        else:
            groups = self._of_verb(t)
            if groups:
                yield groups
                yield from ([part] for part in self._parts_after(groups[-1], t))

    def _shares_figure(self, t: Trigger) -> bool:
        """ "killed or wounded 30" gives a figure of neither."""
        before, after = self._trigger_before.get(t.first - 1), self._trigger_at.get(t.last + 1)
        if after is not None and self._is_rival(t, after) and self.words[t.last].lower in ("and", "or", "/"):
            return not self._right_before(after.first)
        return (
            before is not None
            and self._is_rival(t, before)
            and self.words[t.first - 1].lower in ("and", "or", "/")
        )

    def _is_rival(self, t: Trigger, other: Trigger) -> bool:
        return t.form == other.form and {t.kind, other.kind} == {Toll.KILLED, Toll.WOUNDED}

    # -- verbs

    def _of_verb(self, t: Trigger) -> list[Group]:
        if t.form in ("gerund", "present"):
            return self._object(t)
        if t.form == "base":
            return [] if self._is_unreal(t.first) else self._object(t)
        if t.form == "state":
            return self._right_before(t.first) or self._subject(t)
        if t.form == "intransitive":
            return self._subject(t)
        auxiliary = self._auxiliary(t.first)
        if auxiliary is not None and self.words[auxiliary].lower in _BE:
            return self._subject(t)
        found = self._object(t)
        if found:
            return [] if self._is_unreal(t.first) else found
        return self._right_before(t.first) if auxiliary is None else []

    def _auxiliary(self, first: int) -> int | None:
        """Index of the "was", "were", "has" that the verb at `first` hangs on, if one stands before it."""
        i = first - 1
        for _ in range(_AUXILIARY_REACH):
            if i < 0:
                return None
            lower = self.words[i].lower
            if lower in _BE or lower in _HAVE:
                return i
            before = self._trigger_before.get(i + 1)
            if self._is_adverb(i) or lower in casualty_words("reporting") or lower == "not":
                i -= 1
            elif (
                lower in ("and", "or")
                and i > 0
                and (self.words[i - 1].lower.endswith("ed") or self._trigger_before.get(i))
            ):
                i -= 2  # "was kidnapped and killed"
            elif before is not None and before.form == "past":
                i = before.first - 1
            else:
                return None
        return None

    def _is_adverb(self, i: int) -> bool:
        """An adverb, or a word of a time told between subject and verb ("were on Tuesday night killed")."""
        lower = self.words[i].lower
        return lower.endswith("ly") or lower in casualty_words("adverbs")

    def _is_unreal(self, first: int) -> bool:
        """ "could kill", "would have killed", "did not kill", "to kill"; but not "said to have killed"."""
        i = first - 1
        while i >= 0 and (self.words[i].lower in _HAVE or self.words[i].lower in _BE or self._is_adverb(i)):
            i -= 1
        if i < 0 or self.words[i].lower not in casualty_words("unreal"):
            return False
        if self.words[i].lower == "to" and i != first - 1:
            return i == 0 or self.words[i - 1].lower not in casualty_words("reporting")
        return True

    def _object(self, t: Trigger) -> list[Group]:
        words, i = self.words, t.last
        for _ in range(6):
            if i >= len(words):
                return []
            lower = words[i].lower
            if (group := self._group_at.get(i)) is not None:
                return self._with_right(group) if self._suits(t, group) else []
            if lower in ("himself", "herself", "themselves", "itself"):
                i += 2 if i + 1 < len(words) and words[i + 1].lower in ("and", "along") else 1
            elif lower in _WITH_OBJECT or lower.endswith("ly") or lower in _QUOTES:
                i += 1
            else:
                return []
        return []

    def _suits(self, t: Trigger, group: Group) -> bool:
        """Villages are captured and jets are missing too; only people are killed or wounded."""
        return group.people or t.kind in (Toll.KILLED, Toll.WOUNDED)

    def _subject(self, t: Trigger) -> list[Group]:
        words = self.words
        auxiliary = self._auxiliary(t.first)
        if auxiliary is None and t.form != "intransitive":
            return self._right_before(t.first)
        first = self._verb_phrase_from(t.first if auxiliary is None else auxiliary)
        if first is None:
            return []
        if any(words[k].lower in ("not", "never", "n't") for k in range(first, t.first)):
            return []
        limit = max((o.last for o in self.triggers if o.last <= first and self._closes(o)), default=0)
        near = [g for g in self.groups if limit <= g.first and g.last <= first and not g.part]
        for group in reversed(near):
            if first - group.last > _SUBJECT_REACH or self._has_own_verb(group.last, first):
                break
            if self._is_one(first, auxiliary) and (group.figure.low or 0) > 1:
                continue
            if self._is_inserted(group, auxiliary) and near[0] is not group:
                continue
            if self._can_be_subject(group, first, alone=near[0] is group):
                return self._with_left(group)
        if auxiliary is None or words[auxiliary].lower in _SINGULAR or self._is_singular_perfect(auxiliary):
            return self._named(first, t.kind)
        return []

    def _is_one(self, first: int, auxiliary: int | None) -> bool:
        """ "hundreds at the funeral of a man who was killed": a relative clause about one person."""
        return (
            auxiliary is not None
            and first > 0
            and self.words[first - 1].lower == "who"
            and self.words[auxiliary].lower in ("was", "is")
        )

    def _is_inserted(self, group: Group, auxiliary: int | None) -> bool:
        """ "Five soldiers, an official said, were killed": one person between commas, and a verb of several."""
        plural = auxiliary is not None and self.words[auxiliary].lower in ("were", "are", "have")
        opened = group.first > 0 and self.words[group.first - 1].text == ","
        return plural and opened and group.figure.best == 1

    def _verb_phrase_from(self, i: int) -> int | None:
        """Where the verb phrase before `i` begins ("were reported to have been"); None where it is unreal."""
        words = self.words
        while i > 0:
            lower = words[i - 1].lower
            if lower == "to":
                if i < 2 or words[i - 2].lower not in casualty_words("reporting"):
                    return None
                i -= 2
            elif lower in _BE or lower in _HAVE or self._is_adverb(i - 1):
                i -= 1
            elif lower in ("may", "might") and self.words[i].lower == "have":
                i -= 1  # "up to 40 may have died"
            else:
                return None if lower in casualty_words("unreal") else i
        return i

    def _closes(self, t: Trigger) -> bool:
        """Whether people before `t` are taken: not by a count, nor by "who were kidnapped"."""
        auxiliary = self._auxiliary(t.first)
        relative = auxiliary is not None and auxiliary > 0 and self.words[auxiliary - 1].lower in _RELATIVE
        return t.form != "count" and not relative

    def _can_be_subject(self, group: Group, first: int, alone: bool) -> bool:
        close = first - group.last <= 1
        if not (group.people or group.bare):  # a noun that the lexicon does not know
            return first == group.last
        indefinite = group.people and not group.definite
        if group.bare and not close:
            return first - group.last <= _BARE_SUBJECT_REACH and self._goes_on(group)
        return close or alone or indefinite

    def _is_singular_perfect(self, auxiliary: int) -> bool:
        return (
            self.words[auxiliary].lower == "been"
            and auxiliary > 0
            and self.words[auxiliary - 1].lower in ("has", "had")
        )

    def _goes_on(self, group: Group) -> bool:
        """ "five of ...", "three in the city": a number without a noun of its own."""
        following = self.words[group.last].lower if group.last < len(self.words) else ""
        return following in ("in", "of", "from", "at", "on", ",", "who", "others")

    def _has_own_verb(self, first: int, last: int) -> bool:
        """Whether another clause stands between a subject and its verb; relative clauses do not count."""
        for i in range(first, last):
            if self.words[i].text in (";", ":"):
                return True
            if self.words[i].lower in _FINITE_BE and i > first and self.words[i - 1].lower not in _RELATIVE:
                return True
        return False

    def _named(self, first: int, kind: Toll) -> list[Group]:
        """ "Anna Example was killed", "Ivan Example, a teacher, was killed", "he was killed": one person."""
        i = first - 1
        if i >= 0 and self.words[i].lower == "who":
            i -= 1
        if i >= 0 and self.words[i].text == ",":
            opening = next((k for k in range(i - 1, max(-1, i - 16), -1) if self.words[k].text == ","), None)
            i = (opening if opening is not None else i) - 1
        if i < 0 or not self._is_one_person(i, kind):
            return []
        word = self.words[i]
        return [
            Group(
                i, i + 1, (word.start, word.end), Figure(1, 1, 1, word.text), word.lower, True, definite=True
            )
        ]

    def _is_one_person(self, i: int, kind: Toll) -> bool:
        """A pronoun, a name of two words, or (of the killed: states and armies are "hurt" too) a surname."""
        word = self.words[i]
        if word.lower in ("he", "she"):
            return True
        name = word.text[0].isupper() and word.text.isalpha() and word.lower not in _NO_NAME
        k = i
        while k > 0 and (self.words[k - 1].text[0].isupper() or self.words[k - 1].lower.endswith("ern")):
            k -= 1
        if k > 0 and self.words[k - 1].lower in ("in", "near", "at", "from", "outside"):
            return False  # "the dam in southern Ukraine was blown up"
        return name and (kind is Toll.KILLED or (i > 0 and self.words[i - 1].text[0].isupper()))

    # -- groups next to each other

    def _right_before(self, first: int) -> list[Group]:
        """The people that end right before `first`: "five dead", "two men and a boy wounded"."""
        i = first
        while i > 0 and i not in self._group_before and self._is_adverb(i - 1):
            i -= 1
        group = self._group_before.get(i)
        if group is None and i > 0 and self.words[i - 1].text == ",":  # "six, including two children, dead"
            inserted = self._group_before.get(i - 1)
            group = inserted if inserted is not None and inserted.part else None
        if group is None:
            return []
        if group.part and (whole := self._whole_of(group)) is not None:
            group = whole
        return self._with_left(group)

    def _whole_of(self, part: Group) -> Group | None:
        """ "six residents, including two children, dead": the six."""
        for group in reversed(self.groups):
            if group.last <= part.first and not group.part:
                return group if part.first - group.last <= 6 and group.people else None
        return None

    def _parts_after(self, whole: Group, t: Trigger) -> Iterator[Group]:
        """The groups told as parts of `whole` right after it or right after its trigger."""
        last = max(whole.last, t.last)
        for group in self.groups:
            if group.part and whole.last <= group.first <= last + 4 and (group.people or group.bare):
                last = max(last, group.last)
                yield group

    def _with_right(self, group: Group) -> list[Group]:
        """A group and those that are joined to it: "a woman and her two sons"."""
        groups = [group]
        while (following := self._joined(groups[-1])) is not None:
            if self._takes_its_own_verb(following):
                break  # "killed two and three others were wounded"
            groups.append(following)
        return groups

    def _takes_its_own_verb(self, group: Group) -> bool:
        if group.last >= len(self.words):
            return False
        trigger = self._trigger_at.get(group.last)
        return self.words[group.last].lower in _BE or (
            trigger is not None and trigger.form not in ("gerund", "count")
        )

    def _with_left(self, group: Group) -> list[Group]:
        groups = [group]
        for before in reversed([g for g in self.groups if g.last <= group.first]):
            owner = self._trigger_before.get(before.first)
            if self._joined(before) is not groups[0] or (owner is not None and owner.form in _TRANSITIVE):
                break
            groups.insert(0, before)
        return groups

    def _joined(self, group: Group) -> Group | None:
        """The group that "and", a comma or "as well as" adds to `group`."""
        words, i = self.words, group.last
        if i < len(words) and words[i].text == ",":
            i += 1
        if i < len(words) and words[i].lower in ("and", "plus", "&"):
            i += 1
        for phrase in _JOINS_PHRASE:
            if tuple(w.lower for w in words[i : i + len(phrase)]) == phrase:
                i += len(phrase)
        following = self._group_at.get(i)
        if i == group.last or following is None or following.part != group.part:
            return None
        if (group.who and not group.people) or (
            words[i - 1].text == "," and not self._goes_on_listing(following)
        ):
            return None
        told = following.people or (following.additional and self._says_others(following))
        return following if told and (group.people or following.additional) else None

    def _goes_on_listing(self, group: Group) -> bool:
        """A list needs its "and": "two men, three women and a boy"; not "two men, the mayor, NAME, said"."""
        if self.words[group.first].lower == "the" and group.figure.best == 1:
            return False
        return group.last < len(self.words) and self.words[group.last].lower in ("and", ",", "&", "plus")

    def _says_others(self, group: Group) -> bool:
        return any(w.lower in ("others", "other", "more") for w in self.words[group.first : group.last])

    # -- counts

    def _of_count(self, t: Trigger) -> Iterator[list[Group]]:
        words = self.words
        lower = words[t.last - 1].lower
        if lower in ("bodies", "body", "remains") and _RETURN_OF_BODIES.search(
            self.text, self.start, self.end
        ):
            return
        around = [w.lower for w in words[max(0, t.first - 6) : t.first]]
        if lower == "lives" and any(w.startswith(_RESCUE) for w in around):
            return
        if t.kind is Toll.CAPTURED and not _TAKING.intersection(around):
            return
        if t.last < len(words) and words[t.last].lower == "of":
            if (group := self._group_at.get(t.last + 1)) is not None and (group.people or group.bare):
                yield self._with_right(group)
        elif lower not in ("body", "remains", "injury"):
            group = (
                self._group_before.get(t.first) or self._group_before.get(t.last) or self._described(t.first)
            )
            if group is not None and (group.bare or group.people) and not group.definite:
                yield [group]

    def _described(self, first: int) -> Group | None:
        """ "seven confirmed deaths": a word between the figure and what it counts."""
        group = self._group_before.get(first - 1)
        described = group is not None and group.bare and self.words[first - 1].text[0].isalpha()
        return group if described and self.words[first - 1].lower not in ("and", "of", "in", "or") else None

    def _of_toll(self, t: Trigger) -> Iterator[list[Group]]:
        """ "the death toll rose from 7 to 8", "toll of 12", "bringing the toll to 31"."""
        begin = self.words[t.last - 1].end
        later = [self.words[o.first].start for o in self.triggers if o.first >= t.last and o.form == "toll"]
        for quantity in find_quantities(self.text, begin, min([self.end, begin + _TOLL_REACH, *later])):
            before, figure = self.text[begin : quantity.start], quantity.figure
            revised = quantity.figure.words.lower().startswith("up to")
            if revised and figure.best is not None and _is_verb_before(before):  # "revised up to 72"
                figure = Figure(figure.best, figure.best, figure.best, figure.words)
            elif before.rstrip().lower().endswith("from") and figure.best is None and figure.high is not None:
                figure = Figure(figure.high, figure.high, figure.high, figure.words)  # "from 7 to 8"
            elif not _TOLL_LEAD.search(before):
                continue
            elif _TOLL_PASSED.search(before):
                figure = Figure(figure.low, figure.best, None, figure.words)
            index = next(
                (k for k, w in enumerate(self.words) if w.start >= quantity.start), len(self.words) - 1
            )
            yield [Group(index, index + 1, (quantity.start, quantity.end), figure)]
            return
        group = self._group_before.get(t.first)
        if group is not None and group.bare:
            yield [group]


def _is_verb_before(before: str) -> bool:
    return (
        before.rstrip().lower().endswith(("revised", "updated", "adjusted", "risen", "went", "gone", "moved"))
    )
