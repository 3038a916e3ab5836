"""/accuracy/: how often the machine is right, for anyone to read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from timeline.accuracy import (
    gold_rows,
    more_rows,
    precision_by_type,
    published_figures,
    reports_struck_out,
    wilson,
)
from timeline.recording.pipeline import EXTRACTOR


@require_safe
def accuracy(request: HttpRequest) -> HttpResponse:
    struck, reports = reports_struck_out()
    figures = published_figures()
    context = {
        "precisions": precision_by_type(),
        "struck": struck,
        "reports": reports,
        "struck_interval": wilson(struck, reports),
        "figures": figures,
        "gold": gold_rows(figures),
        "more": more_rows(figures),
        "extractor": EXTRACTOR,
    }
    return render(request, "accuracy.html", context)
