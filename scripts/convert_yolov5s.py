#!/usr/bin/env python3
"""Writes the TensorFlow.js graph model of YOLOv5s as ONNX: convert_yolov5s.py FOLDER OUT.onnx

FOLDER holds model.json and its shards. The body is taken over node by node, N,H,W,C becoming N,C,H,W; the three heads
are written anew, as PyTorch's exporter writes them: boxes decoded to pixels beside the confidences, 1x25200x85.
"""
import base64
import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIZE = 640
CLASSES = 80
STRIDES = (8, 16, 32)
ANCHORS = np.array([[10, 13, 16, 30, 33, 23], [30, 61, 62, 45, 59, 119], [116, 90, 156, 198, 373, 326]], np.float32)
CHANNELS = 3 * (5 + CLASSES)  # of a head's last convolution


class Source:
    """The nodes and weights of a TensorFlow.js graph model."""

    def __init__(self, folder):
        model = json.loads((folder / "model.json").read_text())
        self.nodes = {node["name"]: node for node in model["modelTopology"]["node"]}
        self.weights = {}
        for group in model["weightsManifest"]:
            data = b"".join((folder / path).read_bytes() for path in group["paths"])
            at = 0
            for entry in group["weights"]:
                if "quantization" in entry:
                    sys.exit(f"convert_yolov5s: weight {entry['name']} is quantised")
                kind = np.dtype(entry["dtype"])
                count = int(np.prod(entry["shape"], dtype=np.int64))
                self.weights[entry["name"]] = np.frombuffer(data, kind, count, at).reshape(entry["shape"])
                at += count * kind.itemsize

    def text(self, node, key):
        return base64.b64decode(node["attr"][key]["s"]).decode()

    def numbers(self, node, key):
        return [int(number) for number in node["attr"][key]["list"]["i"]]


class Writer:
    """The ONNX graph in the making."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, name, values, kind=np.float32):
        self.constants.append(numpy_helper.from_array(np.array(values, kind), name))
        return name

    def add(self, op, inputs, name, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name


def convolution(source, writer, node, name, data):
    weights = source.weights[node["input"][1]].transpose(3, 2, 0, 1)
    kernel = weights.shape[2:]
    return writer.add(
        "Conv", [data(), writer.constant(name + ".weight", weights),
                 writer.constant(name + ".bias", source.weights[node["input"][2]])],
        name, kernel_shape=kernel, strides=source.numbers(node, "strides")[1:3], pads=paddings(source, node, kernel))


def paddings(source, node, kernel):
    before = source.nodes.get(node["input"][0], {})
    if before.get("op") == "Pad":
        pads = source.weights[before["input"][1]]
        return [int(pads[1][0]), int(pads[2][0]), int(pads[1][1]), int(pads[2][1])]
    if source.text(node, "padding") == "VALID":
        return [0, 0, 0, 0]
    return [kernel[0] // 2, kernel[1] // 2] * 2  # SAME with stride 1


def convert_body(source, writer):
    """Returns a function that writes the node of a name, and what it needs, once."""
    written = {}
    writer.constant("twice", [1, 1, 2, 2])

    def write(name):
        if name not in written:
            written[name] = write_new(name)
        return written[name]

    def write_new(source_name):
        node = source.nodes[source_name]
        op = node["op"]
        inputs = node.get("input", [])
        name = source_name.split("StatefulPartitionedCall/model/")[-1].replace(";", "_")
        if op == "Placeholder":
            return "images"
        if op == "Pad":
            return write(inputs[0])  # the convolution behind it pads
        if op == "_FusedConv2D":
            return convolution(source, writer, node, name, lambda: write(inputs[0]))
        if op == "Sigmoid":
            return writer.add("Sigmoid", [write(inputs[0])], name)
        if op in ("Add", "AddV2", "Mul"):
            return writer.add(op[:3], [write(inputs[0]), write(inputs[1])], name)
        if op == "ConcatV2":
            return writer.add("Concat", [write(part) for part in inputs[:-1]], name, axis=1)
        if op == "MaxPool":
            kernel = source.numbers(node, "ksize")[1]
            return writer.add("MaxPool", [write(inputs[0])], name, kernel_shape=[kernel] * 2, strides=[1, 1],
                              pads=[kernel // 2] * 4)
        if op == "ResizeNearestNeighbor":
            return writer.add("Resize", [write(inputs[0]), "", "twice"], name, mode="nearest",
                              coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        sys.exit(f"convert_yolov5s: node {source_name} has the unknown operator {op}")

    return write


def add_head(writer, features, level):
    """The boxes of one level in pixels, and their confidences: 1 x (3*g*g) x 85."""
    stride, head = STRIDES[level], f"head{level}"
    g = SIZE // stride

    def step(op, inputs, what, **attributes):
        return writer.add(op, inputs, f"{head}.{what}", **attributes)

    def value(what, values, kind=np.float32):
        return writer.constant(f"{head}.{what}", values, kind)

    rows = step("Reshape", [features, value("levels", [1, 3, CHANNELS // 3, g, g], np.int64)], "split_anchors")
    likely = step("Sigmoid", [step("Transpose", [rows], "channels_last", perm=[0, 1, 3, 4, 2])], "sigmoid")
    parts = [f"{head}.{what}" for what in ("xy", "wh", "conf")]
    writer.nodes.append(helper.make_node("Split", [likely, value("sizes", [2, 2, 1 + CLASSES], np.int64)], parts,
                                         name=head + ".split", axis=4))
    y, x = np.meshgrid(np.arange(g), np.arange(g), indexing="ij")
    corners = np.broadcast_to((np.stack((x, y), -1) - 0.5) * stride, (1, 3, g, g, 2))
    sizes = np.broadcast_to(ANCHORS[level].reshape(1, 3, 1, 1, 2), (1, 3, g, g, 2))
    offsets = step("Mul", [parts[0], value("two_strides", 2.0 * stride)], "offsets")
    centres = step("Add", [offsets, value("corners", corners)], "centres")
    doubled = step("Mul", [parts[1], value("two", 2.0)], "doubled")
    squares = step("Pow", [doubled, value("square", 2.0)], "squares")
    extents = step("Mul", [squares, value("anchors", sizes)], "extents")
    joined = step("Concat", [centres, extents, parts[2]], "joined", axis=4)
    return step("Reshape", [joined, value("rows", [1, 3 * g * g, 5 + CLASSES], np.int64)], "output")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, writer = Source(pathlib.Path(sys.argv[1])), Writer()
    write = convert_body(source, writer)
    heads = [node for node in source.nodes.values()
             if node["op"] == "_FusedConv2D" and source.weights[node["input"][1]].shape[3] == CHANNELS]
    heads.sort(key=lambda node: source.weights[node["input"][1]].shape[2])  # the fewer channels, the finer the grid
    rows = [add_head(writer, write(node["name"]), level) for level, node in enumerate(heads)]
    writer.add("Concat", rows, "output0", axis=1)
    boxes = 3 * sum((SIZE // stride) ** 2 for stride in STRIDES)
    graph = helper.make_graph(
        writer.nodes, "yolov5s", [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, SIZE, SIZE])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, boxes, 5 + CLASSES])], writer.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="convert_yolov5s")
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, sys.argv[2])


if __name__ == "__main__":
    main()
