// What an evaluation found out, as text and JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluate/task.h"

namespace lockstep::evaluate {

struct VariantMetrics {
  std::string variant;
  Metrics metrics;
  Metrics float_metrics;  // empty where there is no float network
};

struct Evaluation {
  std::string model;
  std::string task;
  std::string engine;
  size_t pictures = 0;
  std::vector<VariantMetrics> variants;
  Metrics metrics;          // means of the variants
  Metrics float_metrics;    // empty where there is no float network
  double kept = 0.0;        // percent: the first metric over the float network's; NaN where there is none
  double kept_error = 0.0;  // standard deviation in percent, from selections of the pictures
  int bootstrap_rounds = 0;
  size_t computed = 0;   // runs of the engine; the others were known from before
  double seconds = 0.0;  // of the engine, for each of these runs
  std::optional<double> min_kept;
  std::vector<std::string> notes;
};

// False if less was kept than was asked for, or nothing is known of it.
bool Passed(const Evaluation& evaluation);

std::string ToText(const Evaluation& evaluation, bool colour);
std::string ToJson(const Evaluation& evaluation);

}  // namespace lockstep::evaluate
