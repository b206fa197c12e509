#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "support/plain_operators.h"

namespace lockstep::testing {
namespace {

using Index = std::vector<int64_t>;

// Where the windows of a node begin; automatic paddings are derived from the output's size.
struct Placement {
  Index kernel, strides, dilations, begin, end;
};

Placement Place(const PlainCall& call, const Index& kernel) {
  const size_t axes = kernel.size();
  const graph::Node& node = call.node;
  Placement place{kernel, node.Ints("strides", Index(axes, 1)), node.Ints("dilations", Index(axes, 1)), {}, {}};
  const Index pads = node.Ints("pads", Index(2 * axes, 0));
  const std::string automatic = node.String("auto_pad", "NOTSET");
  for (size_t i = 0; i < axes; ++i) {
    int64_t begin = automatic == "VALID" ? 0 : pads[i];
    int64_t end = automatic == "VALID" ? 0 : pads[axes + i];
    if (automatic.rfind("SAME", 0) == 0) {
      const int64_t reach = (kernel[i] - 1) * place.dilations[i] + 1;
      const int64_t covered = (call.shapes[0][i + 2] - 1) * place.strides[i] + reach;
      const int64_t total = std::max<int64_t>(covered - call.inputs[0]->shape[i + 2], 0);
      begin = automatic == "SAME_UPPER" ? total / 2 : (total + 1) / 2;
      end = total - begin;
    }
    place.begin.push_back(begin);
    place.end.push_back(end);
  }
  return place;
}

// Calls visit(input index, kernel index) for every kernel position whose element lies inside of the input. The first
// two entries of the input index are the caller's to set.
template <typename Visit>
void ForWindow(const Placement& place, const graph::Shape& input, const Index& output, const Visit& visit) {
  for (int64_t k = 0; k < graph::ElementCount(place.kernel); ++k) {
    const Index at = Unravel(k, place.kernel);
    Index from(input.size(), 0);
    from[0] = output[0];
    bool inside = true;
    for (size_t i = 0; i < at.size(); ++i) {
      from[i + 2] = output[i + 2] * place.strides[i] + at[i] * place.dilations[i] - place.begin[i];
      inside = inside && from[i + 2] >= 0 && from[i + 2] < input[i + 2];
    }
    if (inside) visit(from, at);
  }
}

std::vector<PlainTensor> Conv(const PlainCall& call) {
  const PlainTensor& x = *call.inputs[0];
  const PlainTensor& w = *call.inputs[1];
  const Placement place = Place(call, Index(w.shape.begin() + 2, w.shape.end()));
  const int64_t per_group = w.shape[0] / call.node.Int("group", 1);
  PlainTensor result{call.shapes[0], {}};
  for (int64_t i = 0; i < graph::ElementCount(result.shape); ++i) {
    const Index output = Unravel(i, result.shape);
    const bool biased = call.inputs.size() > 2 && call.inputs[2] != nullptr;
    double sum = biased ? call.inputs[2]->values[static_cast<size_t>(output[1])] : 0.0;
    for (int64_t c = 0; c < w.shape[1]; ++c) {
      ForWindow(place, x.shape, output, [&](Index from, const Index& at) {
        from[1] = output[1] / per_group * w.shape[1] + c;
        Index weight{output[1], c};
        weight.insert(weight.end(), at.begin(), at.end());
        sum +=
            x.values[static_cast<size_t>(Ravel(from, x.shape))] * w.values[static_cast<size_t>(Ravel(weight, w.shape))];
      });
    }
    result.values.push_back(sum);
  }
  return {result};
}

std::vector<PlainTensor> MaxPool(const PlainCall& call) {
  const PlainTensor& x = *call.inputs[0];
  const Placement place = Place(call, call.node.Ints("kernel_shape", {}));
  PlainTensor result{call.shapes[0], {}};
  for (int64_t i = 0; i < graph::ElementCount(result.shape); ++i) {
    const Index output = Unravel(i, result.shape);
    double highest = -std::numeric_limits<double>::infinity();
    ForWindow(place, x.shape, output, [&](Index from, const Index&) {
      from[1] = output[1];
      highest = std::max(highest, x.values[static_cast<size_t>(Ravel(from, x.shape))]);
    });
    result.values.push_back(highest);
  }
  return {result};
}

// The kernel positions whose element lies inside of the padded input.
int64_t CountPadded(const Placement& place, const graph::Shape& input, const Index& output) {
  int64_t count = 1;
  for (size_t i = 0; i < place.kernel.size(); ++i) {
    int64_t inside = 0;
    for (int64_t k = 0; k < place.kernel[i]; ++k) {
      const int64_t at = output[i + 2] * place.strides[i] + k * place.dilations[i] - place.begin[i];
      if (at < input[i + 2] + place.end[i]) ++inside;
    }
    count *= inside;
  }
  return count;
}

std::vector<PlainTensor> AveragePool(const PlainCall& call) {
  const PlainTensor& x = *call.inputs[0];
  const bool global = call.node.op == "GlobalAveragePool";
  const Index image(x.shape.begin() + 2, x.shape.end());
  const Placement place = Place(call, global ? image : call.node.Ints("kernel_shape", {}));
  PlainTensor result{call.shapes[0], {}};
  for (int64_t i = 0; i < graph::ElementCount(result.shape); ++i) {
    const Index output = Unravel(i, result.shape);
    double sum = 0.0;
    int64_t count = 0;
    ForWindow(place, x.shape, output, [&](Index from, const Index&) {
      from[1] = output[1];
      sum += x.values[static_cast<size_t>(Ravel(from, x.shape))];
      ++count;
    });
    if (call.node.Int("count_include_pad", 0) != 0) count = CountPadded(place, x.shape, output);
    result.values.push_back(sum / static_cast<double>(count));
  }
  return {result};
}

// In float32, as ONNX Runtime computes it.
int64_t NearestSource(const PlainCall& call, int64_t to, float scale, int64_t from_size, int64_t to_size) {
  if (scale == 1.0F) return std::min(to, from_size - 1);
  const std::string coordinates = call.node.String("coordinate_transformation_mode", "half_pixel");
  const auto x = static_cast<float>(to);
  float source = x / scale;
  if (coordinates == "half_pixel" || (coordinates == "pytorch_half_pixel" && to_size > 1)) {
    source = (x + 0.5F) / scale - 0.5F;
  } else if (coordinates == "pytorch_half_pixel") {
    source = 0.0F;
  } else if (coordinates == "align_corners") {
    source = to_size == 1 ? 0.0F : x * static_cast<float>(from_size - 1) / static_cast<float>(to_size - 1);
  }
  const std::string mode = call.node.String("nearest_mode", "round_prefer_floor");
  const double exact = source;  // so that adding a half does not round
  double chosen = std::ceil(exact - 0.5);
  if (mode == "floor") chosen = std::floor(exact);
  if (mode == "ceil") chosen = std::ceil(exact);
  if (mode == "round_prefer_ceil") chosen = std::floor(exact + 0.5);
  return std::clamp<int64_t>(static_cast<int64_t>(chosen), 0, from_size - 1);
}

std::vector<PlainTensor> Resize(const PlainCall& call) {
  const PlainTensor& x = *call.inputs[0];
  const bool scaled = call.inputs.size() > 2 && call.inputs[2] != nullptr && !call.inputs[2]->values.empty();
  Index axes(x.shape.size());
  std::iota(axes.begin(), axes.end(), int64_t{0});
  axes = call.node.Ints("axes", axes);
  PlainTensor result{call.shapes[0], {}};
  for (int64_t i = 0; i < graph::ElementCount(result.shape); ++i) {
    Index index = Unravel(i, result.shape);
    for (size_t axis = 0; axis < index.size(); ++axis) {
      const float ratio = static_cast<float>(result.shape[axis]) / static_cast<float>(x.shape[axis]);
      const auto named = std::find(axes.begin(), axes.end(), static_cast<int64_t>(axis));
      const auto position = static_cast<size_t>(named - axes.begin());
      const float given =
          named == axes.end() || !scaled ? 1.0F : static_cast<float>(call.inputs[2]->values.at(position));
      const float scale = scaled ? given : ratio;
      index[axis] = NearestSource(call, index[axis], scale, x.shape[axis], result.shape[axis]);
    }
    result.values.push_back(x.values[static_cast<size_t>(Ravel(index, x.shape))]);
  }
  return {result};
}

}  // namespace

const std::map<std::string, PlainOperator>& PlainWindows() {
  static const std::map<std::string, PlainOperator> kTable = {
      {"AveragePool", AveragePool}, {"Conv", Conv},     {"GlobalAveragePool", AveragePool},
      {"MaxPool", MaxPool},         {"Resize", Resize},
  };
  return kTable;
}

}  // namespace lockstep::testing
