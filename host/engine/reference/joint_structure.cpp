// Everything that the loops of the reference engine take for granted, checked once.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/reference/joint_file.h"
#include "engine/reference/tensor_values.h"
#include "graph/error.h"

namespace lockstep::engine {
namespace {

constexpr int kMaxRank = 6;
constexpr int64_t kMaxElements = int64_t{1} << 31;

class StructureCheck {
 public:
  explicit StructureCheck(const joint::Model& model) : model_(model), tensors_(*model.tensors()) {}

  void Run() {
    for (uint32_t i = 0; i < tensors_.size(); ++i) CheckTensor(*tensors_.Get(i));
    defined_.assign(tensors_.size(), false);
    for (uint32_t i = 0; i < tensors_.size(); ++i) defined_[i] = tensors_.Get(i)->constant() >= 0;
    for (const joint::InputSpec* input : *model_.inputs()) Define(input->tensor(), "inputs");
    for (const joint::Layer* layer : *model_.layers()) CheckLayer(*layer);
    for (const joint::OutputSpec* output : *model_.outputs()) Use(output->tensor(), "outputs");
  }

 private:
  [[noreturn]] static void Fail(const std::string& where, const std::string& what) {
    throw BadInput("joint model: " + where + ": " + what + "; build the model again");
  }

  void CheckTensor(const joint::Tensor& tensor) const {
    const std::string where = "tensor '" + tensor.name()->str() + "'";
    if (tensor.dtype() > joint::DType::F32) Fail(where, "unknown dtype");
    if (tensor.shape()->size() < 1 || tensor.shape()->size() > kMaxRank) Fail(where, "rank outside 1..6");
    int64_t elements = 1;
    for (const int32_t extent : *tensor.shape()) {
      if (extent < 1 || elements > kMaxElements / extent) Fail(where, "bad shape");
      elements *= extent;
    }
    const bool packed = tensor.packing() != joint::Packing::Plain;
    const auto plain_bytes = static_cast<uint64_t>(elements) * ElementSize(tensor.dtype());
    if (packed ? tensor.bytes() < plain_bytes : tensor.bytes() != plain_bytes)
      Fail(where, "bytes do not match the shape");
    if (tensor.constant() >= 0) {
      if (static_cast<uint32_t>(tensor.constant()) >= model_.constants()->size()) Fail(where, "constant out of range");
      if (model_.constants()->Get(tensor.constant())->data()->size() != tensor.bytes()) {
        Fail(where, "the constant has another size");
      }
    }
    const joint::Quantization* quantization = tensor.quantization();
    if (quantization != nullptr) {
      if (!IsActivation(tensor.dtype())) return;
      if (quantization->scale() == nullptr || quantization->zero_point() == nullptr ||
          quantization->scale()->size() == 0 || quantization->scale()->size() != quantization->zero_point()->size()) {
        Fail(where, "quantization.scale and zero_point do not fit");
      }
    } else if (IsActivation(tensor.dtype()) && tensor.constant() < 0) {
      Fail(where, "quantization is missing");
    }
  }

  static bool IsActivation(joint::DType dtype) { return dtype == joint::DType::U8 || dtype == joint::DType::U16; }

  const joint::Tensor& Tensor(int32_t index, const std::string& where) const {
    if (index < 0 || static_cast<uint32_t>(index) >= tensors_.size()) Fail(where, "tensor index out of range");
    return *tensors_.Get(index);
  }

  void Define(int32_t index, const std::string& where) {
    Tensor(index, where);
    if (defined_[index]) Fail(where, "a tensor is written twice");
    defined_[index] = true;
  }

  void Use(int32_t index, const std::string& where) const {
    Tensor(index, where);
    if (!defined_[index]) Fail(where, "a tensor is read before it is written");
  }

