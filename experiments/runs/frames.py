"""Tables as pandas frames, where pandas is installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import not_installed


def pandas(columns: Mapping[str, np.ndarray]) -> Any:
    """A table as a pandas.DataFrame.

    Raises
    ------
    RunError
        Without pandas.
    """
    try:
        from pandas import DataFrame
    except ImportError:
        raise not_installed("a frame", "pandas", "vary") from None
    return DataFrame({name: column.tolist() for name, column in columns.items()})
