#include "compare/formats.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "dump/values.h"

namespace lockstep::compare {
namespace {

using Shape = std::vector<int64_t>;

Shape WithoutLeadingOnes(const Shape& shape) {
  const auto begin = std::find_if(shape.begin(), shape.end(), [](int64_t extent) { return extent != 1; });
  return {begin, shape.end()};
}

// Frameworks leave the batch of 1 out as they like.
bool SameExtents(const Shape& a, const Shape& b) { return WithoutLeadingOnes(a) == WithoutLeadingOnes(b); }

// N,H,W,C out of N,C,H,W.
std::vector<int> ChannelsLast(size_t rank) {
  std::vector<int> axes(rank);
  std::iota(axes.begin(), axes.end(), 0);
  if (rank > 2) std::rotate(axes.begin() + 1, axes.begin() + 2, axes.end());
  return axes;
}

Shape Permuted(const Shape& onnx, const std::vector<int>& axes) {
  if (axes.empty()) return onnx;
  Shape shape;
  for (const int axis : axes) shape.push_back(onnx[static_cast<size_t>(axis)]);
  return shape;
}

// The ONNX shape of a file whose shape is in the order N,H,W,C.
Shape ChannelsFirst(const Shape& shape) {
  Shape onnx = shape;
  if (shape.size() > 2) std::rotate(onnx.begin() + 1, onnx.end() - 1, onnx.end());
  return onnx;
}

std::string SizeText(const StoredTensor& tensor) {
  return tensor.Label() + " has " + std::to_string(tensor.layer.bytes) + " bytes" +
         (tensor.has_shape ? " (" + (tensor.layer.dtype.empty() ? "" : tensor.layer.dtype + " ") +
                                 graph::ToString(tensor.layer.shape) + ")"
                           : "");
}

// The type of a .bin file beside a tensor of `other` whose elements are known.
std::string TypeBeside(const StoredTensor& file, const std::string& other, int64_t elements) {
  const uint64_t bytes = file.layer.bytes;
  const auto fits = [&](size_t size) { return bytes == static_cast<uint64_t>(elements) * size; };
  if (fits(ElementBytes(other))) return other;
  if (fits(sizeof(float))) return "f32";  // the real values
  return fits(sizeof(double)) ? "f64" : "";
}

std::string TypeOf(const StoredTensor& tensor, const StoredTensor& other, const std::string& dtype) {
  if (!tensor.layer.dtype.empty()) return tensor.layer.dtype;
  if (other.layer.dtype.empty()) return dtype;
  if (other.has_shape) return TypeBeside(tensor, other.layer.dtype, other.layer.Elements());
  return other.layer.dtype;
}

// A form of `tensor` as an ONNX tensor of the shape `onnx`, if its own shape allows that.
std::optional<dump::DumpLayer> FormIn(const StoredTensor& tensor, const Shape& onnx, const std::vector<int>& axes) {
  const Shape shape = Permuted(onnx, axes);
  if (tensor.has_shape && !SameExtents(tensor.layer.shape, shape)) return std::nullopt;
  dump::DumpLayer form = tensor.layer;
  form.shape = shape;
  form.axes = axes;
  return form;
}

bool MayBe(const StoredTensor& tensor, AxisOrder order) {
  return tensor.order == AxisOrder::kUnknown || tensor.order == order;
}

const char* OrderName(bool channels_last) { return channels_last ? "NHWC" : "NCHW"; }

// The orders of a raw file beside a tensor that a manifest describes.
std::vector<dump::DumpLayer> FormsBeside(const StoredTensor& raw, const dump::DumpLayer& described) {
  const Shape onnx = dump::OnnxShape(described);
  std::vector<dump::DumpLayer> forms;
  const auto add = [&](const std::vector<int>& axes) {
    const auto form = FormIn(raw, onnx, axes);
    const auto same = [&](const dump::DumpLayer& other) { return form && SameOrder(*form, other); };
    if (form && std::none_of(forms.begin(), forms.end(), same)) forms.push_back(*form);
  };
  if (MayBe(raw, AxisOrder::kNchw)) add({});
  if (MayBe(raw, AxisOrder::kNhwc)) add(ChannelsLast(onnx.size()));
  if (raw.order == AxisOrder::kUnknown) add(described.axes);
  // What is flat, or of a rank of its own, says nothing of the order.
  const bool flat = forms.empty() && raw.has_shape && raw.layer.Elements() == described.Elements();
  if (!flat || raw.layer.shape.size() > 1) return forms;
  StoredTensor shapeless = raw;
  shapeless.has_shape = false;
  return FormsBeside(shapeless, described);
}

// What a raw file's integers stand for is what the described tensor of the same type says.
void TakeScale(dump::DumpLayer& raw, const dump::DumpLayer& described) {
  if (raw.dtype != described.dtype || raw.scale != 0.0 || described.dtype == "f32") return;
  raw.scale = described.scale;
  raw.channel_scales = described.channel_scales;
  raw.zero_point = described.zero_point;
}

void NumbersThemselves(dump::DumpLayer& layer) {
  if (layer.scale == 0.0 && layer.dtype != "f32" && layer.dtype != "f64") layer.scale = 1.0;
}

std::vector<FormatPair> BesideDescribed(const StoredTensor& raw, const StoredTensor& described, bool raw_first) {
  std::vector<FormatPair> pairs;
  const std::vector<dump::DumpLayer> forms = FormsBeside(raw, described.layer);
  for (const dump::DumpLayer& form : forms) {
    FormatPair pair{form, described.layer, ""};
    TakeScale(pair.first, described.layer);
    NumbersThemselves(pair.first);
    if (forms.size() > 1 || !SameOrder(form, described.layer)) {
      const bool channels_last = !form.axes.empty() && form.axes == ChannelsLast(form.axes.size());
      pair.order = channels_last || form.axes.empty() ? OrderName(channels_last) : "as the dump";
      pair.order = std::string(raw_first ? "first" : "second") + " in " + pair.order;
    }
    if (!raw_first) std::swap(pair.first, pair.second);
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

// Of two raw files of which `shaped` has a shape.
std::vector<FormatPair> BothRaw(const StoredTensor& shaped, const StoredTensor& other, bool swapped) {
  std::vector<FormatPair> pairs;
  const size_t rank = shaped.layer.shape.size();
  const auto add = [&](const Shape& onnx, const std::vector<int>& axes_a, const std::vector<int>& axes_b, bool mixed) {
    const auto a = FormIn(shaped, onnx, axes_a);
    const auto b = FormIn(other, onnx, axes_b);
    if (!a || !b || (mixed && SameOrder(*a, *b))) return;
    FormatPair pair{*a, *b, ""};
    if (mixed) {
      const bool first_last = swapped ? !axes_b.empty() : !axes_a.empty();
      pair.order = std::string("first in ") + OrderName(first_last) + ", second in " + OrderName(!first_last);
    }
    NumbersThemselves(pair.first);
    NumbersThemselves(pair.second);
    if (swapped) std::swap(pair.first, pair.second);
    pairs.push_back(std::move(pair));
  };
  const bool may_be_same = rank < 3 || shaped.order == other.order || shaped.order == AxisOrder::kUnknown ||
                           other.order == AxisOrder::kUnknown;
  if (may_be_same) {
    const bool last = shaped.order == AxisOrder::kNhwc || other.order == AxisOrder::kNhwc;
    const std::vector<int> axes = last && rank > 2 ? ChannelsLast(rank) : std::vector<int>{};
    add(last ? ChannelsFirst(shaped.layer.shape) : shaped.layer.shape, axes, axes, false);
  }
  if (rank < 3) return pairs;
  if (MayBe(shaped, AxisOrder::kNchw) && MayBe(other, AxisOrder::kNhwc)) {
    add(shaped.layer.shape, {}, ChannelsLast(rank), true);
  }
  if (MayBe(shaped, AxisOrder::kNhwc) && MayBe(other, AxisOrder::kNchw)) {
    add(ChannelsFirst(shaped.layer.shape), ChannelsLast(rank), {}, true);
  }
  return pairs;
}

void PadRanks(StoredTensor& a, StoredTensor& b) {
  if (!a.has_shape || !b.has_shape) return;
  for (auto [shorter, longer] : {std::pair(&a, &b), std::pair(&b, &a)}) {
    const size_t rank = longer->layer.shape.size();
    Shape& shape = shorter->layer.shape;
    if (shape.size() < rank) shape.insert(shape.begin(), rank - shape.size(), 1);
  }
}

// None if they cannot be one tensor.
std::vector<FormatPair> Fitting(const StoredTensor& first, const StoredTensor& second, const std::string& dtype) {
  StoredTensor a = first;
  StoredTensor b = second;
  a.layer.dtype = TypeOf(first, second, dtype);
  b.layer.dtype = TypeOf(second, first, dtype);
  if (a.layer.dtype.empty() && b.layer.dtype.empty()) {
    if (a.layer.bytes != b.layer.bytes) return {};
    a.layer.shape = b.layer.shape = {static_cast<int64_t>(a.layer.bytes)};
    return {{a.layer, b.layer, ""}};
  }
  if (a.layer.dtype.empty() || b.layer.dtype.empty()) return {};
  for (const StoredTensor* tensor : {&a, &b}) {
    const size_t size = ElementBytes(tensor->layer.dtype);
    const bool whole = tensor->layer.bytes % size == 0;
    const bool filled =
        !tensor->has_shape || tensor->layer.bytes == static_cast<uint64_t>(tensor->layer.Elements()) * size;
    if (!whole || !filled) return {};
  }
  if (a.layer.bytes / ElementBytes(a.layer.dtype) != b.layer.bytes / ElementBytes(b.layer.dtype)) {
    return {};
  }
  std::vector<FormatPair> pairs;
  if (!a.raw && !b.raw) {
    if (dump::OnnxShape(a.layer) != dump::OnnxShape(b.layer)) return {};
    return {{a.layer, b.layer, ""}};
  }
  if (!b.raw) {
    pairs = BesideDescribed(a, b, true);
  } else if (!a.raw) {
    pairs = BesideDescribed(b, a, false);
  } else if (!a.has_shape && !b.has_shape) {
    a.layer.shape = b.layer.shape = {static_cast<int64_t>(a.layer.bytes / ElementBytes(a.layer.dtype))};
    NumbersThemselves(a.layer);
    NumbersThemselves(b.layer);
    return {{a.layer, b.layer, ""}};
  } else {
    PadRanks(a, b);
    pairs = a.has_shape ? BothRaw(a, b, false) : BothRaw(b, a, true);
    constexpr size_t kWithoutBatch = 3;
    if (pairs.empty() && a.layer.shape.size() == kWithoutBatch) {  // C,H,W and H,W,C
      for (StoredTensor* tensor : {&a, &b}) tensor->layer.shape.insert(tensor->layer.shape.begin(), 1);
      pairs = BothRaw(a, b, false);
    }
  }
  return pairs;
}

std::string WayOut(const StoredTensor& first, const StoredTensor& second, const std::string& dtype) {
  StoredTensor a = first;
  StoredTensor b = second;
  a.order = b.order = AxisOrder::kUnknown;
  const std::vector<FormatPair> open = Fitting(a, b, dtype);
  if (!open.empty()) {
    const std::string& order = open.front().order;
    return "they fit with the order of the axes left open" + (order.empty() ? "" : " (" + order + ")") +
           ": leave --layout-first and --layout-second out, or the layout of the map file";
  }
  const bool shaped = first.has_shape && second.has_shape;
  if (shaped && first.layer.Elements() == second.layer.Elements()) {
    return "they have as many elements, but one shape neither in NCHW nor in NHWC; if it is the same tensor, say its "
           "shape and layout in a map file (--map)";
  }
  return "name the right one in a map file (--map), or its type (--dtype)";
}

}  // namespace

size_t ElementBytes(const std::string& dtype) { return dtype == "f64" ? sizeof(double) : dump::DTypeBytes(dtype); }

bool SameOrder(const dump::DumpLayer& a, const dump::DumpLayer& b) {
  const auto moved = [](const dump::DumpLayer& layer) {
    std::vector<int> axes;
    for (size_t i = 0; i < layer.shape.size(); ++i) {
      if (layer.shape[i] != 1) axes.push_back(layer.axes.empty() ? static_cast<int>(i) : layer.axes[i]);
    }
    return axes;
  };
  return moved(a) == moved(b);
}

std::vector<FormatPair> FormatsOf(const StoredTensor& first, const StoredTensor& second, const std::string& dtype) {
  std::vector<FormatPair> pairs = Fitting(first, second, dtype);
  if (!pairs.empty()) return pairs;
  throw NotOneTensor(SizeText(first) + ", " + SizeText(second) + ": these cannot be the same tensor as they are; " +
                     WayOut(first, second, dtype));
}

}  // namespace lockstep::compare
