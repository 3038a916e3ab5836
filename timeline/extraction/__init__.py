"""Text in, findings out. No Django, no network, no clock.

from timeline.extraction import Document, extract
for finding in extract(Document(text, published, title)):
    text[slice(*finding.evidence[0])], finding.type, finding.when, finding.where
"""

from timeline.extraction.extractor import VERSION, extract
from timeline.extraction.findings import Document, Finding

__all__ = ["VERSION", "Document", "Finding", "extract"]
