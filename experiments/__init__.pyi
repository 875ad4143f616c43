from .cli.reproducing import reproduce as reproduce
from .errors import RunError as RunError
from .runs.result import Result as Result
from .runs.result import load as load
from .runs.resuming import resume as resume
from .runs.sweeping import SweepResult as SweepResult
from .typed import run as run
from .typed import sweep as sweep
