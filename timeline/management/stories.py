"""What articles are about, measured: the lead of each, and whether successive versions of a story keep it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from timeline.clustering import Account, Mention, alike, cluster, leads, prominence
from timeline.extraction import Document, Finding

Extracted = list[tuple[Document, list[Finding]]]
Number = tuple[str, int]  # a finding: its article and its number there


@dataclass(frozen=True, slots=True)
class Stories:
    """Articles read and clustered. `event_of` names each finding's event, `lead_of` each article's."""

    accounts: dict[Number, Account]
    event_of: dict[Number, str]
    lead_of: dict[str, str]

    @classmethod
    def of(cls, rows: Extracted) -> Stories:
        accounts: dict[Number, Account] = {}
        told: dict[str, list[tuple[Number, float]]] = {}
        for document, findings in rows:
            published = utc(document.published)
            for n, finding in enumerate(f for f in findings if f.when):
                start, end = finding.evidence[0]
                accounts[document.id, n] = Account.from_finding(
                    finding,
                    id=(document.id, n),
                    article=document.id,
                    published=published,
                    quote=document.text[start:end],
                    title=document.title,
                )
                if not finding.background:
                    told.setdefault(document.id, []).append(((document.id, n), prominence(finding, document)))
        groups = cluster(accounts.values())
        founder = {id: str(group.accounts[0]) for group in groups for id in group.accounts}
        event_of = {id: founder[id] for id in accounts}
        mentions = {
            article: [Mention(event_of[id], weight) for id, weight in ids] for article, ids in told.items()
        }
        return cls(accounts, event_of, {a: str(event) for a, event in leads(mentions).items()})

    def shared(self, articles: Iterable[str]) -> bool:
        """Whether all of these have a lead, and the same one."""
        found = {self.lead_of.get(article) for article in articles}
        return len(found) == 1 and None not in found

    def doubled(self) -> set[str]:
        """The articles that tell their lead again as another event of the same day, place and sides."""
        found = set()
        for id, account in self.accounts.items():
            lead = self.lead_of.get(account.article)
            if lead is None or self.event_of[id] == lead:
                continue
            of_lead = (
                a for i, a in self.accounts.items()
                if a.article == account.article and self.event_of[i] == lead
            )  # fmt: skip
            if any(_told_alike(account, other) for other in of_lead):
                found.add(account.article)
        return found


def _told_alike(a: Account, b: Account) -> bool:
    return (a.type, a.first, a.last, a.place_key, a.sides) == (
        b.type, b.first, b.last, b.place_key, b.sides,
    ) and alike(a, b)  # fmt: skip


def utc(moment: datetime | date) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, 12)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