  void CheckLayer(const joint::Layer& layer) {
    const std::string where = "layer '" + layer.name()->str() + "'";
    const joint::Options op = layer.options_type();
    if (op == joint::Options::NONE || op > joint::Options::MAX) Fail(where, "unknown operator; upgrade lockstep");
    const bool binary = op == joint::Options::Add || op == joint::Options::Mul;
    const uint32_t count = layer.inputs()->size();
    if (op == joint::Options::Concat ? count < 1 : count != (binary ? 2U : 1U)) Fail(where, "wrong number of inputs");
    if (layer.outputs()->size() != 1) Fail(where, "wrong number of outputs");
    inputs_.clear();
    for (const int32_t index : *layer.inputs()) {
      Use(index, where);
      inputs_.push_back(tensors_.Get(index));
    }
    Define(layer.outputs()->Get(0), where);
    output_ = tensors_.Get(layer.outputs()->Get(0));
    if (!Fits(layer)) Fail(where, "shapes, types or options do not fit together");
  }

  bool Fits(const joint::Layer& layer) const {
    const joint::Tensor& x = *inputs_[0];
    const joint::Tensor& y = *output_;
    const bool integers = IsActivation(x.dtype()) && IsActivation(y.dtype());
    const bool same_type = x.dtype() == y.dtype();
    switch (layer.options_type()) {
      case joint::Options::Conv:
        return integers && FitsConv(*layer.options_as_Conv());
      case joint::Options::DepthwiseConv:
        return integers && FitsDepthwise(*layer.options_as_DepthwiseConv());
      case joint::Options::MaxPool: {
        const auto& pool = *layer.options_as_MaxPool();
        return integers && same_type && FitsWindow(pool, pool.kernel_h(), pool.kernel_w(), 1, 1) &&
               x.shape()->Get(3) == y.shape()->Get(3);
      }
      case joint::Options::AveragePool:
        return integers && FitsAveragePool(*layer.options_as_AveragePool());
      case joint::Options::Add: {
        const auto& add = *layer.options_as_Add();
        return FitsBroadcast() && add.shift() >= 1 && add.shift() <= 46;
      }
      case joint::Options::Mul:
        return FitsBroadcast() && IsShift(layer.options_as_Mul()->shift());
      case joint::Options::Concat:
        return FitsConcat(*layer.options_as_Concat());
      case joint::Options::Slice:
        return same_type && FitsSlice(*layer.options_as_Slice());
      case joint::Options::Reshape:
        return same_type && x.bytes() == y.bytes();
      case joint::Options::Transpose:
        return same_type && FitsTranspose(*layer.options_as_Transpose());
      case joint::Options::Resize:
        return same_type && FitsResize(*layer.options_as_Resize());
      case joint::Options::Softmax:
        return x.dtype() == joint::DType::U8 && IsActivation(y.dtype()) && SameShape(x, y) &&
               layer.options_as_Softmax()->table()->size() == 256;
      case joint::Options::Lookup:
        return x.dtype() == joint::DType::U8 && IsActivation(y.dtype()) && SameShape(x, y) &&
               layer.options_as_Lookup()->table()->size() == 256U * ElementSize(y.dtype());
      case joint::Options::ChannelLookup:
        return x.dtype() == joint::DType::U8 && y.dtype() == joint::DType::U8 && SameShape(x, y) &&
               layer.options_as_ChannelLookup()->table()->size() == 256U * Extent(x, -1);
      case joint::Options::Rescale:
        return integers && SameShape(x, y) && IsShift(layer.options_as_Rescale()->shift());
      case joint::Options::Dequantize:
        return IsActivation(x.dtype()) && y.dtype() == joint::DType::F32 && SameShape(x, y);
      case joint::Options::NONE:
        return false;
    }
    return false;
  }

  static bool IsShift(int32_t shift) { return shift >= -30 && shift <= 31; }

  static bool SameShape(const joint::Tensor& a, const joint::Tensor& b) {
    return a.shape()->size() == b.shape()->size() &&
           std::equal(a.shape()->begin(), a.shape()->end(), b.shape()->begin());
  }

  static uint32_t Extent(const joint::Tensor& tensor, int axis) {
    const int rank = static_cast<int>(tensor.shape()->size());
    return static_cast<uint32_t>(tensor.shape()->Get(axis < 0 ? axis + rank : axis));
  }

