"""Double coding at the desk: my texts, the page where one is coded, and how far the coders agree."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from articles.models import Article
from timeline.curating import double_coding
from timeline.desk.coding import CodedForm, paragraphs
from timeline.desk.views import curator_of, for_curators
from timeline.models import Coding, CodingTask

MOST_GIVEN = 50  # articles at once
MOST_LISTED = 100
GIVE = "timeline.add_codingtask"


class TaskForm(CodedForm):
    class Meta(CodedForm.Meta):
        model = Coding


def _coders() -> Any:
    """Those who may decide on events."""
    may = Q(groups__permissions__codename="change_event") | Q(user_permissions__codename="change_event")
    return (
        User.objects.filter(may | Q(is_superuser=True), is_active=True, is_staff=True)
        .distinct()
        .order_by("username")
    )


class GiveForm(forms.Form):
    """Articles by number, or some at random; and at least two coders."""

    articles = forms.CharField(
        required=False, max_length=1000, label=gettext_lazy("Numbers of articles"),
        help_text=gettext_lazy("As in their addresses: 12, 15, 40."),
    )  # fmt: skip
    at_random = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_GIVEN, label=gettext_lazy("Or so many at random")
    )
    coders = forms.ModelMultipleChoiceField(
        User.objects.none(), label=gettext_lazy("Coders"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose two coders or more.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coders"].queryset = _coders()  # type: ignore[attr-defined]

    def clean_coders(self) -> Any:
        coders = self.cleaned_data["coders"]
        if len(coders) < 2:
            raise ValidationError(_("Choose two coders or more."))
        return coders

    def clean_articles(self) -> list[Article]:
        words = self.cleaned_data["articles"].replace(",", " ").split()
        if wrong := [word for word in words if not (word.isascii() and word.isdigit() and len(word) < 19)]:
            raise ValidationError(_("“%(word)s” is no number of an article.") % {"word": wrong[0][:40]})
        numbers = {int(word) for word in words}
        if len(numbers) > MOST_GIVEN:
            raise ValidationError(_("Give %(most)s articles at most at once.") % {"most": MOST_GIVEN})
        found = list(Article.objects.filter(pk__in=numbers).defer("text"))
        if missing := numbers - {article.pk for article in found}:
            raise ValidationError(_("There is no article %(number)s.") % {"number": min(missing)})
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("articles") and not data.get("at_random"):
            self.add_error("articles", _("Write the numbers of articles, or how many to draw at random."))
        return data

    def chosen(self) -> list[Article]:
        articles: list[Article] = self.cleaned_data["articles"]
        if number := self.cleaned_data["at_random"]:
            untaken = Article.objects.filter(coding_tasks=None).exclude(pk__in=[a.pk for a in articles])
            articles = [*articles, *untaken.defer("text").order_by("?")[:number]]
        return articles


@for_curators
def tasks(request: HttpRequest) -> HttpResponse:
    """My texts; for editors also a form that gives texts to coders."""
    user = curator_of(request)
    may_give = user.has_perm(GIVE)
    form = GiveForm(request.POST or None) if may_give else None
    status = 200
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            made = double_coding.give(form.chosen(), form.cleaned_data["coders"], user)
            told = ngettext("%(n)d text was given.", "%(n)d texts were given.", made) % {"n": made}
            messages.success(request, told)
            return redirect("desk-coding")
        status = 422
    count = Count("codings", filter=Q(codings__withdrawn_at=None))
    listed = CodingTask.objects.select_related("article__source").defer("article__text").annotate(found=count)
    context = {
        "mine": listed.filter(coder=user).order_by("finished_at", "-pk")[:MOST_LISTED],
        "given": listed.select_related("coder").order_by("-pk")[:MOST_LISTED] if may_give else [],
        "form": form,
    }
    return render(request, "desk/coding_tasks.html", context, status=status)


def _own(request: HttpRequest, pk: int) -> CodingTask:
    """Nobody looks into another's task."""
    mine = CodingTask.objects.select_related("article__source").filter(coder=curator_of(request))
    return get_object_or_404(mine, pk=pk)


@for_curators
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """The text, without what the machine or anyone else read in it, and the form for one event."""
    found = _own(request, pk)
    looking = "find_place" in request.POST
    form = TaskForm(found.article, request.POST or None, looking=looking)
    status = 200
    if request.method == "POST" and not looking:
        if form.is_valid():
            try:
                coding = double_coding.code(found, form.coded)
            except ValidationError as refused:
                form.add_error(None, refused.messages)
            else:
                messages.success(request, _("Coded: %(event)s.") % {"event": coding})
                return redirect(found)
        status = 422
    codings = found.codings.filter(withdrawn_at=None).select_related("place")
    context = {
        "task": found,
        "article": found.article,
        "fields": form,
        "paragraphs": paragraphs(found.article.text),
        "codings": [(each, found.article.text[each.quote_start : each.quote_end]) for each in codings],
    }
    return render(request, "desk/coding_task.html", context, status=status)


@for_curators
@require_POST
def withdraw(request: HttpRequest, pk: int, coding: int) -> HttpResponse:
    found = _own(request, pk)
    chosen = get_object_or_404(found.codings.select_related("task"), pk=coding)
    try:
        double_coding.withdraw(chosen)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect(found)


@for_curators
@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own(request, pk)
    try:
        double_coding.finish(found)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect(found)
    messages.success(request, _("Finished. It is compared once all its coders have finished."))
    return redirect("desk-coding")


@for_curators
@require_safe
def agreement(request: HttpRequest) -> HttpResponse:
    found = double_coding.compared()
    numbers = {int(each.article) for each in found.differences}
    articles = Article.objects.defer("text").in_bulk(numbers)
    context = {
        "agreement": found,
        "differences": [(each, articles[int(each.article)]) for each in found.differences],
        "open": CodingTask.objects.open().count(),
    }
    return render(request, "desk/agreement.html", context)
