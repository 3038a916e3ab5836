"""What happened and who says so. `Event` is a heading over its `Report`s."""

from timeline.models.alerts import Delivery, MailAlert, Mailing, Webhook
from timeline.models.amendments import Amendment
from timeline.models.batches import Batch
from timeline.models.catalogue import Actor, Place
from timeline.models.claims import Claim
from timeline.models.codings import Coding, CodingTask
from timeline.models.decisions import Decision
from timeline.models.events import Event, EventActor
from timeline.models.postings import Posted, Posting
from timeline.models.readings import ReadingChange
from timeline.models.reports import Report, ReportActor
from timeline.models.searches import SavedSearch

__all__ = [
    "Actor",
    "Amendment",
    "Batch",
    "Claim",
    "Coding",
    "CodingTask",
    "Decision",
    "Delivery",
    "Event",
    "EventActor",
    "MailAlert",
    "Mailing",
    "Place",
    "Posted",
    "Posting",
    "ReadingChange",
    "Report",
    "ReportActor",
    "SavedSearch",
    "Webhook",
]
