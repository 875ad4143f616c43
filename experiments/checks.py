"""What the settings of several experiments have in common: parameters, and checks beside the range of each."""

from __future__ import annotations

from typing import Any

from brian2 import ms

from burstlab.models.parameters import PAYEUR_PROGRAM, ParameterError, quantity


def conduction_delay(of: str = "all projections") -> Any:
    """A field with the conduction delay: whole time steps, and so at least one.

    Parameters
    ----------
    of : str
        What has it.
    """
    return quantity(0.8, ms, 0.1, 20, f"delay of {of}", PAYEUR_PROGRAM, structural=True, multiple_of="dt")


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
