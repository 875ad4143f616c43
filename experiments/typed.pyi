# Written by tests/stubs.py from the parameter sets of the experiments; changes belong there.
# A type checker refuses a parameter that the experiment has not. Other experiments than these, by the name of a package
# or a file, are given as a `Path`, or without parameters.
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, TypedDict, Unpack, overload

from .runs.fit_result import FitResult
from .runs.ranges import Over
from .runs.result import Result
from .runs.runner import Progress
from .runs.sensitivity_result import SensitivityResult
from .runs.sweep_result import SweepResult

# A Quantity, which is an array to pyright; Brian2 has no types.
class _WithUnit(Protocol):
    @property
    def shape(self) -> Any: ...

_Quantity = _WithUnit | str
_Number = float | _WithUnit | str

class _current_steps(TypedDict, total=False):
    somatic_current: _Quantity | Sequence[_Quantity]
    """step into the soma, one per cell or one for all (one or more values, -5000 to 10000 pA)"""
    dendritic_current: _Quantity | Sequence[_Quantity]
    """step into the dendrite, one per cell or one for all (one or more values, -5000 to 10000 pA)"""
    onset: _Quantity
    """begin of the step (0 to 10000 ms, a whole number of dt)"""
    step_duration: _Quantity
    """length of the step (1 to 10000 ms, a whole number of dt)"""
    duration: _Quantity
    """simulated time (1 to 30000 ms, a whole number of dt)"""
    dt: _Quantity
    """time step (0.005 to 0.5 ms)"""
    E_L: _Quantity
    """leak reversal and reset potential (-100 to -40 mV)"""
    tau_s: _Quantity
    """somatic membrane time constant (1 to 100 ms)"""
    C_s: _Quantity
    """somatic capacitance (10 to 5000 pF)"""
    b: _Quantity
    """somatic adaptation at each reset (0 to 5000 pA)"""
    tau_ws: _Quantity
    """time constant of somatic adaptation (1 to 2000 ms)"""
    V_T: _Quantity
    """resting spike threshold (-70 to 0 mV)"""
    delta_theta: _Quantity
    """rise of the threshold at each reset (0 to 30 mV)"""
    tau_theta: _Quantity
    """decay of the threshold (1 to 500 ms)"""
    tau_d: _Quantity
    """dendritic membrane time constant (1 to 100 ms)"""
    C_d: _Quantity
    """dendritic capacitance (10 to 5000 pF)"""
    a: _Quantity
    """subthreshold dendritic adaptation (0 to 200 nS)"""
    tau_wd: _Quantity
    """time constant of dendritic adaptation (1 to 500 ms)"""
    E_d: _Quantity
    """half-activation of the dendritic calcium current (-80 to 0 mV)"""
    D_d: _Quantity
    """slope of its activation (0.5 to 30 mV)"""
    g_s: _Quantity
    """coupling from dendrite to soma (0 to 10000 pA)"""
    g_d: _Quantity
    """regenerative dendritic current (0 to 10000 pA)"""
    c_d: _Quantity
    """back-propagating action potential in the dendrite (0 to 20000 pA)"""
    K_duration: _Quantity
    """its length (0 to 50 ms)"""
    burst_interval: _Quantity
    """spikes closer than this belong to one burst (1 to 100 ms)"""

class _response_curves(TypedDict, total=False):
    somatic_current: _Quantity | Sequence[_Quantity]
    """into the soma at the working points, one per point or one for all (one or more values, -5000 to 10000 pA)"""
    dendritic_current: _Quantity | Sequence[_Quantity]
    """into the dendrite at the working points, one per point or one for all"""
    somatic_sweep: _Quantity | Sequence[_Quantity]
    """somatic currents of the f-I curves (one or more values, -5000 to 10000 pA)"""
    dendritic_sweep: _Quantity | Sequence[_Quantity]
    """dendritic currents of the BP curves (one or more values, -5000 to 10000 pA)"""
    cells_per_current: int | str
    """cells for each pair of currents (1 to 10000)"""
    settling: _Quantity
    """time before anything counts (0 to 10000 ms, a whole number of dt)"""
    duration: _Quantity
    """simulated time, settling included (10 to 600000 ms, a whole number of dt)"""
    dt: _Quantity
    """time step (0.005 to 0.5 ms)"""
    driving_force: Literal["somatic", "local"]
    """voltage that dendritic synapses see (somatic | local)"""
    E_L: _Quantity
    """leak reversal and reset potential (-100 to -40 mV)"""
    tau_s: _Quantity
    """somatic membrane time constant (1 to 100 ms)"""
    C_s: _Quantity
    """somatic capacitance (10 to 5000 pF)"""
    b: _Quantity
    """somatic adaptation at each reset (0 to 5000 pA)"""
    tau_ws: _Quantity
    """time constant of somatic adaptation (1 to 2000 ms)"""
    V_T: _Quantity
    """resting spike threshold (-70 to 0 mV)"""
    delta_theta: _Quantity
    """rise of the threshold at each reset (0 to 30 mV)"""
    tau_theta: _Quantity
    """decay of the threshold (1 to 500 ms)"""
    tau_d: _Quantity
    """dendritic membrane time constant (1 to 100 ms)"""
    C_d: _Quantity
    """dendritic capacitance (10 to 5000 pF)"""
    a: _Quantity
    """subthreshold dendritic adaptation (0 to 200 nS)"""
    tau_wd: _Quantity
    """time constant of dendritic adaptation (1 to 500 ms)"""
    E_d: _Quantity
    """half-activation of the dendritic calcium current (-80 to 0 mV)"""
    D_d: _Quantity
    """slope of its activation (0.5 to 30 mV)"""
    g_s: _Quantity
    """coupling from dendrite to soma (0 to 10000 pA)"""
    g_d: _Quantity
    """regenerative dendritic current (0 to 10000 pA)"""
    c_d: _Quantity
    """back-propagating action potential in the dendrite (0 to 20000 pA)"""
    K_duration: _Quantity
    """its length (0 to 50 ms)"""
    burst_interval: _Quantity
    """spikes closer than this belong to one burst (1 to 100 ms)"""
    E_exc: _Quantity
    """reversal of excitation (-50 to 60 mV)"""
    E_inh: _Quantity
    """reversal of inhibition (-100 to -40 mV)"""
    tau_exc: _Quantity
    """decay of excitation (0.5 to 200 ms)"""
    tau_inh: _Quantity
    """decay of inhibition (0.5 to 200 ms)"""
    background_rate_s: _Quantity
    """somatic background, each source (0 to 5000 Hz)"""
    background_exc_s: _Number
    """its excitatory weight (leak) (0 to 10)"""
    background_inh_s: _Number
    """its inhibitory weight (leak) (0 to 10)"""
    background_rate_d: _Quantity
    """dendritic background, each source (0 to 5000 Hz)"""
    background_exc_d: _Number
    """its excitatory weight (leak) (0 to 10)"""
    background_inh_d: _Number
    """its inhibitory weight (leak) (0 to 10)"""

class _pairing(TypedDict, total=False):
    frequencies: _Quantity | Sequence[_Quantity]
    """periodic: frequencies of pairing, increasing; periods are whole steps (one or more values, 0.2 to 500 Hz)"""
    pairings: int | str
    """periodic: spikes in a train (1 to 100)"""
    trains: int | str
    """periodic: number of trains (1 to 1000)"""
    pause: _Quantity
    """periodic: pause between trains (0 to 100 s)"""
    rest: _Quantity
    """periodic: before the pause, beside a last period (0 to 100 s)"""
    onset: _Quantity
    """periodic: time of the first pairing, in the nearest step (1 to 1000 ms)"""
    rates: _Quantity | Sequence[_Quantity]
    """Poisson: firing rates of both cells, increasing (one or more values, 0.1 to 200 Hz)"""
    burst_probabilities: _Number | Sequence[_Number]
    """burst-Poisson: burst probabilities of both cells, increasing (one or more values, 0 to 1)"""
    event_rates: _Quantity | Sequence[_Quantity]
    """burst-Poisson: event rates of both cells (one or more values, 0.1 to 45 Hz)"""
    poisson_realisations: int | str
    """Poisson: synapses of each condition (2 to 5000)"""
    burst_realisations: int | str
    """burst-Poisson: synapses of each condition (2 to 5000)"""
    duration_poisson: _Quantity
    """length of both Poisson protocols (1 to 1000 s)"""
    dt: _Quantity
    """time step (0.01 to 1 ms)"""
    E_start: _Quantity
    """periodic and Poisson: E_bar at the start (0.1 to 100 Hz)"""
    P_start_periodic: _Number
    """periodic: P_bar at the start (0 to 1)"""
    P_start_poisson: _Number | Sequence[_Number]
    """Poisson: P_bar at the start, a curve each (one or more values, 0 to 1)"""
    P_start_burst_poisson: _Number
    """burst-Poisson: P_bar at the start (0 to 1)"""
    refractory_poisson: _Quantity
    """Poisson: refractory time (0 to 4.9 ms)"""
    refractory_event: _Quantity
    """burst-Poisson: refractory time before an event (0 to 100 ms)"""
    isi_min: _Quantity
    """burst-Poisson: shortest interval in a burst (0 to 15 ms)"""
    isi_max: _Quantity
    """burst-Poisson: longest interval in a burst (0 to 16 ms)"""
    burst_interval: _Quantity
    """spikes closer than this belong to one burst (1 to 100 ms)"""
    eta: _Number
    """learning rate (0 to 1)"""
    tau_avg: _Quantity
    """moving averages of event and burst rate (0.05 to 100 s)"""
    tau_eligibility: _Quantity
    """trace of presynaptic events (tau_pre) (1 to 1000 ms)"""

class _plasticity_network(TypedDict, total=False):
    n: int | str
    """cells per population (10 to 20000)"""
    inputs_per_cell: int | str
    """mean plastic synapses onto a cell (1 to 10000)"""
    dt: _Quantity
    """time step (0.01 to 0.5 ms)"""
    settling: _Quantity
    """time without plasticity (0 to 1000 s, a whole number of bin)"""
    segment: _Quantity
    """length of a segment (0.5 to 1000 s, a whole number of bin)"""
    bin: _Quantity
    """width of the bins of the record (10 to 10000 ms, a whole number of dt)"""
    transient: _Quantity
    """begin of a segment that its rates leave out (0 to 1000 s, a whole number of bin)"""
    delay: _Quantity
    """delay from pools and teacher; plastic synapses have none (0.01 to 20 ms, a whole number of dt)"""
    homeostasis: Literal["slow", "off", "fast", "range"]
    """rate that the term G acts on (slow | off | fast | range)"""
    driving_force: Literal["somatic", "local"]
    """voltage that dendritic synapses see (somatic | local)"""
    decay: Literal["exact", "euler"]
    """decay of conductances in a step: a factor exp(-dt/tau) or forward Euler (exact | euler)"""
    eta: _Number
    """learning rate (0 to 1)"""
    w_initial: _Number
    """plastic weights at the start (0 to 10)"""
    I_d_post: _Quantity
    """current into postsynaptic dendrites (-5000 to 5000 pA)"""
    I_d_pre: _Quantity | Sequence[_Quantity]
    """current into presynaptic dendrites in the segments (6 values, -5000 to 5000 pA)"""
    v_spread: _Quantity
    """standard deviation of the first somatic voltages (0 to 20 mV)"""
    teacher_n: int | str
    """sources (1 to 100000)"""
    teacher_p: _Number
    """connection probability (0 to 1)"""
    teacher_rate: _Quantity
    """rate of each source (0 to 20 Hz)"""
    teacher_w: _Number
    """weight while it neither teaches nor settles (0 to 10)"""
    teacher_factors: _Number | Sequence[_Number]
    """its weight in the segments, in units of w (6 values, 0 to 100)"""
    pool_n: int | str
    """sources in each pool (100 to 1000000)"""
    pool_inputs_exc: int | str
    """mean excitatory sources per compartment (1 to 10000)"""
    pool_inputs_inh: int | str
    """mean inhibitory sources per compartment (1 to 10000)"""
    pool_rate: _Quantity
    """rate of each source (0 to 20 Hz)"""
    pool_w_exc_to_soma: _Number
    """excitatory weight, somata (0 to 10)"""
    pool_w_exc_to_dendrite: _Number
    """excitatory weight, dendrites (0 to 10)"""
    pool_w_inh_to_soma: _Number
    """inhibitory weight, somata (0 to 10)"""
    pool_w_inh_to_dendrite: _Number
    """inhibitory weight, dendrites (0 to 10)"""
    E_L: _Quantity
    """leak reversal and reset potential (-100 to -40 mV)"""
    tau_s: _Quantity
    """somatic membrane time constant (1 to 100 ms)"""
    C_s: _Quantity
    """somatic capacitance (10 to 5000 pF)"""
    b: _Quantity
    """somatic adaptation at each reset (0 to 5000 pA)"""
    tau_ws: _Quantity
    """time constant of somatic adaptation (1 to 2000 ms)"""
    V_T: _Quantity
    """resting spike threshold (-70 to 0 mV)"""
    delta_theta: _Quantity
    """rise of the threshold at each reset (0 to 30 mV)"""
    tau_theta: _Quantity
    """decay of the threshold (1 to 500 ms)"""
    tau_d: _Quantity
    """dendritic membrane time constant (1 to 100 ms)"""
    C_d: _Quantity
    """dendritic capacitance (10 to 5000 pF)"""
    a: _Quantity
    """subthreshold dendritic adaptation (0 to 200 nS)"""
    tau_wd: _Quantity
    """time constant of dendritic adaptation (1 to 500 ms)"""
    E_d: _Quantity
    """half-activation of the dendritic calcium current (-80 to 0 mV)"""
    D_d: _Quantity
    """slope of its activation (0.5 to 30 mV)"""
    g_s: _Quantity
    """coupling from dendrite to soma (0 to 10000 pA)"""
    g_d: _Quantity
    """regenerative dendritic current (0 to 10000 pA)"""
    c_d: _Quantity
    """back-propagating action potential in the dendrite (0 to 20000 pA)"""
    K_duration: _Quantity
    """its length (0 to 50 ms)"""
    burst_interval: _Quantity
    """spikes closer than this belong to one burst (1 to 100 ms)"""
    E_exc: _Quantity
    """reversal of excitation (-50 to 60 mV)"""
    E_inh: _Quantity
    """reversal of inhibition (-100 to -40 mV)"""
    tau_exc: _Quantity
    """decay of excitation (0.5 to 200 ms)"""
    tau_inh: _Quantity
    """decay of inhibition (0.5 to 200 ms)"""
    tau_avg: _Quantity
    """moving averages of event and burst rate (0.05 to 100 s)"""
    tau_eligibility: _Quantity
    """eligibility trace of presynaptic events (tau_pre) (1 to 1000 ms)"""
    e_min: _Quantity
    """event rate below which all inputs are potentiated (0 to 50 Hz)"""
    e_max: _Quantity
    """event rate above which all inputs are depressed (0.1 to 100 Hz)"""
    w_min: _Number
    """smallest weight (0 to 10)"""
    w_max: _Number
    """largest weight (0 to 10)"""
    burst_window: _Quantity
    """wait for the burst of an event, where timing = window (1 to 100 ms)"""
    reference_events: _Number
    """events of a cell that its P_b averages over, where reference = slow (1 to 1000000)"""
    tau_rate: _Quantity
    """average of the spike rate for homeostasis (0.1 to 1000 s)"""

