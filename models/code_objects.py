"""Code objects that find this package's own templates (models/templates), one for each of Brian2's backends."""

from __future__ import annotations

from brian2.codegen.runtime.cython_rt import CythonCodeObject
from brian2.codegen.runtime.numpy_rt import NumpyCodeObject
from brian2.devices.cpp_standalone.codeobject import CPPStandaloneCodeObject
from brian2.devices.device import get_device


class _CPPCode(CPPStandaloneCodeObject):
    """C++ standalone."""

    templater = CPPStandaloneCodeObject.templater.derive("burstlab.models")


class _CythonCode(CythonCodeObject):
    """Cython."""

    templater = CythonCodeObject.templater.derive("burstlab.models")


class _NumpyCode(NumpyCodeObject):
    """numpy."""

    templater = NumpyCodeObject.templater.derive("burstlab.models")


def code_object_class() -> type:
    """The class for the backend that is in use."""
    default = get_device().code_object_class(fallback_pref="codegen.string_expression_target")
    if issubclass(default, CPPStandaloneCodeObject):
        return _CPPCode
    target = get_device().code_object_class()
    return _CythonCode if issubclass(target, CythonCodeObject) else _NumpyCode
