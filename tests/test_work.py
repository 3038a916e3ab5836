"""Work as rows: claimed once, counted before, set aside after the last attempt."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from articles.work import LEASE, MAX_ATTEMPTS
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def queue():
    return Article.objects.unread_by("x-1")


def test_a_row_is_claimed_once():
    pk = make_article().pk
    assert queue().claim(pk).attempts == 1
    assert queue().claim(pk) is None


def test_an_expired_lease_is_free_again_and_the_late_worker_has_lost_the_row():
    pk = make_article().pk
    first = queue().claim(pk)
    Article.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = queue().claim(pk)
    assert second.attempts == 2
    assert first.held() is None
    assert second.held() == second
    first.fail("late")
    assert Article.objects.get(pk=pk).last_error == ""


def test_failures_wait_longer_each_time_and_end_set_aside():
    pk = make_article().pk
    pauses = []
    for _ in range(MAX_ATTEMPTS):
        row = queue().claim(pk)
        row.fail(ValueError("no such thing"))
        row.refresh_from_db()
        pauses.append(row.next_try_at and row.next_try_at - timezone.now())
        Article.objects.update(next_try_at=None)
    assert pauses[0] < pauses[1]
    assert pauses[2] is None
    assert queue().claim(pk) is None
    row.refresh_from_db()
    assert row.set_aside_at
    assert "ValueError: no such thing" in row.last_error


def test_a_row_that_kills_its_worker_is_set_aside_by_the_sweep():
    pk = make_article().pk
    for _ in range(MAX_ATTEMPTS):
        assert queue().claim(pk)
        Article.objects.update(lease_until=timezone.now() - LEASE)
    assert queue().claim(pk) is None
    assert queue().set_aside_exhausted() == 1
    assert "worker died" in Article.objects.get(pk=pk).last_error


def test_retry_puts_a_row_back_with_all_its_attempts():
    article = make_article()
    queue().claim(article.pk).fail("bad", final=True)
    assert Article.objects.set_aside().retry() == 1
    assert queue().claim(article.pk).attempts == 1


def test_a_row_not_due_yet_is_not_claimed():
    article = make_article()
    Article.objects.update(next_try_at=timezone.now() + timedelta(minutes=1))
    assert queue().claim(article.pk) is None


def test_what_is_read_is_no_work():
    article = make_article(extracted_with="x-1")
    assert queue().claim(article.pk) is None
    assert Article.objects.unread_by("x-2").claim(article.pk)
