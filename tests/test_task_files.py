"""Tasks by name and from files: what is read, and what is refused in one line that says where and what is allowed."""

from __future__ import annotations

import re
import zipfile

import numpy as np
import pytest

from burstlab.experiments.learning import task_files, tasks
from burstlab.experiments.learning.task import XOR, Task, one_hot
from burstlab.models import ParameterError

HALF_ADDER = """input a,input b,output sum,output carry
0,0,0,0
1,0,1,0
0,1,1,0
1,1,0,1
"""


def read(name, inputs=2, outputs=1, most_train=1000, most_test=1000, pool=1):
    return tasks.read(str(name), inputs, outputs, most_train, most_test, pool)


def refused(name, *said, inputs=2, outputs=2):
    with pytest.raises(ParameterError) as error:
        read(name, inputs, outputs)
    text = str(error.value)
    assert "\n" not in text
    for part in said:
        assert part in text, text
    return text


# ---- by name ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "targets"), [("xor", [0, 1, 1, 0]), ("and", [0, 0, 0, 1]), ("or", [0, 1, 1, 1]), ("nand", [1, 1, 1, 0])]
)
def test_two_inputs_in_the_order_of_the_paper(name, targets):
    task = read(name)
    assert task.names == ("00", "10", "01", "11")
    assert task.targets.ravel().tolist() == targets
    assert (task == XOR) == (name == "xor")


def test_parity_by_hand():
    assert read("parity2") == XOR
    three = read("parity3", 3)
    wanted = {"000": 0, "100": 1, "010": 1, "110": 0, "001": 1, "101": 0, "011": 0, "111": 1}
    assert dict(zip(three.names, three.targets.ravel().tolist(), strict=True)) == wanted
    assert list(three.names) == list(wanted)
    assert read("parity4", 4).n_patterns == 16


def test_random_patterns_are_the_same_in_every_run_and_fit_the_network():
    task = read("random12", 5, 3)
    assert task.patterns.shape == (12, 5)
    assert 0 < task.patterns.min() < task.patterns.max() < 1
    assert task.targets.sum(axis=0).tolist() == [4, 4, 4]
    tasks._of_name.cache_clear()
    assert read("random12", 5, 3) == task
    assert read("random12", 5, 4) != task
    assert read("random4", 2, 1).targets.ravel().tolist() == [0, 1, 0, 1]


def test_digits_are_images_with_an_output_for_each_class():
    task = read("digits", 64, 10, most_train=30, most_test=20)
    assert (task.n_patterns, task.n_taught, len(task.tested)) == (50, 30, 20)
    assert 0 == task.patterns.min() < task.patterns.max() <= 1
    assert (task.targets.sum(axis=1) == 1).all()
    assert read("digits", 64, 10, most_train=30, most_test=10) != task
    whole = read("digits", 64, 10, most_train=10_000, most_test=10_000)
    assert (whole.n_taught, len(whole.tested)) == (1437, 360)
    np.testing.assert_array_equal(whole.patterns[1437:1457], task.patterns[30:])


def test_a_blank_task_stands_for_all_of_its_shape():
    for name, inputs, outputs in (("xor", 2, 1), ("parity3", 3, 1), ("digits", 64, 10)):
        task = read(name, inputs, outputs, 40, 8)
        stand_in = read(tasks.blank(task), inputs, outputs)
        assert stand_in.describe() | {"sha256": ""} == task.describe() | {"sha256": ""}
        assert (stand_in.n_train > 0) == (task.n_train > 0)
    assert tasks.blank(read("xor")) == tasks.blank(read("nand")) != tasks.blank(read("parity3", 3))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("xro", "no such task, did you mean xor?"),
        ("parity1", "parity of 2 to 8 inputs"),
        ("parity40", "parity of 2 to 8 inputs"),
        ("random1", "2 to 10000 random patterns"),
        ("xor", "it has 1 output, the network 2; take layers = 2, ..., 1"),
        ("parity3", "it has 3 inputs, the network 2; take layers = 3, ..., 1"),
        ("~no_such_user/table.csv", "home"),
        ("x" * 5000, "cannot read"),
        ("nowhere.csv", "cannot read"),
        ("nowhere.npz", "cannot read"),
    ],
)
def test_names_that_are_none(name, said):
    refused(name, "task = " + name, said)


# ---- pairs, classes, parts -------------------------------------------------------------------------------------------


