// Operators that compute element by element: Add, Mul, Concat, Softmax, tables, Rescale and Dequantize.
#include <algorithm>

#include "core/layer_check.h"
#include "lockstep/arithmetic.h"

namespace lockstep::check {
namespace {

// The extent of a tensor at an axis of a tensor of `rank` axes: missing axes are the outer ones and count as 1.
int32_t Extent(const joint::Tensor& tensor, int axis, int rank) {
  const int own = axis - (rank - Rank(tensor));
  return own < 0 ? 1 : Shape(tensor)[own];
}

Status CheckBroadcast(const LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(2, 2));
  const joint::Tensor& a = layer.input(0);
  const joint::Tensor& b = layer.input(1);
  const joint::Tensor& y = layer.output();
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("input a", a));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("input b", b));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("output", y));
  if (Rank(y) != std::max(Rank(a), Rank(b))) {
    return layer.Wrong("shape", "the output must have as many axes as the larger input");
  }
  for (int i = 0; i < Rank(y); ++i) {
    const int32_t left = Extent(a, i, Rank(y));
    const int32_t right = Extent(b, i, Rank(y));
    if ((left != right && left != 1 && right != 1) || Shape(y)[i] != std::max(left, right)) {
      return layer.Wrong("shape", "the output's is not the broadcast of the inputs'");
    }
  }
  return Status::Ok();
}

}  // namespace

Status CheckAdd(LayerCheck& layer) {
  const auto& o = layer.options<joint::Add>();
  LOCKSTEP_RETURN_IF_ERROR(CheckBroadcast(layer));
  const bool narrow = layer.input(0).dtype() == joint::DType::U8 && layer.input(1).dtype() == joint::DType::U8 &&
                      layer.output().dtype() == joint::DType::U8;
  const int64_t limit = narrow ? 1 << 21 : 1 << 30;
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("multiplier_a", o.multiplier_a(), -limit, limit));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("multiplier_b", o.multiplier_b(), -limit, limit));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("shift", o.shift(), 1, narrow ? 30 : 46));
  return layer.Clamp(o.clamp_low(), o.clamp_high(), High(layer.output()));
}

Status CheckMul(LayerCheck& layer) {
  const auto& o = layer.options<joint::Mul>();
  LOCKSTEP_RETURN_IF_ERROR(CheckBroadcast(layer));
  LOCKSTEP_RETURN_IF_ERROR(layer.Multiplier("multiplier", o.multiplier(), o.shift()));
  return layer.Clamp(o.clamp_low(), o.clamp_high(), High(layer.output()));
}

Status CheckConcat(LayerCheck& layer) {
  const auto& o = layer.options<joint::Concat>();
  const joint::Tensor& y = layer.output();
  const bool to_float = y.dtype() == joint::DType::F32;
  if (!to_float) LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("output", y));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("axis", o.axis(), 0, Rank(y) - 1));
  const uint32_t entries = to_float ? 0 : static_cast<uint32_t>(layer.input_count());
  if ((o.multiplier() != nullptr ? o.multiplier()->size() : 0) != entries) {
    return layer.Wrong("multiplier", "must have one entry per input, and none for a float output");
  }
  if ((o.shift() != nullptr ? o.shift()->size() : 0) != entries) {
    return layer.Wrong("shift", "must have one entry per input, and none for a float output");
  }
  int64_t extent = 0;
  for (int32_t i = 0; i < layer.input_count(); ++i) {
    const joint::Tensor& x = layer.input(i);
    LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("input", x));
    if (Rank(x) != Rank(y)) return layer.Wrong("inputs", i, "must have as many axes as the output");
    for (int axis = 0; axis < Rank(y); ++axis) {
      if (axis != o.axis() && Shape(x)[axis] != Shape(y)[axis]) {
        return layer.Wrong("inputs", i, "the shape does not fit the output's");
      }
    }
    extent += Shape(x)[o.axis()];
    if (to_float) continue;
    const auto entry = static_cast<uint32_t>(i);
    if (o.multiplier()->Get(entry) == 0) {
      LOCKSTEP_RETURN_IF_ERROR(layer.SameValues(x, y));
    } else {
      LOCKSTEP_RETURN_IF_ERROR(layer.Multiplier("multiplier", o.multiplier()->Get(entry), o.shift()->Get(entry)));
      LOCKSTEP_RETURN_IF_ERROR(layer.OutputHasAllBits());
    }
  }
  if (extent != Shape(y)[o.axis()]) return layer.Wrong("shape", "the inputs' extents do not add up to the output's");
  return Status::Ok();
}

Status CheckSoftmax(LayerCheck& layer) {
  const auto& o = layer.options<joint::Softmax>();
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(1, 1));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  LOCKSTEP_RETURN_IF_ERROR(layer.IsU8("input", x));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("output", y));
  LOCKSTEP_RETURN_IF_ERROR(layer.SameShape(x, y));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of table", o.table()->size(), 256, 256));
  const auto row = static_cast<uint64_t>(Shape(x)[Rank(x) - 1]);
  const uint32_t* table = o.table()->data();
  const uint64_t largest = *std::max_element(table, table + 256);
  if (table[0] == 0) return layer.Wrong("table", "the first entry must not be 0, or a sum could be");
  if (largest * row >= uint64_t{1} << 32) return layer.Wrong("table", "the sum of a row leaves 32 bits");
  const int64_t numerator = TypeHigh(y) + 1;
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("numerator", o.numerator(), numerator, numerator));
  if (ZeroPoint(y) != 0 || Scale(y) * static_cast<float>(numerator) != 1.0F) {
    return layer.Wrong("quantization", "the output's scale must be 1 / numerator, its zero point 0");
  }
  return layer.OutputHasAllBits();
}

Status CheckLookup(LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(1, 1));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsU8("input", layer.input(0)));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("output", layer.output()));
  LOCKSTEP_RETURN_IF_ERROR(layer.SameShape(layer.input(0), layer.output()));
  return layer.Table(256, *layer.options<joint::Lookup>().table());
}

Status CheckChannelLookup(LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(1, 1));
  const joint::Tensor& x = layer.input(0);
  LOCKSTEP_RETURN_IF_ERROR(layer.IsU8("input", x));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsU8("output", layer.output()));
  LOCKSTEP_RETURN_IF_ERROR(layer.SameShape(x, layer.output()));
  return layer.Table(int64_t{256} * Shape(x)[Rank(x) - 1], *layer.options<joint::ChannelLookup>().table());
}

Status CheckRescale(LayerCheck& layer) {
  const auto& o = layer.options<joint::Rescale>();
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(1, 1));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("input", layer.input(0)));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("output", layer.output()));
  LOCKSTEP_RETURN_IF_ERROR(layer.SameShape(layer.input(0), layer.output()));
  LOCKSTEP_RETURN_IF_ERROR(layer.OutputHasAllBits());
  return layer.Multiplier("multiplier", o.multiplier(), o.shift());
}

Status CheckDequantize(LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(1, 1));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("input", layer.input(0)));
  if (layer.output().dtype() != joint::DType::F32) return layer.Wrong("output", "must be of dtype f32");
  return layer.SameShape(layer.input(0), layer.output());
}

}  // namespace lockstep::check
