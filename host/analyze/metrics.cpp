#include "analyze/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "graph/error.h"

namespace lockstep::analyze {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

bool SameSpecialValue(float a, float b) { return (std::isnan(a) && std::isnan(b)) || a == b; }

double Cosine(double dot, double reference_square, double measured_square) {
  if (reference_square == 0.0 && measured_square == 0.0) return 1.0;
  if (reference_square == 0.0 || measured_square == 0.0) return 0.0;
  return std::clamp(dot / (std::sqrt(reference_square) * std::sqrt(measured_square)), -1.0, 1.0);
}

double SqnrDb(double reference_square, double error_square) {
  if (error_square == 0.0) return kInfinity;
  if (reference_square == 0.0) return -kInfinity;
  return 10.0 * std::log10(reference_square / error_square);
}

}  // namespace

MetricsSum::MetricsSum(const Numbers& numbers)
    : dot_(numbers[0]),
      reference_square_(numbers[1]),
      measured_square_(numbers[2]),
      error_square_(numbers[3]),
      error_abs_(numbers[4]),
      max_abs_(numbers[5]),
      count_(static_cast<size_t>(numbers[6])),
      not_finite_(static_cast<size_t>(numbers[7])),
      broken_(numbers[8] != 0.0) {}

MetricsSum::Numbers MetricsSum::numbers() const {
  return {dot_,
          reference_square_,
          measured_square_,
          error_square_,
          error_abs_,
          max_abs_,
          static_cast<double>(count_),
          static_cast<double>(not_finite_),
          broken_ ? 1.0 : 0.0};
}

void MetricsSum::Add(const float* reference, const float* measured, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const double truth = reference[i];
    const double value = measured[i];
    if (!std::isfinite(truth) || !std::isfinite(value)) {
      ++not_finite_;
      broken_ = broken_ || !SameSpecialValue(reference[i], measured[i]);
      continue;
    }
    const double error = std::abs(value - truth);
    dot_ += truth * value;
    reference_square_ += truth * truth;
    measured_square_ += value * value;
    error_square_ += error * error;
    error_abs_ += error;
    max_abs_ = std::max(max_abs_, error);
  }
  count_ += count;
}

void MetricsSum::Merge(const MetricsSum& other) {
  dot_ += other.dot_;
  reference_square_ += other.reference_square_;
  measured_square_ += other.measured_square_;
  error_square_ += other.error_square_;
  error_abs_ += other.error_abs_;
  max_abs_ = std::max(max_abs_, other.max_abs_);
  count_ += other.count_;
  not_finite_ += other.not_finite_;
  broken_ = broken_ || other.broken_;
}

Metrics MetricsSum::Finish(double scale) const {
  Metrics metrics;
  metrics.count = count_;
  metrics.not_finite = not_finite_;
  if (broken_) {
    metrics.cosine = kNan;
    metrics.sqnr_db = kNan;
    metrics.max_abs = kInfinity;
    metrics.max_steps = scale > 0.0 ? kInfinity : 0.0;
    metrics.mean_abs = kInfinity;
    metrics.mse = kInfinity;
    metrics.relative_error = metrics.l1 = metrics.l2 = kInfinity;
    return metrics;
  }
  const auto finite = static_cast<double>(std::max<size_t>(count_ - not_finite_, 1));
  metrics.cosine = Cosine(dot_, reference_square_, measured_square_);
  metrics.sqnr_db = SqnrDb(reference_square_, error_square_);
  metrics.max_abs = max_abs_;
  metrics.max_steps = scale > 0.0 ? max_abs_ / scale : 0.0;
  metrics.mean_abs = error_abs_ / finite;
  metrics.mse = error_square_ / finite;
  metrics.l1 = error_abs_;
  metrics.l2 = std::sqrt(error_square_);
  metrics.relative_error = error_square_ == 0.0 ? 0.0 : metrics.l2 / std::sqrt(reference_square_);
  return metrics;
}

Metrics Compare(const float* reference, const float* measured, size_t count, double scale) {
  MetricsSum sum;
  sum.Add(reference, measured, count);
  return sum.Finish(scale);
}

Metrics Compare(const float* reference, const float* measured, size_t count, const Steps& steps) {
  if (steps.scales.size() == 1) return Compare(reference, measured, count, steps.scales[0]);
  Metrics metrics = Compare(reference, measured, count, steps.scales[0]);
  if (std::isinf(metrics.max_abs)) return metrics;
  metrics.max_steps = 0.0;
  for (size_t i = 0; i < count; ++i) {
    if (!std::isfinite(reference[i]) || !std::isfinite(measured[i])) continue;
    const double error = std::abs(static_cast<double>(measured[i]) - static_cast<double>(reference[i]));
    metrics.max_steps = std::max(metrics.max_steps, error / steps.Of(i));
  }
  return metrics;
}

Metrics Compare(const std::vector<float>& reference, const std::vector<float>& measured, double scale) {
  return Compare(reference, measured, Steps{{scale}, 1});
}

Metrics Compare(const std::vector<float>& reference, const std::vector<float>& measured, const Steps& steps) {
  if (reference.size() != measured.size()) {
    throw UsageError("cannot compare " + std::to_string(reference.size()) + " with " + std::to_string(measured.size()) +
                     " elements; the tensors must have one shape");
  }
  return Compare(reference.data(), measured.data(), reference.size(), steps);
}

double ErrorShare(const std::map<std::string, Metrics>& parts) {
  double error = 0.0;
  for (const auto& [name, metrics] : parts) {
    const double share = std::pow(10.0, -metrics.sqnr_db / 10.0);
    error += std::isnan(share) ? 1.0 : std::min(share, 1.0);
  }
  return error;
}

}  // namespace lockstep::analyze
