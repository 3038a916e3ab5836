"""Counts over a million events in milliseconds: a roaring bitmap of event ids for each value of each facet.

    post(event.pk)                  # in the transaction that changed the event
    with held.current() as table:   # the process's copy, brought up to date; None where there is none
        table.cardinality("status", "claimed")

table.py is the algebra (pure), keys.py says what an event stands under, postings.py writes the rows,
held.py keeps them in memory, selection.py turns a filter into a bitmap. docs/scaling.md has the figures.
"""

from timeline.index.held import held
from timeline.index.postings import post

__all__ = ["held", "post"]
