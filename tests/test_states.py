"""Last states: those of every group are kept and looked at, whatever an experiment measures."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import NeuronGroup, Synapses

from burstlab.experiments import run
from burstlab.experiments.catalogue import EXPERIMENTS
from burstlab.experiments.contract.settings import structure
from burstlab.experiments.contract.states import bounds_of_last, voltages
from burstlab.experiments.engine import process
from burstlab.experiments.errors import RunError
from burstlab.experiments.experiment import Analysis, Model, analysed


def built(name):
    experiment = EXPERIMENTS[name]
    return experiment.build(structure(experiment.presets["quick"]))


def last_of(model: Model):
    """{(owner, variable): output} of what is kept for the sake of its last value."""
    return {tuple(name.split("|")[1:3]): out for name, out in model.outputs.items() if name.startswith("last|")}


# Variables that equations do not integrate but statements change: averages, weights, releases.
ALSO = {
    "pairing": {("cells", "E_bar"), ("cells", "B_bar"), ("synapses", "w")},
    "plasticity_network": {("cells", "E_bar"), ("cells", "B_bar"), ("cells", "rate"), ("plastic", "w")},
    "multiplexing": {("cells", "u_stf"), ("cells", "x_std")},
    "xor": {("cells", "E_bar"), ("cells", "B_bar"), ("cells", "G"), ("plastic", "w")},
    "learn": {("cells", "E_bar"), ("cells", "B_bar"), ("cells", "G"), ("plastic", "w")},
    "xor_full": {("cells", "E_bar"), ("cells", "B_bar"), ("cells", "u_stf"), ("plastic", "w")},
    "two_sites": {("cells", "activity"), ("cells_basal", "w"), ("cells_apical", "v")},
}


@pytest.mark.parametrize("name", [name for name, each in EXPERIMENTS.items() if each.compute is None])
def test_every_state_of_every_group_is_kept(name):
    model = built(name)
    found = last_of(model)
    groups = [owner for owner in model.network.objects if isinstance(owner, NeuronGroup)]
    integrated = {(group.name, variable) for group in groups for variable in group.equations.diff_eq_names}
    assert integrated | ALSO.get(name, set()) <= set(found)
    assert found, "nothing would be looked at"
    for (owner, variable), output in found.items():
        assert (output.owner.name, output.variable) == (owner, variable)
        assert output.rows == (None if isinstance(output.owner, Synapses) else len(output.owner))


def _last(model):
    """Arrays of a run that ended well."""
    raw = {}
    for name, output in model.outputs.items():
        if name.startswith("last|"):
            value = -0.07 if name.endswith("|V") else 0.0
            raw[name] = np.full(3, value, dtype=output.owner.variables[output.variable].dtype)
    return raw


@pytest.mark.parametrize(
    ("name", "group"),
    [(name, group) for name in ("multiplexing", "transfer", "xor_full") for group in ("cells", "pv", "som")]
    + [("working_point", "cells"), ("working_point", "pv"), ("transfer", "others"), ("response_curves", "cells")]
    + [("current_steps", "cells"), ("plasticity_network", "cells"), ("transmission", "targets"), ("xor", "cells")],
)
def test_divergence_of_any_group_is_named(name, group):
    raw = _last(built(name))
    assert Analysis(arrays={}, summary={}, bounds=bounds_of_last(raw)).divergence is None
    of_group = [key for key in raw if key.split("|")[1] == group]
    assert len(of_group) >= 4
    for key in of_group:
        _, _, variable, unit = key.split("|")
        for wrong in (np.nan, np.inf, *([0.6, -0.6] if unit == "V" else []), *([-1.0] if unit == "leak" else [])):
            spoiled = raw | {key: np.array([*raw[key][1:], wrong])}
            analysis = analysed(EXPERIMENTS[name], EXPERIMENTS[name].presets["quick"], spoiled, 1)
            assert str(analysis.divergence).startswith(f"{variable} of {group} ")
            assert analysis.arrays == {}


def test_a_run_that_ended_early_is_diverged_or_refused():
    """Its records are cut off: no analysis takes them, whatever the last states are."""
    experiment, raw = EXPERIMENTS["xor"], _last(built("xor"))
    key = next(key for key in raw if key.endswith("|V"))
    spoiled = raw | {key: np.full(3, np.nan)}
    assert analysed(experiment, experiment.presets["quick"], spoiled, 1, early=True).divergence is not None
    with pytest.raises(RunError, match=r"^the results are not whole: .* no last state has$"):
        analysed(experiment, experiment.presets["quick"], raw, 1, early=True)


@pytest.mark.parametrize("early", [False, True])
def test_last_states_that_are_cut_off_are_refused(tmp_path, early):
    entry = {"rows": 3, "columns": None, "length_file": None, "dtype": "float64", "file": "values"}
    np.zeros(2).tofile(tmp_path / "values")
    with pytest.raises(RunError, match=r"^the results are not whole \(last\|cells\|v_s\|V: 2 of 3 values\)"):
        process._load("last|cells|v_s|V", entry, tmp_path, early)
    assert not early or len(process._load("trace", entry, tmp_path, early)) == 2


def test_a_run_in_which_only_interneurons_diverge(tmp_path):
    """With a capacitance of 1 pF voltages of PV cells alternate by volts; a spike lets half of them begin again."""
    small = {"n": 10, "n_pv": 20, "n_som": 3, "burn_in": "50 ms", "measured": "150 ms", "w_pv_to_upper": 0}
    absurd = {"pv_C": "1 pF", "pv_refractory_time": "0 ms", "background_inh_pv": 10, "background_rate": "2 kHz"}
    result = run("multiplexing", backend="numpy", out=tmp_path / "run", **small, **absurd)
    assert result.summary["status"] == "diverged"
    assert result.summary["diverged"].startswith("v of pv ")
    assert not (tmp_path / "run" / "results.h5").exists()


def test_a_stand_in_for_a_conductance_may_be_negative():
    """Nothing decays in the cells of `pairing`; what their weights add up to is no conductance."""
    raw = _last(built("pairing"))
    key = next(key for key in raw if "|g_exc_s|" in key)
    assert Analysis(arrays={}, summary={}, bounds=bounds_of_last(raw | {key: np.array([-5.0])})).divergence is None


def test_bounds_of_recorded_voltages():
    trace = np.zeros((2, 3))
    assert set(voltages({"v_s": trace, "v_d": trace, "other": trace})) == {"v_s", "v_d"}
    (named,) = voltages({"soma": trace}, {"soma": "v_s"}).values()
    assert named[1:] == (-0.3, 0.3, "V")
