from .equations.errors import ParameterError as ParameterError
from .experiments.cli.compare import compare as compare
from .experiments.cli.inspection import inspect as inspect
from .experiments.cli.reproducing import reproduce as reproduce
from .experiments.cli.script import script as script
from .experiments.errors import RunError as RunError
from .experiments.experiment import Analysis as Analysis
from .experiments.experiment import Array as Array
from .experiments.experiment import Experiment as Experiment
from .experiments.experiment import Model as Model
from .experiments.experiment import Output as Output
from .experiments.experiment import Population as Population
from .experiments.experiment import Reference as Reference
from .experiments.experiment import Work as Work
from .experiments.explore.server import serve as explore  # noqa: F401  # another name is no re-export to ruff
from .experiments.runs.loading import load as load
from .experiments.runs.resuming import resume as resume
from .experiments.typed import fit as fit
from .experiments.typed import run as run
from .experiments.typed import sensitivity as sensitivity
from .experiments.typed import sweep as sweep

__version__: str
