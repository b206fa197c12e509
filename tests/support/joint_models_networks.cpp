// Whole networks of integers.
#include <algorithm>
#include <string>

#include "support/joint_models.h"

namespace lockstep::test {

joint::ModelT SmallNetwork() {
  NetworkBuilder net(1);
  ConvShape conv;
  const int picture = net.Input({1, 12, 16, 3});
  const int gain = net.Input({1, 1, 1, 16}, 0.05F, 100);
  const int pixels = net.ChannelLookup(picture);
  conv.oc = 16;
  conv.stride_h = conv.stride_w = 2;
  conv.table = true;
  const int stem = net.Conv(pixels, conv);  // 6 x 8 x 16
  conv.stride_h = conv.stride_w = 1;
  const int deep = net.DepthwiseConv(stem, conv);
  conv.groups = 2;
  conv.oc = 20;
  conv.table = false;
  const int grouped = net.Conv(net.Mul(deep, gain), conv);
  const int sum = net.Add(net.MaxPool(stem, 5, 1, 2), deep);
  const int small = net.MaxPool(sum, 2, 2, 0);  // 3 x 4 x 16
  const int large = net.Resize(small, 6, 8);
  const int joined = net.Concat({large, grouped, net.Lookup(stem)}, 3);  // 6 x 8 x 52
  const int half = net.Slice(joined, {0, 0, 1, 4}, {1, 1, 2, 1}, {1, 6, 4, 40});
  ConvShape point;
  point.kernel_h = point.kernel_w = 1;
  point.pad_top = point.pad_left = point.pad_bottom = point.pad_right = 0;
  point.oc = 8;
  const int logits = net.Reshape(net.Conv(half, point), {1, 24, 8});
  const int chances = net.Softmax(logits);

  point.oc = 4;
  point.output = joint::DType::U16;
  const int boxes = net.Reshape(net.Conv(net.AveragePool(half, 3, 1, 1), point), {1, 24, 4});
  const int wide = net.Add(boxes, net.Constant({1, 24, 4}, joint::DType::U16), joint::DType::U16);
  net.Output(net.Concat({net.Rescale(wide, joint::DType::U16), chances}, 2, joint::DType::F32));
  net.TopK(chances, 1, 5, true);
  const int turned = net.Transpose(chances, {0, 2, 1});
  const int pairs = net.MatMul(turned, chances, joint::DType::U16);  // 1 x 8 x 8
  const int product = net.MatMul(pairs, net.Constant({8, 24}, joint::DType::U16));
  net.PRelu(joined, {1, 1, 1, 52}, joint::DType::S16, joint::DType::U16);
  net.ReduceMean(joined, {0, 2}, false, joint::DType::U16);  // 6 x 52
  net.Interpolate(sum, 5, 6, 2, joint::DType::U16);
  net.ReduceMax(joined, {1, 2}, true, false);
  net.Maximum(stem, gain, true, joint::DType::U16);
  net.Gather(joined, 2, {3, -1, 0, 7, 7, -1}, 200);
  net.GridSample(sum, net.Reshape(wide, {1, 6, 8, 2}), {}, joint::DType::U16);
  net.Output(net.Dequantize(net.LayerNormalization(product, 1, joint::DType::U16)));
  return net.Finish();
}

joint::ModelT WideNetwork() {
  NetworkBuilder net(11, "wide");
  const int words = net.Input({1, 5, 6, 8}, 0.001F, 30000, joint::DType::U16);
  const int bytes = net.ChannelLookup(words);
  const int looked = net.Lookup(words);
  net.Output(net.ChannelLookup(looked, joint::DType::U16));
  net.Output(net.Softmax(words));
  ConvShape conv;
  conv.oc = 20;
  conv.table = true;
  conv.table_bits = 12;
  const int y = net.Conv(bytes, conv);
  conv.table_bits = 10;
  conv.output = joint::DType::U16;
  net.Output(net.DepthwiseConv(y, conv));
  conv.output = joint::DType::U8;
  conv.table_bits = 9;
  conv.kernel_h = conv.kernel_w = conv.stride_h = conv.stride_w = 2;
  conv.pad_top = conv.pad_left = conv.pad_bottom = conv.pad_right = 0;
  net.Output(net.Dequantize(net.ConvTranspose(y, conv)));
  ConvShape sums;
  sums.oc = 20;
  sums.groups = 2;
  sums.weight = joint::DType::S16;
  sums.output = joint::DType::U16;
  const int wide = net.Conv(words, sums);
  sums.groups = 1;
  sums.output = joint::DType::U8;
  sums.table = true;
  sums.table_bits = 11;
  net.Output(net.Dequantize(net.DepthwiseConv(wide, sums)));
  sums.weight = joint::DType::S8;
  sums.table = false;
  net.Output(net.Conv(net.DepthwiseConv(wide, sums), sums));
  sums.weight = joint::DType::S16;
  sums.stride_h = sums.stride_w = 2;
  net.Output(net.Dequantize(net.ConvTranspose(wide, sums)));
  joint::ModelT model = net.Finish();
  // The Softmax has levels of its own, fewer than its type.
  joint::SoftmaxT& softmax = *FirstOptions<joint::SoftmaxT>(model);
  joint::TensorT& shares = *model.tensors[FirstLayer<joint::SoftmaxT>(model)->outputs[0]];
  softmax.numerator = 100;
  softmax.table.resize(5000);
  shares.quantization->scale[0] = 1.0F / 100.0F;
  shares.quantization->bits = 7;
  return model;
}

joint::ModelT TransposedNetwork() {
  NetworkBuilder net(6, "transposed");
  ConvShape up;
  up.kernel_w = up.stride_h = up.stride_w = 2;
  up.pad_left = up.pad_right = 0;
  up.oc = 8;
  up.groups = 2;
  up.table = true;
  const int x = net.Input({1, 3, 4, 16});
  ConvShape conv;
  net.Output(net.Dequantize(net.ConvTranspose(x, up)));
  net.Output(net.Dequantize(net.Conv(x, conv)));
  return net.Finish();
}

joint::ModelT FloatTransposedNetwork() {
  NetworkBuilder net(7, "transposed_floats");
  ConvShape up;
  up.oc = 20;
  up.groups = 2;
  up.stride_h = up.stride_w = 2;
  net.Output(net.FloatConvTranspose(net.Dequantize(net.Input({1, 3, 4, 6})), up));
  return net.Finish();
}

joint::ModelT RandomNetwork(uint64_t seed, int layers) {
  NetworkBuilder net(seed, "random_" + std::to_string(seed));
  std::vector<int> images = {net.Input({1, net.Random(5, 12), net.Random(5, 12), net.Random(1, 9)})};
  const auto pick = [&] { return images[net.Random(0, static_cast<int>(images.size()) - 1)]; };
  for (int i = 0; i < layers; ++i) {
    const int x = pick();
    const std::vector<int> in = net.shape(x);
    ConvShape shape;
    shape.oc = net.Random(1, 20);
    shape.table = net.Random(0, 1) == 1;
    shape.stride_h = net.Random(1, 2);
    shape.table_bits = 8 + net.Random(0, 3) / 3 * net.Random(0, 8);
    shape.weight = net.Random(0, 7) == 0 ? joint::DType::S16 : joint::DType::S8;
    switch (net.Random(0, 20)) {
      case 0:
      case 1:
        images.push_back(net.Conv(x, shape));
        break;
      case 2:
        images.push_back(net.DepthwiseConv(x, shape));
        break;
      case 3:
        images.push_back(net.MaxPool(x, 3, net.Random(1, 2), 1));
        break;
      case 4:
        images.push_back(net.Add(x, net.Constant({1, 1, 1, in[3]})));
        break;
      case 5:
        images.push_back(net.Mul(x, x));
        break;
      case 6: {
        const int axis = net.Random(1, 3);  // on its own: the order of evaluating arguments differs between targets
        images.push_back(net.Concat({x, net.Lookup(x)}, axis));
        break;
      }
      case 7:
        images.push_back(net.Slice(x, {0, 0, 0, 0}, {1, 2, 1, 1}, {1, (in[1] + 1) / 2, in[2], in[3]}));
        break;
      case 8:
        images.push_back(net.Resize(x, in[1] + 1, in[2]));
        break;
      case 15: {
        const int taps = net.Random(1, 4);
        const int larger = net.Interpolate(x, in[1] + 1, in[2], taps, joint::DType::U16);
        images.push_back(net.Interpolate(larger, in[1], std::max(1, in[2] - 1), taps));
        break;
      }
      case 12:
        images.push_back(net.LayerNormalization(x, net.Random(1, 3)));
        break;
      case 14: {
        const int slopes = net.Random(0, 1) == 1 ? in[3] : 1;
        images.push_back(net.PRelu(x, {slopes}, slopes == 1 ? joint::DType::S8 : joint::DType::S16));
        break;
      }
      case 13: {
        const int axis = net.Random(1, 3);
        images.push_back(net.Add(x, net.ReduceMean(x, {axis}, true)));
        break;
      }
      case 18: {
        const int axis = net.Random(1, 3);
        const bool smallest = net.Random(0, 1) == 1;
        const int extreme = net.ReduceMax(x, {axis}, true, smallest);
        images.push_back(net.Maximum(x, extreme, !smallest));
        break;
      }
      case 19: {
        const joint::DType places = net.Random(0, 1) == 1 ? joint::DType::U16 : joint::DType::U8;
        const int turned = net.Grid({in[0], in[2], in[1], 2}, places);
        const int sampled = net.GridSample(x, turned, net.RandomSampling(), joint::DType::U16);
        const int back = net.Grid({in[0], in[1], in[2], 2}, places);
        images.push_back(net.GridSample(sampled, back, net.RandomSampling()));
        break;
      }
      case 16: {
        const int axis = net.Random(1, 3);
        const std::vector<int> index = net.RandomIndex(in[axis], net.Random(1, 12));
        images.push_back(net.Gather(x, axis, index, static_cast<uint64_t>(net.Random(0, 255))));
        break;
      }
      case 17: {
        const bool smallest = net.Random(0, 1) == 1;
        images.push_back(net.Maximum(x, net.Constant({1, 1, 1, in[3]}), smallest));
        break;
      }
      case 11: {
        const int other = net.Random(0, 1) == 0 ? net.Transpose(x, {0, 1, 3, 2}) : net.Constant({in[3], 7});
        images.push_back(net.MatMul(x, other));
        break;
      }
      case 9: {
        const int kernel = std::min({net.Random(1, 3), in[1], in[2]});
        images.push_back(net.AveragePool(x, kernel, 1, kernel / 2));
        break;
      }
      case 10: {
        shape.kernel_h = net.Random(1, 4);
        shape.kernel_w = net.Random(1, 4);
        shape.stride_w = net.Random(1, 3);
        shape.pad_top = net.Random(0, 1) * (shape.kernel_h - 1);
        shape.pad_left = net.Random(0, shape.kernel_w - 1);
        shape.pad_bottom = shape.pad_right = 0;
        images.push_back(in[1] * in[2] < 2000 ? net.ConvTranspose(x, shape) : net.MaxPool(x, 2, 2, 0));
        break;
      }
      default:
        images.push_back(net.Transpose(x, {0, 2, 1, 3}));
        break;
    }
  }
  const int axis = net.Random(1, 3);
  const int top = net.TopK(images.back(), axis, (net.shape(images.back())[axis] + 1) / 2, net.Random(0, 1) == 1);
  net.Output(net.Transpose(top + 1, {0, 3, 1, 2}));
  net.Output(net.ReduceMean(images.back(), {1, 2}, false, joint::DType::U16));
  net.Output(net.Dequantize(images.back()));
  net.Output(net.Softmax(net.Reshape(images[images.size() / 2], {1, -1}, net.Random(0, 1) == 1)));
  return net.Finish();
}

}  // namespace lockstep::test
