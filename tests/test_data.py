"""Images from files: the same images whatever kind of file they come from, and every refusal names the file."""

from __future__ import annotations

import itertools
import os
import shutil

import numpy as np
import pytest

from burstlab.experiments.learning import data
from burstlab.models import ParameterError

from .image_files import IMAGES, LABELS, cifar_folder, idx, idx_folder, made_up, npz


def test_digits_are_there_with_their_split():
    digits = data.read("digits")
    assert (digits.n_train, digits.n_test, digits.shape, digits.classes) == (1437, 360, (8, 8), 10)
    images, labels = digits.train
    assert images.dtype == np.float32
    assert (images.min(), images.max()) == (0, 1)
    np.testing.assert_array_equal(images * 16, np.round(images * 16))
    # In proportion to the classes: no count is further from it than rounding takes it.
    every, test = np.bincount(digits.labels), np.bincount(digits.test[1])
    assert np.all(np.abs(test - every * 360 / 1797) < 1)
    # Digits they are: the mean image of its class is the nearest one for four of five.
    means = np.stack([images[labels == k].mean(axis=0) for k in range(10)]).reshape(10, -1)
    shown, wanted = digits.test
    nearest = np.linalg.norm(shown.reshape(-1, 1, 64) - means, axis=2).argmin(axis=1)
    assert (nearest == wanted).mean() > 0.8


def test_the_same_images_from_every_kind_of_file(tmp_path):
    parts = made_up()
    found = [
        data.read(str(idx_folder(tmp_path / "plain", parts))),
        data.read(str(idx_folder(tmp_path / "packed", parts, pack=True))),
        data.read(str(npz(tmp_path / "keras.npz", parts))),
        data.read(str(npz(tmp_path / "column.npz", parts, y_train=parts[0][1][:, None], y_test=parts[1][1][:, None]))),
    ]
    for each in found:
        np.testing.assert_array_equal(np.round(each.train[0] * 255), parts[0][0])
        np.testing.assert_array_equal(each.test[1], parts[1][1])
    assert len({each.sha256 for each in found}) == 1
    assert found[0].describe() == {"sha256": found[0].sha256, "shape": [4, 5], "classes": 10, "train": 20, "test": 10}


def test_cifar(tmp_path):
    parts = made_up(n_train=50, shape=(32, 32, 3))
    found = data.read(str(cifar_folder(tmp_path / "cifar", parts)))
    np.testing.assert_array_equal(np.round(found.train[0] * 255), parts[0][0])
    np.testing.assert_array_equal(np.round(found.test[0] * 255), parts[1][0])
    np.testing.assert_array_equal(found.train[1], parts[0][1])
    assert (found.shape, found.classes) == ((32, 32, 3), 10)


def test_another_content_is_other_data(tmp_path):
    parts = made_up()
    file = tmp_path / "a.npz"
    moments = itertools.count()

    def hashed(parts):
        npz(file, parts)
        os.utime(file, (next(moments),) * 2)  # a clock may stand still between two files of one size
        return data.read(str(file)).sha256

    before = hashed(parts)
    (images, labels), test = parts
    images = images.copy()
    images[3, 2, 1] ^= 1
    assert hashed(((images, labels), test)) != before
    assert hashed(((parts[0][0], np.roll(labels, 1)), test)) != before
    assert hashed(parts) == before


# ---- what is refused -------------------------------------------------------------------------------------------------


def _cut(path, n):
    path.write_bytes(path.read_bytes()[:-n])


