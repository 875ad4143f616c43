"""Files of arrays, .npz, of which nobody knows what is in them."""

from __future__ import annotations

import contextlib
import zipfile
import zlib
from collections.abc import Iterator

from burstlab.models.parameters import ParameterError


@contextlib.contextmanager
def reading(told: str) -> Iterator[None]:
    """Say in one line why a file is none that numpy can read.

    Parameters
    ----------
    told : str
        The begin of the message, which ends with the reason: "data: digits.npz cannot be read".

    Raises
    ------
    ParameterError
        In place of what numpy and the packer raise; an OSError goes on.
    """
    try:
        yield
    except ParameterError:
        raise
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, MemoryError) as error:
        raise ParameterError(f"{told}: {' '.join(str(error).split()) or type(error).__name__}") from None
