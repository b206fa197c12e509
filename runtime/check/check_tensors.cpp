#include <cmath>

#include "check/check.h"
#include "joint_strides.h"

namespace lockstep::check {
namespace {

constexpr uint64_t kConstantAlignment = 64;

Verdict BadTensor(const ModelCheck& check, int index, const joint::Tensor& tensor, const char* what, long long value) {
  return check.report.Corrupt("tensor %d '%.64s': %s (%lld)", index, tensor.name()->c_str(), what, value);
}

Verdict CheckShape(const ModelCheck& check, int index, const joint::Tensor& tensor) {
  const auto& shape = *tensor.shape();
  if (shape.size() < 1 || shape.size() > kMaxRank) {
    return BadTensor(check, index, tensor, "shape: the number of axes is out of range", shape.size());
  }
  int64_t elements = 1;
  for (const int32_t extent : shape) {
    if (extent < 1 || extent > kMaxExtent)
      return BadTensor(check, index, tensor, "shape: an extent is out of range", extent);
    elements *= extent;  // both factors are below 2^31
    if (elements > kMaxElements) return BadTensor(check, index, tensor, "shape: too many elements", elements);
  }
  if (tensor.axes() == nullptr) return Verdict::kPassed;
  if (tensor.axes()->size() != shape.size()) {
    return BadTensor(check, index, tensor, "axes: not one entry per axis of the shape", tensor.axes()->size());
  }
  uint32_t seen = 0;
  for (const uint8_t axis : *tensor.axes()) {
    if (axis >= shape.size() || (seen >> axis & 1) != 0) {
      return BadTensor(check, index, tensor, "axes: not a permutation", axis);
    }
    seen |= 1U << axis;
  }
  return Verdict::kPassed;
}

// Rows along the last axis, evenly apart.
Verdict CheckStrides(const ModelCheck& check, int index, const joint::Tensor& tensor) {
  if (tensor.strides() == nullptr) return Verdict::kPassed;
  const auto& strides = *tensor.strides();
  const auto rank = tensor.shape()->size();
  if (tensor.constant() >= 0) return BadTensor(check, index, tensor, "strides: a constant has none", tensor.constant());
  if (rank < 2) return BadTensor(check, index, tensor, "strides: a tensor of one axis has none", rank);
  if (strides.size() != rank) {
    return BadTensor(check, index, tensor, "strides: not one entry per axis of the shape", strides.size());
  }
  const int64_t pitch = strides[rank - 2];
  if (pitch < Shape(tensor)[rank - 1] || pitch > kMaxElements) {
    return BadTensor(check, index, tensor, "strides: rows are less far apart than they are long", pitch);
  }
  int64_t even = pitch;
  for (uint32_t axis = rank - 1; axis-- > 0;) {
    if (strides[axis] != even)
      return BadTensor(check, index, tensor, "strides: rows are not evenly apart", strides[axis]);
    even *= Shape(tensor)[axis];  // a stride before it was the product, so it is below 2^31
  }
  if (strides[rank - 1] != 1) {
    return BadTensor(check, index, tensor, "strides: the elements of a row do not lie side by side", strides[rank - 1]);
  }
  return Verdict::kPassed;
}

bool IsActivation(joint::DType dtype) { return dtype == joint::DType::U8 || dtype == joint::DType::U16; }

Verdict CheckQuantization(ModelCheck& check, int index, const joint::Tensor& tensor) {
  const joint::Quantization* q = tensor.quantization();
  const joint::DType dtype = tensor.dtype();
  if (q == nullptr) {
    if (IsActivation(dtype)) return BadTensor(check, index, tensor, "quantization: missing", 0);
    return Verdict::kPassed;
  }
  if (dtype == joint::DType::F32 || dtype == joint::DType::BOOL) {
    return BadTensor(check, index, tensor, "quantization: a tensor of dtype f32 or bool must have none", 0);
  }
  if (dtype == joint::DType::S64 && tensor.constant() < 0) {
    return BadTensor(check, index, tensor, "quantization: integers that a layer computes must have none", 0);
  }
  const int rank = Rank(tensor);
  if (q->axis() < -1 || q->axis() >= rank)
    return BadTensor(check, index, tensor, "quantization.axis: out of range", q->axis());
  const uint32_t count = q->axis() < 0 ? 1 : static_cast<uint32_t>(tensor.shape()->Get(q->axis()));
  if (IsActivation(dtype) && q->axis() >= 0 && (q->axis() != rank - 1 || tensor.constant() >= 0)) {
    return BadTensor(
        check, index, tensor,
        "quantization.axis: an activation has one scale or one for each index of its last axis, a constant one",
        q->axis());
  }
  if (q->scale() == nullptr || q->scale()->size() != count) {
    return BadTensor(check, index, tensor, "quantization.scale: wrong number of entries",
                     q->scale() ? q->scale()->size() : 0);
  }
  // The zero points of weights are all 0 and may be left out.
  const uint32_t zero_points = q->zero_point() != nullptr ? q->zero_point()->size() : 0;
  if (zero_points != count && (zero_points != 0 || IsActivation(dtype))) {
    return BadTensor(check, index, tensor, "quantization.zero_point: wrong number of entries", zero_points);
  }
  if (!Spend(check, count))
    return BadTensor(check, index, tensor, "quantization.scale: more entries than the file holds", count);
  for (const float scale : *q->scale()) {
    if (!std::isfinite(scale) || scale <= 0.0F) {
      return BadTensor(check, index, tensor, "quantization.scale: must be finite and positive", 0);
    }
  }
  if (q->bits() < 1 || q->bits() > 8 * ElementBytes(dtype)) {
    return BadTensor(check, index, tensor, "quantization.bits: out of range", q->bits());
  }
  const int32_t high = IsActivation(dtype) ? (1 << q->bits()) - 1 : 0;
  for (uint32_t i = 0; i < zero_points; ++i) {
    const int32_t zero_point = q->zero_point()->Get(i);
    if (zero_point < 0 || zero_point > high) {
      return BadTensor(check, index, tensor, "quantization.zero_point: out of range", zero_point);
    }
    if (IsActivation(dtype) && zero_point != q->zero_point()->Get(0)) {
      return BadTensor(check, index, tensor, "quantization.zero_point: an activation has one for all channels",
                       zero_point);
    }
  }
  return Verdict::kPassed;
}

// Bytes from the first element to behind the last.
uint64_t Reach(const joint::Tensor& tensor) {
  const int64_t row = Shape(tensor)[Rank(tensor) - 1];
  const int64_t rows = Elements(tensor) / row;
  return static_cast<uint64_t>((rows - 1) * joint::PitchOf(tensor) + row) * joint::ElementBytes(tensor.dtype());
}

Verdict CheckPlace(ModelCheck& check, int index, const joint::Tensor& tensor) {
  const bool constant = tensor.constant() != -1;
  if (constant == (tensor.arena_offset() != -1)) {
    return BadTensor(check, index, tensor, "arena_offset, constant: exactly one of them must be set",
                     tensor.constant());
  }
  const auto plain = static_cast<uint64_t>(Elements(tensor)) * ElementBytes(tensor.dtype());
  if (tensor.packing() != joint::Packing::Plain) {
    // How many bytes a packing needs depends on the convolution, which checks it.
    const bool fits = tensor.packing() == joint::Packing::O16
                          ? tensor.dtype() == joint::DType::F32
                          : tensor.dtype() == joint::DType::S8 || tensor.dtype() == joint::DType::S16;
    if (!fits || Rank(tensor) != 4 || !constant) {
      return BadTensor(check, index, tensor,
                       "packing: O16I4 is for constants of type s8 or s16, O16 of type f32, with four axes", 0);
    }
    if (tensor.bytes() < plain) return BadTensor(check, index, tensor, "bytes: too few for the shape", tensor.bytes());
  } else if (tensor.bytes() != plain) {
    return BadTensor(check, index, tensor, "bytes: not what shape and dtype make", tensor.bytes());
  }
  if (constant) {
    const auto& constants = *check.model.constants();
    if (tensor.constant() < 0 || static_cast<uint32_t>(tensor.constant()) >= constants.size()) {
      return BadTensor(check, index, tensor, "constant: there is no such constant", tensor.constant());
    }
    const flatbuffers::Vector<uint8_t>& data = *constants[tensor.constant()]->data();
    if (data.size() != tensor.bytes())
      return BadTensor(check, index, tensor, "constant: its data has another size", data.size());
    if (IsActivation(tensor.dtype()) && !FitBits(check, tensor, data)) {
      return BadTensor(check, index, tensor, "constant: a value has more than quantization.bits",
                       tensor.quantization()->bits());
    }
    return Verdict::kPassed;
  }
  const int64_t offset = tensor.arena_offset();
  if (offset < 0 || offset % ElementBytes(tensor.dtype()) != 0) {
    return BadTensor(check, index, tensor, "arena_offset: negative or not aligned to the elements", offset);
  }
  const uint64_t arena = check.model.arena_size();
  const uint64_t reach = Reach(tensor);
  if (reach > arena || static_cast<uint64_t>(offset) > arena - reach) {
    return BadTensor(check, index, tensor, "arena_offset: the tensor leaves the arena", offset);
  }
  return Verdict::kPassed;
}

}  // namespace

const int32_t* Shape(const joint::Tensor& tensor) { return tensor.shape()->data(); }

int32_t Rank(const joint::Tensor& tensor) { return static_cast<int32_t>(tensor.shape()->size()); }

int64_t Elements(const joint::Tensor& tensor) {
  int64_t elements = 1;
  for (const int32_t extent : *tensor.shape()) elements *= extent;
  return elements;
}

bool HasAllBits(const joint::Tensor& tensor) {
  return tensor.quantization()->bits() == 8 * ElementBytes(tensor.dtype());
}

bool FitBits(ModelCheck& check, const joint::Tensor& tensor, const flatbuffers::Vector<uint8_t>& values) {
  if (HasAllBits(tensor)) return true;
  if (!Spend(check, values.size())) return false;
  const auto step = static_cast<uint32_t>(ElementBytes(tensor.dtype()));
  for (uint32_t i = 0; i + step <= values.size(); i += step) {
    const uint32_t value = step == 1 ? values[i] : values[i] | uint32_t{values[i + 1]} << 8;
    if (value >> tensor.quantization()->bits() != 0) return false;
  }
  return true;
}

Verdict CheckTensors(ModelCheck& check) {
  const joint::Model& model = check.model;
  if (model.arena_size() > check.options.max_arena) {
    return check.report.Corrupt("arena_size: %llu bytes are more than the limit of %llu",
                                static_cast<unsigned long long>(model.arena_size()),
                                static_cast<unsigned long long>(check.options.max_arena));
  }
  if (model.arena_lower_bound() > model.arena_size())
    return check.report.Corrupt("arena_lower_bound: larger than arena_size");
  if (model.tensors()->size() > kMaxTensors) return check.report.Corrupt("tensors: more than %d", kMaxTensors);
  for (uint32_t i = 0; i < model.constants()->size(); ++i) {
    const auto offset = static_cast<uint64_t>(model.constants()->Get(i)->data()->data() - check.file);
    if (offset % kConstantAlignment != 0) return check.report.Corrupt("constants[%u].data: not aligned to 64 bytes", i);
  }
  int index = 0;
  for (const joint::Tensor* tensor : *model.tensors()) {
    if (tensor->dtype() > joint::DType::MAX) {
      return check.report.Unknown("tensor %d '%.64s': dtype: number %d", index, tensor->name()->c_str(),
                                  static_cast<int>(tensor->dtype()));
    }
    if (tensor->packing() > joint::Packing::MAX) {
      return check.report.Unknown("tensor %d '%.64s': packing: number %d", index, tensor->name()->c_str(),
                                  static_cast<int>(tensor->packing()));
    }
    LOCKSTEP_RETURN_IF_FAULT(CheckShape(check, index, *tensor));
    LOCKSTEP_RETURN_IF_FAULT(CheckStrides(check, index, *tensor));
    LOCKSTEP_RETURN_IF_FAULT(CheckQuantization(check, index, *tensor));
    LOCKSTEP_RETURN_IF_FAULT(CheckPlace(check, index, *tensor));
    ++index;
  }
  return Verdict::kPassed;
}

}  // namespace lockstep::check
