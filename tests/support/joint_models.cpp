#include "support/joint_models.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <set>
#include <utility>

#include "joint_elements.h"
#include "lower/joint_writer.h"

namespace lockstep::test {
namespace {

int High(joint::DType dtype) { return dtype == joint::DType::U16 ? 65535 : 255; }

int64_t Product(const std::vector<int>& shape) {
  int64_t product = 1;
  for (const int d : shape) product *= d;
  return product;
}

int Extent(int in, int pads, int kernel, int dilation, int stride) {
  return (in + pads - (dilation * (kernel - 1) + 1)) / stride + 1;
}

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

}  // namespace

NetworkBuilder::NetworkBuilder(uint64_t seed, const std::string& name)
    : state_(seed * 2654435761U + 88172645463325252) {
  model_.format_version = joint::kFormatVersion;
  model_.contract = "rq1";
  model_.name = name;
  model_.compiler_version = "test";
}

int NetworkBuilder::Random(int low, int high) {
  state_ ^= state_ << 13;
  state_ ^= state_ >> 7;
  state_ ^= state_ << 17;
  return low + static_cast<int>((state_ >> 11) % (static_cast<uint64_t>(high) - low + 1));
}

const std::vector<int>& NetworkBuilder::shape(int tensor) const { return model_.tensors[tensor]->shape; }

int NetworkBuilder::AddTensor(const std::vector<int>& shape, joint::DType dtype, float scale, int zero_point) {
  auto tensor = std::make_unique<joint::TensorT>();
  tensor->name = "tensor/" + std::to_string(model_.tensors.size());
  tensor->shape = shape;
  tensor->dtype = dtype;
  tensor->bytes = Product(shape) * ElementBytes(dtype);
  if (scale != 0.0F && dtype != joint::DType::F32) {
    tensor->quantization = std::make_unique<joint::QuantizationT>();
    tensor->quantization->scale = {scale};
    tensor->quantization->zero_point = {zero_point};
    tensor->quantization->bits = static_cast<uint8_t>(8 * ElementBytes(dtype));
  }
  const int index = static_cast<int>(model_.tensors.size());
  model_.tensors.push_back(std::move(tensor));
  place_.push_back(index);
  return index;
}

int NetworkBuilder::Activation(const std::vector<int>& shape, joint::DType dtype) {
  const float scale = static_cast<float>(Random(1, 1000)) / 8192.0F;
  return AddTensor(shape, dtype, scale, dtype == joint::DType::F32 ? 0 : Random(0, High(dtype)));
}

int NetworkBuilder::Like(int x, const std::vector<int>& shape) {
  const auto* quantization = model_.tensors[x]->quantization.get();
  const int index = AddTensor(shape, model_.tensors[x]->dtype, quantization == nullptr ? 0.0F : 1.0F, 0);
  if (quantization != nullptr) *model_.tensors[index]->quantization = *model_.tensors[x]->quantization;
  return index;
}

int NetworkBuilder::StoreConstant(int tensor, std::vector<uint8_t> bytes) {
  model_.tensors[tensor]->bytes = bytes.size();
  model_.tensors[tensor]->constant = static_cast<int>(model_.constants.size());
  auto constant = std::make_unique<joint::ConstantT>();
  constant->data = std::move(bytes);
  model_.constants.push_back(std::move(constant));
  return tensor;
}

int NetworkBuilder::AppendLayer(std::unique_ptr<joint::LayerT> layer, const std::vector<int>& inputs, int output,
                                uint64_t macs) {
  layer->name = std::string(joint::EnumNameOptions(layer->options.type)) + "_" + std::to_string(model_.layers.size());
  layer->inputs = inputs;
  layer->outputs = {output};
  layer->onnx_nodes = {"/model/" + layer->name};
  layer->macs = macs;
  model_.layers.push_back(std::move(layer));
  return output;
}

int NetworkBuilder::Input(const std::vector<int>& shape, float scale, int zero_point, joint::DType dtype) {
  const int tensor = AddTensor(shape, dtype, scale, zero_point);
  auto spec = std::make_unique<joint::InputSpecT>();
  spec->tensor = tensor;
  model_.inputs.push_back(std::move(spec));
  return tensor;
}

int NetworkBuilder::Constant(const std::vector<int>& shape, joint::DType dtype) {
  const int tensor = AddTensor(shape, dtype, 0.02F, Random(0, High(dtype)));
  std::vector<uint8_t> bytes(model_.tensors[tensor]->bytes);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(Random(0, 255));
  return StoreConstant(tensor, std::move(bytes));
}

void NetworkBuilder::Output(int tensor) {
  auto spec = std::make_unique<joint::OutputSpecT>();
  spec->tensor = tensor;
  model_.outputs.push_back(std::move(spec));
}

std::vector<uint8_t> NetworkBuilder::Table(joint::DType dtype, int entries) {
  std::vector<uint8_t> table(static_cast<size_t>(entries) * ElementBytes(dtype));
  for (uint8_t& byte : table) byte = static_cast<uint8_t>(Random(0, 255));
  return table;
}

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
    options->shift.push_back(static_cast<int8_t>(spread + Random(-1, 1) - (wide ? 8 : 0)));
  }
  const int high = wide ? 65535 : 255;
  options->mid_zero_point = Random(0, high);
  options->clamp_low = Random(0, 1) == 0 ? 0 : Random(0, high / 3);
  options->clamp_high = Random(0, 1) == 0 ? high : Random(high / 2, high);
  if (shape.table) options->table = Table(shape.output, 256);
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
  const int h = Extent(in[1], shape.pad_top + shape.pad_bottom, shape.kernel_h, shape.dilation_h, shape.stride_h);
  const int w = Extent(in[2], shape.pad_left + shape.pad_right, shape.kernel_w, shape.dilation_w, shape.stride_w);
  const int y = Activation({in[0], h, w, shape.oc}, shape.output);
  if (!shape.table) model_.tensors[y]->quantization->zero_point[0] = options.mid_zero_point;
  const uint64_t macs = static_cast<uint64_t>(Product(this->shape(y))) * depth;
  return AddLayer(std::move(options), {x, tensor}, y, macs);
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
  const int h = Extent(in[1], shape.pad_top + shape.pad_bottom, shape.kernel_h, shape.dilation_h, shape.stride_h);
  const int w = Extent(in[2], shape.pad_left + shape.pad_right, shape.kernel_w, shape.dilation_w, shape.stride_w);
  const int y = Activation({in[0], h, w, in[3]}, shape.output);
  if (!shape.table) model_.tensors[y]->quantization->zero_point[0] = options.mid_zero_point;
  const uint64_t macs = static_cast<uint64_t>(Product(this->shape(y))) * depth;
  return AddLayer(std::move(options), {x, tensor}, y, macs);
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
  return AddLayer(std::move(options), {x, tensor}, y, macs);
}

