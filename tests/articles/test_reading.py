"""Bytes to text: charsets, cleaning, pages, text files, kinds, and the child process that parses."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.reading import (
    LONGEST_FILE,
    TooHeavy,
    Unreadable,
    canonical_url,
    feed_links,
    is_web_address,
    kind_of,
    normalise,
    one_line,
    read_article,
    read_html,
    read_text,
)
from articles.reading.decoding import decode
from articles.reading.links import absolute
from articles.reading.markup import text_of
from articles.reading.pages import same_site
from articles.reading.workbench import ParserFault, Workbench

NOW = datetime(2025, 12, 21, 12, tzinfo=UTC)
WHERE = "https://news.example/world/1"
STORY = [
    "Shells hit the northern edge of the town on Saturday, the regional administration said.",
    "Two people were killed and five were wounded, according to its head.",
    "Power was cut to several districts, and repair crews waited for the shelling to end.",
    "The army of the neighbouring state has not commented on the report so far.",
]


def page(*head: str, body: list[str] | None = None, html: str = "<html lang='en'>") -> bytes:
    paragraphs = "".join(f"<p>{p}</p>" for p in body or STORY)
    return (
        f"<!DOCTYPE html>{html}<head><title>Shelling of a town</title>{''.join(head)}</head><body>"
        f"<nav><a href='/'>Home</a></nav><article><h1>Shelling of a town</h1>{paragraphs}</article></body></html>"
    ).encode()


def read(body: bytes, **options):
    return read_html(body, **({"url": WHERE, "now": NOW} | options))


# --- Cleaning


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("a\r\nb\rc\u2028d\x85e\x0bf\x0cg", "a\nb\nc\nd\ne\nf\ng"),
        ("  a \t b\u00a0c\u2009d\u3000e  \n  f  ", "a b c d e\nf"),
        ("a\n\n\n \n\nb", "a\n\nb"),
        ("a\0b\x01c\x7f\x9f", "abc"),
        ("a\ud800b", "a\ufffdb"),
        ("Ки\u0306в", "Кйв".replace("Кй", "Кй")),
        ("e\u0301 \u212b", "\u00e9 \u00c5"),
        ("Khar\u00adkiv Kher\u200bson \ufeffOde\u2060sa", "Kharkiv Kherson Odesa"),
        ("he \u202edias\u202c it \u2067x\u2069", "he dias it x"),
        ("cau\u200dght, пі\u200cймав", "caught, піймав"),
        ("می\u200cخواهم 👨\u200d👩\u200d👧", "می\u200cخواهم 👨\u200d👩\u200d👧"),
        ("“Quote” — 1 200 №5 ½ ﬁ", "“Quote” — 1 200 №5 ½ ﬁ"),
        ("", ""),
        (" \n\u200b ", ""),
    ],
)
def test_text_is_normalised(given, stored):
    assert normalise(given) == unicodedata.normalize("NFC", stored)


@given(st.text())
def test_normalised_text_can_be_stored_and_does_not_change_again(text):
    once = normalise(text)
    assert normalise(once) == once
    assert "\0" not in once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")
    assert len(one_line(text).splitlines()) <= 1


# --- Charsets

CYRILLIC = "Обстріл міста. Двоє загиблих, п'ятеро поранених. Русские буквы: ёъыэ. " * 20
WESTERN = "Déjà vu à l’œuvre: l’armée a été touchée près de Besançon. " * 20


@pytest.mark.parametrize(
    ("body", "said", "charset"),
    [
        (CYRILLIC.encode("utf-8"), None, "utf-8"),
        (CYRILLIC.encode("utf-8"), "iso-8859-1", "utf-8"),
        (CYRILLIC.encode("utf-8-sig"), "windows-1251", "utf-8"),
        (CYRILLIC.encode("utf-16"), None, "utf-16-le"),
        (CYRILLIC.encode("utf-16-le"), None, "utf-16-le"),
        (CYRILLIC.encode("utf-16-be"), "utf-8", "utf-16-be"),
        (CYRILLIC.encode("utf-32"), None, "utf-32-le"),
        (CYRILLIC.encode("cp1251"), "windows-1251", "cp1251"),
        (CYRILLIC.replace("і", "и").encode("koi8-r", "ignore"), "koi8-r", "koi8-r"),
        (b"<meta charset=windows-1251>" + CYRILLIC.encode("cp1251"), None, "cp1251"),
        (b"<meta charset=windows-1251>" + CYRILLIC.encode("cp1251"), "utf-8", "cp1251"),
        (b"<meta charset=windows-1251>" + CYRILLIC.encode("cp1251"), "iso-8859-1", "cp1251"),
        (b'<?xml version="1.0" encoding="windows-1251"?>' + CYRILLIC.encode("cp1251"), None, "cp1251"),
        (WESTERN.encode("cp1252"), "iso-8859-1", "cp1252"),
        (WESTERN.encode("cp1252"), "us-ascii", "cp1252"),
        (CYRILLIC.encode("cp1251"), "no-such-charset", "cp1251"),
    ],
)
def test_bytes_are_decoded_whatever_the_publisher_says(body, said, charset):
    decoded = decode(body, said)
    assert decoded.charset == charset
    assert (
        ("Двоє" in decoded.text)
        or ("Двое" in decoded.text)
        or ("œuvre" in decoded.text)
        or charset == "koi8-r"
    )
    assert "\ufffd" not in decoded.text


def test_cyrillic_said_to_be_latin_is_detected_and_doubted():
    decoded = decode(CYRILLIC.encode("cp1251"), "iso-8859-1")
    assert "Двоє загиблих" in decoded.text
    assert "a guess" in decoded.doubt


def test_stray_bytes_in_utf8_are_shown_and_counted():
    body = CYRILLIC.encode() + b"\xff\xfe" + CYRILLIC.encode()
    decoded = decode(body, "utf-8")
    assert decoded.text.count("\ufffd") == 2
    assert decoded.doubt.startswith("2 characters are not valid utf-8")


@pytest.mark.parametrize("body", [b"%PDF-1.7\n\0\0\0\x01\x02" * 50, bytes(range(256)) * 20, b"\0" * 5000])
def test_binary_data_is_refused(body):
    with pytest.raises(Unreadable):
        decode(body)


def test_a_page_in_windows_1251_is_read_whatever_its_header_says():
    ukrainian = ["Обстріл міста тривав усю ніч, повідомила обласна адміністрація у суботу."] * 4
    body = page("<meta charset='windows-1251'>", body=ukrainian).decode().encode("cp1251")
    got = read(body, content_type="text/html; charset=utf-8")
    assert got.text.startswith("Обстріл міста тривав усю ніч")


def test_a_page_whose_charset_was_guessed_says_so():
    body = (
        page(body=["Обстріл міста тривав усю ніч, повідомила адміністрація."] * 4).decode().encode("cp1251")
    )
    got = read(body)
    assert "Обстріл міста" in got.text
    assert any("guess" in doubt for doubt in got.doubts)


# --- Pages


def test_a_page_gives_its_article_and_what_it_says_of_itself():
    got = read(
        page(
            "<link rel='canonical' href='/world/shelling?utm_source=x'>",
            "<link rel='alternate' type='application/rss+xml' href='/rss.xml'>",
            "<link rel='alternate' type='application/atom+xml' href='javascript:alert(1)'>",
            "<meta property='article:published_time' content='2025-12-20T14:05:00+02:00'>",
            "<meta name='author' content='Ann Writer'><meta property='og:site_name' content='The Example'>",
        )
    )
    assert got.text == "\n\n".join(STORY)
    assert got.title == "Shelling of a town"
    assert got.byline == "Ann Writer"
    assert got.site_name == "The Example"
    assert got.published == datetime(2025, 12, 20, 14, 5, tzinfo=timezone(timedelta(hours=2)))
    assert not got.published_day_only
    assert got.language == "en"
    assert got.canonical_url == "https://news.example/world/shelling"
    assert got.feeds == ("https://news.example/rss.xml",)
    assert got.doubts == ()


def test_text_of_a_page_is_already_normalised_and_has_no_markup():
    got = read(
        page(
            body=[
                *STORY,
                "A <b>bold</b>&nbsp;word&shy;y cla\u202eim &lt;script&gt;alert(1)&lt;/script&gt; it said.",
            ]
        )
    )
    assert got.text.endswith("A bold wordy claim <script>alert(1)</script> it said.")
    assert normalise(got.text) == got.text
    scripted = read(
        page(
            body=[*STORY, "<script>alert(1)</script><style>p{}</style><p onclick='x()'>It ended at dawn.</p>"]
        )
    )
    assert "alert" not in scripted.text
    assert "onclick" not in scripted.text


@pytest.mark.parametrize(
    ("head", "canonical"),
    [
        ("<link rel='canonical' href='https://www.news.example/a'>", "https://www.news.example/a"),
        ("<link rel='canonical' href='https://m.news.example/a'>", "https://m.news.example/a"),
        ("<link rel='canonical' href='https://rival.example/a'>", WHERE),
        ("<link rel='canonical' href='javascript:alert(1)'>", WHERE),
        ("<link rel='canonical' href=''>", WHERE),
        ("<meta property='og:url' content='/b'>", "https://news.example/b"),
        ("", WHERE),
    ],
)
def test_a_page_names_its_own_address_only_on_its_own_site(head, canonical):
    assert read(page(head)).canonical_url == canonical


@pytest.mark.parametrize(
    ("html", "head", "language"),
    [
        ("<html lang='uk-UA'>", "", "uk"),
        ("<html lang='RU'>", "", "ru"),
        ("<html>", "<meta http-equiv='Content-Language' content='de'>", "de"),
        ("<html>", "<meta property='og:locale' content='en_GB'>", "en"),
        ("<html lang=''>", "", ""),
        ("<html lang='<script>'>", "", ""),
        ("<html>", "", ""),
    ],
)
def test_the_language_is_what_the_page_says(html, head, language):
    assert read(page(head, html=html)).language == language


def json_ld(data: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps(data)}</script>"


def meta(words: str) -> str:
    return f"<meta property='article:published_time' content='{words}'>"


@pytest.mark.parametrize(
    ("head", "published"),
    [
        (
            json_ld({"@type": "NewsArticle", "datePublished": "2025-12-19T23:30:00Z"}),
            "2025-12-19T23:30:00+00:00",
        ),
        (
            json_ld(
                {
                    "@graph": [
                        {"@type": "WebPage", "datePublished": "2020-01-01"},
                        {"@type": ["ReportageNewsArticle"], "datePublished": "2025-12-19"},
                    ]
                }
            ),
            "2025-12-19T12:00:00",
        ),
        (
            "<script type='application/ld+json'>{broken</script>"
            "<meta itemprop='datePublished' content='2025-12-18T10:00:00'>",
            "2025-12-18T10:00:00",
        ),
        (json_ld([[[[[[[]]]]]]]) + meta("2025-12-18"), "2025-12-18T12:00:00"),
        (meta("yesterday") + "<time pubdate datetime='2025-12-18'>", "2025-12-18T12:00:00"),
    ],
)
def test_the_publication_date_is_the_pages_own_word(head, published):
    got = read(page(head))
    assert got.published.isoformat() == published
    assert got.doubts == ()


@pytest.mark.parametrize(
    ("head", "doubt"),
    [
        (meta("2025-02-30T10:00:00Z"), "not in the calendar"),
        (meta("2031-01-01"), "not between"),
        (meta("yesterday"), "cannot be read"),
        ("", "no publication date"),
    ],
)
def test_no_publication_date_rather_than_a_wrong_one(head, doubt):
    got = read(page(head))
    assert got.published is None
    assert any(doubt in d for d in got.doubts)


def test_a_date_in_the_address_is_taken_with_a_doubt():
    got = read(page(), url="https://news.example/2025/12/19/shelling")
    assert got.published == datetime(2025, 12, 19, 12)
    assert got.published_day_only
    assert any("markup or address" in doubt for doubt in got.doubts)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<html></html>",
        b"<html><body><script>x()</script></body></html>",
        b"\xef\xbb\xbf",
        b"<!-- <p>x",
    ],
)
def test_a_page_without_an_article_is_said_so(body):
    with pytest.raises(Unreadable):
        read(body)


def test_feeds_of_a_page_without_an_article_are_found():
    body = b"<html><head><link REL='Alternate' TYPE='application/rss+xml' HREF='https://feeds.example/x'></head></html>"
    assert feed_links(body, url=WHERE) == ["https://feeds.example/x"]


# --- Heavy and hostile pages


def test_a_page_beyond_the_limit_is_refused_unread():
    with pytest.raises(TooHeavy, match="3,000,000 is the limit"):
        read(b"x" * (LONGEST_FILE + 1))


@pytest.mark.parametrize(
    "tag",
    [
        " ".join(f"a{i}=1" for i in range(200_000)),
        " ".join(f'a{i}=">"' for i in range(100_000)),
        "/".join(f"a{i}" for i in range(100_000)),
        "\n".join(f"a{i} = '<b'" for i in range(100_000)),
    ],
    ids=["plain", "quoted brackets", "slashes", "quoted tags"],
)
def test_a_tag_with_thousands_of_attributes_is_refused_at_once(tag):
    began = time.monotonic()
    with pytest.raises(TooHeavy, match="2000 attributes"):
        read(page(body=[f"<p {tag}>x</p>"]))
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 200_000 + "deep" + "</div>" * 200_000,
        "".join(f"<a href='/{i}'>l</a>" for i in range(40_000)),
        "<p>" + "x" * 100_000 + "</p>",
        "<p " + "a" * 1_000_000 + ">" + "<" * 100_000,
        '<a b="' * 100_000,
        "&#0;&#xD800;&#x110000;&bogus;" * 1000,
    ],
    ids=["nested", "links", "long word", "long name", "unclosed quotes", "bad references"],
)
def test_a_hostile_page_ends_in_time(body):
    began = time.monotonic()
    try:
        text = read(page(body=[*STORY, body])).text
        assert "\0" not in text
    except Unreadable:
        pass  # as good an end
    assert time.monotonic() - began < 20


def test_entities_of_a_page_are_not_expanded(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("do not tell")
    body = page(body=[*STORY, "it says &secret; &lol9; here"]).replace(
        b"<!DOCTYPE html>", f'<!DOCTYPE html [<!ENTITY secret SYSTEM "file://{secret}">]>'.encode()
    )
    assert "do not tell" not in read(body).text


WHOLE = page("<link rel=canonical href='/x'>", json_ld({"@type": "Article", "datePublished": "2025-12-20"}))
PIECES = [
    b"<",
    b">",
    b'"',
    b"<!--",
    b"</article>",
    b"<table>",
    b"&#0;",
    b"\0",
    b"\xff",
    b"<svg>",
    b"<meta charset=utf-16>",
]


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE)), st.sampled_from(PIECES), st.integers(0, 60)), max_size=5)
)
def test_a_mutilated_page_is_read_or_refused_and_never_breaks_us(cuts):
    body = WHOLE
    for where, piece, dropped in cuts:
        body = body[:where] + piece + body[where + dropped :]
    try:
        got = read(body)
    except Unreadable:
        return
    assert normalise(got.text) == got.text
    assert one_line(got.title) == got.title
    assert got.canonical_url.startswith("https://news.example/")


# --- The child process


def heavy_page() -> bytes:
    return page(body=["<div><p>" + "word " * 20 + "</p></div>"] * 20_000)


def ask(bench: Workbench, body: bytes):
    return bench.perform("page", body, url=WHERE, charset=None, now=NOW.isoformat())


def test_a_page_that_takes_too_long_stops_the_child_and_not_us():
    bench = Workbench(processor_seconds=1)
    with pytest.raises(TooHeavy, match="more than 1 s of processor time"):
        ask(bench, heavy_page())
    assert ask(bench, page())["title"] == "Shelling of a town"


def test_a_page_that_takes_too_much_memory_stops_the_child_and_not_us():
    bench = Workbench(memory=150 << 20)
    links = "".join(f"<a href='/{i}'>l</a>" for i in range(60_000))
    with pytest.raises(TooHeavy, match="memory"):
        ask(bench, page(body=[links]))
    assert ask(bench, page())["title"] == "Shelling of a town"


def test_a_killed_child_is_replaced():
    bench = Workbench()
    ask(bench, page())
    child = bench._child
    os.kill(child._process.pid, signal.SIGKILL)
    child._process.wait()
    assert ask(bench, page())["title"] == "Shelling of a town"
    assert bench._child is not child


def test_the_child_is_kept_between_documents_and_counts_time_for_each():
    bench = Workbench(processor_seconds=3)
    children, limits = set(), []
    for _ in range(6):
        ask(bench, page(body=["<div><p>" + "word " * 20 + "</p></div>"] * 2000))
        child = psutil.Process(bench._child._process.pid)
        children.add(child.pid)
        limits.append(child.rlimit(psutil.RLIMIT_CPU)[0])
    assert len(children) == 1
    used = child.cpu_times().user
    assert used + 2 <= limits[-1] <= used + 4
    assert limits[-1] > limits[0]


def test_the_child_does_not_outlive_a_killed_worker():
    worker = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from tests.articles.test_reading import *; bench = Workbench(); ask(bench, page());"
            "print(bench._child._process.pid, flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    child = psutil.Process(int(worker.stdout.readline()))
    worker.kill()
    worker.wait()
    worker.stdout.close()
    child.wait(timeout=10)


def test_a_defect_of_ours_is_no_fault_of_the_document():
    with pytest.raises(ParserFault, match="unknown task"):
        Workbench().perform("bogus", b"", url="", charset=None)


def test_an_interrupted_question_does_not_answer_the_next(monkeypatch):
    bench = Workbench()
    ask(bench, page())

    def interrupt(signum, frame):
        raise InterruptedError("soft time limit")

    monkeypatch.setattr(signal, "SIGALRM", signal.SIGALRM)
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(InterruptedError):
            ask(bench, heavy_page())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert ask(bench, page())["title"] == "Shelling of a town"


def test_threads_take_turns():
    bench = Workbench()
    titles = []

    def work(number):
        body = page().replace(b"Shelling of a town", f"Story number {number}".encode())
        titles.append((number, ask(bench, body)["title"]))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(titles) == [(n, f"Story number {n}") for n in range(8)]


def test_a_forked_process_gets_a_child_of_its_own():
    bench = Workbench()
    ask(bench, page())
    child = bench._child
    pid = os.fork()
    if pid == 0:
        title = ask(bench, page())["title"]
        os._exit(0 if title == "Shelling of a town" and bench._child is not child else 1)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert ask(bench, page())["title"] == "Shelling of a town"
    assert bench._child is child


# --- Whatever it is


def test_an_article_is_read_by_what_it_is():
    assert read_article(page(), now=NOW, url=WHERE, content_type="text/plain").title == "Shelling of a town"
    plain = read_article("\n\n".join(STORY).encode(), now=NOW, url=WHERE + "#x", content_type="text/plain")
    assert plain.text == "\n\n".join(STORY)
    assert plain.canonical_url == WHERE
    assert read_article("\n\n".join(STORY).encode(), now=NOW, name="story.txt").canonical_url == ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<rss version='2.0'><channel/></rss>", "a feed"),
        (b"<opml version='2.0'/>", "list of feeds"),
        (b"<urlset xmlns='x'/>", "sitemap"),
        (b'{"id": "1", "text": "x"}', "list of articles"),
        (b"%PDF-1.7", "binary"),
    ],
)
def test_what_is_no_article_says_where_it_belongs(body, words):
    with pytest.raises(Unreadable, match=words):
        read_article(body, now=NOW)


# --- Text files


def test_a_text_file_with_a_heading():
    got = read_text(
        "\ufeffShelling of a town\r\n\r\nShells hit the town.\r\n\r\nTwo died.\r\n".encode("utf-8")
    )
    assert (got.title, got.text) == ("Shelling of a town", "Shells hit the town.\n\nTwo died.")
    assert (got.published, got.byline, got.canonical_url, got.site_name, got.language) == (
        None,
        "",
        "",
        "",
        "",
    )


@pytest.mark.parametrize(
    ("first", "is_title"),
    [
        ("# Shelling", True),
        ("Shelling of a town", True),
        ("Shells hit the town on Saturday.", False),
        ("“They hit us.”", False),
        ("word " * 60, False),
    ],
)
def test_a_heading_is_told_from_a_first_sentence(first, is_title):
    assert bool(read_text(f"{first}\n\nMore text follows here.".encode()).title) == is_title


def test_hard_wrapped_lines_are_joined_and_single_line_paragraphs_are_not():
    wrapped = (
        "Shells hit the northern edge of the town on Saturday, said\n"
        "the regional administration, which counted two dead and\n"
        "five wounded.\n\nPower was cut."
    )
    assert read_text(wrapped.encode()).text.split("\n\n") == [
        "Shells hit the northern edge of the town on Saturday, said the regional administration, which counted "
        "two dead and five wounded.",
        "Power was cut.",
    ]
    assert read_text("\n".join(STORY).encode()).text.split("\n\n") == STORY


@pytest.mark.parametrize("body", [b"", b" \n ", "\u200b".encode(), b"\0\0\0\0" * 50, b"%PDF-1.4\0\0\0\0\x01"])
def test_an_empty_or_binary_file_is_refused(body):
    with pytest.raises(Unreadable):
        read_text(body)


def test_a_text_file_of_five_megabytes_is_refused():
    with pytest.raises(TooHeavy):
        read_text(b"word " * 1_000_000)


# --- Kinds


@pytest.mark.parametrize(
    ("body", "content_type", "name", "kind"),
    [
        (b'<?xml version="1.0"?>\n<!-- x --><rss version="2.0">', "", "", "feed"),
        (b"\xef\xbb\xbf<feed xmlns='http://www.w3.org/2005/Atom'>", "text/html", "", "feed"),
        (b"<rdf:RDF xmlns:rdf='x'>", "text/plain", "", "feed"),
        (b'<!DOCTYPE rss [<!ENTITY a "b">]><rss>', "", "", "feed"),
        ('<?xml version="1.0"?><rss>'.encode("utf-16"), "", "", "feed"),
        (b"<opml version='2.0'>", "", "", "opml"),
        (b"<?xml version='1.0'?><urlset>", "", "", "sitemap"),
        (b"<!doctype html><html><rss>", "", "", "html"),
        (b"<html><body>", "text/plain", "", "html"),
        (b"<p>a fragment</p>", "", "", "html"),
        (b"words", "text/html", "", "html"),
        (b"words", "", "page.HTM", "html"),
        (b'{"id": "1", "text": "x"}\n{"id"', "", "", "jsonl"),
        (b'{"id": "1", "text": "' + b"x" * 5000, "", "", "jsonl"),
        (b"words", "application/x-ndjson", "", "jsonl"),
        (b"words", "", "rows.jsonl", "jsonl"),
        (b"{not json}\nwords", "", "", "text"),
        (b"words < more words > than <five", "", "", "text"),
        ("Слова".encode("cp1251") * 30, "", "", "text"),
        (b"", "", "", "text"),
        (b"%PDF-1.7", "text/html", "", "binary"),
        (b"\x89PNG\r\n\x1a\n", "", "", "binary"),
        (b"\0\1\2\3" * 100, "", "", "binary"),
    ],
)
def test_kinds_are_told_by_the_bytes_first(body, content_type, name, kind):
    assert kind_of(body, content_type, name) == kind


@pytest.mark.parametrize("cut", range(4090, 4097))
def test_a_beginning_cut_through_a_character_is_still_text(cut):
    assert kind_of(("Обстріл " * 1000).encode()[:cut]) == "text"


@pytest.mark.parametrize(
    "body", [b" " * 4000 + b"x", b"<!-->" * 800, b"<?" * 2000, b"<!DOCTYPE" * 400, b"{" * 4000]
)
def test_telling_kinds_takes_no_time_on_hostile_beginnings(body):
    began = time.monotonic()
    kind_of(body)
    assert time.monotonic() - began < 0.5


# --- Addresses of pages


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example:443/World/A?b=2&a=1#top", "https://news.example/World/A?b=2&a=1"),
        ("http://news.example:80", "http://news.example/"),
        ("http://news.example:8080/x", "http://news.example:8080/x"),
        ("https://news.example/a?utm_source=x&id=7&UTM_Medium=y&fbclid=z", "https://news.example/a?id=7"),
        ("https://news.example/a?gclid=1", "https://news.example/a"),
        (
            "https://news.example/a?cid=1&gallery=2&ref=3&id=4",
            "https://news.example/a?cid=1&gallery=2&ref=3&id=4",
        ),
        ("https://news.example/?12345", "https://news.example/?12345"),
        ("https://news.example/a/", "https://news.example/a/"),
        ("https://news.example./a", "https://news.example/a"),
        ("https://news.example/%7euser/%d0%b0?q=%2f", "https://news.example/~user/%D0%B0?q=%2F"),
        ("https://новини.укр/новина", "https://xn--b1amarcd.xn--j1amh/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B0"),
        ("https://news.example/#!/story/5", "https://news.example/#!/story/5"),
        ("  https://news.example/a ", "https://news.example/a"),
        ("https://[2001:DB8::1]/a", "https://[2001:db8::1]/a"),
        ("urn:article:1", "urn:article:1"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("", ""),
    ],
)
def test_one_page_has_one_address(url, canonical):
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://e.org/",
        "//e.org/",
        "/a",
        "http://",
        "http:///a",
        "http://e.org:x/",
        "http://e.org/\u202etxt",
        "http://e.org/a b",
        "http://e.org\\@x/",
        "https://e.org/a\0",
        "http://[::1/",
    ],
)
def test_what_is_no_web_address(url):
    assert not is_web_address(url)
    assert absolute(url, "") == ""


def test_sites():
    assert same_site("https://www.paper.co.uk/a", "http://news.paper.co.uk/b")
    assert not same_site("https://paper.co.uk/a", "https://rival.co.uk/a")
    assert same_site("http://127.0.0.1:8000/a", "http://127.0.0.1:9000/b")
    assert not same_site("http://127.0.0.1/a", "http://127.0.0.2/b")


# --- Markup


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain", "plain"),
        ("AT&T &amp; co", "AT&T & co"),
        ("5 < 7 and 8 > 6", "5 < 7 and 8 > 6"),
        ("<p>One</p><p>Two<br>Three</p>", "One\n\nTwo\n\nThree"),
        ("a<script>alert(1)</script>b<style>x</style>c<!-- d -->e", "abce"),
        ("<b onclick=x>bold</b> <a href='javascript:x'>link</a>", "bold link"),
        ("<svg><title>x</title><p>y</p></svg>z", "z"),
        ("&lt;script&gt;x&lt;/script&gt;", "<script>x</script>"),
        ("<p>a\n  b</p>", "a b"),
        ("<!-- only -->", ""),
        ("<", "<"),
    ],
)
def test_text_of_markup(markup, text):
    assert text_of(markup) == text


def test_text_of_deep_markup_ends_in_time():
    began = time.monotonic()
    assert "deep" in text_of("<div>" * 200 + "deep" + "</div>" * 200)
    text_of("<div>" * 100_000 + "deep")
    assert time.monotonic() - began < 5
