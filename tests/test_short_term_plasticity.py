"""Short-term plasticity: the event-driven form against recursions and a clock-driven form; what STF and STD read."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import StateMonitor, ms

from burstlab.models import ParameterError, std_parameters, stf_parameters
from burstlab.models import short_term_plasticity as stp

DT = 0.1e-3
KINDS = pytest.mark.parametrize("parameters", [stf_parameters(), std_parameters()], ids=["STF", "STD"])


def releases(run, forced, parameters, train):
    """Release at every spike of `train` (steps, cells), as {cell: array}."""
    cells, namespace = forced(stp.EQUATIONS, {"spike": train}, reset=stp.ON_SPIKE, dtype=stp.DTYPE)
    stp.rest(cells, parameters)
    states = StateMonitor(cells, "release", record=True, when="end")
    run(cells, states, duration=len(train) * DT * 1e3 * ms, namespace=namespace)
    return {cell: np.asarray(states.release[cell])[train[:, cell]] for cell in range(train.shape[1])}


def clock_driven(parameters, train):
    """x and u moved on in every step, one cell; the release takes both as they are before their jumps."""
    U, f = float(parameters.U), float(parameters.f)
    decay_x, decay_u = np.exp(-DT / float(parameters.tau_D)), np.exp(-DT / float(parameters.tau_F))
    x, u, out = 1.0, U, []
    for spike in train:
        if spike:
            out.append(u * x)
            x, u = x - u * x, u + f * (1 - u)
        x, u = 1 - (1 - x) * decay_x, U + (u - U) * decay_u
    return np.array(out)


def regular_train(interval, n_spikes):
    train = np.zeros((interval * n_spikes + 1, 1), dtype=bool)
    train[::interval] = True
    return train


@KINDS
def test_random_trains_agree_with_the_clock_driven_form(run, forced, rng, parameters):
    train = rng.random((20000, 10)) < np.linspace(2, 60, 10) * DT
    got = releases(run, forced, parameters, train)
    assert sum(map(len, got.values())) > 200
    for cell, values in got.items():
        assert len(values) >= 1
        # Exact decay in both; rounding of some 10^4 products.
        np.testing.assert_allclose(values, clock_driven(parameters, train[:, cell]), rtol=1e-9)


@KINDS
@pytest.mark.parametrize("interval_ms", [5, 50])
def test_regular_train_agrees_with_the_closed_form(run, forced, parameters, interval_ms):
    train = regular_train(interval_ms * 10, 40)
    got = releases(run, forced, parameters, train)[0]
    T = interval_ms * 1e-3
    U, f = float(parameters.U), float(parameters.f)
    E_F, E_D = np.exp(-T / float(parameters.tau_F)), np.exp(-T / float(parameters.tau_D))
    # u before spike n is geometric: u_(n+1) - u* = (1 - f) E_F (u_n - u*).
    u_limit = (U * (1 - E_F) + f * E_F) / (1 - (1 - f) * E_F)
    u = u_limit + (U - u_limit) * ((1 - f) * E_F) ** np.arange(len(got))
    x_limit = (1 - E_D) / (1 - (1 - u_limit) * E_D)
    assert len(got) == 41
    np.testing.assert_allclose(got[0], U, rtol=1e-12)
    # u contracts by at most 0.9 a spike here: 40 spikes leave (1 - f)^40 E_F^40 < 2 % of its distance at 5 ms (STD:
    # 1.2 %); so the limit is compared with the recursion of x on the closed form of u, and the last with the limit.
    x, expected = 1.0, []
    for u_n in u:
        expected.append(u_n * x)
        x = 1 - (1 - x * (1 - u_n)) * E_D
    np.testing.assert_allclose(got, expected, rtol=1e-9)
    np.testing.assert_allclose(got[-1], u_limit * x_limit, rtol=0.05)


def test_facilitating_release_grows_in_a_burst_and_depressing_release_does_not(run, forced):
    train = regular_train(80, 1)  # two spikes, 8 ms apart
    first, second = releases(run, forced, stf_parameters(), train)[0]
    # u: 0.02 -> 0.02 + 0.098 exp(-0.08); x: 1 - 0.02 exp(-0.08)
    ratio = (0.02 + 0.098 * np.exp(-0.08)) * (1 - 0.02 * np.exp(-0.08)) / 0.02
    np.testing.assert_allclose(second / first, ratio, rtol=1e-9)
    assert second > 5 * first
    first, second = releases(run, forced, std_parameters(), train)[0]
    # u: 0.9 -> 0.9 + 0.01 exp(-0.008); x: 1 - 0.9 exp(-0.4)
    ratio = (0.9 + 0.01 * np.exp(-0.008)) * (1 - 0.9 * np.exp(-0.4)) / 0.9
    np.testing.assert_allclose(second / first, ratio, rtol=1e-9)
    assert second < 0.5 * first


@KINDS
def test_release_uses_the_old_u_and_recovers_at_rest(run, forced, parameters):
    train = np.zeros((200, 1), dtype=bool)
    train[100] = True
    np.testing.assert_allclose(releases(run, forced, parameters, train)[0], [float(parameters.U)], rtol=1e-12)


@KINDS
def test_state_stays_between_zero_and_one(run, forced, rng, parameters):
    got = releases(run, forced, parameters, rng.random((5000, 5)) < 0.05)
    values = np.concatenate(list(got.values()))
    assert len(values) > 500
    assert np.all((values > 0) & (values <= 1))


def test_two_kinds_in_one_cell_are_what_each_is_alone(run, forced, rng):
    train = rng.random((5000, 6)) < np.linspace(5, 80, 6) * DT
    kinds = {"_std": std_parameters(), "_stf": stf_parameters()}
    part = stp.cell_part(*kinds)
    cells, namespace = forced(part.equations, {"spike": train}, reset=part.on_spike, dtype=part.dtype)
    for suffix, parameters in kinds.items():
        stp.rest(cells, parameters, suffix)
    states = StateMonitor(cells, ["release_std", "release_stf"], record=True, when="end")
    run(cells, states, duration=len(train) * DT * 1e3 * ms, namespace=namespace)
    for suffix, parameters in kinds.items():
        for cell in range(6):
            got = np.asarray(getattr(states, f"release{suffix}")[cell])[train[:, cell]]
            assert len(got) >= 1
            np.testing.assert_allclose(got, clock_driven(parameters, train[:, cell]), rtol=1e-9)


def test_values_of_a_run_are_what_rest_sets(run, forced):
    parameters = std_parameters()
    cells, _ = forced(
        stp.cell_part("_std").equations, {"spike": np.zeros((1, 2), dtype=bool)}, dtype=stp.cell_part("_std").dtype
    )
    stp.rest(cells, parameters, "_std")
    given = stp.resting("cells", parameters, "_std")
    assert set(given) == {f"cells.{name}_std" for name in ("tau_D", "tau_F", "U", "f", "u")}
    for name, value in given.items():
        np.testing.assert_allclose(np.asarray(cells.variables[name.split(".")[1]].get_value()), value, rtol=1e-12)


def test_facilitation_of_the_published_program_is_a_jump_of_its_rest_value():
    for parameters in (std_parameters(), stf_parameters()):
        assert stp.facilitated(parameters, "text") == parameters
        assert stp.facilitated(parameters, "program").f == parameters.U
    with pytest.raises(ParameterError, match="facilitation = none"):
        stp.facilitated(parameters, "none")


def test_release_probability_may_change_while_cells_run(run, forced):
    """Spikes half a second apart: u is at its resting value at each of them."""
    times = [100, 5100, 10100]
    train = np.zeros((10101, 1), dtype=bool)
    train[times] = True
    cells, namespace = forced(stp.EQUATIONS, {"spike": train}, reset=stp.ON_SPIKE, dtype=stp.DTYPE)
    stp.rest(cells, stf_parameters())
    cells.run_regularly("U = 0.02 + 0.01*int(t > 0.3*second)", dt=10 * ms, name="modulation")
    states = StateMonitor(cells, "release", record=True, when="end")
    run(cells, states, duration=len(train) * DT * 1e3 * ms, namespace=namespace)
    # What is left of a jump of 0.1 after five time constants, and of x = 0.98 likewise.
    np.testing.assert_allclose(np.asarray(states.release[0])[times], [0.02, 0.03, 0.03], atol=0.1 * np.exp(-5))
