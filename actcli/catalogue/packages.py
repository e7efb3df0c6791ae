"""The functions that other packages add through an entry-point group.

Each is checked when it is loaded; a faulty one is left out, with a line on standard error.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import redirect_stdout, suppress
from functools import partial
from typing import Any

from actcli.arithmetic.numbers import read_number
from actcli.catalogue.activation import Activation, Formulas, Vector
from actcli.catalogue.bound import bind, framework_call
from actcli.catalogue.built_in import framework_defaults
from actcli.catalogue.declared import DeclarationError, Reader, reason
from actcli.console import note
from actcli.errors import DataError, UsageError, fold

ENTRY_POINT_GROUP = "actcli.activations"

#: Names that can stand in a specification, as a keyword argument and as a file name anywhere.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)
RULE = "a name is an ASCII letter followed by letters, digits and _, 64 at most"
#: Lengths of vectors that a vector function is checked with.
LENGTHS = (1, 2, 4, 6)

_LOADING: list[bool] = []


def loading() -> bool:
    """Whether the functions of packages are being loaded right now."""
    return bool(_LOADING)


def load(known: Mapping[str, Activation]) -> dict[str, Activation]:
    """The functions that packages add to the known ones, by name."""
    _LOADING.append(True)
    try:
        return _load(known)
    finally:
        _LOADING.clear()


def _load(known: Mapping[str, Activation]) -> dict[str, Activation]:
    functions = dict(known)
    seen: set[int] = set()
    for point, declared in _declared():
        if id(declared) in seen or _imported(declared, known):
            continue
        seen.add(id(declared))
        name = repr(declared.name) if isinstance(declared.name, str) else "a function"
        whose = f"{name} of plug-in {point!r}"
        try:
            function = Reader(whose).read(declared, type(declared), "")
            _check_names(function, functions)
            _check_facts(function, functions)
            if function.vector:
                function = function._replace(formulas=_measured(function, function.vector, whose))
            else:
                function = _defined(function)
        except Exception as error:
            note(f"{whose} is left out: {reason(error).removeprefix(f'{whose} fails: ')}")
        else:
            functions[function.name] = function
    return {name: function for name, function in functions.items() if name not in known}


def _imported(declared: Activation, known: Mapping[str, Activation]) -> bool:
    """Whether this is a function of the catalogue that a module merely imports."""
    return any(
        declared.formulas is one.formulas and declared.name == one.name for one in known.values()
    )


def _declared() -> Iterator[tuple[str, Activation]]:
    """Every declaration of a package, with the name of the entry point."""
    from importlib.metadata import entry_points

    try:
        points = list(entry_points(group=ENTRY_POINT_GROUP))
    except Exception as error:  # the metadata of some package cannot be read
        note(f"the functions of all plug-ins are left out: {reason(error)}")
        return
    for point in points:
        try:
            with redirect_stdout(sys.stderr):  # standard output is for data
                declared = _declared_in(point.load())
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit too
            note(f"plug-in {point.name!r} is left out: {reason(error)}")
            continue
        if not declared:
            note(f"plug-in {point.name!r} is left out: it holds no Activation")
        yield from ((point.name, one) for one in declared)


def _declared_in(added: object) -> list[Activation]:
    """The activation that an entry point refers to, or those in the module that it refers to."""
    values = [added] if isinstance(added, Activation) else list(vars(added).values())
    return [value for value in values if isinstance(value, Activation)]


def _measured(function: Activation, vector: Vector, whose: str) -> Callable[..., Formulas]:
    """The formulas of a function of vectors; a result of a wrong type or shape is a DataError."""
    formulas = function.formulas
    if formulas is None:
        raise DeclarationError("formulas is of type NoneType, not Callable")

    def checked(m: Any, x: Any, **parameters: Any) -> Formulas:
        kind = type(m.lift(x))
        shapes = [(*x.shape[:-1], vector.length(x.shape[-1], **parameters)), _shape(x)]

        def measured(order: int, compute: Callable[[], Any]) -> Any:
            value = compute()
            if not isinstance(value, kind) or _shape(value) != shapes[order]:
                raise DataError(
                    f"{whose} fails: order {order} is {type(value).__name__} of shape "
                    f"{_shape(value)}, not {kind.__name__} of shape {shapes[order]}; "
                    "write a constant as m.constant(x, 1.0)"
                )
            return value

        orders = formulas(m, x, **parameters)
        if len(orders) != len(shapes):
            raise DataError(f"{whose} fails: formulas() is {len(orders)} values, not 2 in formulas")
        return tuple(partial(measured, *one) for one in enumerate(orders))

    return checked


def _defined(function: Activation) -> Activation:
    """The function by its definition alone: its own formulas are neither needed nor trusted.

    Raises DeclarationError for a text that is not a formula, or a wrong derivative.
    """
    from actcli.catalogue.definitions import parsed, texts
    from actcli.language.parser import as_tree
    from actcli.language.program import build
    from actcli.numerics.agreement import disagreement

    try:
        formulas = texts(function)
        trees = [parsed(function, text) for text in formulas]
    except UsageError as error:
        raise DeclarationError(f"a text is not a formula: {error}") from None
    values = {name: as_tree(value) for name, value in function.defaults.items()}
    programs = [build(tree, values) for tree in trees]
    for order in (1, 2):
        found = disagreement(programs[0], order, programs[order])
        if found is not None:
            raise DeclarationError(
                f"derivative {order} of {function.text!r} is {found.right!r} at {found.x!r}, "
                f"but {formulas[order]!r} is {found.got!r}"
            )
    return function._replace(formulas=None)


def _shape(numbers: Any) -> tuple[int, ...] | None:
    """The shape of an array or a `Pair`; None for anything else."""
    shape: tuple[int, ...] | None = getattr(getattr(numbers, "high", numbers), "shape", None)
    return shape


def _check_names(function: Activation, others: Mapping[str, Activation]) -> None:
    """DeclarationError for a name that cannot be typed, or that means something else."""
    taken = {fold(word) for other in others.values() for word in (other.name, *other.aliases)}
    for word in (function.name, *function.aliases):
        _check_name(word)
        if word == "x" or read_number(word) is not None:
            raise DeclarationError(f"{word!r} is not a name: it stands for a number")
        if fold(word) in taken:
            raise DeclarationError(f"another function is called {word!r}")
    for parameter in function.parameters:
        _check_name(parameter.name)


def _check_name(word: str) -> None:
    if not NAME.fullmatch(word):
        raise DeclarationError(f"{word!r} is not a name: {RULE}")


def _check_facts(function: Activation, others: Collection[str]) -> None:
    """DeclarationError, or an error of the package's own code, for inconsistent facts."""
    bound = bind(function, {})
    if function.variants:
        for name in function.variants.choices.values():
            if name not in (*others, function.name):
                raise DeclarationError(f"{name!r} of {function.variants.name} is not a function")
    for symbol in function.symbols:
        for argument in symbol.arguments:
            if argument.parameter not in bound.parameters:
                raise DeclarationError(
                    f"{argument.parameter!r} of {symbol.name} is not a parameter"
                )
        with suppress(UsageError):  # it need not have every parameter
            framework_call(bound, symbol.framework)
    if function.vector:
        for length in LENGTHS:
            if not function.vector.complaint(length, **bound.parameters):
                function.vector.length(length, **bound.parameters)
    else:
        _check_curve(function)


def _check_curve(function: Activation) -> None:
    view = function.view
    if view is not None and not (math.isfinite(view) and view > 0):
        raise DeclarationError(f"view is {view!r}, not a finite number above 0")
    for stated in (function.limits, function.breakpoints):
        if stated is not None:
            stated(**function.defaults)
    for symbol in function.symbols:
        for backend, gradients in symbol.at_breakpoints.items():
            count = len(bind(function, framework_defaults(symbol)).breakpoints)
            if len(gradients) != count:
                raise DeclarationError(
                    f"{symbol.name} has {len(gradients)} gradients of {backend} at {count} breaks"
                )
