import pytest
from django.template.loader import render_to_string
from django.urls import reverse


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "500.html"])
def test_pages_for_faults_need_no_request_and_no_database(name):
    page = render_to_string(name)
    assert "<h1>" in page
    assert 'href="/"' in page


@pytest.mark.django_db
def test_a_missing_page_leads_back_to_the_events(client):
    response = client.get("/events/999999/")
    assert response.status_code == 404
    assert reverse("chronology") in response.content.decode()
