"""Presets of `learn` (../learn.py), and what was asked of those with images."""

from __future__ import annotations

from burstlab.models.parameters import with_changes

from ..contract.reference import Reference
from .learn_settings import Config

# Digits are answered before they are taught; each of the 400 hidden cells hears some 15 of 256 input cells, and half of
# the outputs hear it.
_DIGITS = with_changes(
    Config(),
    {
        "task": "digits", "layers": "64, 100, 10", "train_patterns": 1437, "test_patterns": 360, "epochs": 20,
        "cells_per_unit": "2, 4, 40", "inputs_per_unit": "0.12, 2", "feedback": "random",
        "example_duration": "0.8 s", "learning": "two_phase", "prediction": 0.5,
        "reference": "slow", "homeostasis": "range", "tau_avg": "0.2 s", "teacher_reads": "unit",
        "P_b_hidden": 0.5, "P_b_output": 0.45, "e_min_hidden": "6 Hz", "e_max_hidden": "10 Hz",
        "e_min_output": "4.5 Hz", "e_max_output": "5.5 Hz",
        "eta_hidden": 5e-3, "eta_output": 15e-3, "eta_final": 0.1, "I_s_output": "200 pA",
        "w_initial": 0.105, "w_spread": 0.2, "w_inhibition": 0.2, "feedback_exc": 0.75, "feedback_inh": 0.75,
        "eta_feedback": 5, "feedback_max": 3,
    },
)  # fmt: skip
_DIGITS_FEW = with_changes(_DIGITS, {"layers": "64, 20, 10", "epochs": 15})
# The second is the first for longer, with an input more. `digits_few` has so few hidden cells that it matters what they
# have learned. In full cells a teacher of more than 0.5 nA makes events in place of bursts, one in proportion to what
# is lacking keeps outputs from learning the means of their classes, and facilitating synapses release some 0.12 of
# their weight at a second spike.
PRESETS = {
    "quick": Config(),
    "full": Config(task="parity3", layers=(3, 12, 1), epochs=500),
    "digits": _DIGITS,
    "digits_few": _DIGITS_FEW,
    "digits_full": with_changes(
        _DIGITS_FEW,
        {
            "cell": "full", "transmission": "stp", "event_route": "off", "layers": "64, 100, 10", "epochs": 6,
            "example_duration": "1.2 s", "settling": "60 s", "eta_hidden": 4e-3, "eta_output": 12e-3,
            "P_b_hidden": 0.385, "P_b_output": 0.29, "I_d_output": "200 pA", "I_s_output": "300 pA",
            "I_d_hidden": "300 pA", "teacher": "linear", "margin": "2 Hz", "e_min": "1.5 Hz", "e_max": "7 Hz",
            "e_max_hidden": "12 Hz", "e_min_output": "4 Hz", "e_max_output": "5 Hz", "feedback_exc": 2.5,
            "feedback_inh": 2.5,
        },
    ),
    "full_cells": with_changes(
        Config(),
        {
            "cell": "full", "transmission": "stp", "interneurons": "on", "layers": "2, 4, 1", "coding": "plain",
            "cells_per_unit": "250, 125, 250", "inputs_per_unit": "50, 25", "settling": "4 s",
            "example_duration": "4 s", "epochs": 400, "learning": "two_phase", "prediction": 0.7, "timing": "paper",
            "order": "fixed", "tau_avg": "1 s", "c_teach": "1.2 nA*Hz", "margin": "2 Hz", "e_min_hidden": "0.5 Hz",
            "e_max_hidden": "20 Hz", "I_input_low": "-550 pA", "I_input_high": "350 pA", "I_s_hidden": "-250 pA",
            "I_s_output": "80 pA", "I_d_hidden": "-250 pA", "I_d_output": "200 pA", "eta_hidden": 9e-3,
            "eta_output": 15e-3, "w_initial": 0.275, "w_spread": 0.1, "output_part": 0.545, "w_max": 0.75,
            "feedback_exc": 0.6, "feedback_inh": 0.8, "background_rate_hidden": "500 Hz",
            "background_exc_hidden": 0.4, "background_inh_hidden": 0.4, "background_exc_output": 0.4,
            "background_inh_output": 0.4,
        },
    ),
}  # fmt: skip

# Asked for before the runs.
DIGITS_REFERENCES = (
    Reference(
        name="images of the test part answered right", key="accuracy_after", value=None, low=0.85, high=1,
        source="burstlab",
    ),
    Reference(
        name="hidden units whose bursts have the gradient's sign", key="units_of_its_sign", value=None, low=0.9, high=1,
        source="burstlab",
    ),
)  # fmt: skip
