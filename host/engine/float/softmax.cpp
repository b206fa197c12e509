// Softmax over one axis.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/float/operator_table.h"

namespace lockstep::engine {
namespace {

// e^x for x <= 0 within 2 ulp: Cody-Waite reduction by ln 2 and a polynomial, without branches, so that a loop of it is
// vectorised. Below -87 the result is 0.
inline float Exp(float x) {
  constexpr float kLowest = -87.0F;
  constexpr float kLog2e = 1.44269504F;
  constexpr float kLn2High = 0.693359375F;
  constexpr float kLn2Low = -2.12194440e-4F;
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: adding it rounds to an integer in the low bits
  const float clamped = std::max(x, kLowest);
  const float shifted = clamped * kLog2e + kRound;
  const float whole = shifted - kRound;
  const float r = clamped - whole * kLn2High - whole * kLn2Low;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.0F;
  const int32_t bits = (static_cast<int32_t>(whole) + 127) << 23;
  float power = 0.0F;
  static_assert(sizeof(power) == sizeof(bits));
  __builtin_memcpy(&power, &bits, sizeof(power));
  return x < kLowest ? 0.0F : p * power;
}

constexpr int64_t kColumns = 256;  // worked on together: their sums stay in the first cache

// `count` rows with `stride` between them, `columns` independent sums beside each other.
void SoftmaxColumns(const float* from, float* to, int64_t count, int64_t stride, int64_t columns) {
  float highest[kColumns];
  float sum[kColumns];
  std::fill(highest, highest + columns, -std::numeric_limits<float>::infinity());
  std::fill(sum, sum + columns, 0.0F);
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t c = 0; c < columns; ++c) highest[c] = std::max(highest[c], from[i * stride + c]);
  }
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t c = 0; c < columns; ++c) {
      const float power = Exp(from[i * stride + c] - highest[c]);
      to[i * stride + c] = power;
      sum[c] += power;
    }
  }
  for (int64_t c = 0; c < columns; ++c) sum[c] = 1.0F / sum[c];
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t c = 0; c < columns; ++c) to[i * stride + c] *= sum[c];
  }
}

void SoftmaxRow(const float* from, float* to, int64_t count) {
  const float highest = *std::max_element(from, from + count);
  for (int64_t i = 0; i < count; ++i) to[i] = Exp(from[i] - highest);
  double sum = 0.0;
  for (int64_t i = 0; i < count; ++i) sum += to[i];
  const auto factor = static_cast<float>(1.0 / sum);
  for (int64_t i = 0; i < count; ++i) to[i] *= factor;
}

}  // namespace

std::vector<ValueId> BuildSoftmax(NodeContext& context, const graph::Node& node) {
  Plan& plan = context.plan();
  const graph::Shape shape = context.graph().tensor(node.inputs[0]).shape;
  const auto axis = static_cast<std::ptrdiff_t>(NormalAxis(node.Int("axis", -1), shape.size()));
  const int64_t outer = graph::ElementCount({shape.begin(), shape.begin() + axis});
  const int64_t rest = graph::ElementCount({shape.begin() + axis, shape.end()});
  const int64_t count = shape[static_cast<size_t>(axis)];
  const int64_t inner = rest / count;
  const ValueId input = context.Plain(node.inputs[0]);
  const ValueId output = plan.AddValue(shape, kPlain);
  plan.AddLoop({input}, output, [outer, count, inner](const std::vector<const float*>& inputs, float* to) {
    const int64_t parts = inner == 1 ? 1 : (inner + kColumns - 1) / kColumns;
    const bool parallel = outer * count * inner > 16384;
#pragma omp parallel for schedule(static) if (parallel)
    for (int64_t job = 0; job < outer * parts; ++job) {
      const int64_t begin = job % parts * kColumns;
      const int64_t offset = job / parts * count * inner + begin;
      if (inner == 1) {
        SoftmaxRow(inputs[0] + offset, to + offset, count);
      } else {
        SoftmaxColumns(inputs[0] + offset, to + offset, count, inner, std::min(kColumns, inner - begin));
      }
    }
  });
  return {output};
}

}  // namespace lockstep::engine
