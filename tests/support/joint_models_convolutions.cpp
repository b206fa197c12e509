// Convolutions of integers.
#include <algorithm>
#include <cmath>
#include <utility>

#include "support/joint_models.h"
#include "support/joint_models_shapes.h"

namespace lockstep::test {
namespace {

// [group][ceil(oc/16)][kh][ceil(kw*ic/4)][16][4]; with dilation_w > 1 every column is a segment of its own.
std::vector<uint8_t> PackO16I4(const std::vector<std::vector<int8_t>>& weights, const ConvShape& shape, int ic) {
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
      packed[(quad * 16 + lane) * 4 + i % length % 4] = static_cast<uint8_t>(weights[channel][i]);
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

bool NeedsSecondVersion(const ConvShape& shape) { return shape.table && shape.table_bits > 8; }

}  // namespace

template <typename Options>
void NetworkBuilder::FillConvolution(Options* options, const ConvShape& shape, int x, int channels, int depth,
                                     const std::vector<std::vector<int8_t>>& weights) {
  options->stride_h = shape.stride_h;
  options->stride_w = shape.stride_w;
  options->pad_top = shape.pad_top;
  options->pad_left = shape.pad_left;
  const int zero_point = model_.tensors[x]->quantization->zero_point[0];
  const bool wide = shape.output == joint::DType::U16 && !shape.table;
  const int spread = static_cast<int>(std::lround(std::log2(73.0 * std::sqrt(depth))));
  for (int channel = 0; channel < channels; ++channel) {
    int sum = 0;
    for (const int8_t w : weights[channel]) sum += w;
    options->acc_init.push_back(Random(-5000, 5000) - zero_point * sum);
    options->multiplier.push_back((1 << 30) + Random(0, (1 << 30) - 1));
    options->shift.push_back(static_cast<int8_t>(spread + Random(-1, 1) - (wide ? 8 : 0) - (shape.table_bits - 8)));
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
  std::vector<std::vector<int8_t>> weights(shape.oc, std::vector<int8_t>(depth));
  joint::ConvT options;
  for (auto& row : weights) {
    int sum = 0;
    for (int8_t& w : row) sum += w = static_cast<int8_t>(Random(-127, 127));
    options.weight_sum.push_back(sum);
  }
  const int tensor = AddTensor({shape.oc, shape.kernel_h, shape.kernel_w, ic}, joint::DType::S8, 0.01F, 0);
  model_.tensors[tensor]->packing = joint::Packing::O16I4;
  StoreConstant(tensor, PackO16I4(weights, shape, ic));
  options.groups = shape.groups;
  FillWindow(&options, shape);
  FillConvolution(&options, shape, x, shape.oc, depth, weights);
  const int y = Activation(OutputShape(in, shape, shape.oc), shape.output);
  if (!shape.table) model_.tensors[y]->quantization->zero_point[0] = options.mid_zero_point;
  const uint64_t macs = static_cast<uint64_t>(Product(this->shape(y))) * depth;
  AddLayer(std::move(options), {x, tensor}, y, macs);
  return NeedsSecondVersion(shape) ? SecondVersion(y) : y;
}

int NetworkBuilder::DepthwiseConv(int x, const ConvShape& shape) {
  const std::vector<int> in = this->shape(x);
  const int depth = shape.kernel_h * shape.kernel_w;
  std::vector<std::vector<int8_t>> weights(in[3], std::vector<int8_t>(depth));
  std::vector<uint8_t> plain(static_cast<size_t>(depth) * in[3]);
  for (int c = 0; c < in[3]; ++c) {
    for (int i = 0; i < depth; ++i) {
      weights[c][i] = static_cast<int8_t>(Random(-127, 127));
      plain[static_cast<size_t>(i) * in[3] + c] = static_cast<uint8_t>(weights[c][i]);
    }
  }
  joint::DepthwiseConvT options;
  const int tensor = AddTensor({1, shape.kernel_h, shape.kernel_w, in[3]}, joint::DType::S8, 0.01F, 0);
  StoreConstant(tensor, std::move(plain));
  FillWindow(&options, shape);
  FillConvolution(&options, shape, x, in[3], depth, weights);
  const int y = Activation(OutputShape(in, shape, in[3]), shape.output);
  if (!shape.table) model_.tensors[y]->quantization->zero_point[0] = options.mid_zero_point;
  const uint64_t macs = static_cast<uint64_t>(Product(this->shape(y))) * depth;
  AddLayer(std::move(options), {x, tensor}, y, macs);
  return NeedsSecondVersion(shape) ? SecondVersion(y) : y;
}

int NetworkBuilder::ConvTranspose(int x, const ConvShape& shape) {
  const std::vector<int> in = this->shape(x);
  const int ic = in[3] / shape.groups;
  joint::ConvTransposeT options;
  options.groups = shape.groups;
  std::vector<uint8_t> packed;
  const auto taps = [](int kernel, int stride, int phase) {
    return std::max(1, (kernel - phase + stride - 1) / stride);
  };
  std::vector<std::vector<int8_t>> all(shape.oc);
  for (int ry = 0; ry < shape.stride_h; ++ry) {
    for (int rx = 0; rx < shape.stride_w; ++rx) {
      ConvShape phase = shape;
      phase.kernel_h = taps(shape.kernel_h, shape.stride_h, ry);
      phase.kernel_w = taps(shape.kernel_w, shape.stride_w, rx);
      const bool absent = ry >= shape.kernel_h || rx >= shape.kernel_w;
      std::vector<std::vector<int8_t>> weights(shape.oc, std::vector<int8_t>(phase.kernel_h * phase.kernel_w * ic));
      for (int oc = 0; oc < shape.oc; ++oc) {
        int sum = 0;
        for (int8_t& w : weights[oc]) sum += w = static_cast<int8_t>(absent ? 0 : Random(-127, 127));
        options.weight_sum.push_back(sum);
        all[oc].insert(all[oc].end(), weights[oc].begin(), weights[oc].end());
      }
      const std::vector<uint8_t> bytes = PackO16I4(weights, phase, ic);
      packed.insert(packed.end(), bytes.begin(), bytes.end());
    }
  }
  const int tensor = AddTensor({shape.oc, shape.kernel_h, shape.kernel_w, ic}, joint::DType::S8, 0.01F, 0);
  model_.tensors[tensor]->packing = joint::Packing::O16I4;
  StoreConstant(tensor, std::move(packed));
  const int depth = taps(shape.kernel_h, shape.stride_h, 0) * taps(shape.kernel_w, shape.stride_w, 0) * ic;
  FillConvolution(&options, shape, x, shape.oc, depth, all);
  const int zero_point = model_.tensors[x]->quantization->zero_point[0];
  options.acc_init.clear();
  for (const int sum : options.weight_sum) options.acc_init.push_back(Random(-5000, 5000) - zero_point * sum);
  const int h = (in[1] - 1) * shape.stride_h + shape.kernel_h - shape.pad_top - shape.pad_bottom;
  const int w = (in[2] - 1) * shape.stride_w + shape.kernel_w - shape.pad_left - shape.pad_right;
  const int y = Activation({in[0], h, w, shape.oc}, shape.output);
  if (!shape.table) model_.tensors[y]->quantization->zero_point[0] = options.mid_zero_point;
  const uint64_t macs = static_cast<uint64_t>(Product(in)) * shape.kernel_h * shape.kernel_w * shape.oc / shape.groups;
  AddLayer(std::move(options), {x, tensor}, y, macs);
  return NeedsSecondVersion(shape) ? SecondVersion(y) : y;
}

}  // namespace lockstep::test
