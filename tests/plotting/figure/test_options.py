"""The options of `actcli plot` that choose what is seen, and in which style."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib import style as styles
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image

from actcli.analysis.interval import AxisRange
from actcli.analysis.view import View
from actcli.errors import UsageError
from actcli.plotting.figure import heading, picture_file, user_style
from actcli.plotting.figure.style import Style
from actcli.plotting.palettes import DARK
from tests.conftest import Call
from tests.support.figures import SCREEN, curve_lines, drawn, extent, heading_texts, title_at_left

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that commands of this process write, in their order."""
    kept: list[Figure] = []
    original = picture_file.encoded

    def keep(figure: Figure, *rest: Any) -> bytes:
        kept.append(figure)
        return original(figure, *rest)

    monkeypatch.setattr(picture_file, "encoded", keep)
    return kept


def picture(call: Call, *arguments: str) -> bytes:
    """What `plot` draws with these arguments."""
    result = call("plot", *arguments, "-o", "picture.png", "--dpi", "60")
    assert (result.status, result.err) == (0, "")
    return Path("picture.png").read_bytes()


# Limits, proportion, size


def test_limits_of_the_axes(call: Call, figures: list[Figure]) -> None:
    picture(call, "sigmoid", "--xlim", "-20", "2", "--ylim", "-1", ".5")
    (axes,) = figures[0].axes
    assert axes.get_xlim() == (-20.0, 2.0)
    assert axes.get_ylim() == (-1.0, 0.5)
    x = curve_lines(axes)[0].get_xdata()
    assert (x[0], x[-1]) == (-20.0, 2.0)


@pytest.mark.parametrize(
    ("limits", "seen"), [(("-8", "8"), (-3.0, 3.0)), (("-8", "1"), (-3.0, 1.0))]
)
def test_the_curve_ends_with_the_range(
    call: Call, figures: list[Figure], limits: tuple[str, str], seen: tuple[float, float]
) -> None:
    picture(call, "sigmoid", "-3", "3", "--xlim", *limits)
    (axes,) = figures[0].axes
    assert axes.get_xlim() == tuple(map(float, limits))
    x = curve_lines(axes)[0].get_xdata()
    assert (x[0], x[-1]) == seen


def test_limits_can_be_attached_and_stand_anywhere(call: Call) -> None:
    first = picture(call, "sigmoid", "--xlim", "-2", "2", "--ylim", "-1", "1")
    assert picture(call, "--ylim=-1", "1", "--xlim=-2", "2", "sigmoid") == first


@pytest.mark.parametrize("specifications", [("gelu", "silu"), ("step", "relu", "elu")])
def test_limits_hold_in_every_panel(specifications: tuple[str, ...]) -> None:
    view = View(x_limits=AxisRange(-9.0, 4.0), y_limits=AxisRange(-0.5, 1.5))
    for axes in drawn(*specifications, view=view).axes:
        assert (axes.get_xlim(), axes.get_ylim()) == ((-9.0, 4.0), (-0.5, 1.5))


@pytest.mark.parametrize("name", ["identity", "tanh", "exponential", "gelu", "step"])
def test_equal_units_are_of_one_length(name: str) -> None:
    fig = drawn(name, view=View(equal=True))
    (axes,) = fig.axes
    (left, low), (right, high) = axes.transData.transform([(0.0, 0.0), (1.0, 1.0)])
    assert right - left == pytest.approx(high - low, rel=1e-6)
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    assert (x1 - x0) / 2 - 1e-9 <= y1 - y0 <= x1 - x0 + 1e-9
    assert fig.get_size_inches()[0] == Style().width
    # The axes fill the picture: nothing is left empty to make units equal.
    assert axes.bbox.width > 0.85 * fig.bbox.width


def test_equal_units_in_panels_and_in_a_given_height() -> None:
    for fig in (
        drawn("gelu", "silu", view=View(equal=True)),
        drawn("gelu", style=Style(height=3.0, dpi=100), view=View(equal=True)),
    ):
        for axes in fig.axes:
            (left, low), (right, high) = axes.transData.transform([(0.0, 0.0), (1.0, 1.0)])
            assert right - left == pytest.approx(high - low, rel=1e-6)


def test_sizes_are_as_asked_for(call: Call) -> None:
    call("plot", "gelu", "silu", "--width", "7", "--height", "2.5", "--dpi", "50", "-o", "a.png")
    with Image.open("a.png") as image:
        assert image.size == (350, 125)


def test_a_low_picture_keeps_its_curves() -> None:
    fig = drawn("sparse_plus", style=Style(width=3.5, height=1.5, dpi=100))
    assert fig.axes[0].bbox.height > 0.3 * fig.bbox.height
    assert tuple(fig.get_size_inches()) == (3.5, 1.5)
    assert extent(fig, heading_texts(fig)[0]).y1 <= fig.bbox.y1


