"""/articles/12/versions/2/: what an article's second version changed against its first."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from articles.models import Article
from timeline.telling.textdiff import compare


@require_safe
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    article = get_object_or_404(Article.objects.select_related("source"), pk=pk)
    texts = {v.number: v for v in article.versions.filter(number__in=[number - 1, number])}
    before = texts.get(number - 1)
    after = texts.get(number) or (article if number == article.version else None)
    if before is None or after is None:
        raise Http404(f"Article {pk} has no version {number} with one before it.")
    context = {
        "article": article,
        "number": number,
        "before": before,
        "after": after,
        "title": compare(before.title, after.title),
        "runs": compare(before.text, after.text),
        "numbers": range(2, article.version + 1),
    }
    return render(request, "article_version.html", context)
