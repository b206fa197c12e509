#!/usr/bin/python3
"""Counts the instructions of whole networks, layer by layer, on emulated machines; docs/performance.md says more."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bench/networks"))
sys.dont_write_bytecode = True

import kernel_shares  # noqa: E402
import prepare  # noqa: E402
import recorded  # noqa: E402

# The preset that it is built with, and the emulator.
MIPS, ARM = "/usr/mipsel-linux-gnu", "/usr/aarch64-linux-gnu"
MACHINES = {
    "mipsel": ("mipsel", ["qemu-mipsel", "-L", MIPS]),
    "mipsel-msa": ("mipsel-msa", ["qemu-mipsel", "-cpu", "P5600", "-L", MIPS]),
    "armv7": ("armv7", ["qemu-arm", "-cpu", "cortex-a7", "-L", "/usr/arm-linux-gnueabihf"]),
    "aarch64": ("aarch64", ["qemu-aarch64", "-cpu", "cortex-a53", "-L", ARM]),
    "aarch64-dotprod": ("aarch64", ["qemu-aarch64", "-cpu", "cortex-a76", "-L", ARM]),
    "aarch64-i8mm": ("aarch64", ["qemu-aarch64", "-cpu", "max", "-L", ARM]),
}
SMALL = ("squeezenet1.1-64", "mobilenet_v1-64", "mobilenet_v2-64", "resnet18-64", "yolov5s-96", "vit_two_blocks-64")
LARGE = ("squeezenet1.1-224", "mobilenet_v1-224", "mobilenet_v2-224", "resnet18-224", "resnet50-224", "yolov5s-320",
         "vit_tiny-224", "yolov8n-640")


def program(machine, build, work):
    """run_joint_profile of the machine's build, as its emulator takes it."""
    preset = MACHINES[machine][0]
    path = (build or ROOT / "build" / preset) / "bin" / "run_joint_profile"
    if not path.exists():
        sys.exit(f"count_networks: {path} does not exist; build it with `cmake --preset {preset} && cmake --build --preset "
                 f"{preset} --target run_joint_profile`")
    if preset != "mipsel-msa":
        return path
    copy = work / "run_joint_profile"
    subprocess.run([ROOT / "toolchains/nan2008_copy.sh", path, copy], check=True)
    return copy


def joint_of(network):
    return prepare.prepared(network) / f"{network}.joint"


def count(machine, run_joint, joint, work):
    """The instructions of the second run: what the loader does at a function's first call is no layer's."""
    counter = prepare.lockstep().parent / "count_layers.so"
    line = [*MACHINES[machine][1], "-plugin", f"{counter},out={work / 'counts'}", run_joint, "-w", "1", "-r", "1",
            "--no-digest", "--profile-path", work / "report", joint]
    environment = {key: value for key, value in os.environ.items() if key in ("PATH", "LOCKSTEP_ISA")}
    result = subprocess.run([str(part) for part in line], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=environment)
    if result.returncode != 0:
        said = result.stderr[-1000:]
        sys.exit(f"count_networks: {joint.name} on {machine} ended with status {result.returncode}:\n{said}")
    layers = json.loads((work / "report/profile.json").read_text())["layers"]
    lines = [[int(word) for word in text.split()] for text in (work / "counts").read_text().splitlines()]
    if [entry[:2] for entry in lines] != [[i, 1] for i in range(len(layers))]:
        sys.exit(f"count_networks: {joint.name} on {machine}: the plugin counted other layers than run_joint_profile has")
    return recorded.Counts(sum(layer["macs"] for layer in layers), tuple(
        recorded.Layer(layer["op"], layer["name"].replace(" ", "_"), layer["kernel"] or "-", entry[2])
        for layer, entry in zip(layers, lines)))


def compare(machine, network, before, now):
    lines = recorded.differences(before, now)
    known = f"; recorded {before.instructions / 1e6:.2f}" if before else ""
    print(f"{machine:16} {network:20} {now.instructions / 1e6:10.2f} million, {now.instructions / now.macs:6.3f} for each "
          f"multiply-accumulate{known}", flush=True)
    for text in lines:
        print(f"    {text}")
    return not lines