def test_light_and_dark(call: Call) -> None:
    assert picture(call, "tanh", "--light") == picture(call, "tanh")
    assert picture(call, "tanh", "--dark", "--light") == picture(call, "tanh")
    assert picture(call, "tanh", "--dark") != picture(call, "tanh")


# Columns


def test_columns_are_chosen_in_any_order(call: Call, figures: list[Figure]) -> None:
    assert picture(call, "gelu", "--show", "dy,y") == picture(call, "gelu")
    assert picture(call, "gelu", "--show", "x,y,dy") == picture(call, "gelu")
    picture(call, "gelu", "--show", "d2y,y")
    (axes,) = figures[-1].axes
    value, second = curve_lines(axes)
    x = second.get_xdata()
    density = np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
    assert np.allclose(second.get_ydata(), (2 - x * x) * density)
    assert value.get_linestyle() != second.get_linestyle()


def test_one_column_of_several_functions_is_one_panel() -> None:
    assert len(drawn("gelu", "silu", orders=(0,)).axes) == 1
    assert len(drawn("gelu", "silu", orders=(0, 1, 2)).axes) == 3


def test_the_second_derivative_is_broken_where_pieces_meet() -> None:
    (axes,) = drawn("elu", orders=(2,)).axes
    (line,) = curve_lines(axes)
    assert line.get_xdata()[np.isnan(line.get_ydata())].tolist() == [0.0]


# Titles


def test_a_title_replaces_names_and_formulas() -> None:
    fig = drawn("elu", view=View(title=r"Exponential: $\alpha = 1$"))
    assert [text.get_text() for text in heading_texts(fig)] == [r"Exponential: $\alpha = 1$"]
    assert not heading_texts(drawn("elu", view=View(title="")))
    empty, usual = drawn("elu", view=View(title="")), drawn("elu")
    assert empty.axes[0].bbox.height > usual.axes[0].bbox.height


@pytest.mark.parametrize("specifications", [("elu",), ("elu", "selu"), ("relu",) * 7])
def test_a_long_title_is_broken_between_words(specifications: tuple[str, ...]) -> None:
    title = "A rather long title that says $f(x) = x$ for positive numbers and much more " * 3
    fig = drawn(*specifications, view=View(title=title.strip()))
    lines = [text.get_text() for text in heading_texts(fig)]
    assert len(lines) > 1
    assert " ".join(lines) == title.strip()
    boxes = [extent(fig, text) for text in heading_texts(fig)]
    for above, below in pairwise(boxes):
        assert above.y0 > below.y0
        assert not above.overlaps(below)
    assert max(box.x1 for box in boxes) <= fig.bbox.x1
    assert max(box.y1 for box in boxes) <= fig.bbox.y1


def test_lines_of_a_title_are_kept() -> None:
    fig = drawn("elu", view=View(title="one\ntwo"))
    assert [text.get_text() for text in heading_texts(fig)] == ["one", "two"]


@pytest.mark.parametrize("title", ["costs $5", r"\$5 and \$6", "100 % & #1 _x_ {y} ^"])
def test_a_title_without_formulas_is_taken_as_it_is(title: str) -> None:
    (text,) = heading_texts(drawn("elu", view=View(title=title)))
    assert text.get_text() == title


def test_words_keep_formulas_whole() -> None:
    assert heading.words("a $x + y$b c") == ["a", "$x + y$b", "c"]
    assert heading.words("a $x + y c") == ["a", "$x", "+", "y", "c"]


def test_characters_that_no_font_has_are_reported(call: Call) -> None:
    result = call("plot", "elu", "--title", "\N{CJK UNIFIED IDEOGRAPH-4E2D} elu")
    assert result.status == 0
    assert result.err.count("\n") == 1
    assert "\N{CJK UNIFIED IDEOGRAPH-4E2D}" in result.err


def test_a_title_of_bytes_can_be_drawn(call: Call) -> None:
    for name in ("a.svg", "a.png", "a.pdf"):
        result = call("plot", "elu", "--title", "a\udcff\x07b", "-o", name)
        assert (result.status, result.err) == (0, "")


# Styles of matplotlib's


@pytest.mark.parametrize("name", ["default", *styles.available])
@pytest.mark.sampled(23)
def test_every_style_of_matplotlibs_can_be_drawn_with(name: str) -> None:
    theirs = user_style.restyled(Style(), user_style.read(name))
    drawn("elu", style=theirs, epsilon=0.01).canvas.draw()
    drawn("elu", "relu", style=theirs).canvas.draw()


