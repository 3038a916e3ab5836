"""The codebook as data: categories, types, precisions, modalities, roles, statuses.

Every other place that needs these names (models, admin help texts, the /about/ page, exports, the
extractor itself) takes them from here, so that they are defined once. Codes of other schemes: ACLED
sub-events, PLOVER types, CAMEO root codes, UCDP GED date and place precision.
"""

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    DIPLOMACY = "diplomacy"
    STRIKE = "strike"
    TERRITORY = "territory"


class Precision(StrEnum):
    """How exactly the date is known (UCDP date_prec 1-5)."""

    DAY = "day"
    RANGE = "range"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


UCDP_DATE_PREC = {
    Precision.DAY: 1,
    Precision.RANGE: 2,
    Precision.WEEK: 3,
    Precision.MONTH: 4,
    Precision.YEAR: 5,
}


class PlacePrecision(StrEnum):
    """How exactly the place is known (UCDP where_prec; 5 is not used)."""

    EXACT = "exact"
    NEAR = "near"
    ADMIN2 = "admin2"
    ADMIN1 = "admin1"
    COUNTRY = "country"
    INTERNATIONAL = "international"


UCDP_WHERE_PREC = {
    PlacePrecision.EXACT: 1,
    PlacePrecision.NEAR: 2,
    PlacePrecision.ADMIN2: 3,
    PlacePrecision.ADMIN1: 4,
    PlacePrecision.COUNTRY: 6,
    PlacePrecision.INTERNATIONAL: 7,
}


class DateBasis(StrEnum):
    """What the date of a finding rests on."""

    EXPLICIT = "explicit"  # an expression in the same clause
    SPEECH = "speech"  # the day on which it was announced: an upper bound
    CARRIED = "carried"  # an expression earlier in the article
    PUBLICATION = "publication"  # nothing said: a fresh act takes the article's day


class Modality(StrEnum):
    OCCURRED = "occurred"
    ONGOING = "ongoing"
    PLANNED = "planned"
    HYPOTHETICAL = "hypothetical"
    DENIED = "denied"


class Role(StrEnum):
    INITIATOR = "initiator"
    TARGET = "target"
    PARTICIPANT = "participant"
    MEDIATOR = "mediator"


class Stance(StrEnum):
    """What the speaker of a report does with the event."""

    ASSERTS = "asserts"
    CONFIRMS = "confirms"
    DENIES = "denies"


class Status(StrEnum):
    """What follows from an event's reports (timeline.assessment)."""

    REPORTED = "reported"
    CLAIMED = "claimed"
    CORROBORATED = "corroborated"
    DISPUTED = "disputed"
    DENIED = "denied"
    PLANNED = "planned"


class Toll(StrEnum):
    KILLED = "killed"
    WOUNDED = "wounded"
    MISSING = "missing"
    CAPTURED = "captured"


def _(text: str) -> str:
    """Marks a text for translators (docs/translating.md); what shows it to readers translates it."""
    return text


@dataclass(frozen=True, slots=True)
class EventType:
    """One row of the codebook's table of types."""

    code: str
    category: Category
    label: str
    definition: str
    acled: str  # sub-event type; empty where ACLED codes no such act
    plover: str
    cameo: str  # root codes, comma separated


def _types(category: Category, *rows: tuple[str, str, str, str, str, str]) -> list[EventType]:
    return [EventType(code, category, *rest) for code, *rest in rows]


_SHELLING = "Shelling/artillery/missile attack"
_AIR = "Air/drone strike"
_OVERTAKES = "Government regains territory / Non-state actor overtakes territory"

