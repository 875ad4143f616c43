"""What the model is: named Brian2 equations and statements, text without numbers and without side effects."""

from .preferences import import_brian2

import_brian2()