int NetworkBuilder::MaxPool(int x, int kernel, int stride, int pad) {
  const std::vector<int> in = shape(x);
  joint::MaxPoolT options;
  options.kernel_h = options.kernel_w = kernel;
  options.stride_h = options.stride_w = stride;
  options.pad_top = options.pad_left = options.pad_bottom = options.pad_right = pad;
  const int h = Extent(in[1], 2 * pad, kernel, 1, stride);
  const int w = Extent(in[2], 2 * pad, kernel, 1, stride);
  return AddLayer(options, {x}, Like(x, {in[0], h, w, in[3]}));
}

int NetworkBuilder::AveragePool(int x, int kernel, int stride, int pad, joint::DType dtype) {
  const std::vector<int> in = shape(x);
  joint::AveragePoolT options;
  options.kernel_h = options.kernel_w = kernel;
  options.stride_h = options.stride_w = stride;
  options.pad_top = options.pad_left = options.pad_bottom = options.pad_right = pad;
  const bool by_count = pad > 0 && Random(0, 1) == 1;
  for (int count = by_count ? 1 : kernel * kernel; count <= kernel * kernel; ++count) {
    int shift = 8 * (ElementBytes(model_.tensors[x]->dtype) - ElementBytes(dtype));
    for (int rest = count; rest > 1; rest /= 2) ++shift;
    options.multiplier.push_back((1 << 30) + Random(0, (1 << 30) - 1));
    options.shift.push_back(static_cast<int8_t>(shift));
  }
  options.clamp_high = High(dtype);
  const int h = Extent(in[1], 2 * pad, kernel, 1, stride);
  const int w = Extent(in[2], 2 * pad, kernel, 1, stride);
  return AddLayer(std::move(options), {x}, Activation({in[0], h, w, in[3]}, dtype));
}

