"""Where a fit looks next: points of the unit cube, a batch at a time, from the losses of those before.

The first batches are a Latin hypercube over all ranges; then CMA-ES (Hansen & Ostermeier 2001, package `cmaes`) begins
at the best of them, a generation a batch, and begins again at another good one where it has converged. Batches have one
size, whatever the number of jobs is, so the same seed gives the same points on every machine.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..errors import not_installed

BATCH = 16
FIRST_BATCHES = 4
# In place of a run without any loss.
WORST = 1e3


class Search:
    """Asks for points and is told their losses.

    Parameters
    ----------
    parameters : int
    seed : int

    Raises
    ------
    RunError
        Without the package `cmaes`.
    """

    def __init__(self, parameters: int, seed: int) -> None:
        try:
            from cmaes import CMA
        except ImportError:
            raise not_installed("a fit", "cmaes", "vary") from None
        self._make = CMA
        self.parameters, self.rng = parameters, np.random.default_rng(seed)
        self.first = self._hypercube(BATCH * FIRST_BATCHES)
        # A first step of CMA-ES goes half of the way between points of the hypercube.
        self.width = 0.5 * len(self.first) ** (-1 / parameters)
        self.told = 0
        self.losses: list[float] = []
        self.strategy: Any = None
        self.asked = self.first
        self.begun = 0

    def _hypercube(self, count: int) -> np.ndarray:
        order = self.rng.permuted(np.tile(np.arange(count), (self.parameters, 1)), axis=1).T
        return (order + self.rng.random((count, self.parameters))) / count

    def ask(self) -> np.ndarray:
        """The next batch, shape (BATCH, parameters)."""
        if self.told < len(self.first):
            return self.first[self.told : self.told + BATCH]
        if self.strategy is None or self.strategy.should_stop():
            self._begin()
        self.asked = np.array([self.strategy.ask() for _ in range(BATCH)])
        return self.asked[:, : self.parameters]

    def _begin(self) -> None:
        """CMA-ES from the best point of the first batches that is none of those where it began before."""
        order = np.argsort(self.losses[: len(self.first)], kind="stable")
        start = self.first[order[self.begun % len(order)]]
        self.begun += 1
        # It needs two dimensions at least; a second one that nothing depends on does no harm.
        size = max(2, self.parameters)
        mean = np.full(size, 0.5)
        mean[: self.parameters] = start
        with warnings.catch_warnings(action="ignore"):
            self.strategy = self._make(
                mean=mean, sigma=self.width, bounds=np.tile([0.0, 1.0], (size, 1)), seed=int(self.rng.integers(2**31)),
                population_size=BATCH,
            )  # fmt: skip

    def tell(self, losses: np.ndarray) -> None:
        """What came of the batch that was asked for; a loss that is not finite is that of a run that failed."""
        losses = np.where(np.isfinite(losses), losses, WORST)
        if self.strategy is not None:
            self.strategy.tell([(point, float(loss)) for point, loss in zip(self.asked, losses, strict=True)])
        self.losses += [float(loss) for loss in losses]
        self.told += len(losses)
