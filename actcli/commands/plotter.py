"""What all pictures of a run of `actcli plot` have in common."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from actcli.console import note
from actcli.errors import DataError, UsageError

if TYPE_CHECKING:
    from actcli.analysis.exhibit import Exhibit
    from actcli.analysis.interval import AxisRange
    from actcli.analysis.measured import Implementation
    from actcli.analysis.quantised_measured import QuantisedImplementation
    from actcli.analysis.view import View
    from actcli.backends import Kernel
    from actcli.catalogue.bound import BoundActivation
    from actcli.commands.operands import Request
    from actcli.commands.plot_options import Choices
    from actcli.commands.quantised import Choice
    from actcli.plotting.figure.style import Style

#: Limits of the size in inches, and of dots per inch.
LIMITS = {"width": (2.0, 40.0), "height": (1.5, 40.0), "dpi": (20.0, 1200.0)}
#: matplotlib's warning about a character that a font lacks.
GLYPH = re.compile(r"^Glyph (\d+)")
#: The dtype of an implementation that is drawn, by default.
DEFAULT_DTYPE = "float32"


class Plotter(NamedTuple):
    """Draws functions over one range in one style, from `number` points if that is set.

    With an `implementation` it draws the results of that over the true curve.
    """

    request: Request
    number: int | None
    style: Style
    view: View
    orders: tuple[int, ...]
    epsilon: float
    implementation: Implementation | None
    quantised: Choice | None = None

    def exhibits(self, bounds: list[BoundActivation]) -> list[Exhibit]:
        """What to draw of functions that share a picture."""
        from actcli.analysis.exhibit import prepare

        seen = self._interval(bounds)
        epsilon = self.epsilon if len(bounds) == 1 else 0.0
        return [
            prepare(bound, seen, self.orders, self.number, epsilon, self._drawn(bound, seen))
            for bound in bounds
        ]

    def _drawn(
        self, bound: BoundActivation, seen: AxisRange
    ) -> Implementation | QuantisedImplementation | None:
        """What computes the results that are drawn."""
        if self.quantised is None:
            return self.implementation
        from actcli.analysis.quantised_measured import QuantisedImplementation
        from actcli.catalogue.quantised_dtypes import Unscaled
        from actcli.commands.quantised import scaled
        from actcli.numerics.dtypes import get_dtype

        dtype, out_dtype, rounding, _ = self.quantised
        given, out = scaled(
            bound, dtype or get_dtype(DEFAULT_DTYPE), out_dtype, self.orders,
            (seen.start, seen.stop),
        )  # fmt: skip
        # a scale that is chosen, for each function another, is told elsewhere
        asked = ((dtype, given), (out_dtype or dtype, out))
        names = [one.base.name if isinstance(one, Unscaled) else held.name for one, held in asked]
        return QuantisedImplementation(given, out, rounding, " to ".join(dict.fromkeys(names)))

    def picture(self, exhibits: list[Exhibit], picture_format: str) -> bytes:
        """A picture of functions together, as the bytes of a file."""
        from actcli.plotting.figure import function_picture, picture_file

        style = self.style.suited_to(picture_format)
        bounds = [exhibit.bound for exhibit in exhibits]
        try:
            with _told_of_missing_signs():
                drawn = function_picture.draw(exhibits, style, self.view)
                return picture_file.encoded(drawn, picture_format, bounds, style, self.view.title)
        except MemoryError as error:
            raise DataError(
                f"not enough memory for a picture {style.width:g} inches wide at {style.dpi:g} "
                "dots per inch; make it smaller"
            ) from error

    def _interval(self, bounds: list[BoundActivation]) -> AxisRange:
        """The range of x that is drawn: the one asked for, as far as the x axis goes."""
        from actcli.analysis.interval import AxisRange, between, default_interval, distinct

        limits = self.view.x_limits
        if self.request.start is None or self.request.stop is None:
            return limits or default_interval(bounds)
        seen = between(self.request.start, self.request.stop)
        if limits is None:
            return seen
        start, stop = max(seen.start, limits.start), min(seen.stop, limits.stop)
        if not distinct(start, stop):
            raise UsageError(
                f"--xlim {limits.start!r} {limits.stop!r} shows nothing of the range from "
                f"{seen.start!r} to {seen.stop!r}"
            )
        return AxisRange(start, stop)


@contextmanager
def _told_of_missing_signs() -> Iterator[None]:
    """Say once which characters no font has, instead of matplotlib's warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    signs = {chr(int(code)) for one in caught for code in GLYPH.findall(str(one.message))}
    if signs:
        note(f"the font has no {' '.join(sorted(signs))}; the picture shows boxes instead")


def make_plotter(request: Request, number: int | None, choices: Choices, kernel: Kernel) -> Plotter:
    """The plotter that the options ask for; UsageError for what cannot be drawn with."""
    from actcli.analysis.saturation import EPSILON

    epsilon = EPSILON if choices.eps is None else choices.eps
    if not 0 <= epsilon < math.inf:
        raise UsageError(f"--eps must be a finite number of at least 0, not {epsilon!r}")
    return Plotter(
        request,
        number,
        _style(choices),
        _view(choices),
        choices.show,
        epsilon,
        _implementation(choices, kernel),
        _quantised(choices),
    )


def _quantised(choices: Choices) -> Choice | None:
    if not choices.quantised:
        return None
    from actcli.commands.quantised import Choice

    if choices.backend:
        raise UsageError(
            f"backend {choices.backend} has no quantised dtypes, nor --out-dtype; "
            "audit judges kernels with codes"
        )
    if choices.error:
        raise UsageError("--error is in ulp; of quantised results audit counts the quanta")
    return Choice(choices.dtype, choices.out_dtype, choices.rounding)


def _implementation(choices: Choices, kernel: Kernel) -> Implementation | None:
    if not (choices.backend or choices.dtype or choices.error):
        return None
    from actcli.analysis.measured import Implementation
    from actcli.backends import DEFAULT, get_backend
    from actcli.numerics.dtypes import get_dtype

    backend = get_backend(choices.backend or DEFAULT, kernel)
    return Implementation(backend, choices.float_dtype or get_dtype(DEFAULT_DTYPE))


def _view(choices: Choices) -> View:
    from actcli.analysis.interval import axis_limits
    from actcli.analysis.view import View, printable

    return View(
        x_limits=axis_limits("--xlim", choices.xlim) if choices.xlim else None,
        y_limits=axis_limits("--ylim", choices.ylim) if choices.ylim else None,
        equal=choices.equal,
        title=None if choices.title is None else printable(choices.title),
        errors=choices.error,
    )


def _style(choices: Choices) -> Style:
    from dataclasses import replace

    from actcli.plotting.figure.style import Style
    from actcli.plotting.palettes import DARK, LIGHT

    style = Style(palette=LIGHT if choices.light else DARK, outlined=choices.svg_text == "path")
    if choices.style is not None:
        from actcli.plotting.figure.user_style import read, restyled

        style = restyled(style, read(choices.style))
    # an option that is called like a part of the style is that part
    parts = {
        name: value
        for name, value in choices._asdict().items()
        if name in Style.__dataclass_fields__ and value is not None and value is not False
    }
    style = replace(style, **parts)
    for name, (low, high) in LIMITS.items():
        value = getattr(style, name)
        if value is not None and not low <= value <= high:
            raise UsageError(f"--{name} must be between {low:g} and {high:g}, not {value!r}")
    return style
