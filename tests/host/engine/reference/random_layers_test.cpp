// Convolution and the wide operators with random parameters against the written formulas in 128-bit integers.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/reference/reference_engine.h"
#include "support/joint_models.h"

namespace lockstep::test {
namespace {

__extension__ using Int128 = __int128;

// floor((acc * m + 2^(30+s)) / 2^(31+s)), spelled with a division.
int64_t RoundedProduct(int64_t acc, int32_t m, int s) {
  const Int128 divisor = Int128{1} << (31 + s);
  const Int128 sum = Int128{acc} * m + divisor / 2;
  Int128 quotient = sum / divisor;
  if (sum % divisor < 0) --quotient;
  return static_cast<int64_t>(quotient);
}

int Element(const joint::TensorT& tensor, const std::vector<uint8_t>& bytes, size_t index) {
  return tensor.dtype == joint::DType::U16 ? bytes[2 * index] + 256 * bytes[2 * index + 1] : bytes[index];
}

std::vector<uint8_t> RandomBytes(NetworkBuilder& random, uint64_t count) {
  std::vector<uint8_t> bytes(count);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.Random(0, 255));
  return bytes;
}

struct OneRun {
  joint::ModelT model;
  std::vector<std::vector<uint8_t>> inputs;
  std::vector<uint8_t> result;  // of the first layer
};

OneRun RunOnce(NetworkBuilder& net) {
  OneRun run;
  run.model = net.Finish();
  for (const auto& input : run.model.inputs) {
    run.inputs.push_back(RandomBytes(net, run.model.tensors[input->tensor]->bytes));
  }
  const std::vector<uint8_t> file = Write(run.model);
  engine::ReferenceEngine engine(file.data(), file.size());
  engine.Run(run.inputs, [&](int index, int, const joint::Layer&, const joint::Tensor& output, const uint8_t* data) {
    if (index == 0) run.result.assign(data, data + output.bytes());
  });
  return run;
}

// Where the weight lies, as docs/model-format.md writes it.
size_t WeightPlace(const joint::ConvT& conv, const std::vector<int>& shape, int oc, int ic, int ky, int kx) {
  const int per_group = shape[0] / conv.groups;
  const int blocks = (per_group + 15) / 16;
  const bool dilated = conv.dilation_w > 1;
  const int segments = dilated ? shape[1] * shape[2] : shape[1];
  const int quads = ((dilated ? shape[3] : shape[2] * shape[3]) + 3) / 4;
  const int segment = dilated ? ky * shape[2] + kx : ky;
  const int depth = dilated ? ic : kx * shape[3] + ic;
  size_t place = oc / per_group;
  place = place * blocks + oc % per_group / 16;
  place = place * segments + segment;
  place = place * quads + depth / 4;
  place = place * 16 + oc % per_group % 16;
  return place * 4 + depth % 4;
}

void ExpectConv(const OneRun& run) {
  const joint::LayerT& layer = *run.model.layers[0];
  const joint::ConvT& conv = *layer.options.AsConv();
  const joint::TensorT& x = *run.model.tensors[layer.inputs[0]];
  const joint::TensorT& y = *run.model.tensors[layer.outputs[0]];
  const joint::TensorT& w = *run.model.tensors[layer.inputs[1]];
  const std::vector<uint8_t>& weights = run.model.constants[w.constant]->data;
  const int zero_point = x.quantization->zero_point[0];
  size_t index = 0;
  for (int oy = 0; oy < y.shape[1]; ++oy) {
    for (int ox = 0; ox < y.shape[2]; ++ox) {
      for (int oc = 0; oc < y.shape[3]; ++oc, ++index) {
        int64_t acc = conv.acc_init[oc];
        const int first = oc / (w.shape[0] / conv.groups) * w.shape[3];
        for (int ky = 0; ky < w.shape[1]; ++ky) {
          for (int kx = 0; kx < w.shape[2]; ++kx) {
            for (int ic = 0; ic < w.shape[3]; ++ic) {
              const int iy = oy * conv.stride_h - conv.pad_top + ky * conv.dilation_h;
              const int ix = ox * conv.stride_w - conv.pad_left + kx * conv.dilation_w;
              const bool inside = iy >= 0 && iy < x.shape[1] && ix >= 0 && ix < x.shape[2];
              const size_t place = (static_cast<size_t>(iy) * x.shape[2] + ix) * x.shape[3] + first + ic;
              const int value = inside ? Element(x, run.inputs[0], place) : zero_point;
              acc += int64_t{value} * static_cast<int8_t>(weights[WeightPlace(conv, w.shape, oc, ic, ky, kx)]);
            }
          }
        }
        int64_t p = conv.mid_zero_point + RoundedProduct(acc, conv.multiplier[oc], conv.shift[oc]);
        p = std::min<int64_t>(std::max<int64_t>(p, conv.clamp_low), conv.clamp_high);
        joint::TensorT entry;
        entry.dtype = y.dtype;
        const int expected = conv.table.empty() ? static_cast<int>(p) : Element(entry, conv.table, p);
        ASSERT_EQ(Element(y, run.result, index), expected)
            << "at y " << oy << " x " << ox << " c " << oc << ", acc " << acc << ", m " << conv.multiplier[oc] << ", s "
            << static_cast<int>(conv.shift[oc]);
      }
    }
  }
}

TEST(ReferenceConv, RandomShapesAndParameters) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    NetworkBuilder net(seed);
    ConvShape shape;
    shape.groups = net.Random(0, 3) == 0 ? 2 : 1;
    shape.oc = shape.groups * net.Random(1, 20);
    shape.kernel_h = net.Random(1, 3);
    shape.kernel_w = net.Random(1, 4);
    shape.stride_h = net.Random(1, 2);
    shape.stride_w = net.Random(1, 2);
    shape.dilation_h = net.Random(1, 2);
    shape.dilation_w = net.Random(1, 2);
    shape.pad_top = net.Random(0, shape.kernel_h - 1);
    shape.pad_left = net.Random(0, shape.kernel_w - 1);
    shape.pad_bottom = net.Random(0, shape.kernel_h - 1);
    shape.pad_right = net.Random(0, shape.kernel_w - 1);
    shape.table = net.Random(0, 1) == 1;
    shape.output = net.Random(0, 2) == 0 ? joint::DType::U16 : joint::DType::U8;
    const int x =
        net.Input({1, net.Random(5, 9), net.Random(8, 12), shape.groups * net.Random(1, 9)}, 0.02F, net.Random(0, 255));
    net.Output(net.Conv(x, shape));
    ExpectConv(RunOnce(net));
  }
}

