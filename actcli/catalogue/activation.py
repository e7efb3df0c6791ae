"""The record that declares an activation: everything known about one function, in one place.

Its parts are named tuples, which are created three times faster than dataclasses, and every start
of the command line creates them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from actcli.arithmetic.numbers import Number, Ratio, Real
from actcli.catalogue.vector import Vector
from actcli.features.curve import Breakpoint, Ends, Range, Stationary, Steepest, corner

if TYPE_CHECKING:
    from actcli.language.program import Program
    from actcli.language.tree import Node

NAN = math.nan
INF = math.inf

#: What is said behind a reference that was not looked up.
DOUBT = " (reference not verified)"

#: What a formula function returns: callables for the value, the derivative and (except for a
#: function of vectors) the second derivative, so that each order costs only what it needs.
Formulas = tuple[Callable[[], Any], ...]


class Domain(NamedTuple):
    """The numbers that a parameter may take, in words and as a predicate."""

    words: str
    contains: Callable[[float], bool]


FINITE = Domain("a finite number", math.isfinite)
POSITIVE = Domain("a finite number above 0", lambda v: math.isfinite(v) and v > 0)
NOT_NEGATIVE = Domain("a finite number of at least 0", lambda v: math.isfinite(v) and v >= 0)
NOT_ZERO = Domain("a finite number other than 0", lambda v: math.isfinite(v) and v != 0)
NOT_NAN = Domain("a number", lambda v: not math.isnan(v))


class Parameter(NamedTuple):
    """A named number of an activation, with the default that this tool uses.

    `default` is a float, or a `Ratio` or `Real` where the true default (1/6, pi) is not a float64.
    """

    name: str
    default: Number
    meaning: str
    domain: Domain = FINITE
    symbol: str = ""  # mathtext, such as \alpha; the name itself where empty
    optional: bool = False  # left out of the formula shown while it has its default


class Variants(NamedTuple):
    """A parameter whose value is a word that selects an activation (gelu:approximate=tanh).

    `spellings` maps words that frameworks use to the choices.
    """

    name: str
    choices: Mapping[str, str]
    meaning: str
    spellings: Mapping[str, str] = MappingProxyType({})


class Argument(NamedTuple):
    """A framework's keyword: the parameter it sets here, and the framework's default.

    `default` is None where the framework requires the argument. A `fixed` one cannot be changed; an
    `operand` is passed by position, as a number of x's dtype. A `guard` only avoids an overflow:
    the framework keeps its default unless our parameter is set to something else than our default.
    """

    keyword: str
    parameter: str
    default: Number | None
    fixed: bool = False
    remark: str = ""
    operand: bool = False
    guard: bool = False


class Symbol(NamedTuple):
    """One framework's name for the activation.

    `name` is the dotted name that a user types, `call` the expression where the name is not enough
    (`jax.nn.gelu(x, approximate=False)`), `also` other dotted names for the same function.
    `at_breakpoints` maps a backend of the framework to the gradients that its autograd gives at the
    breakpoints, in order, with the framework's defaults (None where it raises). Packages may
    declare them; those of the catalogue's own functions are in measured.json.
    """

    framework: str
    name: str
    call: str = ""
    also: tuple[str, ...] = ()
    arguments: tuple[Argument, ...] = ()
    at_breakpoints: Mapping[str, tuple[float | None, ...]] = MappingProxyType({})

    @property
    def expression(self) -> str:
        """The expression in that framework."""
        return self.call or self.name

    @property
    def resolves(self) -> bool:
        """Whether the plain name, with the framework's defaults, is this activation."""
        return not self.call


#: Frameworks whose module has another name.
FRAMEWORKS = {"tf": "tensorflow"}

#: A default, None if there is none, alone or behind the name of the parameter.
Setting = Number | None | tuple[str, Number | None] | Argument


def symbol(
    name: str,
    *also: str,
    arguments: tuple[Argument, ...] = (),
    fixed: Mapping[str, Number] = MappingProxyType({}),
    **settings: Setting,
) -> Symbol:
    """A framework's name for a function, or an expression with x, and other names for the same.

    A keyword argument is one of the framework's, with its default; where the parameter that it sets
    has another name here, with that before. `fixed` are parameters that cannot be set there.

    >>> symbol("tf.nn.silu", beta=1.0).arguments[0].parameter
    'beta'
    >>> symbol("torch.celu", fixed={"alpha": 1.0}).framework
    'torch'
    """
    word = name.partition("(")[0]
    module = word.partition(".")[0]
    given = [*arguments, *(Argument(key, key, value, fixed=True) for key, value in fixed.items())]
    for key, value in settings.items():
        if isinstance(value, Argument):
            given.append(value)
        elif isinstance(value, tuple):
            given.append(Argument(key, *value))
        else:
            given.append(Argument(key, key, value))
    return Symbol(
        FRAMEWORKS.get(module, module), word, name if "(" in name else "", also, tuple(given)
    )


