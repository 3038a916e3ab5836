"""What every template may need."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from articles.models import Source
from timeline.visits import density, last_visit, visits_remembered


def site(request: HttpRequest) -> dict[str, Any]:
    """`demo`: a banner says that the collection holds demonstration data. The reader's own: see timeline.visits."""
    return {
        "demo": SimpleLazyObject(lambda: Source.objects.filter(demo=True).exists()),
        "density": density(request),
        "last_visit": last_visit(request),
        "visits_remembered": visits_remembered(request),
    }
