"""Which runs a method of sensitivity asks for (SALib's samples), and how their outputs lie.

Every method goes through blocks of runs that belong together: of `sobol` a point A, the points between it and a point B
that have one value of B each, and B; of `morris` a trajectory that changes one parameter at a time; of `local` the
present values, and each parameter alone at both ends of its range.

What the seed does is measured beside that: the first point of every block is run with further seeds. In `sobol` and
`morris` every run has a seed of its own, so that chance is an input like the others, and independent between runs; in
`local` every point has the same seeds, so that differences are between equal seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from burstlab.models.parameters import ParameterError

from ..errors import check_whole, not_installed, option
from ..limits import METHODS
from .ranges import Range
from .sweep_plan import Run, check_total

DEFAULT_SAMPLES = {"sobol": 64, "morris": 10}
LEAST_SAMPLES = {"sobol": 16, "morris": 2}
# Of each parameter, as many values as Morris (1991) recommends; a step goes over two thirds of the range.
MORRIS_LEVELS = 4


@dataclass(frozen=True, kw_only=True)
class Design:
    """Points in the unit cube, and the runs that are made of them.

    Attributes
    ----------
    method : {"sobol", "morris", "local"}
    samples : int
        Blocks of points.
    seed, seeds : int
        The first seed, and how many the first point of a block has.
    points : array, shape (samples, points in a block, parameters)
    """

    method: str
    samples: int
    seed: int
    seeds: int
    points: np.ndarray

    def runs(self, ranges: Sequence[Range]) -> list[Run]:
        """Every run: the points in their order, then again with other seeds."""
        flat = self.points.reshape(-1, len(ranges))
        columns = [_written(each, flat[:, k]) for k, each in enumerate(ranges)]
        rows: list[tuple[Any, ...]] = list(zip(*columns, strict=True))
        if self.method == "local":
            pairs = [(row, self.seed + k) for k in range(self.seeds) for row in rows]
        else:
            again = [row for row in rows[:: self.points.shape[1]] for _ in range(self.seeds - 1)]
            pairs = [(row, self.seed + k) for k, row in enumerate([*rows, *again])]
        return [Run(index=index, seed=label, values=row) for index, (row, label) in enumerate(pairs)]

    def split(self, outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Outputs of all runs as those of the points (samples, points) and of the other seeds (samples, seeds - 1).

        Of `local`: those of the first seed, and of the others (seeds - 1, points).
        """
        size = self.samples * self.points.shape[1]
        shape = (self.seeds - 1, size) if self.method == "local" else (self.samples, self.seeds - 1)
        return outputs[:size].reshape(self.samples, -1), outputs[size:].reshape(shape)


def _written(each: Range, parts: np.ndarray) -> list[str]:
    different, where = np.unique(parts, return_inverse=True)
    texts = [each.written(float(number)) for number in each.at(different)]
    return [texts[k] for k in where]


def design(method: str, samples: int | None, ranges: Sequence[Range], seed: int, seeds: int) -> Design:
    """The design of a method.

    Raises
    ------
    ParameterError
        For fewer samples than the method needs, or other numbers that are not allowed.
    RunError
        Without SALib.
    """
    if method not in METHODS:
        raise ParameterError(f"{option('method', method)}: not one of {' | '.join(METHODS)}")
    check_whole("seeds", seeds)
    if method == "local":
        if samples is not None:
            raise ParameterError("samples: the method local has none; it goes to both ends of each range")
        return Design(method=method, samples=1, seed=seed, seeds=seeds, points=_ends(ranges))
    samples = DEFAULT_SAMPLES[method] if samples is None else samples
    _check_samples(method, samples)
    check_total(samples * (len(ranges) + (2 if method == "sobol" else 1) + seeds - 1))
    problem = problem_of(ranges)
    if method == "sobol":
        found = salib("sample.sobol").sample(problem, samples, calc_second_order=False, seed=seed)
    else:
        found = salib("sample.morris").sample(problem, samples, num_levels=MORRIS_LEVELS, seed=seed)
    points = np.asarray(found, dtype=float).reshape(samples, -1, len(ranges))
    return Design(method=method, samples=samples, seed=seed, seeds=seeds, points=points)


def _check_samples(method: str, samples: Any) -> None:
    least = LEAST_SAMPLES[method]
    if isinstance(samples, bool) or not isinstance(samples, int) or samples < least:
        raise ParameterError(f"{option('samples', samples)}: the method {method} needs {least} at least")
    if method == "sobol" and samples & (samples - 1):
        near = 1 << (samples.bit_length() - 1)
        raise ParameterError(f"{option('samples', samples)}: a power of two is needed, such as {near} or {2 * near}")


def _ends(ranges: Sequence[Range]) -> np.ndarray:
    for each in ranges:
        if not each.low <= each.default <= each.high:
            raise ParameterError(
                f"{each.name}: its value, {each.written(each.default)}, is outside {' to '.join(each.ends)}, and the "
                "method local looks around it"
            )
    here = np.array([(each.default - each.low) / (each.high - each.low) for each in ranges])
    points = np.tile(here, (1 + 2 * len(ranges), 1))
    for k in range(len(ranges)):
        points[1 + 2 * k, k], points[2 + 2 * k, k] = 0, 1
    return points[np.newaxis]


def problem_of(ranges: Sequence[Range]) -> dict[str, Any]:
    """The parameters as SALib wants them, all from 0 to 1."""
    return {"num_vars": len(ranges), "names": [each.name for each in ranges], "bounds": [[0, 1]] * len(ranges)}


def salib(name: str) -> Any:
    """A module of SALib.

    Raises
    ------
    RunError
        If it is not installed.
    """
    from importlib import import_module

    try:
        return import_module(f"SALib.{name}")
    except ImportError:
        raise not_installed("sensitivity", "SALib", "vary") from None
