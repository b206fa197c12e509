"""check_faults.py HOST_BIN BOARD_DIR [--target T]: faults in the runtime of an emulated board over ssh, one at a time.

crosscheck must name the layer and the cause of each.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from emulated_board import WORK, EmulatedBoard
from lockstep_call import LockstepCall
from small_model import write_small_model

CONVOLUTIONS = {"Conv", "DepthwiseConv", "ConvTranspose"}
NO_ARITHMETIC = {"Concat", "Slice", "Reshape", "TopK", "NonMaxSuppression"}


class Network:
    def __init__(self, host_bin, model):
        info = json.loads(subprocess.run([host_bin / "lockstep", "info", model, "--json", "-"], check=True,
                                         stdout=subprocess.PIPE).stdout)
        self.layers = info["layers"]

    def computing(self, suits):
        """The first and the last of the layers that do arithmetic and suit."""
        found = [layer for layer in self.layers if layer["op"] not in NO_ARITHMETIC and suits(layer)]
        return found[:1] + found[1:][-1:]

    def writer(self, tensor):
        return next((layer for layer in self.layers if tensor in layer["outputs"]), None)

    def first_reader(self, tensor, behind):
        return next(layer for layer in self.layers if tensor in layer["inputs"] and layer["index"] > behind)

    def overlap(self):
        """(layer, reader): the layer comes between the reader's input and the reader."""
        for reader in self.layers:
            writer = self.writer(reader["inputs"][0])
            if reader["op"] in NO_ARITHMETIC or writer is None or writer["op"] in NO_ARITHMETIC:
                continue
            for between in self.layers[writer["index"] + 1:reader["index"]]:
                if between["op"] not in NO_ARITHMETIC:
                    return between, reader
        raise RuntimeError("no layer stands between another and its input")


def is_image(layer):
    shape = layer["shape"]
    return len(shape) == 4 and shape[2] >= 4 and shape[3] >= 4


def wrong_kernels(network):
    """(kind, layer, number) of faults that are a kernel's own."""
    kinds = [("last_unit", 0, lambda layer: layer["op"] in CONVOLUTIONS), ("channel_tail", 1, is_image),
             ("row_end", 1, is_image), ("tile_edge", 4, lambda layer: is_image(layer) and layer["shape"][2] >= 8),
             ("swapped_channels", 0, is_image), ("offset", 0, lambda layer: layer["dtype"] in ("u8", "u16")),
             ("shifted_read", 0, lambda layer: layer["op"] in CONVOLUTIONS),
             ("past_end", 3, lambda layer: layer["op"] in CONVOLUTIONS | {"AveragePool"}),
             ("stuck_weight", 0, lambda layer: layer["op"] == "Conv" and layer["dtype"] == "u8")]
    return [(kind, layer, number) for kind, number, suits in kinds for layer in network.computing(suits)]


def causes_of(result):
    return [(cause["cause"], cause["name"]) for cause in result["boards"][0]["causes"]]


class FaultyBoard:
    def __init__(self, board, folder, host_bin, board_dir, target, model, data):
        self._board, self._folder, self._host_bin = board, folder, host_bin
        self._command = ["crosscheck", model, *data, "--board", "door", "--boards", board.boards, "--board-binary",
                         board_dir / target / "bin/run_joint_faulty", "--json", "-", "--quiet"]
        self.planted, self.wrong = 0, []

    def expect(self, what, environment, holds):
        """One crosscheck; `holds` says whether its result is right."""
        self._board.write_entry(environment=environment)
        call = LockstepCall(self._host_bin / "lockstep", self._command, self._folder)
        status = call.wait(120)
        self.planted += 1
        if status != 1:
            self.wrong.append(f"{what}: status {status}\n{call.said()}")
            return
        result = json.loads(call.printed())
        first = result["first_difference"]["name"]
        print(f"{what}: {call.seconds:.1f} s, first {first}, {len(causes_of(result))} layers differ", flush=True)
        if not holds(first, causes_of(result)):
            self.wrong.append(f"{what}: first {first}, causes {causes_of(result)}\n{result.get('text', '')}")

    def expect_wrong_kernel(self, what, environment, name):
        self.expect(what, environment, lambda first, causes: first == name and
                    [layer for cause, layer in causes if cause == "wrong_kernel"] == [name])


def plant_wrong_kernels(faulty, network):
    for kind, layer, number in wrong_kernels(network):
        name = layer["name"]
        faulty.expect_wrong_kernel(f"{kind} in {name}", {"LOCKSTEP_FAULT": f"{kind} {name} {number}"}, name)


def plant_wrong_numbers(faulty, board, network, host_bin, model, folder):
    for kind in ("truncates", "wrong_zero_point", "doubled"):
        damaged = folder / "damaged.joint"
        for layer in network.layers:
            if subprocess.run([host_bin / "damage_model", model, damaged, kind, str(layer["index"])],
                              stderr=subprocess.DEVNULL).returncode == 0:
                break
        else:
            raise RuntimeError(f"no layer for {kind}")
        board.copy(damaged, f"{WORK}/damaged.joint")
        faulty.expect_wrong_kernel(f"{kind} in {layer['name']}", {"LOCKSTEP_FAULT_MODEL": f"{WORK}/damaged.joint"},
                                   layer["name"])


def plant_between_layers(faulty, network):
    layer, reader = network.overlap()
    victim = reader["inputs"][0]
    harmed = network.first_reader(victim, layer["index"])["name"]
    faulty.expect(f"overlap of {layer['name']} and {reader['name']}",
                  {"LOCKSTEP_FAULT": f"overlap {layer['name']} 0 {reader['name']}"},
                  lambda _, causes: ("overwritten_input", harmed) in causes and
                  all(cause != "wrong_kernel" for cause, _ in causes))

    def starts_behind(candidate):
        writer = network.writer(candidate["inputs"][0])
        return writer is not None and writer["op"] not in NO_ARITHMETIC and is_image(writer)

    for layer in network.computing(starts_behind):
        name = layer["name"]
        faulty.expect(f"early_start of {name}", {"LOCKSTEP_FAULT": f"early_start {name}"},
                      lambda first, causes, name=name: first == name and
                      all(cause == ("state" if at == name else "wrong_inputs") for cause, at in causes))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("host_bin", type=Path)
    parser.add_argument("board_dir", type=Path)
    parser.add_argument("--target", default="mipsel")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lockstep-faults-") as name, \
            EmulatedBoard(arguments.target, Path(name)) as board:
        folder = Path(name)
        model, data = write_small_model(arguments.host_bin, folder, 1)
        network = Network(arguments.host_bin, model)
        faulty = FaultyBoard(board, folder, arguments.host_bin, arguments.board_dir, arguments.target, model, data)
        plant_wrong_kernels(faulty, network)
        plant_wrong_numbers(faulty, board, network, arguments.host_bin, model, folder)
        plant_between_layers(faulty, network)
        for text in faulty.wrong:
            print(text)
        print(f"{faulty.planted} faults planted, {len(faulty.wrong)} not named")
        return 1 if faulty.wrong or faulty.planted < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
