#include "judge/numbers.h"

#include <algorithm>
#include <cmath>

#include "quantize/affine.h"

namespace lockstep::judge {

NumbersSum::NumbersSum(std::optional<quantize::AffineParams> params) : params_(params) {
  if (params_) used_.assign(static_cast<size_t>(params_->high()) + 1, false);
}

void NumbersSum::Add(const float* truth, const float* measured, size_t count) {
  measured_.Add(truth, measured, count);
  scratch_.assign(truth, truth + count);
  const double half = params_ ? params_->scale / 2 : 0.0;
  const quantize::Range range = params_ ? quantize::RangeOf(*params_) : quantize::Range{};
  for (size_t i = 0; i < count; ++i) {
    const double value = static_cast<double>(truth[i]);
    const double other = static_cast<double>(measured[i]);
    if (!std::isfinite(value)) {
      ++numbers_.truth_not_finite;
      continue;
    }
    if (empty_) {
      numbers_.low = numbers_.high = value;
      numbers_.measured_low = numbers_.measured_high = other;
      first_ = value;
      empty_ = false;
    }
    numbers_.low = std::min(numbers_.low, value);
    numbers_.high = std::max(numbers_.high, value);
    numbers_.measured_low = std::min(numbers_.measured_low, other);
    numbers_.measured_high = std::max(numbers_.measured_high, other);
    shifted_sum_ += value - first_;
    shifted_square_ += (value - first_) * (value - first_);
    error_square_ += (other - value) * (other - value);
    ++finite_;
    if (!params_) continue;
    scratch_[i] = static_cast<float>(quantize::DequantizeValue(quantize::QuantizeValue(value, *params_), *params_));
    if (value < range.low - half || value > range.high + half) ++saturated_;
    used_[static_cast<size_t>(quantize::QuantizeValue(other, *params_))] = true;
  }
  rounded_.Add(truth, scratch_.data(), count);
  count_ += count;
}

Numbers NumbersSum::Finish() const {
  Numbers numbers = numbers_;
  numbers.metrics = measured_.Finish(params_ ? params_->scale : 0.0);
  const double varied =
      shifted_square_ - shifted_sum_ * shifted_sum_ / static_cast<double>(std::max<size_t>(finite_, 1));
  numbers.centred_sqnr_db = error_square_ == 0.0 ? INFINITY : 10.0 * std::log10(std::max(varied, 0.0) / error_square_);
  if (!params_) return numbers;
  numbers.rounding_sqnr_db = rounded_.Finish().sqnr_db;
  numbers.step = params_->scale;
  numbers.levels = params_->high() + 1;
  numbers.levels_used = static_cast<int>(std::count(used_.begin(), used_.end(), true));
  numbers.saturated = static_cast<double>(saturated_) / static_cast<double>(std::max<size_t>(count_, 1));
  return numbers;
}

}  // namespace lockstep::judge
