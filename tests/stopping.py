"""What tests of stopping and going on share: commands that are killed at a moment, and folders that hold the same."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from .experiment_runs import BURSTLAB
from .patience import PATIENCE
from .pictures import same_drawing, same_picture


def start(*arguments: object, cwd: Path, **environment: str) -> subprocess.Popen:
    """The burstlab command in a process group of its own."""
    return subprocess.Popen(
        [str(BURSTLAB), *map(str, arguments)],
        cwd=cwd,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until(ready: Callable[[], bool], process: subprocess.Popen, seconds: float = PATIENCE) -> None:
    """Wait for `ready()` while a command runs; it must not have ended by itself."""
    end = time.monotonic() + seconds
    while not ready():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.005)


def stop_when(
    ready: Callable[[], bool], *arguments: object, cwd: Path, number: int = signal.SIGKILL, **environment: str
) -> subprocess.CompletedProcess:
    """Start the command and send its process group a signal as soon as `ready()`; it must not have ended by itself."""
    process = start(*arguments, cwd=cwd, **environment)
    try:
        wait_until(ready, process)
        programs = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, number)
        out, errors = process.communicate(timeout=PATIENCE)
        # A compiled program sees that nobody waits for it, but not at once.
        _, alive = psutil.wait_procs(programs, timeout=PATIENCE)
        assert not alive
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return subprocess.CompletedProcess(process.args, process.returncode, out, errors)


def same_files(one: Path, other: Path, *names: str) -> None:
    """Assert that two folders have the same files: pictures and drawings as such, all else byte for byte."""
    assert names
    for name in names:
        if name.endswith(".png"):
            same_picture(one / name, other / name)
        elif name.endswith(".pdf"):
            same_drawing(one / name, other / name)
        else:
            assert (one / name).read_bytes() == (other / name).read_bytes(), name


def records(folder: Path) -> int:
    """How many runs of a sweep have a record."""
    return len(list(folder.glob("runs/*/summary.json")))


@contextlib.contextmanager
def cluster(workers: int, cwd: Path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """A Dask scheduler on the loopback interface and its worker processes, one thread each: address, workers."""
    from distributed import Client

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    quiet = {"cwd": cwd, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    port = address.rpartition(":")[2]
    made = [_dask("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard", "--no-jupyter", **quiet)]
    try:
        worker = ("worker", address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard")
        made += [_dask(*worker, **quiet) for _ in range(workers)]
        with Client(address, timeout=PATIENCE) as client:
            client.wait_for_workers(workers, timeout=PATIENCE)
        yield address, made[1:]
    finally:
        for process in made:
            process.kill()
            process.wait()


def _dask(*arguments: str, **more: object) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "dask", *arguments], **more)  # type: ignore[call-overload]
