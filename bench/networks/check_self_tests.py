#!/usr/bin/python3
"""Small networks of the benchmarks, layer by layer against the reference engine: every instruction set, 1 to 8 threads.

check_self_tests.py RUN_JOINT.. takes the command that runs run_joint, an emulator's with it. The digests are those that the
compiler put into the joint models."""
import os
import subprocess
import sys

sys.dont_write_bytecode = True

import prepare  # noqa: E402

NETWORKS = ("squeezenet1.1-64", "mobilenet_v1-64", "mobilenet_v2-64", "resnet18-64", "yolov5s-96", "vit_two_blocks-64")
THREADS = (1, 2, 3, 8)


def called(command, isa):
    environment = {**os.environ, "LOCKSTEP_ISA": isa}
    return subprocess.run([str(part) for part in command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)


def instruction_sets(run_joint):
    """As run_joint lists them, and all together."""
    lines = called([*run_joint, "--version"], "").stdout.splitlines()
    sets = next(line.split()[1:] for line in lines if line.startswith("kernels "))
    return sets + [""] if len(sets) > 1 else sets


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    run_joint = sys.argv[1:]
    good = True
    for network in NETWORKS:
        joint = prepare.prepared(network) / f"{network}.joint"
        for isa in instruction_sets(run_joint):
            for threads in THREADS:
                result = called([*run_joint, "--self-test", "--threads", threads, joint], isa)
                if result.returncode != 0 or "self-test   passed: " not in result.stdout:
                    good = False
                    print(f"{network}, LOCKSTEP_ISA='{isa}', {threads} threads: status {result.returncode}\n{result.stdout}")
        print(f"{network}: done", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
