"""Tasks as arrays: the patterns that a learning network (network.py) is shown, and what its outputs are to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from burstlab.equations.errors import ParameterError


@dataclass(frozen=True, kw_only=True)
class Task:
    """Patterns to be told apart.

    Attributes
    ----------
    patterns : array of 0 and 1, shape (n_patterns, n_inputs)
        Which inputs are on. Kept as tuples, like the others.
    targets : array of 0 and 1, shape (n_patterns, n_outputs) or (n_patterns,)
        What the outputs are to say.
    order : sequence of int
        The order of the patterns in an epoch, each once; as they are numbered by default.
    names : sequence of str
        What each pattern is called on the command line; by default its digits, such as "01".
    """

    patterns: Any
    targets: Any
    order: Any = ()
    names: Sequence[str] = ()

    def __post_init__(self) -> None:
        patterns, targets = _bits("patterns", self.patterns), _bits("targets", self.targets)
        n = len(patterns)
        if len(targets) != n:
            raise ParameterError(f"targets: {len(targets)} rows, {n} are needed, one for each pattern")
        order = tuple(int(k) for k in self.order) or tuple(range(n))
        if sorted(order) != list(range(n)):
            raise ParameterError(f"order = {order}: each pattern from 0 to {n - 1} is needed once")
        names = tuple(self.names) or tuple("".join(map(str, row)) for row in patterns)
        if len(names) != n or len(set(names)) != n or not all(_is_name(name) for name in names):
            raise ParameterError(
                f"names = {', '.join(map(str, names))}: {n} different words of letters, digits and _ are needed"
            )
        for name, value in (("patterns", patterns), ("targets", targets), ("order", order), ("names", names)):
            object.__setattr__(self, name, value)

    @property
    def n_patterns(self) -> int:
        """How many patterns there are."""
        return len(self.patterns)

    @property
    def n_inputs(self) -> int:
        """How many inputs the network has."""
        return len(self.patterns[0])

    @property
    def n_outputs(self) -> int:
        """How many outputs the network has."""
        return len(self.targets[0])

    @property
    def labels(self) -> tuple[str, ...]:
        """The patterns for people, such as "(0,1)"; those with names of their own by these."""
        return tuple(
            f"({','.join(map(str, row))})" if name == "".join(map(str, row)) else name
            for row, name in zip(self.patterns, self.names, strict=True)
        )


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and name.replace("_", "").isalnum() and name != "epochs"


def _bits(name: str, values: Any) -> tuple[tuple[int, ...], ...]:
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ParameterError(f"{name}: rows of equal length of 0 and 1 are needed") from None
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2 or not array.size or not np.isin(array, (0, 1)).all():
        raise ParameterError(f"{name}: rows of 0 and 1 are needed, one for each pattern, not an array of {array.shape}")
    return tuple(tuple(int(bit) for bit in row) for row in array)


XOR = Task(patterns=((0, 0), (1, 0), (0, 1), (1, 1)), targets=(0, 1, 1, 0))
