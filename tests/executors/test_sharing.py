"""Work shared among processes, here or of a Dask cluster: the same bytes, nothing left over."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from actcli import errors
from actcli.backends import BACKENDS, Kernel, get_backend
from actcli.catalogue.built_in import spellings
from actcli.catalogue.registry import functions
from actcli.catalogue.specification import parse
from actcli.executors.packed import packed, spawned
from actcli.language import elementary
from actcli.numerics.dtypes import DTYPES
from actcli.workers.child import worth_sharing
from actcli.workers.copies import Copies
from tests.conftest import command_line, environment
from tests.support.processes import changed_command_line, living, wait_for

linux = pytest.mark.skipif(sys.platform != "linux", reason="no process is copied elsewhere")


def square(number: int) -> int:
    return number * number


def fail(number: int) -> int:
    if number == 3:
        raise errors.UsageError("three is too many")
    if number > 3:
        raise KeyError(number)
    return number


@pytest.fixture(params=[1, 2, 3, "spawned"])
def pool(request: pytest.FixtureRequest) -> Any:
    """Every kind of executor of this machine."""
    if request.param == "spawned":
        return spawned(2)
    if request.param > 1 and sys.platform != "linux":
        pytest.skip("no process is copied here")
    return Copies(request.param)


def test_results_come_in_order(pool: Any) -> None:
    with pool:
        count = 1200 if isinstance(pool, Copies) else 50
        assert list(pool.map(square, range(count))) == [n * n for n in range(count)]
        assert pool.submit(square, 5).result() == 25
        assert list(pool.map(pow, [2, 3], [3, 2])) == [8, 9]
        assert pool.submit(int, "11", base=2).result() == 3


def test_the_first_error_in_order_is_raised_as_it_is(pool: Any) -> None:
    with pool:
        results = pool.map(fail, range(6))
        assert [next(results) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(errors.UsageError, match="three is too many"):
            next(results)
        assert isinstance(pool.submit(fail, 7).exception(), (KeyError, errors.DataError))


def test_what_is_submitted_is_done_at_the_end_and_nothing_later() -> None:
    with Copies(1) as pool:
        future = pool.submit(square, 4)
    assert future.result() == 16
    with pytest.raises(RuntimeError):
        pool.submit(square, 4)


@linux
def test_copies_share_closures_and_large_results() -> None:
    here = os.getpid()

    def work(number: int) -> tuple[int, np.ndarray[Any, Any]]:
        time.sleep(0.02)
        return os.getpid(), np.full(300_000, number)

    with Copies(2) as pool:
        processes = set()
        for number, (process, found) in enumerate(pool.map(work, range(12))):
            processes.add(process)
            assert len(found) == 300_000
            assert (found == number).all()
    assert len(processes) == 2
    assert here in processes


@linux
@pytest.mark.parametrize("interrupted", ["here", "in the loop"])
def test_an_interruption_ends_the_copies(tmp_path: Path, interrupted: str) -> None:
    here = os.getpid()

    def work(number: int) -> None:
        if number and os.getpid() != here:
            (tmp_path / str(os.getpid())).touch()
            time.sleep(100)
        elif number and interrupted == "here":
            wait_for(lambda: any(tmp_path.iterdir()))
            raise KeyboardInterrupt

    def share(pool: Copies) -> None:
        with pool:
            results = pool.map(work, [0, 1, 2])
            late.append(pool.submit(work, 3))
            next(results)
            wait_for(lambda: any(tmp_path.iterdir()))
            if interrupted == "here":
                next(results)
            raise KeyboardInterrupt

    late: list[Future[None]] = []
    with pytest.raises(KeyboardInterrupt):
        share(Copies(2))
    (child,) = tmp_path.iterdir()
    assert not Path("/proc", child.name).exists()
    with pytest.raises(CancelledError):
        late[0].result()


@linux
@pytest.mark.parametrize(("how", "said"), [(9, "was ended by signal 9"), (0, "failed")])
def test_a_lost_copy_is_told_of(how: int, said: str) -> None:
    here = os.getpid()

    def work(number: int) -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), how) if how else os._exit(3)
        time.sleep(0.05)
        return number

    with Copies(2) as pool, pytest.raises(errors.DataError, match=said):
        list(pool.map(work, range(50)))


@linux
def test_it_is_done_here_if_no_copy_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> int:
        raise BlockingIOError(11, "no more processes")

    monkeypatch.setattr(os, "fork", fork)
    before = len(os.listdir("/proc/self/fd"))
    with Copies(3) as pool:
        assert list(pool.map(square, range(9))) == [n * n for n in range(9)]
    assert len(os.listdir("/proc/self/fd")) == before


FORMULAS = (
    "x*sigmoid(1.3*x) + 0.1*x",
    "swoosh(x, a=0.08) = log(1+exp(x-1)) - a*x",
    "x*sigmoid(beta*x):beta=1/3",
    "elu(x, alpha=2)*0.5 if 0 < x and x < 3 or not x > -3 else -x**2",
    "where(x >= 1, max(x, e), clip(floor(x)/2, -1, pi))",
    "hard_sigmoid:slope=1/6",
    "sine:omega=pi",
)


def test_functions_and_backends_are_the_same_elsewhere() -> None:
    names = [name for one in functions().values() for name, _ in spellings(one)]
    for name in (*names, *FORMULAS):
        bound = parse(name)
        found = pickle.loads(packed(bound))
        assert (found.key, found.specification) == (bound.key, bound.specification)
        assert found.symbol == bound.symbol
    for name in (*BACKENDS, "as-written@float32"):
        assert pickle.loads(packed(get_backend(name))).name == name
    entries = [one for one in vars(elementary).values() if isinstance(one, elementary.Elementary)]
    for entry in (*entries, *elementary.FUNCTIONS, *elementary.CONDITIONS, *elementary.OPERATORS):
        assert pickle.loads(packed(entry)) is entry


@pytest.mark.parametrize("kind", [errors.DataError, errors.LackingError, errors.UsageError])
def test_errors_are_the_same_elsewhere(kind: type[errors.ActcliError]) -> None:
    found = pickle.loads(pickle.dumps(kind("what was wrong " + "x" * 1000)))
    assert type(found) is kind
    assert str(found) == str(kind("what was wrong " + "x" * 1000))


class Dask:
    """A scheduler on loopback and its workers, each a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []
        self._start("scheduler", "--port", "0")
        wait_for(lambda: self.file.exists() and self.file.stat().st_size > 0)
        import json

        self.address = str(json.loads(self.file.read_text())["address"])

    def add_worker(self) -> subprocess.Popen[bytes]:
        return self._start("worker", "--nthreads", "1", "--no-nanny")

    def _start(self, kind: str, *args: str) -> subprocess.Popen[bytes]:
        module = f"distributed.cli.dask_{kind}"
        process = subprocess.Popen(
            [
                sys.executable, "-m", module, "--scheduler-file", str(self.file),
                "--host", "127.0.0.1", "--no-dashboard", *args,
            ],
            cwd=self.folder,
            env=environment(OPENBLAS_NUM_THREADS="1"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def ask(self, question: str) -> Any:
        """What the scheduler says of itself, such as its `tasks`."""
        from distributed import Client

        with Client(self.address, set_as_default=False, timeout=60) as client:
            return client.run_on_scheduler(_answer, question)

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


def _answer(question: str, dask_scheduler: Any) -> list[str]:
    return list(map(str, getattr(dask_scheduler, question)))


@contextmanager
def running(folder: Path) -> Iterator[Dask]:
    pytest.importorskip("distributed", reason="without Dask there is no cluster")
    dask = Dask(folder)
    try:
        dask.add_worker()
        dask.add_worker()
        yield dask
    finally:
        dask.end()


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    with running(tmp_path_factory.mktemp("dask")) as one:
        yield one


def finished(*args: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command_line(*args), cwd=cwd, env=environment(), capture_output=True, timeout=300
    )


OWN = "swoosh(x, a=0.08) = log(1+exp(x-1)) - a*x\ntwice(x) = 2*swoosh(x)\n"


@pytest.mark.parametrize(
    "line",
    [
        "audit tensorflow-2.0 tanh --sample 300000 --format json",
        "audit tensorflow-2.0 sigmoid --sample 100000 --show y,dy",
        "audit as-written@float32 x*sigmoid(beta*x):beta=1/3 --dtype float16 --format json",
        "audit --functions own.txt as-written twice --dtype bfloat16",
        "flow relu hard_sigmoid --depth 5 --width 16 --repeats 7 --train --steps 4 --format json",
        "flow twice tanh --functions own.txt --depth 4 --width 8 --format csv",
    ],
)
def test_the_same_bytes_by_a_cluster(dask: Dask, line: str, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text(OWN)
    alone = finished(*line.split(), cwd=tmp_path)
    shared = finished(*line.split(), "--cluster", dask.address, cwd=tmp_path)
    assert (alone.returncode, alone.stderr) == (0, b"")
    assert (shared.returncode, shared.stdout, shared.stderr) == (0, alone.stdout, b"")


FEW = """
import actcli.catalogue.registry as registry
whole = registry.elementwise()
few = {name: whole[name] for name in ("gelu", "hard_shrink", "relu")}
registry.elementwise = lambda: few
"""


def test_the_same_gallery_by_a_cluster(dask: Dask, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text(OWN)
    pages = []
    for folder, more in (("alone", ()), ("shared", ("--cluster", dask.address))):
        line = ("plot", "--all", "-o", folder, "--dpi", "40", "--functions", "own.txt", *more)
        done = subprocess.run(
            changed_command_line(FEW, *line), cwd=tmp_path, env=environment(), capture_output=True
        )
        assert (done.returncode, done.stderr) == (0, b"")
        files = [path for path in (tmp_path / folder).rglob("*") if path.is_file()]
        pages.append({path.relative_to(tmp_path / folder): path.read_bytes() for path in files})
    assert pages[0] == pages[1]
    assert len(pages[0]) == 2 * 5 + 1


LONG = ("flow", "gelu", "--depth", "20", "--width", "128", "--repeats", "60", "--format", "csv")


def begun(dask: Dask, process: subprocess.Popen[bytes]) -> None:
    """Wait until tasks are under way."""
    wait_for(lambda: process.poll() is not None or bool(dask.ask("tasks")))
    assert process.poll() is None


def test_a_worker_that_is_killed(tmp_path: Path) -> None:
    with running(tmp_path) as dask:
        with subprocess.Popen(
            command_line(*LONG, "--cluster", dask.address),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            begun(dask, process)
            dask.processes[-1].kill()
            out, err = process.communicate(timeout=300)
        assert (process.returncode, err) == (0, b"")
    assert out == finished(*LONG, cwd=tmp_path).stdout


@linux
def test_ctrl_c_leaves_no_task(dask: Dask, tmp_path: Path) -> None:
    with subprocess.Popen(
        command_line(*LONG, "--cluster", dask.address),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        begun(dask, process)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"actcli: error: interrupted\n")
    assert living(process.pid) == []
    wait_for(lambda: dask.ask("tasks") == [])


SMALL = ("audit", "tensorflow-2.0", "tanh", "--sample", "5")


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("foo://", 2, "--cluster takes the address of a Dask scheduler, tcp://HOST:PORT, not"),
        ("tcp://127.0.0.1:1", 1, "no Dask scheduler answers at 'tcp://127.0.0.1:1' within 1"),
    ],
)
def test_a_wrong_address(address: str, status: int, said: str, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="without Dask there is no cluster")
    line = changed_command_line(
        "import actcli.executors.cluster as cluster; cluster.PATIENCE = 1", *SMALL
    )
    done = subprocess.run(
        [*line, "--cluster", address], env=environment(), capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith(f"actcli: error: {said}")
    assert done.stderr.count("\n") == 1


def test_without_dask(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = call(*SMALL, "--cluster", "tcp://127.0.0.1:8786")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "actcli: error: --cluster needs Dask, which is not installed; pip install "
        "'actcli[cluster]'\n"
    )


def test_what_stays_here(call: Any) -> None:
    for line in (("audit", "--samples", "x.npz", "gelu"), ("plot", "gelu")):
        done = call(*line, "--cluster", "tcp://127.0.0.1:8786")
        assert (done.status, done.out) == (2, "")
        assert "--cluster" in done.err


def test_workers_of_another_version(dask: Dask, tmp_path: Path) -> None:
    line = changed_command_line("import actcli.version as v; v.__version__ = '0.0.1'", *SMALL)
    done = subprocess.run(
        [*line, "--cluster", dask.address], env=environment(), capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("actcli: error: a worker has actcli ")
    assert done.stderr.endswith(", but this is actcli 0.0.1\n")


def test_no_more_processes_than_processors() -> None:
    assert 1 <= worth_sharing() <= (os.cpu_count() or 1)


def test_kernels_are_sent_with_their_options(tmp_path: Path, monkeypatch: Any) -> None:
    """To processes that are no copies of this one, where there are none."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(
        "import numpy as np\n"
        "def wide(x): return np.maximum(x.astype(np.float64), 0)\n"
        "def slope(x): return (x > 0).astype(np.float64)\n"
    )
    x, bound, dtype = np.array([-1.0, 2.0], np.float16), parse("relu"), DTYPES["float16"]
    for word, options, orders in (
        ("own.py:wide", Kernel(cast=True), (0,)),
        ("own.py:wide", Kernel(derivative="own.py:slope", cast=True), (0, 1)),
        (f"exec:{sys.executable} -c 'print(0.0, 2.0)'", Kernel(exchange="text"), (0,)),
    ):
        backend = pickle.loads(packed(get_backend(word, options)))
        found = backend.evaluate(bound, x, orders, dtype)
        assert [one.tolist() for one in found] == [[0.0, 2.0], [0.0, 1.0]][: len(orders)]
    wider = pickle.loads(packed(get_backend("own.py:wide").giving(DTYPES["float64"])))
    (values,) = wider.evaluate(bound, x, (0,), dtype)
    assert values.dtype == np.float64
