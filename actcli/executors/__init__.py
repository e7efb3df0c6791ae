"""Work shared among processes: executors in the sense of `concurrent.futures`."""

from __future__ import annotations

import os
import sys
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext


def executor(cluster: Executor | None = None) -> AbstractContextManager[Executor]:
    """Who shares work: the cluster, which stays as it is, or else processes of this machine.

    What is submitted must be as good in another process, and so must its arguments and results.
    """
    from actcli.workers.child import MOST_PROCESSES, worth_sharing

    if cluster is not None:
        return nullcontext(cluster)
    if sys.platform != "linux" and (processors := os.cpu_count() or 1) > 1:
        from actcli.executors.packed import spawned

        return spawned(min(processors, MOST_PROCESSES))
    from actcli.workers.copies import Copies

    return Copies(worth_sharing())


def connected(address: str | None) -> AbstractContextManager[Executor | None]:
    """The cluster of that address, if there is one; errors as `Cluster` has them."""
    if address is None:
        return nullcontext()
    from actcli.executors.cluster import Cluster

    return Cluster(address)
