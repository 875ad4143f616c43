"""Transfer curves: how burst probability answers to dendritic current (Payeur et al. 2021)."""

from .experiment import EXPERIMENT

__all__ = ["EXPERIMENT"]
