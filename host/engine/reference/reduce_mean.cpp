#include <array>

#include "arithmetic/f1.h"
#include "arithmetic/rq1.h"
#include "engine/reference/extents.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/float_values.h"
#include "engine/reference/layers.h"
#include "engine/reference/reduction.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

void RunFloats(const LayerRun& run) {
  const std::vector<float> x = ReadFloats(run.inputs[0]);
  const std::vector<size_t> targets = ReductionTargets(run, *run.layer->options_as_ReduceMean()->axes());
  std::vector<float> y(static_cast<size_t>(ElementCount(run.y())));
  std::vector<std::array<float, f1::kSumLanes>> lanes(y.size());
  std::vector<size_t> terms(y.size(), 0);
  for (size_t i = 0; i < x.size(); ++i) {
    float& lane = lanes[targets[i]][terms[targets[i]]++ % f1::kSumLanes];
    lane = lane + x[i];
  }
  const size_t count = x.size() / y.size();
  const auto n = static_cast<float>(count);
  for (size_t i = 0; i < y.size(); ++i) y[i] = f1::SumOfLanes(lanes[i].data()) / n;
  WriteFloats(y, run.outputs[0]);
}

}  // namespace

bool FitsReduceMean(const LayerRun& run) {
  if (!HasTensors(run, 1)) return false;
  const joint::ReduceMean& mean = *run.layer->options_as_ReduceMean();
  if (!FitsReduction(run, *mean.axes())) return false;
  if (HasFloatOutput(run)) return IsFloat(run.x());
  return IsQuantized(run.x()) && IsQuantized(run.y()) && IsShift(mean.shift()) && mean.clamp_low() >= 0 &&
         mean.clamp_high() <= TypeHigh(run.y().dtype());
}

void RunReduceMean(const LayerRun& run) {
  if (HasFloatOutput(run)) return RunFloats(run);
  const joint::ReduceMean& mean = *run.layer->options_as_ReduceMean();
  const std::vector<int32_t> x = ReadElements(run.inputs[0]);
  const std::vector<size_t> targets = ReductionTargets(run, *mean.axes());
  std::vector<int64_t> sums(static_cast<size_t>(ElementCount(run.y())), 0);
  for (size_t i = 0; i < x.size(); ++i) sums[targets[i]] += x[i] - ZeroPoint(run.x());
  std::vector<int32_t> y;
  for (const int64_t sum : sums) {
    const int64_t scaled = rq1::RequantizeWide(sum, mean.multiplier(), mean.shift());
    y.push_back(static_cast<int32_t>(rq1::Clamp(ZeroPoint(run.y()) + scaled, mean.clamp_low(), mean.clamp_high())));
  }
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
