"""The entry point of `python -m actcli` and the console script."""

from __future__ import annotations

import atexit
import gc
import os
import sys


def main() -> None:
    """Run the command line and end the process with its exit status."""
    # OpenBLAS's threads would only cost start-up time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Imports make little garbage; `progress` switches the collector on for long work.
    gc.disable()
    from actcli.interruption import Interruption

    interruption = Interruption()
    try:
        from actcli.output import prepare_standard_streams

        prepare_standard_streams()
        from actcli.cli import run

        status = run()
        interruption.end()
    except KeyboardInterrupt:  # before the command began, or after it ended
        interruption.end()
        from actcli.console import note

        note("error: interrupted")
        status = 130
    leave(status)


def leave(status: int) -> None:
    """End the process without the interpreter's slow teardown of every module.

    Functions registered to run at exit (coverage, temporary folders) still run. `run` has flushed
    the output and reported its failure.
    """
    run_exit_functions = getattr(atexit, "_run_exitfuncs", None)
    if run_exit_functions is None:
        sys.exit(status)
    run_exit_functions()
    os._exit(status)


if __name__ == "__main__":
    main()
