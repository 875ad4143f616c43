"""Shared Poisson sources on every backend: counts, and the covariance of cells that share sources."""

from __future__ import annotations

from pathlib import Path

import brian2
import numpy as np
import pytest
from brian2 import Hz, NeuronGroup, PoissonGroup, SpikeMonitor, StateMonitor, ms, second
from scipy import stats

from burstlab.models import PoissonPool, projection

# Steps of 1 ms: nothing here depends on them but the time that the tests take.
N, RATE, SECONDS, BIN_MS = 1000, 10, 6.0, 20
BACKENDS = ["numpy", pytest.param("cython", marks=pytest.mark.slow), pytest.param("cpp", marks=pytest.mark.long)]
# The sources of each cell: the first two share 250, the third has its own, the fourth has one source alone, the fifth
# all of them.
CELLS = [(0, 500), (250, 750), (750, 1000), (7, 8), (0, N)]

# g never decays, so it counts arrivals.
SCRIPT = """
import sys
import numpy as np
import brian2
from brian2 import Hz, Network, NeuronGroup, StateMonitor, ms, prefs, second, set_device
from burstlab.models import PoissonPool, projection

backend, out, n, rate, seconds, bin_ms = sys.argv[1], sys.argv[2], *map(float, sys.argv[3:7])
cells_of = eval(sys.argv[7])
if backend == "cpp":
    set_device("cpp_standalone", directory="code", build_on_run=True)
else:
    prefs.codegen.target = backend
brian2.defaultclock.dt = 1*ms
brian2.seed(11)
pool = PoissonPool(int(n), rate*Hz, name="pool")
cells = NeuronGroup(len(cells_of), "g : 1", name="cells")
synapses = projection(pool, cells, "g", weight=1.0, delay=2*ms, name="synapses")
pairs = [(source, cell) for cell, (first, stop) in enumerate(cells_of) for source in range(first, stop)]
synapses.connect(i=[source for source, _ in pairs], j=[cell for _, cell in pairs])
states = StateMonitor(cells, "g", record=True, dt=bin_ms*ms, name="states")
Network(pool, cells, synapses, states).run((seconds + bin_ms*1e-3)*second, namespace={})
np.save(out, states.g)
"""


@pytest.fixture(scope="module", params=BACKENDS)
def arrivals(request, python, tmp_path_factory):
    """Arrivals of each cell since the start, shape (cells, bins + 1), of each backend."""
    folder: Path = tmp_path_factory.mktemp(f"pool_{request.param}")
    python(SCRIPT, request.param, folder / "g.npy", N, RATE, SECONDS, BIN_MS, CELLS, cwd=folder)
    return np.load(folder / "g.npy")


def sizes():
    return np.array([stop - first for first, stop in CELLS])


def test_arrivals_are_whole_and_only_add(arrivals):
    assert arrivals.shape == (len(CELLS), round(SECONDS * 1000 / BIN_MS) + 1)
    np.testing.assert_array_equal(arrivals, np.rint(arrivals))
    assert np.all(np.diff(arrivals) >= 0)
    assert np.all(arrivals[:, -1] > 0)


def test_mean_count_is_rate_times_time(arrivals):
    expected = sizes() * RATE * SECONDS
    # Each count is Poisson: 5 sigma.
    assert np.all(np.abs(arrivals[:, -1] - expected) < 5 * np.sqrt(expected))


def test_variance_of_counts_is_their_mean(arrivals):
    per_bin = np.diff(arrivals)
    mean, bins = sizes() * RATE * BIN_MS * 1e-3, per_bin.shape[1]
    # sd of the sample variance of Poisson numbers: sqrt((mean + 2 mean^2)/bins); 5 sigma.
    assert np.all(np.abs(per_bin.var(axis=1, ddof=1) - mean) < 5 * np.sqrt((mean + 2 * mean**2) / bins))


def test_covariance_is_that_of_the_shared_sources(arrivals):
    per_bin = np.diff(arrivals)
    rate, bins = RATE * BIN_MS * 1e-3, per_bin.shape[1]
    shared = np.array([[max(0, min(a[1], b[1]) - max(a[0], b[0])) for b in CELLS] for a in CELLS])
    assert shared[0, 1] == 250
    assert shared[0, 2] == 0
    mean = sizes() * rate
    # The product of two Poisson numbers with covariance c, about their means: variance m1 m2 + c^2 + c; 5 sigma.
    sd = np.sqrt((np.outer(mean, mean) + (shared * rate) ** 2 + shared * rate) / bins)
    assert np.all(np.abs(np.cov(per_bin) - shared * rate) < 5 * sd)


