"""What counts as the same picture: the last level of a smooth edge may differ, and nothing that anyone could see."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from matplotlib.image import imsave

from .experiment_runs import cache, run_once, steps_result
from .pictures import MOST_LEVELS, levels, same_picture

__all__ = ["cache"]


@pytest.fixture
def picture():
    """The figure of a run."""
    return steps_result().folder / "figure.png"


def _changed(picture, path, change, where):
    pixels = levels(picture)
    assert pixels.shape[-1] == 4
    row, column = np.argwhere(pixels[..., 0] < 100)[where][:2]
    pixels[row, column, 0] += change
    imsave(path, pixels.astype(np.uint8))
    return path


@pytest.mark.parametrize("change", [0, 1, MOST_LEVELS])
def test_a_level_is_no_difference(picture, tmp_path, change):
    same_picture(picture, _changed(picture, tmp_path / "other.png", change, 17))


def test_one_pixel_is_a_difference(picture, tmp_path):
    other = _changed(picture, tmp_path / "other.png", MOST_LEVELS + 1, 17)
    with pytest.raises(AssertionError, match="1 pixels"):
        same_picture(picture, other)


@pytest.mark.parametrize("changes", [{"g_d": "1310 pA"}, {"tau_d": "7.1 ms"}])
def test_runs_that_hardly_differ_have_other_pictures(picture, tmp_path, changes):
    first, second = (run_once("current_steps", preset="paper", **each).folder / "figure.png" for each in ({}, changes))
    with pytest.raises(AssertionError, match="pixels"):
        same_picture(first, second)


def test_another_size_is_a_difference(picture, tmp_path):
    imsave(tmp_path / "other.png", levels(picture)[:-1].astype(np.uint8))
    with pytest.raises(AssertionError, match="is"):
        same_picture(picture, tmp_path / "other.png")


def test_an_empty_picture_is_none(picture, tmp_path):
    for name in ("one", "other"):
        imsave(tmp_path / f"{name}.png", np.full((30, 30, 4), 255, np.uint8))
    with pytest.raises(AssertionError, match="is empty"):
        same_picture(tmp_path / "one.png", tmp_path / "other.png")


def test_a_damaged_picture_is_none(picture, tmp_path):
    shutil.copy(picture, tmp_path / "other.png")
    (tmp_path / "other.png").write_bytes(picture.read_bytes()[:1000])
    with pytest.raises((OSError, SyntaxError)):
        same_picture(picture, tmp_path / "other.png")
