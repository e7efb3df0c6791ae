"""A study as plain data: rows for csv and tsv, an object for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from actcli.flow.propagation import critical_facts, gain_facts
from actcli.flow.quadrature import Floats
from actcli.flow.simulation import QUANTITIES
from actcli.flow.study import Settings, Study
from actcli.flow.training import Course, Trained
from actcli.reference.numerals import plain

#: The columns of a quantity besides its median over the repeats.
STATISTICS = ("low", "high", "mean", "error")


def theory_columns(study: Study) -> dict[str, list[float]]:
    """The theory of each layer, by quantity."""
    return {
        "q": [layer.q for layer in study.layers],
        "mean": [layer.mean for layer in study.layers],
        "variance": [layer.variance for layer in study.layers],
        "gradient": relative_norms(study.gradient),
    }


def relative_norms(logarithms: Floats) -> list[float]:
    """Norms from their logarithms, 0 or inf beyond float64."""
    with np.errstate(over="ignore", under="ignore"):
        norms: list[float] = np.exp(logarithms).tolist()
    return norms


def columns(study: Study) -> dict[str, list[float]]:
    """All columns of the layers: each quantity with its statistics and its theory."""
    theory = theory_columns(study)
    found: dict[str, list[float]] = {}
    for name in QUANTITIES:
        band = study.simulated.bands[name]
        found[name] = band.middle.tolist()
        found.update({f"{name}_{kind}": getattr(band, kind).tolist() for kind in STATISTICS})
        if name in theory:
            found[f"{name}_theory"] = theory[name]
    return found


def layer_rows(studies: Sequence[Study]) -> Iterator[list[str]]:
    """A header, and a row for each function and layer."""
    for number, study in enumerate(studies):
        found = columns(study)
        if number == 0:
            yield ["function", "layer", *found]
        for layer, values in enumerate(zip(*found.values(), strict=True), start=1):
            yield [study.case.bound.specification, str(layer), *map(repr, values)]


def loss_rows(studies: Sequence[Study], trained: Sequence[Trained]) -> Iterator[list[str]]:
    """A header, and a row for each function and step."""
    yield ["function", "step", "loss"]
    for study, course in zip(studies, trained, strict=True):
        for step, loss in enumerate(course.loss.tolist()):
            yield [study.case.bound.specification, str(step), repr(loss)]


def as_object(
    studies: Sequence[Study],
    settings: Settings,
    initialisation: str,
    course: Course | None,
    trained: Sequence[Trained],
) -> dict[str, Any]:
    """Everything, as an object for JSON."""
    shape = settings.shape
    about: dict[str, Any] = {
        "depth": shape.depth,
        "width": shape.width,
        "batch": shape.batch,
        "repeats": settings.repeats,
        "seed": settings.seed,
        "init": initialisation,
        "eps": settings.eps,
        "dtype": "float32",
    }
    if course is not None:
        about["training"] = {**course._asdict()}
    functions = [_function(study) for study in studies]
    for function, result in zip(functions, trained, strict=False):
        function["training"] = {
            "loss": [plain(value) for value in result.loss.tolist()],
            "accuracy": plain(result.accuracy),
            "diverged": result.diverged,
        }
    return {"settings": about, "functions": functions}


def _function(study: Study) -> dict[str, Any]:
    variances = study.case.variances
    field = study.field
    return {
        "specification": study.case.bound.specification,
        "weight_variance": plain(variances.weight),
        "bias_variance": plain(variances.bias),
        "theory": {
            "length": field.length.fate,
            "q": plain(field.length.q),
            "phase": field.phase,
            **{
                name: plain(value)
                for name, value in field._asdict().items()
                if isinstance(value, float)
            },
            "jumps": field.jumps,
        },
        "critical": critical_facts(study.critical),
        "gains": gain_facts(study.gains),
        "exploded": study.simulated.exploded,
        "vanished": study.simulated.vanished,
        "layers": {
            "layer": list(range(1, len(study.layers) + 1)),
            **{name: [plain(v) for v in values] for name, values in columns(study).items()},
        },
    }
