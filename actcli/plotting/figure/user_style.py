"""A matplotlib style of the user's, by name or as a file, which overrides our settings."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle, islice
from typing import Any

from actcli.errors import UsageError, nearest
from actcli.plotting.figure.loading import load
from actcli.plotting.figure.style import Style
from actcli.plotting.palettes import DARK, LIGHT, Palette

SUFFIX = ".mplstyle"
#: Larger than any style file.
LARGEST_FILE = 1 << 20
#: The limits of font sizes in points.
FONTS = (3.0, 40.0)
#: Settings that are ignored, since options replace them or they are unrelated to looks.
IGNORED = ("backend", "backend_fallback", "interactive", "toolbar", "timezone", "savefig.directory")


def read(name: str) -> dict[str, Any]:
    """The settings of a style file, or of a style that matplotlib knows by name.

    Raises UsageError for the first thing that is wrong with it.
    """
    load()
    if os.path.exists(name) or os.sep in name or name.endswith(SUFFIX):
        settings = _from_file(name)
    else:
        settings = _by_name(name)
    if not settings:
        raise UsageError(f"the style {name!r} sets nothing; a line of one is: axes.grid: True")
    return {key: value for key, value in settings.items() if key not in IGNORED}


def _by_name(name: str) -> dict[str, Any]:
    import matplotlib
    from matplotlib import style

    if name == "default":  # matplotlib's own looks
        return _as_dict(matplotlib.rcParamsDefault)
    if name not in style.library:
        known = [one for one in style.available if not one.startswith("_")]
        close = nearest(name, known)
        hint = (
            f"did you mean {' or '.join(close)}?" if close else f"some are {', '.join(known[:4])}"
        )
        raise UsageError(f"{name!r} is neither a style file nor a style of matplotlib's; {hint}")
    return _as_dict(style.library[name])


def _from_file(path: str) -> dict[str, Any]:
    import matplotlib

    wrong = f"{path!r} is not a matplotlib style"
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise UsageError(f"{wrong}: it is not a file")
        if os.path.getsize(path) > LARGEST_FILE:
            raise UsageError(f"{wrong}: it is larger than {LARGEST_FILE} bytes")
        with _complaints() as complaints:
            settings = matplotlib.rc_params_from_file(
                path, fail_on_error=True, use_default_template=False
            )
    except OSError as error:
        raise UsageError(f"cannot read the style {path!r}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{wrong}: it is not text") from error
    except UsageError:
        raise
    except Exception as error:  # matplotlib's checks raise many kinds of errors
        raise UsageError(f"{wrong}: {_line(error)}") from error
    if complaints:
        raise UsageError(f"{wrong}: {complaints[0]}")
    return _as_dict(settings)


def _as_dict(settings: Any) -> dict[str, Any]:
    return {str(name): value for name, value in settings.items()}


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """The first lines of the messages that matplotlib only logs while it reads a file."""
    logger = logging.getLogger("matplotlib")
    level, messages = logger.level, list[str]()

    def collect(record: logging.LogRecord) -> bool:
        messages.append(_line(record.getMessage()))
        return False  # and nobody else hears of it

    logger.addFilter(collect)
    logger.setLevel(logging.WARNING)
    try:
        yield messages
    finally:
        logger.setLevel(level)
        logger.removeFilter(collect)


def _line(message: object) -> str:
    lines = str(message).strip().splitlines()
    return lines[0] if lines else type(message).__name__


def restyled(style: Style, theirs: Mapping[str, Any]) -> Style:
    """The style with the colours, lines and fonts of these settings."""
    settings = dict(theirs)
    if "grid.color" in settings:
        settings.setdefault("grid.alpha", 1.0)
    font = float(settings.get("font.size", style.font))
    if not FONTS[0] <= font <= FONTS[1]:
        raise UsageError(f"the style's font.size must be between 3 and 40 points, not {font:g}")
    width, height = settings.get("figure.figsize", (style.width, style.height))
    scale = settings.get("lines.linewidth", style.lines[0]) / style.lines[0]
    return replace(
        style,
        width=float(width),
        height=height and float(height),
        dpi=float(_resolution(settings) or style.dpi),
        palette=_palette(style.palette, settings),
        transparent=style.transparent or bool(settings.get("savefig.transparent", False)),
        math_font=settings.get("mathtext.fontset", style.math_font),
        font=font,
        small=font * style.small / style.font,
        lines=tuple(line * scale for line in style.lines),
        theirs=settings,
    )


def _resolution(settings: Mapping[str, Any]) -> Any:
    saved = settings.get("savefig.dpi", "figure")
    return settings.get("figure.dpi") if saved == "figure" else saved


def _palette(ours: Palette, settings: Mapping[str, Any]) -> Palette:
    """Their colours, with the others from our light or dark palette, like their background."""
    from matplotlib.colors import is_color_like, to_hex

    background = settings.get("figure.facecolor", ours.background)
    inside = settings.get("axes.facecolor", background)
    inside = to_hex(inside if _is_paint(inside) else background)
    if "figure.facecolor" in settings or "axes.facecolor" in settings:
        ours = DARK if _brightness(inside) < 0.4 else LIGHT
    ink = to_hex(settings.get("text.color", ours.ink))
    palette = replace(ours, background=inside, ink=ink)
    if "text.color" in settings:
        palette = replace(palette, remark=ink)
    if "axes.prop_cycle" in settings:
        by_key = settings["axes.prop_cycle"].by_key()
        colours = [to_hex(colour) for colour in by_key.get("color", ()) if is_color_like(colour)]
        if colours:
            palette = replace(
                palette,
                orders=_as_many(colours, ours.orders),
                functions=_as_many(colours, ours.functions),
            )
    return palette


def _is_paint(colour: Any) -> bool:
    return not (isinstance(colour, str) and colour.lower() == "none")


def _as_many(colours: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    return tuple(islice(cycle(colours), max(len(colours), len(wanted))))


def _brightness(colour: str) -> float:
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return 0.3 * red + 0.59 * green + 0.11 * blue
