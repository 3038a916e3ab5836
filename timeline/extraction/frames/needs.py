"""What a trigger needs around it to count, as the lexicon's `needs` lists them."""

from collections.abc import Callable

from timeline.extraction.frames import needs_diplomacy as diplomacy
from timeline.extraction.frames import needs_force as force
from timeline.extraction.frames.scene import Scene

NEEDS: dict[str, Callable[[Scene], bool]] = {
    "armed": force.armed,
    "violent": force.violent,
    "bombards": force.bombards,
    "launched": force.launched,
    "incoming": force.incoming,
    "points_back": force.points_back,
    "ground": force.ground,
    "fighting": force.fighting,
    "land": force.land,
    "land_named": force.land_named,
    "land_strict": force.land_strict,
    "weapon_subject": force.weapon_subject,
    "irregular": force.irregular,
    "regular": lambda s: not force.irregular(s),
    "blast_heard": force.blast_heard,
    "land_subject": force.land_subject,
    "land_of": force.land_of,
    "named_place": force.named_place,
    "troops": force.troops,
    "place": force.place,
    "place_near": force.place_near,
    "armed_object": force.armed_object,
    "concession": force.concession,
    "withdrawal_object": force.withdrawal_object,
    "foreign_country": force.foreign_country,
    "state_place": force.state_place,
    "dated_near": force.dated_near,
    "parties": diplomacy.parties,
    "meeting": diplomacy.meeting,
    "official": diplomacy.official,
    "visited": diplomacy.visited,
    "peace_object": diplomacy.in_object("peace"),
    "deal_object": diplomacy.in_object("deal", 10),
    "no_round": diplomacy.no_round,
    "deal_made": diplomacy.deal_made,
    "captives": diplomacy.captives,
    "sanction_object": diplomacy.in_object("sanctions", 12),
    "sanction_act": diplomacy.sanction_act,
    "aid_object": diplomacy.aid_object,
    "penal_object": diplomacy.penal_object,
    "delivered": diplomacy.delivered,
    "deal_subject": diplomacy.deal_subject,
    "legal_body": diplomacy.legal,
    "conflict": diplomacy.conflict,
    "scheduled": diplomacy.scheduled,
}


def met(scene: Scene) -> bool:
    """Whether the scene has all that its trigger needs."""
    return all(NEEDS[name](scene) for name in scene.trigger.entry.needs)


def unmet(scene: Scene) -> list[str]:
    """The needs of the trigger that its scene does not meet."""
    return [name for name in scene.trigger.entry.needs if not NEEDS[name](scene)]