class _multiplexing(TypedDict, total=False):
    n: int | str
    """pyramidal cells per population (10 to 20000)"""
    n_pv: int | str
    """PV cells (1 to 20000)"""
    n_som: int | str
    """SOM cells (1 to 20000)"""
    dt: _Quantity
    """time step (0.01 to 0.5 ms)"""
    burn_in: _Quantity
    """time before the sines, not measured (0 to 100 s, a whole number of bin)"""
    measured: _Quantity
    """time with the sines, measured (0.1 to 1000 s, a whole number of bin)"""
    bin: _Quantity
    """width of the bins of rates (1 to 1000 ms, a whole number of dt)"""
    delay: _Quantity
    """delay of all projections (0.1 to 20 ms, a whole number of dt)"""
    facilitation: Literal["program", "text"]
    """jump of u at a spike: U (program) or f (text) (program | text)"""
    driving_force: Literal["somatic", "local"]
    """voltage that dendritic synapses see (somatic | local)"""
    I_s_amplitude: _Quantity
    """sine into the lower somata, amplitude (-5000 to 5000 pA)"""
    I_s_period: _Quantity
    """its period (10 to 100000 ms)"""
    I_d_amplitude: _Quantity
    """sine into the upper dendrites, amplitude (-5000 to 5000 pA)"""
    I_d_period: _Quantity
    """its period (10 to 100000 ms)"""
    I_d_upper: _Quantity
    """constant current into the upper dendrites (-5000 to 5000 pA)"""
    I_s_upper: _Quantity
    """constant current into the upper somata (-5000 to 5000 pA)"""
    I_d_lower: _Quantity
    """constant current into the lower dendrites (-5000 to 5000 pA)"""
    I_pv: _Quantity
    """constant current into PV cells (-5000 to 5000 pA)"""
    v_spread: _Quantity
    """standard deviation of the first somatic voltages (0 to 20 mV)"""
    w_lower_to_upper: _Number
    """weight, lower to upper somata, depressing (0 to 10)"""
    w_lower_to_pv: _Number
    """weight, lower to PV, depressing (0 to 10)"""
    w_pv_to_upper: _Number
    """weight, PV to upper somata (0 to 10)"""
    w_upper_to_lower: _Number
    """weight, upper to lower dendrites, facilitating (0 to 10)"""
    w_upper_to_som: _Number
    """weight, upper to SOM, facilitating (0 to 10)"""
    w_som_to_lower: _Number
    """weight, SOM to lower dendrites (0 to 10)"""
    w_within: _Number
    """weight, facilitating inhibition of dendrites within each population (0 to 10)"""
    p_lower_to_upper: _Number
    """connection probability, lower to upper (0 to 1)"""
    p_lower_to_pv: _Number
    """connection probability, lower to PV (0 to 1)"""
    p_pv_to_upper: _Number
    """connection probability, PV to upper (0 to 1)"""
    p_upper_to_lower: _Number
    """connection probability, upper to lower (0 to 1)"""
    p_upper_to_som: _Number
    """connection probability, upper to SOM (0 to 1)"""
    p_som_to_lower: _Number
    """connection probability, SOM to lower (0 to 1)"""
    p_within: _Number
    """connection probability, within each population (0 to 1)"""
    background_rate: _Quantity
    """rate of every background source (0 to 5000 Hz)"""
    background_exc_soma: _Number
    """excitatory weight, somata of pyramidal cells (0 to 10)"""
    background_inh_soma: _Number
    """inhibitory weight, somata of pyramidal cells (0 to 10)"""
    background_exc_dendrite: _Number
    """excitatory weight, their dendrites (0 to 10)"""
    background_inh_dendrite: _Number
    """inhibitory weight, their dendrites (0 to 10)"""
    background_exc_pv: _Number
    """excitatory weight, PV cells (0 to 10)"""
    background_inh_pv: _Number
    """inhibitory weight, PV cells (0 to 10)"""
    background_exc_som: _Number
    """excitatory weight, SOM cells (0 to 10)"""
    background_inh_som: _Number
    """inhibitory weight, SOM cells (0 to 10)"""
    E_L: _Quantity
    """leak reversal and reset potential (-100 to -40 mV)"""
    tau_s: _Quantity
    """somatic membrane time constant (1 to 100 ms)"""
    C_s: _Quantity
    """somatic capacitance (10 to 5000 pF)"""
    b: _Quantity
    """somatic adaptation at each reset (0 to 5000 pA)"""
    tau_ws: _Quantity
    """time constant of somatic adaptation (1 to 2000 ms)"""
    V_T: _Quantity
    """resting spike threshold (-70 to 0 mV)"""
    delta_theta: _Quantity
    """rise of the threshold at each reset (0 to 30 mV)"""
    tau_theta: _Quantity
    """decay of the threshold (1 to 500 ms)"""
    tau_d: _Quantity
    """dendritic membrane time constant (1 to 100 ms)"""
    C_d: _Quantity
    """dendritic capacitance (10 to 5000 pF)"""
    a: _Quantity
    """subthreshold dendritic adaptation (0 to 200 nS)"""
    tau_wd: _Quantity
    """time constant of dendritic adaptation (1 to 500 ms)"""
    E_d: _Quantity
    """half-activation of the dendritic calcium current (-80 to 0 mV)"""
    D_d: _Quantity
    """slope of its activation (0.5 to 30 mV)"""
    g_s: _Quantity
    """coupling from dendrite to soma (0 to 10000 pA)"""
    g_d: _Quantity
    """regenerative dendritic current (0 to 10000 pA)"""
    c_d: _Quantity
    """back-propagating action potential in the dendrite (0 to 20000 pA)"""
    K_duration: _Quantity
    """its length (0 to 50 ms)"""
    burst_interval: _Quantity
    """spikes closer than this belong to one burst (1 to 100 ms)"""
    E_exc: _Quantity
    """reversal of excitation (-50 to 60 mV)"""
    E_inh: _Quantity
    """reversal of inhibition (-100 to -40 mV)"""
    tau_exc: _Quantity
    """decay of excitation (0.5 to 200 ms)"""
    tau_inh: _Quantity
    """decay of inhibition (0.5 to 200 ms)"""
    std_tau_D: _Quantity
    """recovery from depression (1 to 10000 ms)"""
    std_tau_F: _Quantity
    """decay of facilitation (1 to 10000 ms)"""
    std_U: _Number
    """release probability at rest (0 to 1)"""
    std_f: _Number
    """facilitation at each spike (0 to 1)"""
    stf_tau_D: _Quantity
    """recovery from depression (1 to 10000 ms)"""
    stf_tau_F: _Quantity
    """decay of facilitation (1 to 10000 ms)"""
    stf_U: _Number
    """release probability at rest (0 to 1)"""
    stf_f: _Number
    """facilitation at each spike (0 to 1)"""
    pv_C: _Quantity
    """capacitance (1 to 5000 pF)"""
    pv_g_L: _Quantity
    """leak conductance (0.1 to 500 nS)"""
    pv_E_L: _Quantity
    """leak reversal, and voltage while refractory (-100 to -40 mV)"""
    pv_V_T: _Quantity
    """threshold of the exponential (-80 to 0 mV)"""
    pv_D_T: _Quantity
    """slope factor (0.1 to 20 mV)"""
    pv_V_cut: _Quantity
    """voltage that counts as a spike (-30 to 60 mV)"""
    pv_V_clip: _Quantity
    """largest V - V_T in the exponential (numerical) (20 to 200 mV)"""
    pv_tau_w: _Quantity
    """time constant of adaptation (1 to 5000 ms)"""
    pv_a: _Quantity
    """subthreshold adaptation (0 to 100 nS)"""
    pv_b: _Quantity
    """spike-triggered adaptation (0 to 5000 pA)"""
    pv_refractory_time: _Quantity
    """absolute refractory time (0 to 100 ms)"""
    som_C: _Quantity
    """capacitance (1 to 5000 pF)"""
    som_g_L: _Quantity
    """leak conductance (0.1 to 500 nS)"""
    som_E_L: _Quantity
    """leak reversal, and voltage while refractory (-100 to -40 mV)"""
    som_V_T: _Quantity
    """threshold of the exponential (-80 to 0 mV)"""
    som_D_T: _Quantity
    """slope factor (0.1 to 20 mV)"""
    som_V_cut: _Quantity
    """voltage that counts as a spike (-30 to 60 mV)"""
    som_V_clip: _Quantity
    """largest V - V_T in the exponential (numerical) (20 to 200 mV)"""
    som_tau_w: _Quantity
    """time constant of adaptation (1 to 5000 ms)"""
    som_a: _Quantity
    """subthreshold adaptation (0 to 100 nS)"""
    som_b: _Quantity
    """spike-triggered adaptation (0 to 5000 pA)"""
    som_refractory_time: _Quantity
    """absolute refractory time (0 to 100 ms)"""