TYPES: dict[str, EventType] = {
    t.code: t
    for t in (
        *_types(
            Category.DIPLOMACY,
            ("talks", _("Talks"), _("Negotiation, meeting, summit, phone call."), "", "CONSULT", "04"),
            (
                "visit",
                _("Visit"),
                _("An official or envoy travels, arrives, is received."),
                "",
                "CONSULT",
                "04",
            ),
            (
                "proposal",
                _("Proposal"),
                _("Plan, offer, appeal for a truce or for talks."),
                "",
                "REQUEST",
                "02,03",
            ),
            (
                "agreement",
                _("Agreement"),
                _("Deal, truce, memorandum, accession: agreed or signed."),
                "Agreement",
                "AGREE",
                "05",
            ),
            (
                "exchange",
                _("Exchange"),
                _("Prisoners, bodies, children handed over."),
                "Other",
                "COOPERATE",
                "08",
            ),
            (
                "statement",
                _("Statement"),
                _("An official position or pledge on the conflict that is itself the news."),
                "",
                "SUPPORT",
                "01,03",
            ),
            (
                "rejection",
                _("Rejection"),
                _("Refuses or turns down a proposal, walks out."),
                "",
                "REJECT",
                "12",
            ),
            ("threat", _("Threat"), _("Ultimatum, warning of action."), "", "THREATEN", "13"),
            ("accusation", _("Accusation"), _("Accuses, condemns, blames."), "", "ACCUSE", "11"),
            (
                "sanction",
                _("Sanction"),
                _("Sanctions, expulsions, freezes, embargo: imposed or lifted."),
                "",
                "SANCTION",
                "16,17",
            ),
            (
                "aid",
                _("Aid"),
                _("Military, financial, humanitarian aid: pledged or delivered."),
                "",
                "AID",
                "07",
            ),
            ("legal", _("Legal act"), _("Court ruling, warrant, UN vote or resolution."), "", "ACCUSE", "11"),
        ),
        *_types(
            Category.STRIKE,
            (
                "missile",
                _("Missile strike"),
                _("Ballistic, cruise or rocket strike."),
                _SHELLING,
                "ASSAULT",
                "19",
            ),
            ("drone", _("Drone strike"), _("Strike by unmanned aircraft or vessels."), _AIR, "ASSAULT", "19"),
            (
                "airstrike",
                _("Air strike"),
                _("Bombs or missiles from crewed aircraft, glide bombs."),
                _AIR,
                "ASSAULT",
                "19",
            ),
            (
                "shelling",
                _("Shelling"),
                _("Artillery, mortar, multiple-launch rockets."),
                _SHELLING,
                "ASSAULT",
                "19",
            ),
            (
                "combined",
                _("Combined attack"),
                _("One attack with several of these means."),
                _SHELLING,
                "ASSAULT",
                "19",
            ),
            (
                "explosion",
                _("Explosion"),
                _("Bomb, mine, sabotage, assassination by device."),
                "Remote explosive/landmine/IED",
                "ASSAULT",
                "18",
            ),
            (
                "clash",
                _("Clash"),
                _("Ground fighting, assault attempted or repelled."),
                "Armed clash",
                "ASSAULT",
                "19",
            ),
            (
                "interception",
                _("Interception"),
                _("Incoming weapons shot down, reported as such."),
                "Disrupted weapons use",
                "",
                "19",
            ),
            (
                "attack",
                _("Attack"),
                _("An attack whose means is not said; shooting, raid."),
                "Attack",
                "ASSAULT",
                "18,19",
            ),
        ),
        *_types(
            Category.TERRITORY,
            ("capture", _("Capture"), _("Takes control of a place."), _OVERTAKES, "ASSAULT", "19"),
            (
                "recapture",
                _("Recapture"),
                _("Regains a place that it held before."),
                _OVERTAKES,
                "ASSAULT",
                "19",
            ),
            ("advance", _("Advance"), _("Gains ground, enters, encircles."), "Armed clash", "ASSAULT", "19"),
            (
                "withdrawal",
                _("Withdrawal"),
                _("Leaves, pulls back, evacuates troops."),
                "Non-violent transfer of territory",
                "YIELD",
                "08",
            ),
            (
                "annexation",
                _("Annexation"),
                _("Annexes, declares or recognises sovereignty."),
                "Other",
                "",
                "17",
            ),
            (
                "demand",
                _("Territorial demand"),
                _("Territorial concession demanded, offered or refused."),
                "",
                "REQUEST / REJECT",
                "10",
            ),
            (
                "incursion",
                _("Incursion"),
                _("Crosses into or invades another state's territory."),
                "Armed clash",
                "ASSAULT",
                "19",
            ),
            ("control", _("Control"), _("A dated statement of who holds what."), "", "", "01"),
        ),
    )
}

CATEGORY_LABELS: dict[Category, str] = {
    Category.DIPLOMACY: _("Diplomacy"),
    Category.STRIKE: _("Strike"),
    Category.TERRITORY: _("Territory"),
}
