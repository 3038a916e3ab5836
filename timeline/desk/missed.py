"""Adding what the machine missed: a curator chooses words of the article and codes what they say."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from articles.models import Article
from timeline.curating import curation
from timeline.desk.coding import MissedForm, paragraphs
from timeline.desk.views import curator_of, for_curators
from timeline.models import Event, Report


@for_curators
def missed(request: HttpRequest, pk: int) -> HttpResponse:
    article = get_object_or_404(Article.objects.select_related("source"), pk=pk)
    looking = "find_place" in request.POST
    form = MissedForm(article, request.POST or None, looking=looking)
    status = 200
    if request.method == "POST" and not looking:
        if form.is_valid():
            data = form.cleaned_data
            try:
                decision = curation.add(
                    article, form.coded, curator_of(request), data["reason"], data["into"]
                )
            except ValidationError as refused:
                form.add_error(None, refused.messages)
            else:
                messages.success(request, f"{decision.get_kind_display().capitalize()}: {decision.event}.")
                return redirect("desk-event", pk=decision.event_id)
        status = 422
    told = (
        Report.objects.live()
        .filter(article=article, content_hash=article.content_hash)
        .exclude(event__review=Event.Review.REJECTED)
        .select_related("event")
        .order_by("quote_start", "pk")
    )
    context = {
        "article": article,
        "fields": form,
        "paragraphs": paragraphs(article.text, told),
        "title": _("Add what was missed"),
    }
    return render(request, "desk/missed.html", context, status=status)
