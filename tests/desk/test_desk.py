"""The review desk: its queue, its claims, and each decision through timeline.curating.curation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.admin.desk import said, with_permissions
from tests.factories import make_article, make_event, make_place, make_report, make_source
from timeline.curating import curation
from timeline.desk import evidence, places
from timeline.desk.candidates import candidates
from timeline.desk.queue import Queue
from timeline.models import Claim, Decision, Event, Place, Report

pytestmark = pytest.mark.django_db
START = "/desk/"


def shown(response) -> Event:
    assert response.status_code == 200
    return response.context["event"]


# Who gets in


@pytest.mark.parametrize("address", [START, "/desk/1/", "/desk/places/", "/desk/1/confirm/"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("nobody", 302), ("a reader who signed in", 403), ("staff who may only look", 403), ("a curator", 200)],
)
def test_only_curators_get_in(client, address, who, status):
    event = make_event()
    address = address.replace("/1/", f"/{event.pk}/")
    if who == "a reader who signed in":
        client.force_login(User.objects.create_user("reader"))
    elif who == "staff who may only look":
        client.force_login(with_permissions("looker", "view_event"))
    elif who == "a curator":
        client.force_login(with_permissions("ada", "change_event", "view_event"))
    response = client.get(address, follow=who == "a curator")
    assert response.status_code == status
    if status == 302:
        assert response["Location"].startswith("/admin/login/")
    if who != "a curator":
        assert client.post(f"/desk/{event.pk}/confirm/").status_code == status
        assert Event.objects.get().review == "unreviewed"


# The queue


def test_the_least_sure_comes_first_and_the_newest_where_asked(desk):
    for number, confidence in enumerate([0.8, 0.4, 0.6]):
        make_event(confidence=confidence, day=date(2024, 3, 1) + timedelta(days=40 * number))
    sure = shown(desk.get(START, follow=True))
    assert sure.confidence == min(Event.objects.values_list("confidence", flat=True))
    assert shown(desk.get(START + "?order=new", follow=True)) == Event.objects.latest("pk")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("type=capture", ["capture"]),
        ("place=Tel%20Maron", ["capture"]),
        ("place=tel maron", ["capture"]),
        ("source={source}", ["talks"]),
        ("mine=on", ["shelling"]),
        ("mine=on&type=capture", []),
        ("", ["capture", "shelling", "talks"]),
    ],
)
def test_the_queue_is_narrowed(curator, query, expected):
    mine = make_event(type="shelling")
    make_event(type="capture", place=make_place("Tel Maron"))
    courier = make_source("Courier")
    make_event(type="talks", article=make_article(source=courier))
    curation.correct(mine, {"killed_best": 5}, curator, "a list")
    queue = Queue(QueryDict(query.format(source=courier.pk)), curator)
    assert queue.form.is_valid(), queue.form.errors
    assert sorted(queue.events().values_list("type", flat=True)) == expected
    assert queue.progress().left == len(expected)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("place=Nowhere", "No event names a place called “Nowhere”"),
        ("type=party", "Select a valid choice"),
        ("source=99", "Select a valid choice"),
    ],
)
def test_a_queue_that_cannot_be_is_answered_with_what_to_mend(desk, query, told):
    make_event()
    response = desk.get(f"{START}?{query}")
    assert response.status_code == 200
    assert told in response.content.decode()


def test_what_is_decided_rejected_or_without_reports_is_not_in_the_queue(desk, take):
    event = make_event()
    response = take(event, "confirm")
    assert "Nothing is left in this queue" in response.content.decode()


# Claims


def test_the_second_curator_gets_another_event_and_is_told_who_has_the_first(desk, other):
    make_event(confidence=0.4)
    make_event(day=date(2024, 6, 1))
    first, second = shown(desk.get(START, follow=True)), shown(other.get(START, follow=True))
    assert first != second
    page = other.get(reverse("desk-event", args=[first.pk])).content.decode()
    assert "ada has this event open until" in page
    assert 'data-key="c"' not in page


def test_a_decision_about_another_curators_event_is_refused_with_409(desk, other, take):
    event = make_event()
    desk.get(f"/desk/{event.pk}/")
    response = take(event, "confirm", client=other)
    assert response.status_code == 409
    assert "ada has this event open until" in said(response)
    assert Event.objects.get().review == "unreviewed"


def test_a_claim_ends_by_itself_and_can_be_lengthened(curator):
    event, grace = make_event(), User.objects.create_user("grace")
    first = Claim.objects.take(event.pk, curator.pk)
    Claim.objects.update(until=timezone.now() + timedelta(seconds=5))
    assert Claim.objects.take(event.pk, grace.pk).curator == curator
    assert Claim.objects.take(event.pk, curator.pk).until >= first.until
    Claim.objects.update(until=timezone.now())
    assert Claim.objects.take(event.pk, grace.pk).curator == grace
    Claim.objects.release(event.pk, curator.pk)  # no longer hers to give up
    assert Claim.objects.live().get().curator == grace


# Decisions


def test_confirming_goes_on_to_the_next(take, desk):
    one, two = make_event(confidence=0.3), make_event(day=date(2024, 6, 1))
    first = shown(desk.get(START, follow=True))
    assert first == one
    assert shown(take(first, "confirm", seen=first.updated_at.isoformat())) == two
    assert Decision.objects.get().kind == "confirm"


def test_rejecting_needs_a_reason_and_keeps_the_screen(take):
    event = make_event()
    response = take(event, "reject")
    assert response.status_code == 422
    assert response["HX-Push-Url"] == "false"
    assert "Say why the event is rejected" in said(response)
    take(event, "reject", reason="an exercise")
    assert Event.objects.get().review == "rejected"
    assert Decision.objects.get().reason == "an exercise"


def test_a_decision_about_an_event_that_changed_is_refused(take, desk):
    event = shown(desk.get(f"/desk/{make_event().pk}/"))
    seen = event.updated_at.isoformat()
    make_report(event=event, killed_best=9)
    response = take(event, "confirm", seen=seen)
    assert response.status_code == 409
    assert "has changed since you opened it" in said(response)
    assert Event.objects.get().review == "unreviewed"


def fields(response, **changes: object) -> dict[str, object]:
    form = response.context["fields"]
    data = {name: form[name].value() for name in form.fields}
    return {k: v for k, v in (data | changes).items() if v is not None}


def test_a_field_is_corrected_in_place_with_the_machines_value_beside_it(take, desk):
    event = make_event(killed_best=4)
    page = desk.get(f"/desk/{event.pk}/")
    without = take(event, "correct", **fields(page, killed_best=5))
    assert (without.status_code, Decision.objects.count()) == (422, 0)
    assert "Say why you correct the event" in without.content.decode()
    after = take(event, "correct", **fields(page, killed_best=5, reason="a list of names"))
    assert shown(after).killed_best == 5
    assert "Corrected. Machine: 4" in after.content.decode()
    assert Decision.objects.get().reason == "a list of names"


def test_a_place_is_picked_from_the_gazetteer_with_and_without_scripts(take, desk):
    event = make_event()
    page = desk.get(f"/desk/{event.pk}/")
    found = desk.get("/desk/places/?place_find=Pokrovs").content.decode()
    assert 'name="place" value="geonames:' in found
    offered = take(event, "correct", **fields(page, place_find="Pokrovsk", find_place="1", weapon="mortars"))
    while_looking = offered.content.decode()
    assert 'value="mortars"' in while_looking  # what was typed stays
    assert "hint bad" not in while_looking  # and nothing is refused yet
    choices = dict(offered.context["fields"].fields["place"].choices)
    key = next(k for k, words in choices.items() if "Pokrovsk" in words and "Donetsk" in words)
    after = take(event, "correct", **fields(page, place=key, reason="the other one"))
    assert shown(after).place == Place.objects.get(key=key)
    assert Decision.objects.get().after["overrides"]["place"] == Place.objects.get(key=key).pk


def test_a_place_that_no_gazetteer_knows_is_refused(take, desk):
    event = make_event()
    page = desk.get(f"/desk/{event.pk}/")
    response = take(event, "correct", **fields(page, place="geonames:nowhere", reason="x"))
    assert response.status_code == 422
    assert "place" in response.context["fields"].errors


def test_merging_and_its_undoing(take, desk):
    one, two = make_event(), make_event()
    two_pk = two.pk
    take(one, "merge", into=two.pk, reason="the same act")
    assert Event.objects.get(pk=one.pk).merged_into_id == two_pk
    assert shown(take(two, "undo")) == one
    assert Event.objects.get(pk=one.pk).merged_into is None


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"reason": "x"}, "Choose the event that stays"),
        ({"number": 10**6, "reason": "x"}, "There is no event 1000000"),
        ({"number": "self", "reason": "x"}, "cannot be merged into itself"),
        ({"into": "self", "reason": ""}, "Say why the two are one"),
    ],
)
def test_a_merge_that_cannot_be_is_refused_with_why(take, data, told):
    event = make_event()
    response = take(event, "merge", **{k: event.pk if v == "self" else v for k, v in data.items()})
    assert response.status_code in (409, 422)
    assert told in said(response)


def test_splitting_and_striking_out(take):
    event = make_event()
    second = make_report(event=event)
    third = make_report(event=event)
    assert take(event, "split", reason="another day").status_code == 422
    take(event, "split", reports=[second.pk], reason="another day")
    assert Report.objects.get(pk=second.pk).event != event
    take(event, "strike-out", reports=[third.pk], reason="it says no such thing")
    assert Report.objects.get(pk=third.pk).struck_out
    assert sorted(Decision.objects.values_list("kind", flat=True)) == ["split", "strike_out"]


def test_skipping_and_next(take, desk):
    one, two = make_event(confidence=0.3), make_event(day=date(2024, 6, 1))
    assert shown(desk.get(START, follow=True)) == one
    assert shown(desk.get(f"{START}?after={one.pk}", follow=True)) == two
    assert shown(desk.get(START, follow=True)) == one
    assert shown(take(one, "skip")) == two
    assert shown(desk.get(START, follow=True)) == two


def test_undo_by_name_reaches_any_decision_and_says_why_it_cannot(take, curator):
    event = make_event()
    take(event, "confirm")
    decision = Decision.objects.get()
    take(event, "undo", decision=decision.pk)
    assert Event.objects.get().review == "unreviewed"
    assert "undone already" in said(take(event, "undo", decision=decision.pk))
    assert "no decision of yours left" in said(take(event, "undo"))


@pytest.mark.parametrize("act", ["delete", "confirm-all"])
def test_the_desk_knows_no_other_act(desk, act):
    assert desk.post(f"/desk/{make_event().pk}/{act}/").status_code == 404


def test_the_address_of_a_refused_form_can_be_opened_again(desk):
    event = make_event()
    assert desk.get(f"/desk/{event.pk}/reject/")["Location"] == f"/desk/{event.pk}/"


# What the screen shows


def test_quotes_stand_in_their_article(curator):
    text = "Early. " * 100 + "Shells hit Arvad on Friday. " + "Late. " * 100
    event = make_report(make_article(text), quote="Shells hit Arvad on Friday.").event
    exhibit = evidence.exhibits(event)[0]
    around = exhibit.before.removeprefix("…") + exhibit.report.quote + exhibit.after.removesuffix("…")
    assert around in text
    assert len(exhibit.before) == len(exhibit.after) == evidence.CONTEXT + 1


def test_a_text_that_changed_since_gives_no_context():
    report = make_report()
    type(report.article).objects.update(content_hash="0" * 64)
    assert evidence.exhibits(report.event)[0].before == ""


def test_candidates_come_with_their_scores_the_most_alike_first():
    event = make_event(killed_best=4)
    same = make_event(killed_best=4)
    make_event(type="capture")
    make_event(day=date(2024, 9, 1))
    found = candidates(event, list(event.reports.select_related("article", "place")))
    assert found[0].event == same
    assert found[0].match.score > 0.5
    assert "same settlement" in found[0].why


@pytest.mark.parametrize("rows", [1, 3])
def test_the_screen_asks_a_fixed_number_of_queries(desk, rows, django_assert_max_num_queries):
    event = make_event()
    for number in range(rows):
        make_report(make_article(source=make_source(f"Wire {number}")), event=event)
        make_event()
    address = f"/desk/{event.pk}/"
    desk.get(address)
    with django_assert_max_num_queries(24):
        assert desk.get(address).status_code == 200


def test_the_desk_is_linked_from_the_event_for_curators_only(desk, client):
    event = make_event()
    address = f'href="/desk/{event.pk}/"'
    assert address in desk.get(event.get_absolute_url()).content.decode()
    assert address not in client.get(event.get_absolute_url()).content.decode()
    assert isinstance(client, Client)


def test_the_places_found_are_numbered_on_a_map_beside_the_one_that_is_coded(desk):
    now = make_place("Kyjiv", latitude=50.4, longitude=30.5)
    page = desk.get("/desk/places/", {"place_find": "Pokrovsk", "now": now.key}).content.decode()
    shown = page.count('name="place"')
    assert 2 <= page.count('class="dot"') <= shown
    assert all(f'<b class="number">{number}</b>' in page for number in range(1, shown + 1))
    assert page.count('class="dot now"') == 1
    assert 'value="test:Kyjiv"' not in page  # it stands among the fields already
    for odd in ("\0", "no such key", "x" * 5000):
        assert (
            'class="dot now"'
            not in desk.get("/desk/places/", {"place_find": "Po", "now": odd}).content.decode()
        )


def test_a_search_without_places_draws_no_map(desk):
    page = desk.get("/desk/places/", {"place_find": "Zzyzzyzz"}).content.decode()
    assert "No other place begins so" in page
    assert "<svg" not in page


def test_places_too_close_to_tell_apart_share_a_dot():
    def offer(number: int, latitude: float) -> places.Offer:
        return places.Offer(number, f"test:{number}", f"Place {number}", latitude, 30.0)

    dots = places.Offers([offer(0, 50.0), offer(1, 50.1), offer(2, 44.0), offer(3, 44.1)]).map.dots
    assert [dot.label for dot in dots] == ["1", "2, 3"]
    assert places.Offers([offer(0, 50.0)]).map.dots[0].label == "•"
    assert places.Offers([places.Offer(1, "x", "x", None, None)]).map is None
