from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories import make_report
from timeline.models import Event, Report

pytestmark = pytest.mark.django_db


def test_it_clusters_beside_what_is_stored_and_writes_nothing():
    for _ in range(3):
        make_report(parties=[("Karsk", "initiator", "state", "KA")])
    before = list(Report.objects.values()), list(Event.objects.values())
    out = StringIO()
    call_command("bench_clustering", "--reports", "2", stdout=out)
    assert "2 reports of 2 articles beside 3" in out.getvalue()
    assert out.getvalue().count("2 joined an event") == 2  # together, and by article
    assert (list(Report.objects.values()), list(Event.objects.values())) == before


def test_an_empty_collection_is_named_with_the_mend():
    with pytest.raises(CommandError, match="make demo"):
        call_command("bench_clustering")
