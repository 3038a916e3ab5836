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
            ("talks", "Talks", "Negotiation, meeting, summit, phone call.", "", "CONSULT", "04"),
            ("visit", "Visit", "An official or envoy travels, arrives, is received.", "", "CONSULT", "04"),
            ("proposal", "Proposal", "Plan, offer, appeal for a truce or for talks.", "", "REQUEST", "02,03"),
            (
                "agreement",
                "Agreement",
                "Deal, truce, memorandum, accession: agreed or signed.",
                "Agreement",
                "AGREE",
                "05",
            ),
            ("exchange", "Exchange", "Prisoners, bodies, children handed over.", "Other", "COOPERATE", "08"),
            (
                "statement",
                "Statement",
                "An official position or pledge on the conflict that is itself the news.",
                "",
                "SUPPORT",
                "01,03",
            ),
            ("rejection", "Rejection", "Refuses or turns down a proposal, walks out.", "", "REJECT", "12"),
            ("threat", "Threat", "Ultimatum, warning of action.", "", "THREATEN", "13"),
            ("accusation", "Accusation", "Accuses, condemns, blames.", "", "ACCUSE", "11"),
            (
                "sanction",
                "Sanction",
                "Sanctions, expulsions, freezes, embargo: imposed or lifted.",
                "",
                "SANCTION",
                "16,17",
            ),
            ("aid", "Aid", "Military, financial, humanitarian aid: pledged or delivered.", "", "AID", "07"),
            ("legal", "Legal act", "Court ruling, warrant, UN vote or resolution.", "", "ACCUSE", "11"),
        ),
        *_types(
            Category.STRIKE,
            ("missile", "Missile strike", "Ballistic, cruise or rocket strike.", _SHELLING, "ASSAULT", "19"),
            ("drone", "Drone strike", "Strike by unmanned aircraft or vessels.", _AIR, "ASSAULT", "19"),
            (
                "airstrike",
                "Air strike",
                "Bombs or missiles from crewed aircraft, glide bombs.",
                _AIR,
                "ASSAULT",
                "19",
            ),
            (
                "shelling",
                "Shelling",
                "Artillery, mortar, multiple-launch rockets.",
                _SHELLING,
                "ASSAULT",
                "19",
            ),
            (
                "combined",
                "Combined attack",
                "One attack with several of these means.",
                _SHELLING,
                "ASSAULT",
                "19",
            ),
            (
                "explosion",
                "Explosion",
                "Bomb, mine, sabotage, assassination by device.",
                "Remote explosive/landmine/IED",
                "ASSAULT",
                "18",
            ),
            (
                "clash",
                "Clash",
                "Ground fighting, assault attempted or repelled.",
                "Armed clash",
                "ASSAULT",
                "19",
            ),
            (
                "interception",
                "Interception",
                "Incoming weapons shot down, reported as such.",
                "Disrupted weapons use",
                "",
                "19",
            ),
            (
                "attack",
                "Attack",
                "An attack whose means is not said; shooting, raid.",
                "Attack",
                "ASSAULT",
                "18,19",
            ),
        ),
        *_types(
            Category.TERRITORY,
            ("capture", "Capture", "Takes control of a place.", _OVERTAKES, "ASSAULT", "19"),
            ("recapture", "Recapture", "Regains a place that it held before.", _OVERTAKES, "ASSAULT", "19"),
            ("advance", "Advance", "Gains ground, enters, encircles.", "Armed clash", "ASSAULT", "19"),
            (
                "withdrawal",
                "Withdrawal",
                "Leaves, pulls back, evacuates troops.",
                "Non-violent transfer of territory",
                "YIELD",
                "08",
            ),
            ("annexation", "Annexation", "Annexes, declares or recognises sovereignty.", "Other", "", "17"),
            (
                "demand",
                "Territorial demand",
                "Territorial concession demanded, offered or refused.",
                "",
                "REQUEST / REJECT",
                "10",
            ),
            (
                "incursion",
                "Incursion",
                "Crosses into or invades another state's territory.",
                "Armed clash",
                "ASSAULT",
                "19",
            ),
            ("control", "Control", "A dated statement of who holds what.", "", "", "01"),
        ),
    )
}

CATEGORY_LABELS: dict[Category, str] = {
    Category.DIPLOMACY: "Diplomacy",
    Category.STRIKE: "Strike",
    Category.TERRITORY: "Territory",
}
