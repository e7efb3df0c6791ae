"""Asking for completions as a shell does."""

from __future__ import annotations

from tests.conftest import Run


def offered(run: Run, *words: str) -> list[str]:
    """What bash is offered for the last of some words, as bash takes words apart."""
    done = run(
        env={
            "_ACTCLI_COMPLETE": "bash_complete",
            "COMP_WORDS": "\n".join(("actcli", *words)),
            "COMP_CWORD": str(len(words)),
        }
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]