  // The window geometry that Conv, DepthwiseConv and the pools have in common, batch and rank included.
  template <typename Window>
  bool FitsWindow(const Window& window, int64_t kernel_h, int64_t kernel_w, int64_t dilation_h,
                  int64_t dilation_w) const {
    const auto& x = *inputs_[0]->shape();
    const auto& y = *output_->shape();
    if (x.size() != 4 || y.size() != 4 || x[0] != y[0]) return false;
    const auto fits = [](int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t dilation, int64_t before,
                         int64_t after) {
      if (kernel < 1 || stride < 1 || dilation < 1 || before < 0 || after < 0) return false;
      const int64_t extent = (kernel - 1) * dilation + 1;
      const int64_t room = in + before + after - extent;
      return room >= 0 && out == room / stride + 1;
    };
    return fits(x[1], y[1], kernel_h, window.stride_h(), dilation_h, window.pad_top(), window.pad_bottom()) &&
           fits(x[2], y[2], kernel_w, window.stride_w(), dilation_w, window.pad_left(), window.pad_right());
  }

  bool FitsTable(const flatbuffers::Vector<uint8_t>* table, int32_t low, int32_t high) const {
    if (table == nullptr || table->size() == 0) return true;
    return table->size() == 256U * ElementSize(output_->dtype()) && low >= 0 && high <= 255;
  }

  template <typename Shifts>
  static bool AreShifts(const Shifts& shifts) {
    return std::all_of(shifts.begin(), shifts.end(), [](int32_t shift) { return IsShift(shift); });
  }

  bool IsWeights(int32_t index, joint::Packing packing) const {
    if (index < 0 || static_cast<uint32_t>(index) >= tensors_.size()) return false;
    const joint::Tensor& weights = *tensors_.Get(index);
    return weights.constant() >= 0 && weights.dtype() == joint::DType::S8 && weights.packing() == packing &&
           weights.shape()->size() == 4;
  }

  bool FitsConv(const joint::Conv& conv) const {
    if (!IsWeights(conv.weights(), joint::Packing::O16I4)) return false;
    const joint::Tensor& weights = *tensors_.Get(conv.weights());
    const auto& w = *weights.shape();
    if (!FitsWindow(conv, w[1], w[2], conv.dilation_h(), conv.dilation_w())) return false;
    const int64_t groups = conv.groups();
    if (groups < 1 || w[0] % groups != 0 || static_cast<int64_t>(Extent(*inputs_[0], 3)) != w[3] * groups) return false;
    const O16I4Geometry geometry(w[0], w[3], w[1], w[2], conv.groups(), conv.dilation_w());
    const auto channels = static_cast<uint32_t>(w[0]);
    return geometry.bytes() == weights.bytes() && Extent(*output_, 3) == channels &&
           conv.acc_init()->size() == channels && conv.weight_sum()->size() == channels &&
           conv.multiplier()->size() == channels && conv.shift()->size() == channels && AreShifts(*conv.shift()) &&
           FitsTable(conv.table(), conv.clamp_low(), conv.clamp_high());
  }

  bool FitsDepthwise(const joint::DepthwiseConv& conv) const {
    if (!IsWeights(conv.weights(), joint::Packing::Plain)) return false;
    const auto& w = *tensors_.Get(conv.weights())->shape();
    if (!FitsWindow(conv, w[1], w[2], conv.dilation_h(), conv.dilation_w())) return false;
    const auto channels = static_cast<uint32_t>(w[3]);
    return w[0] == 1 && Extent(*inputs_[0], 3) == channels && Extent(*output_, 3) == channels &&
           conv.acc_init()->size() == channels && conv.multiplier()->size() == channels &&
           conv.shift()->size() == channels && AreShifts(*conv.shift()) &&
           FitsTable(conv.table(), conv.clamp_low(), conv.clamp_high());
  }

  // Paddings smaller than the window: none lies in the padding alone, and every mean has a divisor.
  bool FitsAveragePool(const joint::AveragePool& pool) const {
    if (!FitsWindow(pool, pool.kernel_h(), pool.kernel_w(), 1, 1)) return false;
    const int64_t window = int64_t{pool.kernel_h()} * pool.kernel_w();
    const uint32_t entries = pool.multiplier()->size();
    return Extent(*inputs_[0], 3) == Extent(*output_, 3) && (entries == 1 || entries == window) &&
           pool.shift()->size() == entries && AreShifts(*pool.shift()) && pool.pad_top() < pool.kernel_h() &&
           pool.pad_bottom() < pool.kernel_h() && pool.pad_left() < pool.kernel_w() &&
           pool.pad_right() < pool.kernel_w() && pool.clamp_low() >= 0 &&
           pool.clamp_high() <= TypeHigh(output_->dtype());
  }

