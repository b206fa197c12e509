#!/usr/bin/env python3
"""Quantises a network as ONNX Runtime's static quantiser does, for comparing with it; runs networks in ONNX Runtime.

  quantize_onnxruntime.py ranges NETWORK.onnx INPUTS RANGES.json     what each tensor is at least and at most, by picture
  quantize_onnxruntime.py quantize NETWORK.onnx RANGES.json minmax|averaged OUT.onnx [--float-behind PATTERN]
  quantize_onnxruntime.py run NETWORK.onnx INPUTS OUTPUTS            INPUTS/x/y.npy -> OUTPUTS/x/y_NAME.bin, for each output

ONNX Runtime itself makes the ranges and runs the networks (scripts/fetch_onnxruntime.sh); its quantiser is part of its
Python package alone, so what `quantize_static(.., quant_format=QDQ, per_channel=True, activation_type=QUInt8,
weight_type=QInt8)` does is repeated here from its documentation and its source (1.17 to 1.22):
- quantised operators, the union of its two registries: DEFAULT below; others (Sub, Div, Pow) stay float;
- QuantizeLinear and DequantizeLinear at every input and output of these, one pair for each tensor, which all its readers
  share; 8 bits without a sign, one scale for a tensor, zero within the range;
- what only moves elements is quantised if its input is, with that input's scale;
- Clip and Relu vanish into the range of what is in front of them; Softmax has 0 to 1;
- weights: 8 bits with a sign, a scale for each output channel, the largest weight is 127; biases: 32 bits, with the
  product of the scales of input and weight, which grows where a bias would not fit;
- constants that are no weights: as other tensors, from their own range;
- ranges: `minmax`, over all pictures; `averaged`, the means of each picture's (CalibMovingAverage: with the default
  CalibMaxIntermediateOutputs its constant has no effect);
- constants that are nodes become initialisers, as its preprocessing makes them.
--float-behind: nodes that lead from the ones whose names match to the outputs stay float (nodes_to_exclude).
"""
import argparse
import fnmatch
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, shape_inference

ROOT = pathlib.Path(__file__).resolve().parent.parent
MOVES = {"Reshape", "Transpose", "Squeeze", "Unsqueeze", "Resize", "MaxPool", "AveragePool", "Slice"}
PLAIN = {"Add", "Mul", "LeakyRelu", "Sigmoid", "GlobalAveragePool", "Concat", "Softmax"}
REMOVABLE = {"Clip", "Relu"}
WEIGHTED = {"Conv": 0, "Gemm": None, "MatMul": 1}  # the axis of output channels
NOT_REPEATED = {"ConvTranspose", "Pad", "Gather", "GatherElements", "Where", "ArgMax", "InstanceNormalization",
                "LayerNormalization", "BatchNormalization"}
DEFAULT = MOVES | PLAIN | REMOVABLE | set(WEIGHTED) | {"Split"} | NOT_REPEATED


def load(path):
    model = onnx.load(str(path))
    graph = model.graph
    for node in [node for node in graph.node if node.op_type == "Constant"]:
        tensor = TensorProto()
        tensor.CopyFrom(node.attribute[0].t)
        tensor.name = node.output[0]
        graph.initializer.append(tensor)
        graph.node.remove(node)
    return model


def float_tensors(model):
    """Names of what is float and no constant."""
    graph = shape_inference.infer_shapes(model).graph
    infos = list(graph.value_info) + list(graph.input) + list(graph.output)
    constants = {tensor.name for tensor in graph.initializer}
    return [info.name for info in infos
            if info.type.tensor_type.elem_type == TensorProto.FLOAT and info.name not in constants]


def run_jobs(jobs):
    package = subprocess.run([ROOT / "scripts/fetch_onnxruntime.sh"], check=True, stdout=subprocess.PIPE, text=True)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(jobs, file)
        file.flush()
        subprocess.run(["node", ROOT / "tests/oracle/ort_run.js", "--package", package.stdout.strip(), "--jobs",
                        file.name, "--threads", "2"], check=True, stdout=subprocess.DEVNULL)


def jobs_of(network, inputs, outputs):
    value = onnx.load(str(network)).graph.input[0]
    shape = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
    jobs = []
    for file in sorted(pathlib.Path(inputs).rglob("*.npy")):
        below = file.relative_to(inputs)
        folder = pathlib.Path(outputs) / below.parent
        folder.mkdir(parents=True, exist_ok=True)
        jobs.append({"model": str(network), "inputs": [{"name": value.name, "shape": shape, "file": str(file)}],
                     "outputDir": str(folder), "outputPrefix": below.stem + "_"})
    if not jobs:
        sys.exit(f"quantize_onnxruntime: {inputs} has no .npy files")
    return jobs


