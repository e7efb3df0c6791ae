"""True values kept on disk between runs, and worked out on every core where there are many."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from tests.oracle import formulas
from tests.oracle.truth import Array, Evaluator, Formula, Truth

HERE = Path(__file__).parent
#: Where the values are kept; set the variable to keep them somewhere else.
KEPT = HERE.parents[1] / ".pytest_cache" / "oracle"
FOLDER = Path(os.environ.get("ACTCLI_ORACLE_CACHE") or KEPT)
#: Fewer inputs than this are not worth a second process.
MANY = 20_000

Orders = tuple[Truth, Truth, Truth]


Arrays = dict[str, Array]


def remembered(label: str, about: bytes, compute: Callable[[], Arrays]) -> Arrays:
    """Arrays worked out once, then read from disk until a file of the oracle changes."""
    key = hashlib.sha256(_version() + about).hexdigest()[:24]
    path = FOLDER / f"{label}-{key}.npz"
    if path.exists():
        with np.load(path) as found:
            return dict(found)
    arrays = compute()
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}.tmp")
    with beside.open("wb") as stream:
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]
    beside.replace(path)
    return arrays


def true_values(formula: Formula, settings: Mapping[str, Any], xs: Array) -> Orders:
    """Value, derivative and second derivative at finite inputs, from disk if they are there."""
    xs = np.ascontiguousarray(xs, dtype=np.float64)
    if not is_own(formula):
        return Evaluator(formula, settings).truths(xs.tolist())
    about = repr((formula.__name__, sorted(settings.items()))).encode() + xs.tobytes()

    def compute() -> dict[str, Array]:
        orders = _compute(formula, settings, xs)
        return {name: np.stack([getattr(o, name) for o in orders]) for name in _FIELDS}

    arrays = remembered(formula.__name__, about, compute)
    first, second, third = (
        Truth(*row) for row in zip(*(arrays[name] for name in _FIELDS), strict=True)
    )
    return first, second, third


def is_own(formula: Formula) -> bool:
    """Whether a formula is one of these files, which a key on disk and another process can name."""
    return formulas().get(formula.__name__) is formula


_FIELDS = ("high", "low", "scale")


def _compute(formula: Formula, settings: Mapping[str, Any], xs: Array) -> Orders:
    if len(xs) < MANY:
        return Evaluator(formula, settings).truths(xs.tolist())
    tasks = [
        _workers().submit(_part, formula.__name__, dict(settings), part.tolist())
        for part in np.array_split(xs, 4 * (os.cpu_count() or 1))
    ]
    parts = [task.result() for task in tasks]
    first, second, third = (
        Truth(*(np.concatenate([getattr(p[order], name) for p in parts]) for name in _FIELDS))
        for order in range(3)
    )
    return first, second, third


def _part(name: str, settings: dict[str, Any], xs: list[float]) -> Orders:
    return Evaluator(formulas()[name], settings).truths(xs)


@cache
def _workers() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"))


@cache
def _version() -> bytes:
    """Changes with any file of the oracle, so that no stale value is used."""
    digest = hashlib.sha256()
    for path in sorted(HERE.rglob("*.py")):
        if not path.name.startswith("test_"):
            digest.update(path.read_bytes())
    return digest.digest()
