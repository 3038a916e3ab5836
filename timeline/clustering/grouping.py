"""Which accounts are one event.

The rule, as a function of a *set* of accounts: go through the articles in the order of publication; each
account joins the event, made of accounts before it, that it resembles most, if it resembles one
enough, and else starts an event of its own. An article's accounts are placed together, the best match
first, and two of them share an event only where one retells the other (`matching.retells`). Accounts
that a curator has put together stand from the outset, whenever they were published.

`cluster` applies the rule to everything. `settle` keeps its result up to date as accounts arrive in any
order: a late account disturbs only the accounts after it that resemble an event which changed, and only
these are placed again. Both give the same groups; a property test shuffles the arrivals. What `settle`
builds on must have been grouped by the present weights: after a change of them, call `cluster`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heappop, heappush
from typing import Protocol

from timeline.clustering.accounts import Account
from timeline.clustering.likeness import SPEECH, alike
from timeline.clustering.matching import EventView, Match, Window, compare, retells

Placed = tuple[Account, Hashable]  # an account and the key of its event
_ByRegion = dict[tuple[str, str], list[Account]]


class Stored(Protocol):
    """The accounts that have an event, as queries. Each may return more than it is asked for, never less."""

    def near(self, window: Window, since: datetime | None = None) -> Iterable[Placed]:
        """Those in the window; with `since`, of these the ones published at that time or later."""

    def article(self, article: str) -> Iterable[Placed]:
        """Those of one article (`Account.article`)."""

    def event(self, event: Hashable) -> Iterable[Placed]:
        """Those of one event."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What curators decided, as ids of accounts. The machine never overrides it.

    `together`: sets of accounts that are one event for good (a set of one: it stays in its event).
    `apart`: pairs that never share an event.
    """

    together: tuple[frozenset[Hashable], ...] = ()
    apart: frozenset[frozenset[Hashable]] = frozenset()
    core: Mapping[Hashable, int] = field(init=False, repr=False)
    foes: Mapping[Hashable, frozenset[Hashable]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        core: dict[Hashable, int] = {}
        for number, group in enumerate(self.together):
            for account in group:
                if core.setdefault(account, number) != number:
                    raise ValueError(f"{account!r} is in two sets that a curator put together")
        foes: dict[Hashable, set[Hashable]] = defaultdict(set)
        for pair in self.apart:
            one, other = pair
            foes[one].add(other)
            foes[other].add(one)
        object.__setattr__(self, "core", core)
        object.__setattr__(self, "foes", {account: frozenset(others) for account, others in foes.items()})

    @classmethod
    def of_events(cls, core: Mapping[Hashable, int]) -> Decisions:
        """`core`: account to event, of those that a curator put there. It may still grow: every account that a
        store hands out must be in it by then."""
        decisions = cls()
        object.__setattr__(decisions, "core", core)
        return decisions


NO_DECISIONS = Decisions()


@dataclass(frozen=True, slots=True)
class Link:
    """Why an account is in its event: it matched, led by the account `to`; `to` is None where it matched none."""

    match: Match
    to: Hashable | None = None


FOUNDED = Link(Match(1.0, ("first account of this event",), True))
DECIDED = Link(Match(1.0, ("decided by a curator",), True))
RETOLD = "told twice in this article"


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts that are one event, as ids in order of publication, with the link of each."""

    accounts: tuple[Hashable, ...]
    links: Mapping[Hashable, Link]


@dataclass(frozen=True, slots=True)
class Change:
    """What one event gains. `event` is its key, None for a new one; `gained` are the ids to be put in it.

    `links` hold the links of every account that was placed again, whether it moved or not.
    """

    event: Hashable | None
    gained: tuple[Hashable, ...]
    links: Mapping[Hashable, Link]


@dataclass(frozen=True, slots=True)
class Settlement:
    """`changes` are to be written; `lost` are the keys of events from which accounts were taken."""

    changes: tuple[Change, ...]
    lost: frozenset[Hashable]


Label = tuple[
    str, Hashable
]  # ("event", key), ("account", id of the founder) or ("curator", number of the set)


