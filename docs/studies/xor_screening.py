"""The screening of docs/robustness.md: elementary effects of 38 parameters on what a short XOR run learns.

    python docs/studies/xor_screening.py

takes some 35 minutes of one core; stopped, it goes on where it was.
"""

from pathlib import Path

from burstlab import sensitivity

CELL = [
    "tau_s", "C_s", "b", "tau_ws", "delta_theta", "tau_theta", "tau_d", "C_d", "a", "tau_wd", "D_d", "refractory_time",
    "burst_delay", "burst_jitter",
]  # fmt: skip
# 20 % of the 20 mV between rest and threshold.
VOLTAGES = ["E_L=-74 mV:-66 mV", "V_T=-54 mV:-46 mV", "E_d=-61 mV:-53 mV", "E_inh=-84 mV:-76 mV"]
SYNAPSES = ["tau_exc", "tau_inh"]
BACKGROUND = [
    f"background_{what}"
    for what in (
        "rate_input", "rate_hidden", "rate_output", "rate_dendrite", "exc_input", "inh_input", "exc_hidden",
        "inh_hidden", "exc_output", "inh_output", "exc_dendrite", "inh_dendrite",
    )
]  # fmt: skip
WEIGHTS = [
    "w_initial", "w_inhibition", "feedback_exc_hidden1", "feedback_inh_hidden1", "feedback_exc_hidden2",
    "feedback_inh_hidden2",
]  # fmt: skip
OUT = Path("results/xor_short/screening")

if __name__ == "__main__":
    result = sensitivity(
        Path(__file__).with_name("xor_short.py"),
        of=["contrast_Hz", "final_epoch_cost", "margin_Hz", "contrast_before_Hz"],
        over=[*CELL, *VOLTAGES, *SYNAPSES, *BACKGROUND, *WEIGHTS],
        method="morris",
        samples=2,
        seeds=4,
        out=OUT,
        resume=OUT.exists(),
    )
    print("\n".join(result.lines()))
