"""The networks that are measured, by name; each is made for pictures of any size that its strides divide."""
import dataclasses

import builder
import classifiers
import vit
import yolov5


@dataclasses.dataclass(frozen=True)
class Network:
    """How it is made, or the command that fetches it, and what `lockstep build` is told of it.

    The settings ask for 8 bits and one scale for a tensor: ONNX Runtime has integer kernels for nothing else."""
    maker: object = None
    settings: tuple = ()
    fetched_by: tuple = ()


TAIL = ("--tail-bits", "8")
DEPTHWISE = ("--activation-scales", "per_tensor")
ALL = {
    "squeezenet1.1": Network(classifiers.squeezenet),
    "mobilenet_v1": Network(classifiers.mobilenet_v1, TAIL + DEPTHWISE),
    "mobilenet_v2": Network(classifiers.mobilenet_v2, TAIL + DEPTHWISE),
    "resnet18": Network(classifiers.resnet18, TAIL),
    "resnet50": Network(classifiers.resnet50, TAIL),
    "yolov5s": Network(yolov5.yolov5s, TAIL),
    "yolov8n": Network(settings=TAIL, fetched_by=("scripts/fetch_model.sh",)),
    "vit_tiny": Network(lambda net: vit.vit(net, 12), TAIL),
    "vit_two_blocks": Network(lambda net: vit.vit(net, 2), TAIL),
}


def write(network, name, size, path):
    net = builder.Builder(name, size)
    network.maker(net)
    net.save(path)
