#include <algorithm>

#include "arithmetic/f1.h"
#include "arithmetic/rq1.h"
#include "engine/reference/broadcast.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/float_values.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

void RunFloats(const LayerRun& run, bool smallest) {
  const std::vector<size_t> a = BroadcastIndices(run.x(), run.y());
  const std::vector<size_t> b = BroadcastIndices(*run.inputs[1].tensor, run.y());
  const std::vector<float> left = ReadFloats(run.inputs[0]);
  const std::vector<float> right = ReadFloats(run.inputs[1]);
  std::vector<float> y(a.size());
  for (size_t i = 0; i < y.size(); ++i) {
    const int32_t key_a = f1::OrderKey(left[a[i]]);
    const int32_t key_b = f1::OrderKey(right[b[i]]);
    y[i] = f1::FromOrderKey(smallest ? std::min(key_a, key_b) : std::max(key_a, key_b));
  }
  WriteFloats(y, run.outputs[0]);
}

}  // namespace

bool FitsMaximum(const LayerRun& run) {
  if (HasFloatOutput(run)) return FitsFloatBinary(run);
  const joint::Maximum& maximum = *run.layer->options_as_Maximum();
  return FitsBroadcast(run) && IsShift(maximum.shift_a()) && IsShift(maximum.shift_b());
}

void RunMaximum(const LayerRun& run) {
  const joint::Maximum& maximum = *run.layer->options_as_Maximum();
  if (HasFloatOutput(run)) return RunFloats(run, maximum.smallest());
  const std::vector<int32_t> a = BroadcastDifferences(run.inputs[0], run.y());
  const std::vector<int32_t> b = BroadcastDifferences(run.inputs[1], run.y());
  std::vector<int32_t> y(a.size());
  for (size_t i = 0; i < y.size(); ++i) {
    const int64_t left = rq1::RequantizeWide(a[i], maximum.multiplier_a(), maximum.shift_a());
    const int64_t right = rq1::RequantizeWide(b[i], maximum.multiplier_b(), maximum.shift_b());
    const int64_t chosen = maximum.smallest() ? std::min(left, right) : std::max(left, right);
    y[i] = static_cast<int32_t>(rq1::Clamp(ZeroPoint(run.y()) + chosen, maximum.clamp_low(), maximum.clamp_high()));
  }
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
