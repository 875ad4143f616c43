"""What synapses behind short-term plasticity bring to their targets, in closed form, from the spikes of a network."""

from __future__ import annotations

import brian2
import numpy as np
import pytest
from brian2 import SpikeMonitor, second

from burstlab.experiments.contract.settings import structure
from burstlab.experiments.engine.in_process import set_precision, set_values


def under_own_spikes(experiment, config, duration):
    """The objects of a network of full cells after some seconds, numpy, double precision; and spikes of its groups."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("codegen.target", "core.default_float_dtype", "codegen.loop_invariant_optimisations"):
            patch.setitem(brian2.prefs, name, brian2.prefs[name])
        brian2.prefs.codegen.target = "numpy"
        set_precision(64)
        brian2.seed(3)
        model = experiment.build(structure(config))
        set_values(model, experiment.values(config, 1))
        model.connect()
        objects = {one.name: one for one in model.network.objects}
        spikes = {name: SpikeMonitor(objects[name], name=f"all_{name}") for name in ("cells", "pv", "som")}
        model.network.add(*spikes.values())
        model.network.run(duration * second, namespace=dict(model.functions))
    return objects, spikes


def released(spikes: np.ndarray, kind, dt: float) -> np.ndarray:
    """Closed form of what each spike of one cell releases."""
    releases, x, u, before = [], 1.0, float(kind.U), -1e9
    for now in spikes:
        x = 1 - (1 - x) * np.exp(-(now - before) / float(kind.tau_D))
        u = float(kind.U) + (u - float(kind.U)) * np.exp(-(now - before) / float(kind.tau_F))
        releases.append(u * x)
        x, u, before = x - u * x, u + float(kind.f) * (1 - u), now
    return np.array(releases)


def arrived(synapses, weight, kind, spikes, config, receptor, duration) -> np.ndarray:
    """The conductance of every target at the end: what each spike released, decayed since it arrived."""
    dt, tau = float(config.dt), float(config.synapse.tau_inh if "inh" in receptor else config.synapse.tau_exc)
    end, delay = round(duration / dt), round(float(config.delay / config.dt))
    left = np.zeros(len(synapses.source))
    for cell, times in spikes[synapses.source.name].spike_trains().items():
        steps = np.rint(np.asarray(times / second) / dt)
        here = steps + delay <= end - 1
        # The step in which a spike arrives raises the conductance after its update; later ones let it decay.
        decayed = (1 - dt / tau) ** (end - 1 - delay - steps)
        release = released(steps * dt, kind, dt) if kind else np.ones(len(steps))
        left[cell] = np.sum((release * decayed)[here])
    total = np.zeros(len(synapses.target))
    np.add.at(total, np.asarray(synapses.j), np.asarray(weight) * left[np.asarray(synapses.i)])
    return total
