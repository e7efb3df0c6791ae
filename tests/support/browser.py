"""A headless Chromium to look at pages with, where there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType

#: What Chromium is called where it is installed; the variable CHROMIUM says where it is instead.
NAMES = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; without one the test is skipped with the reason."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=_executable(started.chromium),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],  # no sandbox works for root
        )
        try:
            yield browser
        finally:
            browser.close()


def _executable(kind: BrowserType) -> str:
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.path.exists(kind.executable_path):
        found = kind.executable_path
    if found is None:
        pytest.skip("no Chromium on PATH, in CHROMIUM or from: playwright install chromium")
    return found
