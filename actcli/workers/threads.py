"""Threads that share work, as far as the system allows any."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from actcli.workers.copies import Copies


class Threads(ThreadPoolExecutor):
    """Threads that do what is submitted; without a thread it waits to be asked for."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        try:
            return super().submit(fn, *args, **kwargs)
        except RuntimeError:  # too many threads
            return Copies(1).submit(fn, *args, **kwargs)