def ranges(network, inputs, out):
    model = load(network)
    graph = model.graph
    names = sorted(float_tensors(model))
    graph.initializer.append(numpy_helper.from_array(np.array([1], np.int64), "one"))
    for reduce in ("ReduceMin", "ReduceMax"):
        for i, name in enumerate(names):
            graph.node.append(helper.make_node(reduce, [name], [f"{reduce}_{i}"], keepdims=1))
            graph.node.append(helper.make_node("Reshape", [f"{reduce}_{i}", "one"], [f"{reduce}_{i}_one"]))
        parts = [f"{reduce}_{i}_one" for i in range(len(names))]
        graph.node.append(helper.make_node("Concat", parts, [reduce], axis=0))
    del graph.output[:]
    for reduce in ("ReduceMin", "ReduceMax"):
        graph.output.append(helper.make_tensor_value_info(reduce, TensorProto.FLOAT, [len(names)]))
    with tempfile.TemporaryDirectory() as folder:
        watched = pathlib.Path(folder) / "watched.onnx"
        onnx.save(model, str(watched))
        jobs = jobs_of(watched, inputs, folder)
        run_jobs(jobs)
        read = lambda job, name: np.fromfile(f"{job['outputDir']}/{job['outputPrefix']}{name}.bin", np.float32)
        least, most = ([read(job, name).tolist() for job in jobs] for name in ("ReduceMin", "ReduceMax"))
    pathlib.Path(out).write_text(json.dumps({"tensors": names, "least": least, "most": most}))


class Quantizer:
    def __init__(self, model, tensor_ranges, floats):
        self.graph, self.ranges, self.floats = model.graph, tensor_ranges, floats
        self.nodes = list(model.graph.node)
        self.constants = {tensor.name: tensor for tensor in self.graph.initializer}
        self.outputs = {output.name for output in self.graph.output}
        self.readers = {}
        for node in self.nodes:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)
        self.tensors = {}  # name -> the tensor whose scale it has, or None
        self.weights = {}  # name -> axis
        self.biases = {}   # name -> (input, weight)
        self.removed = []
        self.before, self.behind = {}, {}  # nodes to put in front of a node, by its id(); behind a tensor

    def constant(self, name):
        return numpy_helper.to_array(self.constants[name])

    def activation(self, name, same_as=None):
        floats = self.constants[name].data_type == TensorProto.FLOAT if name in self.constants else name in self.floats
        if floats:
            self.tensors.setdefault(name, same_as)

    def mark(self, node):
        op = node.op_type
        if op in NOT_REPEATED:
            sys.exit(f"quantize_onnxruntime: how ONNX Runtime quantises {op} ({node.name}) is not repeated here")
        if op in MOVES:
            if node.input[0] in self.tensors:
                self.activation(node.output[0], node.input[0])
        elif op == "Split":
            self.activation(node.input[0])
            for name in node.output:
                self.activation(name, node.input[0])
        elif op in REMOVABLE:
            self.mark_removable(node)
        elif op in WEIGHTED and node.input[1] in self.constants:
            axis = WEIGHTED[op]
            if axis is None:
                trans_b = [attribute.i for attribute in node.attribute if attribute.name == "transB"]
                axis = 0 if trans_b and trans_b[0] else 1
            self.activation(node.input[0])
            self.activation(node.output[0])
            self.weights[node.input[1]] = axis
            if len(node.input) == 3:
                self.biases[node.input[2]] = (node.input[0], node.input[1])
        else:
            for name in list(node.input) + list(node.output):
                self.activation(name)

    def mark_removable(self, node):
        source, result = node.input[0], node.output[0]
        if source not in self.tensors:
            return
        if len(self.readers[source]) == 1 and source not in self.outputs and source != self.graph.input[0].name:
            maker = next(other for other in self.nodes if source in other.output)
            maker.output[list(maker.output).index(source)] = result
            del self.tensors[source]
            self.removed.append(node)
        self.activation(result)

    def params(self, name):
        while self.tensors[name] is not None:
            name = self.tensors[name]
        least, most = self.ranges[name] if name not in self.constants else \
            (self.constant(name).min(), self.constant(name).max())
        least, most = min(np.float32(least), np.float32(0)), max(np.float32(most), np.float32(0))
        scale = np.float32((most - least) / 255)
        if scale < np.finfo(np.float32).tiny:
            return np.float32(1), np.uint8(0)
        return scale, np.uint8(np.clip(np.round(-least / scale), 0, 255))

    def add(self, name, values):
        self.graph.initializer.append(numpy_helper.from_array(values, name))
        return name

    def pair(self, name, scale, zero_point):
        return self.add(name + "_scale", scale), self.add(name + "_zero_point", zero_point)

    def dequantize_constant(self, name, values, scale, zero_point, axis=None):
        """The node that gives `name`; it goes in front of the first that reads it."""
        inputs = [self.add(name + "_quantized", values), *self.pair(name, scale, zero_point)]
        more = {} if axis is None else {"axis": axis}
        node = helper.make_node("DequantizeLinear", inputs, [name + "_values"], **more)
        for reader in self.readers[name]:
            self.rename_input(reader, name, name + "_values")
        self.before.setdefault(id(self.readers[name][0]), []).append(node)

    @staticmethod
    def rename_input(node, old, new):
        for i, name in enumerate(node.input):
            if name == old:
                node.input[i] = new

    def place_weights(self):
        bias_of = {weight: (bias, source) for bias, (source, weight) in self.biases.items()}
        for name, axis in self.weights.items():
            values = self.constant(name)
            others = tuple(i for i in range(values.ndim) if i != axis)
            scale = (np.abs(values).max(axis=others) / 127).astype(np.float32)
            scale[scale < np.finfo(np.float32).tiny] = 1
            if name in bias_of:
                bias_name, source = bias_of[name]
                bias, source_scale = self.constant(bias_name), self.params(source)[0]
                scale = np.maximum(scale, np.abs(bias) / source_scale / np.float32(2**31 - 1) * np.float32(1.0001))
                bias_scale = (scale * source_scale).astype(np.float32)
                levels = np.round(bias.astype(np.float64) / bias_scale).astype(np.int32)
                self.dequantize_constant(bias_name, levels, bias_scale, np.zeros(bias.shape, np.int32), 0)
            along = scale.reshape([-1 if i == axis else 1 for i in range(values.ndim)])
            levels = np.clip(np.round(values / along), -128, 127).astype(np.int8)
            self.dequantize_constant(name, levels, scale, np.zeros(scale.shape, np.int8), axis)

    def place_activation(self, name):
        scale, zero_point = self.params(name)
        if name in self.constants:
            levels = np.clip(np.round(self.constant(name) / scale) + zero_point, 0, 255).astype(np.uint8)
            self.dequantize_constant(name, levels, scale, zero_point)
            return
        source, result = name, name + "_values"
        if name in self.outputs:
            source, result = name + "_float", name
            maker = next(node for node in self.nodes if name in node.output)
            maker.output[list(maker.output).index(name)] = source
        for node in self.nodes:
            self.rename_input(node, name, result)
        pair = self.pair(name, scale, zero_point)
        self.behind[source] = [helper.make_node("QuantizeLinear", [source, *pair], [name + "_levels"]),
                               helper.make_node("DequantizeLinear", [name + "_levels", *pair], [result])]

    def quantize(self, excluded):
        for node in self.nodes:
            if node.op_type in DEFAULT and node.name not in excluded:
                self.mark(node)
        self.nodes = [node for node in self.nodes if not any(node is gone for gone in self.removed)]
        self.place_weights()
        for name in self.tensors:
            self.place_activation(name)
        nodes = list(self.behind.get(self.graph.input[0].name, []))
        for node in self.nodes:
            nodes += self.before.get(id(node), []) + [node]
            nodes += [pair for name in node.output for pair in self.behind.get(name, [])]
        del self.graph.node[:]
        self.graph.node.extend(nodes)
        read = {name for node in nodes for name in node.input}
        for tensor in [tensor for tensor in self.graph.initializer if tensor.name not in read]:
            self.graph.initializer.remove(tensor)


