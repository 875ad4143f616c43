"""Poisson background on every backend: counts against the Poisson distribution, independence, and PoissonInput."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from brian2 import Hz, Network, NeuronGroup, PoissonInput, StateMonitor, ms, prefs, second
from scipy import stats

from burstlab.experiments.catalogue import EXPERIMENTS
from burstlab.models.background import PoissonDrive, Source
from burstlab.models.parameters import walk, with_changes

N, RATE_EXC, RATE_INH, SECONDS, BIN_MS = 1000, 200, 90, 1.0, 20
BACKENDS = ["numpy", pytest.param("cython", marks=pytest.mark.long), "cpp"]

# g never decays, so it counts arrivals in units of the weight; cells 900 to 999 get no inhibition, 0 to 99 a second
# excitatory source, and the last source has rate zero.
SCRIPT = """
import sys
import numpy as np
import brian2
from brian2 import Hz, Network, NeuronGroup, StateMonitor, ms, prefs, second, set_device
from burstlab.models.background import PoissonDrive, Source

backend, out, n, exc, inh, seconds, bin_ms = sys.argv[1], sys.argv[2], *map(float, sys.argv[3:])
n = int(n)
if backend == "cpp":
    set_device("cpp_standalone", directory="code", build_on_run=True)
else:
    prefs.codegen.target = backend