class _transfer(TypedDict, total=False):
    n: int | str
    """pyramidal cells (20 to 50000)"""
    n_pv: int | str
    """PV cells (1 to 20000)"""
    n_som: int | str
    """SOM cells (1 to 20000)"""
    n_pool: int | str
    """sources in each pool (100 to 1000000)"""
    dt: _Quantity
    """time step (0.01 to 0.5 ms)"""
    step: _Quantity
    """length of a step of current (0.05 to 100 s, a whole number of dt)"""
    transient: _Quantity
    """begin of a step that is not measured (0 to 100 s, a whole number of dt)"""
    delay: _Quantity
    """delay of all projections (0.1 to 20 ms, a whole number of dt)"""
    driving_force: Literal["somatic", "local"]
    """voltage that dendritic synapses see (somatic | local)"""
    decay: Literal["exact", "euler"]
    """decay of conductances in a step: a factor exp(-dt/tau) or forward Euler (exact | euler)"""
    facilitation: Literal["program", "text"]
    """jump of u at a spike: U (program) or f (text) (program | text)"""
    rate: _Quantity
    """rate of each source (0 to 20 Hz)"""
    I_d: _Quantity | Sequence[_Quantity]
    """steps of the dendritic current (one or more values, -5000 to 5000 pA)"""
    I_s: _Quantity
    """somatic current (-5000 to 5000 pA)"""
    I_pv: _Quantity
    """current into PV cells (-5000 to 5000 pA)"""
    I_som: _Quantity
    """current into SOM cells (-5000 to 5000 pA)"""
    v_spread: _Quantity
    """standard deviation of first voltages (0 to 20 mV)"""
    isolated_I_s: _Quantity | Sequence[_Quantity]
    """lowest and highest somatic current of isolated cells (2 values, -5000 to 5000 pA)"""
    modulated_som: _Number | Sequence[_Number]
    """weight of SOM onto dendrites, in units of w_som_to_dendrite (2 values, 0 to 10)"""
    modulated_vip: _Quantity | Sequence[_Quantity]
    """current taken from SOM cells (2 values, -5000 to 5000 pA)"""
    modulated_release: _Number | Sequence[_Number]
    """release probability U of facilitating synapses (2 values, 0 to 1)"""
    modulated_g_d: _Quantity | Sequence[_Quantity]
    """regenerative dendritic current (2 values, 0 to 10000 pA)"""
    recurrent_n: int | str
    """its pyramidal cells (20 to 20000)"""
    recurrent_I_d: _Quantity | Sequence[_Quantity]
    """steps of its dendritic current (one or more values, -5000 to 5000 pA)"""
    recurrent_I_s: _Quantity | Sequence[_Quantity]
    """its somatic currents (3 values, -5000 to 5000 pA)"""
    recurrent_w_exc_to_soma: _Number
    """weight, excitatory pool to its somata (0 to 10)"""
    recurrent_w_inh_to_soma: _Number
    """weight, inhibitory pool to its somata (0 to 10)"""
    recurrent_w_exc_to_dendrite: _Number
    """weight, excitatory pool to its dendrites (0 to 10)"""
    recurrent_w_inh_to_dendrite: _Number
    """weight, inhibitory pool to its dendrites (0 to 10)"""
    recurrent_w_within: _Number
    """weight, facilitating inhibition of its dendrites by its own cells (0 to 10)"""
    recurrent_inputs_exc: int | str
    """mean excitatory sources of a compartment (1 to 10000)"""
    recurrent_inputs_inh: int | str
    """mean inhibitory sources of a compartment (1 to 10000)"""
    recurrent_p_within: _Number
    """connection probability, facilitating inhibition of its dendrites by its own cells (0 to 1)"""
    w_exc_to_soma: _Number
    """weight, excitatory pool to somata (0 to 10)"""
    w_inh_to_soma: _Number
    """weight, inhibitory pool to somata (0 to 10)"""
    w_exc_to_dendrite: _Number
    """weight, excitatory pool to dendrites (0 to 10)"""
    w_inh_to_dendrite: _Number
    """weight, inhibitory pool to dendrites (0 to 10)"""
    w_exc_to_pv: _Number
    """weight, excitatory pool to PV (0 to 10)"""
    w_inh_to_pv: _Number
    """weight, inhibitory pool to PV (0 to 10)"""
    w_exc_to_som: _Number
    """weight, excitatory pool to SOM (0 to 10)"""
    w_inh_to_som: _Number
    """weight, inhibitory pool to SOM (0 to 10)"""
    w_cells_to_pv: _Number
    """weight, pyramidal cells to PV, depressing (0 to 10)"""
    w_cells_to_som: _Number
    """weight, pyramidal cells to SOM, facilitating (0 to 10)"""
    w_pv_to_som: _Number
    """weight, PV to SOM (0 to 10)"""
    w_som_to_dendrite: _Number
    """weight, SOM to dendrites (0 to 10)"""
    inputs_exc: int | str
    """mean excitatory sources of a compartment (1 to 10000)"""
    inputs_inh: int | str
    """mean inhibitory sources of a compartment (1 to 10000)"""
    p_cells_to_pv: _Number
    """connection probability, pyramidal cells to PV (0 to 1)"""
    p_cells_to_som: _Number
    """connection probability, pyramidal cells to SOM (0 to 1)"""
    p_pv_to_som: _Number
    """connection probability, PV to SOM (0 to 1)"""
    p_som_to_dendrite: _Number
    """connection probability, SOM to dendrites (0 to 1)"""
    E_L: _Quantity
    """leak reversal and reset potential (-100 to -40 mV)"""
    tau_s: _Quantity
    """somatic membrane time constant (1 to 100 ms)"""
    C_s: _Quantity
    """somatic capacitance (10 to 5000 pF)"""
    b: _Quantity
    """somatic adaptation at each reset (0 to 5000 pA)"""
    tau_ws: _Quantity
    """time constant of somatic adaptation (1 to 2000 ms)"""
    V_T: _Quantity
    """resting spike threshold (-70 to 0 mV)"""
    delta_theta: _Quantity
    """rise of the threshold at each reset (0 to 30 mV)"""
    tau_theta: _Quantity
    """decay of the threshold (1 to 500 ms)"""
    tau_d: _Quantity
    """dendritic membrane time constant (1 to 100 ms)"""
    C_d: _Quantity
    """dendritic capacitance (10 to 5000 pF)"""
    a: _Quantity
    """subthreshold dendritic adaptation (0 to 200 nS)"""
    tau_wd: _Quantity
    """time constant of dendritic adaptation (1 to 500 ms)"""
    E_d: _Quantity
    """half-activation of the dendritic calcium current (-80 to 0 mV)"""
    D_d: _Quantity
    """slope of its activation (0.5 to 30 mV)"""
    g_s: _Quantity
    """coupling from dendrite to soma (0 to 10000 pA)"""
    g_d: _Quantity
    """regenerative dendritic current (0 to 10000 pA)"""
    c_d: _Quantity
    """back-propagating action potential in the dendrite (0 to 20000 pA)"""
    K_duration: _Quantity
    """its length (0 to 50 ms)"""
    burst_interval: _Quantity
    """spikes closer than this belong to one burst (1 to 100 ms)"""
    E_exc: _Quantity
    """reversal of excitation (-50 to 60 mV)"""
    E_inh: _Quantity
    """reversal of inhibition (-100 to -40 mV)"""
    tau_exc: _Quantity
    """decay of excitation (0.5 to 200 ms)"""
    tau_inh: _Quantity
    """decay of inhibition (0.5 to 200 ms)"""
    std_tau_D: _Quantity
    """recovery from depression (1 to 10000 ms)"""
    std_tau_F: _Quantity
    """decay of facilitation (1 to 10000 ms)"""
    std_U: _Number
    """release probability at rest (0 to 1)"""
    std_f: _Number
    """facilitation at each spike (0 to 1)"""
    stf_tau_D: _Quantity
    """recovery from depression (1 to 10000 ms)"""
    stf_tau_F: _Quantity
    """decay of facilitation (1 to 10000 ms)"""
    stf_U: _Number
    """release probability at rest (0 to 1)"""
    stf_f: _Number
    """facilitation at each spike (0 to 1)"""
    pv_C: _Quantity
    """capacitance (1 to 5000 pF)"""
    pv_g_L: _Quantity
    """leak conductance (0.1 to 500 nS)"""
    pv_E_L: _Quantity
    """leak reversal, and voltage while refractory (-100 to -40 mV)"""
    pv_V_T: _Quantity
    """threshold of the exponential (-80 to 0 mV)"""
    pv_D_T: _Quantity
    """slope factor (0.1 to 20 mV)"""
    pv_V_cut: _Quantity
    """voltage that counts as a spike (-30 to 60 mV)"""
    pv_V_clip: _Quantity
    """largest V - V_T in the exponential (numerical) (20 to 200 mV)"""
    pv_tau_w: _Quantity
    """time constant of adaptation (1 to 5000 ms)"""
    pv_a: _Quantity
    """subthreshold adaptation (0 to 100 nS)"""
    pv_b: _Quantity
    """spike-triggered adaptation (0 to 5000 pA)"""
    pv_refractory_time: _Quantity
    """absolute refractory time (0 to 100 ms)"""
    som_C: _Quantity
    """capacitance (1 to 5000 pF)"""
    som_g_L: _Quantity
    """leak conductance (0.1 to 500 nS)"""
    som_E_L: _Quantity
    """leak reversal, and voltage while refractory (-100 to -40 mV)"""
    som_V_T: _Quantity
    """threshold of the exponential (-80 to 0 mV)"""
    som_D_T: _Quantity
    """slope factor (0.1 to 20 mV)"""
    som_V_cut: _Quantity
    """voltage that counts as a spike (-30 to 60 mV)"""
    som_V_clip: _Quantity
    """largest V - V_T in the exponential (numerical) (20 to 200 mV)"""
    som_tau_w: _Quantity
    """time constant of adaptation (1 to 5000 ms)"""
    som_a: _Quantity
    """subthreshold adaptation (0 to 100 nS)"""
    som_b: _Quantity
    """spike-triggered adaptation (0 to 5000 pA)"""
    som_refractory_time: _Quantity
    """absolute refractory time (0 to 100 ms)"""

class _transmission(TypedDict, total=False):
    n: int | str
    """random trains (1 to 2000)"""
    segment: _Quantity
    """length of each of the three segments (0.1 to 100 s, a whole number of sampling)"""
    dt: _Quantity
    """time step (0.01 to 0.5 ms)"""
    sampling: _Quantity
    """step of the record of random trains (0.1 to 10 ms, a whole number of dt)"""
    probe_time: _Quantity
    """first spike of the probes, in the nearest time step (0 to 200 ms)"""
    probe_interval: _Quantity
    """interval of the two spikes of the probing burst, as near (1 to 15.9 ms)"""
    event_rate: _Quantity
    """event rate of random trains (0.1 to 15 Hz)"""
    burst_probability: _Number
    """their burst probability (0 to 1)"""
    burst_probability_high: _Number
    """burst probability in the segment with more bursts (0 to 1)"""
    event_rate_high: _Quantity
    """event rate in the segment with more events (0.1 to 15 Hz)"""
    isi_min: _Quantity
    """shortest interval in their bursts (0.5 to 15 ms)"""
    isi_max: _Quantity
    """longest interval in their bursts (0.5 to 15 ms)"""
    refractory_time: _Quantity
    """least time from an event or burst to the next event (16 to 100 ms)"""
    delay: _Quantity
    """delay of synapses with short-term plasticity (0.1 to 20 ms, a whole number of dt)"""
    facilitation: Literal["program", "text"]
    """jump of u at a spike: f (text) or U (program) (program | text)"""
    w_event: _Number
    """direct transmission of events, weight (0 to 10)"""
    w_std: _Number
    """depressing synapses, weight (0 to 10)"""
    w_burst: _Number
    """direct transmission of bursts, weight (0 to 10)"""
    w_stf: _Number
    """facilitating synapses, weight (0 to 10)"""
    E_L: _Quantity
    """leak reversal and reset potential (-100 to -40 mV)"""
    tau_s: _Quantity
    """somatic membrane time constant (1 to 100 ms)"""
    C_s: _Quantity
    """somatic capacitance (10 to 5000 pF)"""
    b: _Quantity
    """somatic adaptation at each reset (0 to 5000 pA)"""
    tau_ws: _Quantity
    """time constant of somatic adaptation (1 to 2000 ms)"""
    V_T: _Quantity
    """resting spike threshold (-70 to 0 mV)"""
    delta_theta: _Quantity
    """rise of the threshold at each reset (0 to 30 mV)"""
    tau_theta: _Quantity
    """decay of the threshold (1 to 500 ms)"""
    tau_d: _Quantity
    """dendritic membrane time constant (1 to 100 ms)"""
    C_d: _Quantity
    """dendritic capacitance (10 to 5000 pF)"""
    a: _Quantity
    """subthreshold dendritic adaptation (0 to 200 nS)"""
    tau_wd: _Quantity
    """time constant of dendritic adaptation (1 to 500 ms)"""
    E_d: _Quantity
    """half-activation of the dendritic calcium current (-80 to 0 mV)"""
    D_d: _Quantity
    """slope of its activation (0.5 to 30 mV)"""
    g_s: _Quantity
    """coupling from dendrite to soma (0 to 10000 pA)"""
    g_d: _Quantity
    """regenerative dendritic current (0 to 10000 pA)"""
    c_d: _Quantity
    """back-propagating action potential in the dendrite (0 to 20000 pA)"""
    K_duration: _Quantity
    """its length (0 to 50 ms)"""
    burst_interval: _Quantity
    """spikes closer than this belong to one burst (1 to 100 ms)"""
    E_exc: _Quantity
    """reversal of excitation (-50 to 60 mV)"""
    E_inh: _Quantity
    """reversal of inhibition (-100 to -40 mV)"""
    tau_exc: _Quantity
    """decay of excitation (0.5 to 200 ms)"""
    tau_inh: _Quantity
    """decay of inhibition (0.5 to 200 ms)"""
    std_tau_D: _Quantity
    """recovery from depression (1 to 10000 ms)"""
    std_tau_F: _Quantity
    """decay of facilitation (1 to 10000 ms)"""
    std_U: _Number
    """release probability at rest (0 to 1)"""
    std_f: _Number
    """facilitation at each spike (0 to 1)"""
    stf_tau_D: _Quantity
    """recovery from depression (1 to 10000 ms)"""
    stf_tau_F: _Quantity
    """decay of facilitation (1 to 10000 ms)"""
    stf_U: _Number
    """release probability at rest (0 to 1)"""
    stf_f: _Number
    """facilitation at each spike (0 to 1)"""