@dataclass(slots=True)
class _Board:
    """Who is in which event, as far as the rule has been applied."""

    stored: Stored
    decisions: Decisions
    fresh: Memory = field(default_factory=lambda: Memory())  # accounts that are not stored yet
    known: dict[Hashable, Account] = field(default_factory=dict)
    key: dict[Hashable, Hashable] = field(default_factory=dict)  # the stored event of each stored account
    label: dict[Hashable, Label | None] = field(default_factory=dict)  # of the accounts that were placed
    link: dict[Hashable, Link] = field(default_factory=dict)
    _in: dict[Label, dict[Hashable, Account]] = field(default_factory=lambda: defaultdict(dict))
    _windows: dict[tuple[Window, datetime | None], list[Account]] = field(default_factory=dict)

    def learn(self, rows: Iterable[Placed]) -> list[Account]:
        accounts = []
        for account, event in rows:
            accounts.append(self.known.setdefault(account.id, account))
            self.key.setdefault(account.id, event)
        return accounts

    def near(self, window: Window, since: datetime | None = None) -> list[Account]:
        found = self._windows.get((window, since))
        if found is None:
            found = self.learn(self.stored.near(window, since))
            ids = {a.id for a in found}
            found += [a for a, _ in self.fresh.near(window, since) if a.id not in ids]
            self._windows[window, since] = found
        return found

    def label_of(self, account: Account) -> Label | None:
        """The event that it is in: where it was placed, else where it is stored."""
        if account.id in self.label or account.id not in self.key:
            return self.label.get(account.id)
        return "event", self.key[account.id]

    def members(self, label: Label) -> list[Account]:
        """All accounts of an event, also those that were near nothing looked at."""
        members = dict(self._in[label])
        if label[0] == "event":
            stored = self.learn(self.stored.event(label[1]))
            members |= {a.id: a for a in stored if a.id not in self.label}
        return list(members.values())

    def assign(self, account: Account, label: Label) -> None:
        self.known[account.id] = account
        self.label[account.id] = label
        self._in[label][account.id] = account

    def take(self, account: Account) -> Label | None:
        """Out of the event that it is in; returns which."""
        label = self.label_of(account)
        if label is not None:
            self._in[label].pop(account.id, None)
        self.label[account.id] = None
        return label

    def place(self, article: list[Account]) -> set[Label]:
        """Place an article's accounts, given all before it. Returns the events that this changed."""
        had = {a.id: self.take(a) for a in article}
        here: dict[Label, list[Account]] = defaultdict(list)
        free = [a for a in article if a.id not in self.decisions.core]
        for account in article:
            if account.id in self.decisions.core:
                number = self.decisions.core[account.id]
                self._put(account, had[account.id] or ("curator", number), DECIDED, here)
        waiting = {a.id: a for a in free}
        for _, account, label, link in sorted(self._offers(free, article), key=lambda o: o[0]):
            if account.id in waiting and self._bears(account, here.get(label, ())):
                self._put(account, label, link, here)
                del waiting[account.id]
        for account in sorted(waiting.values(), key=lambda a: a.denies):  # a denial after what it denies
            self._put(account, *self._own(account, had[account.id], here), here)
        changed: set[Label] = set()
        for account in article:
            before, now = had[account.id], self.label[account.id]
            if before != now:
                changed |= {label for label in (before, now) if label is not None}
        return changed

    def _offers(
        self, free: list[Account], article: list[Account]
    ) -> Iterator[tuple[tuple[object, ...], Account, Label, Link]]:
        """(order of merit, account, event, link) for every event that one of the accounts could join."""
        ids = {a.id for a in article}
        for account in free:
            events: dict[Label, list[Account]] = defaultdict(list)
            for other in self.near(Window.around(account)):
                stands = other.order < account.order or other.id in self.decisions.core
                if stands and other.id not in ids and (label := self.label_of(other)):
                    events[label].append(other)
            for label, others in events.items():
                view = EventView.of(others)
                match = compare(account, view)
                if match.same and not self._foes_in(account, self._standing(account, label)):
                    first = view.accounts[0]
                    yield (-match.points, account.order, first.order), account, label, Link(match, first.id)

    def _standing(self, account: Account, label: Label) -> list[Account]:
        """An event's accounts that come before this one; asked for only where the account has foes."""
        if account.id not in self.decisions.foes:
            return []
        core = self.decisions.core
        return [m for m in self.members(label) if m.order < account.order or m.id in core]

    def _own(
        self, account: Account, had: Label | None, here: dict[Label, list[Account]]
    ) -> tuple[Label, Link]:
        """The event of the sibling that it retells best, else one of its own."""
        borne = [
            (compare(account, EventView.of(siblings)), label, siblings[0].id)
            for label, siblings in here.items()
            if self._bears(account, siblings) and not self._foes_in(account, self._standing(account, label))
        ]
        best = max((b for b in borne if b[0].same), key=lambda b: b[0].points, default=None)
        if best is not None:
            match, label, sibling = best
            return label, Link(replace(match, reasons=(RETOLD, *match.reasons)), sibling)
        if had is not None and had not in here and all(m.order > account.order for m in self.members(had)):
            return had, FOUNDED  # it founded that event and does so again
        return ("account", account.id), FOUNDED

    def _put(self, account: Account, label: Label, link: Link, here: dict[Label, list[Account]]) -> None:
        self.assign(account, label)
        self.link[account.id] = link
        here[label].append(account)

    def _bears(self, account: Account, siblings: Iterable[Account]) -> bool:
        """Whether it can share an event with these accounts of its article.

        What one person says in a speech need not resemble each other thing said in it.
        """
        enough = any if account.type in SPEECH and all(s.type in SPEECH for s in siblings) else all
        alike = enough(retells(account, s) for s in siblings) or not siblings
        return alike and not self._foes_in(account, siblings)

    def _foes_in(self, account: Account, others: Iterable[Account]) -> bool:
        foes = self.decisions.foes.get(account.id, frozenset())
        return any(other.id in foes for other in others)


