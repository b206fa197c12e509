#include "crosscheck/over_inputs.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "crosscheck/layer_causes.h"

namespace lockstep::crosscheck {
namespace {

void AddBuilds(BoardResult& total, const std::vector<BuildResult>& builds) {
  for (const BuildResult& build : builds) {
    const auto same = [&](const BuildResult& other) { return other.build == build.build; };
    const auto found = std::find_if(total.builds.begin(), total.builds.end(), same);
    if (found == total.builds.end()) {
      total.builds.push_back(build);
    } else {
      found->outputs_equal = found->outputs_equal && build.outputs_equal;
    }
  }
}

void KeepWorst(analyze::Metrics& worst, const analyze::Metrics& other) {
  worst.cosine = std::min(worst.cosine, other.cosine);
  worst.sqnr_db = std::min(worst.sqnr_db, other.sqnr_db);
  worst.max_abs = std::max(worst.max_abs, other.max_abs);
  worst.max_steps = std::max(worst.max_steps, other.max_steps);
}

// How bad a layer is with one input, to be compared by its parts one after the other.
std::tuple<int64_t, int64_t, double> Badness(const dump::LayerResult& layer) {
  return {layer.difference ? layer.difference->beyond : (layer.within_tolerance ? 0 : 1),
          layer.difference ? layer.difference->differing : (layer.md5_equal ? 0 : 1),
          layer.accuracy ? -layer.accuracy->cosine : 0.0};
}

void AddLayer(dump::LayerResult& worst, const dump::LayerResult& layer) {
  const auto [worst_beyond, worst_differing, worst_cosine] = Badness(worst);
  const auto [beyond, differing, cosine] = Badness(layer);
  if (std::pair(worst_beyond, worst_differing) < std::pair(beyond, differing)) worst.difference = layer.difference;
  if (worst.alone_md5_equal.value_or(true) && layer.alone_md5_equal) {
    worst.alone_md5_equal = layer.alone_md5_equal;
    worst.alone_difference = layer.alone_difference;
  }
  worst.md5_equal = worst.md5_equal && layer.md5_equal;
  worst.within_tolerance = worst.within_tolerance && layer.within_tolerance;
  worst.repeatable = worst.repeatable && layer.repeatable;
  if (worst.accuracy && layer.accuracy) KeepWorst(*worst.accuracy, *layer.accuracy);
  if (worst.single_accuracy && layer.single_accuracy) KeepWorst(*worst.single_accuracy, *layer.single_accuracy);
  if (worst.single_md5_equal && layer.single_md5_equal) {
    worst.single_md5_equal = *worst.single_md5_equal && *layer.single_md5_equal;
  }
}

}  // namespace

void MeanOfMetrics::Add(const analyze::Metrics& metrics) {
  cosine += (metrics.cosine - cosine) / static_cast<double>(++count);
  if (std::isfinite(metrics.sqnr_db)) sqnr_db += (metrics.sqnr_db - sqnr_db) / static_cast<double>(++finite);
}

void AddRound(BoardResult& total, BoardRound&& round, const std::string& input) {
  total.seconds += round.seconds;
  MergeCauses(total.causes, round.causes);
  if (total.isolated_error.empty()) total.isolated_error = round.isolated_error;
  AddBuilds(total, round.builds);
  total.over_inputs.resize(round.layers.size());
  for (size_t i = 0; i < round.layers.size(); ++i) {
    const dump::LayerResult& layer = round.layers[i];
    LayerOverInputs& over = total.over_inputs[i];
    if (!layer.md5_equal) ++over.differing;
    if (layer.accuracy) over.mean.Add(*layer.accuracy);
    if (over.worst_input.empty() || over.badness < Badness(layer)) {
      over.worst_input = input;
      over.badness = Badness(layer);
    }
  }
  if (total.layers.empty()) {
    total.layers = std::move(round.layers);
    return;
  }
  for (size_t i = 0; i < total.layers.size(); ++i) AddLayer(total.layers[i], round.layers[i]);
}

void AddSimulated(std::vector<SimulatedLayer>& total, const std::vector<std::optional<analyze::Metrics>>& round) {
  total.resize(round.size());
  for (size_t i = 0; i < round.size(); ++i) {
    if (!round[i]) continue;
    total[i].mean.Add(*round[i]);
    if (!total[i].worst) {
      total[i].worst = round[i];
    } else {
      KeepWorst(*total[i].worst, *round[i]);
    }
  }
}

}  // namespace lockstep::crosscheck
