"""Made-up images in the kinds of files that are read."""

from __future__ import annotations

import gzip

import numpy as np

IMAGES = ("train-images-idx3-ubyte", "t10k-images-idx3-ubyte")
LABELS = ("train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte")


def made_up(n_train=20, n_test=10, shape=(4, 5), classes=10, seed=1):
    """Random images of bytes, with every class among those for training."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (n_train + n_test, *shape), dtype=np.uint8)
    labels = np.arange(n_train + n_test, dtype=np.uint8) % classes
    return (images[:n_train], labels[:n_train]), (images[n_train:], labels[n_train:])


def idx(values):
    """The content of an idx file, by its definition."""
    head = bytes((0, 0, 8, values.ndim)) + b"".join(int(size).to_bytes(4, "big") for size in values.shape)
    return head + values.tobytes()


def idx_folder(folder, parts, pack=False):
    folder.mkdir(parents=True, exist_ok=True)
    for (images, labels), image_file, label_file in zip(parts, IMAGES, LABELS, strict=True):
        for name, values in ((image_file, images), (label_file, labels)):
            content = idx(values)
            file = folder / (f"{name}.gz" if pack else name)
            file.write_bytes(gzip.compress(content) if pack else content)
    return folder


def npz(file, parts, **changes):
    (x_train, y_train), (x_test, y_test) = parts
    np.savez(file, **({"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test} | changes))
    return file


def cifar_folder(folder, parts):
    """As https://www.cs.toronto.edu/~kriz/cifar.html says: a label, then 1024 red, 1024 green, 1024 blue values."""
    folder.mkdir()
    (images, labels), test = parts
    batches = [*zip(np.array_split(images, 5), np.array_split(labels, 5), strict=True), test]
    for name, (x, y) in zip([*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"], batches, strict=True):
        planes = [b"".join(image[..., c].tobytes() for c in range(3)) for image in x]
        rows = [bytes([label]) + values for label, values in zip(y, planes, strict=True)]
        (folder / f"{name}.bin").write_bytes(b"".join(rows))
    return folder
