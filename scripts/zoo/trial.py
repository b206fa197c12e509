"""One network through all stages; each fills fields of the result."""
import json
import pathlib
import subprocess
import tempfile
import time

import numpy as np

import compare
import data
import fetch

ROOT = fetch.SCRIPTS.parent
LOCKSTEP = ROOT / "build/host/bin/lockstep"
TARGETS = {"local": None, "qemu:mipsel": "mipsel", "qemu:armv7": "armv7", "qemu:aarch64": "aarch64"}


class Failed(Exception):
    """A stage that says why; those behind it are not tried."""


def lockstep(command, *arguments, statuses=(0,)):
    line = [str(part) for part in (LOCKSTEP, command, *arguments)]
    result = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if result.returncode not in statuses:
        said = (result.stderr or result.stdout).strip().splitlines()
        raise Failed(" ".join(said[-3:])[:400].removeprefix("lockstep: "))
    return result.stdout


class Trial:
    def __init__(self, network, folder, pictures, onnxruntime):
        self.network, self.folder, self.pictures, self.onnxruntime = network, folder, pictures, onnxruntime
        self.result = {"name": network.name, "reason": network.reason}

    def shape_options(self, small=False):
        shapes = self.network.small_shapes if small and self.network.small_shapes else self.network.shapes
        options = ["--input-shape", *shapes] if shapes else []
        return options + (["--input-value", *self.network.values] if self.network.values else [])

    def get(self):
        self.onnx = fetch.onnx_file(self.network)

    def check_import(self):
        """Imported, and nothing that `build` would refuse."""
        told = json.loads(lockstep("info", self.onnx, *self.shape_options(), "--json", "-", statuses=(0, 3)))
        self.inputs, self.outputs = told["inputs"], [output["name"] for output in told["outputs"]]
        self.result["operators"] = told["operators"]
        self.result["blockers"] = told["blockers"]
        if told["blockers"]:
            raise Failed(f"{len(told['blockers'])} blockers: " + json.dumps(told["blockers"][0])[:300])
        self.result["imported"] = True

    def compare_floats(self):
        """The largest difference of an element from ONNX Runtime's, over the range of its output."""
        self.calibration, self.run_data = data.data_of(self.network, self.folder / "data", self.pictures)
        fed, given = self.folder / "inputs", self.folder / "float"
        lockstep("run", "-q", self.onnx, *self.shape_options(), *self.run_data, *self.network.settings, "--save-inputs",
                 fed, "--output-folder", given, "--npy")
        jobs = [{"model": str(self.onnx), "inputs": self.oracle_inputs(fed), "outputDir": str(self.folder / "oracle")}]
        (self.folder / "oracle").mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(jobs, file)
            file.flush()
            ran = subprocess.run(["node", ROOT / "tests/oracle/ort_run.js", "--package", self.onnxruntime, "--jobs",
                                  file.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if ran.returncode != 0:
            raise Failed("ONNX Runtime: " + ran.stderr.strip()[-300:])
        worst = 0.0
        files = sorted(given.glob("*.npy"))
        for output in json.loads(ran.stdout)["runs"][0]["outputs"]:
            name = output["name"]
            ours = [file for file in files if file.stem.endswith("_" + plain(name))]
            if not ours:
                raise Failed(f"there is no output {name}")
            values = np.load(ours[0])
            if list(values.shape) != output["shape"]:
                raise Failed(f"output {name} has the shape {list(values.shape)} instead of {output['shape']}")
            theirs = np.fromfile(self.folder / "oracle" / output["file"], np.float32).reshape(values.shape)
            special = compare.special_difference(values, theirs)
            if special:
                raise Failed(f"output {name}: {special}")
            worst = max(worst, compare.largest_difference(values, theirs))
        self.result["float_difference"] = worst

    def oracle_inputs(self, fed):
        values = dict(value.split("=") for value in self.network.values)
        jobs = [{"name": name, "shape": [], "type": "int64", "values": [int(value)]} for name, value in values.items()]
        files = sorted(fed.glob("*.npy"))
        for i, told in enumerate(self.inputs):
            named = [file for file in files if file.stem.endswith("_" + plain(told["name"]))]
            file = named[0] if named else files[0]
            jobs.append({"name": told["name"], "shape": told["shape"], "file": str(file)})
        return jobs

    def build(self, onnx=None, name=None, small=False):
        name = name or self.network.name
        lockstep("build", "-q", "--input", onnx or self.onnx, "--name", name, "--output-dir", self.folder / name,
                 *self.shape_options(small), *self.network.settings, *self.calibration)
        return self.folder / name / f"{name}.joint"

    def build_joint(self):
        start = time.monotonic()
        self.joint = self.build()
        self.result["build_seconds"] = round(time.monotonic() - start, 1)
        told = json.loads(lockstep("info", self.joint, "--json", "-"))
        self.result.update(joint_bytes=told["file_bytes"], arena_bytes=told["arena_bytes"], layers=told["layer_count"])

    def compare_quantised(self):
        told = json.loads(lockstep("run", "-q", self.onnx, self.joint, *self.shape_options(), *self.run_data, "--json",
                                   "-"))
        agreement = {entry["output"]: entry["cosine"] for run in told["runs"] for entry in run["agreement"]}
        broken = [name for name, cosine in agreement.items() if cosine is None]
        if broken:
            raise Failed(f"output {broken[0]} has infinity or NaN where the float network has not, or the other way round")
        self.result["cosine"] = min(agreement.values())
        self.result["cosines"] = agreement

    def crosscheck(self, boards):
        """Layers that are the same on each board, of the small form of the network where it has one."""
        joint = self.joint
        source = self.network.source
        if self.network.small_shapes:
            joint = self.build(name=self.network.name + "-small", small=True)
        elif getattr(source, "small", None) and source.small != source.size:
            joint = self.build(fetch.onnx_file(self.network, small=True), self.network.name + "-small")
        told = json.loads(lockstep("crosscheck", "-q", joint, *self.run_data, "--board", *boards, "--json", "-",
                                   statuses=(0, 1)))
        self.result["boards"] = {
            board["name"]: [sum(layer["md5_equal"] for layer in board["layers"]), len(board["layers"])]
            for board in told["boards"]}
        if told["verdict"] != "exact":
            raise Failed(told["text"])

    def run(self, boards):
        stages = {"fetch": self.get, "import": self.check_import, "float engine": self.compare_floats,
                  "build": self.build_joint, "quantised outputs": self.compare_quantised,
                  "crosscheck": lambda: self.crosscheck(boards)}
        for name, stage in stages.items():
            try:
                stage()
            except (Failed, fetch.NotFetched) as error:
                self.result.update(stage=name, failed=str(error))
                break
            except (ArithmeticError, LookupError, OSError, TypeError, ValueError) as error:
                self.result.update(stage=name, failed=f"{type(error).__name__}: {error}")
                break
        return self.result


def plain(name):
    """A tensor's name as it is in the names of files."""
    return "".join(letter if letter.isascii() and letter.isalnum() or letter in "_-" else "_" for letter in name[:128])
