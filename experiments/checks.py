"""What the settings of several experiments are checked for beside the range of each."""

from __future__ import annotations

from typing import Any

from brian2 import Quantity

from burstlab.models.parameters import ParameterError


def check_delay_of_a_step(config: Any) -> None:
    """Refuse a `delay` below the time step `dt`.

    Raises
    ------
    ParameterError
    """
    if config.delay < config.dt:
        raise ParameterError(f"delay = {config.delay}: at least a time step, {config.dt}, is needed")


def check_multiples(config: Any, names: tuple[str, ...], part: Quantity, called: str = "the time step, ") -> None:
    """Refuse times that are no whole number of parts.

    Parameters
    ----------
    config : parameter set
    names : tuple of str
        Its times.
    part : Quantity
    called : str
        What the message says before the part.

    Raises
    ------
    ParameterError
    """
    for name in names:
        count = float(getattr(config, name) / part)
        if abs(count - round(count)) > 1e-6:
            raise ParameterError(f"{name} = {getattr(config, name)}: not a multiple of {called}{part}")


def check_inputs(config: Any) -> None:
    """Refuse more `inputs_per_cell` than there are cells, `n`.

    Raises
    ------
    ParameterError
    """
    if config.inputs_per_cell > config.n:
        raise ParameterError(
            f"inputs_per_cell = {config.inputs_per_cell}: more than the n = {config.n} cells there are"
        )