def _articles(accounts: Iterable[Account]) -> dict[tuple[datetime, str], list[Account]]:
    """Each article's accounts in order, under the key by which articles are ordered."""
    articles: dict[tuple[datetime, str], list[Account]] = defaultdict(list)
    for account in sorted(accounts, key=lambda a: a.order):
        articles[account.published, account.article].append(account)
    return articles


def settle(accounts: Iterable[Account], stored: Stored, decisions: Decisions = NO_DECISIONS) -> Settlement:
    """Give each of these accounts its event, and place again those that this disturbs.

    `accounts`: new ones, or stored ones to be looked at again. An account that arrives late, between
    accounts of its article that were placed before, takes these with it.
    """
    new: dict[str, dict[Hashable, Account]] = defaultdict(dict)
    board = _Board(stored, decisions)
    for account in accounts:
        new[account.article][account.id] = account
        board.fresh.put(account, None)
    queue = sorted({(a.published, a.article) for article in new.values() for a in article.values()})
    seen = set(queue)  # sorted, hence a heap
    while queue:
        at = heappop(queue)
        article = {a.id: a for a in board.learn(stored.article(at[1]))}
        article |= new.get(at[1], {})
        if undecided := [id for id in article if id in decisions.core and id not in board.key]:
            raise ValueError(f"decided by a curator, yet in no event: {undecided}")
        for label in board.place(sorted(article.values(), key=lambda a: a.order)):
            for later in _disturbed(board, label, at, seen):
                seen.add(later)
                heappush(queue, later)
    return _settlement(board)


def _disturbed(
    board: _Board, label: Label, at: tuple[datetime, str], seen: set[tuple[datetime, str]]
) -> set[tuple[datetime, str]]:
    """The articles after this one that have an account like one of this event's, and are not `seen` yet."""
    members = board.members(label)
    if not members:
        return set()
    return {
        (later.published, later.article)
        for later in board.near(Window.around_all(members), since=at[0])
        if (later.published, later.article) > at
        and (later.published, later.article) not in seen
        and later.id not in board.decisions.core
        and any(alike(later, m) for m in members if m.id != later.id)
    }


def _settlement(board: _Board) -> Settlement:
    groups: dict[Label, list[Account]] = defaultdict(list)
    for id in board.link:
        if label := board.label[id]:
            groups[label].append(board.known[id])
    keys = _carry_over(board, groups)
    changes, lost = [], set()
    for label, accounts in groups.items():
        ordered = sorted(accounts, key=lambda a: a.order)
        event = keys.get(label)
        gained = tuple(a.id for a in ordered if event is None or board.key.get(a.id) != event)
        changes.append(Change(event, gained, {a.id: board.link[a.id] for a in ordered}))
        lost |= {board.key[id] for id in gained if id in board.key}
    return Settlement(tuple(changes), frozenset(lost))


