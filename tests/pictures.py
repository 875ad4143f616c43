"""Pictures compared as pictures: what a reader would see, not the bytes that a drawing library happened to write."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.image import imread

# Edges are drawn smooth: a pixel gets the part of it that a line covers, in 255 levels, blended into what is there. The
# place of the line is a sum of floats, whose last digit nobody promises. A pixel right between two levels then goes to
# the other one: once for its cover, once for its blend. A line moved by one pixel changes levels by a hundred.
MOST_LEVELS = 2


def levels(path: Path) -> np.ndarray:
    """The pixels of a PNG from 0 to 255, shape (height, width, channels)."""
    return np.rint(255 * imread(path)).astype(int)


def same_picture(one: Path, other: Path) -> None:
    """Assert that two PNGs show the same."""
    first, second = levels(one), levels(other)
    assert first.shape == second.shape, f"{one} is {first.shape[:2]}, {other} is {second.shape[:2]}"
    assert np.ptp(first) > 200, f"{one} is empty"
    differing = np.abs(first - second).max(axis=-1)
    assert differing.max() <= MOST_LEVELS, f"{np.sum(differing > MOST_LEVELS)} pixels of {one} and {other} differ"