int NetworkBuilder::Add(int a, int b, joint::DType dtype) {
  std::vector<int> out = shape(a);
  for (size_t i = 0; i < out.size(); ++i) out[i] = std::max(out[i], shape(b)[i]);
  joint::AddT options;
  const bool narrow = dtype == joint::DType::U8 && model_.tensors[a]->dtype == joint::DType::U8 &&
                      model_.tensors[b]->dtype == joint::DType::U8;
  const int limit = narrow ? 1 << 21 : 1 << 30;
  options.multiplier_a = Random(limit / 8, limit);
  options.multiplier_b = Random(-limit, limit);
  options.shift = narrow ? 21 : 30;
  options.clamp_high = High(dtype);
  return AddLayer(options, {a, b}, Activation(out, dtype));
}

int NetworkBuilder::Mul(int a, int b, joint::DType dtype) {
  std::vector<int> out = shape(a);
  for (size_t i = 0; i < out.size(); ++i) out[i] = std::max(out[i], shape(b)[i]);
  joint::MulT options;
  options.multiplier = (1 << 30) + Random(0, (1 << 30) - 1);
  const int bits = 8 * (ElementBytes(model_.tensors[a]->dtype) + ElementBytes(model_.tensors[b]->dtype));
  options.shift = bits - 8 * ElementBytes(dtype) - 1;
  options.clamp_high = High(dtype);
  return AddLayer(options, {a, b}, Activation(out, dtype));
}

std::vector<int> NetworkBuilder::ProductShape(int a, int b) const {
  const std::vector<int>& left = shape(a);
  const std::vector<int>& right = shape(b);
  std::vector<int> out(std::max(left.size(), right.size()), 1);
  for (size_t back = 1; back <= out.size(); ++back) {
    int& extent = out[out.size() - back];
    if (back <= left.size() && back != 1) extent = left[left.size() - back];
    if (back <= right.size() && back != 2) extent = std::max(extent, right[right.size() - back]);
  }
  return out;
}

int NetworkBuilder::MatMul(int a, int b, joint::DType dtype) {
  const std::vector<int> out = ProductShape(a, b);
  const int depth = shape(a).back();
  joint::MatMulT options;
  options.multiplier = (1 << 30) + Random(0, (1 << 30) - 1);
  const int bits = 8 * (ElementBytes(model_.tensors[a]->dtype) + ElementBytes(model_.tensors[b]->dtype));
  options.shift = bits - 8 * ElementBytes(dtype) - 2;
  for (int rest = depth; rest >= 4; rest /= 4) ++options.shift;  // sums grow as the root of their length
  options.shift = std::min(options.shift, 31);
  options.clamp_high = High(dtype);
  options.acc_bits = bits == 16 ? 32 : 64;
  const uint64_t macs = static_cast<uint64_t>(Product(out)) * static_cast<uint64_t>(depth);
  return AddLayer(options, {a, b}, Activation(out, dtype), macs);
}

int NetworkBuilder::LayerNormalization(int x, int axes, joint::DType dtype) {
  const std::vector<int> in = shape(x);
  const int count = static_cast<int>(Product({in.end() - axes, in.end()}));
  std::vector<uint8_t> gammas;
  std::vector<uint8_t> betas;
  const auto append = [](std::vector<uint8_t>& bytes, int64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
  };
  for (int i = 0; i < count; ++i) {
    append(gammas, Random(-32767, 32767), 2);
    append(betas, int64_t{Random(-(1 << 30), 1 << 30)}, 8);
  }
  const int gamma = StoreConstant(AddTensor({count}, joint::DType::S16, 0.01F, 0), std::move(gammas));
  const int beta = StoreConstant(AddTensor({count}, joint::DType::S64, 0.01F, 0), std::move(betas));
  joint::LayerNormalizationT options;
  const int64_t row = int64_t{count} * High(model_.tensors[x]->dtype);
  while (row << (options.variance_shift + 1) < int64_t{1} << 31) ++options.variance_shift;
  options.fraction_bits = 16;
  options.epsilon = static_cast<uint64_t>(Random(0, 1 << 20));
  options.multiplier = (1 << 30) + Random(0, (1 << 30) - 1);
  options.shift = 32 - 8 * ElementBytes(dtype);
  options.clamp_high = High(dtype);
  return AddLayer(options, {x, gamma, beta}, Activation(in, dtype));
}

