#include "engine/float/gather.h"

#include <algorithm>
#include <cstring>

namespace lockstep::engine {
namespace {

bool IsConsecutive(const AxisIndices& indices) {
  for (size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] == kFill || indices[i] != indices[0] + static_cast<int64_t>(i)) return false;
  }
  return true;
}

bool IsIdentity(const AxisIndices& indices, int64_t extent) {
  return static_cast<int64_t>(indices.size()) == extent && IsConsecutive(indices) && (extent == 0 || indices[0] == 0);
}

// Whether a blocked source can stay blocked: whole blocks, in order.
bool KeepsBlocks(const graph::Shape& shape, int block, const AxisIndices& channels) {
  return FillsBlocks(shape, block) && IsConsecutive(channels) && channels[0] % block == 0 &&
         static_cast<int64_t>(channels.size()) % block == 0;
}

class GatherLoop {
 public:
  // `offsets`: per axis of the result the element offset in the source or kFill; `run`: contiguous elements behind
  // them.
  GatherLoop(std::vector<AxisIndices> offsets, int64_t run, float fill)
      : offsets_(std::move(offsets)), run_(run), fill_(fill) {
    inner_ = offsets_.empty() ? AxisIndices{0} : offsets_.back();
    if (!offsets_.empty()) offsets_.pop_back();
    for (const AxisIndices& axis : offsets_) rows_ *= static_cast<int64_t>(axis.size());
  }

  void operator()(const float* source, float* output) const {
    const int64_t row_elements = static_cast<int64_t>(inner_.size()) * run_;
    const bool parallel = rows_ > 1 && rows_ * row_elements > 32768;
#pragma omp parallel for schedule(static) if (parallel)
    for (int64_t row = 0; row < rows_; ++row) {
      float* to = output + row * row_elements;
      const int64_t from = RowOffset(row);
      if (from == kFill) {
        std::fill(to, to + row_elements, fill_);
      } else if (run_ == 1) {
        for (const int64_t offset : inner_) *to++ = offset == kFill ? fill_ : source[from + offset];
      } else {
        CopyRuns(source + from, to);
      }
    }
  }

 private:
  int64_t RowOffset(int64_t row) const {
    int64_t from = 0;
    for (size_t i = offsets_.size(); i-- > 0;) {
      const auto extent = static_cast<int64_t>(offsets_[i].size());
      const int64_t offset = offsets_[i][static_cast<size_t>(row % extent)];
      if (offset == kFill) return kFill;
      from += offset;
      row /= extent;
    }
    return from;
  }

  void CopyRuns(const float* source, float* to) const {
    for (const int64_t offset : inner_) {
      if (offset == kFill) {
        std::fill(to, to + run_, fill_);
      } else {
        std::memcpy(to, source + offset, static_cast<size_t>(run_) * sizeof(float));
      }
      to += run_;
    }
  }

  std::vector<AxisIndices> offsets_;
  AxisIndices inner_;
  int64_t rows_ = 1;
  int64_t run_;
  float fill_;
};

}  // namespace

AxisIndices Range(int64_t start, int64_t step, int64_t count) {
  AxisIndices indices;
  indices.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) indices.push_back(start + i * step);
  return indices;
}

ValueId AddGather(Plan& plan, ValueId source, const std::vector<AxisIndices>& axes, float fill) {
  const graph::Shape shape = plan.value(source).shape;
  int block = plan.value(source).block;
  if (block != kPlain && !KeepsBlocks(shape, block, axes[1])) block = kPlain;
  source = plan.InLayout(source, block);

  graph::Shape result_shape;
  for (const AxisIndices& axis : axes) result_shape.push_back(static_cast<int64_t>(axis.size()));
  const graph::Shape physical = PhysicalShape(shape, block);
  std::vector<AxisIndices> indices = axes;
  if (block != kPlain) {
    indices[1] = Range(axes[1][0] / block, 1, static_cast<int64_t>(axes[1].size()) / block);
    indices.push_back(Range(0, 1, block));
  }

  // Axes at the end that are taken whole are one run of elements.
  const std::vector<int64_t> strides = Strides(physical);
  size_t moved = indices.size();
  int64_t run = 1;
  while (moved > 0 && IsIdentity(indices[moved - 1], physical[moved - 1])) run *= physical[--moved];
  if (moved > 0 && IsConsecutive(indices[moved - 1])) {
    const int64_t first = indices[moved - 1].empty() ? 0 : indices[moved - 1][0] * strides[moved - 1];
    const bool outermost = std::all_of(indices.begin(), indices.begin() + static_cast<std::ptrdiff_t>(moved) - 1,
                                       [](const AxisIndices& axis) { return axis == AxisIndices{0}; });
    if (outermost) return plan.AddView(source, result_shape, block, first);
  }
  if (moved == 0) return plan.AddView(source, result_shape, block);

  indices.resize(moved);
  for (size_t i = 0; i < moved; ++i) {
    for (int64_t& index : indices[i]) {
      if (index != kFill) index *= strides[i];
    }
  }
  const ValueId result = plan.AddValue(result_shape, block);
  const GatherLoop loop(std::move(indices), run, fill);
  plan.AddLoop({source}, result, [loop](const std::vector<const float*>& inputs, float* to) { loop(inputs[0], to); });
  return result;
}

}  // namespace lockstep::engine
