// Gather: axes, indices of every kind, element types, units.
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "kernel_tester.h"

namespace lockstep::kernels {
namespace {

using joint::DType;
using Shape = std::vector<int32_t>;

struct ElementType {
  DType dtype;
  size_t bytes;
  uint64_t fill;
};
const ElementType kElements[] = {{DType::U8, 1, 0xa7},
                                 {DType::U16, 2, 0xa7b3},
                                 {DType::F32, 4, 0xff812345},  // a signalling NaN keeps its bits
                                 {DType::S64, 8, 0xf123456789abcdef}};

void CheckGather(const ElementType& type, const Shape& in, size_t axis, const std::vector<int32_t>& index) {
  LayerCase test;
  test.layer.name = "layer";
  TestTensor x;
  x.dtype = type.dtype;
  x.shape = in;
  for (int64_t i = 0; i < x.Elements() * static_cast<int64_t>(type.bytes); ++i) {
    x.bytes.push_back(static_cast<uint8_t>(i * 7 + i / 251));
  }
  test.output.dtype = type.dtype;
  test.output.shape = in;
  test.output.shape[axis] = static_cast<int32_t>(index.size());
  int64_t inner = 1;
  for (size_t i = axis + 1; i < in.size(); ++i) inner *= in[i];
  const auto length = static_cast<int64_t>(index.size());
  for (int64_t i = 0; i < test.output.Elements(); ++i) {
    const int64_t from = index[static_cast<size_t>(i / inner % length)];
    const int64_t source = (i / inner / length * in[axis] + from) * inner + i % inner;
    for (size_t byte = 0; byte < type.bytes; ++byte) {
      const auto at = static_cast<size_t>(source) * type.bytes + byte;
      test.output.bytes.push_back(from < 0 ? static_cast<uint8_t>(type.fill >> (8 * byte)) : x.bytes[at]);
    }
  }
  joint::GatherT gather;
  gather.axis = static_cast<int32_t>(axis);
  gather.index = index;
  gather.fill = type.fill;
  test.inputs.push_back(std::move(x));
  test.layer.options.Set(std::move(gather));
  test.about = "axis " + std::to_string(axis);
  ExpectEveryKernelGives(test);
}

TEST(Gather, AxesAndIndicesOfEveryType) {
  for (const ElementType& type : kElements) {
    for (size_t axis = 0; axis < 4; ++axis) {
      CheckGather(type, {3, 4, 5, 7}, axis, {2, 0, -1, -1, 1, 1, 2});
      CheckGather(type, {3, 4, 5, 7}, axis, {1});
      CheckGather(type, {3, 4, 5, 7}, axis, {-1, -1});
    }
    CheckGather(type, {5}, 0, {4, 3, 2, 1, 0});
    CheckGather(type, {2, 3, 2, 3, 2, 3}, 2, {1, -1, 0});
  }
}

// Units begin and end within what lies behind one index.
TEST(Gather, UnitsCutBlocks) {
  for (const ElementType& type : kElements) {
    CheckGather(type, {2, 3, 3001}, 1, {2, -1, 0, 1});
    CheckGather(type, {2, 5000}, 0, {1, -1, 0, 0});
    std::vector<int32_t> backwards;
    for (int32_t i = 6000; i-- > 0;) backwards.push_back(i % 11 == 0 ? -1 : i);
    CheckGather(type, {2, 6000}, 1, backwards);
    CheckGather(type, {6000, 3}, 0, backwards);
  }
}

// Ascending, descending, repeated and filled stretches of many lengths, one behind the other.
TEST(Gather, RunsOfIndices) {
  constexpr int32_t kFrom = 60;
  std::mt19937 random(51);
  std::vector<int32_t> index;
  for (int32_t length = 1; length <= 40; ++length) {
    for (const int32_t step : {1, -1, 0, 2}) {
      const int32_t first = static_cast<int32_t>(random() % (step == 2 ? 8 : kFrom - 40)) + (step < 0 ? length - 1 : 0);
      for (int32_t i = 0; i < length && (step != 2 || i < 20); ++i) index.push_back(first + i * step);
      if (step == 0) index.insert(index.end(), static_cast<size_t>(length), -1);
    }
  }
  index.insert(index.end(), {1, 0, -1, -1, 0, 1, 0, -1, kFrom - 2, kFrom - 1});
  for (const ElementType& type : kElements) {
    CheckGather(type, {3, kFrom}, 1, index);
    CheckGather(type, {kFrom, 3}, 0, index);
  }
}

}  // namespace
}  // namespace lockstep::kernels