  bool FitsBroadcast() const {
    const auto& y = *output_->shape();
    if (!IsActivation(output_->dtype())) return false;
    for (const joint::Tensor* x : inputs_) {
      const uint32_t rank = x->shape()->size();
      if (!IsActivation(x->dtype()) || x->quantization() == nullptr || rank > y.size()) return false;
      for (uint32_t i = 0; i < rank; ++i) {
        const int32_t extent = x->shape()->Get(i);
        if (extent != y[y.size() - rank + i] && extent != 1) return false;
      }
    }
    return true;
  }

  bool FitsConcat(const joint::Concat& concat) const {
    const auto& y = *output_->shape();
    const auto axis = static_cast<uint32_t>(concat.axis());
    if (axis >= y.size()) return false;
    int64_t total = 0;
    for (const joint::Tensor* x : inputs_) {
      if (!IsActivation(x->dtype()) || x->quantization() == nullptr || x->shape()->size() != y.size()) return false;
      for (uint32_t i = 0; i < y.size(); ++i) {
        if (i != axis && x->shape()->Get(i) != y[i]) return false;
      }
      total += x->shape()->Get(axis);
    }
    if (total != y[axis]) return false;
    if (output_->dtype() == joint::DType::F32) return true;
    return IsActivation(output_->dtype()) && concat.multiplier() != nullptr && concat.shift() != nullptr &&
           concat.multiplier()->size() == inputs_.size() && concat.shift()->size() == inputs_.size() &&
           AreShifts(*concat.shift());
  }

  bool FitsSlice(const joint::Slice& slice) const {
    const auto& x = *inputs_[0]->shape();
    const auto& y = *output_->shape();
    if (x.size() != y.size() || slice.start()->size() != x.size() || slice.step()->size() != x.size()) return false;
    for (uint32_t i = 0; i < x.size(); ++i) {
      const int64_t start = slice.start()->Get(i);
      const int64_t step = slice.step()->Get(i);
      if (start < 0 || step < 1 || start + step * (int64_t{y[i]} - 1) >= x[i]) return false;
    }
    return true;
  }

  bool FitsTranspose(const joint::Transpose& transpose) const {
    const auto& x = *inputs_[0]->shape();
    const auto& y = *output_->shape();
    if (x.size() != y.size() || transpose.perm()->size() != x.size()) return false;
    std::vector<bool> seen(x.size(), false);
    for (uint32_t i = 0; i < x.size(); ++i) {
      const auto from = static_cast<uint32_t>(transpose.perm()->Get(i));
      if (from >= x.size() || seen[from] || x[from] != y[i]) return false;
      seen[from] = true;
    }
    return true;
  }

  bool FitsResize(const joint::Resize& resize) const {
    const auto& x = *inputs_[0]->shape();
    const auto& y = *output_->shape();
    if (x.size() != 4 || y.size() != 4 || x[0] != y[0] || x[3] != y[3]) return false;
    const auto within = [](const flatbuffers::Vector<int32_t>& indices, int32_t count, int32_t limit) {
      return indices.size() == static_cast<uint32_t>(count) &&
             std::all_of(indices.begin(), indices.end(), [limit](int32_t i) { return i >= 0 && i < limit; });
    };
    return within(*resize.rows(), y[1], x[1]) && within(*resize.columns(), y[2], x[2]);
  }

  const joint::Model& model_;
  const flatbuffers::Vector<flatbuffers::Offset<joint::Tensor>>& tensors_;
  std::vector<bool> defined_;
  std::vector<const joint::Tensor*> inputs_;
  const joint::Tensor* output_ = nullptr;
};

}  // namespace

void CheckStructure(const joint::Model& model) { StructureCheck(model).Run(); }

}  // namespace lockstep::engine
