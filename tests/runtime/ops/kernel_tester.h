// Runs one layer on every kernel of the table that this CPU can run, with its units split in one, two, three and seven
// ranges that run in either order, and compares every byte with what the test computed by itself. Buffers have exactly
// the promised sizes and lie at any address between pages that cannot be touched: they end, or begin, at one, and
// guards fill the rest of their own pages. Where the operator's row allows it, the layer also runs with tensors whose
// rows are apart, as within another tensor's memory.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "joint_generated.h"

namespace lockstep::kernels {

struct TestTensor {
  joint::DType dtype = joint::DType::U8;
  std::vector<int32_t> shape;
  float scale = 1.0F;
  int32_t zero_point = 0;
  std::vector<uint8_t> bytes;
  int bits = 0;  // 0: all of the type

  int64_t Elements() const;
  int32_t Get(int64_t index) const;  // U8 or U16
};

struct LayerCase {
  joint::LayerT layer;
  std::vector<TestTensor> inputs;
  TestTensor output;  // bytes: what is expected
  std::vector<TestTensor> more_outputs;
  std::string about;  // printed with a failure
};

// A tensor of U8 or U16 elements; half of them are extremes. `bits` 0: all of the type.
TestTensor RandomTensor(joint::DType dtype, std::vector<int32_t> shape, std::mt19937& random, int bits = 0);

template <typename Element>
void Append(TestTensor& tensor, Element value) {
  const size_t at = tensor.bytes.size();
  tensor.bytes.resize(at + sizeof value);
  std::memcpy(tensor.bytes.data() + at, &value, sizeof value);
}

// Appends to a U8 or U16 tensor.
void AppendActivation(TestTensor& tensor, int64_t value);

int64_t ClampTo(int64_t value, int64_t low, int64_t high);
int32_t LimitOf(joint::DType dtype);
int32_t LimitOf(const TestTensor& tensor);  // of its bits

// The linear position of the element at `index` (padded with 0 in front) of a tensor that is broadcast.
int64_t BroadcastPosition(const std::vector<int32_t>& shape, const std::vector<int32_t>& out_shape, int64_t position);

// explain(element) adds accumulator, multiplier and shift to a failure.
using Explain = std::function<std::string(int64_t element)>;
void ExpectEveryKernelGives(const LayerCase& test, const Explain& explain = {});

}  // namespace lockstep::kernels
