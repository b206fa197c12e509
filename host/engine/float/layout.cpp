#include "engine/float/layout.h"

#include <algorithm>

namespace lockstep::engine {
namespace {

using Tag = dnnl::memory::format_tag;

Tag BlockedTag(size_t rank, int block) {
  if (block == 16) return rank == 3 ? Tag::aBc16b : rank == 4 ? Tag::aBcd16b : Tag::aBcde16b;
  return rank == 3 ? Tag::aBc8b : rank == 4 ? Tag::aBcd8b : Tag::aBcde8b;
}

}  // namespace

bool CanBlock(const graph::Shape& shape, int block) {
  return (block == 8 || block == 16) && shape.size() >= 3 && shape.size() <= 5;
}

bool FillsBlocks(const graph::Shape& shape, int block) { return CanBlock(shape, block) && shape[1] % block == 0; }

dnnl::memory::desc Describe(const graph::Shape& shape, int block) {
  const graph::Shape dims = shape.empty() ? graph::Shape{1} : shape;
  if (block == kPlain) return {dims, dnnl::memory::data_type::f32, Strides(dims)};
  return {dims, dnnl::memory::data_type::f32, BlockedTag(dims.size(), block)};
}

int BlockOf(const dnnl::memory::desc& desc) {
  const graph::Shape dims = desc.dims();
  if (desc == Describe(dims, kPlain)) return kPlain;
  for (const int block : {16, 8}) {
    if (CanBlock(dims, block) && desc == Describe(dims, block)) return block;
  }
  return kOpaque;
}

graph::Shape PhysicalShape(const graph::Shape& shape, int block) {
  if (block == kPlain) return shape;
  graph::Shape physical = shape;
  physical[1] = (physical[1] + block - 1) / block;
  physical.push_back(block);
  return physical;
}

std::vector<int64_t> Strides(const graph::Shape& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t axis = shape.size(); axis-- > 1;) strides[axis - 1] = strides[axis] * std::max<int64_t>(shape[axis], 1);
  return strides;
}

bool IsOutermost(const graph::Shape& physical, size_t axis) {
  return std::all_of(physical.begin(), physical.begin() + static_cast<std::ptrdiff_t>(axis),
                     [](int64_t extent) { return extent == 1; });
}

int64_t NormalAxis(int64_t axis, size_t rank) { return axis < 0 ? axis + static_cast<int64_t>(rank) : axis; }

}  // namespace lockstep::engine
