// What a mix of precision must reach, and how a model is judged by it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "evaluate/evaluate.h"
#include "graph/graph.h"
#include "input/data_list.h"

namespace lockstep::tune {

struct Target {
  enum class Kind { kCosine, kSqnr, kMetric } kind = Kind::kCosine;
  double value = 0.0;               // cosine, dB, or that of the metric
  std::string metric;               // kMetric: "kept", in percent, or a metric of the task (top1, map50_95)
  evaluate::EvaluateOptions judge;  // kMetric: task, images, labels, variants
};

const char* ToText(Target::Kind kind);

// Judges joint models that are made from one network. Of the outputs, and of the parts that a Concat put together, the
// worst counts.
class TargetJudge {
 public:
  virtual ~TargetJudge() = default;
  virtual double Of(const std::vector<uint8_t>& model) = 0;
};

// `items`: the runs that decide (cosine, SQNR). `digest`: of the network, as it stands in the models. All but `target`
// must outlive the judge.
std::unique_ptr<TargetJudge> MakeJudge(const Target& target, const graph::Graph& graph,
                                       std::vector<input::DataItem> items, const std::string& digest, int threads);

}  // namespace lockstep::tune
