#include "engine/float/broadcast.h"

#include <algorithm>
#include <map>

#include "engine/float/layout.h"

namespace lockstep::engine {
namespace {

// Long rows are cut, so that a flat array is shared among the threads too.
constexpr int64_t kLongestRow = 16384;

template <typename Function>
void Row(const float* a, int64_t a_stride, const float* b, int64_t b_stride, float* output, int64_t count,
         Function function) {
  if (a_stride == 1 && b_stride == 1) {
    for (int64_t i = 0; i < count; ++i) output[i] = function(a[i], b[i]);
  } else if (a_stride == 1 && b_stride == 0) {
    const float fixed = *b;
    for (int64_t i = 0; i < count; ++i) output[i] = function(a[i], fixed);
  } else if (a_stride == 0 && b_stride == 1) {
    const float fixed = *a;
    for (int64_t i = 0; i < count; ++i) output[i] = function(fixed, b[i]);
  } else {
    for (int64_t i = 0; i < count; ++i) output[i] = function(a[i * a_stride], b[i * b_stride]);
  }
}

}  // namespace

std::optional<BinaryKind> BinaryOf(const std::string& op) {
  static const std::map<std::string, BinaryKind> kKinds = {{"Add", BinaryKind::kAdd}, {"Sub", BinaryKind::kSub},
                                                           {"Mul", BinaryKind::kMul}, {"Div", BinaryKind::kDiv},
                                                           {"Min", BinaryKind::kMin}, {"Max", BinaryKind::kMax}};
  const auto found = kKinds.find(op);
  if (found == kKinds.end()) return std::nullopt;
  return found->second;
}

BroadcastLoop::BroadcastLoop(BinaryKind kind, const graph::Shape& a, const graph::Shape& b, const graph::Shape& output)
    : kind_(kind) {
  const std::vector<int64_t> a_strides = Strides(a);
  const std::vector<int64_t> b_strides = Strides(b);
  for (size_t i = 0; i < output.size(); ++i) {
    if (output[i] == 1) continue;
    const Axis axis{output[i], a[i] == 1 ? 0 : a_strides[i], b[i] == 1 ? 0 : b_strides[i]};
    if (!axes_.empty() && axes_.back().a_stride == axis.extent * axis.a_stride &&
        axes_.back().b_stride == axis.extent * axis.b_stride) {
      axes_.back() = {axes_.back().extent * axis.extent, axis.a_stride, axis.b_stride};
    } else {
      axes_.push_back(axis);
    }
  }
  if (axes_.empty()) axes_.push_back({1, 0, 0});
  Axis& inner = axes_.back();
  if (inner.extent > kLongestRow) {
    int64_t parts = (inner.extent + kLongestRow - 1) / kLongestRow;
    while (inner.extent % parts != 0 && parts < inner.extent) ++parts;
    if (inner.extent / parts >= kLongestRow / 16) {
      const Axis part{inner.extent / parts, inner.a_stride, inner.b_stride};
      inner = {parts, part.extent * part.a_stride, part.extent * part.b_stride};
      axes_.push_back(part);
    }
  }
  for (size_t i = 0; i + 1 < axes_.size(); ++i) rows_ *= axes_[i].extent;
}

template <typename Function>
void BroadcastLoop::Walk(const float* a, const float* b, float* output, Function function) const {
  const Axis inner = axes_.back();
  const bool parallel = rows_ > 1 && rows_ * inner.extent >= 2 * kLongestRow;
#pragma omp parallel for schedule(static) if (parallel)
  for (int64_t row = 0; row < rows_; ++row) {
    int64_t a_offset = 0;
    int64_t b_offset = 0;
    int64_t rest = row;
    for (size_t i = axes_.size() - 1; i-- > 0;) {
      const int64_t index = rest % axes_[i].extent;
      rest /= axes_[i].extent;
      a_offset += index * axes_[i].a_stride;
      b_offset += index * axes_[i].b_stride;
    }
    Row(a + a_offset, inner.a_stride, b + b_offset, inner.b_stride, output + row * inner.extent, inner.extent,
        function);
  }
}

void BroadcastLoop::operator()(const float* a, const float* b, float* output) const {
  switch (kind_) {
    case BinaryKind::kAdd:
      return Walk(a, b, output, [](float x, float y) { return x + y; });
    case BinaryKind::kSub:
      return Walk(a, b, output, [](float x, float y) { return x - y; });
    case BinaryKind::kMul:
      return Walk(a, b, output, [](float x, float y) { return x * y; });
    case BinaryKind::kDiv:
      return Walk(a, b, output, [](float x, float y) { return x / y; });
    case BinaryKind::kMin:
      return Walk(a, b, output, [](float x, float y) { return std::min(x, y); });
    case BinaryKind::kMax:
      return Walk(a, b, output, [](float x, float y) { return std::max(x, y); });
  }
}

}  // namespace lockstep::engine
