#include <cstring>

#include "arithmetic/f1.h"
#include "arithmetic/rq1.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/float_values.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

template <typename Element>
std::vector<Element> ReadParameter(const Operand& operand) {
  std::vector<Element> values(static_cast<size_t>(ElementCount(*operand.tensor)));
  std::memcpy(values.data(), operand.data, values.size() * sizeof(Element));
  return values;
}

// The largest number whose square is not above w.
uint64_t FloorRoot(uint64_t w) {
  uint64_t low = 0;
  uint64_t high = uint64_t{1} << 32;
  while (high - low > 1) {
    const uint64_t middle = low + (high - low) / 2;
    (middle * middle <= w ? low : high) = middle;
  }
  return low;
}

// d_i to h_i of a row.
class Normalisation {
 public:
  Normalisation(uint64_t w, int fraction_bits) {
    if (w == 0) return;
    int t = 0;
    while (w < uint64_t{1} << 62) {
      w *= 4;
      ++t;
    }
    q_ = static_cast<int64_t>((uint64_t{1} << 63) / FloorRoot(w));
    k_ = 63 - t - fraction_bits;
  }

  // Half of the rounding constant is added after half of the shift, for the sum might need 65 bits.
  int64_t Of(int64_t d) const { return (((d * q_) >> (k_ - 1)) + 1) >> 1; }

 private:
  int64_t q_ = 0;
  int k_ = 1;
};

bool FitsFloats(const LayerRun& run) {
  const joint::Tensor& gamma = *run.inputs[1].tensor;
  const joint::Tensor& beta = *run.inputs[2].tensor;
  return IsFloat(run.x()) && IsFloat(gamma) && IsFloat(beta) && ElementCount(beta) == ElementCount(gamma) &&
         ElementCount(run.x()) % ElementCount(gamma) == 0;
}

float SumInLanes(const float* terms, size_t count) {
  float lanes[f1::kSumLanes] = {};
  for (size_t i = 0; i < count; ++i) lanes[i % f1::kSumLanes] = lanes[i % f1::kSumLanes] + terms[i];
  return f1::SumOfLanes(lanes);
}

void RunFloats(const LayerRun& run) {
  const float epsilon = run.layer->options_as_LayerNormalization()->float_epsilon();
  std::vector<float> values = ReadFloats(run.inputs[0]);
  const std::vector<float> gamma = ReadFloats(run.inputs[1]);
  const std::vector<float> beta = ReadFloats(run.inputs[2]);
  const size_t n = gamma.size();
  std::vector<float> squares(n);
  for (size_t row = 0; row < values.size(); row += n) {
    const float mean = SumInLanes(&values[row], n) / static_cast<float>(n);
    for (size_t i = 0; i < n; ++i) {
      values[row + i] = values[row + i] - mean;
      squares[i] = values[row + i] * values[row + i];
    }
    const float variance = SumInLanes(squares.data(), n) / static_cast<float>(n);
    const float factor = f1::ReciprocalSqrt(variance + epsilon);
    for (size_t i = 0; i < n; ++i) values[row + i] = (values[row + i] * factor) * gamma[i] + beta[i];
  }
  WriteFloats(values, run.outputs[0]);
}

}  // namespace

bool FitsLayerNormalization(const LayerRun& run) {
  if (!HasTensors(run, 3) || !SameShape(run.x(), run.y())) return false;
  if (HasFloatOutput(run)) return FitsFloats(run);
  if (!IsQuantized(run.x()) || !IsQuantized(run.y())) return false;
  const joint::LayerNormalization& o = *run.layer->options_as_LayerNormalization();
  const joint::Tensor& gamma = *run.inputs[1].tensor;
  const joint::Tensor& beta = *run.inputs[2].tensor;
  const int64_t n = ElementCount(gamma);
  return gamma.dtype() == joint::DType::S16 && beta.dtype() == joint::DType::S64 && ElementCount(beta) == n &&
         ElementCount(run.x()) % n == 0 && o.fraction_bits() >= 8 && o.fraction_bits() <= 24 && IsShift(o.shift()) &&
         o.clamp_low() >= 0 && o.clamp_high() <= TypeHigh(run.y().dtype());
}

void RunLayerNormalization(const LayerRun& run) {
  if (HasFloatOutput(run)) return RunFloats(run);
  const joint::LayerNormalization& o = *run.layer->options_as_LayerNormalization();
  const std::vector<int32_t> x = ReadElements(run.inputs[0]);
  const auto gamma = ReadParameter<int16_t>(run.inputs[1]);
  const auto beta = ReadParameter<int64_t>(run.inputs[2]);
  const size_t n = gamma.size();
  const int64_t unit = int64_t{1} << o.variance_shift();
  std::vector<int32_t> y(x.size());
#pragma omp parallel for if (y.size() > kSerialElements)
  for (size_t row = 0; row < x.size(); row += n) {
    int64_t sum = 0;
    int64_t squares = 0;
    for (size_t i = 0; i < n; ++i) {
      sum += x[row + i];
      squares += int64_t{x[row + i]} * x[row + i];
    }
    const int64_t variance = static_cast<int64_t>(n) * squares - sum * sum;
    const Normalisation normalisation(static_cast<uint64_t>(variance * unit * unit) + o.epsilon(), o.fraction_bits());
    for (size_t i = 0; i < n; ++i) {
      const int64_t h = normalisation.Of((static_cast<int64_t>(n) * x[row + i] - sum) * unit);
      const int64_t scaled = rq1::RequantizeWide(h * gamma[i] + beta[i], o.multiplier(), o.shift());
      y[row + i] = static_cast<int32_t>(rq1::Clamp(ZeroPoint(run.y()) + scaled, o.clamp_low(), o.clamp_high()));
    }
  }
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
