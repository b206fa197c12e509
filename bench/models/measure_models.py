#!/usr/bin/python3
"""Times whole networks in Lockstep's runtime and, beside it, in ONNX Runtime; docs/performance.md says how to read it."""
import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bench/networks"))
sys.dont_write_bytecode = True

import numpy as np  # noqa: E402

import kernel_shares  # noqa: E402
import prepare  # noqa: E402

ALL = ("squeezenet1.1-224", "mobilenet_v1-224", "mobilenet_v2-224", "resnet18-224", "resnet50-224", "yolov5s-320",
       "yolov5s-640", "vit_tiny-224", "yolov8n-640")
VERSION = "1.30.0"
THROTTLE = pathlib.Path("/proc/sys/kernel/sched_rt_runtime_us")
COLUMNS = ("network", "GMAC", "ms", "p95", "of peak", "MiB", "ORT ms", "p95", "of peak", "MiB", "ratio", "of rounds",
           "cosine")
WIDTHS = (18, 6, 8, 8, 8, 6, 8, 8, 8, 6, 6, 11, 8)


def processor_seconds():
    """Of all programs that were called."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cpuid_places(library):
    """A file with the addresses of a library's cpuid instructions, in hexadecimal."""
    places = pathlib.Path(library).with_suffix(".cpuid")
    if not places.exists():
        code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", library], stdout=subprocess.PIPE, text=True, check=True)
        found = [text.split(":")[0].strip() for text in code.stdout.splitlines() if text.endswith("\tcpuid")]
        new = places.with_suffix(".new")
        new.write_text("\n".join(found) + "\n")
        new.rename(places)
    return places


