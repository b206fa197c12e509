"""Networks as code: nodes, and weights drawn from a generator with a fixed seed.

Of each tensor the mean of its squares is estimated from those in front of it, and weights are drawn so that every product
has a mean square of about 1, as training with normalisations leaves it. Drawn without that, the activations of deep
networks grow or vanish, and a quantised model of them would be no model of anything.
"""
import dataclasses
import math

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
# The mean square behind a function, of normal numbers with a mean square of 1.
RELU, SILU, GELU, SIGMOID = 0.5, 0.36, 0.43, 0.29


@dataclasses.dataclass(frozen=True)
class Tensor:
    name: str
    channels: int
    square: float = 1.0


class Builder:
    def __init__(self, name, size):
        self.name = name
        self.generator = np.random.default_rng(1)
        self.nodes, self.constants, self.outputs = [], [], []
        self.picture = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, size, size])
        self.input = Tensor("images", 3)

    def constant(self, stem, values):
        name = f"{stem}_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(values, order="C"), name))
        return name

    def numbers(self, stem, *values):
        return self.constant(stem, np.array(values, np.int64))

    def real(self, stem, value):
        return self.constant(stem, np.array(value, np.float32))

    def node(self, op, inputs, channels, square, **attributes):
        """A node with one output, whose tensor it gives."""
        name = f"{op}_{len(self.nodes)}"
        inputs = [one.name if isinstance(one, Tensor) else one for one in inputs]
        self.nodes.append(helper.make_node(op, inputs, [name], name, **attributes))
        return Tensor(name, channels, square)

    def output(self, x, shape):
        self.outputs.append(helper.make_tensor_value_info(x.name, TensorProto.FLOAT, shape))

    def drawn(self, shape, fan_in, square, spread):
        """Weights with output channels first. Those of a filter have the sum 0, so that what all inputs have in common,
        of which a ReLU leaves much, does not become the most of the output."""
        values = self.generator.standard_normal(shape, np.float32) * np.float32(spread / math.sqrt(fan_in * square))
        if fan_in > 32:
            values -= values.reshape(shape[0], -1).mean(axis=1).reshape([-1] + [1] * (len(shape) - 1))
        return values

    def bias(self, channels, spread):
        return self.constant("bias", self.generator.standard_normal(channels, np.float32) * np.float32(0.1 * spread))

    def conv(self, x, channels, kernel, stride=1, pad=None, groups=1, spread=1.0):
        fan_in = x.channels // groups * kernel * kernel
        weights = self.drawn((channels, x.channels // groups, kernel, kernel), fan_in, x.square, spread)
        return self.node("Conv", [x, self.constant("weight", weights), self.bias(channels, spread)], channels, spread ** 2,
                         kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[kernel // 2 if pad is None else pad] * 4,
                         group=groups)

    def depthwise(self, x, kernel=3, stride=1):
        return self.conv(x, x.channels, kernel, stride, groups=x.channels)

    def gemm(self, x, channels):
        weights = self.drawn((channels, x.channels), x.channels, x.square, 1.0)
        return self.node("Gemm", [x, self.constant("weight", weights), self.bias(channels, 1.0)], channels, 1.0, transB=1)

    def linear(self, x, channels, spread=1.0):
        """A product of each row with weights, as an exporter of transformers writes it."""
        weights = self.drawn((channels, x.channels), x.channels, x.square, spread)
        product = self.node("MatMul", [x, self.constant("weight", weights.T)], channels, spread ** 2)
        return self.node("Add", [product, self.bias(channels, spread)], channels, spread ** 2)

    def relu(self, x):
        return self.node("Relu", [x], x.channels, RELU * x.square)

    def relu6(self, x):
        return self.node("Clip", [x, self.real("low", 0), self.real("high", 6)], x.channels, RELU * x.square)

    def sigmoid(self, x):
        return self.node("Sigmoid", [x], x.channels, SIGMOID)

    def silu(self, x):
        return self.node("Mul", [x, self.sigmoid(x)], x.channels, SILU)

    def gelu(self, x):
        scaled = self.node("Div", [x, self.real("root", math.sqrt(2))], x.channels, x.square)
        erf = self.node("Erf", [scaled], x.channels, 1)
        moved = self.node("Add", [erf, self.real("one", 1)], x.channels, 1)
        product = self.node("Mul", [x, moved], x.channels, 1)
        return self.node("Mul", [product, self.real("half", 0.5)], x.channels, GELU)

    def add(self, a, b):
        return self.node("Add", [a, b], a.channels, a.square + b.square)

    def concat(self, parts, axis=1):
        square = sum(part.channels * part.square for part in parts) / sum(part.channels for part in parts)
        channels = sum(part.channels for part in parts) if axis == 1 else parts[0].channels
        return self.node("Concat", parts, channels, square, axis=axis)

    def max_pool(self, x, kernel, stride, pad=0):
        return self.node("MaxPool", [x], x.channels, 2 * x.square, kernel_shape=[kernel] * 2, strides=[stride] * 2,
                         pads=[pad] * 4)

    def pool_all(self, x, reached):
        """The mean of each channel. What it leaves of the mean square, `reached`, depends on the network."""
        return self.node("GlobalAveragePool", [x], x.channels, reached * x.square)

    def flatten(self, x):
        return self.node("Flatten", [x], x.channels, x.square)

    def reshape(self, x, channels, *shape):
        return self.node("Reshape", [x, self.numbers("shape", *shape)], channels, x.square)

    def transpose(self, x, *order):
        return self.node("Transpose", [x], x.channels, x.square, perm=list(order))

    def save(self, path):
        graph = helper.make_graph(self.nodes, self.name, [self.picture], self.outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="lockstep bench")
        model.ir_version = 8
        onnx.save(model, str(path))
