// Convolutions of integers.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "joint_elements.h"
#include "support/joint_models.h"
#include "support/joint_models_shapes.h"

namespace lockstep::test {
namespace {

// A weight is 255 * high + low, with both within +-127; one of 8 bits is its low byte.
int Byte(int weight, const ConvShape& shape, bool high) {
  if (shape.weight == joint::DType::S8) return weight;
  int most = weight / 255;
  if (weight - 255 * most > 127) ++most;
  if (weight - 255 * most < -127) --most;
  return high ? most : weight - 255 * most;
}

// [group][ceil(oc/16)][kh][ceil(kw*ic/4)][16][4]; with dilation_w > 1 every column is a segment of its own. One byte of
// each weight.
std::vector<uint8_t> PackO16I4(const std::vector<std::vector<int16_t>>& weights, const ConvShape& shape, int ic,
                               bool high) {
  const int oc = shape.oc / shape.groups;
  const int segments = shape.dilation_w > 1 ? shape.kernel_h * shape.kernel_w : shape.kernel_h;
  const int length = shape.dilation_w > 1 ? ic : shape.kernel_w * ic;
  const int quads = (length + 3) / 4;
  const int blocks = (oc + 15) / 16;
  std::vector<uint8_t> packed(static_cast<size_t>(shape.groups) * blocks * segments * quads * 64);
  for (int channel = 0; channel < shape.oc; ++channel) {
    const int group = channel / oc;
    const int block = channel % oc / 16;
    const int lane = channel % oc % 16;
    for (int i = 0; i < segments * length; ++i) {
      const size_t segment = (static_cast<size_t>(group) * blocks + block) * segments + i / length;
      const size_t quad = segment * quads + i % length / 4;
      packed[(quad * 16 + lane) * 4 + i % length % 4] = static_cast<uint8_t>(Byte(weights[channel][i], shape, high));
    }
  }
  return packed;
}

// Beyond what every convolution has.
template <typename Options>
void FillWindow(Options* options, const ConvShape& shape) {
  options->dilation_h = shape.dilation_h;
  options->dilation_w = shape.dilation_w;
  options->pad_bottom = shape.pad_bottom;
  options->pad_right = shape.pad_right;
}

// All bytes of the packing: high ones, then low ones.
std::vector<uint8_t> PackWeights(const std::vector<std::vector<int16_t>>& weights, const ConvShape& shape, int ic) {
  std::vector<uint8_t> packed;
  if (shape.weight == joint::DType::S16) packed = PackO16I4(weights, shape, ic, true);
  const std::vector<uint8_t> low = PackO16I4(weights, shape, ic, false);
  packed.insert(packed.end(), low.begin(), low.end());
  return packed;
}

int SumOf(const std::vector<int16_t>& weights, const ConvShape& shape, bool high) {
  int sum = 0;
  for (const int16_t w : weights) sum += Byte(w, shape, high);
  return sum;
}

// acc_init64 where the sums are of words.
template <typename Options>
void AddStart(Options* options, bool words, int64_t start) {
  if (words) {
    options->acc_init64.push_back(start);
  } else {
    options->acc_init.push_back(static_cast<int>(start));
  }
}

}  // namespace

bool NetworkBuilder::HasWords(int x, const ConvShape& shape) const {
  return model_.tensors[x]->dtype == joint::DType::U16 || shape.weight == joint::DType::S16;
}

int NetworkBuilder::RandomWeight(const ConvShape& shape) {
  return shape.weight == joint::DType::S16 ? Random(-32512, 32512) : Random(-127, 127);
}

int NetworkBuilder::NeedsSecondVersion(int output, int x, const ConvShape& shape) {
  return HasWords(x, shape) || (shape.table && shape.table_bits > 8) ? SecondVersion(output) : output;
}

template <typename Options>
void NetworkBuilder::FillConvolution(Options* options, const ConvShape& shape, int x, int channels, int depth,
                                     const std::vector<std::vector<int16_t>>& weights) {
  options->stride_h = shape.stride_h;
  options->stride_w = shape.stride_w;
  options->pad_top = shape.pad_top;
  options->pad_left = shape.pad_left;
  const int zero_point = model_.tensors[x]->quantization->zero_point[0];
  const bool wide = shape.output == joint::DType::U16 && !shape.table;
  const int spread = static_cast<int>(std::lround(std::log2(73.0 * std::sqrt(depth))));
  const int words =
      (model_.tensors[x]->dtype == joint::DType::U16 ? 8 : 0) + (shape.weight == joint::DType::S16 ? 8 : 0);
  if (words != 0) options->acc_bits = 64;
  for (int channel = 0; channel < channels; ++channel) {
    int64_t sum = 0;
    for (const int16_t w : weights[channel]) sum += w;
    AddStart(options, HasWords(x, shape), Random(-5000, 5000) - zero_point * sum);
    options->multiplier.push_back((1 << 30) + Random(0, (1 << 30) - 1));
    options->shift.push_back(
        static_cast<int8_t>(spread + Random(-1, 1) - (wide ? 8 : 0) - (shape.table_bits - 8) + words));
  }
  const int high = shape.table ? (1 << shape.table_bits) - 1 : wide ? 65535 : 255;
  options->mid_zero_point = Random(0, high);
  options->clamp_low = Random(0, 1) == 0 ? 0 : Random(0, high / 3);
  options->clamp_high = Random(0, 1) == 0 ? high : Random(high / 2, high);
  if (shape.table) options->table = Table(shape.output, high + 1);
}

int NetworkBuilder::Conv(int x, const ConvShape& shape) {
  const std::vector<int> in = this->shape(x);
  const int ic = in[3] / shape.groups;
  const int depth = shape.kernel_h * shape.kernel_w * ic;
  std::vector<std::vector<int16_t>> weights(shape.oc, std::vector<int16_t>(depth));
  joint::ConvT options;
  for (auto& row : weights) {
    for (int16_t& w : row) w = static_cast<int16_t>(RandomWeight(shape));
    if (shape.weight == joint::DType::S16) options.weight_sum.push_back(SumOf(row, shape, true));
  }
  for (const auto& row : weights) options.weight_sum.push_back(SumOf(row, shape, false));
  const int tensor = AddTensor({shape.oc, shape.kernel_h, shape.kernel_w, ic}, shape.weight, 0.01F, 0);
  model_.tensors[tensor]->packing = joint::Packing::O16I4;
  StoreConstant(tensor, PackWeights(weights, shape, ic));
  options.groups = shape.groups;
  FillWindow(&options, shape);
  FillConvolution(&options, shape, x, shape.oc, depth, weights);
  const int y = Activation(OutputShape(in, shape, shape.oc), shape.output);
  if (!shape.table) model_.tensors[y]->quantization->zero_point[0] = options.mid_zero_point;
  const uint64_t macs = static_cast<uint64_t>(Product(this->shape(y))) * depth;
  AddLayer(std::move(options), {x, tensor}, y, macs);
  return NeedsSecondVersion(y, x, shape);
}

int NetworkBuilder::DepthwiseConv(int x, const ConvShape& shape) {
  const std::vector<int> in = this->shape(x);
  const int depth = shape.kernel_h * shape.kernel_w;
  std::vector<std::vector<int16_t>> weights(in[3], std::vector<int16_t>(depth));
  const auto bytes = static_cast<size_t>(joint::ElementBytes(shape.weight));
  std::vector<uint8_t> plain(static_cast<size_t>(depth) * in[3] * bytes);
  for (int c = 0; c < in[3]; ++c) {
    for (int i = 0; i < depth; ++i) {
      weights[c][i] = static_cast<int16_t>(RandomWeight(shape));
      std::memcpy(&plain[(static_cast<size_t>(i) * in[3] + c) * bytes], &weights[c][i], bytes);
    }
  }
  joint::DepthwiseConvT options;
  const int tensor = AddTensor({1, shape.kernel_h, shape.kernel_w, in[3]}, shape.weight, 0.01F, 0);
  StoreConstant(tensor, std::move(plain));
  FillWindow(&options, shape);
  FillConvolution(&options, shape, x, in[3], depth, weights);
  const int y = Activation(OutputShape(in, shape, in[3]), shape.output);
  if (!shape.table) model_.tensors[y]->quantization->zero_point[0] = options.mid_zero_point;
  const uint64_t macs = static_cast<uint64_t>(Product(this->shape(y))) * depth;
  AddLayer(std::move(options), {x, tensor}, y, macs);
  return NeedsSecondVersion(y, x, shape);
}

int NetworkBuilder::ConvTranspose(int x, const ConvShape& shape) {
  const std::vector<int> in = this->shape(x);
  const int ic = in[3] / shape.groups;
  joint::ConvTransposeT options;
  options.groups = shape.groups;
  std::vector<uint8_t> packed;  // high bytes, where there are some
  std::vector<uint8_t> low;
  std::vector<int> low_sums;
  std::vector<int64_t> sums;
  const auto taps = [](int kernel, int stride, int phase) {
    return std::max(1, (kernel - phase + stride - 1) / stride);
  };
  std::vector<std::vector<int16_t>> all(shape.oc);
  for (int ry = 0; ry < shape.stride_h; ++ry) {
    for (int rx = 0; rx < shape.stride_w; ++rx) {
      ConvShape phase = shape;
      phase.kernel_h = taps(shape.kernel_h, shape.stride_h, ry);
      phase.kernel_w = taps(shape.kernel_w, shape.stride_w, rx);
      const bool absent = ry >= shape.kernel_h || rx >= shape.kernel_w;
      std::vector<std::vector<int16_t>> weights(shape.oc, std::vector<int16_t>(phase.kernel_h * phase.kernel_w * ic));
      for (int oc = 0; oc < shape.oc; ++oc) {
        int64_t sum = 0;
        for (int16_t& w : weights[oc]) sum += w = static_cast<int16_t>(absent ? 0 : RandomWeight(shape));
        if (shape.weight == joint::DType::S16) options.weight_sum.push_back(SumOf(weights[oc], shape, true));
        low_sums.push_back(SumOf(weights[oc], shape, false));
        sums.push_back(sum);
        all[oc].insert(all[oc].end(), weights[oc].begin(), weights[oc].end());
      }
      if (shape.weight == joint::DType::S16) {
        const std::vector<uint8_t> high = PackO16I4(weights, phase, ic, true);
        packed.insert(packed.end(), high.begin(), high.end());
      }
      const std::vector<uint8_t> bytes = PackO16I4(weights, phase, ic, false);
      low.insert(low.end(), bytes.begin(), bytes.end());
    }
  }
  packed.insert(packed.end(), low.begin(), low.end());
  options.weight_sum.insert(options.weight_sum.end(), low_sums.begin(), low_sums.end());
  const int tensor = AddTensor({shape.oc, shape.kernel_h, shape.kernel_w, ic}, shape.weight, 0.01F, 0);
  model_.tensors[tensor]->packing = joint::Packing::O16I4;
  StoreConstant(tensor, std::move(packed));
  const int depth = taps(shape.kernel_h, shape.stride_h, 0) * taps(shape.kernel_w, shape.stride_w, 0) * ic;
  FillConvolution(&options, shape, x, shape.oc, depth, all);
  const int zero_point = model_.tensors[x]->quantization->zero_point[0];
  options.acc_init.clear();
  options.acc_init64.clear();
  for (const int64_t sum : sums) AddStart(&options, HasWords(x, shape), Random(-5000, 5000) - zero_point * sum);
  const int h = (in[1] - 1) * shape.stride_h + shape.kernel_h - shape.pad_top - shape.pad_bottom;
  const int w = (in[2] - 1) * shape.stride_w + shape.kernel_w - shape.pad_left - shape.pad_right;
  const int y = Activation({in[0], h, w, shape.oc}, shape.output);
  if (!shape.table) model_.tensors[y]->quantization->zero_point[0] = options.mid_zero_point;
  const uint64_t macs = static_cast<uint64_t>(Product(in)) * shape.kernel_h * shape.kernel_w * shape.oc / shape.groups;
  AddLayer(std::move(options), {x, tensor}, y, macs);
  return NeedsSecondVersion(y, x, shape);
}

}  // namespace lockstep::test
