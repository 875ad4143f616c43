"""A kind of cell says all of it once: a run begins as the factory does, and traces have the units of the model."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from brian2 import amp, mV, volt
from brian2.units.fundamentalunits import DIMENSIONLESS

from burstlab.models import (
    INTERNEURON,
    PYRAMIDAL,
    REDUCED_PYRAMIDAL,
    Cell,
    Compartments,
    Conductance,
    ParameterError,
    Pyramidal,
    ReducedPyramidal,
    interneuron_synapses,
    pyramidal_synapses,
)
from burstlab.models.cell import initial_values

KINDS = {
    "full": (PYRAMIDAL, pyramidal_synapses()),
    "reduced": (REDUCED_PYRAMIDAL, pyramidal_synapses()),
    "interneuron": (INTERNEURON, interneuron_synapses()),
}
kinds = pytest.mark.parametrize(("cell", "synapses"), KINDS.values(), ids=KINDS)


@kinds
def test_values_of_a_run_are_what_the_factory_starts_from(cell, synapses):
    parameters = cell.parameters()
    group = cell.make(3, parameters, synapses=synapses, name="cells")
    values = cell.values("cells", parameters, Conductance())
    for name, variable in group.variables.items():
        own = getattr(variable, "owner", None) is not None and variable.owner.name == "cells"
        if own and not variable.read_only and hasattr(variable, "set_value"):
            expected = values.pop(f"cells.{name}", 0.0)
            assert np.all(np.asarray(variable.get_value(), dtype=float) == pytest.approx(expected, rel=1e-15)), name
    assert values == {}, "values of variables that there are not"


@kinds
def test_the_values_follow_the_parameters(cell, synapses):
    changed = type(cell.parameters())(E_L=-65 * mV)
    names = [name for name, value in cell.start.items() if value == "E_L"]
    assert names
    for name in names:
        assert cell.values("x", changed)[f"x.{name}"] == pytest.approx(-0.065)


@kinds
def test_the_unit_of_every_trace_is_that_of_the_model(cell, synapses):
    group = cell.make(1, cell.parameters(), synapses=synapses)
    dimensions = {"V": volt.dim, "A": amp.dim, "1": DIMENSIONLESS}
    assert len(cell.receptors) >= 2
    for name, unit in {**cell.traces, **cell.receptors}.items():
        assert group.variables[name].dim is dimensions[unit], name
    assert set(cell.events) == set(group.events)


def test_the_two_pyramidal_cells_share_what_they_share_and_say_what_differs():
    shared = {field.name for field in fields(Compartments)}
    full, reduced = Pyramidal(), ReducedPyramidal()
    assert len(shared) == 12
    for name in shared:
        assert getattr(full, name) == getattr(reduced, name), name
    both = {field.name for field in fields(full)} & {field.name for field in fields(reduced)} - shared
    assert {name for name in both if getattr(full, name) != getattr(reduced, name)} == {"E_d"}


def test_a_start_that_names_no_parameter_is_an_error():
    with pytest.raises(ParameterError, match=r"v_s starts from 'E_l': .* did you mean E_"):
        initial_values({"v_s": "E_l"}, Pyramidal())


def test_a_cell_is_data():
    assert {field.name for field in fields(Cell)} == {
        "make",
        "parameters",
        "start",
        "traces",
        "receptors",
        "events",
        "meanings",
    }
