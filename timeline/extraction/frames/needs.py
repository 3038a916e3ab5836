"""What a trigger needs around it to count, as the lexicon's `needs` lists them."""

from collections.abc import Callable

from timeline.extraction.frames import needs_diplomacy as diplomacy
from timeline.extraction.frames import needs_force as force
from timeline.extraction.frames import needs_ground as ground
from timeline.extraction.frames.scene import Scene

NEEDS: dict[str, Callable[[Scene], bool]] = {
    "armed": force.armed,
    "violent": force.violent,
    "found_dead": force.found_dead,
    "no_use": force.no_use,
    "bombards": force.bombards,
    "launched": force.launched,
    "incoming": force.incoming,
    "points_back": force.points_back,
    "ground": force.ground,
    "fighting": force.fighting,
    "land": ground.land,
    "land_named": ground.land_named,
    "land_strict": ground.land_strict,
    "weapon_subject": force.weapon_subject,
    "irregular": force.irregular,
    "regular": lambda s: not force.irregular(s),
    "blast_heard": force.blast_heard,
    "land_subject": ground.land_subject,
    "land_of": ground.land_of,
    "named_place": ground.named_place,
    "troops": ground.troops,
    "place": ground.place,
    "front_subject": ground.front_subject,
    "flag_subject": ground.flag_subject,
    "place_near": ground.place_near,
    "armed_object": ground.armed_object,
    "concession": ground.concession,
    "withdrawal_object": ground.withdrawal_object,
    "foreign_country": ground.foreign_country,
    "state_place": ground.state_place,
    "dated_near": ground.dated_near,
    "parties": diplomacy.parties,
    "meeting": diplomacy.meeting,
    "official": diplomacy.official,
    "official_near": diplomacy.official_near,
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
