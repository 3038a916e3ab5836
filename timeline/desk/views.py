"""The desk's doors. Each answers a whole page; htmx swaps its #desk. Every decision is curation's."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from timeline.curating import curation
from timeline.curating.decision_log import json_lines, of_event
from timeline.desk import evidence
from timeline.desk.candidates import candidates
from timeline.desk.forms import (
    DecisionForm,
    FieldsForm,
    MergeForm,
    RejectForm,
    ReportsForm,
)
from timeline.desk.places import find as find_places
from timeline.desk.queue import Queue
from timeline.models import Claim, Decision, Event, Place

MOST_SKIPPED = 500  # of one session: the oldest come back
UNDOABLE = 20  # latest decisions that the desk offers to undo

View = Callable[..., HttpResponseBase]


def for_curators(view: View) -> View:
    """Staff who may decide on events. Others are asked to sign in, or told that they may not."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not (user.is_staff and user.has_perm("timeline.change_event")):  # type: ignore[union-attr]
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return login_required(guarded)


def curator_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # for_curators
    return request.user


@for_curators
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The next event of the queue, or what is left to say when there is none. `after`: one to pass over."""
    queue = Queue(request.GET, curator_of(request))
    after = request.GET.get("after", "")
    passed = [int(after)] if after.isascii() and after.isdigit() and len(after) < 19 else []
    if queue.form.errors:
        return render(request, "desk/empty.html", _frame(request, queue))
    event = queue.next(without=[*_skipped(request), *passed])
    if event is None:
        return render(request, "desk/empty.html", _frame(request, queue))
    return redirect(_address(event, queue))


@for_curators
@require_safe
def event(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Event, pk=pk)
    queue = Queue(request.GET, curator_of(request))
    if found.merged_into:
        return redirect(_address(found.merged_into, queue))
    return _screen(request, found, queue)


@for_curators
@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who decided what of the event, when, from what to what and why, as JSON lines."""
    return json_lines(of_event(get_object_or_404(Event, pk=pk)), f"event-{pk}.jsonl")


@for_curators
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Radio buttons for the places that begin with the words typed so far."""
    words, now = request.GET.get("place_find", ""), request.GET.get("now", "").replace("\0", "")
    found = find_places(words, Place.objects.filter(key=now).first() if now else None)
    return render(request, "desk/_places.html", {"offers": found, "searched": len(words.strip()) > 1})


@for_curators
def decide(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Take a decision, then go on. What is refused is shown with what was typed."""
    if act not in ACTS:
        raise Http404(f"The desk has no act “{act}”.")
    event = get_object_or_404(Event.objects.select_related("place"), pk=pk)
    queue = Queue(request.GET, curator_of(request))
    if request.method != "POST":  # the address of a refused form, opened again
        return redirect(_address(event, queue))
    response = _decide(request, event, queue, act)
    if response.status_code != 302:
        response["HX-Push-Url"] = "false"
    return response


def _decide(request: HttpRequest, event: Event, queue: Queue, act: str) -> HttpResponse:
    claim = Claim.objects.take(event.pk, queue.curator.pk)
    if claim.curator_id != queue.curator.pk:
        opened = {"who": claim.curator, "until": f"{claim.until:%H:%M}"}
        messages.error(request, _("%(who)s has this event open until %(until)s UTC.") % opened)
        return _screen(request, event, queue, status=409)
    return ACTS[act](request, event, queue)


def _confirm(request: HttpRequest, event: Event, queue: Queue) -> HttpResponse:
    def act(form: Form) -> Decision | None:
        data = form.cleaned_data
        state = Event.Review.CONFIRMED
        return curation.review(event, state, queue.curator, data["reason"], seen=data["seen"])

    return _try(request, event, queue, DecisionForm(request.POST), act)


def _reject(request: HttpRequest, event: Event, queue: Queue) -> HttpResponse:
    def act(form: Form) -> Decision | None:
        data = form.cleaned_data
        state = Event.Review.REJECTED
        return curation.review(event, state, queue.curator, data["reason"], seen=data["seen"])

    return _try(request, event, queue, RejectForm(request.POST), act, name="reject")


def _merge(request: HttpRequest, event: Event, queue: Queue) -> HttpResponse:
    def act(form: Form) -> Decision:
        return curation.merge(event, form.cleaned_data["into"], queue.curator, form.cleaned_data["reason"])

    return _try(request, event, queue, MergeForm(request.POST), act, name="merge")


def _split(request: HttpRequest, event: Event, queue: Queue) -> HttpResponse:
    def act(form: Form) -> Decision:
        return curation.split(list(form.cleaned_data["reports"]), queue.curator, form.cleaned_data["reason"])

    return _try(request, event, queue, ReportsForm(request.POST, event), act, name="split", stay=True)


def _strike_out(request: HttpRequest, event: Event, queue: Queue) -> HttpResponse:
    def act(form: Form) -> list[Decision]:
        reports, reason = form.cleaned_data["reports"], form.cleaned_data["reason"]
        taken = [curation.strike_out(report, queue.curator, reason) for report in reports]
        return [decision for decision in taken if decision]

    return _try(request, event, queue, ReportsForm(request.POST, event), act, name="split", stay=True)


