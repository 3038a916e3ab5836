"""The catalogue of translations is whole: nothing missing, nothing stale, no placeholder lost."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import call_command

LOCALE = Path(settings.LOCALE_PATHS[0])
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|%%|</?\w+")
RUSSIAN_LETTERS = re.compile("[ыэъёЫЭЪЁ]")


def catalogue(language: str, root: Path = LOCALE) -> polib.POFile:
    return polib.pofile(str(root / language / "LC_MESSAGES" / "django.po"))


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def key(entry: polib.POEntry) -> tuple[str | None, str, str]:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language) -> None:
    untranslated = [e.msgid for e in catalogue(language) if e.fuzzy or not all(texts(e))]

    assert not untranslated


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_and_what_is_marked_up_is_kept(language) -> None:
    for entry in catalogue(language):
        wanted = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        for text in texts(entry):
            assert sorted(PLACEHOLDER.findall(text)) == wanted, entry.msgid


def test_ukrainian_is_written_in_ukrainian_letters() -> None:
    assert not [text for e in catalogue("uk") for text in texts(e) if RUSSIAN_LETTERS.search(text)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_site_reads_is_what_the_catalogue_says(language) -> None:
    compiled = polib.mofile(str(LOCALE / language / "LC_MESSAGES" / "django.mo"))

    assert {key(e): texts(e) for e in compiled} == {key(e): texts(e) for e in catalogue(language)}, (
        "Compile it: make messages"
    )


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not installed")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_the_texts_of_the_code(language, tmp_path, monkeypatch, settings) -> None:
    for folder in ("articles", "timeline", "operations", "templates", "locale"):
        shutil.copytree(
            settings.BASE_DIR / folder,
            tmp_path / folder,
            ignore=lambda where, names: [
                n for n in names if "." in n and not n.endswith((".py", ".html", ".txt", ".po"))
            ],
        )
    monkeypatch.chdir(tmp_path)
    settings.LOCALE_PATHS = [tmp_path / "locale"]

    call_command("makemessages", locale=[language], verbosity=0)

    assert {key(e) for e in catalogue(language, tmp_path / "locale") if not e.obsolete} == {
        key(e) for e in catalogue(language)
    }, "Take up what is new: make messages"
