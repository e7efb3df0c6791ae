"""Tasks as bytes, for processes that are not copies of this one, and such processes here.

Functions of the catalogue and backends are sent by name, a formula as its tree.
"""

from __future__ import annotations

import io
import pickle
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from functools import lru_cache, partial
from multiprocessing import get_context
from types import MappingProxyType
from typing import Any

from actcli.arithmetic.numbers import Ratio
from actcli.backends import get_backend
from actcli.backends.base import Backend
from actcli.catalogue.activation import Activation
from actcli.catalogue.formula import TypedFormula
from actcli.catalogue.registry import find_declared
from actcli.errors import ActcliError, DataError
from actcli.language import elementary
from actcli.language.elementary import FUNCTIONS, Elementary
from actcli.version import __version__
from actcli.workers.copies import outcome, told


class _Pickler(pickle.Pickler):
    def reducer_override(self, thing: Any) -> Any:
        match thing:
            case TypedFormula():
                return _formula, (tuple(thing), thing.tree, thing.named, thing.values)
            case Activation():
                return _declared, (thing.name,)
            case Elementary():
                return _elementary, (thing.name,)
            case Backend() if not thing.is_kernel:
                return get_backend, (thing.name,)
            case Ratio():
                return Ratio, tuple(map(int, thing.numerator_over))
            case MappingProxyType():
                return dict, (dict(thing),)
        return NotImplemented


def _declared(name: str) -> Activation:
    return find_declared(name)[0]


def _elementary(name: str) -> Elementary:
    entries = (*FUNCTIONS, *vars(elementary).values())
    return next(one for one in entries if isinstance(one, Elementary) and one.name == name)


def _formula(fields: tuple[Any, ...], *others: Any) -> TypedFormula:
    made = TypedFormula(*fields)
    made.tree, made.named, made.values = others
    return made


def packed(thing: object) -> bytes:
    """Anything that a task is made of, as bytes."""
    data = io.BytesIO()
    _Pickler(data, pickle.HIGHEST_PROTOCOL).dump(thing)
    return data.getvalue()


#: What many tasks have in common is made once in a process.
_unpacked = lru_cache(maxsize=4)(pickle.loads)
#: Neither matplotlib nor what keeps frameworks quiet bears several threads.
_one_at_a_time = threading.Lock()


def perform(version: str, function: bytes, arguments: bytes) -> bytes:
    """Do a packed task in the process that this is called in, and pack its outcome."""

    def work() -> Any:
        if version != __version__:
            raise DataError(f"a worker has actcli {__version__}, but this is actcli {version}")
        return _unpacked(function)(*pickle.loads(arguments))

    with _one_at_a_time:
        error, value = outcome(work)
    return packed((told(error), value))


class Packed(Executor):
    """Tasks packed for another executor; of its own failures `failed` makes errors."""

    def __init__(self, pool: Executor, failed: Callable[[BaseException], ActcliError]) -> None:
        self.pool = pool
        self.failed = failed
        self.last: tuple[object, bytes] = (None, b"")

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if fn is not self.last[0]:
            self.last = fn, packed(fn)
        if kwargs:
            return self.submit(partial(fn, **kwargs), *args)
        future: Future[Any] = Future()
        task = self.pool.submit(perform, __version__, self.last[1], packed(args))
        task.add_done_callback(partial(self._settle, future))
        return future

    def _settle(self, future: Future[Any], task: Future[bytes]) -> None:
        error: BaseException | None
        if task.cancelled() or future.cancelled():
            future.cancel()
            return
        if error := task.exception():
            error = self.failed(error)
        else:
            error, value = pickle.loads(task.result())
        if error:
            future.set_exception(error)
        else:
            future.set_result(value)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.pool.shutdown(wait and not cancel_futures)

    def __exit__(self, kind: object, *_: object) -> None:
        self.shutdown(cancel_futures=kind is not None)


def spawned(processes: int) -> Packed:
    """So many processes that are started anew, for a system where none may be copied."""
    ignore = partial(signal.signal, signal.SIGINT, signal.SIG_IGN)
    pool = ProcessPoolExecutor(processes, get_context("spawn"), ignore)
    return Packed(pool, lambda _: DataError("a process that shared the work was ended"))