def _correct(request: HttpRequest, event: Event, queue: Queue) -> HttpResponse:
    if "find_place" in request.POST:  # the button of browsers without scripts
        looking = FieldsForm(instance=event, typed=request.POST.dict())
        return _screen(request, event, queue, fields=looking)
    form = FieldsForm(request.POST, instance=event)

    def act(_: Any) -> Decision | None:
        data = form.cleaned_data
        changes = {name: data[name] for name in form.corrected}
        return curation.correct(event, changes, queue.curator, data["reason"], seen=data["seen"])

    if not form.is_valid():
        return _screen(request, _fresh(event), queue, fields=form, status=422)
    try:
        decision = act(form)
    except ValidationError as refused:
        event = _fresh(event)
        again = FieldsForm(request.POST, instance=event)
        again.refused = refused
        again.is_valid()
        return _screen(request, event, queue, fields=again, status=409)
    _say(request, decision)
    return redirect(_address(event, queue))


def _skip(request: HttpRequest, event: Event, queue: Queue) -> HttpResponse:
    skipped = [pk for pk in _skipped(request) if pk != event.pk]
    request.session["desk_skipped"] = [*skipped, event.pk][-MOST_SKIPPED:]
    Claim.objects.release(event.pk, queue.curator.pk)
    messages.info(request, _("Skipped: it comes back at your next sign-in."))
    return _go_on(request, queue)


def _undo(request: HttpRequest, event: Event, queue: Queue) -> HttpResponse:
    """The curator's own latest decision, or the one named, which may be another's."""
    chosen = request.POST.get("decision", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 19:
        decision = Decision.objects.filter(pk=int(chosen)).first()
    else:
        decision = _undoable(queue.curator).first()
    if decision is None:
        messages.error(request, _("There is no decision of yours left to undo."))
        return redirect(_address(event, queue))
    try:
        undone = curation.undo(decision, queue.curator, request.POST.get("reason", ""))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect(_address(event, queue))
    messages.success(request, _("Undone: %(decision)s.") % {"decision": decision})
    return redirect(_address(undone.event, queue))


ACTS: dict[str, Callable[[HttpRequest, Event, Queue], HttpResponse]] = {
    "confirm": _confirm,
    "reject": _reject,
    "merge": _merge,
    "split": _split,
    "strike-out": _strike_out,
    "correct": _correct,
    "skip": _skip,
    "undo": _undo,
}


def _try(
    request: HttpRequest,
    event: Event,
    queue: Queue,
    form: Form,
    act: Callable[[Form], Decision | list[Decision] | None],
    name: str = "",
    stay: bool = False,
) -> HttpResponse:
    """Take the decision of a valid form. Refusals become errors of the form called `name` on the screen."""
    if not form.is_valid():
        return _screen(request, event, queue, status=422, **_refused(request, form, name))
    try:
        decision = act(form)
    except ValidationError as refused:
        form.add_error(None, refused.messages)
        return _screen(request, _fresh(event), queue, status=409, **_refused(request, form, name))
    _say(request, decision)
    return redirect(_address(event, queue)) if stay else _go_on(request, queue)


def _refused(request: HttpRequest, form: Form, name: str) -> dict[str, Any]:
    for errors in form.errors.values():
        messages.error(request, " ".join(str(error) for error in errors))
    return {"refused": name, "typed": form}


def _say(request: HttpRequest, decision: Decision | list[Decision] | None) -> None:
    for each in decision if isinstance(decision, list) else [decision]:
        if each is None:
            messages.info(request, _("Nothing changed: it was so already."))
        elif each.other_event and each.kind == Decision.Kind.SPLIT:
            page = reverse("desk-event", args=[each.other_event_id])
            messages.success(
                request, format_html(_('Split off: <a href="{}">{}</a>.'), page, each.other_event)
            )
        else:
            messages.success(request, f"{each.get_kind_display().capitalize()}: {each.event}.")


def _fresh(event: Event) -> Event:
    return Event.objects.select_related("place").get(pk=event.pk)


def _skipped(request: HttpRequest) -> list[int]:
    return request.session.get("desk_skipped", [])


def _undoable(curator: User) -> Any:
    taken = Decision.objects.filter(curator=curator, undone_by=None).exclude(kind=Decision.Kind.UNDO)
    return taken.order_by("-taken_at", "-pk")


def _address(event: Event, queue: Queue) -> str:
    return reverse("desk-event", args=[event.pk], query=queue.kept or None)


def _go_on(request: HttpRequest, queue: Queue) -> HttpResponse:
    event = queue.next(without=_skipped(request))
    return redirect(_address(event, queue) if event else reverse("desk", query=queue.kept or None))


def _frame(request: HttpRequest, queue: Queue) -> dict[str, Any]:
    """What surrounds an event: the queue, how the work goes, what can be undone."""
    return {
        "queue": queue,
        "progress": queue.progress(),
        "skipped": len(_skipped(request)),
        "undoable": list(_undoable(queue.curator).select_related("event")[:UNDOABLE]),
    }


def _screen(
    request: HttpRequest,
    event: Event,
    queue: Queue,
    status: int = 200,
    fields: FieldsForm | None = None,
    **more: Any,
) -> HttpResponse:
    claim = Claim.objects.take(event.pk, queue.curator.pk)
    shown = evidence.exhibits(event)
    if fields is None:
        fields = FieldsForm(instance=event)
    fields.show_machine_values(curation.machine_values(event))
    context = {
        **_frame(request, queue),
        "event": event,
        "claim": claim,
        "mine": claim.curator_id == queue.curator.pk,
        "exhibits": shown,
        "live": evidence.live(shown),
        "candidates": candidates(event, evidence.live(shown)),
        "fields": fields,
        "history": event.decisions.select_related("curator", "other_event", "undone_by"),
        "parts": event.parts.select_related("actor").order_by("role", "pk"),
        **more,
    }
    return render(request, "desk/event.html", context, status=status)
