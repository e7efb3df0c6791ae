"""The activation-function reference that runs.

>>> import actcli
>>> float(actcli.evaluate("tanh", 0.5))
0.46211715726000974
>>> actcli.evaluate("softmax", [[0.0, 0.0, 0.0, 0.0]], axis=-1)
array([[0.25, 0.25, 0.25, 0.25]])
>>> actcli.get("elu", alpha=1.5).derivative(-1.0)
np.float64(0.5518191617571635)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from actcli.version import __version__

if TYPE_CHECKING:
    from actcli.api import Function, evaluate, get, names
    from actcli.errors import ActcliError

__all__ = ["ActcliError", "Function", "__version__", "evaluate", "get", "names"]


def __getattr__(name: str) -> Any:
    # `import actcli` stays cheap: numpy and the catalogue come with the first use.
    if name == "ActcliError":
        from actcli.errors import ActcliError

        return ActcliError
    if name in __all__:
        import actcli.api

        return getattr(actcli.api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