def test_pairs_have_an_input_that_is_on_when_the_other_is_not():
    task = Task(patterns=[(0, 0.25), (1, 0.5)], targets=(0, 1)).paired
    assert task.patterns.tolist() == [[0, 1, 0.25, 0.75], [1, 0, 0.5, 0.5]]
    assert (task.patterns.sum(axis=1) == 2).all()


def test_graded_patterns_have_numbers_for_names_and_no_array_can_be_written_to():
    task = Task(patterns=[(0.5, 0.1), (0.2, 1)], targets=(0, 1))
    assert task.names == task.labels == ("p1", "p2")
    with pytest.raises(ValueError, match="read-only"):
        task.patterns[0] = 0


def test_a_test_part_is_not_taught():
    task = Task(patterns=[(0, 0), (1, 0), (0, 1), (1, 1)], targets=one_hot([0, 1, 1, 0]), n_train=3, order=(2, 0, 1))
    assert (task.n_taught, task.tested.tolist(), task.order) == (3, [3], (2, 0, 1))
    with pytest.raises(ParameterError, match="each pattern from 0 to 2 is needed once"):
        Task(patterns=task.patterns, targets=task.targets, n_train=3, order=(3, 0, 1))
    with pytest.raises(ParameterError, match="n_train = 4: 0 to 3 of 4"):
        Task(patterns=task.patterns, targets=task.targets, n_train=4)


def test_the_hash_is_that_of_the_content():
    again = Task(patterns=np.array(XOR.patterns, dtype=np.float32), targets=XOR.targets[:, 0])
    assert again.sha256 == XOR.sha256
    changed = {
        "patterns": [(0, 0), (1, 0), (0, 0.5), (1, 1)], "targets": (0, 1, 1, 1), "n_train": 2, "order": (3, 2, 1, 0),
        "names": ("a", "b", "c", "d"),
    }  # fmt: skip
    hashes = set()
    for name, value in changed.items():
        more = {"order": (0, 1)} if name == "n_train" else {}
        members = {"patterns": XOR.patterns, "targets": XOR.targets, "names": XOR.names} | more | {name: value}
        hashes.add(Task(**members).sha256)
    assert len(hashes | {XOR.sha256}) == 6


# ---- tables ----------------------------------------------------------------------------------------------------------


