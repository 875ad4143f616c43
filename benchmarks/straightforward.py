"""The XOR network as one would first write it in Brian2: the yardstick of xor_speed.py.

One NeuronGroup with refractoriness by Brian2, one PoissonInput per source and population, one Synapses object per
projection with its own traces, default compiler flags, double precision. It is not part of the package.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from brian2 import (
    Equations,
    Hz,
    Network,
    NeuronGroup,
    PoissonInput,
    Synapses,
    TimedArray,
    defaultclock,
    get_device,
    ms,
    mV,
    nS,
    pA,
    pF,
    prefs,
    second,
    seed,
    set_device,
)
from joblib import cpu_count

PARAMETERS = {
    "E_L": -70 * mV, "tau_s": 16 * ms, "C_s": 370 * pF, "b": 200 * pA, "tau_ws": 100 * ms, "V_T": -50 * mV,
    "tau_theta": 27 * ms, "tau_d": 7 * ms, "C_d": 170 * pF, "a": 13 * nS, "tau_wd": 30 * ms, "E_d": -57 * mV,
    "D_d": 6 * mV, "E_exc": 0 * mV, "E_inh": -80 * mV, "tau_exc": 5 * ms, "tau_inh": 10 * ms, "tau_avg": 2 * second,
    "tau_pre": 100 * ms, "e_min": 2 * Hz, "e_max": 10 * Hz, "tau_rate": 30 * second, "refractory_time": 20 * ms,
}  # fmt: skip

CELL = Equations("""
    dv_s/dt = (E_L - v_s + g_exc_s*(E_exc - v_s) + g_inh_s*(E_inh - v_s))/tau_s + (I_s - b*w_s)/C_s : volt
    dw_s/dt = -w_s/tau_ws : 1
    dtheta/dt = (V_T - theta)/tau_theta : volt
    dv_d/dt = (E_L - v_d + g_exc_d*(E_exc - v_s) + g_inh_d*(E_inh - v_s))/tau_d + (I_d - a*w_d)/C_d : volt
    dw_d/dt = (v_d - E_L - w_d)/tau_wd : volt
    dg_exc_s/dt = -g_exc_s/tau_exc : 1
    dg_inh_s/dt = -g_inh_s/tau_inh : 1
    dg_exc_d/dt = -g_exc_d/tau_exc : 1
    dg_inh_d/dt = -g_inh_d/tau_inh : 1
    dE_bar/dt = -E_bar/tau_avg : Hz
    dB_bar/dt = -B_bar/tau_avg : Hz
    drate/dt = -rate/tau_rate : Hz
    dx/dt = -x/tau_trace : 1
    H = clip(e_max/E_bar - 1, -1, 0) : 1
    t_free : second
    t_burst : second
    I_s : amp
    I_d : amp
    """)


def population(name: str, n: int, somatic: float, dendritic: float) -> NeuronGroup:
    """One population of reduced cells."""
    group = NeuronGroup(
        n,
        CELL,
        events={"event": "v_s > theta and t > t_free", "burst": "t > t_burst"},
        method="euler",
        namespace=PARAMETERS | {"tau_trace": PARAMETERS["tau_pre"]},
        name=name,
    )
    for event in group.events:
        group.set_event_schedule(event, when="thresholds")
    group.run_on_event(
        "event",
        """
        v_s = E_L
        theta += 2*mV
        w_s += 1
        t_free = t + refractory_time
        u = rand()
        t_burst = t + 5*ms + 10*ms*rand() + int(u > 1/(1 + exp(-(v_d - E_d)/D_d)))*1e9*second
        E_bar += 1/tau_avg
        rate += 1/tau_rate
        x += 1
        """,
        when="resets",
    )
    group.run_on_event(
        "burst",
        """
        t_free = t + refractory_time
        t_burst = 1e9*second
        B_bar += 1/tau_avg
        rate += 1/tau_rate
        """,
        when="resets",
    )
    group.v_s = group.v_d = group.theta = "E_L"
    group.theta = "V_T"
    group.t_free, group.t_burst = -1 * second, 1e9 * second
    group.E_bar, group.B_bar, group.rate = 5 * Hz, 1 * Hz, 0.1 * Hz
    group.I_s, group.I_d = somatic * pA, dendritic * pA
    return group


def plastic(source: NeuronGroup, target: NeuronGroup, eta: float, p: float, switch: TimedArray) -> Synapses:
    """One plastic projection."""
    synapses = Synapses(
        source,
        target,
        "w : 1",
        on_pre={
            "transmit": "g_exc_s_post += w",
            "homeostasis": "w = clip(w + M(t)*eta*clip(e_min - rate_post, 0*Hz, e_min)/Hz, 0, 1)",
        },
        on_post={
            "event": "w = clip(w + M(t)*eta*(-clip(B_bar_post/E_bar_post, 0, 1) + H_post)*x_pre, 0, 1)",
            "burst": "w = clip(w + M(t)*eta*(1 + H_post)*x_pre, 0, 1)",
        },
        on_event={"transmit": "event", "homeostasis": "event", "event": "event", "burst": "burst"},
        namespace=PARAMETERS | {"eta": eta, "M": switch},
        name=f"plastic_{source.name}_{target.name}",
    )
    synapses.connect(p=p)
    synapses.w = 0.234
    return synapses


def fixed(source: NeuronGroup, target: NeuronGroup, receptor: str, w: float, event: str, p: float) -> Synapses:
    """One projection with fixed weights."""
    synapses = Synapses(
        source,
        target,
        on_pre={"pre": f"{receptor}_post += {w}"},
        on_event={"pre": event},
        name=f"{receptor}_{source.name}_{target.name}",
    )
    synapses.connect(p=p)
    return synapses


def network(n: int) -> Network:
    """Five populations, input (1, 0), plasticity in the last tenth of every 8 s."""
    defaultclock.dt = 0.1 * ms
    p = 100 / n
    switch = TimedArray([0, 0, 0, 0, 0, 0, 0, 0, 0, 1] * 1000, dt=0.8 * second, name="plasticity_on")
    cells = {
        "input1": population("input1", n, 150, 0),
        "input2": population("input2", n, -350, 0),
        "hidden1": population("hidden1", n, 0, 0),
        "hidden2": population("hidden2", n, 0, 500),
        "output": population("output", n, 0, 400),
    }
    objects: list = list(cells.values())
    background = {"input": (500, 0.35, 0.35), "hidden": (150, 0.385, 0.49), "output": (150, 0.35, 0.35)}
    for name, group in cells.items():
        rate, exc, inh = background[name.rstrip("12")]
        for receptor, hertz, weight in (
            ("g_exc_s", rate, exc), ("g_inh_s", rate, inh), ("g_exc_d", 500, 0.05), ("g_inh_d", 500, 0.05),
        ):  # fmt: skip
            objects.append(PoissonInput(group, receptor, 1, hertz * Hz, weight))
    for source, target, eta in (
        ("input1", "hidden1", 8e-3), ("input2", "hidden1", 8e-3), ("input1", "hidden2", 8e-3),
        ("input2", "hidden2", 8e-3), ("hidden1", "output", 4e-3), ("hidden2", "output", 4e-3),
    ):  # fmt: skip
        objects.append(plastic(cells[source], cells[target], eta, p, switch))
        objects.append(fixed(cells[source], cells[target], "g_inh_s", 0.25, "event", p))
    for target, exc, inh in (("hidden1", 0.26, 0.06), ("hidden2", 0.026, 0.27)):
        objects.append(fixed(cells["output"], cells[target], "g_exc_d", exc, "burst", p))
        objects.append(fixed(cells["output"], cells[target], "g_inh_d", inh, "burst", p))
    return Network(*objects)


def main(folder: Path, duration: float, n: int) -> None:
    """Build in `folder` and run; print compile time, simulated time per wall second."""
    set_device("cpp_standalone", build_on_run=False)
    # Brian2 starts a compiler for each of some 200 files at once.
    usable = cpu_count()
    prefs.devices.cpp_standalone.extra_make_args_unix = [f"-j{usable}"]
    seed(1)
    net = network(n)
    net.run(duration * second, namespace={})
    device = get_device()
    began = time.perf_counter()
    device.build(directory=str(folder), run=False, compile=True, with_output=False)
    compiled = time.perf_counter()
    device.run(with_output=False)
    print(f"{compiled - began:.3f} {duration / device._last_run_time:.4f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
