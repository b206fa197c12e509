"""A vision transformer of the shape of ViT-Tiny/16: 192 numbers for each patch, 3 heads; its depth is given."""
import math

import numpy as np

from classifiers import CLASSES

WIDTH, HEADS, PATCH = 192, 3, 16


def norm(net, x):
    scale = net.constant("scale", net.generator.uniform(0.5, 1.5, WIDTH).astype(np.float32))
    return net.node("LayerNormalization", [x, scale, net.bias(WIDTH, 1.0)], WIDTH, 1.1, axis=-1, epsilon=1e-6)


def heads(net, x, tokens, *order):
    x = net.reshape(net.linear(x, WIDTH), WIDTH // HEADS, 1, tokens, HEADS, WIDTH // HEADS)
    return net.transpose(x, *order)


def attention(net, x, tokens):
    q = heads(net, x, tokens, 0, 2, 1, 3)
    k = heads(net, x, tokens, 0, 2, 3, 1)
    v = heads(net, x, tokens, 0, 2, 1, 3)
    products = net.node("MatMul", [q, k], tokens, WIDTH // HEADS)
    products = net.node("Mul", [products, net.real("scale", 1 / math.sqrt(WIDTH // HEADS))], tokens, 1)
    shares = net.node("Softmax", [products], tokens, 1, axis=-1)
    mixed = net.node("MatMul", [shares, v], WIDTH // HEADS, 0.3)
    mixed = net.reshape(net.transpose(mixed, 0, 2, 1, 3), WIDTH, 1, tokens, WIDTH)
    return net.linear(mixed, WIDTH, spread=0.5)


def block(net, x, tokens):
    x = net.add(x, attention(net, norm(net, x), tokens))
    return net.add(x, net.linear(net.gelu(net.linear(norm(net, x), 4 * WIDTH)), WIDTH, spread=0.5))


def vit(net, depth):
    size = net.picture.type.tensor_type.shape.dim[2].dim_value
    patches = (size // PATCH) ** 2
    x = net.conv(net.input, WIDTH, PATCH, PATCH, pad=0)
    x = net.transpose(net.reshape(x, WIDTH, 1, WIDTH, patches), 0, 2, 1)
    first = net.constant("class", net.generator.standard_normal((1, 1, WIDTH), np.float32))
    x = net.node("Concat", [first, x], WIDTH, 1, axis=1)
    places = net.generator.standard_normal((1, patches + 1, WIDTH), np.float32) * np.float32(0.3)
    x = net.node("Add", [x, net.constant("places", places)], WIDTH, 1.1)
    for _ in range(depth):
        x = block(net, x, patches + 1)
    x = net.node("Gather", [norm(net, x), net.constant("first", np.array(0, np.int64))], WIDTH, 1.1, axis=1)
    net.output(net.gemm(x, CLASSES), [1, CLASSES])
