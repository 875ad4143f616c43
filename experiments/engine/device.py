"""A C++ standalone device of Brian2 with templates made for long runs of small networks.

Brian2's device generates correct code for everything; what changes here is what the XOR network spends its time on, and
the compiler with it. Each template says why it is there:

* network.cpp: the loop over objects, without system calls and set look-ups per object;
* threshold.cpp: a search for events that the compiler can vectorise;
* synapses_classes.cpp, synapses_push_spikes.cpp, synapses.cpp: no queue and no copies for pathways without delay, and
  no work at all for pathways of plasticity while the switch M is off;
* checkpoint.cpp: the whole state of a program in a file, from which another process goes on; and whether a state
  has diverged;
* makefile: one precompiled header.
"""

from __future__ import annotations

from typing import Any

from brian2.devices.cpp_standalone.codeobject import CPPStandaloneCodeObject
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice
from brian2.devices.device import all_devices

from ..contract.states import bounds_of_states

DEVICE_NAME = "burstlab_standalone"

# GCC gives up on vectorising the update of many states at ten alias checks unless it is told that more are worth it.
# No trapping math lets it vectorise comparisons; NaN and infinity stay what they are, so that divergence is seen.
# glibc offers its vector forms of exp where this macro is defined, which -ffast-math does only without the exception
# for NaN: the dendritic sigmoid of full cells is then computed for eight cells at a time, in a sixth of the time.
COMPILE_FLAGS = [
    "-w",
    "-O3",
    "-ffast-math",
    "-fno-finite-math-only",
    "-D__FAST_MATH__",
    "-march=native",
    "-std=c++17",
    "--param=vect-max-version-for-alias-checks=1000",
]

_COMMON_HEADER = """
#ifndef BURSTLAB_COMMON_H
#define BURSTLAB_COMMON_H
#include <climits>
#include <cmath>
#include <ctime>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>
#include "objects.h"
#include "brianlib/common_math.h"
#include "brianlib/stdint_compat.h"
#endif
"""


class BurstlabCodeObject(CPPStandaloneCodeObject):
    """Brian2's C++ code object, looking for templates here first."""

    templater = CPPStandaloneCodeObject.templater.derive(__package__)


class BurstlabDevice(CPPStandaloneDevice):
    """Brian2's C++ standalone device with the templates of this package."""

    def code_object_class(self, codeobj_class: type | None = None, fallback_pref: str | None = None) -> type:
        return BurstlabCodeObject if codeobj_class is None else codeobj_class

    def copy_source_files(self, writer: Any, directory: str) -> None:
        super().copy_source_files(writer, directory)
        writer.write("common.h", _COMMON_HEADER)

    def generate_objects_source(
        self,
        writer: Any,
        arange_arrays: Any,
        synapses: Any,
        static_array_specs: Any,
        networks: Any,
        timed_arrays: Any,
    ) -> None:
        super().generate_objects_source(writer, arange_arrays, synapses, static_array_specs, networks, timed_arrays)
        source = BurstlabCodeObject.templater.checkpoint(
            None,
            None,
            array_specs=self.arrays,
            dynamic_array_specs=self.dynamic_arrays,
            dynamic_array_2d_specs=self.dynamic_arrays_2d,
            synapses=synapses,
            bounds={variable: each for net in networks for variable, each in bounds_of_states(net).items()},
        )
        writer.write("checkpoint.*", source)


all_devices.setdefault(DEVICE_NAME, BurstlabDevice())