def test_parts_add_up_to_the_whole(arrivals):
    # Cell 4 sees every source once, cells 0 and 2 see 750 of them, and the rest is in cell 1 or nowhere.
    first, second_, third, _, whole = arrivals
    assert np.all(whole >= np.maximum(first + third, second_ + third))
    assert whole[-1] > (first + third)[-1]


def test_bins_are_independent(arrivals):
    per_bin = np.diff(arrivals[4]) - N * RATE * BIN_MS * 1e-3
    products = per_bin[:-1] * per_bin[1:] / (N * RATE * BIN_MS * 1e-3)
    assert abs(products.mean()) < 5 / np.sqrt(len(products))


@pytest.fixture(autouse=True)
def _step(_brian):
    brian2.defaultclock.dt = 1 * ms


def test_every_source_fires_alike(run):
    pool = PoissonPool(50, 10 * Hz, name="pool")
    spikes = SpikeMonitor(pool)
    run(pool, spikes, duration=4 * second)
    counts = np.bincount(spikes.i, minlength=50)
    assert counts.sum() > 1700
    # 50 sources with the same expectation; 5 sigma of a normal distribution, two-sided.
    assert stats.chisquare(counts).pvalue > 5.7e-7
    steps = np.rint(np.asarray(spikes.t / ms)).astype(int)
    assert np.all(np.diff(steps * 50 + spikes.i) >= 0)  # by time, and within a step by source


@pytest.mark.long
def test_agrees_with_poisson_group(run):
    counts = []
    for group in (PoissonPool(400, 10 * Hz, name="pool"), PoissonGroup(400, 10 * Hz)):
        spikes = SpikeMonitor(group)
        run(group, spikes, duration=2 * second)
        counts.append(np.bincount(spikes.i, minlength=400))
    # Two samples of one distribution (a PoissonGroup's variance is 1 % smaller: one spike a step at most). 5 sigma.
    assert stats.ks_2samp(*counts).pvalue > 5.7e-7


def test_one_pool_feeds_receptors_with_weights_and_delays(run):
    pool = PoissonPool(100, 10 * Hz, name="pool")
    cells = NeuronGroup(3, "g_exc_s : 1\ng_exc_d : 1", name="cells")
    soma = projection(pool, cells, "g_exc_s", weight=0.5, name="soma")
    dendrite = projection(pool, cells, "g_exc_d", weight=2.0, delay=8 * ms, name="dendrite")
    for synapses in (soma, dendrite):
        synapses.connect(condition="i % 3 == j", namespace={})
    states = StateMonitor(cells, ["g_exc_s", "g_exc_d"], record=True, name="states")
    run(pool, cells, soma, dendrite, states, duration=200 * ms)
    assert np.all(states.g_exc_s[:, -1] > 0)
    np.testing.assert_array_equal(states.g_exc_d[:, 8:], 4 * states.g_exc_s[:, :-8])


def test_two_spikes_of_a_source_in_one_step_both_count(run):
    pool = PoissonPool(200, 10 * Hz, name="pool")
    cells = NeuronGroup(1, "g : 1", name="cells")
    synapses = projection(pool, cells, "g", weight=1.0, name="synapses")
    synapses.connect()
    spikes = SpikeMonitor(pool)
    run(pool, cells, synapses, spikes, duration=2 * second)
    twice = np.count_nonzero((np.diff(spikes.t / ms) < 0.5) & (np.diff(spikes.i) == 0))
    # 2000 steps and 200 sources with 0.01 spikes each: 20 pairs are expected; 4 sigma.
    assert 2 < twice < 38
    assert cells.g[0] == spikes.num_spikes


def test_rate_can_be_changed(run):
    pool = PoissonPool(100, 0 * Hz, name="pool")
    spikes = SpikeMonitor(pool)
    network = run(pool, spikes, duration=100 * ms)
    assert spikes.num_spikes == 0
    pool.rate = 10 * Hz
    network.run(1 * second, namespace={})
    assert abs(spikes.num_spikes - 1000) < 5 * np.sqrt(1000)


def test_same_seed_gives_the_same_spikes(run):
    def once(seed):
        brian2.seed(seed)
        pool = PoissonPool(100, 10 * Hz, name="pool")
        spikes = SpikeMonitor(pool)
        run(pool, spikes, duration=100 * ms)
        assert spikes.num_spikes > 50
        return [*spikes.i, *np.array(spikes.t)]

    assert once(3) == once(3)
    assert once(3) != once(4)


@pytest.mark.parametrize(
    ("n", "rate", "said"), [(0, 5, "n = 0"), (2.5, 5, "n = 2.5"), (10, -1, "rate = -1"), (10, 11, "10. Hz at most")]
)
def test_what_a_pool_cannot_be(n, rate, said):
    with pytest.raises(ValueError, match=said):
        PoissonPool(n, rate * Hz)
