"""What the program gives an experiment that computes its results itself (`Experiment.compute`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Work:
    """A computation under way: it says how far it is, and leaves from time to time what it can go on from.

    Attributes
    ----------
    progress : callable
        progress(done, total), in what the experiment counts in (`Experiment.counted`); called several times a second,
        if it can be. It ends the computation where that is to stop.
    load : callable
        load(): the arrays by name that were saved last, or None at the beginning. They have been verified.
    save : callable
        save(arrays): what the computation needs to come to the same bytes as one that was not stopped.
    every : int
        How many units there are between two checkpoints; 0 is for none.
    """

    progress: Callable[[float, float], None] = lambda done, total: None
    load: Callable[[], Mapping[str, np.ndarray] | None] = lambda: None
    save: Callable[[Mapping[str, np.ndarray]], None] = lambda arrays: None
    every: int = 0

    def is_due(self, done: int) -> bool:
        """Whether to save when so many units are done."""
        return bool(self.every) and done % self.every == 0
