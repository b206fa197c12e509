#!/usr/bin/env python3
"""Writes a float TensorFlow Lite file as ONNX, with the operators of MobileNetV1 and DeepLab:
convert_tflite.py IN.tflite OUT.onnx

The operators are taken over one by one, N,H,W,C becoming N,C,H,W. The field numbers are those of TensorFlow Lite's
schema; a FlatBuffers table is read by hand, so that no package beside numpy and onnx is needed.
"""
import struct
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Operator codes of the schema.
ADD, AVERAGE_POOL, CONCATENATION, CONV, DEPTHWISE = 0, 1, 2, 3, 4
RESHAPE, RESIZE_BILINEAR, SOFTMAX, SQUEEZE = 22, 23, 25, 43
NO_ACTIVATION, RELU, RELU6 = 0, 1, 3
SAME = 0
ELEMENTS = {0: np.float32, 1: np.float16, 2: np.int32}


class Table:
    """A table of the file, by the numbers of its fields."""

    def __init__(self, data, place):
        self.data, self.place = data, place
        self.fields = place - self.unpack("i", place)

    def unpack(self, kind, at):
        return struct.unpack_from("<" + kind, self.data, at)[0]

    def at(self, field):
        entry = 4 + 2 * field
        offset = self.unpack("H", self.fields + entry) if entry < self.unpack("H", self.fields) else 0
        return self.place + offset if offset else None

    def number(self, field, kind="i", default=0):
        at = self.at(field)
        return default if at is None else self.unpack(kind, at)

    def follow(self, field):
        at = self.at(field)
        return None if at is None else at + self.unpack("I", at)

    def table(self, field):
        at = self.follow(field)
        return None if at is None else Table(self.data, at)

    def vector(self, field):
        """Where the first element is, and how many there are."""
        at = self.follow(field)
        return (0, 0) if at is None else (at + 4, self.unpack("I", at))

    def tables(self, field):
        first, count = self.vector(field)
        places = range(first, first + 4 * count, 4)
        return [Table(self.data, at + self.unpack("I", at)) for at in places]

    def numbers(self, field):
        first, count = self.vector(field)
        return list(struct.unpack_from(f"<{count}i", self.data, first))


class Converter:
    def __init__(self, data):
        model = Table(data, struct.unpack_from("<I", data)[0])
        # An old field of one byte and a newer one: the larger counts.
        self.codes = [max(code.number(0, "b"), code.number(3)) for code in model.tables(1)]
        self.graph = model.tables(2)[0]
        self.tensors, self.buffers = self.graph.tables(0), model.tables(4)
        self.nodes, self.constants, self.names = [], [], {}

    def shape(self, tensor):
        return self.tensors[tensor].numbers(0)

    def values(self, tensor):
        kind = np.dtype(ELEMENTS[self.tensors[tensor].number(1, "b")])
        first, size = self.buffers[self.tensors[tensor].number(2, "I")].vector(0)
        return np.frombuffer(self.graph.data, kind, size // kind.itemsize, first).reshape(self.shape(tensor))

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, op, inputs, name, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def activated(self, name, activation):
        if activation == NO_ACTIVATION:
            return name
        if activation == RELU:
            return self.add("Relu", [name], name + "_relu")
        if activation == RELU6:
            limits = [self.constant(f"{name}_{limit}", np.float32(limit)) for limit in (0, 6)]
            return self.add("Clip", [name, *limits], name + "_relu6")
        sys.exit(f"convert_tflite: unknown activation {activation}")

    def convolution(self, name, inputs, options, depthwise):
        # Fields of the two tables of options: padding, strides w and h, then a multiplier or the activation, ...
        weights = self.values(inputs[1]).astype(np.float32)
        weights = weights.transpose(3, 0, 1, 2) if depthwise else weights.transpose(0, 3, 1, 2)
        strides = [options.number(2), options.number(1)]
        dilations = [options.number(field, default=1) for field in ((6, 5) if depthwise else (5, 4))]
        kernel = list(weights.shape[2:])
        pads = [0] * 4
        if options.number(0, "b") == SAME:
            for axis in (0, 1):
                extent = self.shape(inputs[0])[1 + axis]
                window = (kernel[axis] - 1) * dilations[axis] + 1
                total = max(0, (-(-extent // strides[axis]) - 1) * strides[axis] + window - extent)
                pads[axis], pads[2 + axis] = total // 2, total - total // 2
        bias = self.values(inputs[2]).astype(np.float32)
        self.add("Conv", [self.names[inputs[0]], self.constant(name + "_w", weights), self.constant(name + "_b", bias)],
                 name, kernel_shape=kernel, strides=strides, pads=pads, dilations=dilations,
                 group=len(weights) if depthwise else 1)
        return self.activated(name, options.number(4 if depthwise else 3, "b"))

    def convert(self, operator):
        code, inputs, output = self.codes[operator.number(0, "I")], operator.numbers(1), operator.numbers(2)[0]
        options, name = operator.table(4), f"t{output}"
        if code in (CONV, DEPTHWISE):
            result = self.convolution(name, inputs, options, code == DEPTHWISE)
        elif code == AVERAGE_POOL:
            self.add("AveragePool", [self.names[inputs[0]]], name, strides=[options.number(2), options.number(1)],
                     kernel_shape=[options.number(4), options.number(3)])
            result = self.activated(name, options.number(5, "b"))
        elif code == ADD:
            self.add("Add", [self.names[source] for source in inputs], name)
            result = self.activated(name, options.number(0, "b") if options else NO_ACTIVATION)
        elif code == CONCATENATION:  # of channels
            result = self.add("Concat", [self.names[source] for source in inputs], name, axis=1)
        elif code == RESIZE_BILINEAR:
            n, h, w, c = self.shape(output)
            sizes = self.constant(name + "_sizes", np.array([n, c, h, w], np.int64))
            corners = options.number(2, "b") if options else 0
            result = self.add("Resize", [self.names[inputs[0]], "", "", sizes], name, mode="linear",
                              coordinate_transformation_mode="align_corners" if corners else "asymmetric")
        elif code in (RESHAPE, SQUEEZE):  # of one pixel: the order of the axes does not matter
            shape = self.constant(name + "_shape", np.array(self.shape(output), np.int64))
            result = self.add("Reshape", [self.names[inputs[0]], shape], name)
        elif code == SOFTMAX:
            result = self.add("Softmax", [self.names[inputs[0]]], name, axis=-1)
        else:
            sys.exit(f"convert_tflite: unknown operator {code}")
        self.names[output] = result

    def run(self):
        source, target = self.graph.numbers(1)[0], self.graph.numbers(2)[0]
        self.names[source] = "input"
        for operator in self.graph.tables(3):
            self.convert(operator)
        self.add("Identity", [self.names[target]], "output")
        n, h, w, c = self.shape(source)
        given = self.shape(target)
        if len(given) == 4:
            given = [given[i] for i in (0, 3, 1, 2)]
        graph = helper.make_graph(
            self.nodes, "network", [helper.make_tensor_value_info("input", TensorProto.FLOAT, [n, c, h, w])],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, given)], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="convert_tflite")
        model.ir_version = 8
        onnx.checker.check_model(model)
        return model


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], "rb") as file:
        onnx.save(Converter(file.read()).run(), sys.argv[2])


if __name__ == "__main__":
    main()
