#!/usr/bin/python3
"""Makes networks with random weights for the benchmarks and builds joint models of them: prepare.py NAME-SIZE...

Prints the folder of each: network.onnx, NAME-SIZE.joint, qdq.onnx (the same quantised network for ONNX Runtime) and
timed.onnx (as that, in the form it is fastest with). They are kept in .cache/bench and made anew when what makes them
changes: these scripts, or the program `lockstep`. yolov8n-640 is the real one, which scripts/fetch_model.sh gets.
"""
import fcntl
import functools
import glob
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np

import networks
import sigmoid_pairs

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PLACE = ROOT / ".cache" / "bench"
PICTURES = 4
MAKERS = ("builder", "classifiers", "networks", "prepare", "sigmoid_pairs", "vit", "yolov5")


def lockstep():
    folder = os.environ.get("LOCKSTEP_HOST_BIN", ROOT / "build/host/bin")
    program = pathlib.Path(folder) / "lockstep"
    if not program.exists():
        sys.exit(f"prepare: {program} does not exist; build it: cmake --preset host && cmake --build --preset host")
    return program


def called(command):
    line = [str(part) for part in command]
    result = subprocess.run(line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(line[:2])} ended with status {result.returncode}:\n{result.stderr.strip()[-2000:]}")
    return result.stdout


def onnxruntime(version):
    """Its C library, fetched if it must be."""
    package = called([ROOT / "scripts/fetch_onnxruntime.sh", version]).strip()
    machine = {"x86_64": "x64", "aarch64": "arm64"}[os.uname().machine]
    return glob.glob(f"{package}/node_modules/onnxruntime-node/bin/*/linux/{machine}/libonnxruntime.so.1*")[0]


def write_pictures(folder, size):
    """Smooth colours with noise."""
    generator = np.random.default_rng(2)
    folder.mkdir()
    coarse_places = np.linspace(0, 7, 8)
    places = np.linspace(0, 7, size)
    for i in range(PICTURES):
        coarse = generator.normal(0, 1, (8, 8, 3))
        rows = np.stack([[np.interp(places, coarse_places, coarse[:, x, c]) for x in range(8)] for c in range(3)])
        smooth = np.stack([[np.interp(places, coarse_places, rows[c, :, y]) for y in range(size)] for c in range(3)], -1)
        pixels = 128 + 80 * smooth + 16 * generator.normal(0, 1, smooth.shape)
        data = np.clip(np.rint(pixels), 0, 255).astype(np.uint8).tobytes()
        (folder / f"{i}.ppm").write_bytes(b"P6 %d %d 255\n" % (size, size) + data)


def write_inputs(folder, preprocessing):
    """The first picture as run_joint takes it, and as floats for ONNX Runtime."""
    called([lockstep(), "run", "-q", folder / "network.onnx", "--data", folder / "pictures/0.ppm", *preprocessing,
            "--save-inputs", folder / "inputs"])
    floats = np.load(next((folder / "inputs").glob("*.npy")))
    floats.astype(np.float32).tofile(folder / "input_f32.bin")
    data = (folder / "pictures/0.ppm").read_bytes()
    (folder / "input_u8.bin").write_bytes(data[-floats.size:])


@functools.lru_cache
def digest():
    sums = hashlib.sha256()
    for path in [*(HERE / f"{name}.py" for name in MAKERS), lockstep()]:
        sums.update(path.read_bytes())
    return sums.hexdigest()


def network_of(entry):
    name, _, size = entry.rpartition("-")
    if name not in networks.ALL or not size.isdigit():
        missing = f"the size is missing, as in {entry}-224" if entry in networks.ALL else f"no network is called {entry}"
        sys.exit(f"prepare: {missing}; there are NAME-SIZE with these names: {', '.join(networks.ALL)}")
    return name, int(size), networks.ALL[name]


def make(entry, folder):
    name, size, network = network_of(entry)
    # A fetched one has its own pictures' range, and the size that it was exported with.
    preprocessing = [] if network.fetched_by else ["--mean", "128", "--std", "64"]
    if network.fetched_by:
        shutil.copy(called([ROOT / network.fetched_by[0], *network.fetched_by[1:]]).strip(), folder / "network.onnx")
    else:
        networks.write(network, name, size, folder / "network.onnx")
    write_pictures(folder / "pictures", size)
    write_inputs(folder, preprocessing)
    called([lockstep(), "build", "-q", "--input", folder / "network.onnx", "--name", entry, "--output-dir", folder,
            "--calibration", folder / "pictures", "--no-cache", "--precision", "int8", *preprocessing, *network.settings,
            "--export-qdq", folder / "qdq.onnx"])
    sigmoid_pairs.place(folder / "qdq.onnx", folder / "timed.onnx")


def prepared(entry):
    """The folder of the network. Of several programs that ask for it at once one makes it."""
    network_of(entry)
    PLACE.mkdir(parents=True, exist_ok=True)
    folder = PLACE / entry
    stamp = folder / "made_by"
    with open(PLACE / f"{entry}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != digest():
            with tempfile.TemporaryDirectory(dir=PLACE) as work:
                made = pathlib.Path(work) / entry
                made.mkdir()
                make(entry, made)
                shutil.rmtree(made / "frontend")
                (made / "made_by").write_text(digest())
                shutil.rmtree(folder, ignore_errors=True)
                os.replace(made, folder)
    return folder


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    for entry in sys.argv[1:]:
        print(prepared(entry))


if __name__ == "__main__":
    main()
