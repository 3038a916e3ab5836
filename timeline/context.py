"""What every template may need."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from articles.models import Source


def site(request: HttpRequest) -> dict[str, Any]:
    """`demo`: a banner says that the collection holds demonstration data."""
    return {"demo": SimpleLazyObject(lambda: Source.objects.filter(demo=True).exists())}
