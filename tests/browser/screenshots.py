"""Pictures of each page for docs/screenshots: light, dark, and as on a phone. Run on a demonstration that is up:

make demo                                        # in one terminal
make screenshots SITE=http://127.0.0.1:8000      # in another
"""

from __future__ import annotations

import argparse
import re
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.chromium import CHROMIUM

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
LARGEST = 60_000  # bytes of a picture
COLOURS = 40
DESK = {"viewport": {"width": 1280, "height": 860}}
KINDS = {
    "light": {**DESK, "color_scheme": "light"},
    "dark": {**DESK, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True},
}
# By name: an address, or where to find it: (page, pattern of the link).
PAGES: dict[str, str | tuple[str, str]] = {
    "chronology": "/",
    "event": ("/?status=disputed", r"/events/\d+/"),
    "article": ("event", r"/articles/\d+/"),
    "place": ("event", r"/places/\d+/"),
    "actor": ("event", r"/actors/\d+/"),
    "source": ("article", r"/sources/\d+/"),
    "sources": "/sources/",
    "map": "/map/",
    "day": ("event", r"/days/[\d-]+/"),
    "month": ("event", r"/months/[\d-]+/"),
    "compare": "/compare/",
    "periods": "/periods/",
    "searches": "/searches/",
    "teaching": "/teaching/",
    "about": "/about/",
    "accuracy": "/accuracy/",
}


def addresses(page: Page) -> dict[str, str]:
    """The address of each of PAGES, followed from the site's own links."""
    found: dict[str, str] = {}
    for name, at in PAGES.items():
        if isinstance(at, str):
            found[name] = at
            continue
        page.goto(found.get(at[0], at[0]))
        link = re.search(f'href="({at[1]})', page.content())
        if link is None:
            raise SystemExit(
                f"{at[0]} has no link to a page of “{name}”. Is it the demonstration (make demo)?"
            )
        found[name] = link[1]
    return found


def picture(page: Page) -> bytes:
    """The window as WebP without loss but for its colours: pages have few, and their text stays sharp."""
    window = Image.open(BytesIO(page.screenshot())).convert("RGB")
    packed = BytesIO()
    few = window.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).convert("RGB")
    few.save(packed, "WEBP", lossless=True, quality=100, method=6)
    if packed.tell() > LARGEST:
        raise SystemExit(f"{page.url} takes {packed.tell():,} bytes, more than {LARGEST:,}.")
    return packed.getvalue()


def take(site: str, folder: Path) -> int:
    """Take all pictures; how many bytes they are."""
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        where: dict[str, str] = {}
        for kind, options in KINDS.items():
            context = browser.new_context(base_url=site, locale="en-GB", **options)  # type: ignore[arg-type]
            page = context.new_page()
            where = where or addresses(page)
            for name, address in where.items():
                answer = page.goto(address)
                if answer is None or answer.status != 200:
                    raise SystemExit(f"{address} answers {answer and answer.status}.")
                image = picture(page)
                (folder / f"{name}-{kind}.webp").write_bytes(image)
                total += len(image)
            context.close()
        browser.close()
    return total


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Pictures of each page, into docs/screenshots.")
    parser.add_argument("site", help="where the demonstration is, such as http://127.0.0.1:8000")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args()
    print(f"{len(PAGES) * len(KINDS)} pictures, {take(given.site, given.folder):,} bytes")