int NetworkBuilder::Concat(const std::vector<int>& inputs, int axis, joint::DType dtype) {
  std::vector<int> out = shape(inputs[0]);
  out[axis] = 0;
  for (const int input : inputs) out[axis] += shape(input)[axis];
  joint::ConcatT options;
  options.axis = axis;
  const int y = Activation(out, dtype);
  if (dtype == joint::DType::F32) return AddLayer(std::move(options), inputs, y);
  // The output takes the first input's quantisation, so that one input at least is copied.
  const bool copy = model_.tensors[inputs[0]]->dtype == dtype;
  if (copy) *model_.tensors[y]->quantization = *model_.tensors[inputs[0]]->quantization;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const bool first = i == 0 && copy;
    options.multiplier.push_back(first ? 0 : (1 << 30) + Random(0, (1 << 30) - 1));
    const int narrowing = ElementBytes(model_.tensors[inputs[i]]->dtype) - ElementBytes(dtype);
    options.shift.push_back(static_cast<int8_t>(first ? 0 : 8 * narrowing + Random(-1, 1)));
  }
  return AddLayer(std::move(options), inputs, y);
}

int NetworkBuilder::Slice(int x, const std::vector<int>& start, const std::vector<int>& step,
                          const std::vector<int>& shape) {
  joint::SliceT options;
  options.start = start;
  options.step = step;
  return AddLayer(std::move(options), {x}, Like(x, shape));
}

int NetworkBuilder::Reshape(int x, const std::vector<int>& shape, bool share) {
  std::vector<int> out = shape;
  for (int& extent : out) {
    if (extent < 0) extent = static_cast<int>(Product(this->shape(x)) / -Product(shape));
  }
  const int y = AddLayer(joint::ReshapeT(), {x}, Like(x, out));
  if (share) place_[y] = place_[x];
  return y;
}

int NetworkBuilder::Transpose(int x, const std::vector<int>& perm) {
  joint::TransposeT options;
  options.perm = perm;
  std::vector<int> out;
  out.reserve(perm.size());
  for (const int axis : perm) out.push_back(shape(x)[axis]);
  return AddLayer(std::move(options), {x}, Like(x, out));
}

int NetworkBuilder::Resize(int x, int height, int width) {
  const std::vector<int> in = shape(x);
  joint::ResizeT options;
  for (int i = 0; i < height; ++i) options.rows.push_back(i * in[1] / height);
  for (int i = 0; i < width; ++i) options.columns.push_back(i * in[2] / width);
  return AddLayer(std::move(options), {x}, Like(x, {in[0], height, width, in[3]}));
}

int NetworkBuilder::Softmax(int x, joint::DType dtype) {
  const int row = shape(x).back();
  joint::SoftmaxT options;
  const double scale = model_.tensors[x]->quantization->scale[0];
  int k = 23;
  while (k > 0 && (static_cast<uint64_t>(row) << k) >= (uint64_t{1} << 32)) --k;
  for (int d = 0; d < 256; ++d) {
    options.table.push_back(static_cast<uint32_t>(std::lround(std::exp(-d * scale) * (1 << k))));
  }
  options.numerator = dtype == joint::DType::U8 ? 256 : 65536;
  const int y = AddTensor(shape(x), dtype, 1.0F / static_cast<float>(options.numerator), 0);
  return AddLayer(std::move(options), {x}, y);
}

int NetworkBuilder::Lookup(int x, joint::DType dtype) {
  joint::LookupT options;
  options.table = Table(dtype, 256);
  return AddLayer(std::move(options), {x}, Activation(shape(x), dtype));
}

int NetworkBuilder::ChannelLookup(int x) {
  joint::ChannelLookupT options;
  options.table = Table(joint::DType::U8, 256 * shape(x).back());
  return AddLayer(std::move(options), {x}, Activation(shape(x), joint::DType::U8));
}