def show(machines, networks):
    """The recorded totals as a table in Markdown."""
    tables = {machine: recorded.read(machine) for machine in machines}
    print("| network | GMAC | " + " | ".join(machines) + " |")
    print("| --- |" + " --- |" * (1 + len(machines)))
    for network in networks:
        known = [tables[machine].get(network) for machine in machines]
        if any(known):
            macs = next(counts.macs for counts in known if counts)
            cells = [f"{one.instructions / 1e6:,.1f} ({one.instructions / macs:.2f})" if one else "-" for one in known]
            print(f"| {network} | {macs * 1e-9:.2f} | " + " | ".join(cells) + " |")


def show_shares(machine, name, counts, least):
    layers = [(layer.op, layer.kernel, layer.instructions) for layer in counts.layers]
    kernel_shares.show(machine, name, layers, least)


def show_kernels(machines, networks, least):
    print(kernel_shares.HEADER.format("machine"))
    for machine in machines:
        table = recorded.read(machine)
        for network in networks:
            if network in table:
                show_shares(machine, network, table[network], least)


def show_kernels_of_joints(given, work):
    print(kernel_shares.HEADER.format("machine"))
    for machine in given.machine:
        run_joint = program(machine, given.build, work)
        for joint in given.joint:
            show_shares(machine, joint.stem, count(machine, run_joint, joint, work), given.kernels or 0)


def parse():
    parser = argparse.ArgumentParser(
        description="counts the instructions of whole networks, layer by layer, on emulated machines, and compares them "
        "with the table; status 1 if a layer or a network is more than 2 % off",
        epilog="example: bench/instructions/count_networks.py --machine mipsel --record resnet18-64")
    parser.add_argument("networks", nargs="*", metavar="NAME-SIZE", help="default: the small ones, " + " ".join(SMALL))
    parser.add_argument("--machine", action="append", choices=list(MACHINES), help="may be given again (default: all)")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--small", action="store_true", help="those of the default")
    size.add_argument("--large", action="store_true", help="the networks in full size, " + " ".join(LARGE))
    parser.add_argument("--build", type=pathlib.Path, help="the build folder of the target (default: the preset's)")
    parser.add_argument("--record", action="store_true", help="writes what is counted into the table")
    parser.add_argument("--show", action="store_true", help="prints what is recorded, and counts nothing")
    parser.add_argument("--kernels", type=float, metavar="PERCENT",
                        help="prints the kernels that take at least so much of what is recorded, and counts nothing")
    parser.add_argument("--joint", type=pathlib.Path, action="append",
                        help="a joint model of your own: its kernels are counted and printed, those of --kernels or all; may "
                        "be given again")
    given = parser.parse_args()
    given.machine = given.machine or list(MACHINES)
    unknown = [network for network in given.networks if network not in LARGE + SMALL]
    if given.show and unknown:
        parser.error(f"--show: nothing is recorded of {', '.join(unknown)}")
    if given.show and not (given.small or given.large):
        given.networks = given.networks or list(LARGE + SMALL)
    given.networks = given.networks or list(LARGE if given.large else SMALL)
    if given.record and (given.show or given.joint or given.kernels is not None):
        parser.error("--record: with --show, --kernels and --joint nothing is counted for the table")
    if given.record and os.environ.get("LOCKSTEP_ISA"):
        parser.error("--record: the table is of all kernels of a machine; unset LOCKSTEP_ISA")
    for joint in given.joint or []:
        if not joint.exists():
            parser.error(f"--joint: {joint} does not exist")
    return given


def main():
    given = parse()
    if given.show:
        show(given.machine, given.networks)
        return 0
    if given.joint:
        with tempfile.TemporaryDirectory() as folder:
            show_kernels_of_joints(given, pathlib.Path(folder))
        return 0
    if given.kernels is not None:
        show_kernels(given.machine, given.networks, given.kernels)
        return 0
    good = True
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        for machine in given.machine:
            run_joint = program(machine, given.build, work)
            for network in given.networks:
                counts = count(machine, run_joint, joint_of(network), work)
                table = recorded.read(machine)
                good = compare(machine, network, table.get(network), counts) and good
                if given.record:
                    recorded.write(machine, {**table, network: counts})
    if not good and not given.record:
        print("count_networks: other counts than recorded. Find out why; what is meant to be so goes into the table with "
              f"bench/instructions/count_networks.py{' --large' if given.large else ''} --record"
              f"{''.join(' --machine ' + machine for machine in given.machine)}")
    return 0 if good or given.record else 1


if __name__ == "__main__":
    sys.exit(main())
