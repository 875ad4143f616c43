"""
Digits by a network of spiking cells
====================================

A trained network is an argument of a run: here 1056 two-compartment cells that bursts have taught ten classes of 8 x 8
images, ``burstlab run learn --preset digits`` (20 epochs, six minutes). Their wiring and weights are in
:download:`digits.npz <../gallery/digits.npz>` beside this file; without further epochs a run is a test of 360 images
that were not taught.
"""

# %%
import tempfile

from burstlab.experiments import run

result = run("learn", "digits", epochs=0, weights="digits.npz", out=f"{tempfile.mkdtemp()}/digits")
print(f"{100 * result.summary['accuracy_after']:.0f} % of {result.summary['tested']} images are answered right")
figure = result.figure()

# %%
# The file is made of the run's results, as any weights made by hand would be:
#
# .. code-block:: python
#
#     import burstlab, numpy as np
#
#     trained = burstlab.run("learn", "digits").arrays
#     ends = ("source", "target", "w")
#     np.savez_compressed(
#         "digits.npz",
#         **{name: array for name, array in trained.items()
#            if name.startswith("weights/") and name.rpartition("/")[2] in ends},
#     )