IDX_WRONG = {
    "short": (lambda f: _cut(f / IMAGES[0], 1), "train-images-idx3-ubyte is not whole"),
    "long": (lambda f: (f / LABELS[0]).open("ab").write(b"x"), "train-labels-idx1-ubyte is not whole"),
    "empty": (lambda f: (f / IMAGES[1]).write_bytes(b""), "t10k-images-idx3-ubyte begins with nothing"),
    "magic": (lambda f: shutil.copy(f / LABELS[0], f / IMAGES[0]), "train-images-idx3-ubyte begins with 00000801"),
    "huge": (
        lambda f: (f / LABELS[0]).write_bytes(b"\0\0\x08\x01\xff\xff\xff\xff" + b"\0" * 20),
        "it says that it has 4294967295 values",
    ),
    "missing": (lambda f: (f / LABELS[1]).unlink(), "t10k-labels-idx1-ubyte is missing"),
    "labels": (
        lambda f: (f / LABELS[1]).write_bytes(idx(np.full(10, 11, np.uint8))),
        "t10k-labels-idx1-ubyte: the label 11 is none of the classes 0 to 9",
    ),
    "gap": (
        lambda f: (f / LABELS[0]).write_bytes(idx(np.arange(20, dtype=np.uint8))[:-1] + b"\xff"),
        "train-labels-idx1-ubyte: training labels from 0 on",
    ),
    "count": (
        lambda f: (f / LABELS[0]).write_bytes(idx(np.zeros(7, np.uint8))),
        "train-labels-idx1-ubyte: 20 labels are needed",
    ),
    "shape": (
        lambda f: (f / IMAGES[1]).write_bytes(idx(np.zeros((10, 4, 4), np.uint8))),
        r"t10k-images-idx3-ubyte: the images of the test part are uint8 of shape \(4, 4\)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "said"), IDX_WRONG.values(), ids=IDX_WRONG)
def test_idx_files_that_are_not_whole(tmp_path, spoil, said):
    folder = idx_folder(tmp_path / "idx", made_up())
    spoil(folder)
    refused(folder, said)


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_a_packed_file_that_is_cut(tmp_path, cut):
    folder = idx_folder(tmp_path / "idx", made_up(), pack=True)
    _cut(folder / f"{IMAGES[0]}.gz", cut)
    refused(folder, f"{IMAGES[0]}.gz")


class Harm:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was read",))


NPZ_WRONG = {
    "pickle": ({"y_train": np.array([Harm()] * 20, dtype=object)}, "cannot be read"),
    "name": ({"y_test": None}, "has no array y_test"),
    "flat": ({"x_train": np.zeros((20, 16), np.uint8)}, "images of shape"),
    "none": ({"x_test": np.zeros((0, 4, 5), np.uint8)}, "images of shape"),
    "beyond": ({"x_train": np.full((20, 4, 5), 2.0), "x_test": np.zeros((10, 4, 5))}, "from 2 to 2"),
    "nan": ({"x_train": np.full((20, 4, 5), np.nan), "x_test": np.zeros((10, 4, 5))}, "from nan to nan"),
    "int": ({"x_train": np.zeros((20, 4, 5), int), "x_test": np.zeros((10, 4, 5), int)}, "not int64"),
    "negative": ({"y_train": np.arange(20) - 1}, "whole numbers from 0 on"),
    "numbers": ({"y_train": np.arange(20) % 10 + 0.5}, "whole numbers from 0 on"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), NPZ_WRONG.values(), ids=NPZ_WRONG)
def test_npz_files_with_something_else(tmp_path, changes, said):
    (x_train, y_train), (x_test, y_test) = made_up()
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test} | changes
    file = tmp_path / "keras.npz"
    np.savez(file, **{name: value for name, value in arrays.items() if value is not None})
    refused(file, said)


def test_places_that_are_none(tmp_path):
    refused(tmp_path / "nowhere", "there is no such folder")
    refused("digit", "allowed: digits, a folder of idx files")
    (tmp_path / "folder").mkdir()
    refused(tmp_path / "folder", "no file in it has a name that is known")
    text = tmp_path / "text.npz"
    text.write_text("no archive")
    refused(text, "text.npz cannot be read")
    folder = cifar_folder(tmp_path / "cifar", made_up(n_train=50, shape=(32, 32, 3)))
    _cut(folder / "data_batch_2.bin", 1)
    refused(folder, "data_batch_2.bin has 30729 bytes; a whole number of rows of 3073")
    (folder / "data_batch_3.bin").unlink()
    refused(folder, "data_batch_3.bin is missing")


def refused(place, said):
    with pytest.raises(ParameterError, match=said) as raised:
        data.read(str(place))
    assert "\n" not in str(raised.value)
    assert str(raised.value).startswith("data")
