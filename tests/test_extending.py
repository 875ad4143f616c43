"""Every block of docs/extending runs as it stands, outside the package; a script also in C++ standalone mode."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from brian2 import Equations, EventMonitor, ms, nA, pA

from burstlab.experiments.engine.in_process import simulate_here
from burstlab.models import (
    ParameterError,
    ShortTermPlasticity,
    burst_rule,
    plastic_projection,
    pyramidal_synapses,
    reduced_pyramidal,
)
from burstlab.models.parameters import with_changes

from .conformance import check_conformance
from .patience import long

PAGES = Path(__file__).parent.parent / "docs" / "extending"


def blocks(page):
    return re.findall(r"```python\n(.*?)```", (PAGES / page).read_text(), re.DOTALL)


def executed(code, page):
    known = {"__name__": "own"}
    exec(compile(code, page, "exec", dont_inherit=True), known)
    return known


def check_script(printed):
    rates, changes = printed.split("; ")
    source, target = (float(number) for number in re.findall(r"([\d.]+)(?= and| spikes)", rates))
    taught, others = (float(number) for number in re.findall(r"[+-][\d.]+", changes))
    assert 2 < source < 40
    assert 2 < target < 60
    assert taught > 0.005
    assert taught > others + 0.005


def test_a_script_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("script.md")
    executed(code, "script.md")
    check_script(capsys.readouterr().out)


@pytest.mark.long
def test_a_script_runs_in_standalone_mode(tmp_path, python):
    (code,) = blocks("script.md")
    first = 'from brian2 import set_device; set_device("cpp_standalone", directory="program")\n'
    last = '\nfrom pathlib import Path\nPath("said").write_text('
    printed = re.search(r"print\(\s*(f\".*?\")\s*\)\s*$", code, re.DOTALL)
    python(first + code + last + printed.group(1) + ")\n", cwd=tmp_path)
    assert (tmp_path / "program" / "main").is_file()
    check_script((tmp_path / "said").read_text())


# ---- a cell ----------------------------------------------------------------------------------------------------------


def test_a_cell_of_one_s_own_has_response_curves(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    first, file = blocks("cell.md")
    executed(first, "cell.md")
    assert capsys.readouterr().out == "-0.05 -0.05 V ('spike', 'event', 'burst')\n"
    own = executed(file, "cell.md")
    experiment, cell = own["EXPERIMENT"], own["CELL"]
    check_conformance(experiment)
    few = {"cells_per_current": "2", "duration": "500 ms", "somatic_sweep": "0 pA, 600 pA", "dendritic_sweep": "0 pA"}
    traces = []
    for slope in ("0.5 mV", "4 mV"):
        config = with_changes(experiment.presets["quick"], few | {"D_T": slope})
        assert experiment.values(config, 1)["cells.D_T"] == float(config.cell.D_T)
        raw = simulate_here(experiment, config, 1, "numpy", 64).raw
        kept = experiment.analyse(config, raw, 1)
        assert kept.divergence is None
        rates = kept.arrays["somatic_sweep/event_rate"].values[0]
        assert rates[1] > rates[0]
        assert rates[1] > 5
        assert raw["v_s"].max() > -0.045  # the upswing of a spike; the full cell is reset where it begins, at -50 mV
        traces.append(raw["v_s"])
    assert not np.array_equal(*traces)
    assert set(cell.traces) <= set(cell.make(1).variables)


def test_a_cell_of_one_s_own_learns(run):
    own = executed(blocks("cell.md")[1], "cell.md")
    cells = own["CELL"].make(6, synapses=pyramidal_synapses(), parts=[burst_rule("off").part])
    cells.I_s, cells.I_d = 1 * nA, [600, -200, 600, -200, 600, -200] * pA
    plastic = plastic_projection(cells, cells, burst_rule("off"))
    plastic.connect(condition="i != j")
    plastic.w = 0.1
    run(cells, plastic, duration=150 * ms)
    onto = [float(np.mean(plastic.w[:][plastic.j[:] % 2 == kind])) for kind in (0, 1)]
    assert onto[0] > onto[1] + 1e-5  # bursts teach
    assert onto[1] != 0.1


# ---- a rule ----------------------------------------------------------------------------------------------------------

SHORT = {
    "n": "125", "inputs_per_cell": "25", "dt": "0.5 ms", "example_duration": "0.4 s", "settling": "0.4 s",
    "prediction": "0.5", "epochs": "1", "tau_avg": "0.2 s",
}  # fmt: skip


def test_one_line_of_the_rule_is_another(run):
    own = executed(blocks("rule.md")[0], "rule.md")
    experiment, rule = own["EXPERIMENT"], own["RULE"]
    check_conformance(experiment)
    assert with_changes(experiment.presets["quick"], {"P0": "0.7"}).rule.P0 == 0.7
    values = experiment.values(with_changes(experiment.presets["quick"], {"P0": "0.7"}), 1)
    assert values["cells.P0"] == 0.7
    cells = reduced_pyramidal(20, parts=[rule.part])
    cells.P0, cells.I_s, cells.I_d = 0.7, 1 * nA, -2000 * pA  # no event becomes a burst
    events = EventMonitor(cells, "event")
    run(cells, events, duration=200 * ms)
    assert len(set(events.i[:])) == 20
    assert cells.delta[:] == pytest.approx(-0.7 * cells.eta[0])  # P_bar began at 0.2 and falls


def test_a_rule_that_knows_nothing_of_bursts(run):
    """The triplet rule against its sums over spikes, with the Euler decay of its traces."""
    rule = executed(blocks("rule.md")[1], "rule.md")["RULE"]
    cells = reduced_pyramidal(8, synapses=pyramidal_synapses(), parts=[rule.part])
    cells.I_s, cells.I_d, cells.w_max = np.linspace(0.8, 1.6, 8) * nA, 800 * pA, 100
    plastic = plastic_projection(cells, cells, rule)
    plastic.connect(condition="i != j")
    plastic.w = 10
    cells.E_exc = cells.E_L  # weights grow, and must not change who fires when
    monitors = [EventMonitor(cells, event) for event in ("event", "burst")]
    run(cells, plastic, *monitors, duration=300 * ms)
    dt, parameters = float(cells.clock.dt), rule.parameters()
    steps = [
        np.sort(np.concatenate([np.rint(np.asarray(m.t)[np.array(m.i) == k] / dt) for m in monitors])) for k in range(8)
    ]
    assert sum(len(own) > 3 for own in steps) >= 4
    assert monitors[1].num_events > 3

    def trace(step, spikes, tau):
        return np.sum((1 - dt / float(tau)) ** (step - spikes[spikes <= step]))

    expected = []
    for i, j in zip(plastic.i, plastic.j, strict=True):
        grown = sum(
            trace(step, steps[i], parameters.tau_plus) * (trace(step, steps[j], parameters.tau_y) - 1)
            for step in steps[j]
        )
        shrunk = sum(trace(step, steps[j], parameters.tau_minus) for step in steps[i])
        expected.append(float(parameters.A_plus) * grown - float(parameters.A_minus) * shrunk)
    assert np.std(expected) > 1e-3
    np.testing.assert_allclose(np.array(plastic.w) - 10, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("block", [long(0), 1])
def test_a_network_learns_by_a_rule_of_one_s_own(block):
    experiment = executed(blocks("rule.md")[block], "rule.md")["EXPERIMENT"]
    config = with_changes(experiment.presets["quick"], SHORT)
    kept = experiment.analyse(config, simulate_here(experiment, config, 1, "numpy", 64).raw, 1)
    assert kept.divergence is None
    assert np.ptp(kept.arrays["weight_mean/value"].values, axis=0).min() > 0
    assert kept.summary["event_rate_after_Hz"][0] > 0


def test_what_a_rule_lacks_is_said():
    own = executed(blocks("rule.md")[1], "rule.md")
    with pytest.raises(ParameterError, match="rule triplet: cells have no variable M"):
        replace(own["RULE"], cells=Equations("eta : 1"))
    with pytest.raises(ParameterError, match="rule triplet: transmit is what synapses do"):
        replace(own["RULE"], at_source={"transmit": ("event", "w = 0")})
    network = replace(own["xor"].NETWORK, rule=replace(own["RULE"], parameters=ShortTermPlasticity))
    with pytest.raises(ParameterError, match="rule: its parameters have no e_min, e_max, w_min, w_max"):
        own["learning"](own["XOR"], network, name="own", meaning="nothing")


# ---- an experiment that is no network --------------------------------------------------------------------------------


def test_an_experiment_that_computes(tmp_path, monkeypatch):
    from burstlab.experiments.runs import runner
    from burstlab.experiments.runs.plans import plan

    monkeypatch.chdir(tmp_path)
    experiment = executed(blocks("experiment.md")[-1], "experiment.md")["EXPERIMENT"]
    check_conformance(experiment)
    result = runner.execute(plan(experiment, changes={"steps": "20"}), tmp_path / "out")
    steps = [np.random.default_rng([1, step]).normal() for step in range(1, 21)]
    np.testing.assert_allclose(runner.arrays.read_arrays(result.folder)["path/place"][1:], np.cumsum(steps), rtol=1e-12)
