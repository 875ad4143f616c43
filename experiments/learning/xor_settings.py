"""Settings of the XOR experiment (xor.py): feedback, background, weights and cells; all others are in settings.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brian2 import Hz, Quantity, mV

from burstlab.models import Conductance, ReducedPyramidal
from burstlab.models.conductance import DRIVING_FORCES
from burstlab.models.parameters import BURSTLAB, PAYEUR, PAYEUR_PROGRAM, check, choice, component, quantity
from burstlab.models.tables import Drive

from .settings import GREEDY, Learning


@dataclass(frozen=True, kw_only=True)
class XorBackground:
    """Poisson input of every cell: one excitatory and one inhibitory source for soma and dendrite each."""

    rate_input: Quantity = quantity(500, Hz, 0, 5000, "somatic background of input cells", PAYEUR_PROGRAM)
    rate_hidden: Quantity = quantity(150, Hz, 0, 5000, "somatic background of hidden cells", PAYEUR_PROGRAM)
    rate_output: Quantity = quantity(150, Hz, 0, 5000, "somatic background of output cells", PAYEUR_PROGRAM)
    rate_dendrite: Quantity = quantity(500, Hz, 0, 5000, "dendritic background of all cells", PAYEUR_PROGRAM)
    exc_input: Quantity = quantity(0.35, None, 0, 10, "its excitatory weight, soma of input cells", PAYEUR_PROGRAM)
    inh_input: Quantity = quantity(0.35, None, 0, 10, "its inhibitory weight, soma of input cells", PAYEUR_PROGRAM)
    exc_hidden: Quantity = quantity(0.385, None, 0, 10, "its excitatory weight, soma of hidden cells", PAYEUR_PROGRAM)
    inh_hidden: Quantity = quantity(0.49, None, 0, 10, "its inhibitory weight, soma of hidden cells", PAYEUR_PROGRAM)
    exc_output: Quantity = quantity(0.35, None, 0, 10, "its excitatory weight, soma of output cells", PAYEUR_PROGRAM)
    inh_output: Quantity = quantity(0.35, None, 0, 10, "its inhibitory weight, soma of output cells", PAYEUR_PROGRAM)
    exc_dendrite: Quantity = quantity(0.05, None, 0, 10, "its excitatory weight, all dendrites", PAYEUR_PROGRAM)
    inh_dendrite: Quantity = quantity(0.05, None, 0, 10, "its inhibitory weight, all dendrites", PAYEUR_PROGRAM)

    def __post_init__(self) -> None:
        check(self)

    def drives(self, inputs: Sequence[str], hidden: Sequence[str], outputs: Sequence[str]) -> list[Drive]:
        """Rows of a network's tables, for its populations by layer."""
        return [
            Drive(receptor=receptor, onto=onto, rate=rate, weight=weight)
            for receptor, onto, rate, weight in (
                ("g_exc_s", inputs, self.rate_input, self.exc_input),
                ("g_inh_s", inputs, self.rate_input, self.inh_input),
                ("g_exc_s", hidden, self.rate_hidden, self.exc_hidden),
                ("g_inh_s", hidden, self.rate_hidden, self.inh_hidden),
                ("g_exc_s", outputs, self.rate_output, self.exc_output),
                ("g_inh_s", outputs, self.rate_output, self.inh_output),
                ("g_exc_d", (*inputs, *hidden, *outputs), self.rate_dendrite, self.exc_dendrite),
                ("g_inh_d", (*inputs, *hidden, *outputs), self.rate_dendrite, self.inh_dendrite),
            )
        ]


@dataclass(frozen=True, kw_only=True)
class XorProjections:
    """Weights of the projections, in units of the target's leak."""

    w_initial: Quantity = quantity(0.234, None, 0, 10, "plastic excitatory weights at the start", PAYEUR_PROGRAM)
    w_inhibition: Quantity = quantity(
        0.25, None, 0, 10, "fixed event-transmitted inhibition, same routes", PAYEUR_PROGRAM
    )
    feedback_exc_hidden1: Quantity = quantity(
        0.26, None, 0, 10, "output bursts to hidden1 dendrites, exc", PAYEUR_PROGRAM
    )
    feedback_inh_hidden1: Quantity = quantity(
        0.06, None, 0, 10, "output bursts to hidden1 dendrites, inh", PAYEUR_PROGRAM
    )
    feedback_exc_hidden2: Quantity = quantity(
        0.026, None, 0, 10, "output bursts to hidden2 dendrites, exc", PAYEUR_PROGRAM
    )
    feedback_inh_hidden2: Quantity = quantity(
        0.27, None, 0, 10, "output bursts to hidden2 dendrites, inh", PAYEUR_PROGRAM
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class OfReducedCells:
    """What networks of reduced cells have beside schedule, teacher and weights: synapses, background, event route."""

    event_route: str = choice(
        "on",
        ("on", "off"),
        "where the reference is constant: events of the output cancel what P_b of them bring",
        GREEDY,
    )
    V_balance: Quantity = quantity(
        -60, mV, -75, -40, "somatic voltage at which they do, excitatory beside inhibitory synapses", BURSTLAB
    )
    driving_force: str = choice(
        "somatic", DRIVING_FORCES, "voltage that dendritic synapses see", PAYEUR_PROGRAM, structural=True
    )

    synapse: Conductance = component(Conductance)
    background: XorBackground = component(XorBackground, prefix="background_")

    @property
    def balance(self) -> float:
        """How much inhibition weighs up excitation: the ratio of their charges at V_balance."""
        given, V = self.synapse, self.V_balance
        return float(given.tau_exc * (given.E_exc - V) / (given.tau_inh * (V - given.E_inh)))


@dataclass(frozen=True, kw_only=True)
class Config(OfReducedCells, Learning):
    """Settings of the experiment; the defaults are those of the paper's Fig 4."""

    feedback: str = choice(
        "normal", ("normal", "same_sign", "cut"), "signs of the feedback to hidden1 and hidden2", PAYEUR
    )

    cell: ReducedPyramidal = component(ReducedPyramidal)
    weights: XorProjections = component(XorProjections)
