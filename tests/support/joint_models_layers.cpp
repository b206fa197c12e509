// Layers of integers but convolutions and what samples images.
#include <algorithm>
#include <cmath>
#include <utility>

#include "joint_elements.h"
#include "support/joint_models.h"
#include "support/joint_models_shapes.h"

namespace lockstep::test {

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

std::vector<int> NetworkBuilder::MeanShape(int x, const std::vector<int>& axes, bool keep) const {
  std::vector<int> out = shape(x);
  for (size_t i = axes.size(); i-- > 0;) {
    if (keep) out[axes[i]] = 1;
    if (!keep) out.erase(out.begin() + axes[i]);
  }
  return out;
}

int NetworkBuilder::ReduceMean(int x, const std::vector<int>& axes, bool keep, joint::DType dtype) {
  const std::vector<int> out = MeanShape(x, axes, keep);
  joint::ReduceMeanT options;
  options.axes.assign(axes.begin(), axes.end());
  options.multiplier = (1 << 30) + Random(0, (1 << 30) - 1);
  options.shift = 8 * (ElementBytes(model_.tensors[x]->dtype) - ElementBytes(dtype));
  for (auto rest = Product(shape(x)) / Product(out); rest > 1; rest /= 2) ++options.shift;
  options.clamp_high = High(dtype);
  return AddLayer(std::move(options), {x}, Activation(out, dtype));
}

int NetworkBuilder::ReduceMax(int x, const std::vector<int>& axes, bool keep, bool smallest) {
  joint::ReduceMaxT options;
  options.axes.assign(axes.begin(), axes.end());
  options.smallest = smallest;
  return AddLayer(std::move(options), {x}, Like(x, MeanShape(x, axes, keep)));
}

int NetworkBuilder::Maximum(int a, int b, bool smallest, joint::DType dtype) {
  std::vector<int> out = shape(a);
  for (size_t i = 0; i < out.size(); ++i) out[i] = std::max(out[i], shape(b)[i]);
  joint::MaximumT options;
  for (int32_t* m : {&options.multiplier_a, &options.multiplier_b}) *m = (1 << 30) + Random(0, (1 << 30) - 1);
  options.shift_a = 8 * (ElementBytes(model_.tensors[a]->dtype) - ElementBytes(dtype)) - Random(0, 1);
  options.shift_b = 8 * (ElementBytes(model_.tensors[b]->dtype) - ElementBytes(dtype)) - Random(0, 1);
  options.clamp_high = High(dtype);
  options.smallest = smallest;
  return AddLayer(options, {a, b}, Activation(out, dtype));
}

std::vector<int> NetworkBuilder::RandomIndex(int extent, int count) {
  std::vector<int> index(static_cast<size_t>(count));
  for (int& i : index) i = Random(-1, extent - 1);
  return index;
}

int NetworkBuilder::Gather(int x, int axis, const std::vector<int>& index, uint64_t fill) {
  std::vector<int> out = shape(x);
  out[axis] = static_cast<int>(index.size());
  joint::GatherT options;
  options.axis = axis;
  options.index = index;
  options.fill = fill;
  return AddLayer(std::move(options), {x}, Like(x, out));
}

int NetworkBuilder::PRelu(int x, const std::vector<int>& slopes, joint::DType slope, joint::DType dtype) {
  const int constant = AddTensor(slopes, slope, 0.01F, 0);
  std::vector<uint8_t> bytes(model_.tensors[constant]->bytes);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(Random(0, 255));
  StoreConstant(constant, std::move(bytes));
  joint::PReluT options;
  options.multiplier = (1 << 30) + Random(0, (1 << 30) - 1);
  options.slope_multiplier = (1 << 30) + Random(0, (1 << 30) - 1);
  options.shift = 8 * (ElementBytes(model_.tensors[x]->dtype) - ElementBytes(dtype));
  options.slope_shift = options.shift + 8 * ElementBytes(slope) - 2;
  options.clamp_high = High(dtype);
  return AddLayer(options, {x, constant}, Activation(shape(x), dtype));
}

int NetworkBuilder::LayerNormalization(int x, int axes, joint::DType dtype) {
  const std::vector<int> in = shape(x);
  int count = 1;
  for (auto axis = in.size() - static_cast<size_t>(axes); axis < in.size(); ++axis) count *= in[axis];
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

int NetworkBuilder::Join(const std::vector<int>& inputs, int axis) {
  const joint::TensorT& first = *model_.tensors[inputs[0]];
  const bool is_float = first.dtype == joint::DType::F32;
  const joint::QuantizationT shared = is_float ? joint::QuantizationT() : *first.quantization;
  for (const int input : inputs) {
    if (is_float) break;
    const joint::QuantizationT own = *model_.tensors[input]->quantization;
    for (auto& tensor : model_.tensors) {
      if (tensor->quantization == nullptr || tensor->quantization->scale != own.scale) continue;
      *tensor->quantization = shared;
    }
  }
  std::vector<int> out = shape(inputs[0]);
  out[axis] = 0;
  for (const int input : inputs) out[axis] += shape(input)[axis];
  joint::ConcatT options;
  options.axis = axis;
  if (!is_float) {
    options.multiplier.assign(inputs.size(), 0);
    options.shift.assign(inputs.size(), 0);
  }
  return AddLayer(std::move(options), inputs, Like(inputs[0], out));
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

int NetworkBuilder::Softmax(int x, joint::DType dtype) {
  const int row = shape(x).back();
  joint::SoftmaxT options;
  const double scale = model_.tensors[x]->quantization->scale[0];
  int k = 23;
  while (k > 0 && (static_cast<uint64_t>(row) << k) >= (uint64_t{1} << 32)) --k;
  const bool wide = model_.tensors[x]->dtype == joint::DType::U16;
  for (int d = 0; d < EntriesFor(x); ++d) {
    options.table.push_back(static_cast<uint32_t>(std::lround(std::exp(-d * scale) * (1 << k))));
  }
  options.numerator = dtype == joint::DType::U8 ? 256 : 65536;
  const int y = AddTensor(shape(x), dtype, 1.0F / static_cast<float>(options.numerator), 0);
  AddLayer(std::move(options), {x}, y);
  return wide ? SecondVersion(y) : y;
}

int NetworkBuilder::Lookup(int x, joint::DType dtype) {
  joint::LookupT options;
  options.table = Table(dtype, EntriesFor(x));
  const int y = AddLayer(std::move(options), {x}, Activation(shape(x), dtype));
  return EntriesFor(x) > 256 ? SecondVersion(y) : y;
}

int NetworkBuilder::ChannelLookup(int x, joint::DType dtype) {
  joint::ChannelLookupT options;
  options.table = Table(dtype, EntriesFor(x) * shape(x).back());
  const int y = AddLayer(std::move(options), {x}, Activation(shape(x), dtype));
  return EntriesFor(x) > 256 || dtype == joint::DType::U16 ? SecondVersion(y) : y;
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

}  // namespace lockstep::test
