"""What the networks are calibrated with and run on."""
import pathlib
import shutil

import numpy as np

CALIBRATION = ("aloeL.jpg", "baboon.jpg", "fruits.jpg", "home.jpg")
PICTURE = "messi5.jpg"  # run, and not among those
SAMPLES = 8


def sound(generator, shape):
    """Tones of a voice's range that swell and fade, with noise."""
    time = np.arange(shape[-1]) / 16000
    pitch = generator.uniform(90, 300)
    tones = sum(np.sin(2 * np.pi * pitch * (i + 1) * time + generator.uniform(0, 6)) / (i + 1) for i in range(8))
    swell = np.abs(np.sin(2 * np.pi * generator.uniform(2, 8) * time + generator.uniform(0, 6)))
    noise = generator.normal(0, 0.02, shape[-1])
    return np.broadcast_to(0.2 * swell * tones + noise, shape).astype(np.float32)


def small(generator, shape):
    """A recurrent state."""
    return generator.uniform(-0.5, 0.5, shape).astype(np.float32)


KINDS = {"sound": sound, "small": small}


def pictures(folder, source):
    calibration = folder / "calibration"
    calibration.mkdir(parents=True, exist_ok=True)
    for name in CALIBRATION:
        shutil.copy(pathlib.Path(source) / name, calibration / name)
    return ["--calibration", calibration], ["--data", pathlib.Path(source) / PICTURE]


def arrays(folder, network):
    """Arrays drawn by code: for calibrating, and another for the run."""
    generator = np.random.default_rng(1)
    shapes = dict(shape.rsplit(":", 1) for shape in network.shapes)
    calibration, data = ["--calibration"], ["--data"]
    for name, kind in network.inputs.items():
        shape = [int(extent) for extent in shapes[name].split("x")]
        for part, count in (("calibration", SAMPLES), ("run", 1)):
            place = folder / part / name
            place.mkdir(parents=True, exist_ok=True)
            for i in range(count):
                np.save(place / f"{i}.npy", KINDS[kind](generator, shape))
        calibration.append(f"{name}={folder / 'calibration' / name}")
        data.append(f"{name}={folder / 'run' / name / '0.npy'}")
    return calibration, data


def data_of(network, folder, source):
    """Arguments of `build` and of `run`."""
    return arrays(folder, network) if network.inputs else pictures(folder, source)
