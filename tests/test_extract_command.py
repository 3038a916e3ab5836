"""`manage.py extract`: one JSON line an article, no database, bad lines named."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

TEXT = (
    "A Russian missile hit a warehouse in Kharkiv on Friday, killing four people, the regional governor said."
)


def run(path):
    out = StringIO()
    call_command("extract", str(path), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_events_are_printed_with_the_codebooks_fields(tmp_path):
    path = tmp_path / "articles.jsonl"
    path.write_text(json.dumps({"id": "a", "published": "2024-03-02", "text": TEXT}))
    (line,) = run(path)
    assert line["id"] == "a"
    (event,) = line["events"]
    assert (event["category"], event["type"], event["start"]) == ("strike", "missile", "2024-03-01")
    assert event["killed"] == {"low": 4, "best": 4, "high": 4}
    assert event["place"]["name"] == "Kharkiv"
    start, end = event["evidence"][0]
    assert TEXT[start:end] == TEXT


def test_bad_lines_are_named_and_the_rest_is_read(tmp_path, capsys):
    path = tmp_path / "articles.jsonl"
    good = json.dumps({"id": "a", "published": "2024-03-02", "text": TEXT})
    path.write_text(f'{{"id": "b", "text": "No date."}}\n{good}\nnonsense\n')
    out = StringIO()
    with pytest.raises(CommandError, match="2 lines"):
        call_command("extract", str(path), stdout=out)
    assert len(out.getvalue().splitlines()) == 1
    errors = capsys.readouterr().err
    assert f"{path}:1" in errors
    assert f"{path}:3" in errors


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        run(tmp_path / "nowhere.jsonl")
