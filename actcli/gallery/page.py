"""The page as a whole: families of entries, laid out by a template."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

import jinja2
from markupsafe import Markup

import actcli.catalogue.families
from actcli.gallery.entry import Entry
from actcli.gallery.words import marked, signs, typeset
from actcli.plotting.palettes import Palette
from actcli.reference.card import argument_text, differs


class Family(NamedTuple):
    """The functions of one family, in the order of their declaration."""

    name: str
    description: str
    entries: list[Entry]


def page(functions: Sequence[Entry], palettes: Sequence[Palette]) -> str:
    """The HTML of a page that needs only its pictures.

    The palettes are those of a light and a dark page, or only the latter.
    """
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_part),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(marked=marked, signs=signs, typeset=typeset)
    entries = [entry for entry in functions if entry.facts["kind"] == "elementwise"]
    vectors = [entry for entry in functions if entry.facts["kind"] == "vector"]
    return environment.get_template("page.html").render(
        entries=entries,
        vectors=vectors,
        families=_families(entries),
        vector_families=_families(vectors),
        scheme="light dark" if len(palettes) > 1 else "dark",
        light=palettes[0],
        dark=palettes[-1],
        style=Markup(_part("style.css")),
        script=Markup(_part("script.js")),
        argument_text=argument_text,
        differs=differs,
    )


def _part(name: str) -> str:
    return files("actcli.gallery").joinpath(name).read_text(encoding="utf-8")


def _families(entries: Sequence[Entry]) -> list[Family]:
    """The entries by family, described by the docstring of its module."""
    package = actcli.catalogue.families
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    found: dict[str, Family] = {}
    for entry in entries:
        name = entry.facts["family"]
        if name not in found:
            words = ""
            if name in modules:
                module = importlib.import_module(f"{package.__name__}.{name}")
                words = (module.__doc__ or "").partition("\n")[0]
            found[name] = Family(name, words, [])
        found[name].entries.append(entry)
    return list(found.values())
