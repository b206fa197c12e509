"""A joint model of 35 layers with data for its inputs."""
import json
import subprocess


def write_small_model(host_bin, folder, count):
    """The model, and the `--data` arguments of `count` runs."""
    model = folder / "net.joint"
    subprocess.run([host_bin / "write_network", model], check=True)
    info = json.loads(subprocess.run([host_bin / "lockstep", "info", model, "--json", "-"], check=True,
                                     stdout=subprocess.PIPE).stdout)
    data = ["--data"]
    for number, tensor in enumerate(info["inputs"]):
        place = folder / f"input_{number}"
        place.mkdir()
        for i in range(count):
            values = ((number + 1) * 37 * i + j * 11 for j in range(tensor["bytes"]))
            (place / f"{i}.bin").write_bytes(bytes(value % 256 for value in values))
        data.append(f"{tensor['name']}={place}")
    return model, data
