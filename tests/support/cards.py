"""What `actcli info` shows."""

from __future__ import annotations

from tests.conftest import Call

#: Formulas without the parameters that change nothing by default.
SHORTENED = {
    "relu": ("x if x > 0 else 0", "1 if x > 0 else 0"),
    "softplus": ("log1p(exp(beta*x))/beta", "f'(x)   g", "beta*g*(1 - g)"),
    "hard_shrink": ("x if abs(x) > lambd else 0", "1 if abs(x) > lambd else 0"),
}


def card(call: Call, *arguments: str) -> str:
    """What `info` prints, with nothing to complain about."""
    outcome = call("info", *arguments)
    assert (outcome.status, outcome.err) == (0, "")
    return outcome.out
