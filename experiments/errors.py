"""Errors that a user can do something about: one line that says what, where, and what is allowed."""


class RunError(RuntimeError):
    """A run could not be made, or its results cannot be used."""


class InterruptedRunError(RunError):
    """A run was stopped from outside."""
