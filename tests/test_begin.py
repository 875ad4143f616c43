"""In anyone's own script: factories start everything, and what is missing is one line where it is asked for."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Hz, NeuronGroup, SpikeMonitor, TimedArray, defaultclock, ms, mV, nA, pA

from burstlab.models import (
    ParameterError,
    PoissonDrive,
    Source,
    begin,
    burst_rule,
    interneurons,
    plastic_projection,
    projection,
    pv_parameters,
    pyramidal,
    pyramidal_synapses,
    reduced_pyramidal,
    release_part,
    released,
)
from burstlab.models.burst_plasticity import ETA


def driven(factory=pyramidal, n=4, parts=(), **more):
    """Cells with synapses that fire."""
    cells = factory(n, synapses=pyramidal_synapses(), parts=parts, **more)
    cells.I_s = 1 * nA
    return cells


def test_synapses_need_no_helper(run):
    cells, spikes = driven(), None
    drive = PoissonDrive(cells, [Source(receptor="g_exc_s", start=0, stop=4, rate=500 * Hz, weight=0.3)])
    spikes = SpikeMonitor(cells)
    run(cells, drive, spikes, duration=100 * ms)
    assert np.all(np.isfinite(cells.v_s[:]))
    assert spikes.num_spikes >= 4
    assert float(np.min(cells.g_exc_s[:])) >= 0
    assert float(np.max(cells.g_exc_s[:])) > 0


@pytest.mark.parametrize(("suffix", "U"), [("", 0.02), ("_std", 0.9), ("_stf", 0.02)])
def test_short_term_plasticity_needs_no_helper(run, suffix, U):
    cells = driven(parts=[release_part(suffix)])
    cells.v_s = -51 * mV  # it fires at once
    target = NeuronGroup(4, "g : 1", name="target")
    synapses = projection(cells, target, "g", amount=released(suffix), weight=1.0, delay=0.8 * ms)
    synapses.connect(j="i")
    spikes = SpikeMonitor(cells)
    network = run(cells, target, synapses, spikes, duration=1 * ms)
    while spikes.num_spikes == 0:
        network.run(1 * ms, namespace={})
    network.run(1 * ms, namespace={})
    assert target.g[:] == pytest.approx(U)  # of the first spike


@pytest.mark.parametrize("homeostasis", ["slow", "off", "fast"])
@pytest.mark.parametrize("factory", [pyramidal, reduced_pyramidal])
def test_the_rule_needs_no_helper(run, factory, homeostasis):
    rule = burst_rule(homeostasis)
    source, target = driven(factory, parts=[rule.part]), driven(factory, parts=[rule.part])
    assert source.name != target.name
    plastic = plastic_projection(source, target, rule)
    plastic.connect()
    plastic.w = 0.3
    run(source, target, plastic, duration=150 * ms)
    assert np.all(np.isfinite(plastic.w[:]))
    assert np.max(np.abs(plastic.w[:] - 0.3)) > 1e-4
    assert target.eta[:] == pytest.approx(ETA)
    G = {"slow": 1.0, "off": 0.0, "fast": 0.0}[homeostasis]  # cells that begin at 5 Hz are not below 2 Hz in E_bar
    assert np.all((target.G[:] > 0 * Hz) == (G > 0))
    names = [each.name for each in target.contained_objects]
    assert (f"{target.name}_homeostasis" in names) == (homeostasis != "off")


def test_groups_with_default_names_live_together(run):
    groups = [driven(make, 2) for make in (pyramidal, pyramidal, reduced_pyramidal, reduced_pyramidal)]
    drives = [
        PoissonDrive(group, [Source(receptor="g_exc_s", start=0, stop=2, rate=10 * Hz, weight=0.1)]) for group in groups
    ]
    groups += [interneurons(2, pv_parameters()) for _ in range(2)]
    synapses = [projection(groups[0], groups[1], receptor) for receptor in ("g_exc_s", "g_exc_d")]
    for each in synapses:
        each.connect()
    objects = [*groups, *drives, *synapses]
    assert len({each.name for each in objects}) == 12
    run(*objects, duration=1 * ms)


def test_cells_of_one_s_own_are_started_by_begin(run):
    part = burst_rule("off").part
    fires = TimedArray((np.arange(10) == 3).astype(float), dt=defaultclock.dt)
    cells = NeuronGroup(1, part.equations, events={"event": "fires(t) > 0.5"}, dtype=part.dtype, name="own")
    cells.set_event_schedule("event", when="thresholds")
    cells.run_on_event("event", part.on_event, when="after_thresholds")
    begin(cells, part)
    run(cells, duration=1 * ms, namespace={"fires": fires})
    assert float(cells.delta[0]) == pytest.approx(-0.2 * ETA)
    assert float(cells.eligibility[0]) == 1


REFUSED = {
    "receptor": (
        lambda cells: projection(cells, cells, "g_exc"),
        "receptor = g_exc: one has no variable g_exc, did you mean g_exc_.* g_inh_s",
    ),
    "event": (
        lambda cells: projection(cells, cells, "g_exc_s", on="bursts"),
        r"on = bursts: one has no event .* burst",
    ),
    "release": (
        lambda cells: projection(cells, cells, "g_exc_s", amount=released("_std"), delay=1 * ms),
        "amount = w[*]release_std_pre: one has no variable release_std",
    ),
    "rule": (
        lambda cells: plastic_projection(cells, driven(name="two"), burst_rule("off")),
        "two has no variable B_bar",
    ),
    "homeostasis": (lambda cells: plastic_projection(cells, cells, burst_rule()), "one has no variable rate"),
    "word": (lambda cells: burst_rule("medium"), "medium: not one of slow | off | fast"),
    "conductances": (
        lambda cells: plastic_projection(
            cells, pyramidal(1, parts=[burst_rule("off").part], name="two"), burst_rule("off")
        ),
        "two has no variable g_exc_s",
    ),
    "reduced": (lambda cells: reduced_pyramidal(1, parts=[release_part()]), "reduced cells have no event spike"),
    "interneuron": (
        lambda cells: interneurons(1, pv_parameters(), parts=[burst_rule().part]),
        "interneurons have no events event and burst",
    ),
}


@pytest.mark.parametrize(("wrong", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_missing_is_said(wrong, said):
    cells = driven(parts=[burst_rule("off").part], name="one")
    with pytest.raises(ParameterError, match=said) as raised:
        wrong(cells)
    assert "\n" not in str(raised.value)


def test_two_kinds_of_homeostasis_of_one_target_are_refused():
    cells = driven(parts=[burst_rule("slow").part], name="one")
    plastic_projection(cells[:2], cells[2:], burst_rule("slow"))
    with pytest.raises(ParameterError, match="homeostasis = fast: that of one is another one already"):
        plastic_projection(cells[:2], cells[2:], burst_rule("fast"))


def test_a_current_is_enough_for_a_first_run(run):
    cells = pyramidal(3)
    cells.I_s = [0, 500, 700] * pA
    spikes = SpikeMonitor(cells)
    run(cells, spikes, duration=200 * ms)
    assert spikes.count[0] == 0 < spikes.count[1] < spikes.count[2]