class Citation(NamedTuple):
    """Where the function comes from; not `confirmed` if the reference was not looked up."""

    title: str
    authors: str = ""
    year: int | None = None
    arxiv: tuple[str, ...] = ()
    confirmed: bool = True

    def __str__(self) -> str:
        parts = [part for part in (self.authors, self.title) if part]
        text = ": ".join(parts)
        if self.year:
            text += f", {self.year}"
        if self.arxiv:
            text += ", " + ", ".join(f"arXiv:{number}" for number in self.arxiv)
        return text if self.confirmed else text + DOUBT


def cited(text: str) -> Citation:
    """A source in one line, as it is shown; authors, year and numbers stand there if known.

    >>> cited("Misra: Mish, 2019, arXiv:1908.08681")
    Citation(title='Mish', authors='Misra', year=2019, arxiv=('1908.08681',), confirmed=True)
    >>> cited("classical function" + DOUBT)[3:]
    ((), False)
    """
    known, *numbers = text.removesuffix(DOUBT).split(", arXiv:")
    authors, colon, title = known.partition(": ")
    if not colon:
        authors, title = "", known
    words, _, year = title.rpartition(", ")
    if not (words and year.isdigit()):
        words, year = title, ""
    confirmed = not text.endswith(DOUBT)
    return Citation(words, authors, int(year) if year else None, tuple(numbers), confirmed)


# A function with a name, which a formula that is sent to another process needs.
def any_parameters(**_: Number) -> str:
    """The check of parameters that are valid in any combination: no complaint."""
    return ""


class Activation(NamedTuple):
    """One mathematical function: its definition, parameters, names and source.

    `formulas(m, x, **parameters)` returns the orders as callables, written once in the operations
    of an arithmetic `m` (see `actcli.arithmetic`), which decides the precision.
    `check(**parameters)` returns a complaint about a combination, or "".
    `family` is set for functions of packages; in families/ it is the name of the file.

    The texts of the derivatives are written where differentiation alone gives longer ones.
    The fields from `range` on are facts that follow from the definition and are computed where they
    are None (see `actcli.catalogue.facts`); a record may state them, for default parameters.
    `limits(**parameters)` returns the `Ends` at -inf and +inf, `breakpoints(**parameters)` the
    points where pieces meet.

    A function of vectors is declared with `vector_function` and has a `vector`. Its x is a float64
    array (not lifted, so that comparisons and sorting are exact) whose last axis, never empty,
    holds the vectors; the formula handles infinities and nan itself. Its derivative is the
    gradient of the sum of the values, as a tape gives it: the Jacobian transposed times ones.
    """

    name: str
    text: str
    formulas: Callable[..., Formulas] | None
    citation: Citation
    derivative_text: str = ""
    second_derivative_text: str = ""
    family: str = ""
    aliases: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    variants: Variants | None = None
    where: tuple[tuple[str, str], ...] = ()
    check: Callable[..., str] = any_parameters
    symbols: tuple[Symbol, ...] = ()
    notes: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    vector: Vector | None = None
    range: Range | None = None
    monotonic: bool | None = None
    steepest: Steepest | None = None
    smoothness: str | None = None
    stationary: tuple[Stationary, ...] | None = None
    symmetry: str | None = None  # "odd", "even" or ""
    view: float | None = None  # plots show -view..view
    limits: Callable[..., tuple[Ends, Ends]] | None = None
    breakpoints: Callable[..., tuple[Breakpoint, ...]] | None = None

    @property
    def defaults(self) -> dict[str, Number]:
        """The default of each parameter."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    @property
    def typed(self) -> bool:
        """Whether this is a user's formula rather than a declared function."""
        return False

    @property
    def tree(self) -> Node | None:
        """The definition of a formula; of a declared function it is read from the text."""
        return None

    @property
    def program(self) -> Program | None:
        """The program of a formula, with its parameters as they are set."""
        return None

    def with_values(self, values: Mapping[str, Number]) -> Activation:
        """The function with its parameters set, which only a formula knows of itself."""
        return self


def vector_function(*, vector: Vector, gradient_text: str, **facts: Any) -> Activation:
    """Declare a function of vectors, which has none of the facts of curves."""
    return Activation(vector=vector, derivative_text=gradient_text, **facts)


__all__ = [
    "DOUBT", "FINITE", "INF", "NAN", "NOT_NAN", "NOT_NEGATIVE", "NOT_ZERO", "POSITIVE",
    "Activation", "Argument", "Breakpoint", "Citation", "Domain", "Ends", "Formulas", "Number",
    "Parameter", "Range", "Ratio", "Real", "Stationary", "Steepest", "Symbol", "Variants", "Vector",
    "cited", "corner", "symbol", "vector_function",
]  # fmt: skip
