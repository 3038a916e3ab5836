"""/teaching/: exercises, and how to cite."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from timeline.extraction.codebook import Status


@require_safe
def teaching(request: HttpRequest) -> HttpResponse:
    disputed = f"{reverse('chronology')}?status={Status.DISPUTED.value}"
    return render(request, "teaching.html", {"urls": {"compare": reverse("compare"), "disputed": disputed}})