class _xor(TypedDict, total=False):
    dt: _Quantity
    """time step (0.01 to 1 ms)"""
    settling: _Quantity
    """time before the first test (0 to 100 s, a whole number of dt)"""
    example_duration: _Quantity
    """length of an example (0.2 to 100 s, a whole number of dt)"""
    prediction: _Number
    """fraction of an example before the teacher, to the nearest step (0.1 to 1)"""
    epochs: int | str
    """times that all examples are taught (1 to 10000)"""
    eta_hidden: _Number
    """learning rate of synapses onto hidden cells (0 to 1)"""
    eta_output: _Number
    """learning rate of synapses onto output cells (0 to 1)"""
    eta_final: _Number
    """learning rates in the last example in units of those in the first; in between they fall by as much in each"""
    learning: Literal["two_phase", "one_phase"]
    """teacher and plasticity in the last part of each example (see teaching), or in all of it, with learning rates that are smaller by as much as this is longer"""
    reference: Literal["auto", "moving", "measured", "given", "slow"]
    """burst probability at which no weight changes: P_bar of each cell; P_b of its population, measured while settling or given; P_b of each cell over its last reference_events events, from the given one on; auto: moving where learning is in two phases, measured in one"""
    P_b_hidden: _Number
    """P_b of hidden cells, given or until it is measured (0 to 1)"""
    P_b_output: _Number
    """P_b of output cells, given or until it is measured (0 to 1)"""
    timing: Literal["paper", "event", "window"]
    """when a burst changes weights: at its second spike; the same, by the eligibility of its event; or with its event, when the window of the burst closes"""
    order: Literal["fixed", "random"]
    """order of the examples in an epoch (fixed | random)"""
    teaching: Literal["two_phase", "one_phase", "shuffled", "off"]
    """teacher in the last part of each example, in all of it, with the targets in random order, or never"""
    plasticity: Literal["on", "off"]
    """the switch M of all plastic synapses (on | off)"""
    hidden_plasticity: Literal["on", "off"]
    """plasticity of synapses onto hidden cells (on | off)"""
    homeostasis: Literal["slow", "off", "fast", "range"]
    """rate that the term G acts on (slow | off | fast | range)"""
    I_input_low: _Quantity
    """somatic current of input 0 (-5000 to 5000 pA)"""
    I_input_high: _Quantity
    """somatic current of input 1 (-5000 to 5000 pA)"""
    I_d_output: _Quantity
    """dendritic bias of output (-5000 to 5000 pA)"""
    c_teach: _Quantity
    """strength of the teacher (0 to 100 nA Hz)"""
    margin: _Quantity
    """distance to e_min or e_max that counts as reached; the largest current is c_teach/margin (0.01 to 10 Hz)"""
    teacher: Literal["inverse", "linear"]
    """current of the teacher: c_teach over the distance to the other goal, as in the paper; or in proportion to what a rate is short of its goal, without a margin, c_teach/margin where it is e_max - e_min"""
    teacher_reads: Literal["cell", "unit"]
    """whose event rate the teacher of a cell goes by: its own, or the mean of its population, which has less noise"""
    I_s_teach: _Quantity
    """somatic current into output cells while the teacher is on, for target 1; for target 0 its opposite"""
    tau_avg: _Quantity
    """moving averages of event and burst rate (0.05 to 100 s)"""
    tau_eligibility: _Quantity
    """eligibility trace of presynaptic events (tau_pre) (1 to 1000 ms)"""
    e_min: _Quantity
    """event rate below which all inputs are potentiated (0 to 50 Hz)"""
    e_max: _Quantity
    """event rate above which all inputs are depressed (0.1 to 100 Hz)"""
    w_min: _Number
    """smallest weight (0 to 10)"""
    w_max: _Number
    """largest weight (0 to 10)"""
    burst_window: _Quantity
    """wait for the burst of an event, where timing = window (1 to 100 ms)"""
    reference_events: _Number
    """events of a cell that its P_b averages over, where reference = slow (1 to 1000000)"""
    tau_rate: _Quantity
    """average of the spike rate for homeostasis (0.1 to 1000 s)"""
    n: int | str
    """cells per population (125 to 10000)"""
    inputs_per_cell: int | str
    """mean number of synapses per cell and route (1 to 1000)"""
    targets: int | str | Sequence[int | str]
    """wanted output for (0,0) (1,0) (0,1) (1,1) (4 values, 0 to 1)"""
    inputs: str | Sequence[Literal["epochs", "00", "10", "01", "11"]]
    """inputs shown: a test, the epochs and a test; or only these, in this order and without a teacher"""
    I_d_hidden2: _Quantity
    """dendritic bias of hidden2 (-5000 to 5000 pA)"""
    event_route: Literal["on", "off"]
    """where the reference is constant: events of the output cancel what P_b of them bring (on | off)"""
    V_balance: _Quantity
    """somatic voltage at which they do, excitatory beside inhibitory synapses (-75 to -40 mV)"""
    driving_force: Literal["somatic", "local"]
    """voltage that dendritic synapses see (somatic | local)"""
    E_exc: _Quantity
    """reversal of excitation (-50 to 60 mV)"""
    E_inh: _Quantity
    """reversal of inhibition (-100 to -40 mV)"""
    tau_exc: _Quantity
    """decay of excitation (0.5 to 200 ms)"""
    tau_inh: _Quantity
    """decay of inhibition (0.5 to 200 ms)"""
    background_rate_input: _Quantity
    """somatic background of input cells (0 to 5000 Hz)"""
    background_rate_hidden: _Quantity
    """somatic background of hidden cells (0 to 5000 Hz)"""
    background_rate_output: _Quantity
    """somatic background of output cells (0 to 5000 Hz)"""
    background_rate_dendrite: _Quantity
    """dendritic background of all cells (0 to 5000 Hz)"""
    background_exc_input: _Number
    """its excitatory weight, soma of input cells (0 to 10)"""
    background_inh_input: _Number
    """its inhibitory weight, soma of input cells (0 to 10)"""
    background_exc_hidden: _Number
    """its excitatory weight, soma of hidden cells (0 to 10)"""
    background_inh_hidden: _Number
    """its inhibitory weight, soma of hidden cells (0 to 10)"""
    background_exc_output: _Number
    """its excitatory weight, soma of output cells (0 to 10)"""
    background_inh_output: _Number
    """its inhibitory weight, soma of output cells (0 to 10)"""
    background_exc_dendrite: _Number
    """its excitatory weight, all dendrites (0 to 10)"""
    background_inh_dendrite: _Number
    """its inhibitory weight, all dendrites (0 to 10)"""
    feedback: Literal["normal", "same_sign", "cut"]
    """signs of the feedback to hidden1 and hidden2 (normal | same_sign | cut)"""
    E_L: _Quantity
    """leak reversal and reset potential (-100 to -40 mV)"""
    tau_s: _Quantity
    """somatic membrane time constant (1 to 100 ms)"""
    C_s: _Quantity
    """somatic capacitance (10 to 5000 pF)"""
    b: _Quantity
    """somatic adaptation at each reset (0 to 5000 pA)"""
    tau_ws: _Quantity
    """time constant of somatic adaptation (1 to 2000 ms)"""
    V_T: _Quantity
    """resting spike threshold (-70 to 0 mV)"""
    delta_theta: _Quantity
    """rise of the threshold at each reset (0 to 30 mV)"""
    tau_theta: _Quantity
    """decay of the threshold (1 to 500 ms)"""
    tau_d: _Quantity
    """dendritic membrane time constant (1 to 100 ms)"""
    C_d: _Quantity
    """dendritic capacitance (10 to 5000 pF)"""
    a: _Quantity
    """subthreshold dendritic adaptation (0 to 200 nS)"""
    tau_wd: _Quantity
    """time constant of dendritic adaptation (1 to 500 ms)"""
    E_d: _Quantity
    """dendritic voltage of burst probability 1/2 (-80 to 0 mV)"""
    D_d: _Quantity
    """slope of the burst probability (0.5 to 30 mV)"""
    refractory_time: _Quantity
    """absolute refractory time after each spike (20 to 200 ms)"""
    burst_delay: _Quantity
    """shortest interval to the second spike (0.2 to 10 ms)"""
    burst_jitter: _Quantity
    """range of that interval above the shortest (0 to 10 ms)"""
    w_initial: _Number
    """plastic excitatory weights at the start (0 to 10)"""
    w_inhibition: _Number
    """fixed event-transmitted inhibition, same routes (0 to 10)"""
    feedback_exc_hidden1: _Number
    """output bursts to hidden1 dendrites, exc (0 to 10)"""
    feedback_inh_hidden1: _Number
    """output bursts to hidden1 dendrites, inh (0 to 10)"""
    feedback_exc_hidden2: _Number
    """output bursts to hidden2 dendrites, exc (0 to 10)"""
    feedback_inh_hidden2: _Number
    """output bursts to hidden2 dendrites, inh (0 to 10)"""

class _working_point(TypedDict, total=False):
    n: int | str
    """cells for each pair of currents (50 to 5000)"""
    inputs_per_cell: int | str
    """mean number of synapses per cell and route (1 to 1000)"""
    dt: _Quantity
    """time step (0.01 to 1 ms)"""
    settling: _Quantity
    """time that is not measured (0 to 100 s, a whole number of dt)"""
    n_pv: int | str
    """PV cells for each input (10 to 5000)"""
    inhibitory_inputs: int | str
    """mean number of synapses of a cell from PV cells (1 to 1000)"""
    measured: _Quantity
    """time that is measured (0.5 to 1000 s, a whole number of dt)"""
    delay: _Quantity
    """delay of all projections (0.1 to 20 ms, a whole number of dt)"""
    driving_force: Literal["somatic", "local"]
    """voltage that dendritic synapses see (somatic | local)"""
    I_input: _Quantity | Sequence[_Quantity]
    """somatic currents of input cells (one or more values, -5000 to 5000 pA)"""
    I_d: _Quantity | Sequence[_Quantity]
    """dendritic currents (one or more values, -5000 to 5000 pA)"""
    I_s: _Quantity
    """somatic current of the measured cells (-5000 to 5000 pA)"""
    I_pv: _Quantity
    """current into PV cells (-5000 to 5000 pA)"""
    E_L: _Quantity
    """leak reversal and reset potential (-100 to -40 mV)"""
    tau_s: _Quantity
    """somatic membrane time constant (1 to 100 ms)"""
    C_s: _Quantity
    """somatic capacitance (10 to 5000 pF)"""
    b: _Quantity
    """somatic adaptation at each reset (0 to 5000 pA)"""
    tau_ws: _Quantity
    """time constant of somatic adaptation (1 to 2000 ms)"""
    V_T: _Quantity
    """resting spike threshold (-70 to 0 mV)"""
    delta_theta: _Quantity
    """rise of the threshold at each reset (0 to 30 mV)"""
    tau_theta: _Quantity
    """decay of the threshold (1 to 500 ms)"""
    tau_d: _Quantity
    """dendritic membrane time constant (1 to 100 ms)"""
    C_d: _Quantity
    """dendritic capacitance (10 to 5000 pF)"""
    a: _Quantity
    """subthreshold dendritic adaptation (0 to 200 nS)"""
    tau_wd: _Quantity
    """time constant of dendritic adaptation (1 to 500 ms)"""
    E_d: _Quantity
    """half-activation of the dendritic calcium current (-80 to 0 mV)"""
    D_d: _Quantity
    """slope of its activation (0.5 to 30 mV)"""
    g_s: _Quantity
    """coupling from dendrite to soma (0 to 10000 pA)"""
    g_d: _Quantity
    """regenerative dendritic current (0 to 10000 pA)"""
    c_d: _Quantity
    """back-propagating action potential in the dendrite (0 to 20000 pA)"""
    K_duration: _Quantity
    """its length (0 to 50 ms)"""
    burst_interval: _Quantity
    """spikes closer than this belong to one burst (1 to 100 ms)"""
    E_exc: _Quantity
    """reversal of excitation (-50 to 60 mV)"""
    E_inh: _Quantity
    """reversal of inhibition (-100 to -40 mV)"""
    tau_exc: _Quantity
    """decay of excitation (0.5 to 200 ms)"""
    tau_inh: _Quantity
    """decay of inhibition (0.5 to 200 ms)"""
    std_tau_D: _Quantity
    """recovery from depression (1 to 10000 ms)"""
    std_tau_F: _Quantity
    """decay of facilitation (1 to 10000 ms)"""
    std_U: _Number
    """release probability at rest (0 to 1)"""
    std_f: _Number
    """facilitation at each spike (0 to 1)"""
    stf_tau_D: _Quantity
    """recovery from depression (1 to 10000 ms)"""
    stf_tau_F: _Quantity
    """decay of facilitation (1 to 10000 ms)"""
    stf_U: _Number
    """release probability at rest (0 to 1)"""
    stf_f: _Number
    """facilitation at each spike (0 to 1)"""
    background_rate: _Quantity
    """rate of every background source (0 to 5000 Hz)"""
    background_exc_input: _Number
    """excitatory weight, soma of input cells (0 to 10)"""
    background_inh_input: _Number
    """inhibitory weight, soma of input cells (0 to 10)"""
    background_exc_hidden: _Number
    """excitatory weight, soma of hidden cells (0 to 10)"""
    background_inh_hidden: _Number
    """inhibitory weight, soma of hidden cells (0 to 10)"""
    background_exc_dendrite: _Number
    """excitatory weight, all dendrites (0 to 10)"""
    background_inh_dendrite: _Number
    """inhibitory weight, all dendrites (0 to 10)"""
    background_exc_pv: _Number
    """excitatory weight, PV cells (0 to 10)"""
    background_inh_pv: _Number
    """inhibitory weight, PV cells (0 to 10)"""
    w_hidden: _Number
    """weight, inputs to hidden somata, depressing, plastic: at the start (0 to 20)"""
    w_pv_hidden: _Number
    """weight, inputs to the PV cells of the hidden layer, depressing (0 to 20)"""
    w_inh_hidden: _Number
    """weight, PV to hidden somata (0 to 20)"""
    w_within: _Number
    """weight, facilitating inhibition of dendrites within each population (0 to 20)"""
    pv_C: _Quantity
    """capacitance (1 to 5000 pF)"""
    pv_g_L: _Quantity
    """leak conductance (0.1 to 500 nS)"""
    pv_E_L: _Quantity
    """leak reversal, and voltage while refractory (-100 to -40 mV)"""
    pv_V_T: _Quantity
    """threshold of the exponential (-80 to 0 mV)"""
    pv_D_T: _Quantity
    """slope factor (0.1 to 20 mV)"""
    pv_V_cut: _Quantity
    """voltage that counts as a spike (-30 to 60 mV)"""
    pv_V_clip: _Quantity
    """largest V - V_T in the exponential (numerical) (20 to 200 mV)"""
    pv_tau_w: _Quantity
    """time constant of adaptation (1 to 5000 ms)"""
    pv_a: _Quantity
    """subthreshold adaptation (0 to 100 nS)"""
    pv_b: _Quantity
    """spike-triggered adaptation (0 to 5000 pA)"""
    pv_refractory_time: _Quantity
    """absolute refractory time (0 to 100 ms)"""