brian2.seed(7)
cells = NeuronGroup(n, "g_exc : 1\\ng_inh : 1\\nsilent : 1", name="cells")
drive = PoissonDrive(cells, [
    Source(receptor="g_exc", start=0, stop=n, rate=exc*Hz, weight=0.25),
    Source(receptor="g_exc", start=0, stop=100, rate=50*Hz, weight=0.25),
    Source(receptor="g_inh", start=0, stop=900, rate=inh*Hz, weight=0.5),
    Source(receptor="silent", start=0, stop=n, rate=0*Hz, weight=1.0),
])
states = StateMonitor(cells, ["g_exc", "g_inh", "silent"], record=True, dt=bin_ms*ms)
Network(cells, drive, states).run((seconds + bin_ms*1e-3)*second, namespace={})
np.savez(out, exc=states.g_exc/0.25, inh=states.g_inh/0.5, silent=states.silent)
"""


@pytest.fixture(scope="module", params=BACKENDS)
def arrivals(request, python, tmp_path_factory):
    """Arrivals of each cell since the start, shape (cells, bins + 1), of each backend."""
    folder: Path = tmp_path_factory.mktemp(f"background_{request.param}")
    python(SCRIPT, request.param, folder / "counts.npz", N, RATE_EXC, RATE_INH, SECONDS, BIN_MS, cwd=folder)
    with np.load(folder / "counts.npz") as found:
        return {name: found[name] for name in found}


def totals(arrivals):
    """Arrivals in the whole run: excitation and inhibition of the cells with just one source each."""
    return arrivals["exc"][100:, -1], arrivals["inh"][:900, -1]


def test_arrivals_are_whole_and_only_add(arrivals):
    for name in ("exc", "inh"):
        np.testing.assert_array_equal(arrivals[name], np.rint(arrivals[name]))
        assert np.all(np.diff(arrivals[name]) >= 0)
        assert np.all(arrivals[name][:, 0] == 0)


def test_mean_count_is_rate_times_time(arrivals):
    for counts, rate in zip(totals(arrivals), (RATE_EXC, RATE_INH), strict=True):
        expected = rate * SECONDS * len(counts)
        # The sum over cells is Poisson itself: 5 sigma.
        assert abs(counts.sum() - expected) < 5 * np.sqrt(expected)


def test_variance_of_counts_is_their_mean(arrivals):
    for counts, rate in zip(totals(arrivals), (RATE_EXC, RATE_INH), strict=True):
        mean = rate * SECONDS
        # sd of the sample variance of n Poisson numbers: sqrt((mean + 2 mean^2)/n); 5 sigma.
        assert abs(counts.var(ddof=1) - mean) < 5 * np.sqrt((mean + 2 * mean**2) / len(counts))


def test_counts_follow_the_poisson_distribution(arrivals):
    per_bin = np.diff(arrivals["exc"][100:]).ravel()
    mean = RATE_EXC * BIN_MS * 1e-3
    observed = np.bincount(per_bin.astype(int), minlength=12)
    observed = np.append(observed[:11], observed[11:].sum())
    expected = stats.poisson.pmf(np.arange(11), mean)
    expected = np.append(expected, 1 - expected.sum()) * len(per_bin)
    assert expected.min() > 20
    # 5 sigma of a normal distribution, two-sided.
    assert stats.chisquare(observed, expected).pvalue > 5.7e-7


def test_sources_of_one_receptor_add(arrivals):
    counts = arrivals["exc"][:100, -1]
    expected = (RATE_EXC + 50) * SECONDS * 100
    assert abs(counts.sum() - expected) < 5 * np.sqrt(expected)


def test_cells_outside_a_source_get_nothing(arrivals):
    assert np.all(arrivals["inh"][900:] == 0)
    assert np.all(arrivals["inh"][:900, -1] > 0)  # P(no arrival) = exp(-90)


def test_rate_of_zero_gives_nothing(arrivals):
    assert arrivals["silent"].shape == arrivals["exc"].shape
    assert np.all(arrivals["silent"] == 0)


def test_sources_are_independent(arrivals):
    exc, inh = arrivals["exc"][100:900, -1], arrivals["inh"][100:900, -1]
    # A correlation coefficient of n independent pairs has sd 1/sqrt(n): 5 sigma.
    assert abs(np.corrcoef(exc, inh)[0, 1]) < 5 / np.sqrt(len(exc))
    # The same in time: population counts of bins.
    exc, inh = np.diff(arrivals["exc"][100:].sum(axis=0)), np.diff(arrivals["inh"].sum(axis=0))
    assert abs(np.corrcoef(exc, inh)[0, 1]) < 5 / np.sqrt(len(exc))


def test_cells_are_independent(arrivals):
    per_bin = np.diff(arrivals["exc"][100:])
    standard = per_bin - RATE_EXC * BIN_MS * 1e-3
    pairs = (standard[:-1] * standard[1:]).ravel() / (RATE_EXC * BIN_MS * 1e-3)
    # Neighbours: products of independent numbers of variance 1 have mean 0 and variance 1; 5 sigma.
    assert abs(pairs.mean()) < 5 / np.sqrt(len(pairs))
    # All cells together: the population count of a bin is Poisson, its variance its mean.
    population = per_bin.sum(axis=0)
    mean, bins = RATE_EXC * BIN_MS * 1e-3 * len(per_bin), len(population)
    assert abs(np.mean((population - mean) ** 2) - mean) < 5 * np.sqrt((mean + 2 * mean**2) / bins)


def test_steps_are_independent(arrivals):
    per_bin = np.diff(arrivals["exc"][100:]) - RATE_EXC * BIN_MS * 1e-3
    products = (per_bin[:, :-1] * per_bin[:, 1:]).ravel() / (RATE_EXC * BIN_MS * 1e-3)
    assert abs(products.mean()) < 5 / np.sqrt(len(products))


def test_agrees_with_poisson_input(arrivals, run):
    cells = NeuronGroup(N, "g : 1")
    run(cells, PoissonInput(cells, "g", N=1, rate=RATE_EXC * Hz, weight=1), duration=SECONDS * second)
    # Two samples of one distribution (PoissonInput's variance is 2 % smaller: at most one arrival a step). 5 sigma.
    assert stats.ks_2samp(totals(arrivals)[0], cells.g[:]).pvalue > 5.7e-7


@pytest.mark.parametrize("target", BACKENDS[:2])
def test_two_arrivals_in_one_cell_and_step_both_count(target):
    prefs.codegen.target = target
    cells = NeuronGroup(1, "g : 1")
    drive = PoissonDrive(cells, [Source(receptor="g", start=0, stop=1, rate=1e6 * Hz, weight=1.0)])
    states = StateMonitor(cells, "g", record=0)
    Network(cells, drive, states).run(20 * ms, namespace={})
    # 100 arrivals expected a step, 2 * 10^4 in all: 5 sigma.
    assert abs(cells.g[0] - 2e4) < 5 * np.sqrt(2e4)


def test_rate_and_weight_can_be_changed(run):
    cells = NeuronGroup(10, "g : 1")
    drive = PoissonDrive(cells, [Source(receptor="g", start=0, stop=10, rate=100 * Hz, weight=1.0)])
    network = run(cells, drive, duration=0 * ms)
    drive.rate = 0 * Hz
    network.run(50 * ms, namespace={})
    assert np.all(cells.g[:] == 0)
    drive.rate, drive.weight = 1000 * Hz, 3.0
    network.run(50 * ms, namespace={})
    assert np.all(cells.g[:] > 0)
    assert np.all(cells.g[:] % 3 == 0)


def test_same_seed_gives_the_same_arrivals(run):
    import brian2

    def once(seed):
        brian2.seed(seed)
        cells = NeuronGroup(50, "g : 1")
        drive = PoissonDrive(cells, [Source(receptor="g", start=0, stop=50, rate=300 * Hz, weight=1.0)])
        run(cells, drive, duration=50 * ms)
        return np.array(cells.g)

    assert np.array_equal(once(3), once(3))
    assert not np.array_equal(once(3), once(4))


def test_unknown_receptor_and_cells_are_refused():
    cells = NeuronGroup(10, "g : 1")
    with pytest.raises(KeyError, match="g_excite"):
        PoissonDrive(cells, [Source(receptor="g_excite", start=0, stop=10, rate=1 * Hz, weight=1.0)])
    with pytest.raises(ValueError, match="0 to 11"):
        PoissonDrive(cells, [Source(receptor="g", start=0, stop=11, rate=1 * Hz, weight=1.0)])


# ---- what experiments ask for ----------------------------------------------------------------------------------------


def _preset(experiment):
    """The first one, or one whose interneurons have a background too."""
    return experiment.presets.get("full_cells", next(iter(experiment.presets.values())))


def _numbers(text, experiment):
    """{parameter: a number of its own} for every background parameter of a kind, and the config that has them."""
    config = _preset(experiment)
    names = [name for name, _, _ in walk(config) if name.startswith(f"background_{text}")]
    numbers = {name: 1 + k / 64 for k, name in enumerate(names)}  # exact in float32
    units = {name: known.unit for name, known, _ in walk(config)}
    changes = {name: number if units[name] is None else number * units[name] for name, number in numbers.items()}
    return with_changes(config, changes), numbers


WITH_BACKGROUND = ("learn", "response_curves", "multiplexing", "xor", "working_point", "xor_full")


@pytest.mark.parametrize("name", WITH_BACKGROUND)
def test_an_experiment_s_rates_and_weights_are_those_of_its_parameters(name):
    """Each background parameter has a number of its own: all of them arrive as they are, and no others."""
    experiment = EXPERIMENTS[name]
    for kinds, variable in ((("rate",), "rate"), (("exc", "inh"), "weight")):
        for kind in kinds:
            config, numbers = _numbers(kind, experiment)
            assert numbers
            values = experiment.values(config, 1)
            found = [values[key] for key in values if key.endswith(f"background.{variable}")]
            arrived = set(np.concatenate([np.atleast_1d(value) for value in found]).tolist())
            others = set() if variable == "rate" else set(_others(kind, experiment))
            assert arrived - others == set(numbers.values())


def _others(kind, experiment):
    """The weights of the other sign, which are as they were."""
    config = _preset(experiment)
    other = {"exc": "inh", "inh": "exc"}[kind]
    return [float(value) for name, _, value in walk(config) if name.startswith(f"background_{other}")]


def test_these_are_all_that_have_a_background():
    having = {
        name
        for name, experiment in EXPERIMENTS.items()
        if any(key.startswith("background_rate") for key, _, _ in walk(next(iter(experiment.presets.values()))))
    }
    assert having == set(WITH_BACKGROUND)


@pytest.mark.parametrize(
    ("name", "parameter", "variables"),
    [
        ("plasticity_network", "pool_rate", ("pool_exc.rate", "pool_inh.rate")),
        ("plasticity_network", "teacher_rate", ("teacher.rate",)),
        ("transfer", "rate", ("pool_exc.rate", "pool_inh.rate")),
    ],
)
def test_pools_fire_at_the_rate_that_is_asked_for(name, parameter, variables):
    config = with_changes(next(iter(EXPERIMENTS[name].presets.values())), {parameter: "3.25 Hz"})
    values = EXPERIMENTS[name].values(config, 1)
    assert [float(values[variable]) for variable in variables] == [3.25] * len(variables)
