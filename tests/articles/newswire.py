"""A publisher on loopback with a feed and stories, and what its readers do."""

from __future__ import annotations

from datetime import UTC, datetime

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from articles import collecting
from articles.models import Address, Article, Feed
from tests.factories import make_source

STORIES = {
    "port": "Shelling hit the port of Arvad on Friday night and wounded three people, the administration said.",
    "talks": "Envoys of both sides met in Geneva on Thursday and agreed to exchange the bodies of soldiers.",
    "bridge": "A drone damaged the rail bridge over the Nahr river on Saturday, the railway company said.",
}
REST = (
    "\n\nWork at the place went on until the evening, and the road beside it stayed closed to traffic. Nobody "
    "could say when it would be open again, and the company asked passengers to look for other ways meanwhile.\n\n"
    "The authorities promised to publish their findings once the experts who were called have finished their work."
)
NOON = datetime(2024, 3, 2, 12, tzinfo=UTC)


def page(story: str, *, date: str = "2024-03-02T09:00:00+00:00", canonical: str = "", extra: str = "") -> str:
    meta = f'<meta property="article:published_time" content="{date}">' if date else ""
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in (STORIES[story] + extra + REST).split("\n\n"))
    return (
        f"<html><head><title>On the {story}</title>{meta}{link}</head>"
        f"<body><article><h1>On the {story}</h1>{body}</article></body></html>"
    )


def item(link: str, title: str = "", *, guid: str = "", date: str = "", content: str = "") -> str:
    return (
        f"<item><title>{title or link[-20:]}</title><link>{link}</link>"
        + (f'<guid isPermaLink="false">{guid}</guid>' if guid else "")
        + (f"<pubDate>{date}</pubDate>" if date else "")
        + (f"<content:encoded><![CDATA[<p>{content}</p>]]></content:encoded>" if content else "")
        + "</item>"
    )


def rss(*items: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>Test Wire</title>{''.join(items)}</channel></rss>"
    )


class Publisher:
    """Serves stories and a feed of them; `feed_answers` can be changed between polls."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.asked: list[Request] = []
        self.answer: Response | str = rss(
            *(item(server.url_for(f"/{story}"), f"On the {story}", guid=story) for story in STORIES)
        )
        server.expect_request("/robots.txt").respond_with_data("", status=404)
        server.expect_request("/feed").respond_with_handler(self._feed)
        for story in STORIES:
            self.publish(story, page(story))

    def _feed(self, request: Request) -> Response:
        self.asked.append(request)
        if isinstance(self.answer, Response):
            return self.answer
        return Response(self.answer, content_type="application/rss+xml")

    def publish(self, path: str, html: str, status: int = 200) -> str:
        handler = self.server.expect_request(f"/{path}")
        handler.respond_with_data(html, status=status, content_type="text/html; charset=utf-8")
        return self.server.url_for(f"/{path}")

    def url(self, path: str) -> str:
        return self.server.url_for(f"/{path}")


def make_feed(publisher: Publisher, **fields) -> Feed:
    source = fields.pop("source", None) or make_source()
    return Feed.objects.create(url=publisher.url("feed"), source=source, **fields)


def poll_again(feed: Feed) -> int | None:
    Feed.objects.filter(pk=feed.pk).update(next_try_at=None)
    new = collecting.poll_feed(feed.pk)
    feed.refresh_from_db()
    return new


def fetch_all() -> list[Article | None]:
    return [collecting.fetch_address(pk) for pk in Address.objects.due().values_list("pk", flat=True)]