class _xor_full(TypedDict, total=False):
    dt: _Quantity
    """time step (0.01 to 1 ms)"""
    settling: _Quantity
    """time before the first test (0 to 100 s, a whole number of dt)"""
    example_duration: _Quantity
    """length of an example (0.2 to 100 s, a whole number of dt)"""
    prediction: _Number
    """fraction of an example before the teacher, to the nearest step (0.1 to 1)"""
    epochs: int | str
    """times that all examples are taught (1 to 10000)"""
    eta_hidden: _Number
    """learning rate of synapses onto hidden cells (0 to 1)"""
    eta_output: _Number
    """learning rate of synapses onto output cells (0 to 1)"""
    eta_final: _Number
    """learning rates in the last example in units of those in the first; in between they fall by as much in each"""
    learning: Literal["two_phase", "one_phase"]
    """teacher and plasticity in the last part of each example (see teaching), or in all of it, with learning rates that are smaller by as much as this is longer"""
    reference: Literal["auto", "moving", "measured", "given", "slow"]
    """burst probability at which no weight changes: P_bar of each cell; P_b of its population, measured while settling or given; P_b of each cell over its last reference_events events, from the given one on; auto: moving where learning is in two phases, measured in one"""
    P_b_hidden: _Number
    """P_b of hidden cells, given or until it is measured (0 to 1)"""
    P_b_output: _Number
    """P_b of output cells, given or until it is measured (0 to 1)"""
    timing: Literal["paper", "event", "window"]
    """when a burst changes weights: at its second spike; the same, by the eligibility of its event; or with its event, when the window of the burst closes"""
    order: Literal["fixed", "random"]
    """order of the examples in an epoch (fixed | random)"""
    teaching: Literal["two_phase", "one_phase", "shuffled", "off"]
    """teacher in the last part of each example, in all of it, with the targets in random order, or never"""
    plasticity: Literal["on", "off"]
    """the switch M of all plastic synapses (on | off)"""
    hidden_plasticity: Literal["on", "off"]
    """plasticity of synapses onto hidden cells (on | off)"""
    homeostasis: Literal["slow", "off", "fast", "range"]
    """rate that the term G acts on (slow | off | fast | range)"""
    I_input_low: _Quantity
    """somatic current of input 0 (-5000 to 5000 pA)"""
    I_input_high: _Quantity
    """somatic current of input 1 (-5000 to 5000 pA)"""
    I_d_output: _Quantity
    """dendritic bias of output (-5000 to 5000 pA)"""
    c_teach: _Quantity
    """strength of the teacher (0 to 100 nA Hz)"""
    margin: _Quantity
    """distance to e_min or e_max that counts as reached; the largest current is c_teach/margin (0.01 to 10 Hz)"""
    teacher: Literal["inverse", "linear"]
    """current of the teacher: c_teach over the distance to the other goal, as in the paper; or in proportion to what a rate is short of its goal, without a margin, c_teach/margin where it is e_max - e_min"""
    teacher_reads: Literal["cell", "unit"]
    """whose event rate the teacher of a cell goes by: its own, or the mean of its population, which has less noise"""
    I_s_teach: _Quantity
    """somatic current into output cells while the teacher is on, for target 1; for target 0 its opposite"""
    tau_avg: _Quantity
    """moving averages of event and burst rate (0.05 to 100 s)"""
    tau_eligibility: _Quantity
    """eligibility trace of presynaptic events (tau_pre) (1 to 1000 ms)"""
    e_min: _Quantity
    """event rate below which all inputs are potentiated (0 to 50 Hz)"""
    e_max: _Quantity
    """event rate above which all inputs are depressed (0.1 to 100 Hz)"""
    w_min: _Number
    """smallest weight (0 to 10)"""
    w_max: _Number
    """largest weight (0 to 10)"""
    burst_window: _Quantity
    """wait for the burst of an event, where timing = window (1 to 100 ms)"""
    reference_events: _Number
    """events of a cell that its P_b averages over, where reference = slow (1 to 1000000)"""
    tau_rate: _Quantity
    """average of the spike rate for homeostasis (0.1 to 1000 s)"""
    n: int | str
    """cells per population (125 to 10000)"""
    inputs_per_cell: int | str
    """mean number of synapses per cell and route (1 to 1000)"""
    targets: int | str | Sequence[int | str]
    """wanted output for (0,0) (1,0) (0,1) (1,1) (4 values, 0 to 1)"""
    inputs: str | Sequence[Literal["epochs", "00", "10", "01", "11"]]
    """inputs shown: a test, the epochs and a test; or only these, in this order and without a teacher"""
    I_d_hidden2: _Quantity
    """dendritic bias of hidden2 (-5000 to 5000 pA)"""
    n_pv: int | str
    """PV cells of a layer (10 to 5000)"""
    inhibitory_inputs: int | str
    """mean number of synapses of a cell from PV or SOM cells (1 to 1000)"""
    n_som: int | str
    """SOM cells (10 to 5000)"""
    e_min_hidden: _Quantity
    """e_min of hidden cells (0 to 50 Hz)"""
    e_max_hidden: _Quantity
    """e_max of hidden cells (0.1 to 200 Hz)"""
    delay: _Quantity
    """delay of all projections (0.1 to 20 ms, a whole number of dt)"""
    driving_force: Literal["somatic", "local"]
    """voltage that dendritic synapses see (somatic | local)"""
    feedback: Literal["normal", "cut"]
    """feedback to the hidden populations (normal | cut)"""
    event_route: Literal["on", "off"]
    """where the reference is constant: depressing synapses bring the output"s events down (on | off)"""
    transmission: Literal["dynamic", "exchanged", "static"]
    """short-term plasticity; depression and facilitation exchanged, or neither, with the same mean release"""
    release_std: _Number
    """mean release of depressing synapses at a spike (for controls) (0 to 1)"""
    release_stf: _Number
    """mean release of facilitating synapses at a spike (for controls) (0 to 1)"""
    I_s_hidden: _Quantity
    """somatic bias of hidden cells (-5000 to 5000 pA)"""
    I_s_output: _Quantity
    """somatic bias of output cells (-5000 to 5000 pA)"""
    I_d_hidden1: _Quantity
    """dendritic bias of hidden1 (-5000 to 5000 pA)"""
    I_pv_hidden: _Quantity
    """current into the PV cells of the hidden layer (-5000 to 5000 pA)"""
    I_pv_output: _Quantity
    """current into the PV cells of the output (-5000 to 5000 pA)"""
    I_pv_feedback: _Quantity
    """current into the PV cells of the feedback (one phase) (-5000 to 5000 pA)"""
    I_d_events: _Quantity
    """dendritic current of hidden1 against these PV cells at rest (one phase) (-5000 to 5000 pA)"""
    I_som: _Quantity
    """current into SOM cells (-5000 to 5000 pA)"""
    E_L: _Quantity
    """leak reversal and reset potential (-100 to -40 mV)"""
    tau_s: _Quantity
    """somatic membrane time constant (1 to 100 ms)"""
    C_s: _Quantity
    """somatic capacitance (10 to 5000 pF)"""
    b: _Quantity
    """somatic adaptation at each reset (0 to 5000 pA)"""
    tau_ws: _Quantity
    """time constant of somatic adaptation (1 to 2000 ms)"""
    V_T: _Quantity
    """resting spike threshold (-70 to 0 mV)"""
    delta_theta: _Quantity
    """rise of the threshold at each reset (0 to 30 mV)"""
    tau_theta: _Quantity
    """decay of the threshold (1 to 500 ms)"""
    tau_d: _Quantity
    """dendritic membrane time constant (1 to 100 ms)"""
    C_d: _Quantity
    """dendritic capacitance (10 to 5000 pF)"""
    a: _Quantity
    """subthreshold dendritic adaptation (0 to 200 nS)"""
    tau_wd: _Quantity
    """time constant of dendritic adaptation (1 to 500 ms)"""
    E_d: _Quantity
    """half-activation of the dendritic calcium current (-80 to 0 mV)"""
    D_d: _Quantity
    """slope of its activation (0.5 to 30 mV)"""
    g_s: _Quantity
    """coupling from dendrite to soma (0 to 10000 pA)"""
    g_d: _Quantity
    """regenerative dendritic current (0 to 10000 pA)"""
    c_d: _Quantity
    """back-propagating action potential in the dendrite (0 to 20000 pA)"""
    K_duration: _Quantity
    """its length (0 to 50 ms)"""
    burst_interval: _Quantity
    """spikes closer than this belong to one burst (1 to 100 ms)"""
    E_exc: _Quantity
    """reversal of excitation (-50 to 60 mV)"""
    E_inh: _Quantity
    """reversal of inhibition (-100 to -40 mV)"""
    tau_exc: _Quantity
    """decay of excitation (0.5 to 200 ms)"""
    tau_inh: _Quantity
    """decay of inhibition (0.5 to 200 ms)"""
    std_tau_D: _Quantity
    """recovery from depression (1 to 10000 ms)"""
    std_tau_F: _Quantity
    """decay of facilitation (1 to 10000 ms)"""
    std_U: _Number
    """release probability at rest (0 to 1)"""
    std_f: _Number
    """facilitation at each spike (0 to 1)"""
    stf_tau_D: _Quantity
    """recovery from depression (1 to 10000 ms)"""
    stf_tau_F: _Quantity
    """decay of facilitation (1 to 10000 ms)"""
    stf_U: _Number
    """release probability at rest (0 to 1)"""
    stf_f: _Number
    """facilitation at each spike (0 to 1)"""
    background_rate: _Quantity
    """rate of every background source (0 to 5000 Hz)"""
    background_exc_input: _Number
    """excitatory weight, soma of input cells (0 to 10)"""
    background_inh_input: _Number
    """inhibitory weight, soma of input cells (0 to 10)"""
    background_exc_hidden: _Number
    """excitatory weight, soma of hidden cells (0 to 10)"""
    background_inh_hidden: _Number
    """inhibitory weight, soma of hidden cells (0 to 10)"""
    background_exc_output: _Number
    """excitatory weight, soma of output cells (0 to 10)"""
    background_inh_output: _Number
    """inhibitory weight, soma of output cells (0 to 10)"""
    background_exc_dendrite: _Number
    """excitatory weight, all dendrites (0 to 10)"""
    background_inh_dendrite: _Number
    """inhibitory weight, all dendrites (0 to 10)"""
    background_exc_pv: _Number
    """excitatory weight, PV cells (0 to 10)"""
    background_inh_pv: _Number
    """inhibitory weight, PV cells (0 to 10)"""
    background_exc_som: _Number
    """excitatory weight, SOM cells (0 to 10)"""
    background_inh_som: _Number
    """inhibitory weight, SOM cells (0 to 10)"""
    w_hidden: _Number
    """weight, inputs to hidden somata, depressing, plastic: at the start (0 to 20)"""
    w_output: _Number
    """weight, hidden to output somata, depressing, plastic: at the start (0 to 20)"""
    w_pv_hidden: _Number
    """weight, inputs to the PV cells of the hidden layer, depressing (0 to 20)"""
    w_pv_output: _Number
    """weight, hidden1 and output to the PV cells of the output, depressing (0 to 20)"""
    w_pv_output_hidden2: _Number
    """weight, hidden2 to the PV cells of the output, depressing (0 to 20)"""
    w_inh_hidden: _Number
    """weight, PV to hidden somata (0 to 20)"""
    w_inh_output: _Number
    """weight, PV to output somata (0 to 20)"""
    w_feedback: _Number
    """weight, output to hidden1 dendrites, facilitating (0 to 20)"""
    w_som: _Number
    """weight, output to SOM cells, facilitating (0 to 20)"""
    w_inh_hidden2: _Number
    """weight, SOM to hidden2 dendrites (0 to 20)"""
    w_events_hidden2: _Number
    """weight, one phase: output to hidden2 dendrites, depressing (0 to 20)"""
    w_pv_feedback: _Number
    """weight, one phase: output to the PV cells of the feedback, depressing (0 to 20)"""
    w_inh_hidden1: _Number
    """weight, one phase: PV cells of the feedback to hidden1 dendrites (0 to 20)"""
    w_within: _Number
    """weight, facilitating inhibition of dendrites within each population (0 to 20)"""
    pv_C: _Quantity
    """capacitance (1 to 5000 pF)"""
    pv_g_L: _Quantity
    """leak conductance (0.1 to 500 nS)"""
    pv_E_L: _Quantity
    """leak reversal, and voltage while refractory (-100 to -40 mV)"""
    pv_V_T: _Quantity
    """threshold of the exponential (-80 to 0 mV)"""
    pv_D_T: _Quantity
    """slope factor (0.1 to 20 mV)"""
    pv_V_cut: _Quantity
    """voltage that counts as a spike (-30 to 60 mV)"""
    pv_V_clip: _Quantity
    """largest V - V_T in the exponential (numerical) (20 to 200 mV)"""
    pv_tau_w: _Quantity
    """time constant of adaptation (1 to 5000 ms)"""
    pv_a: _Quantity
    """subthreshold adaptation (0 to 100 nS)"""
    pv_b: _Quantity
    """spike-triggered adaptation (0 to 5000 pA)"""
    pv_refractory_time: _Quantity
    """absolute refractory time (0 to 100 ms)"""
    som_C: _Quantity
    """capacitance (1 to 5000 pF)"""
    som_g_L: _Quantity
    """leak conductance (0.1 to 500 nS)"""
    som_E_L: _Quantity
    """leak reversal, and voltage while refractory (-100 to -40 mV)"""
    som_V_T: _Quantity
    """threshold of the exponential (-80 to 0 mV)"""
    som_D_T: _Quantity
    """slope factor (0.1 to 20 mV)"""
    som_V_cut: _Quantity
    """voltage that counts as a spike (-30 to 60 mV)"""
    som_V_clip: _Quantity
    """largest V - V_T in the exponential (numerical) (20 to 200 mV)"""
    som_tau_w: _Quantity
    """time constant of adaptation (1 to 5000 ms)"""
    som_a: _Quantity
    """subthreshold adaptation (0 to 100 nS)"""
    som_b: _Quantity
    """spike-triggered adaptation (0 to 5000 pA)"""
    som_refractory_time: _Quantity
    """absolute refractory time (0 to 100 ms)"""

