// Networks of the shapes that trained ones have, narrower and of small pictures: layers of many channels and few
// pixels, of many pixels and few channels, and all else that has kernels of its own.
#include "support/joint_models.h"

namespace lockstep::test {
namespace {

ConvShape Point(int channels) {
  ConvShape shape;
  shape.oc = channels;
  shape.kernel_h = shape.kernel_w = 1;
  shape.pad_top = shape.pad_left = shape.pad_bottom = shape.pad_right = 0;
  return shape;
}

ConvShape Window(int channels, int kernel, int stride, bool table = false) {
  ConvShape shape;
  shape.oc = channels;
  shape.kernel_h = shape.kernel_w = kernel;
  shape.stride_h = shape.stride_w = stride;
  shape.pad_top = shape.pad_left = shape.pad_bottom = shape.pad_right = kernel / 2;
  shape.table = table;
  return shape;
}

int Bottleneck(NetworkBuilder& net, int x, int channels, int stride) {
  const bool projected = stride != 1 || net.shape(x)[3] != 4 * channels;
  ConvShape shortcut = Point(4 * channels);
  shortcut.stride_h = shortcut.stride_w = stride;
  const int other = projected ? net.Conv(x, shortcut) : x;
  const int inner = net.Conv(net.Conv(x, Point(channels)), Window(channels, 3, stride));
  return net.Add(net.Conv(inner, Point(4 * channels)), other);
}

int Inverted(NetworkBuilder& net, int x, int wide, int channels, int kernel, int stride) {
  const int inner = net.DepthwiseConv(net.Conv(x, Point(wide)), Window(wide, kernel, stride));
  const int y = net.Conv(inner, Point(channels));
  return net.shape(x) == net.shape(y) ? net.Add(x, y) : y;
}

}  // namespace

joint::ModelT ResidualNetwork() {
  NetworkBuilder net(31, "residual");
  int x = net.Conv(net.Input({1, 44, 44, 3}), Window(32, 7, 2));
  x = net.MaxPool(x, 3, 2, 1);  // 11 x 11
  x = Bottleneck(net, x, 32, 1);
  x = Bottleneck(net, x, 32, 1);
  x = Bottleneck(net, x, 64, 2);  // 6 x 6 x 256
  x = net.AveragePool(Bottleneck(net, x, 64, 1), 6, 1, 0);
  net.Output(net.Dequantize(net.Softmax(net.Reshape(net.Conv(x, Point(100)), {1, 100}))));
  return net.Finish();
}

joint::ModelT MobileNetwork() {
  NetworkBuilder net(32, "mobile");
  int x = net.Conv(net.Input({1, 50, 38, 3}), Window(16, 3, 2));
  x = Inverted(net, x, 48, 24, 3, 2);
  x = Inverted(net, x, 144, 24, 3, 1);
  x = Inverted(net, x, 72, 40, 5, 2);
  const int gate = net.Lookup(net.Conv(net.ReduceMean(x, {1, 2}, true), Point(40)));
  x = Inverted(net, net.Mul(x, gate), 200, 40, 3, 1);
  x = net.ReduceMean(net.Conv(x, Point(320)), {1, 2}, true);
  net.Output(net.Dequantize(net.Conv(x, Point(70))));
  return net.Finish();
}

joint::ModelT DetectorNetwork() {
  NetworkBuilder net(33, "detector");
  int x = net.Conv(net.Input({1, 64, 48, 3}), Window(16, 6, 2, true));
  x = net.Conv(x, Window(32, 3, 2, true));
  const int half = net.Conv(x, Point(16));
  const int large = net.Conv(net.Join({half, net.Add(half, net.Conv(half, Window(16, 3, 1, true)))}, 3), Point(64));
  const int small = net.Conv(large, Window(96, 3, 2, true));
  const int once = net.MaxPool(small, 5, 1, 2);
  const int pooled = net.Concat({small, once, net.MaxPool(once, 5, 1, 2)}, 3);
  const int neck = net.Conv(pooled, Window(64, 1, 1, true));
  const std::vector<int> size = net.shape(large);
  const int joined = net.Concat({net.Resize(neck, size[1], size[2]), large}, 3);
  const int pixels = size[1] * size[2];
  const int boxes = net.Reshape(net.Conv(net.Conv(joined, Window(64, 3, 1, true)), Point(64)), {1, pixels * 4, 16});
  const int places = net.MatMul(net.Softmax(boxes), net.Constant({16, 1}));
  const int classes = net.Lookup(net.Reshape(net.Conv(joined, Window(80, 3, 1)), {1, pixels, 80}));
  net.TopK(net.ReduceMax(classes, {2}, false, false), 1, 10, true);
  net.Output(net.Concat({net.Reshape(places, {1, pixels, 4}), classes}, 2, joint::DType::F32));
  return net.Finish();
}

joint::ModelT AttentionNetwork() {
  NetworkBuilder net(34, "attention");
  constexpr int kTokens = 37;
  constexpr int kWidth = 96;
  const int x = net.Input({1, kTokens, kWidth});
  const int normal = net.LayerNormalization(x, 1);
  const auto linear = [&](int of, int width) { return net.MatMul(of, net.Constant({net.shape(of).back(), width})); };
  const auto heads = [&](const std::vector<int>& perm) {
    return net.Transpose(net.Reshape(linear(normal, kWidth), {1, kTokens, 3, kWidth / 3}), perm);
  };
  const int scores = net.Softmax(net.MatMul(heads({0, 2, 1, 3}), heads({0, 2, 3, 1})));
  const int mixed = net.Transpose(net.MatMul(scores, heads({0, 2, 1, 3})), {0, 2, 1, 3});
  const int sum = net.Add(x, linear(net.Reshape(mixed, {1, kTokens, kWidth}), kWidth));
  const int wide = net.Lookup(linear(net.LayerNormalization(sum, 1), 4 * kWidth));
  net.Output(net.Dequantize(net.Add(sum, linear(wide, kWidth))));
  return net.Finish();
}

}  // namespace lockstep::test
