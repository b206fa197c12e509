#include <algorithm>

#include "arithmetic/f1.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/float_values.h"
#include "engine/reference/layers.h"
#include "engine/reference/reduction.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

// The element of each group that wins, by numbers in the order of the contract.
std::vector<int32_t> Extremes(const LayerRun& run, const std::vector<int32_t>& numbers) {
  const joint::ReduceMax& reduce = *run.layer->options_as_ReduceMax();
  const std::vector<size_t> targets = ReductionTargets(run, *reduce.axes());
  std::vector<int32_t> best(static_cast<size_t>(ElementCount(run.y())));
  std::vector<bool> seen(best.size(), false);
  for (size_t i = 0; i < numbers.size(); ++i) {
    int32_t& champion = best[targets[i]];
    if (!seen[targets[i]] || (reduce.smallest() ? numbers[i] < champion : numbers[i] > champion)) champion = numbers[i];
    seen[targets[i]] = true;
  }
  return best;
}

}  // namespace

bool FitsReduceMax(const LayerRun& run) {
  return HasTensors(run, 1) && run.x().dtype() == run.y().dtype() &&
         (IsFloat(run.x()) || IsActivation(run.x().dtype())) &&
         FitsReduction(run, *run.layer->options_as_ReduceMax()->axes());
}

void RunReduceMax(const LayerRun& run) {
  if (!HasFloatOutput(run)) return WriteElements(Extremes(run, ReadElements(run.inputs[0])), run.outputs[0]);
  std::vector<int32_t> keys;
  for (const float x : ReadFloats(run.inputs[0])) keys.push_back(f1::OrderKey(x));
  std::vector<float> y;
  for (const int32_t key : Extremes(run, keys)) y.push_back(f1::FromOrderKey(key));
  WriteFloats(y, run.outputs[0]);
}

}  // namespace lockstep::engine
