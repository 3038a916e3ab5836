"""Which reports are one event: a table of pairs, and what must hold whatever the reports are."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from timeline.clustering import (
    Account,
    Decisions,
    EventView,
    Memory,
    Window,
    cluster,
    compare,
    content_words,
    headed,
    settle,
)
from timeline.clustering.grouping import NO_DECISIONS
from timeline.clustering.likeness import THRESHOLD, weigh
from timeline.extraction.codebook import DateBasis, Modality, PlacePrecision, Precision, Stance
from timeline.extraction.findings import Figure
from timeline.telling.wording import surname

CASES = tomllib.loads((Path(__file__).parent / "data" / "same_event.toml").read_text("utf-8"))

DAY = date(2025, 12, 20)
PLACES = {
    "Odesa": ("geonames:698740", "exact", "Odesa", "UA", 46.48, 30.73),
    "Izmail": ("geonames:706950", "exact", "Odesa", "UA", 45.35, 28.84),
    "Odesa region": ("admin1:UA.Odesa", "admin1", "Odesa", "UA", 46.6, 30.3),
    "Kharkiv": ("geonames:706483", "exact", "Kharkiv", "UA", 49.98, 36.25),
    "Kharkiv region": ("admin1:UA.Kharkiv", "admin1", "Kharkiv", "UA", 49.6, 36.4),
    "Siversk": ("geonames:692818", "exact", "Donetsk", "UA", 48.86, 38.1),
    "Siversk (codifier)": ("katottg:UA14", "near", "Donetsk", "UA", 48.9, 38.1),
    "Ukraine": ("country:UA", "country", "", "UA", 49.0, 32.0),
    "Miami": ("geonames:4164138", "exact", "Florida", "US", 25.77, -80.19),
    "Geneva": ("geonames:2660646", "exact", "Geneva", "CH", 46.2, 6.15),
    "Black Sea": ("area:black-sea", "international", "", "", None, None),
}


def account(
    id="r1", article=None, *, day=DAY, days=1, published=None, place="", killed=None, wounded=None, **rest
):
    """An account in few words. `day` may be an offset from 20 Dec 2025; sets may be given as lists."""
    if isinstance(day, int):
        day = DAY + timedelta(days=day)
    if place:
        key, precision, admin1, country, lat, lon = PLACES[place]
        name = place.split(" (")[0]
        rest |= {"place_key": key, "place_name": name, "place_precision": PlacePrecision(precision)}
        rest |= {"admin1": admin1, "country": country, "lat": lat, "lon": lon}
    for name, value in rest.items():
        if isinstance(value, list):
            rest[name] = frozenset(value)
    for name, code in (
        ("basis", DateBasis),
        ("modality", Modality),
        ("stance", Stance),
        ("precision", Precision),
    ):
        if name in rest:
            rest[name] = code(rest[name])
    if "text" in rest:
        rest["words"] = content_words(rest.pop("text"))
        rest["heading"] = headed(rest["words"], rest.pop("title", ""))
    return Account(
        id=id,
        article=article or f"https://outlet.example/{id}",
        published=published or datetime(2025, 12, 20, 12, tzinfo=UTC),
        start=day,
        end=day + timedelta(days=days - 1),
        killed=Figure(killed, killed, killed) if killed is not None else None,
        wounded=Figure(wounded, wounded, wounded) if wounded is not None else None,
        **rest,
    )


@pytest.mark.parametrize("case", CASES["case"], ids=lambda c: c["name"])
def test_same_event(case):
    base = CASES["base"].get(case.get("base", ""), {})
    a = account("a", **(base | case.get("both", {}) | case["a"]))
    b = account("b", **(base | case.get("both", {}) | case["b"]))
    groups = cluster([a, b])
    points, weights = weigh(a, b)
    assert (len(groups) == 1) is case["same"], (points, weights)
    if case["same"]:
        link = groups[0].links[groups[0].accounts[1]]
        assert link.match.score >= 0.5
        for reason in case.get("reasons", []):
            assert any(reason in r for r in link.match.reasons), link.match.reasons


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Volodymyr Zelenskyy", "Zelensky", True),
        ("Volodymyr Zelenskiy", "Volodymyr Zelenskyy", True),
        ("Benjamin Netanyahu", "Netanyahu", True),
        ("Recep Tayyip Erdoğan", "Erdogan", True),
        ("Sergei Lavrov", "Sergey Shoigu", False),
    ],
)
def test_spellings_of_a_person(one, other, same):
    assert (surname(one) == surname(other)) is same


def test_an_articles_two_strikes_on_one_town_stay_two():
    morning = account("r1", "https://a.example", type="drone", place="Odesa")
    evening = account("r2", "https://a.example", type="drone", place="Odesa")
    assert [g.accounts for g in cluster([morning, evening])] == [("r1",), ("r2",)]


def test_a_denial_beside_the_assertion_is_one_event():
    said = account("r1", "https://a.example", type="capture", place="Siversk", sides=["RU"])
    denied = account(
        "r2", "https://a.example", type="capture", place="Siversk", sides=["RU"], stance="denies"
    )
    (group,) = cluster([said, denied])
    assert group.accounts == ("r1", "r2")
    assert "told twice in this article" in group.links["r2"].match.reasons


def test_a_denial_goes_to_the_act_that_it_fits_best():
    article = "https://a.example"
    hospital = account(
        "r1", article, type="missile", place="Kharkiv", killed=2, text="ambulances at a hospital"
    )
    wave = account("r2", article, type="missile", place="Kharkiv", sides=["RU"], text="wave over cities")
    # Accounts of one article stand in the order of their words, which must not decide.
    for words in ("aimed never there", "zero civilians aimed"):
        denial = account(
            "r3", article, type="missile", place="Kharkiv", sides=["RU"], stance="denies", text=words
        )
        groups = cluster([hospital, wave, denial])
        assert {frozenset(g.accounts) for g in groups} == {frozenset({"r1"}), frozenset({"r2", "r3"})}


def test_what_one_person_says_in_a_speech_is_one_event_and_what_it_says_to_others_another():
    said = {
        "type": "statement",
        "basis": "publication",
        "people": ["Ann Envoy"],
        "initiators": ["Ann Envoy"],
        "sides": ["NO"],
    }
    russia, article, other = {"target_sides": ["RU"]} | said, "https://a.example", "https://b.example"
    corridor = account("r1", article, text="the grain corridor stays open for all ships", **russia)
    again = account("r2", article, text="ships may use the grain corridor, which stays open", **russia)
    prisoners = account("r3", article, text="prisoners must come home", **russia)
    late = account("r4", article, day=-3, text="the grain corridor stays open for all ships", **russia)
    quoted = account("r5", other, text="all ships may use the corridor", **russia)
    fish = account("r6", "https://c.example", text="fish quotas will shrink", target_sides=["IS"], **said)
    assert partition(cluster([corridor, again, prisoners, late, quoted, fish])) == {
        frozenset({"r1", "r2", "r3", "r5"}),
        frozenset({"r4"}),
        frozenset({"r6"}),
    }


def test_ties_between_new_and_stored_accounts_of_an_article_are_broken():
    """The pipeline names stored reports by number and new ones by a tuple."""
    memory = Memory()
    memory.put(account(7, "https://a.example", type="drone", place="Odesa"), "event")
    new = account(("new", 0), "https://a.example", type="drone", place="Odesa")
    (change,) = [c for c in settle([new], memory).changes if c.gained]
    assert (change.event, change.gained) == (None, (("new", 0),))


def test_each_of_two_strikes_finds_its_own_event():
    """The better match is taken first, whatever the order in the article."""
    first = [
        account("r1", "https://a.example", type="missile", place="Odesa", killed=8),
        account("r2", "https://a.example", type="missile", place="Odesa", killed=1),
    ]
    later = datetime(2025, 12, 21, tzinfo=UTC)
    second = [
        account("r3", "https://b.example", type="missile", place="Odesa", killed=1, published=later),
        account("r4", "https://b.example", type="missile", place="Odesa", killed=8, published=later),
    ]
    assert [g.accounts for g in cluster(first + second)] == [("r1", "r4"), ("r2", "r3")]


def test_a_vague_report_does_not_chain_two_acts():
    odesa = account("r1", type="drone", place="Odesa", sides=["RU"])
    kharkiv = account("r2", type="drone", place="Kharkiv", sides=["RU"])
    vague = account("r3", type="drone", place="Ukraine", sides=["RU"])
    assert len(cluster([odesa, kharkiv, vague])) == 3


def test_a_link_keeps_its_score_and_reasons():
    one = account("r1", type="missile", place="Odesa", killed=8)
    other = account("r2", type="missile", place="Odesa region", killed=8)
    (group,) = cluster([one, other])
    assert group.links["r1"].to is None
    assert group.links["r2"].to == "r1"
    assert group.links["r2"].match.reasons[0] == "same date (+2.0)"
    assert "one place lies in the other's region (+0.7)" in group.links["r2"].match.reasons


def test_compare_says_how_far_from_the_threshold_it_was():
    event = EventView.of([account("r1", type="missile", place="Odesa")])
    near = compare(account("r2", type="drone", place="Odesa region"), event)
    assert not near.same
    assert 0 < near.score < 0.5
    assert compare(account("r3", type="drone", place="Kharkiv"), event).score == 0


# ---- curators ----------------------------------------------------------------------------------------


def test_what_a_curator_joined_stays_joined_and_draws_reports():
    far = [account("r1", type="drone", place="Odesa"), account("r2", type="drone", place="Kharkiv", day=3)]
    decisions = Decisions(together=(frozenset({"r1", "r2"}),))
    new = account("r3", type="drone", place="Kharkiv", day=3, killed=2)
    groups = cluster([*far, new], decisions)
    assert [g.accounts for g in groups] == [("r1", "r2", "r3")]
    assert groups[0].links["r2"].match.reasons == ("decided by a curator",)


def test_what_a_curator_split_is_never_joined_again():
    same = [account(f"r{n}", type="drone", place="Odesa") for n in (1, 2, 3)]
    decisions = Decisions(together=(frozenset({"r2"}),), apart=frozenset({frozenset({"r1", "r2"})}))
    groups = {frozenset(g.accounts) for g in cluster(same, decisions)}
    assert not any({"r1", "r2"} <= g for g in groups)
    assert len(groups) == 2


def test_a_denial_of_its_own_article_does_not_lead_a_report_back_to_what_it_was_split_from():
    strike = account("r1", "https://a.example", type="missile", place="Odesa")
    again = account("r2", "https://b.example", type="missile", place="Odesa")
    denial = account("r3", "https://b.example", type="missile", place="Odesa", stance="denies")
    split = Decisions(apart=frozenset({frozenset({"r1", "r2"})}))
    assert partition(cluster([strike, again, denial], split)) == {
        frozenset({"r1", "r3"}),
        frozenset({"r2"}),
    }


def test_a_report_cannot_be_in_two_sets_of_a_curator():
    with pytest.raises(ValueError, match="two sets"):
        Decisions(together=(frozenset({"r1", "r2"}), frozenset({"r2", "r3"})))


# ---- whatever the reports are ------------------------------------------------------------------------

NAMES = {"UA": "Ukraine", "RU": "Russia", "US": "United States"}


@st.composite
def articles(draw, most=7):
    """Some articles of a few days with reports from small pools, so that many of them meet."""
    types = draw(
        st.sampled_from(
            [
                ["missile", "drone", "attack"],
                ["capture", "advance"],
                ["talks", "statement"],
                ["missile", "capture"],
            ]
        )
    )
    out = []
    for n in range(draw(st.integers(2, most))):
        hour = draw(st.integers(0, 60))  # ties of publication happen
        article = []
        for k in range(draw(st.integers(1, 3))):
            sides = draw(st.sets(st.sampled_from(["UA", "RU"]), max_size=1))
            article.append(
                account(
                    f"r{n}{k}",
                    f"https://outlet.example/{n}",
                    type=draw(st.sampled_from(types)),
                    place=draw(
                        st.sampled_from(["", "Odesa", "Odesa region", "Kharkiv", "Ukraine", "Siversk"])
                    ),
                    day=draw(st.integers(-1, 1)),
                    days=draw(st.sampled_from([1, 1, 2])),
                    night=draw(st.booleans()),
                    basis=draw(st.sampled_from(["explicit", "publication"])),
                    sides=list(sides),
                    people=draw(st.sampled_from([[], ["Ann Envoy"], ["Bob Minister"]])),
                    initiators=[NAMES[s] for s in sides],
                    killed=draw(st.sampled_from([None, 1, 8])),
                    stance=draw(st.sampled_from(["asserts", "asserts", "asserts", "denies"])),
                    heading=draw(st.sampled_from([[], ["missiles", "harbour", "three"], ["envoy", "talks"]])),
                    published=datetime(2025, 12, 20, tzinfo=UTC) + timedelta(hours=hour // 4),
                )
            )
        out.append(article)
    return out


def partition(groups):
    return {frozenset(g.accounts) for g in groups}


def arrive(arrivals, decisions=NO_DECISIONS, memory=None):
    """Feed articles one by one to `settle` and write what it says, as the pipeline does."""
    memory = memory or Memory()
    known = {}
    serial = iter(range(10_000))
    for article in arrivals:
        known |= {a.id: a for a in article}
        for change in settle(article, memory, decisions).changes:
            event = f"event {next(serial)}" if change.event is None else change.event
            for id in change.gained:
                memory.put(known[id], event)
    return memory


def in_memory(memory):
    events = {}
    for id, event in memory.events.items():
        events.setdefault(event, set()).add(id)
    return {frozenset(ids) for ids in events.values()}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(articles(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(articles, random):
    everything = [a for article in articles for a in article]
    expected = partition(cluster(everything))
    random.shuffle(everything)
    assert partition(cluster(everything)) == expected
    random.shuffle(articles)
    assert in_memory(arrive(articles)) == expected


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(articles(), st.randoms(use_true_random=False), st.data())
def test_curators_are_obeyed_in_any_order(articles, random, data):
    everything = [a for article in articles for a in article]
    ids = [a.id for a in everything]
    joined = data.draw(st.sets(st.sampled_from(ids), max_size=3))
    parted = (
        data.draw(st.sets(st.sampled_from([i for i in ids if i not in joined] or ids), max_size=3)) - joined
    )
    apart = frozenset(frozenset({a, b}) for a in parted for b in parted if a < b)
    decisions = Decisions(together=(frozenset(joined),) if joined else (), apart=apart)
    expected = partition(cluster(everything, decisions))
    random.shuffle(articles)
    memory = Memory()
    for a in everything:
        if a.id in joined:
            memory.put(a, "the curator's event")
    got = in_memory(arrive(articles, decisions, memory))
    assert got == expected
    assert all(len(pair & group) < 2 for pair in apart for group in got)
    assert not joined or any(joined <= group for group in got)


@settings(max_examples=150, deadline=None)
@given(articles())
def test_what_matching_must_keep_to(articles):
    everything = [a for article in articles for a in article]
    for a in everything:
        for b in everything:
            points, weights = weigh(a, b)
            assert (points, sorted(weights)) == (weigh(b, a)[0], sorted(weigh(b, a)[1]))
            if points >= THRESHOLD:
                assert Window.around(a).admits(b)  # the query finds what could be joined
    groups = cluster(everything)
    assert sorted(id for g in groups for id in g.accounts) == sorted(a.id for a in everything)


@settings(max_examples=100, deadline=None)
@given(articles())
def test_settling_again_changes_nothing(articles):
    memory = arrive(articles)
    for article in articles:
        settlement = settle(article, memory)
        assert not settlement.lost
        assert not any(change.gained for change in settlement.changes)
