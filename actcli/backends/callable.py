"""A Python function of the user's own as a backend: `MODULE:FUNCTION` or `FILE.py:FUNCTION`."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import math
import os
import re
import sys
import sysconfig
import traceback
from collections.abc import Sequence
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any

from actcli.backends.base import Dependence, remade
from actcli.backends.framework import WORDS, Framework, Function
from actcli.backends.jax import Jax
from actcli.backends.numpy import Numpy
from actcli.backends.on_engine import OnEngine
from actcli.backends.quiet import quiet
from actcli.backends.tensorflow import TensorFlow
from actcli.backends.torch import Torch
from actcli.catalogue.bound import Call
from actcli.errors import DataError, LackingError, UsageError, nearest
from actcli.numerics.dtypes import DTYPES, Array
from actcli.numerics.rounding import round_to

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import DType

#: What a function can compute with; numpy unless @ says otherwise.
ENGINES: dict[str, Framework] = {
    engine.name: engine for engine in (Numpy(), Torch(), Jax(), TensorFlow())
}
#: The most values that a function is called with.
MOST_VALUES = 1 << 16
#: Where no line is of the user's code: this package, Python's library, what is installed.
NOT_THE_USERS = (
    os.path.dirname(os.path.dirname(__file__)),
    *{sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")},
)
#: `FILE.py:FUNCTION` or `MODULE:FUNCTION`; the function may be an attribute of something.
SPELLING = re.compile(r"(?P<home>[^@]+):(?P<function>[^\W\d]\w*(?:\.[^\W\d]\w*)*)")


def is_callable_word(word: str) -> bool:
    """Whether a word names a Python function, with or without what it computes with behind an @.

    >>> is_callable_word("kernel.py:gelu@torch+compile"), is_callable_word("elu:alpha=1.5")
    (True, False)
    """
    return SPELLING.fullmatch(word.partition("@")[0]) is not None


class UserFunction(OnEngine):
    """A function, class or object of a module or a file, called with arrays of one framework.

    With `cast` a result of another dtype is rounded once, which otherwise is an error.
    """

    is_kernel = True
    dependence = Dependence.NOTHING
    prints = True
    without_derivative = (
        "name one with --derivative, choose --show y, or write @torch, @jax or @tensorflow"
    )

    def __init__(self, word: str, cast: bool = False) -> None:
        self.name = word
        path, _, options = word.partition("@")
        found = SPELLING.fullmatch(path)
        assert found is not None
        self.home, self.function = found["home"], found["function"]
        framework, _, how = options.partition("+")
        if "@" in word and framework not in ENGINES:
            raise UsageError(f"a function computes with {', '.join(ENGINES)}, not {framework!r}")
        engine = ENGINES[framework or "numpy"]
        self._engine = engine.option(how) if how else engine
        self.cast = cast

    def __reduce__(self) -> tuple[Any, ...]:
        return remade, (UserFunction, (self.name, self.cast), self.results)

    @property
    def engine(self) -> Framework:
        return self._engine

    @property
    def packages(self) -> tuple[str, ...]:  # type: ignore[override]
        return self.engine.packages

    @property
    def orders(self) -> Sequence[int]:  # type: ignore[override]
        # a framework's derivatives are of x's dtype
        return self.engine.orders if self.results is None else (0,)

    @property
    def takes_upstream(self) -> bool:  # type: ignore[override]
        return 1 in self.orders

    @property
    def version(self) -> str | None:
        version = self.engine.version
        return None if version is None else f"{self.engine.name} {version}"

    @cached_property
    def target(self) -> Function:
        """What is called: a class is made into an object first."""
        with quiet(self.prints):
            self._load()
            found = _attribute(_module(self.home, self.name), self.function, self.name)
            found = made(found, self.name)
        if not callable(found):
            raise UsageError(f"{self.name} is of the type {_type_name(found)}, not a function")
        return found  # type: ignore[no-any-return]

    def _call(self, bound: BoundActivation) -> Call:
        taken = _keywords(self.target)
        changed = bound.changed
        if taken is None:  # it takes any
            names = list(changed)
        else:
            names = [name for name in bound.parameters if name in taken]
            if lacking := [name for name in changed if name not in taken]:
                raise UsageError(
                    f"{self.name} takes no parameter {lacking[0]!r}, which "
                    f"{bound.specification} sets"
                )
        return Call(self.name, settings={name: float(bound.parameters[name]) for name in names})

    def _order(
        self, call: Call, x: Array, order: int, dtype: DType, upstream: float | None = None,
        shape: tuple[int, ...] | None = None,
    ) -> Array:  # fmt: skip
        return self._in_parts(call, x.reshape(-1), order, dtype, upstream).reshape(x.shape)

    def along(
        self, bound: BoundActivation, x: Array, place: int, orders: Sequence[int], dtype: DType,
        saturate: bool = False,
    ) -> list[Array]:  # fmt: skip
        """As for frameworks; the function is called with vectors as the rows of an array."""
        import numpy as np

        self.check(bound, orders, dtype)
        self._refuse_saturation(saturate)
        call = self._call(bound)
        vectors = np.moveaxis(x, place, -1)
        *outer, length = vectors.shape
        rows = np.ascontiguousarray(vectors, dtype.numpy).reshape(math.prod(outer), length)
        values = bound.output_length(length)
        with self._at_work(dtype):
            found = [self._in_parts(call, rows, order, dtype, None, values) for order in orders]
        return [np.moveaxis(one.reshape(*outer, one.shape[1]), -1, place) for one in found]

    def _in_parts(
        self, call: Call, x: Array, order: int, dtype: DType, upstream: float | None,
        values: int | None = None,
    ) -> Array:  # fmt: skip
        """One order at numbers, or at the rows of an array, vectors of so many values each."""
        import numpy as np

        function = self._compiled(call, partial(self.target, **call.settings), order, dtype)
        checked = _Checked(self, function, dtype, "value" if order else WORDS[0], values)
        width = x.shape[1] if values is not None and order else values
        found = []
        for part in _parts(x):
            scaled: Function = checked
            if upstream is not None:
                scaled = self._scaled(checked, upstream, part, dtype)
            found.append(self._part(scaled, part, order, dtype, width))
        return np.concatenate(found)

    def _part(
        self, function: Function, x: Array, order: int, dtype: DType, width: int | None = None
    ) -> Array:
        """An order at some values, for which nothing is wrong with what comes back.

        Of vectors it has `width` numbers each.
        """
        tensor = self._tensor(x, dtype)
        try:
            got = self._derivative(function, tensor, order)
            array = self._array(got, dtype)
        except DataError:
            raise
        except (Exception, SystemExit) as error:
            where = f" in its {WORDS[order]}" if order else ""
            hint = self._other_engine() if isinstance(error, (TypeError, AttributeError)) else ""
            raise DataError(f"{self.name} raises{where} {_reason(error)}{hint}") from error
        if self._array(tensor, dtype).tobytes() != x.tobytes():
            raise DataError(f"{self.name} changes its input; give it a copy to work on")
        if array.shape != (x.shape if width is None else (len(x), width)):
            raise DataError(
                f"{self.name} has a {WORDS[order]} of shape {array.shape} for an input of shape "
                f"{x.shape}"
            )
        dtype = self.results or dtype
        if array.dtype == dtype.numpy:
            return array
        if (
            self.cast
            and dtype.name in DTYPES
            and (array.dtype.name in DTYPES or array.dtype.kind in "biu")
        ):
            return round_to(_wide(array), dtype)
        raise DataError(self.unlike(_dtype_name(array), dtype, WORDS[order]))

    def _other_engine(self) -> str:
        """A hint for who wrote no @ though the file imports a framework."""
        loaded = [name for name in ENGINES if name != "numpy" and name in sys.modules]
        if "@" in self.name or not loaded:
            return ""
        return f"; it was called with a numpy array: for others write {self.name}@{loaded[0]}"

    @property
    def other_framework(self) -> str:
        """What to do about results of another framework."""
        if "@" in self.name:
            return f"@{self.engine.name} says that it is of {self.engine.name}"
        return "write which after an @"

    def unlike(self, got: str, dtype: DType, word: str) -> str:
        """What to say of a result of another dtype, and what to do about it."""
        hint = "--cast rounds the result once"
        if self.engine.name == "numpy":
            hint = f"let it return result.astype(x.dtype), or {hint[:6]} rounds it once"
        return f"{self.name} returns {got} as the {word} for {dtype.name}; {hint}"


def made(function: Any, name: str) -> Any:
    """The function itself, or an object of the class that it is."""
    if not isinstance(function, type):
        return function
    try:
        return function()
    except Exception as error:
        raise DataError(
            f"{name} is a class that cannot be made without arguments: {_reason(error)}"
        ) from error


class _Checked:
    """A function whose results are arrays of the framework, shaped like the input, of its dtype."""

    def __init__(
        self, backend: UserFunction, function: Function, dtype: DType, word: str,
        width: int | None = None,
    ) -> None:  # fmt: skip
        self.backend = backend
        self.function = function
        self.dtype = dtype
        self.word = word
        self.width = width

    def __call__(self, tensor: Any) -> Any:
        result = self.function(tensor)
        name = self.backend.name
        if not hasattr(result, "shape") or not hasattr(result, "dtype"):
            raise DataError(f"{name} returns {_type_name(result)} instead of an array")
        if _framework_of(result) != _framework_of(tensor):
            raise DataError(
                f"{name} returns {_type_name(result)} for {_type_name(tensor)}; "
                f"is it one of another framework? {self.backend.other_framework}"
            )
        shape = wanted = tuple(tensor.shape)
        if self.width is not None:
            wanted = (*shape[:-1], self.width)
        if tuple(result.shape) != wanted:
            instead = f", not {wanted}," if wanted != shape else ""
            raise DataError(
                f"{name} returns shape {tuple(result.shape)}{instead} for an input of shape {shape}"
            )
        if getattr(tensor, "requires_grad", False) and not result.requires_grad:
            raise LackingError(
                f"the result of {name} is not connected to x, so PyTorch cannot differentiate it; "
                "a kernel has its backward in a torch.autograd.Function"
            )
        got = _dtype_name(result)
        dtype = self.backend.results or self.dtype
        if got != dtype.numpy.name and not self.backend.cast:
            raise DataError(self.backend.unlike(got, dtype, self.word))
        return result


def _module(home: str, word: str) -> Any:
    """A module by its name, looked for in the current folder first, or by its file."""
    if not home.endswith(".py"):
        if not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", home):
            raise UsageError(f"{home!r} of {word!r} is neither a FILE.py nor the name of a module")
        return _imported(home, os.getcwd(), lambda: importlib.import_module(home))
    if not os.path.isfile(home):
        raise UsageError(f"there is no file {home!r}, which {word!r} names")
    path = os.path.abspath(home)
    return _imported(home, os.path.dirname(path), partial(_loaded, path))


@cache
def _loaded(path: str) -> Any:
    """The module that a file is, which is run once however many of its functions are named."""
    folder, name = os.path.split(os.path.splitext(path)[0])
    if name in sys.modules:
        name = f"{name} at {folder}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # before it is run, for what is defined in it to be found by its module's name
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _imported(home: str, folder: str, load: Any) -> Any:
    sys.path.insert(0, folder)
    try:
        return load()
    except ModuleNotFoundError as error:
        if error.name == home.partition(".")[0] and not home.endswith(".py"):
            raise UsageError(f"there is no module {error.name!r}, here or installed") from error
        raise DataError(f"{home} cannot be imported: {_reason(error)}") from error
    except (Exception, SystemExit) as error:
        raise DataError(f"{home} cannot be imported: {_reason(error)}") from error


def _attribute(module: Any, path: str, word: str) -> Any:
    found = module
    for part in path.split("."):
        if not hasattr(found, part):
            known = [name for name in dir(found) if not name.startswith("_")]
            close = nearest(part, known)
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            raise UsageError(f"there is no {part!r} in {word!r}{hint}")
        found = getattr(found, part)
    return found


def _keywords(function: Function) -> list[str] | None:
    """The parameters behind the first that can be given by name; None if any can."""
    # a module of PyTorch takes anything, and gives it to its forward
    function = getattr(function, "forward", function)
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (ValueError, TypeError):  # what is written in C may have no signature
        return []
    if any(one.kind is one.VAR_KEYWORD for one in parameters):
        return None
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [
        one.name
        for place, one in enumerate(parameters)
        if one.kind in by_name and (place or one.kind is one.KEYWORD_ONLY)
    ]


def _parts(x: Array) -> list[Array]:
    """The numbers or rows, as many at a time as a function is called with; one part of none."""
    step = max(1, MOST_VALUES // max(1, math.prod(x.shape[1:])))
    return [x[first : first + step] for first in range(0, max(len(x), 1), step)]


def _wide(array: Array) -> Array:
    return array.astype("float64")


def _dtype_name(tensor: Any) -> str:
    """The name of a dtype, as numpy has it, in any framework."""
    name = getattr(tensor.dtype, "name", None) or str(tensor.dtype)
    order = "" if getattr(tensor.dtype, "isnative", True) else "byte-swapped "
    return order + str(name).removeprefix("torch.")


def _framework_of(tensor: Any) -> str:
    return type(tensor).__module__.partition(".")[0].replace("jaxlib", "jax")


def _type_name(value: Any) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _reason(error: BaseException) -> str:
    """An exception in one line, with the line of the user's file that it is from."""
    lines = str(error).strip().splitlines()
    reason = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    places = [
        f"{os.path.basename(frame.filename)}, line {frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((*NOT_THE_USERS, "<"))
    ]
    return f"{reason} ({places[-1]})" if places else reason
