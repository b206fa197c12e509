"""Classifiers of a thousand classes, as torchvision has them (mobilenet_v1 as its paper), BatchNormalization folded."""

CLASSES = 1000


def head(net, x):
    x = net.gemm(net.flatten(net.pool_all(x, 0.6)), CLASSES)
    net.output(x, [1, CLASSES])


def basic_block(net, x, channels, stride):
    y = net.relu(net.conv(x, channels, 3, stride))
    y = net.conv(y, channels, 3, spread=0.5)
    return net.relu(net.add(y, shortcut(net, x, channels, stride)))


def bottleneck(net, x, channels, stride):
    y = net.relu(net.conv(x, channels, 1))
    y = net.relu(net.conv(y, channels, 3, stride))
    y = net.conv(y, 4 * channels, 1, spread=0.5)
    return net.relu(net.add(y, shortcut(net, x, 4 * channels, stride)))


def shortcut(net, x, channels, stride):
    return x if stride == 1 and x.channels == channels else net.conv(x, channels, 1, stride)


def resnet(net, block, depths):
    x = net.relu(net.conv(net.input, 64, 7, 2))
    x = net.max_pool(x, 3, 2, 1)
    for stage, depth in enumerate(depths):
        for i in range(depth):
            x = block(net, x, 64 << stage, 2 if stage > 0 and i == 0 else 1)
    head(net, x)


def resnet18(net):
    resnet(net, basic_block, (2, 2, 2, 2))


def resnet50(net):
    resnet(net, bottleneck, (3, 4, 6, 3))


def mobilenet_v1(net):
    x = net.relu6(net.conv(net.input, 32, 3, 2))
    for channels, stride in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1),
                             (512, 1), (512, 1), (1024, 2), (1024, 1)]:
        x = net.relu6(net.depthwise(x, 3, stride))
        x = net.relu6(net.conv(x, channels, 1))
    head(net, x)


def inverted_residual(net, x, channels, stride, expansion):
    y = x
    if expansion != 1:
        y = net.relu6(net.conv(y, expansion * x.channels, 1))
    y = net.relu6(net.depthwise(y, 3, stride))
    keeps = stride == 1 and x.channels == channels
    y = net.conv(y, channels, 1, spread=0.5 if keeps else 1.0)
    return net.add(x, y) if keeps else y


def mobilenet_v2(net):
    x = net.relu6(net.conv(net.input, 32, 3, 2))
    for expansion, channels, depth, stride in [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
                                               (6, 160, 3, 2), (6, 320, 1, 1)]:
        for i in range(depth):
            x = inverted_residual(net, x, channels, stride if i == 0 else 1, expansion)
    head(net, net.relu6(net.conv(x, 1280, 1)))


def fire(net, x, squeeze, expand):
    x = net.relu(net.conv(x, squeeze, 1))
    return net.concat([net.relu(net.conv(x, expand, 1)), net.relu(net.conv(x, expand, 3))])


def squeezenet(net):
    x = net.relu(net.conv(net.input, 64, 3, 2, pad=0))
    for pooled, squeeze, expand in [(True, 16, 64), (False, 16, 64), (True, 32, 128), (False, 32, 128), (True, 48, 192),
                                    (False, 48, 192), (False, 64, 256), (False, 64, 256)]:
        if pooled:
            x = net.max_pool(x, 3, 2)
        x = fire(net, x, squeeze, expand)
    x = net.flatten(net.pool_all(net.relu(net.conv(x, CLASSES, 1)), 0.6))
    net.output(x, [1, CLASSES])