class _learn(TypedDict, total=False):
    dt: _Quantity
    """time step (0.01 to 1 ms)"""
    settling: _Quantity
    """time before the first test (0 to 100 s, a whole number of dt)"""
    example_duration: _Quantity
    """length of an example (0.2 to 100 s, a whole number of dt)"""
    prediction: _Number
    """fraction of an example before the teacher, to the nearest step, where learning = two_phase; in one phase nobody waits, costs are of this moment, and learning rates are 1 - prediction times as large"""
    epochs: int | str
    """times that all patterns are taught; without any, a test (0 to 10000)"""
    eta_hidden: _Number
    """learning rate of synapses onto hidden cells (0 to 1)"""
    eta_output: _Number
    """learning rate of synapses onto output cells (0 to 1)"""
    eta_final: _Number
    """learning rates in the last example in units of those in the first; in between they fall by as much in each"""
    learning: Literal["two_phase", "one_phase"]
    """teacher and plasticity in the last part of each example (see teaching), or in all of it, with learning rates that are smaller by as much as this is longer"""
    reference: Literal["auto", "moving", "measured", "given", "slow"]
    """burst probability at which no weight changes: P_bar of each cell; P_b of its population, measured while settling or given; P_b of each cell over its last reference_events events, from the given one on; auto: moving where learning is in two phases, measured in one"""
    P_b_hidden: _Number
    """P_b of hidden cells, given or until it is measured (0 to 1)"""
    P_b_output: _Number
    """P_b of output cells, given or until it is measured (0 to 1)"""
    timing: Literal["paper", "event", "window"]
    """when a burst changes weights: at its second spike; the same, by the eligibility of its event; or with its event, when the window of the burst closes"""
    order: Literal["fixed", "random"]
    """order of the examples in an epoch (fixed | random)"""
    teaching: Literal["two_phase", "one_phase", "shuffled", "off"]
    """teacher in the last part of each example, or in all of it (the same where learning = one_phase, in which it is on all the time); with the targets in random order; or never"""
    plasticity: Literal["on", "off"]
    """the switch M of all plastic synapses (on | off)"""
    hidden_plasticity: Literal["on", "off"]
    """plasticity of synapses onto hidden cells (on | off)"""
    homeostasis: Literal["slow", "off", "fast", "range"]
    """rate that the term G acts on (slow | off | fast | range)"""
    I_input_low: _Quantity
    """somatic current of input 0 (-5000 to 5000 pA)"""
    I_input_high: _Quantity
    """somatic current of input 1 (-5000 to 5000 pA)"""
    I_d_output: _Quantity
    """dendritic bias of output (-5000 to 5000 pA)"""
    c_teach: _Quantity
    """strength of the teacher (0 to 100 nA Hz)"""
    margin: _Quantity
    """distance to e_min or e_max that counts as reached; the largest current is c_teach/margin (0.01 to 10 Hz)"""
    teacher: Literal["inverse", "linear"]
    """current of the teacher: c_teach over the distance to the other goal, as in the paper; or in proportion to what a rate is short of its goal, without a margin, c_teach/margin where it is e_max - e_min"""
    teacher_reads: Literal["cell", "unit"]
    """whose event rate the teacher of a cell goes by: its own, or the mean of its population, which has less noise"""
    I_s_teach: _Quantity
    """somatic current into output cells while the teacher is on, for target 1; for target 0 its opposite"""
    tau_avg: _Quantity
    """moving averages of event and burst rate (0.05 to 100 s)"""
    tau_eligibility: _Quantity
    """eligibility trace of presynaptic events (tau_pre) (1 to 1000 ms)"""
    e_min: _Quantity
    """event rate below which all inputs are potentiated (0 to 50 Hz)"""
    e_max: _Quantity
    """event rate above which all inputs are depressed (0.1 to 100 Hz)"""
    w_min: _Number
    """smallest weight (0 to 10)"""
    w_max: _Number
    """largest weight (0 to 10)"""
    burst_window: _Quantity
    """wait for the burst of an event, where timing = window (1 to 100 ms)"""
    reference_events: _Number
    """events of a cell that its P_b averages over, where reference = slow (1 to 1000000)"""
    tau_rate: _Quantity
    """average of the spike rate for homeostasis (0.1 to 1000 s)"""
    event_route: Literal["on", "off"]
    """where the reference is constant: events of the output cancel what P_b of them bring (on | off)"""
    V_balance: _Quantity
    """dendritic voltage at which they do, excitatory beside inhibitory synapses (-75 to -40 mV)"""
    driving_force: Literal["somatic", "local"]
    """voltage that dendritic synapses see (somatic | local)"""
    E_exc: _Quantity
    """reversal of excitation (-50 to 60 mV)"""
    E_inh: _Quantity
    """reversal of inhibition (-100 to -40 mV)"""
    tau_exc: _Quantity
    """decay of excitation (0.5 to 200 ms)"""
    tau_inh: _Quantity
    """decay of inhibition (0.5 to 200 ms)"""
    background_rate_input: _Quantity
    """somatic background of input cells (0 to 5000 Hz)"""
    background_rate_hidden: _Quantity
    """somatic background of hidden cells (0 to 5000 Hz)"""
    background_rate_output: _Quantity
    """somatic background of output cells (0 to 5000 Hz)"""
    background_rate_dendrite: _Quantity
    """dendritic background of all cells (0 to 5000 Hz)"""
    background_exc_input: _Number
    """its excitatory weight, soma of input cells (0 to 10)"""
    background_inh_input: _Number
    """its inhibitory weight, soma of input cells (0 to 10)"""
    background_exc_hidden: _Number
    """its excitatory weight, soma of hidden cells (0 to 10)"""
    background_inh_hidden: _Number
    """its inhibitory weight, soma of hidden cells (0 to 10)"""
    background_exc_output: _Number
    """its excitatory weight, soma of output cells (0 to 10)"""
    background_inh_output: _Number
    """its inhibitory weight, soma of output cells (0 to 10)"""
    background_exc_dendrite: _Number
    """its excitatory weight, all dendrites (0 to 10)"""
    background_inh_dendrite: _Number
    """its inhibitory weight, all dendrites (0 to 10)"""
    cell: Literal["reduced", "full"]
    """pyramidal cells: bursts are drawn from a probability, or made by the dendrite (reduced | full)"""
    transmission: Literal["labelled", "stp"]
    """synapses up are told events and those down bursts; or all see spikes, depressing and facilitating ones"""
    interneurons: Literal["off", "on"]
    """inhibition comes from the cells that excite, or from PV and SOM cells (off | on)"""
    n_pv: int | str
    """PV cells of a layer (10 to 5000)"""
    n_som: int | str
    """SOM cells of a unit (10 to 5000)"""
    inhibitory_inputs: int | str
    """mean number of synapses of a cell from PV or SOM cells (1 to 1000)"""
    delay: _Quantity
    """transmission=stp: delay of all projections, a whole number of dt (0.1 to 20 ms)"""
    I_d_inhibited: _Quantity
    """interneurons=on: dendritic bias of hidden units that feedback inhibits; of others I_d_hidden"""
    I_pv_hidden: _Quantity
    """current into the PV cells of the hidden layer (-5000 to 5000 pA)"""
    I_pv_output: _Quantity
    """current into the PV cells of the output (-5000 to 5000 pA)"""
    I_som: _Quantity
    """current into SOM cells (-5000 to 5000 pA)"""
    E_L: _Quantity
    """leak reversal and reset potential (-100 to -40 mV)"""
    tau_s: _Quantity
    """somatic membrane time constant (1 to 100 ms)"""
    C_s: _Quantity
    """somatic capacitance (10 to 5000 pF)"""
    b: _Quantity
    """somatic adaptation at each reset (0 to 5000 pA)"""
    tau_ws: _Quantity
    """time constant of somatic adaptation (1 to 2000 ms)"""
    V_T: _Quantity
    """resting spike threshold (-70 to 0 mV)"""
    delta_theta: _Quantity
    """rise of the threshold at each reset (0 to 30 mV)"""
    tau_theta: _Quantity
    """decay of the threshold (1 to 500 ms)"""
    tau_d: _Quantity
    """dendritic membrane time constant (1 to 100 ms)"""
    C_d: _Quantity
    """dendritic capacitance (10 to 5000 pF)"""
    a: _Quantity
    """subthreshold dendritic adaptation (0 to 200 nS)"""
    tau_wd: _Quantity
    """time constant of dendritic adaptation (1 to 500 ms)"""
    E_d: _Quantity
    """dendritic voltage of burst probability 1/2 (-80 to 0 mV)"""
    D_d: _Quantity
    """slope of the burst probability (0.5 to 30 mV)"""
    refractory_time: _Quantity
    """absolute refractory time after each spike (20 to 200 ms)"""
    burst_delay: _Quantity
    """shortest interval to the second spike (0.2 to 10 ms)"""
    burst_jitter: _Quantity
    """range of that interval above the shortest (0 to 10 ms)"""
    full_E_d: _Quantity
    """half-activation of the dendritic calcium current (-80 to 0 mV)"""
    full_D_d: _Quantity
    """slope of its activation (0.5 to 30 mV)"""
    full_g_s: _Quantity
    """coupling from dendrite to soma (0 to 10000 pA)"""
    full_g_d: _Quantity
    """regenerative dendritic current (0 to 10000 pA)"""
    full_c_d: _Quantity
    """back-propagating action potential in the dendrite (0 to 20000 pA)"""
    full_K_duration: _Quantity
    """its length (0 to 50 ms)"""
    full_burst_interval: _Quantity
    """spikes closer than this belong to one burst (1 to 100 ms)"""
    std_tau_D: _Quantity
    """recovery from depression (1 to 10000 ms)"""
    std_tau_F: _Quantity
    """decay of facilitation (1 to 10000 ms)"""
    std_U: _Number
    """release probability at rest (0 to 1)"""
    std_f: _Number
    """facilitation at each spike (0 to 1)"""
    stf_tau_D: _Quantity
    """recovery from depression (1 to 10000 ms)"""
    stf_tau_F: _Quantity
    """decay of facilitation (1 to 10000 ms)"""
    stf_U: _Number
    """release probability at rest (0 to 1)"""
    stf_f: _Number
    """facilitation at each spike (0 to 1)"""
    pv_C: _Quantity
    """capacitance (1 to 5000 pF)"""
    pv_g_L: _Quantity
    """leak conductance (0.1 to 500 nS)"""
    pv_E_L: _Quantity
    """leak reversal, and voltage while refractory (-100 to -40 mV)"""
    pv_V_T: _Quantity
    """threshold of the exponential (-80 to 0 mV)"""
    pv_D_T: _Quantity
    """slope factor (0.1 to 20 mV)"""
    pv_V_cut: _Quantity
    """voltage that counts as a spike (-30 to 60 mV)"""
    pv_V_clip: _Quantity
    """largest V - V_T in the exponential (numerical) (20 to 200 mV)"""
    pv_tau_w: _Quantity
    """time constant of adaptation (1 to 5000 ms)"""
    pv_a: _Quantity
    """subthreshold adaptation (0 to 100 nS)"""
    pv_b: _Quantity
    """spike-triggered adaptation (0 to 5000 pA)"""
    pv_refractory_time: _Quantity
    """absolute refractory time (0 to 100 ms)"""
    som_C: _Quantity
    """capacitance (1 to 5000 pF)"""
    som_g_L: _Quantity
    """leak conductance (0.1 to 500 nS)"""
    som_E_L: _Quantity
    """leak reversal, and voltage while refractory (-100 to -40 mV)"""
    som_V_T: _Quantity
    """threshold of the exponential (-80 to 0 mV)"""
    som_D_T: _Quantity
    """slope factor (0.1 to 20 mV)"""
    som_V_cut: _Quantity
    """voltage that counts as a spike (-30 to 60 mV)"""
    som_V_clip: _Quantity
    """largest V - V_T in the exponential (numerical) (20 to 200 mV)"""
    som_tau_w: _Quantity
    """time constant of adaptation (1 to 5000 ms)"""
    som_a: _Quantity
    """subthreshold adaptation (0 to 100 nS)"""
    som_b: _Quantity
    """spike-triggered adaptation (0 to 5000 pA)"""
    som_refractory_time: _Quantity
    """absolute refractory time (0 to 100 ms)"""
    w_pv_hidden: _Number
    """weight, the layer below and its own to PV cells of hidden layers (0 to 20)"""
    w_pv_output: _Number
    """weight, outputs and hidden units that feedback excites to PV cells of the output (0 to 20)"""
    w_pv_inhibited: _Number
    """weight, hidden units that feedback inhibits to PV cells of the output (0 to 20)"""
    w_inh_hidden: _Number
    """weight, PV to hidden somata (0 to 20)"""
    w_inh_output: _Number
    """weight, PV to output somata (0 to 20)"""
    w_som: _Number
    """weight, a unit to its SOM cells (0 to 20)"""
    w_within: _Number
    """weight, inhibition of dendrites within each unit (0 to 20)"""
    background_rate_interneuron: _Quantity
    """background of interneurons (0 to 5000 Hz)"""
    background_exc_pv: _Number
    """excitatory weight, PV cells (0 to 10)"""
    background_inh_pv: _Number
    """inhibitory weight, PV cells (0 to 10)"""
    background_exc_som: _Number
    """excitatory weight, SOM cells (0 to 10)"""
    background_inh_som: _Number
    """inhibitory weight, SOM cells (0 to 10)"""
    layers: int | str | Sequence[int | str]
    """units of the layers: inputs, one hidden layer or more, outputs (one or more values, 1 to 10000)"""
    cells_per_unit: int | str | Sequence[int | str]
    """cells of each unit; one number, or one for each layer (one or more values, 1 to 10000)"""
    inputs_per_unit: _Number | Sequence[_Number]
    """mean number of synapses of a cell from each unit of the layer below; one number, or one for each layer but the first"""
    task: str
    """what is learned: xor, and, or, nand, parity2 to parity8, random1 to random10000, digits, a .csv or .npz file, or a folder of idx files"""
    train_patterns: int | str
    """of a task with a test part, patterns that are taught at most (1 to 100000)"""
    test_patterns: int | str
    """and patterns of the test part at most (1 to 100000)"""
    pool: int | str
    """of images: each input is the mean of a square of this many pixels each way (1 to 100)"""
    coding: Literal["pairs", "plain"]
    """two units for each input, on with it and on without it; or one (pairs | plain)"""
    feedback: Literal["opposite", "random", "symmetric", "learned", "cut"]
    """bursts of a layer to dendrites of the one below: units of one half excited, of the other inhibited; random for each pair of units; as the weights up differ from their mean at the start; random, and then as the weights up change; none"""
    eta_feedback: _Number
    """feedback=learned: change of a weight down, in units of that of the weight up (0 to 1000)"""
    feedback_decay: _Number
    """feedback=learned: what a weight down loses at each event of the cell above while it learns; a weight up loses as much of its distance to the mean at the start"""
    I_d_hidden: _Quantity
    """dendritic bias of hidden cells (-5000 to 5000 pA)"""
    I_s_hidden: _Quantity
    """somatic bias of hidden cells (-5000 to 5000 pA)"""
    I_s_output: _Quantity
    """somatic bias of output cells (-5000 to 5000 pA)"""
    e_min_hidden: _Quantity
    """event rate below which all inputs of hidden cells are potentiated (0 to 1000 Hz)"""
    e_max_hidden: _Quantity
    """event rate above which all inputs of hidden cells are depressed (0.1 to 1000 Hz)"""
    e_min_output: _Quantity
    """event rate below which all inputs of output cells are potentiated (0 to 1000 Hz)"""
    e_max_output: _Quantity
    """event rate above which all inputs of output cells are depressed (0.1 to 1000 Hz)"""
    w_initial: _Number
    """plastic excitatory weights at the start, mean (0 to 10)"""
    w_spread: _Number
    """their SD over pairs of units, in units of the mean (0 to 2)"""
    output_part: _Number
    """those onto outputs at the start, in units of the others (0 to 10)"""
    w_inhibition: _Number
    """fixed event-transmitted inhibition, same routes (0 to 10)"""
    feedback_exc: _Number
    """bursts to dendrites below, where they excite (0 to 10)"""
    feedback_inh: _Number
    """bursts to dendrites below, where they inhibit; or of SOM cells (0 to 10)"""
    feedback_max: _Number
    """the largest of these two where feedback is learned (0 to 100)"""

