"""What a browser makes of the gallery's page and of an svg picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from actcli.catalogue.registry import names
from tests.conftest import ROOT, Call
from tests.support.browser import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

INDEX = (ROOT / "samples" / "gallery" / "index.html").as_uri()
PHONE, DESKTOP = (390, 844), (1280, 900)
SIZES = {"phone": PHONE, "desktop": DESKTOP}
LOAD_PICTURES = """
async () => {
  const images = [...document.images];
  for (const image of images) image.loading = "eager";
  await Promise.all(images.map((image) => image.decode().catch(() => {})));
  return images.map((image) => [image.currentSrc, image.naturalWidth, image.clientWidth]);
}
"""
WIDER_THAN_THE_PAGE = """
() => [...document.querySelectorAll("body *")]
  .filter((element) => !element.closest(".formula, nav"))
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
  .map((element) => element.outerHTML.slice(0, 100))
"""
TEXTS = """
() => [...document.querySelectorAll("text")].map((text) => {
  const box = text.getBoundingClientRect();
  return [text.textContent.trim(), box.left, box.top, box.right, box.bottom];
})
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@contextmanager
def opened(
    browser: Browser, address: str, size: tuple[int, int], **settings: Any
) -> Iterator[Page]:
    """A page that has loaded without a complaint and without asking the network for anything."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **settings)
    page = context.new_page()
    complaints: list[str] = []

    def requested(request: Any) -> None:
        if not request.url.startswith(("file:", "data:")):
            complaints.append(request.url)

    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    page.on("request", requested)
    try:
        page.goto(address)
        yield page
        assert complaints == []
    finally:
        context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.sampled(3)
def test_the_page(browser: Browser, size: str, scheme: str) -> None:
    with opened(browser, INDEX, SIZES[size], color_scheme=scheme) as page:
        pictures = page.evaluate(LOAD_PICTURES)
        assert len(pictures) == len(names())
        for source, width, shown in pictures:
            assert width > 0, source
            assert 300 < shown <= SIZES[size][0]
            assert ("/dark/" in source) == (scheme == "dark")
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 20, 24)"}[scheme]
        assert page.evaluate("document.scrollingElement.scrollWidth") <= SIZES[size][0]
        assert page.evaluate(WIDER_THAN_THE_PAGE) == []


@pytest.mark.parametrize("size", SIZES)
def test_contents_and_filter(browser: Browser, size: str) -> None:
    with opened(browser, INDEX, SIZES[size]) as page:
        summary = page.locator("#page-contents > summary")
        if size == "phone":
            assert not page.locator("nav a", has_text="softplus").first.is_visible()
            summary.click()
        page.locator("nav li a", has_text="mish").first.click()
        assert page.url.endswith("#mish")
        top = page.evaluate("document.getElementById('mish').getBoundingClientRect().top")
        assert 0 <= top < SIZES[size][1] / 2
        assert page.locator("nav").bounding_box()["y"] == 0  # stays in sight
        if size == "phone":
            assert not page.locator("#page-filter").is_visible()
            summary.click()
        page.locator("#page-filter").fill("LeakyRELU torch")
        shown = page.locator("article:visible")
        assert [article.get_attribute("id") for article in shown.all()] == ["leaky_relu"]
        assert page.locator("nav li:visible").count() == page.locator("nav h2:visible").count() == 1
        page.locator("#page-filter").fill("no such name")
        assert page.locator("#page-none").is_visible()
        page.locator("#page-filter").fill("")
        assert page.locator("article:visible").count() == page.locator("article").count()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.sampled(2)
def test_the_page_works_without_scripts(browser: Browser, size: str) -> None:
    with opened(browser, INDEX, SIZES[size], java_script_enabled=False) as page:
        assert page.locator("nav a", has_text="softplus").first.is_visible()
        assert not page.locator("#page-filter").is_visible()
        assert page.locator("article:visible").count() == page.locator("article").count()


def test_formulas_are_drawn_as_mathematics(browser: Browser) -> None:
    with opened(browser, INDEX, DESKTOP) as page:
        over, under = (
            page.locator(f"#sigmoid .formula mfrac > :nth-child({place})").first.bounding_box()
            for place in (1, 2)
        )
        assert over["y"] + over["height"] <= under["y"] + 1
        for formula in page.locator(".formula math").all():
            assert formula.bounding_box()["height"] > 10


def test_the_text_of_an_svg(browser: Browser, call: Call, tmp_path: Path) -> None:
    path = tmp_path / "x.svg"
    assert call("plot", "elu:alpha=0.5", "-o", str(path)).status == 0
    with opened(browser, path.as_uri(), DESKTOP) as page:
        texts = page.evaluate(TEXTS)
        picture = page.evaluate("document.documentElement.getBoundingClientRect().toJSON()")
    words = "".join("".join(text.split()) for text, *_ in texts)
    for sign in ("elu", "\N{PRIME}", "\N{MINUS SIGN}", "\N{GREEK SMALL LETTER ALPHA}", "≤", "0.5"):
        assert sign in words
    assert "\N{REPLACEMENT CHARACTER}" not in words
    # Of a line's height, only some is ink; another font than the one meant may be a little wider.
    across, down = 3, 10
    for text, left, top, right, bottom in texts:
        assert right > left or not text, text
        assert bottom > top or not text, text
        assert left >= picture["left"] - across, text
        assert right <= picture["right"] + across, text
        assert top >= picture["top"] - down, text
        assert bottom <= picture["bottom"] + down, text
