#!/usr/bin/env python3
"""check_memory_plan.py HOST_BIN TARGET_BUILD TARGET: `lockstep memory` plans for the target what the target's own session takes.

The model has a 3x3 Conv and a DepthwiseConv of 32 channels. A program that does not say what it plans leaves the PC's figures,
which must be marked."""
import json
import pathlib
import subprocess
import sys
import tempfile

host, build, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]


def memory(model, folder, *arguments):
    command = [host / "lockstep", "memory", model, "--board-dir", folder, "-q", "--json", "-", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def require(holds, what, *values):
    if not holds:
        sys.exit(f"{target}: {what}: " + " ".join(json.dumps(value) for value in values))


def check(work):
    model = work / "deep.joint"
    subprocess.run([host / "write_network", model, "deep"], check=True)
    (work / target).symlink_to(build.resolve())
    pc = memory(model, work, "--target", "host")["planned"]
    for threads in (1, 3):
        report = memory(model, work, "--target", target, "--board", f"qemu:{target}", "--threads", str(threads))
        planned, board = report["planned"], report["boards"][0]
        require(report["targets"][0]["missing"] is None, "was not asked", report["targets"])
        require(report["planned_for"]["target"] == target, "the plan is another target's", report["planned_for"])
        for key in ("scratch", "tables"):
            require(planned[key] == board[key], f"{key} planned and taken differ", planned, board)
        require(report["planned_for"]["kernels"] == board["kernels"], "other kernels ran", report["planned_for"], board)
        parts = planned["model_file"] + planned["arena"] + planned["scratch"] + planned["tables"]
        require(planned["peak"] == parts, "the peak is not the sum of the parts", planned)
        if threads == 1:
            print(f"{target}: {planned['scratch']} bytes of scratch, {planned['tables']} of tables, planned and taken; "
                  f"the PC's: {pc['scratch']} and {pc['tables']}")
            # A PC's kernels take more rows together than any board's.
            require(planned["scratch"] != pc["scratch"], "has the PC's figures", planned, pc)
    older = work / "older" / target / "bin"
    older.mkdir(parents=True)
    program = (build / "bin" / "run_joint_release").read_bytes()
    require(program.count(b"plan        {") == 1, "its program has not the one line that is taken away")
    (older / "run_joint_release").write_bytes(program.replace(b"plan        {", b"plot        {"))
    (older / "run_joint_release").chmod(0o755)
    report = memory(model, work / "older", "--target", target)
    require(report["planned_for"]["target"] == "host", "the PC's figures are not marked", report["planned_for"])
    require("does not say what it plans" in str(report["targets"][0]["missing"]), "it is not said why", report["targets"])
    require(report["planned"] == pc, "the PC's figures do not stand there", report["planned"], pc)


with tempfile.TemporaryDirectory() as folder:
    check(pathlib.Path(folder))
