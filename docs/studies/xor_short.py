"""XOR in half a minute: half as many cells, short examples, fast learning; and how far the answers are apart.

It does not learn to the end as the presets of `xor` do: rates are on the wrong side of the threshold about as often as
not. What it learns of the task is `contrast_Hz`: the mean output rate for inputs whose target is 1 less that for the
others, after learning. For the study of docs/robustness.md.
"""

from dataclasses import replace

import numpy as np
from brian2 import ms, second

from burstlab.experiments import xor
from burstlab.experiments.learning.xor_settings import Config
from burstlab.models import BurstPlasticity

SHORT = Config(
    n=125, dt=0.2 * ms, example_duration=2 * second, epochs=250, eta_hidden=32e-3, eta_output=16e-3,
    rule=BurstPlasticity(tau_avg=1 * second),
)  # fmt: skip


def analyse(config, raw, seed):
    """As of `xor`, and the contrast before and after."""
    found = xor.EXPERIMENT.analyse(config, raw, seed)
    wanted = np.array([float(target) for target in config.targets]) > 0.5
    for name, key in (("contrast_Hz", "event_rate_after_Hz"), ("contrast_before_Hz", "event_rate_before_Hz")):
        rates = np.array(found.summary[key])
        found.summary[name] = float(rates[wanted].mean() - rates[~wanted].mean())
    return found


EXPERIMENT = replace(
    xor.EXPERIMENT,
    name="xor_short",
    meaning="XOR in half a minute, for studies of many runs",
    presets={"short": SHORT},
    expected_s={"short": 30},
    seeds={},
    references=(),
    preset_references={},
    headlines=("contrast_Hz", "contrast_before_Hz", "final_epoch_cost", "margin_Hz"),
    analyse=analyse,
)
