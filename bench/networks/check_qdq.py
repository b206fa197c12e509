#!/usr/bin/python3
"""The exported QDQ networks of the benchmarks in ONNX Runtime against the joint models in the runtime: check_qdq.py

A rounding to the other side in one layer is the next one's input, so that differences grow with the depth: resnet50 is not
among these, and the transformer, whose Softmax and LayerNormalization are floats in ONNX Runtime, is held to less."""
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True

import numpy as np  # noqa: E402

import prepare  # noqa: E402

# The least share of elements within a step.
LEAST = {"squeezenet1.1-64": 0.99, "mobilenet_v1-64": 0.99, "mobilenet_v2-64": 0.99, "resnet18-64": 0.99, "yolov5s-96": 0.95,
         "vit_two_blocks-64": 0.75}
VERSION = "1.17.0"


def outputs(entry, library, work):
    """Of the same picture, ours and theirs."""
    network, programs = prepare.prepared(entry), prepare.lockstep().parent
    prepare.called([programs / "run_joint_release", "-d", network / "input_u8.bin", "-o", work, network / f"{entry}.joint"])
    prepare.called([programs / "onnxruntime_time", library, network / "qdq.onnx", network / "input_f32.bin", work / "theirs",
                    0, 1, 1])
    ours = next(work.glob("input_u8_*.bin"))
    values = np.fromfile(ours, np.float32), np.fromfile(work / "theirs", np.float32)
    ours.unlink()
    return values


def within_a_step(ours, theirs):
    steps = np.abs(ours - theirs) / ((ours.max() - ours.min()) / 255)
    return float((steps <= 1.1).mean())


def main():
    if len(sys.argv) != 1:
        sys.exit(__doc__)
    library = prepare.onnxruntime(VERSION)
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for entry, least in LEAST.items():
            ours, theirs = outputs(entry, library, pathlib.Path(folder))
            # Places, sizes and scores of boxes have steps of their own.
            rows = [values.reshape(-1, 85 if entry.startswith("yolo") else 1000) for values in (ours, theirs)]
            parts = ((0, 2), (2, 4), (4, 85)) if entry.startswith("yolo") else ((0, 1000),)
            share = min(within_a_step(*[values[:, begin:end] for values in rows]) for begin, end in parts)
            print(f"{entry:20} {100 * share:6.2f} % of the elements within a step, {100 * least:.0f} % wanted")
            good = good and share >= least
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
