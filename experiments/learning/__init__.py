"""Networks that learn a task: their settings, schedule, teacher and results are the same for all of them."""

from .experiment import learning
from .network import LearningNetwork
from .task import XOR, Task

__all__ = ["XOR", "LearningNetwork", "Task", "learning"]
