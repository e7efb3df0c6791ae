"""What installed frameworks have in common as backends.

Which function is called, and how, comes from the catalogue; there are no lists of functions here.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy
from typing import TYPE_CHECKING, Any

from actcli.backends.base import Backend, Dependence
from actcli.backends.packages import is_installed, version_of
from actcli.backends.quiet import quiet
from actcli.catalogue.bound import Call, framework_call, functions_of
from actcli.errors import ActcliError, DataError, LackingError, UsageError
from actcli.numerics.dtypes import DType

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import Array

#: A function of one tensor of a framework.
Function = Callable[[Any], Any]

WORDS = ("value", "derivative", "second derivative")
#: Abbreviations of frameworks' modules in the catalogue.
MODULES = {"tf": "tensorflow"}


class Framework(Backend):
    """An installed framework; subclasses make and differentiate its tensors.

    `framework` is its name in the catalogue, `packages` are what must be installed, first the one
    whose version is shown.
    """

    dependence = Dependence.WHOLE
    takes_upstream = True
    takes_vectors = True
    framework = ""
    packages: tuple[str, ...] = ()
    #: What to do where derivatives are asked of one that has none.
    without_derivative = "choose: --show y"
    #: Whether what it prints is for the user.
    prints = False
    #: What computes, and on which device, where an option says so.
    compiler = ""
    device = ""

    @property
    def version(self) -> str | None:
        if self.missing:
            return None
        ways = ", ".join(filter(None, (self.compiler, self._device_name())))
        return f"{version_of(self.packages[0])}{f' ({ways})' if ways else ''}"

    def _device_name(self) -> str:
        """The device that an option names, in the words of who made it once that is known."""
        return self.device

    def option(self, word: str) -> Framework:
        chosen = copy(self)
        chosen.name = f"{self.name}@{word}"
        parts = word.split("+")
        for part in parts:
            if parts.count(part) > 1:
                raise UsageError(f"{part!r} stands twice in {chosen.name!r}")
            if part.partition(":")[0] not in self.options:
                hint = f"has {', '.join(self.options)}" if self.options else "has no options"
                raise UsageError(f"no {part!r} in {chosen.name!r}: {self.name} {hint}")
            chosen._choose(part)
        return chosen

    def _choose(self, word: str) -> None:
        """Compute in the way of an option."""
        raise NotImplementedError

    @property
    def missing(self) -> list[str]:
        return [package for package in self.packages if not is_installed(package)]

    @property
    def install(self) -> str:
        return f"pip install {' '.join(self.missing)}" if self.missing else ""

    @property
    def functions(self) -> Sequence[str]:
        from actcli.catalogue.registry import functions

        return functions_of(self.framework, tuple(functions().values()))

    def check(self, bound: BoundActivation, orders: Sequence[int], dtype: DType) -> None:
        if self.missing:
            raise UsageError(
                f"backend {self.name} needs {' and '.join(self.missing)}, which "
                f"{'is' if len(self.missing) == 1 else 'are'} not installed; {self.install}"
            )
        self._call(bound)
        codes = self.is_kernel and not isinstance(dtype, DType)
        if dtype.name not in self.dtypes and not codes:
            raise UsageError(
                f"backend {self.name} does not compute in {dtype.name}; it does in "
                f"{', '.join(self.dtypes)}"
            )
        if not set(orders) <= set(self.orders):
            raise UsageError(
                f"backend {self.name} has values alone, so no derivatives; "
                f"{self.without_derivative}"
            )

    def _call(self, bound: BoundActivation) -> Call:
        """What is called for a function; UsageError if there is none."""
        try:
            return framework_call(bound, self.framework)
        except UsageError as error:
            raise UsageError(f"no {bound.specification} in backend {self.name}: {error}") from error

    def evaluate(
        self, bound: BoundActivation, x: Array, orders: Sequence[int], dtype: DType,
        *, saturate: bool = False, offset: int = 0, total: int | None = None,
    ) -> list[Array]:  # fmt: skip
        self.check(bound, orders, dtype)
        return self._orders(self._call(bound), x, dict.fromkeys(orders, x.shape), dtype, saturate)

    def along(
        self, bound: BoundActivation, x: Array, place: int, orders: Sequence[int], dtype: DType,
        saturate: bool = False,
    ) -> list[Array]:  # fmt: skip
        self.check(bound, orders, dtype)
        call = self._call(bound)
        shapes = {order: bound.shape_along(x.shape, order, place) for order in orders}
        if bound.vector.fixed_axis:  # the one before two others
            *outer, length = x.shape[: place + 1]
            x = x.reshape(math.prod(outer), length, math.prod(x.shape[place + 1 :]), 1)
            found = self._orders(call, x, dict.fromkeys(orders, x.shape), dtype, saturate)
            return [one.reshape(shapes[order]) for one, order in zip(found, orders, strict=True)]
        if self.framework in bound.vector.axes:
            keyword = bound.vector.axes[self.framework].keyword
            call = call._replace(settings={**call.settings, keyword: place})
        elif place != x.ndim - 1:
            raise UsageError(f"{call.name} works along the last axis alone, not along {place}")
        return self._orders(call, x, shapes, dtype, saturate)

    def _orders(
        self, call: Call, x: Array, shapes: Mapping[int, tuple[int, ...]], dtype: DType,
        saturate: bool,
    ) -> list[Array]:  # fmt: skip
        """The orders, each of its shape."""
        import numpy as np

        self._refuse_saturation(saturate)
        values = np.array(x, dtype.numpy, order="C")
        with self._at_work(dtype):
            return [
                self._order(call, values, order, dtype, shape=shape)
                for order, shape in shapes.items()
            ]

    def _refuse_saturation(self, saturate: bool) -> None:
        if saturate:
            raise UsageError(f"--saturate is for the default backend; {self.name} has its own ways")

    @contextmanager
    def _at_work(self, dtype: DType) -> Iterator[None]:
        """The framework is loaded, works in a dtype, and keeps quiet."""
        with quiet(self.prints):
            self._load()
            with self._scope(dtype):
                yield

    def backward(self, bound: BoundActivation, x: Array, upstream: float, dtype: DType) -> Array:
        import numpy as np

        self.check(bound, (1,), dtype)
        call = self._call(bound)
        values = np.array(x, dtype.numpy, order="C")
        with self._at_work(dtype):
            return self._order(call, values, 1, dtype, upstream)

    def _order(
        self, call: Call, x: Array, order: int, dtype: DType, upstream: float | None = None,
        shape: tuple[int, ...] | None = None,
    ) -> Array:  # fmt: skip
        """One order alone: frameworks compute it differently if a further one follows."""
        with self._reasons(f"{WORDS[order]} of {call.written('x')} in {dtype.name}"):
            function = self._compiled(call, self._function(call, x, dtype), order, dtype)
            if upstream is not None:
                function = self._scaled(function, upstream, x, dtype)
            result = self._array(self._derivative(function, self._tensor(x, dtype), order), dtype)
            if result.shape != (wanted := x.shape if shape is None else shape):
                raise DataError(f"the result has shape {result.shape}, not {wanted}")
            if result.dtype == x.dtype:
                return result
            return _widened(result, dtype)

    @contextmanager
    def _reasons(self, task: str) -> Iterator[None]:
        """Turn a framework's error into one line."""
        try:
            yield
        except MemoryError:
            raise
        except Exception as error:
            lines = str(error).strip().splitlines()
            reason = lines[0] if lines else type(error).__name__
            kind = DataError if isinstance(error, ActcliError) else LackingError
            raise kind(f"{self.name} {self.version} has no {task}: {reason}") from error

    def _scaled(self, function: Function, factor: float, x: Array, dtype: DType) -> Function:
        """The function times a number, which its backward pass then gets as upstream gradient."""
        import numpy as np

        factors = self._tensor(np.full(x.shape, factor, dtype.numpy), dtype)
        return lambda tensor: function(tensor) * factors

    def _load(self) -> None:
        """Import the framework."""
        import_packages(self.packages)

    def _scope(self, dtype: DType) -> AbstractContextManager[Any]:
        """The context in which numbers of a dtype are computed."""
        return nullcontext()

    def _function(self, call: Call, x: Array, dtype: DType) -> Function:
        """The framework's function for tensors like x; a class is instantiated."""
        import numpy as np

        target = resolve(call.name)
        if isinstance(target, type):
            function: Function = self._instance(target, dict(call.settings), x, dtype)
            return function
        operands = [self._tensor(np.array(value, dtype.numpy), dtype) for value in call.operands]
        return lambda tensor: target(tensor, *operands, **call.settings)

    def _compiled(self, call: Call, function: Function, order: int, dtype: DType) -> Function:
        """The function as what computes it is given it."""
        return function

    def _instance(self, kind: Any, settings: dict[str, Any], x: Array, dtype: DType) -> Function:
        """A layer that works in a dtype."""
        function: Function = kind(**settings)
        return function

    def _tensor(self, x: Array, dtype: DType) -> Any:
        """A tensor of the same bits."""
        raise NotImplementedError

    def _array(self, tensor: Any, dtype: DType) -> Array:
        """An array of the same bits."""
        raise NotImplementedError

    def _derivative(self, function: Function, x: Any, order: int) -> Any:
        """That order of derivative of an elementwise function at x; 0 is its value."""
        raise NotImplementedError


def import_packages(packages: Sequence[str]) -> None:
    """Import packages that are installed; DataError if one fails to load."""
    for package in packages:
        try:
            importlib.import_module(package)
        except ActcliError:
            raise
        except Exception as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise DataError(f"{package} is installed but fails to load: {lines[0]}") from error


def resolve(name: str) -> Any:
    """What a dotted name means; modules are imported on the way.

    >>> resolve("os.path.join") is __import__("os").path.join
    True
    """
    root, *parts = name.split(".")
    path = MODULES.get(root, root)
    found: Any = importlib.import_module(path)
    for part in parts:
        path = f"{path}.{part}"
        if not hasattr(found, part):
            try:
                importlib.import_module(path)
            except ImportError:
                raise DataError(f"there is no {name}") from None
        found = getattr(found, part)
    return found


def _widened(result: Array, dtype: DType) -> Array:
    """A result of a narrower dtype, exactly; DataError for one that would have to be rounded."""
    from actcli.numerics.dtypes import dtype_of

    got = dtype_of(result)
    if got.exponent_bits <= dtype.exponent_bits and got.mantissa_bits <= dtype.mantissa_bits:
        return result.astype(dtype.numpy)
    raise DataError(f"the result is {got.name}")