def test_a_table_by_its_header(tmp_path):
    file = tmp_path / "adder.csv"
    file.write_text("\ufeff" + HALF_ADDER + "\n")
    task = read(file, 2, 2)
    same = {"patterns": XOR.patterns, "targets": [(0, 0), (1, 0), (1, 0), (0, 1)]}
    assert task == Task(**same, inputs=("a", "b"), outputs=("sum", "carry"))
    # Names are for people: the same content under other ones is another task of the same hash.
    assert task != Task(**same)
    assert task.sha256 == Task(**same).sha256
    assert task.describe() == Task(**same).describe() | {"inputs": ["a", "b"], "outputs": ["sum", "carry"]}
    assert task.paired.inputs == ("a", "a_off", "b", "b_off")
    file.write_text(HALF_ADDER.replace("carry", "both"))
    assert read(file, 2, 2).outputs == ("sum", "both")
    # Columns in another order, numbers between 0 and 1, names, a class and a test part.
    file.write_text("name,class,input x,part\nlow,0,.1,train\nodd,1,0.5,test\nhigh,1,9e-1,train\n")
    task = read(file, 1, 2)
    assert task.names == ("low", "high", "odd")
    assert (task.inputs, task.outputs) == (("x",), ())
    assert read(file, 1, 2, most_train=1).inputs == ("x",)
    np.testing.assert_allclose(task.patterns.ravel(), [0.1, 0.9, 0.5], rtol=1e-6)
    assert task.targets.tolist() == [[1, 0], [0, 1], [0, 1]]
    assert (task.n_train, task.tested.tolist()) == (2, [2])
    # Two rows with the same inputs are two patterns.
    file.write_text("input x,output y\n1,0\n1,1\n")
    assert read(file, 1, 1).names == ("p1", "p2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty; a header"),
        ("\n\n", "is empty; a header"),
        ("0,0,1,1\n1,0,1,0\n", "line 1: a header is needed, with columns called `input NAME`"),
        ("input a,output b,weight\n", "not 'weight'"),
        ("input ,output b\n", "not 'input'"),
        ("input a,input a,output b\n", "two columns are called 'input a'"),
        ("output b\n1\n", "no column `input NAME`"),
        ("input a\n1\n", "columns `output NAME` are needed, or one column class"),
        ("input a,output b,class\n", "columns `output NAME` are needed, or one column class"),
        ("input a,output b\n", "has a header and no row"),
        ("input a,output b\n0,1\n1\n", "line 3: 1 cells, 2 are needed"),
        ("input a,output b\n0,1\n1,1,1\n", "line 3: 3 cells, 2 are needed"),
        ("input a,output b\n0,1\n,1\n", "line 3, column input a: a number from 0 to 1 is needed, not nothing"),
        ("input a,output b\nred,1\n", "line 2, column input a: a number from 0 to 1 is needed, not red"),
        ("input a,output b\n\n1.5,1\n", "line 3, column input a: a number from 0 to 1 is needed, not 1.5"),
        ("input a,output b\nnan,1\n", "line 2, column input a"),
        ("input a,output b\n-inf,1\n", "line 2, column input a"),
        ("input a,output b\n1,0.5\n", "line 2, column output b: 0 or 1 is needed, not 0.5"),
        ("input a,class\n1,-1\n", "line 2, column class: a whole number from 0 to 9999 is needed, not -1"),
        (
            "input a,class\n1,0\n0,2\n",
            "column class: classes from 0 on, each at least once, are needed; there are 0",
        ),
        ("input a,output b,part\n1,1,valid\n", "line 2, column part: train or test is needed, not valid"),
        ("input a,output b,part\n1,1,test\n", "column part: all rows are test"),
        ("input a,output b,name\n1,1,\n", "line 2, column name: a word is needed"),
        ("input a,output b,name\n1,1,x\n0,0,x\n", "names = x, x: 2 different words"),
        ('input a,output b\n"1,1\n', "line 2"),
    ],
)
def test_tables_that_are_none(tmp_path, text, said):
    file = tmp_path / "table.csv"
    file.write_text(text)
    refused(file, str(file), said)


def test_a_table_that_is_no_text(tmp_path):
    file = tmp_path / "table.csv"
    file.write_bytes(b"input a,output b\n\xff,1\n")
    refused(file, str(file), "no text in UTF-8")


def test_a_table_of_ten_million_rows_is_refused_before_it_is_read(tmp_path, monkeypatch):
    """What is read beyond the last row that is allowed would be an error of another kind."""
    file = tmp_path / "long.csv"
    monkeypatch.setattr(task_files, "MOST_PATTERNS", 1000)
    file.write_text("input a,output b\n" + "0,1\n" * 1001 + "not read at all\n")
    refused(file, str(file), "more than 1000 rows of 2 columns; 1000 patterns")
    monkeypatch.setattr(task_files, "MOST_NUMBERS", 500)
    refused(file, "more than 250 rows of 2 columns")


def test_a_line_without_an_end_is_not_held_in_memory(tmp_path):
    file = tmp_path / "wide.csv"
    file.write_text("input a," * 200_000)
    refused(file, str(file), "line 1: longer than")


# ---- arrays ----------------------------------------------------------------------------------------------------------


