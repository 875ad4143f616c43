"""Every block of docs/extending runs as it stands, outside the package; a script also in C++ standalone mode."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from brian2 import ms, nA, pA

from burstlab.experiments.engine.in_process import simulate_here
from burstlab.models import plastic_projection, pyramidal_synapses, rule_part
from burstlab.models.parameters import with_changes

from .conformance import check_conformance

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
    cells = own["CELL"].make(6, synapses=pyramidal_synapses(), parts=[rule_part("off", long_bursts=True)])
    cells.I_s, cells.I_d = 1 * nA, [600, -200, 600, -200, 600, -200] * pA
    plastic = plastic_projection(cells, cells, "off")
    plastic.connect(condition="i != j")
    plastic.w = 0.1
    run(cells, plastic, duration=150 * ms)
    onto = [float(np.mean(plastic.w[:][plastic.j[:] % 2 == kind])) for kind in (0, 1)]
    assert onto[0] > onto[1] + 1e-5  # bursts teach
    assert onto[1] != 0.1


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
