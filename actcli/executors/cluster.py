"""Work given to a Dask cluster."""

from __future__ import annotations

import logging
import warnings
from contextlib import ExitStack
from importlib import import_module
from typing import Any

from actcli.errors import ActcliError, DataError, UsageError
from actcli.executors.packed import Packed
from actcli.version import __version__

#: Seconds in which a scheduler answers, and has a worker.
PATIENCE = 10


class Cluster(Packed):
    """The workers of a Dask scheduler, which does the tasks of a lost one again elsewhere.

    Raises UsageError without the package `distributed` and for what is not an address, DataError if
    nobody answers in time.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        with ExitStack() as stack:
            # Dask talks of versions, retries and lost connections; what matters is an error here.
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore")
            stack.callback(logging.disable, logging.root.manager.disable)
            logging.disable(logging.CRITICAL)
            client = self._client()
            stack.callback(client.close)
            try:
                client.wait_for_workers(1, timeout=PATIENCE)
            except TimeoutError:
                raise DataError(
                    f"the Dask scheduler at {address!r} has had no worker for {PATIENCE} seconds"
                ) from None
            super().__init__(client.get_executor(pure=False), self._failure)
            self.connection = stack.pop_all()

    def _client(self) -> Any:
        try:
            dask: Any = import_module("distributed")
        except ImportError:
            raise UsageError(
                "--cluster needs Dask, which is not installed; pip install 'actcli[cluster]'"
            ) from None
        try:
            return dask.Client(self.address, timeout=PATIENCE, set_as_default=False)
        except (ValueError, TypeError, KeyError):
            raise UsageError(
                f"--cluster takes the address of a Dask scheduler, tcp://HOST:PORT, not "
                f"{self.address!r}"
            ) from None
        except OSError:
            raise DataError(
                f"no Dask scheduler answers at {self.address!r} within {PATIENCE} seconds"
            ) from None

    def _failure(self, error: BaseException) -> ActcliError:
        told = f"{error} {error.__cause__ or ''}"
        if isinstance(error, ImportError) or "No module named" in told:
            return DataError(f"the cluster at {self.address!r} lacks actcli {__version__}")
        return DataError(f"the cluster at {self.address!r} failed: {type(error).__name__}: {error}")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait, cancel_futures=cancel_futures)
        self.connection.close()
