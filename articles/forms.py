"""The admin's ways in: paste a text, give an address, upload a file."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminSplitDateTime
from django.utils import timezone

from articles import backfill, collecting, fetching, reading
from articles.ingest import Draft, Refused, store
from articles.models import Address, Article, Source


class SourceChoice(forms.Form):
    source = forms.ModelChoiceField(Source.objects.all(), help_text="The outlet whose article it is.")
    published = forms.SplitDateTimeField(
        label="Publication date",
        widget=AdminSplitDateTime,
        required=False,
        help_text="In UTC. “On Saturday” is resolved against it.",
    )

    def store(self, **draft: Any) -> Article | None:
        """The stored article, or None with the reason among the form's errors."""
        data = self.cleaned_data
        try:
            return store(Draft(source=data["source"], **draft))[1]
        except Refused as error:
            self.add_error(None, f"Not taken in: {error}")
            return None


class PasteForm(SourceChoice):
    title = forms.CharField(max_length=1000, required=False)
    url = forms.URLField(label="Address", required=False, assume_scheme="https")
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 20, "cols": 80}))
    field_order = ["source", "title", "url", "published", "text"]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if reading.kind_of(text.encode()) != "text":
            raise forms.ValidationError(
                "This is the source of a page, not its text. Paste what one reads on it, or upload it as a file."
            )
        return text

    def save(self) -> Article | None:
        data = self.cleaned_data
        return self.store(
            text=data["text"], title=data["title"], url=data["url"], published=data["published"]
        )


class UploadForm(SourceChoice):
    file = forms.FileField(help_text="A text or HTML file of one article, up to 3 MB.")
    field_order = ["source", "file", "published"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > reading.LONGEST_FILE:
            raise forms.ValidationError(f"The file is larger than {reading.LONGEST_FILE:,} bytes.")
        return file

    def save(self) -> Article | None:
        data = self.cleaned_data
        body = data["file"].read()
        try:
            read = reading.read_article(body, now=timezone.now(), name=data["file"].name)
        except reading.Unreadable as error:
            self.add_error("file", str(error))
            return None
        return self.store(
            text=read.text,
            title=read.title,
            byline=read.byline,
            url=read.canonical_url,
            published=data["published"] or read.published,
            body=body,
        )


class FeedListForm(forms.Form):
    file = forms.FileField(help_text="An OPML file, as feed readers export it, up to 3 MB.")

    def clean_file(self) -> reading.FeedList:
        file = self.cleaned_data["file"]
        if file.size > reading.LONGEST_FILE:
            raise forms.ValidationError(f"The file is larger than {reading.LONGEST_FILE:,} bytes.")
        try:
            return reading.read_opml(file.read())
        except reading.Unreadable as error:
            raise forms.ValidationError(str(error)) from error

    def save(self) -> backfill.Filled:
        return backfill.add_feeds(self.cleaned_data["file"])


class SitemapForm(forms.Form):
    url = forms.URLField(label="Address of the sitemap", assume_scheme="https", max_length=2000)
    source = forms.ModelChoiceField(
        Source.objects.all(), required=False, help_text="Where none is given, its host says which."
    )
    since = forms.DateField(
        widget=AdminDateWidget, help_text="Pages that changed since this day, and those without a date."
    )
    most = forms.IntegerField(
        label="At most",
        min_value=1,
        max_value=10_000,
        initial=backfill.MOST_PAGES,
        help_text="Pages, the newest first.",
    )

    def save(self) -> backfill.Filled | None:
        """The pages wait as addresses; None with the reason among the form's errors."""
        data = self.cleaned_data
        since = timezone.make_aware(datetime.combine(data["since"], time()))
        try:
            page = collecting.fetch(data["url"])
            return backfill.add_sitemap(page, since=since, most=data["most"], source=data["source"])
        except (fetching.FetchError, reading.Unreadable) as error:
            self.add_error("url", str(error))
            return None


class AddressForm(forms.ModelForm):
    class Meta:
        model = Address
        fields = ["url", "source", "published"]

    def clean_url(self) -> str:
        return reading.canonical_url(self.cleaned_data["url"])

    def save(self, commit: bool = True) -> Address:
        """Queues the address: a worker fetches it."""
        address: Address = super().save(commit)
        collecting.ring_for(address)
        return address