class _two_sites(TypedDict, total=False):
    steps: int | str
    """presentations with learning (100 to 1000000)"""
    runs: int | str
    """networks for each fraction of mixing (1 to 1000)"""
    n_hidden: int | str
    """hidden cells (1 to 100)"""
    mixing: _Number | Sequence[_Number]
    """fraction of the other site"s signal in each site; 0.5 is one site (one or more values, 0 to 0.5)"""
    beta: _Number
    """learning rate (0 to 100)"""
    spread: _Number
    """weights begin uniformly between minus and plus this (0 to 10)"""
    apical_rule: Literal["bursts", "activity"]
    """presynaptic variable of the apical rule: D or A (bursts | activity)"""
    targets: int | str | Sequence[int | str]
    """wanted output for (0,0) (1,0) (0,1) (1,1) (4 values, 0 to 1)"""

class _deep(TypedDict, total=False):
    data: str
    """images: digits, or a folder or file of images (a text)"""
    validation: int | str
    """training images that are set apart: errors are theirs, the test part is not looked at (0 to 1000000)"""
    rule: Literal["burst", "one_phase", "backprop", "feedback_alignment", "node_perturbation"]
    """what teaches the hidden layers (burst | one_phase | backprop | feedback_alignment | node_perturbation)"""
    feedback: Literal["symmetric", "learned", "random"]
    """weights that lead down: those that lead up, learned with them (Kolen-Pollack), or fixed"""
    recurrent: Literal["on", "off"]
    """recurrent weights Z that make burst probability linear; of dense layers, rule burst (on | off)"""
    network: Literal["dense", "convolutional"]
    """whether convolutions come before the dense layers (dense | convolutional)"""
    hidden: int | str | Sequence[int | str]
    """units of each dense hidden layer (one or more values, 1 to 100000)"""
    filters: int | str | Sequence[int | str]
    """filters of each convolution (one or more values, 1 to 10000)"""
    kernels: int | str | Sequence[int | str]
    """height and width of the filters (one or more values, 1 to 100)"""
    strides: int | str | Sequence[int | str]
    """strides of the filters (one or more values, 1 to 100)"""
    units: Literal["logistic", "relu"]
    """event rate of hidden units against their potential (logistic | relu)"""
    gain: _Number
    """of the first weights" spread, over that of Glorot & Bengio (2010) (0 to 100)"""
    batch: int | str
    """images between two changes of weights (1 to 1000000)"""
    epochs: int | str
    """times that all training images are shown (1 to 100000)"""
    eta: _Number
    """learning rate, of a batch"s mean gradient (0 to 1000000)"""
    schedule: Literal["constant", "linear"]
    """learning rate over epochs; linear ends near zero (constant | linear)"""
    momentum: _Number
    """part of the last change in the next one (0 to 0.9999)"""
    decay: _Number
    """part of weights that is lost with each change (0 to 1)"""
    eta_recurrent: _Number
    """learning rate of Z (0 to 1)"""
    cancelling: Literal["balanced", "learned"]
    """weights Q of events in one_phase: p_b Y, or on their way there (balanced | learned)"""
    eta_cancelling: _Number
    """learning rate of Q, where it learns (0 to 1)"""
    beta: _Number
    """slope of burst probability against apical drive; one_phase has four times it (0.0001 to 1000)"""
    p0: _Number
    """burst probability of the output without a teacher (0.01 to 0.5)"""
    noise: _Number
    """SD of what node_perturbation adds to potentials (1e-06 to 100)"""
    augment: Literal["off", "crop_flip"]
    """training images moved by up to 4 pixels and mirrored at random (off | crop_flip)"""
    device: Literal["cpu", "gpu"]
    """what computes (cpu | gpu)"""

