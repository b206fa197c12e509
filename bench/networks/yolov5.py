"""YOLOv5s of release 6: 80 classes, boxes decoded in the network as its export to ONNX does."""
import numpy as np

CLASSES = 80
ANCHORS = (((10, 13), (16, 30), (33, 23)), ((30, 61), (62, 45), (59, 119)), ((116, 90), (156, 198), (373, 326)))
STRIDES = (8, 16, 32)


def conv(net, x, channels, kernel=1, stride=1, pad=None):
    return net.silu(net.conv(x, channels, kernel, stride, pad))


def c3(net, x, channels, depth, adds=True):
    half = channels // 2
    a, b = conv(net, x, half), conv(net, x, half)
    for _ in range(depth):
        y = conv(net, conv(net, a, half), half, 3)
        a = net.add(a, y) if adds else y
    return conv(net, net.concat([a, b]), channels)


def pools(net, x, channels):
    parts = [conv(net, x, channels // 2)]
    for _ in range(3):
        parts.append(net.max_pool(parts[-1], 5, 1, 2))
    return conv(net, net.concat(parts), channels)


def doubled(net, x):
    scales = net.constant("scales", np.array([1, 1, 2, 2], np.float32))
    return net.node("Resize", [x, "", scales], x.channels, x.square, mode="nearest", nearest_mode="floor",
                    coordinate_transformation_mode="asymmetric")


def part(net, x, begin, end):
    names = [net.numbers(stem, value) for stem, value in (("begin", begin), ("end", end), ("axis", 4))]
    return net.node("Slice", [x, *names], end - begin, x.square)


def decode(net, x, cells, stride, anchors):
    """(1, 255, cells, cells) to boxes in pixels, objectness and classes in rows."""
    values = CLASSES + 5
    x = net.conv(x, 3 * values, 1)
    x = net.transpose(net.reshape(x, values, 1, 3, values, cells, cells), 0, 1, 3, 4, 2)
    x = net.sigmoid(x)
    down, across = np.mgrid[:cells, :cells].astype(np.float32)
    grid = np.stack([across, down], axis=-1)[None, None] - 0.5
    centre = net.node("Mul", [part(net, x, 0, 2), net.real("two", 2)], 2, 1)
    centre = net.node("Add", [centre, net.constant("grid", grid.repeat(3, axis=1))], 2, 1)
    centre = net.node("Mul", [centre, net.real("stride", stride)], 2, 1)
    extent = net.node("Mul", [part(net, x, 2, 4), net.real("two", 2)], 2, 1)
    extent = net.node("Pow", [extent, net.real("two", 2)], 2, 1)
    sizes = np.array(anchors, np.float32).reshape(1, 3, 1, 1, 2) * np.ones((1, 1, cells, cells, 1), np.float32)
    extent = net.node("Mul", [extent, net.constant("anchors", sizes)], 2, 1)
    boxes = net.concat([centre, extent, part(net, x, 4, values)], axis=4)
    return net.reshape(boxes, values, 1, 3 * cells * cells, values)


def yolov5s(net):
    size = net.picture.type.tensor_type.shape.dim[2].dim_value
    x = conv(net, net.input, 32, 6, 2, pad=2)
    x = c3(net, conv(net, x, 64, 3, 2), 64, 1)
    eighth = c3(net, conv(net, x, 128, 3, 2), 128, 2)
    sixteenth = c3(net, conv(net, eighth, 256, 3, 2), 256, 3)
    x = pools(net, c3(net, conv(net, sixteenth, 512, 3, 2), 512, 1), 512)
    coarse = conv(net, x, 256)
    x = c3(net, net.concat([doubled(net, coarse), sixteenth]), 256, 1, adds=False)
    middle = conv(net, x, 128)
    small = c3(net, net.concat([doubled(net, middle), eighth]), 128, 1, adds=False)
    medium = c3(net, net.concat([conv(net, small, 128, 3, 2), middle]), 256, 1, adds=False)
    large = c3(net, net.concat([conv(net, medium, 256, 3, 2), coarse]), 512, 1, adds=False)
    rows = [decode(net, x, size // stride, stride, anchors)
            for x, stride, anchors in zip((small, medium, large), STRIDES, ANCHORS)]
    boxes = net.concat(rows)
    net.output(boxes, [1, sum(3 * (size // stride) ** 2 for stride in STRIDES), CLASSES + 5])