def test_arrays_of_the_names_of_a_task(tmp_path):
    file = tmp_path / "task.npz"
    members = {"patterns": XOR.patterns, "targets": XOR.targets, "n_train": 3, "order": [2, 1, 0]}
    np.savez(file, **members, names=["a", "b", "c", "d"])
    assert read(file) == Task(**members, names="abcd")
    np.savez(file, **members, inputs=["left", "right"], outputs=["differ"])
    assert read(file) == Task(**members, inputs=("left", "right"), outputs=("differ",))
    np.savez_compressed(file, patterns=np.eye(3) / 2, classes=[0, 1, 0])
    assert read(file, 3, 2).targets.tolist() == [[1, 0], [0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"targets": [0, 1]}, "has no array patterns"),
        ({"patterns": np.eye(2)}, "an array targets is needed, or one called classes, and not both"),
        ({"patterns": np.eye(2), "targets": [0, 1], "classes": [0, 1]}, "and not both"),
        ({"patterns": np.eye(2), "targets": [0, 1], "weights": 1}, "has an array weights; known are patterns"),
        ({"patterns": np.eye(2), "targets": [0, 1, 1]}, "targets: 3 rows, 2 are needed"),
        ({"patterns": 2 * np.eye(2), "targets": [0, 1]}, "patterns: rows of numbers from 0 to 1"),
        ({"patterns": [["a"], ["b"]], "targets": [0, 1]}, "patterns: rows of equal length"),
        ({"patterns": np.eye(2), "targets": [0, 0.5]}, "targets: rows of 0 and 1"),
        ({"patterns": np.eye(2), "classes": [0.0, 1.0]}, "array classes: a list of whole numbers"),
        ({"patterns": np.eye(2), "classes": [0, 2]}, "there are 0, 2"),
        ({"patterns": np.eye(2), "targets": [0, 1], "n_train": [1]}, "array n_train: one whole number"),
        ({"patterns": np.eye(2), "targets": [0, 1], "order": [0.5, 1]}, "array order: a list of whole numbers"),
        ({"patterns": np.eye(2), "targets": [0, 1], "names": [1, 2]}, "array names: a list of texts"),
        ({"patterns": np.eye(2), "targets": [0, 1], "outputs": [1]}, "array outputs: a list of texts"),
        ({"patterns": np.eye(2), "targets": [0, 1], "inputs": ["a"]}, "inputs = a: 2 different names are needed"),
        ({"patterns": np.array([{}], dtype=object), "targets": [0]}, "Python objects, which are not read"),
    ],
)
def test_arrays_that_are_no_task(tmp_path, arrays, said):
    file = tmp_path / "task.npz"
    np.savez(file, **arrays)
    refused(file, str(file), said)


def test_a_large_array_is_refused_by_its_header(tmp_path):
    """The array itself is not there: whoever read more than the header would see that."""
    file = tmp_path / "task.npz"
    with zipfile.ZipFile(file, "w") as archive:
        for name, shape in (("patterns", (10_000_000, 4)), ("targets", (10_000_000, 1))):
            with archive.open(f"{name}.npy", "w") as member:
                header = {"descr": "<f8", "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_1_0(member, header)
    refused(file, str(file), "array patterns: an array of shape (10000000, 4); 100000 patterns")


@pytest.mark.parametrize("content", [b"", b"PK", b"input a,output b\n", b"PK\x03\x04" + bytes(100)])
def test_a_file_that_is_no_npz(tmp_path, content):
    file = tmp_path / "task.npz"
    file.write_bytes(content)
    refused(file, str(file), "cannot be read")


def test_pooled_pixels_are_means_of_squares():
    whole, pooled = (read("digits", n, 10, most_train=30, most_test=20, pool=pool) for n, pool in ((64, 1), (16, 2)))
    images = whole.patterns.reshape(50, 8, 8)
    by_hand = (images[:, ::2, ::2] + images[:, 1::2, ::2] + images[:, ::2, 1::2] + images[:, 1::2, 1::2]) / 4
    np.testing.assert_allclose(pooled.patterns, by_hand.reshape(50, 16), rtol=1e-6)
    np.testing.assert_array_equal(pooled.targets, whole.targets)
    assert pooled.sha256 != whole.sha256
    for name, pool, said in (("digits", 3, "8 x 8 pixels have no whole squares"), ("xor", 2, "xor has no images")):
        with pytest.raises(ParameterError, match=said):
            read(name, 64, 10, pool=pool)


def test_folders_of_images_are_those_of_data(tmp_path):
    """Each refusal of them is in test_data.py."""
    refused(tmp_path, str(tmp_path), "no file in it has a name that is known")
    for part, n in (("train", 4), ("t10k", 3)):
        images, labels = np.full((n, 2, 3), 51, np.uint8), np.arange(n, dtype=np.uint8) % 2
        for kind, array, dims in (("images-idx3", images, 3), ("labels-idx1", labels, 1)):
            head = bytes((0, 0, 8, dims)) + b"".join(size.to_bytes(4, "big") for size in array.shape)
            (tmp_path / f"{part}-{kind}-ubyte").write_bytes(head + array.tobytes())
    task = read(tmp_path, 6, 2, most_train=3)
    assert (task.n_taught, len(task.tested)) == (3, 3)
    np.testing.assert_allclose(task.patterns, 0.2, rtol=1e-6)
    assert task.targets[:3].tolist() == [[1, 0], [0, 1], [1, 0]]
    assert re.fullmatch("[0-9a-f]{64}", task.sha256)