@overload
def run(
    experiment: Literal["current_steps"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    seed: int = ...,
    backend: Literal["cpp", "cython", "numpy"] | None = ...,
    float_bits: Literal[32, 64] = ...,
    out: str | Path | None = ...,
    force: bool = ...,
    checkpoint: int | None = ...,
    progress: Progress | bool = ...,
    record: Mapping[str, int | Sequence[int]] | None = ...,
    window: Sequence[Any] | None = ...,
    memory_limit: str | float = ...,
    weights: str | Path | None = ...,
    **changes: Unpack[_current_steps],
) -> Result: ...

@overload
def run(
    experiment: Literal["response_curves"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    seed: int = ...,
    backend: Literal["cpp", "cython", "numpy"] | None = ...,
    float_bits: Literal[32, 64] = ...,
    out: str | Path | None = ...,
    force: bool = ...,
    checkpoint: int | None = ...,
    progress: Progress | bool = ...,
    record: Mapping[str, int | Sequence[int]] | None = ...,
    window: Sequence[Any] | None = ...,
    memory_limit: str | float = ...,
    weights: str | Path | None = ...,
    **changes: Unpack[_response_curves],
) -> Result: ...

@overload
def run(
    experiment: Literal["pairing"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    seed: int = ...,
    backend: Literal["cpp", "cython", "numpy"] | None = ...,
    float_bits: Literal[32, 64] = ...,
    out: str | Path | None = ...,
    force: bool = ...,
    checkpoint: int | None = ...,
    progress: Progress | bool = ...,
    record: Mapping[str, int | Sequence[int]] | None = ...,
    window: Sequence[Any] | None = ...,
    memory_limit: str | float = ...,
    weights: str | Path | None = ...,
    **changes: Unpack[_pairing],
) -> Result: ...

@overload
def run(
    experiment: Literal["plasticity_network"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    seed: int = ...,
    backend: Literal["cpp", "cython", "numpy"] | None = ...,
    float_bits: Literal[32, 64] = ...,
    out: str | Path | None = ...,
    force: bool = ...,
    checkpoint: int | None = ...,
    progress: Progress | bool = ...,
    record: Mapping[str, int | Sequence[int]] | None = ...,
    window: Sequence[Any] | None = ...,
    memory_limit: str | float = ...,
    weights: str | Path | None = ...,
    **changes: Unpack[_plasticity_network],
) -> Result: ...

@overload
def run(
    experiment: Literal["multiplexing"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    seed: int = ...,
    backend: Literal["cpp", "cython", "numpy"] | None = ...,
    float_bits: Literal[32, 64] = ...,
    out: str | Path | None = ...,
    force: bool = ...,
    checkpoint: int | None = ...,
    progress: Progress | bool = ...,
    record: Mapping[str, int | Sequence[int]] | None = ...,
    window: Sequence[Any] | None = ...,
    memory_limit: str | float = ...,
    weights: str | Path | None = ...,
    **changes: Unpack[_multiplexing],
) -> Result: ...

@overload
def run(
    experiment: Literal["transfer"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    seed: int = ...,
    backend: Literal["cpp", "cython", "numpy"] | None = ...,
    float_bits: Literal[32, 64] = ...,
    out: str | Path | None = ...,
    force: bool = ...,
    checkpoint: int | None = ...,
    progress: Progress | bool = ...,
    record: Mapping[str, int | Sequence[int]] | None = ...,
    window: Sequence[Any] | None = ...,
    memory_limit: str | float = ...,
    weights: str | Path | None = ...,
    **changes: Unpack[_transfer],
) -> Result: ...

@overload
def run(
    experiment: Literal["transmission"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    seed: int = ...,
    backend: Literal["cpp", "cython", "numpy"] | None = ...,
    float_bits: Literal[32, 64] = ...,
    out: str | Path | None = ...,
    force: bool = ...,
    checkpoint: int | None = ...,
    progress: Progress | bool = ...,
    record: Mapping[str, int | Sequence[int]] | None = ...,
    window: Sequence[Any] | None = ...,
    memory_limit: str | float = ...,
    weights: str | Path | None = ...,
    **changes: Unpack[_transmission],
) -> Result: ...

@overload
def run(
    experiment: Literal["xor"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    seed: int = ...,
    backend: Literal["cpp", "cython", "numpy"] | None = ...,
    float_bits: Literal[32, 64] = ...,
    out: str | Path | None = ...,
    force: bool = ...,
    checkpoint: int | None = ...,
    progress: Progress | bool = ...,
    record: Mapping[str, int | Sequence[int]] | None = ...,
    window: Sequence[Any] | None = ...,
    memory_limit: str | float = ...,
    weights: str | Path | None = ...,
    **changes: Unpack[_xor],
) -> Result: ...

@overload
def run(
    experiment: Literal["working_point"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    seed: int = ...,
    backend: Literal["cpp", "cython", "numpy"] | None = ...,
    float_bits: Literal[32, 64] = ...,
    out: str | Path | None = ...,
    force: bool = ...,
    checkpoint: int | None = ...,
    progress: Progress | bool = ...,
    record: Mapping[str, int | Sequence[int]] | None = ...,
    window: Sequence[Any] | None = ...,
    memory_limit: str | float = ...,
    weights: str | Path | None = ...,
    **changes: Unpack[_working_point],
) -> Result: ...

@overload
def run(
    experiment: Literal["xor_full"],
    preset: Literal["quick", "full"] | None = ...,
    *,
    seed: int = ...,
    backend: Literal["cpp", "cython", "numpy"] | None = ...,
    float_bits: Literal[32, 64] = ...,
    out: str | Path | None = ...,
    force: bool = ...,
    checkpoint: int | None = ...,
    progress: Progress | bool = ...,
    record: Mapping[str, int | Sequence[int]] | None = ...,
    window: Sequence[Any] | None = ...,
    memory_limit: str | float = ...,
    weights: str | Path | None = ...,
    **changes: Unpack[_xor_full],
) -> Result: ...

@overload
def run(
    experiment: Literal["learn"],
    preset: Literal["quick", "full", "digits", "digits_few", "digits_full", "full_cells"] | None = ...,
    *,
    seed: int = ...,
    backend: Literal["cpp", "cython", "numpy"] | None = ...,
    float_bits: Literal[32, 64] = ...,
    out: str | Path | None = ...,
    force: bool = ...,
    checkpoint: int | None = ...,
    progress: Progress | bool = ...,
    record: Mapping[str, int | Sequence[int]] | None = ...,
    window: Sequence[Any] | None = ...,
    memory_limit: str | float = ...,
    weights: str | Path | None = ...,
    **changes: Unpack[_learn],
) -> Result: ...

@overload
def run(
    experiment: Literal["two_sites"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    seed: int = ...,
    backend: Literal["cpp", "cython", "numpy"] | None = ...,
    float_bits: Literal[32, 64] = ...,
    out: str | Path | None = ...,
    force: bool = ...,
    checkpoint: int | None = ...,
    progress: Progress | bool = ...,
    record: Mapping[str, int | Sequence[int]] | None = ...,
    window: Sequence[Any] | None = ...,
    memory_limit: str | float = ...,
    weights: str | Path | None = ...,
    **changes: Unpack[_two_sites],
) -> Result: ...

@overload
def run(
    experiment: Literal["deep"],
    preset: Literal["quick", "fashion", "mnist", "cifar10"] | None = ...,
    *,
    seed: int = ...,
    backend: Literal["cpp", "cython", "numpy"] | None = ...,
    float_bits: Literal[32, 64] = ...,
    out: str | Path | None = ...,
    force: bool = ...,
    checkpoint: int | None = ...,
    progress: Progress | bool = ...,
    record: Mapping[str, int | Sequence[int]] | None = ...,
    window: Sequence[Any] | None = ...,
    memory_limit: str | float = ...,
    weights: str | Path | None = ...,
    **changes: Unpack[_deep],
) -> Result: ...

@overload
def run(
    experiment: str,
    preset: str | None = ...,
    *,
    seed: int = ...,
    backend: Literal["cpp", "cython", "numpy"] | None = ...,
    float_bits: Literal[32, 64] = ...,
    out: str | Path | None = ...,
    force: bool = ...,
    checkpoint: int | None = ...,
    progress: Progress | bool = ...,
    record: Mapping[str, int | Sequence[int]] | None = ...,
    window: Sequence[Any] | None = ...,
    memory_limit: str | float = ...,
    weights: str | Path | None = ...,
) -> Result: ...

@overload
def run(
    experiment: Path,
    preset: str | None = ...,
    *,
    seed: int = ...,
    backend: Literal["cpp", "cython", "numpy"] | None = ...,
    float_bits: Literal[32, 64] = ...,
    out: str | Path | None = ...,
    force: bool = ...,
    checkpoint: int | None = ...,
    progress: Progress | bool = ...,
    record: Mapping[str, int | Sequence[int]] | None = ...,
    window: Sequence[Any] | None = ...,
    memory_limit: str | float = ...,
    weights: str | Path | None = ...,
    **changes: Any,
) -> Result: ...

@overload
def sweep(
    experiment: Literal["current_steps"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_current_steps],
) -> SweepResult: ...

@overload
def sweep(
    experiment: Literal["response_curves"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_response_curves],
) -> SweepResult: ...

@overload
def sweep(
    experiment: Literal["pairing"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_pairing],
) -> SweepResult: ...

@overload
def sweep(
    experiment: Literal["plasticity_network"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_plasticity_network],
) -> SweepResult: ...

@overload
def sweep(
    experiment: Literal["multiplexing"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_multiplexing],
) -> SweepResult: ...

@overload
def sweep(
    experiment: Literal["transfer"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_transfer],
) -> SweepResult: ...

@overload
def sweep(
    experiment: Literal["transmission"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_transmission],
) -> SweepResult: ...

@overload
def sweep(
    experiment: Literal["xor"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_xor],
) -> SweepResult: ...

@overload
def sweep(
    experiment: Literal["working_point"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_working_point],
) -> SweepResult: ...

@overload
def sweep(
    experiment: Literal["xor_full"],
    preset: Literal["quick", "full"] | None = ...,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_xor_full],
) -> SweepResult: ...

@overload
def sweep(
    experiment: Literal["learn"],
    preset: Literal["quick", "full", "digits", "digits_few", "digits_full", "full_cells"] | None = ...,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_learn],
) -> SweepResult: ...

@overload
def sweep(
    experiment: Literal["two_sites"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_two_sites],
) -> SweepResult: ...

@overload
def sweep(
    experiment: Literal["deep"],
    preset: Literal["quick", "fashion", "mnist", "cifar10"] | None = ...,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_deep],
) -> SweepResult: ...

@overload
def sweep(
    experiment: str,
    preset: str | None = ...,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
) -> SweepResult: ...

@overload
def sweep(
    experiment: Path,
    preset: str | None = ...,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Any,
) -> SweepResult: ...

@overload
def fit(
    experiment: Literal["current_steps"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = ...,
    trials: int = ...,
    seed: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_current_steps],
) -> FitResult: ...

@overload
def fit(
    experiment: Literal["response_curves"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = ...,
    trials: int = ...,
    seed: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_response_curves],
) -> FitResult: ...

@overload
def fit(
    experiment: Literal["pairing"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = ...,
    trials: int = ...,
    seed: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_pairing],
) -> FitResult: ...

@overload
def fit(
    experiment: Literal["plasticity_network"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = ...,
    trials: int = ...,
    seed: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_plasticity_network],
) -> FitResult: ...

@overload
def fit(
    experiment: Literal["multiplexing"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = ...,
    trials: int = ...,
    seed: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_multiplexing],
) -> FitResult: ...

@overload
def fit(
    experiment: Literal["transfer"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = ...,
    trials: int = ...,
    seed: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_transfer],
) -> FitResult: ...

@overload
def fit(
    experiment: Literal["transmission"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = ...,
    trials: int = ...,
    seed: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_transmission],
) -> FitResult: ...

@overload
def fit(
    experiment: Literal["xor"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = ...,
    trials: int = ...,
    seed: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_xor],
) -> FitResult: ...

@overload
def fit(
    experiment: Literal["working_point"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = ...,
    trials: int = ...,
    seed: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_working_point],
) -> FitResult: ...

@overload
def fit(
    experiment: Literal["xor_full"],
    preset: Literal["quick", "full"] | None = ...,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = ...,
    trials: int = ...,
    seed: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_xor_full],
) -> FitResult: ...

@overload
def fit(
    experiment: Literal["learn"],
    preset: Literal["quick", "full", "digits", "digits_few", "digits_full", "full_cells"] | None = ...,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = ...,
    trials: int = ...,
    seed: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_learn],
) -> FitResult: ...

@overload
def fit(
    experiment: Literal["two_sites"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = ...,
    trials: int = ...,
    seed: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_two_sites],
) -> FitResult: ...

@overload
def fit(
    experiment: Literal["deep"],
    preset: Literal["quick", "fashion", "mnist", "cifar10"] | None = ...,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = ...,
    trials: int = ...,
    seed: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_deep],
) -> FitResult: ...

@overload
def fit(
    experiment: str,
    preset: str | None = ...,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = ...,
    trials: int = ...,
    seed: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
) -> FitResult: ...

@overload
def fit(
    experiment: Path,
    preset: str | None = ...,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = ...,
    trials: int = ...,
    seed: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Any,
) -> FitResult: ...

@overload
def sensitivity(
    experiment: Literal["current_steps"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = ...,
    samples: int | None = ...,
    method: Literal["sobol", "morris", "local"] = ...,
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_current_steps],
) -> SensitivityResult: ...

@overload
def sensitivity(
    experiment: Literal["response_curves"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = ...,
    samples: int | None = ...,
    method: Literal["sobol", "morris", "local"] = ...,
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_response_curves],
) -> SensitivityResult: ...

@overload
def sensitivity(
    experiment: Literal["pairing"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = ...,
    samples: int | None = ...,
    method: Literal["sobol", "morris", "local"] = ...,
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_pairing],
) -> SensitivityResult: ...

@overload
def sensitivity(
    experiment: Literal["plasticity_network"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = ...,
    samples: int | None = ...,
    method: Literal["sobol", "morris", "local"] = ...,
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_plasticity_network],
) -> SensitivityResult: ...

@overload
def sensitivity(
    experiment: Literal["multiplexing"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = ...,
    samples: int | None = ...,
    method: Literal["sobol", "morris", "local"] = ...,
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_multiplexing],
) -> SensitivityResult: ...

@overload
def sensitivity(
    experiment: Literal["transfer"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = ...,
    samples: int | None = ...,
    method: Literal["sobol", "morris", "local"] = ...,
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_transfer],
) -> SensitivityResult: ...

@overload
def sensitivity(
    experiment: Literal["transmission"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = ...,
    samples: int | None = ...,
    method: Literal["sobol", "morris", "local"] = ...,
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_transmission],
) -> SensitivityResult: ...

@overload
def sensitivity(
    experiment: Literal["xor"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = ...,
    samples: int | None = ...,
    method: Literal["sobol", "morris", "local"] = ...,
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_xor],
) -> SensitivityResult: ...

@overload
def sensitivity(
    experiment: Literal["working_point"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = ...,
    samples: int | None = ...,
    method: Literal["sobol", "morris", "local"] = ...,
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_working_point],
) -> SensitivityResult: ...

@overload
def sensitivity(
    experiment: Literal["xor_full"],
    preset: Literal["quick", "full"] | None = ...,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = ...,
    samples: int | None = ...,
    method: Literal["sobol", "morris", "local"] = ...,
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_xor_full],
) -> SensitivityResult: ...

@overload
def sensitivity(
    experiment: Literal["learn"],
    preset: Literal["quick", "full", "digits", "digits_few", "digits_full", "full_cells"] | None = ...,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = ...,
    samples: int | None = ...,
    method: Literal["sobol", "morris", "local"] = ...,
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_learn],
) -> SensitivityResult: ...

@overload
def sensitivity(
    experiment: Literal["two_sites"],
    preset: Literal["quick", "paper"] | None = ...,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = ...,
    samples: int | None = ...,
    method: Literal["sobol", "morris", "local"] = ...,
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_two_sites],
) -> SensitivityResult: ...

@overload
def sensitivity(
    experiment: Literal["deep"],
    preset: Literal["quick", "fashion", "mnist", "cifar10"] | None = ...,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = ...,
    samples: int | None = ...,
    method: Literal["sobol", "morris", "local"] = ...,
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Unpack[_deep],
) -> SensitivityResult: ...

@overload
def sensitivity(
    experiment: str,
    preset: str | None = ...,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = ...,
    samples: int | None = ...,
    method: Literal["sobol", "morris", "local"] = ...,
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
) -> SensitivityResult: ...

@overload
def sensitivity(
    experiment: Path,
    preset: str | None = ...,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = ...,
    samples: int | None = ...,
    method: Literal["sobol", "morris", "local"] = ...,
    seed: int = ...,
    seeds: int = ...,
    jobs: int = ...,
    scheduler: str | None = ...,
    out: str | Path | None = ...,
    resume: bool = ...,
    force: bool = ...,
    progress: Progress | bool = ...,
    **changes: Any,
) -> SensitivityResult: ...
