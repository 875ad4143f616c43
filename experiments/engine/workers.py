"""Many runs at once: on this machine, or on a cluster through Dask.

Both take an iterator of orders (plain dictionaries) and give back (order, answer) as answers come. An order is taken
from the iterator when somebody is there to work on it, so who makes the orders knows what is running.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from typing import Any

from joblib import Parallel, delayed

from ..errors import RunError, not_installed, option

Order = dict[str, Any]
Work = Callable[..., dict[str, Any]]
Answers = Generator[tuple[Order, dict[str, Any]], None, None]

# How long a scheduler may be without any worker before a sweep gives up; what is done stays done.
PATIENCE = 60.0  # s
CONNECT_TIMEOUT = 5.0  # s


def here(work: Work, orders: Iterator[Order], jobs: int) -> Answers:
    """Work on orders on this machine, `jobs` at once.

    A run is a process of its own, and a thread that waits for it: no interpreter has to be started for it.
    """
    stop = threading.Event()

    def one(order: Order) -> tuple[Order, dict[str, Any]]:
        return order, work(order, stop)

    pool = Parallel(n_jobs=jobs, backend="threading", batch_size=1, pre_dispatch=jobs, return_as="generator_unordered")
    try:
        yield from pool(delayed(one)(order) for order in orders)
    finally:
        stop.set()


def on_cluster(work: Work, orders: Iterator[Order], scheduler: str) -> Answers:
    """Work on orders with the workers of a Dask scheduler, which must have burstlab installed.

    What a worker that is lost was working on is done by another one.

    Raises
    ------
    RunError
        Without the extra `cluster`, without a scheduler there, or if there has been no worker for a minute.
    """
    client = _connect(scheduler)
    waiting: dict[Any, Order] = {}
    session = uuid.uuid4().hex
    try:
        seen = time.monotonic()
        for number in itertools.count():
            # Some more than can be worked on at once, so that no worker waits for the next.
            threads = sum(client.nthreads().values())
            for order in itertools.islice(orders, max(0, 2 * max(threads, 1) - len(waiting))):
                name = f"burstlab-{session}-{number}-{len(waiting)}"
                waiting[client.submit(work, order, key=name, pure=False)] = order
            if not waiting:
                return
            done = _first_done(client, list(waiting), scheduler)
            seen = time.monotonic() if threads or done else seen
            if time.monotonic() - seen > PATIENCE:
                raise RunError(f"the scheduler {scheduler} has had no worker for {PATIENCE:.0f} s")
            for future in done:
                yield waiting.pop(future), _answer(future, scheduler)
                future.release()
    except (OSError, TimeoutError) as error:
        raise RunError(f"the scheduler {scheduler} is gone: {error}") from None
    finally:
        if client.status == "running":
            client.cancel(list(waiting), force=True)
        client.close(timeout=2)


def _connect(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise not_installed("a cluster", "Dask", "cluster") from None
    # What happens to workers is for the scheduler's log; the user gets one line at the end.
    for name in ("distributed", "distributed.client"):  # Dask gives the second a level of its own
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return Client(scheduler, timeout=CONNECT_TIMEOUT)
    except ValueError:
        raise RunError(f"{option('scheduler', scheduler)}: an address is needed, tcp://HOST:PORT") from None
    except (OSError, TimeoutError):
        raise RunError(f"no Dask scheduler at {scheduler} answers") from None


def _first_done(client: Any, futures: list[Any], scheduler: str) -> list[Any]:
    from distributed import TimeoutError as NoneDone
    from distributed import wait

    if client.status != "running":
        raise RunError(f"the scheduler {scheduler} is gone")
    try:
        return list(wait(futures, timeout=2, return_when="FIRST_COMPLETED").done)
    except (NoneDone, TimeoutError):
        return []


def _answer(future: Any, scheduler: str) -> dict[str, Any]:
    from distributed import KilledWorker

    if future.status == "finished":
        return future.result()
    if future.status == "error":
        error = future.exception()
        lost = isinstance(error, KilledWorker)
        return {"status": "failed", "reason": "its workers were lost" if lost else f"{type(error).__name__}: {error}"}
    raise RunError(f"the scheduler {scheduler} is gone")