def _carry_over(board: _Board, groups: Mapping[Label, list[Account]]) -> dict[Label, Hashable]:
    """Which stored event each group continues: its own, else the one that left it the most accounts."""
    keys: dict[Label, Hashable] = {label: label[1] for label in groups if label[0] == "event"}
    claims: dict[tuple[Label, Hashable], list[Account]] = defaultdict(list)
    for label, accounts in groups.items():
        for account in accounts:
            if label not in keys and account.id in board.key:
                claims[label, board.key[account.id]].append(account)
    for label, event in sorted(claims, key=lambda c: (-len(claims[c]), min(a.order for a in claims[c]))):
        if label not in keys and event not in keys.values() and not board.members(("event", event)):
            keys[label] = event
    return keys


class Memory:
    """`Stored` in memory: what `cluster` works on, and what a store in a database has read."""

    LONG = 31  # days from which an account is not listed under each of its days

    def __init__(self) -> None:
        self.events: dict[Hashable, Hashable] = {}
        self._days: dict[tuple[str, int], _ByRegion] = defaultdict(lambda: defaultdict(list))
        self._long: dict[str, _ByRegion] = defaultdict(lambda: defaultdict(list))
        self._articles: dict[str, list[Account]] = defaultdict(list)
        self._members: dict[Hashable, dict[Hashable, Account]] = defaultdict(dict)

    def put(self, account: Account, event: Hashable) -> None:
        if account.id in self.events:
            del self._members[self.events[account.id]][account.id]
        else:
            region = account.country, account.admin1
            self._articles[account.article].append(account)
            if account.last - account.first >= self.LONG:
                self._long[account.type][region].append(account)
            else:
                for day in range(account.first, account.last + 1):
                    self._days[account.type, day][region].append(account)
        self.events[account.id] = event
        self._members[event][account.id] = account

    def near(self, window: Window, since: datetime | None = None) -> list[Placed]:
        found: dict[Hashable, Account] = {}
        days = range(window.first.toordinal(), window.last.toordinal() + 1)
        for type_ in window.types:
            listed = [self._long[type_]] if type_ in self._long else []
            listed += [self._days[type_, day] for day in days if (type_, day) in self._days]
            for by_region in listed:
                for account in _within(window, by_region):
                    if window.admits(account) and (since is None or account.published >= since):
                        found[account.id] = account
        return [(account, self.events[id]) for id, account in found.items()]

    def article(self, article: str) -> list[Placed]:
        return [(account, self.events[account.id]) for account in self._articles[article]]

    def event(self, event: Hashable) -> list[Placed]:
        return [(account, event) for account in self._members[event].values()]

    def groups(self) -> set[Hashable]:
        """The events of the accounts."""
        return {event for event, members in self._members.items() if members}


def _within(window: Window, by_region: _ByRegion) -> Iterator[Account]:
    """The accounts listed under the regions that the window admits."""
    if window.country and window.admin1:
        regions = [(c, r) for c in (window.country, "") for r in (window.admin1, "")]
        return (account for region in regions if region in by_region for account in by_region[region])
    return (account for accounts in by_region.values() for account in accounts)


def cluster(accounts: Iterable[Account], decisions: Decisions = NO_DECISIONS) -> list[Group]:
    """Group everything. The order in which the accounts are given does not matter.

    Groups come in the order of their first account.
    """
    memory = Memory()
    everything = _articles(accounts)
    for article in everything.values():
        for account in article:
            memory.put(account, ("account", account.id))
    board = _Board(memory, decisions)
    for account in (a for article in everything.values() for a in article):
        board.known[account.id] = account
        board.label[account.id] = None
        if account.id in decisions.core:
            board.assign(account, ("curator", decisions.core[account.id]))
    for at in sorted(everything):
        board.place(everything[at])
    groups: dict[Label | None, list[Account]] = defaultdict(list)
    for at in sorted(everything):
        for account in everything[at]:
            groups[board.label[account.id]].append(account)
    return [Group(tuple(a.id for a in g), {a.id: board.link[a.id] for a in g}) for g in groups.values()]
