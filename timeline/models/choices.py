"""The codebook's codes as choices of model fields."""

from enum import StrEnum

from timeline.extraction.codebook import CATEGORY_LABELS, TYPES


def of(codes: type[StrEnum]) -> list[tuple[str, str]]:
    return [(code.value, code.value.replace("_", " ")) for code in codes]


CATEGORIES = [(code.value, label) for code, label in CATEGORY_LABELS.items()]
EVENT_TYPES = [(t.code, t.label) for t in TYPES.values()]
