"""A cache of limited size, with exact keys, that is safe among threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class Memory(Generic[Kept]):
    """The results for the latest keys, `most` of them at most.

    >>> memory = Memory(2)
    >>> [memory.get(key, lambda: key * 10) for key in (1, 2, 1, 3, 2)]
    [10, 20, 10, 30, 20]
    >>> len(memory)
    2
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self.lock = threading.RLock()

    def __len__(self) -> int:
        return len(self.kept)

    def get(self, key: Hashable, compute: Callable[[], Kept]) -> Kept:
        """The value for a key, computed by one thread at a time if it is not there."""
        with self.lock:
            if key not in self.kept:
                self.put(key, compute())
            self.kept.move_to_end(key)
            return self.kept[key]

    def put(self, key: Hashable, value: Kept) -> None:
        """Keep a value, and drop the least recently used ones."""
        with self.lock:
            self.kept[key] = value
            self.kept.move_to_end(key)
            while len(self.kept) > self.most:
                self.kept.popitem(last=False)
