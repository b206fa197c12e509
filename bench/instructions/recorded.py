"""The recorded counts: a file for each emulated machine, in it a block for each network.

    network resnet18-64 148557824 38123456        multiply-accumulates and instructions of all layers
    0 Conv Conv_0 conv_u8s8_neon 123456           a layer's number, operator, name, kernel and instructions
"""
import dataclasses
import pathlib

PLACE = pathlib.Path(__file__).resolve().parent / "counts"
HEADER = "# Instructions of the emulated CPU in one inference, by layer; count_networks.py --record writes this\n"
TOLERANCE = 0.02
NOTHING = 2000  # instructions: a layer that changes by less is not named


@dataclasses.dataclass(frozen=True)
class Layer:
    op: str
    name: str
    kernel: str
    instructions: int


@dataclasses.dataclass(frozen=True)
class Counts:
    macs: int
    layers: tuple

    @property
    def instructions(self):
        return sum(layer.instructions for layer in self.layers)


def path_of(machine):
    return PLACE / f"{machine}.txt"


def read(machine):
    """By network."""
    path = path_of(machine)
    found, macs, layers = {}, {}, {}
    for text in path.read_text().splitlines() if path.exists() else []:
        if not text or text.startswith("#"):
            continue
        words = text.split()
        if words[0] == "network":
            name = words[1]
            macs[name], layers[name] = int(words[2]), []
        else:
            layers[name].append(Layer(words[1], words[2], words[3], int(words[4])))
    for name in macs:
        found[name] = Counts(macs[name], tuple(layers[name]))
    return found


def write(machine, all_counts):
    text = HEADER
    for name, counts in sorted(all_counts.items()):
        text += f"\nnetwork {name} {counts.macs} {counts.instructions}\n"
        text += "".join(f"{i} {layer.op} {layer.name} {layer.kernel} {layer.instructions}\n"
                        for i, layer in enumerate(counts.layers))
    part = path_of(machine).with_suffix(".part")
    PLACE.mkdir(exist_ok=True)
    part.write_text(text)
    part.replace(path_of(machine))


def change(before, now):
    return now / before - 1 if before else float(now != before)


def differences(before, now):
    """What is more than 2 % off, in lines; nothing if all is as recorded."""
    if before is None:
        return ["is not in the table"]
    if [(layer.op, layer.name) for layer in before.layers] != [(layer.op, layer.name) for layer in now.layers]:
        return [f"has {len(now.layers)} layers, and not those {len(before.layers)} that are in the table"]
    lines = []
    for i, (old, new) in enumerate(zip(before.layers, now.layers)):
        if abs(new.instructions - old.instructions) > max(TOLERANCE * old.instructions, NOTHING):
            lines.append(f"layer {i}, {new.name} ({new.op}): {new.instructions:,} instructions instead of "
                         f"{old.instructions:,}, {100 * change(old.instructions, new.instructions):+.1f} %")
    whole = change(before.instructions, now.instructions)
    if abs(whole) > TOLERANCE:
        lines.append(f"all layers: {now.instructions:,} instead of {before.instructions:,}, {100 * whole:+.1f} %")
    return lines