int NetworkBuilder::Rescale(int x, joint::DType dtype) {
  joint::RescaleT options;
  options.multiplier = (1 << 30) + Random(0, (1 << 30) - 1);
  options.shift = 8 * (ElementBytes(model_.tensors[x]->dtype) - ElementBytes(dtype));
  return AddLayer(options, {x}, Activation(shape(x), dtype));
}

int NetworkBuilder::Dequantize(int x) {
  return AddLayer(joint::DequantizeT(), {x}, Activation(shape(x), joint::DType::F32));
}

int NetworkBuilder::TopK(int x, int axis, int k, bool largest) {
  std::vector<int> out = shape(x);
  out[axis] = k;
  joint::TopKT options;
  options.axis = axis;
  options.largest = largest;
  const int values = Like(x, out);
  const int indices = AddTensor(out, joint::DType::S64, 0.0F, 0);
  AddLayer(options, {x}, values);
  model_.layers.back()->outputs.push_back(indices);
  return values;
}

void NetworkBuilder::PlanArena() {
  const int layers = static_cast<int>(model_.layers.size());
  const size_t count = model_.tensors.size();
  std::vector<int> first(count, layers);
  std::vector<int> last(count, -1);
  const auto use = [&](int tensor, int when) {
    const int place = place_[tensor];
    first[place] = std::min(first[place], when);
    last[place] = std::max(last[place], when);
  };
  for (const auto& input : model_.inputs) use(input->tensor, -1);
  for (const auto& output : model_.outputs) use(output->tensor, layers);
  for (int i = 0; i < layers; ++i) {
    for (const int tensor : model_.layers[i]->inputs) use(tensor, i);
    for (const int tensor : model_.layers[i]->outputs) use(tensor, i);
  }
  const auto padded = [&](size_t i) { return (model_.tensors[i]->bytes + 63) / 64 * 64; };
  const auto in_arena = [&](size_t i) {
    return model_.tensors[i]->constant < 0 && place_[i] == static_cast<int>(i) && first[i] <= last[i];
  };
  for (size_t i = 0; i < count; ++i) {
    if (!in_arena(i)) continue;
    uint64_t offset = 0;
    for (bool moved = true; moved;) {
      moved = false;
      for (size_t j = 0; j < i; ++j) {
        if (!in_arena(j) || first[i] > last[j] || first[j] > last[i]) continue;
        const uint64_t at = model_.tensors[j]->arena_offset;
        if (offset < at + padded(j) && at < offset + padded(i)) {
          offset = at + padded(j);
          moved = true;
        }
      }
    }
    model_.tensors[i]->arena_offset = static_cast<int64_t>(offset);
    model_.arena_size = std::max(model_.arena_size, offset + padded(i));
  }
  for (size_t i = 0; i < count; ++i) {
    if (model_.tensors[i]->constant < 0) model_.tensors[i]->arena_offset = model_.tensors[place_[i]]->arena_offset;
  }
  for (int when = 0; when < layers; ++when) {
    uint64_t alive = 0;
    for (size_t i = 0; i < count; ++i) {
      if (in_arena(i) && first[i] <= when && when <= last[i]) alive += model_.tensors[i]->bytes;
    }
    model_.arena_lower_bound = std::max(model_.arena_lower_bound, alive);
  }
}

joint::ModelT NetworkBuilder::Finish() {
  PlanArena();
  std::set<std::string> operators;
  for (const auto& layer : model_.layers) {
    operators.insert(joint::EnumNameOptions(layer->options.type));
    model_.macs += layer->macs;
  }
  model_.operators.assign(operators.begin(), operators.end());
  return std::move(model_);
}

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
  net.Output(net.Dequantize(net.LayerNormalization(product, 1, joint::DType::U16)));
  return net.Finish();
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
    switch (net.Random(0, 13)) {
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
      case 12:
        images.push_back(net.LayerNormalization(x, net.Random(1, 3)));
        break;
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
  net.Output(net.Dequantize(images.back()));
  net.Output(net.Softmax(net.Reshape(images[images.size() / 2], {1, -1}, net.Random(0, 1) == 1)));
  return net.Finish();
}

std::vector<uint8_t> Write(const joint::ModelT& model) { return lower::WriteJoint(model); }

}  // namespace lockstep::test