TEST(ReferenceMul, RandomSixteenBitProducts) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    NetworkBuilder net(seed);
    const int a = net.Input({1, 500}, 0.02F, net.Random(0, 65535), joint::DType::U16);
    const int b = net.Input({1, 500}, 0.02F, net.Random(0, 65535), joint::DType::U16);
    net.Output(net.Mul(a, b, joint::DType::U16));
    const OneRun run = RunOnce(net);
    const joint::LayerT& layer = *run.model.layers[0];
    const joint::MulT& mul = *layer.options.AsMul();
    const joint::TensorT& y = *run.model.tensors[layer.outputs[0]];
    for (size_t i = 0; i < 500; ++i) {
      int64_t product = 1;
      for (size_t j = 0; j < 2; ++j) {
        const joint::TensorT& x = *run.model.tensors[layer.inputs[j]];
        product *= Element(x, run.inputs[j], i) - x.quantization->zero_point[0];
      }
      int64_t expected = y.quantization->zero_point[0] + RoundedProduct(product, mul.multiplier, mul.shift);
      expected = std::min<int64_t>(std::max<int64_t>(expected, mul.clamp_low), mul.clamp_high);
      ASSERT_EQ(Element(y, run.result, i), expected) << "seed " << seed << ", element " << i << ", product " << product;
    }
  }
}

}  // namespace
}  // namespace lockstep::test