def test_a_style_goes_before_ours(call: Call, figures: list[Figure], folder: Path) -> None:
    (folder / "mine.mplstyle").write_text(
        "axes.prop_cycle: cycler('color', ['112233', '445566'])\n"
        "lines.linewidth: 4\nfont.size: 12\naxes.facecolor: ffeecc\n"
        "xtick.direction: in\nfigure.figsize: 6, 3\nsavefig.dpi: 50\naxes.grid: False\n"
    )
    result = call("plot", "tanh", "--style", "mine.mplstyle", "-o", "picture.png")
    assert (result.status, result.err) == (0, "")
    (axes,) = figures[0].axes
    value, slope = curve_lines(axes)
    assert [to_hex(line.get_color()) for line in (value, slope)] == ["#112233", "#445566"]
    assert value.get_linewidth() == 4.0
    assert slope.get_linestyle() == "--"  # of which it does not speak
    assert to_hex(axes.get_facecolor()) == "#ffeecc"
    assert not axes.xaxis.get_gridlines()[0].get_visible()
    assert heading_texts(figures[0])[0].get_fontsize() == 12.0
    with Image.open("picture.png") as image:
        assert image.size == (300, 150)


def test_options_go_before_a_style(call: Call, figures: list[Figure]) -> None:
    call("plot", "tanh", "--style", "classic", "--width", "3.5", "--dpi", "100", "-o", "a.png")
    with Image.open("a.png") as image:
        assert image.width == 350


def test_a_dark_style_gets_the_colours_that_suit_it() -> None:
    theirs = user_style.restyled(Style(), {"axes.facecolor": "black"})
    assert theirs.palette.orders == DARK.orders


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lines.linewidth: wide\n", "lines.linewidth"),
        ("no.such.key: 1\n", "no.such.key"),
        ("just words\n", "line 1"),
        ("", "nothing"),
        ("# a comment\n", "nothing"),
        ("font.size: 400\n", "font.size"),
    ],
)
def test_a_bad_style_is_one_line(call: Call, text: str, words: str, folder: Path) -> None:
    (folder / "mine.mplstyle").write_text(text)
    result = call("plot", "tanh", "--style", "mine.mplstyle")
    assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
    assert words in result.err
    assert not (folder / "tanh.png").exists()


def test_a_style_that_cannot_be_read_is_one_line(folder: Path) -> None:
    path = folder / "mine.mplstyle"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not text"):
        user_style.read(str(path))
    path.write_text("#" * (user_style.LARGEST_FILE + 1))
    with pytest.raises(UsageError, match="larger"):
        user_style.read(str(path))


def test_a_style_changes_nothing_for_later_pictures(call: Call) -> None:
    before = picture(call, "tanh")
    picture(call, "tanh", "--style", "dark_background")
    assert picture(call, "tanh") == before


# The legend


@pytest.mark.parametrize(
    "specifications", [("elu:alpha=0.5", "elu:alpha=2"), ("tf.nn.leaky_relu", "F.leaky_relu")]
)
def test_what_differs_is_what_the_legend_says(specifications: tuple[str, str]) -> None:
    legend = drawn(*specifications).axes[0].get_legend()
    assert legend is not None
    texts = [text.get_text() for text in legend.get_texts()]
    assert len(set(texts)) == 2
    assert all(text.startswith(r"$\alpha = ") for text in texts)


def test_values_that_are_nearly_the_same_are_told_apart() -> None:
    legend = drawn("elu:alpha=1.0000001", "elu").axes[0].get_legend()
    assert legend is not None
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts == [r"$\alpha = 1.0000001$", r"$\alpha = 1$"]


def test_one_function_by_two_names_is_one(call: Call) -> None:
    assert picture(call, "swish", "silu", "torch.nn.functional.silu") == picture(call, "silu")


def test_titles_of_small_multiples_do_not_overlap() -> None:
    fig = drawn(
        "thresholded_relu", "sparse_sigmoid", "hard_tanh:min_val=-2,max_val=3", "hard_tanh",
        "leaky_relu", "leaky_relu:0.01", "log_sigmoid", "squared_relu", "bent_identity",
        style=Style(width=3.5, dpi=100),
    )  # fmt: skip
    boxes = [extent(fig, title_at_left(axes)) for axes in fig.axes]
    for index, box in enumerate(boxes):
        assert box.x1 <= fig.bbox.x1
        assert not any(box.overlaps(other) for other in boxes[index + 1 :])


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = dict(matplotlib.rcParams)
    yield
    assert dict(matplotlib.rcParams) == before


def test_the_resolution_of_drawings_in_lines_does_not_matter() -> None:
    assert SCREEN.suited_to("pdf").dpi == Style(dpi=900.0).suited_to("pdf").dpi
    assert Style(dpi=900.0).suited_to("png").dpi == 900.0
