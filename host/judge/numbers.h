// What quantisation did to a tensor or to a part of one, in numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "analyze/metrics.h"
#include "quantize/tensor_format.h"

namespace lockstep::judge {

struct Numbers {
  analyze::Metrics metrics;                // float network to joint model
  std::optional<double> rounding_sqnr_db;  // of the float values rounded to the tensor's own levels; none: it is F32
  double step = 0.0;                       // from a level to the next; 0: F32
  int levels = 0;                          // that the format has
  int levels_used = 0;
  double saturated = 0.0;        // share of elements whose float value lies beyond the outermost levels
  double low = 0.0, high = 0.0;  // of the finite float values
  double measured_low = 0.0, measured_high = 0.0;
  double centred_sqnr_db = 0.0;  // of the float values less their mean: an offset adds nothing to it
  size_t truth_not_finite = 0;   // of the float network

  bool Constant() const { return measured_low == measured_high && low != high; }
};

class NumbersSum {
 public:
  explicit NumbersSum(std::optional<quantize::AffineParams> params);

  void Add(const float* truth, const float* measured, size_t count);
  Numbers Finish() const;

 private:
  std::optional<quantize::AffineParams> params_;
  analyze::MetricsSum measured_;
  analyze::MetricsSum rounded_;
  std::vector<bool> used_;
  std::vector<float> scratch_;
  size_t count_ = 0;
  size_t saturated_ = 0;
  // Of the finite float values, less the first of them.
  double shifted_sum_ = 0.0, shifted_square_ = 0.0, error_square_ = 0.0;
  double first_ = 0.0;
  size_t finite_ = 0;
  Numbers numbers_;  // extremes alone
  bool empty_ = true;
};

}  // namespace lockstep::judge
