"""ONNX Runtime's CPU provider: a model of one node, only values."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from actcli.backends.framework import Framework, Function
from actcli.errors import DataError
from actcli.numerics.dtypes import DTYPES

if TYPE_CHECKING:
    from actcli.catalogue.bound import Call
    from actcli.numerics.dtypes import Array, DType

#: The type of each dtype in a model.
TYPES = {
    "float16": "FLOAT16",
    "bfloat16": "BFLOAT16",
    "float32": "FLOAT",
    "float64": "DOUBLE",
    "float8_e4m3fn": "FLOAT8E4M3FN",
    "float8_e5m2": "FLOAT8E5M2",
}
#: The domain of the runtime's own operators.
CONTRIBUTED = "com.microsoft"
#: The oldest version of the file format with all these types, which every runtime reads.
IR_VERSION = 9
#: The opset for models with the runtime's own operators.
OPSET = 17
FATAL = 4


class OnnxRuntime(Framework):
    name = "onnxruntime"
    framework = "onnx"
    packages = ("onnxruntime", "onnx")
    dtypes = tuple(DTYPES)
    rare_dtypes = ("bfloat16", "float8_e4m3fn", "float8_e5m2")
    orders = (0,)

    def _function(self, call: Call, x: Array, dtype: DType) -> Function:
        session = _session(call, dtype)
        inputs = {f"operand{place}": number for place, number in enumerate(call.operands)}

        def run(tensor: Any) -> Any:
            import numpy as np

            feeds = {
                name: self._tensor(np.array(number, dtype.numpy), dtype)
                for name, number in inputs.items()
            }
            (result,) = session.run_with_ort_values(["y"], {"x": tensor, **feeds})
            return result

        return run

    def _tensor(self, x: Array, dtype: DType) -> Any:
        kind = import_module("onnxruntime").OrtValue
        if dtype.in_numpy:
            return kind.ortvalue_from_numpy(x)
        # the value itself does not keep the memory alive
        bits = x.view(dtype.unsigned)
        value = kind.ortvalue_from_numpy_with_onnx_type(bits, _type(dtype))
        value.bits = bits
        return value

    def _array(self, tensor: Any, dtype: DType) -> Array:
        import numpy as np

        if dtype.in_numpy:
            return np.asarray(tensor.numpy())
        import ctypes

        size = int(np.prod(tensor.shape(), dtype=np.int64)) * dtype.bits // 8
        data = ctypes.string_at(tensor.data_ptr(), size) if size else b""
        return np.frombuffer(data, dtype.unsigned).reshape(tensor.shape()).view(dtype.numpy)

    def _derivative(self, function: Function, x: Any, order: int) -> Any:
        return function(x)


def _type(dtype: DType) -> int:
    number: int = getattr(import_module("onnx").TensorProto, TYPES[dtype.name])
    return number


def _session(call: Call, dtype: DType) -> Any:
    """A session for one node, with the newest version of the operator that the runtime has."""
    onnxruntime = import_module("onnxruntime")
    onnxruntime.set_default_logger_severity(FATAL)
    reason: Exception | None = None
    for domain, version in _versions(call.name.removeprefix("onnx.")):
        try:
            return onnxruntime.InferenceSession(
                _model(call, dtype, domain, version), providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            reason = reason or error  # report why the newest one fails
    raise reason or DataError(f"there is no {call.name}")


def _versions(operator: str) -> list[tuple[str, int]]:
    """The domain of an operator and the opsets in which it changed, newest first."""
    onnx = import_module("onnx")
    if not onnx.defs.has(operator):
        return [(CONTRIBUTED, 1)]
    versions, version = [], onnx.defs.get_schema(operator).since_version
    while version:
        versions.append(("", version))
        earlier = version - 1
        try:
            version = earlier and onnx.defs.get_schema(operator, earlier).since_version
        except onnx.defs.SchemaError:
            version = 0
    return versions


def _model(call: Call, dtype: DType, domain: str, version: int) -> bytes:
    helper = import_module("onnx").helper
    kind = _type(dtype)
    operands = [f"operand{place}" for place in range(len(call.operands))]
    inputs = [helper.make_tensor_value_info("x", kind, None)]
    inputs += [helper.make_tensor_value_info(name, kind, []) for name in operands]
    node = helper.make_node(
        call.name.removeprefix("onnx."), ["x", *operands], ["y"], domain=domain, **call.settings
    )
    output = helper.make_tensor_value_info("y", kind, None)
    opsets = [helper.make_opsetid(domain, version)]
    if domain:
        opsets.append(helper.make_opsetid("", OPSET))
    model = helper.make_model(
        helper.make_graph([node], "activation", inputs, [output]),
        opset_imports=opsets,
        ir_version=IR_VERSION,
    )
    serialized: bytes = model.SerializeToString()
    return serialized


BACKEND = OnnxRuntime()