def behind(graph, pattern):
    """Names of the nodes that read, directly or not, what the nodes of `pattern` give; these are not among them."""
    reached, names = set(), set()
    matched = [node for node in graph.node if any(fnmatch.fnmatchcase(node.name, one) for one in pattern)]
    if not matched:
        sys.exit(f"quantize_onnxruntime: no node is called {' or '.join(pattern)}")
    for node in graph.node:
        if node in matched:
            reached.update(node.output)
        elif reached & set(node.input):
            reached.update(node.output)
            names.add(node.name)
    return names


def quantize(network, file, method, out, float_behind):
    model = load(network)
    found = json.loads(pathlib.Path(file).read_text())
    least, most = np.array(found["least"], np.float32), np.array(found["most"], np.float32)
    if method == "minmax":
        least, most = least.min(axis=0), most.max(axis=0)
    elif method == "averaged":
        least, most = least.mean(axis=0), most.mean(axis=0)
    else:
        sys.exit(f"quantize_onnxruntime: {method} is neither minmax nor averaged")
    tensor_ranges = dict(zip(found["tensors"], zip(least, most)))
    for node in model.graph.node:
        if node.op_type == "Softmax":
            tensor_ranges[node.output[0]] = (0.0, 1.0)
    excluded = behind(model.graph, float_behind) if float_behind else set()
    Quantizer(model, tensor_ranges, set(found["tensors"])).quantize(excluded)
    onnx.checker.check_model(model)
    onnx.save(model, out)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("job", choices=["ranges", "quantize", "run"])
    parser.add_argument("arguments", nargs="+")
    parser.add_argument("--float-behind", nargs="+", default=[])
    given = parser.parse_args()
    if given.job == "ranges":
        ranges(*given.arguments)
    elif given.job == "quantize":
        quantize(*given.arguments, given.float_behind)
    else:
        run_jobs(jobs_of(*given.arguments))


if __name__ == "__main__":
    main()
