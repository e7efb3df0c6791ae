"""Words of the catalogue as HTML: signs instead of their spellings, styles as classes."""

from __future__ import annotations

import re

from markupsafe import Markup, escape
from rich.text import Text

from actcli.reference.layout import REMARK, WARNING

#: Spellings in a terminal, and the signs on the page.
SIGNS = (
    (r"\+-", "±"),
    (r"->", "→"),
    (r">=", "≥"),
    (r"<=", "≤"),
    (r"\.\.\.", "…"),
    (r"\binf\b", "∞"),
    (r"\bsigma_w\b", "σ_w"),
    (r"(?<![\w)^])-(?=[\w.∞(])", "−"),
    (r"(?<=[\w)]) - (?=[\w(])", " − "),
    (r"(?<=\bf)''", "″"),
    (r"(?<=\bf)'", "′"),
    (r"(?<=\w)'(?=\()", "′"),
)
CLASSES = {WARNING: "differs", REMARK: "remark"}


def signs(text: str) -> str:
    """The text with mathematical signs.

    >>> signs("f' -> -inf as x -> +inf"), signs("x = +-2.3994")
    ('f′ → −∞ as x → +∞', 'x = ±2.3994')
    """
    for spelling, sign in SIGNS:
        text = re.sub(spelling, sign, text)
    return text


def marked(text: Text) -> Markup:
    """A line of a card, with its styles as classes.

    >>> marked(Text("1 < 2", style="yellow"))
    Markup('<span class="differs">1 &lt; 2</span>')
    """
    edges = sorted({edge for span in text.spans for edge in (span.start, span.end)})
    parts = []
    for part in text.divide(edges):
        styles = {str(part.style), *(str(span.style) for span in part.spans)}
        classes = " ".join(CLASSES[style] for style in CLASSES if style in styles)
        words = escape(signs(part.plain))
        parts.append(
            Markup('<span class="{}">{}</span>').format(classes, words) if classes else words
        )
    return Markup("").join(parts)


def typeset(text: str) -> Markup:
    """A formula in one line, with superscripts and subscripts.

    >>> typeset("p*p^T + x_i")
    Markup('p·p<sup>T</sup> + x<sub>i</sub>')
    """
    html = str(escape(signs(text)))
    html = re.sub(r"\^(\w+)", r"<sup>\1</sup>", html)
    html = re.sub(r"(?<=\w)_(\w+|\([^()]*\))", r"<sub>\1</sub>", html)
    return Markup(html.replace("*", "·"))
