// How far two tensors are apart, computed in double precision.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace lockstep::analyze {

// `reference` is the truth (usually the float engine), `measured` what is judged. Special values:
// - Nothing to compare (no elements): cosine 1, SQNR +infinity, errors 0.
// - Both vectors zero: cosine 1. One of them zero: cosine 0.
// - No error at all: SQNR +infinity. An error on a zero reference: SQNR -infinity.
// - A NaN or infinity in either: elements with the same NaN-ness or the same infinity count as equal and are left out;
//   any other makes cosine and SQNR NaN and the errors +infinity. `not_finite` counts the elements of both kinds.
// `e` below is measured - reference.
struct Metrics {
  double cosine = 1.0;
  double sqnr_db = 0.0;    // 10 * log10(sum(reference^2) / sum((measured - reference)^2))
  double max_abs = 0.0;    // largest |e|: the Chebyshev distance
  double max_steps = 0.0;  // the largest |e| in steps of its scale; 0 without one
  double mean_abs = 0.0;
  double mse = 0.0;
  double relative_error = 0.0;  // sqrt(sum(e^2) / sum(reference^2)); an error on a zero reference: +infinity
  double l1 = 0.0;              // sum(|e|)
  double l2 = 0.0;              // sqrt(sum(e^2))
  size_t count = 0;
  size_t not_finite = 0;
};

// The quantisation steps of a tensor: element i has scales[i / inner % scales.size()]. One scale is that of all, 0 for
// floats.
struct Steps {
  std::vector<double> scales{0.0};
  size_t inner = 1;

  double Of(size_t element) const { return scales[element / inner % scales.size()]; }
};

// `scale` is the quantisation step of `measured`, 0 for float tensors.
Metrics Compare(const float* reference, const float* measured, size_t count, double scale = 0.0);
Metrics Compare(const float* reference, const float* measured, size_t count, const Steps& steps);

// Throws UsageError if the sizes differ.
Metrics Compare(const std::vector<float>& reference, const std::vector<float>& measured, double scale = 0.0);
Metrics Compare(const std::vector<float>& reference, const std::vector<float>& measured, const Steps& steps);

// The error's energy as a share of the values' own, summed over the parts of the outputs; a part that is lost, or not a
// number, counts as 1.
double ErrorShare(const std::map<std::string, Metrics>& parts);

// Adds up what arrives in pieces, so that a tensor need not be in memory at once.
class MetricsSum {
 public:
  // All that it holds, for files.
  using Numbers = std::array<double, 9>;

  MetricsSum() = default;
  explicit MetricsSum(const Numbers& numbers);
  Numbers numbers() const;

  void Add(const float* reference, const float* measured, size_t count);
  void Merge(const MetricsSum& other);
  Metrics Finish(double scale = 0.0) const;

 private:
  double dot_ = 0.0;
  double reference_square_ = 0.0;
  double measured_square_ = 0.0;
  double error_square_ = 0.0;
  double error_abs_ = 0.0;
  double max_abs_ = 0.0;
  size_t count_ = 0;
  size_t not_finite_ = 0;
  bool broken_ = false;
};

}  // namespace lockstep::analyze