class Programs:
    """What is run, each pinned to the cores that were asked for."""

    def __init__(self, given):
        self.folder = prepare.lockstep().parent
        self.given = given
        # What else runs on these cores is made to wait, where that is allowed.
        first = ["chrt", "-f", "10"]
        allowed = subprocess.run([*first, "true"], stderr=subprocess.DEVNULL).returncode == 0
        self.pin = (first if allowed else []) + ["taskset", "-c", given.cpu]
        if allowed and THROTTLE.exists() and THROTTLE.read_text().strip() != "-1":
            print(f"real-time programs may be stopped for a part of every second here: echo -1 > {THROTTLE}", file=sys.stderr)
        self.shares = []
        self.library = None if given.alone else prepare.onnxruntime(VERSION)
        # To be compared with AVX2, ONNX Runtime must not see more either.
        avx2 = set((given.isa or "").split(",")) - {"portable"} == {"avx2"}
        self.hidden = [cpuid_places(self.library)] if self.library and avx2 else []

    def call(self, *command):
        line = [str(part) for part in [*self.pin, *command]]
        before, start = processor_seconds(), time.monotonic()
        result = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.shares.append((processor_seconds() - before) / (time.monotonic() - start))
        if result.returncode != 0:
            sys.exit(f"measure_models: {' '.join(line)} ended with status {result.returncode}:\n{result.stderr[-1000:]}")
        return result.stdout

    def peak(self):
        """Multiply-accumulates a second of all cores that are used."""
        return float(self.call(self.folder / "bench_peak")) * 1e9 * self.given.threads

    def lockstep(self, network, joint, runs, work):
        self.call(self.folder / "run_joint_release", "-d", network / "input_u8.bin", "-o", work, "-w", max(1, runs // 10),
                  "-r", runs, "--threads", self.given.threads, "--save-benchmark", work / "times", joint)
        return json.loads((work / "times").read_text())

    def kernels(self, network, joint, work):
        """Of each layer its operator, its kernel and its time."""
        self.call(self.folder / "run_joint_profile", "-d", network / "input_u8.bin", "-w", "3", "-r", "20", "--threads",
                  self.given.threads, "--profile-path", work, joint)
        layers = json.loads((work / "profile.json").read_text())["layers"]
        return [(layer["op"], layer["kernel"] or "-", layer["avg_ms"]) for layer in layers]

    def onnxruntime(self, network, runs, work):
        return json.loads(self.call(
            self.folder / "onnxruntime_time", self.library, network / "timed.onnx", network / "input_f32.bin",
            work / "theirs", max(1, runs // 10), runs, self.given.threads, *self.hidden))


def cosine(a, b):
    a, b = a.astype(np.float64), b.astype(np.float64)
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def median(rounds, key):
    return statistics.median(entry[key] for entry in rounds)


def figures(rounds, macs, peak):
    ms = median(rounds, "median_ms")
    return {"ms": ms, "p95_ms": median(rounds, "p95_ms"), "of_peak": macs / ms * 1e3 / peak if peak else None,
            "peak_bytes": max(entry["peak_bytes"] for entry in rounds)}


def measure(entry, programs, given, work):
    network = prepare.prepared(entry)
    joint = network / f"{entry}.joint"
    once = programs.lockstep(network, joint, 3, work)
    runs = int(min(max(given.seconds * 1e3 / once["median_ms"], 5), 2000))
    ours, theirs, peaks = [], [], []
    for turn in range(given.rounds):
        peaks.append(programs.peak())
        if turn % 2 == 0:
            ours.append(programs.lockstep(network, joint, runs, work))
        if programs.library:
            theirs.append(programs.onnxruntime(network, runs, work))
        if turn % 2 == 1:
            ours.append(programs.lockstep(network, joint, runs, work))
    peak = statistics.median(peaks)
    result = {"network": entry, "macs": once["macs"], "runs": runs, "peak_macs_per_second": peak,
              "lockstep": figures(ours, once["macs"], peak)}
    if theirs:
        result["onnxruntime"] = figures(theirs, once["macs"], peak)
        ratios = [a["median_ms"] / b["median_ms"] for a, b in zip(ours, theirs)]
        result.update(ratio=statistics.median(ratios), ratios=sorted(ratios))
        outputs = [np.fromfile(file, np.float32) for file in (next(work.glob("input_u8_*.bin")), work / "theirs")]
        result["cosine"] = cosine(*outputs)
    for file in work.glob("*.bin"):
        file.unlink()
    return result


def show_kernels(programs, given):
    print(kernel_shares.HEADER.format("instruction set"))
    with tempfile.TemporaryDirectory() as work:
        for entry in given.networks:
            network = prepare.prepared(entry)
            layers = programs.kernels(network, network / f"{entry}.joint", pathlib.Path(work))
            kernel_shares.show(given.isa or "this CPU's", entry, layers, given.kernels)


def cells(result):
    row = [result["network"], f"{result['macs'] * 1e-9:.2f}"]
    for side in (result["lockstep"], result.get("onnxruntime")):
        if side is None:
            return row
        share = "-" if side["of_peak"] is None else f"{100 * side['of_peak']:.0f} %"
        row += [f"{side['ms']:.2f}", f"{side['p95_ms']:.2f}", share, f"{side['peak_bytes'] / 2 ** 20:.0f}"]
    return row + [f"{result['ratio']:.2f}", f"{result['ratios'][0]:.2f} to {result['ratios'][-1]:.2f}",
                  f"{result['cosine']:.4f}"]


def line(row, markdown):
    if markdown:
        return "| " + " | ".join(row) + " |"
    return row[0].ljust(WIDTHS[0]) + "".join("  " + cell.rjust(width) for cell, width in zip(row[1:], WIDTHS[1:]))


def parse():
    parser = argparse.ArgumentParser(
        description="times networks in Lockstep's runtime and in ONNX Runtime, which take turns on the same pinned cores, "
        "in front of all other programs there where that is allowed (chrt)",
        epilog="example: bench/models/measure_models.py --json models.json resnet18-224 yolov5s-320")
    parser.add_argument("networks", nargs="*", metavar="NAME-SIZE", default=list(ALL), help="default: " + " ".join(ALL))
    parser.add_argument("--rounds", type=int, default=7, help="in each both run once (default 7)")
    parser.add_argument("--seconds", type=float, default=1.0, help="about as long is a turn (default 1)")
    parser.add_argument("--threads", type=int, default=1, help="of both (default 1)")
    parser.add_argument("--cpu", help="taskset's list of cores (default: the last ones, as many as threads)")
    parser.add_argument("--isa", help="Lockstep's kernels are at most of this instruction set, as LOCKSTEP_ISA says, which is "
                        "the default; with avx2 more is hidden from ONNX Runtime as well")
    parser.add_argument("--alone", action="store_true", help="without ONNX Runtime")
    parser.add_argument("--kernels", type=float, metavar="PERCENT",
                        help="prints the kernels that take at least so much of a network's time, and no more")
    parser.add_argument("--markdown", action="store_true", help="the table in Markdown")
    parser.add_argument("--json", metavar="FILE", help="the figures of all rounds")
    given = parser.parse_args()
    if given.rounds < 1:
        parser.error("--rounds: at least 1")
    if not 1 <= given.threads <= os.cpu_count():
        parser.error(f"--threads: 1 to {os.cpu_count()}, as many as there are cores")
    last = os.cpu_count() - 1
    given.cpu = given.cpu or f"{max(0, last + 1 - given.threads)}-{last}"
    if given.seconds <= 0 or (given.kernels is not None and given.kernels < 0):
        parser.error("--seconds: more than 0; --kernels: not less than 0")
    if subprocess.run(["taskset", "-c", given.cpu, "true"], stderr=subprocess.DEVNULL).returncode != 0:
        parser.error(f"--cpu: {given.cpu} is no list of this machine's cores, as 0-1 or 0,2")
    if given.json and not pathlib.Path(given.json).resolve().parent.is_dir():
        parser.error(f"--json: the folder of {given.json} does not exist")
    if given.isa is None:
        given.isa = os.environ.get("LOCKSTEP_ISA") or None
    if given.isa:
        os.environ["LOCKSTEP_ISA"] = given.isa
    return given


def machine():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    models = [text.split(":")[1].strip() for text in lines if text.startswith("model name")]
    return {"cpu": models[0] if models else os.uname().machine, "cores": os.cpu_count(), "load": os.getloadavg()[0]}


def main():
    given = parse()
    programs = Programs(given)
    for entry in given.networks:
        prepare.prepared(entry)
    if given.kernels is not None:
        show_kernels(programs, given)
        return
    report = {"machine": machine(), "threads": given.threads, "cpu": given.cpu, "isa": given.isa, "rounds": given.rounds,
              "onnxruntime": None if given.alone else VERSION, "networks": []}
    told = report["machine"]
    print(f"{told['cpu']}, {told['cores']} cores; {given.threads} threads on {given.cpu}; load before: {told['load']:.2f}")
    columns = COLUMNS[:6] if given.alone else COLUMNS
    print(line(columns, given.markdown) + ("\n" + "| --- " * len(columns) + "|" if given.markdown else ""), flush=True)
    with tempfile.TemporaryDirectory() as work:
        for entry in given.networks:
            report["networks"].append(measure(entry, programs, given, pathlib.Path(work)))
            print(line(cells(report["networks"][-1]), given.markdown), flush=True)
    peaks = [result["peak_macs_per_second"] * 1e-9 for result in report["networks"]]
    report["machine"].update(load_after=os.getloadavg()[0], processor_share=statistics.median(programs.shares))
    print(f"peak {statistics.median(peaks):.0f} GMAC/s ({min(peaks):.0f} to {max(peaks):.0f}); load after: "
          f"{report['machine']['load_after']:.2f}; the programs had a core for "
          f"{100 * report['machine']['processor_share']:.0f} % of their time")
    if given.json:
        pathlib.Path(given.json).write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
