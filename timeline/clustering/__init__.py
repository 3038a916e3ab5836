"""Reports into events: which accounts, across articles, outlets and days, are of one act. Pure.

    account = Account.from_finding(finding, id=..., article=url, published=..., quote=...)
    settlement = settle([account, ...], stored, decisions)   # as reports arrive
    groups = cluster(accounts, decisions)                    # everything at once, the same result

`likeness` holds the weights, `matching` an account against an event, `grouping` the rule and its upkeep, `leads`
which event an article is about. Status, tolls and dates of the event that results: timeline.assessment.
"""

from timeline.clustering.accounts import Account, content_words, headed
from timeline.clustering.grouping import (
    Change,
    Decisions,
    Group,
    Link,
    Memory,
    Settlement,
    Stored,
    cluster,
    settle,
)
from timeline.clustering.leads import Mention, leads, prominence
from timeline.clustering.likeness import alike
from timeline.clustering.matching import EventView, Match, Window, compare

__all__ = [
    "Account",
    "Change",
    "Decisions",
    "EventView",
    "Group",
    "Link",
    "Match",
    "Memory",
    "Mention",
    "Settlement",
    "Stored",
    "Window",
    "alike",
    "cluster",
    "compare",
    "content_words",
    "headed",
    "leads",
    "prominence",
    "settle",
]
