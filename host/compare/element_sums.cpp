#include "compare/element_sums.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "dump/difference_places.h"
#include "dump/stored_values.h"
#include "dump/values.h"

namespace lockstep::compare {
namespace {

constexpr size_t kValues = 256;  // of a byte
constexpr size_t kChunk = 4096;
constexpr uint64_t kMostCounted = uint64_t{1} << 31;  // a counter holds twice as much

size_t BytesOf(const std::string& dtype) { return dtype == "f64" ? sizeof(double) : dump::DTypeBytes(dtype); }

bool IsFloat(const dump::DumpLayer& layer) { return layer.dtype == "f32" || layer.dtype == "f64"; }

double Distance(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0.0;
  const double distance = std::abs(a - b);
  return std::isnan(distance) ? std::numeric_limits<double>::infinity() : distance;
}

// Where an element of a layer lies, by its position in the file.
dump::ElementDifference ElementAt(const dump::DumpLayer& layer, int64_t position) {
  dump::ElementDifference element;
  element.coordinates = dump::CoordinatesOf(layer.shape, position);
  element.onnx_coordinates = element.coordinates;
  for (size_t axis = 0; axis < layer.axes.size(); ++axis) {
    element.onnx_coordinates[static_cast<size_t>(layer.axes[axis])] = element.coordinates[axis];
  }
  return element;
}

// Four sums side by side, which the compiler puts into one register. False, and nothing added, if a value is not
// finite.
bool AddFinite(const float* expected, const float* actual, size_t count, analyze::MetricsSum::Numbers& sums) {
  constexpr size_t kLanes = 4;
  using Lanes = std::array<double, kLanes>;
  Lanes dot{}, expected_square{}, actual_square{}, error_square{}, error_abs{}, max_abs{};
  const auto add = [&](size_t lane, double a, double b) {
    const double error = std::abs(b - a);
    dot[lane] += a * b;
    expected_square[lane] += a * a;
    actual_square[lane] += b * b;
    error_square[lane] += error * error;
    error_abs[lane] += error;
    max_abs[lane] = error > max_abs[lane] ? error : max_abs[lane];
  };
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      add(lane, static_cast<double>(expected[i + lane]), static_cast<double>(actual[i + lane]));
    }
  }
  for (; i < count; ++i) add(0, static_cast<double>(expected[i]), static_cast<double>(actual[i]));
  const auto total = [](const Lanes& lanes) { return lanes[0] + lanes[1] + (lanes[2] + lanes[3]); };
  // A NaN or infinity stays in both squares.
  if (!std::isfinite(total(expected_square) + total(actual_square))) return false;
  sums[0] += total(dot);
  sums[1] += total(expected_square);
  sums[2] += total(actual_square);
  sums[3] += total(error_square);
  sums[4] += total(error_abs);
  for (const double lane : max_abs) sums[5] = std::max(sums[5], lane);
  sums[6] += static_cast<double>(count);
  return true;
}

void CountNotFinite(const float* values, size_t count, NotFinite& counts) {
  for (size_t i = 0; i < count; ++i) {
    counts.nan += std::isnan(values[i]) ? 1 : 0;
    counts.infinite += std::isinf(values[i]) ? 1 : 0;
  }
}

// One stored integer.
int64_t IntegerAt(const dump::DumpLayer& layer, const uint8_t* bytes) {
  dump::DumpLayer one;
  one.dtype = layer.dtype;
  one.shape = {1};
  return dump::Integers(one, {bytes, bytes + dump::DTypeBytes(layer.dtype)}).front();
}

// The real values of all bytes.
std::array<float, kValues> RealsOfBytes(const dump::DumpLayer& layer) {
  std::array<uint8_t, kValues> bytes{};
  for (size_t i = 0; i < kValues; ++i) bytes[i] = static_cast<uint8_t>(i);
  std::array<float, kValues> reals{};
  dump::StoredReals(layer, bytes.data(), 0, kValues, reals.data());
  return reals;
}

}  // namespace

ElementSums::ElementSums(const dump::DumpLayer& expected, const dump::DumpLayer& actual,
                         const dump::Tolerance& tolerance)
    : expected_(expected),
      actual_(actual),
      tolerance_(tolerance),
      one_type_(expected.dtype == actual.dtype && expected.scale == actual.scale &&
                expected.channel_scales == actual.channel_scales && expected.zero_point == actual.zero_point),
      expected_bytes_(BytesOf(expected.dtype)),
      actual_bytes_(BytesOf(actual.dtype)) {
  difference_.elements = actual.Elements();
  const bool bytes = expected_bytes_ == 1 && actual_bytes_ == 1 && expected.channel_scales.empty() &&
                     actual.channel_scales.empty() && difference_.elements >= static_cast<int64_t>(kValues * kValues);
  if (bytes) pairs_.resize(2 * kValues * kValues);
}

ElementSums::~ElementSums() = default;

bool ElementSums::Differ(const uint8_t* expected, const uint8_t* actual, float expected_real, float actual_real) const {
  if (one_type_) return std::memcmp(expected, actual, expected_bytes_) != 0;
  return expected_real != actual_real && !(std::isnan(expected_real) && std::isnan(actual_real));
}

// In steps of the scale: of the stored integers where they mean the same, else of the distance.
double ElementSums::Steps(const uint8_t* expected, const uint8_t* actual, double distance, int64_t position) const {
  if (IsFloat(actual_)) return 0.0;
  if (one_type_) {
    return Distance(static_cast<double>(IntegerAt(expected_, expected)),
                    static_cast<double>(IntegerAt(actual_, actual)));
  }
  const double scale = dump::ScaleAt(actual_, position);
  return scale > 0.0 ? distance / scale : 0.0;
}

// `count` elements that differ in the same way.
void ElementSums::Note(const uint8_t* expected, const uint8_t* actual, double expected_real, double actual_real,
                       int64_t count) {
  const double distance = Distance(expected_real, actual_real);
  difference_.differing += count;
  if (!(distance <= tolerance_.atol + tolerance_.rtol * std::abs(expected_real))) difference_.beyond += count;
  if (distance > difference_.max_abs || !actual_.channel_scales.empty()) {
    difference_.max_steps = std::max(difference_.max_steps, Steps(expected, actual, distance, position_));
  }
  difference_.max_abs = std::max(difference_.max_abs, distance);
}

void ElementSums::FindFirst(const uint8_t* expected, const uint8_t* actual, size_t count) {
  std::array<float, kChunk> reals_a;
  std::array<float, kChunk> reals_b;
  for (size_t begin = 0; begin < count; begin += kChunk) {
    const size_t here = std::min(kChunk, count - begin);
    const uint8_t* a = expected + begin * expected_bytes_;
    const uint8_t* b = actual + begin * actual_bytes_;
    if (one_type_ && std::memcmp(a, b, here * actual_bytes_) == 0) continue;
    const int64_t first = position_ + static_cast<int64_t>(begin);
    dump::StoredReals(expected_, a, first, here, reals_a.data());
    dump::StoredReals(actual_, b, first, here, reals_b.data());
    for (size_t i = 0; i < here; ++i) {
      if (!Differ(a + i * expected_bytes_, b + i * actual_bytes_, reals_a[i], reals_b[i])) continue;
      dump::ElementDifference& found = difference_.first.emplace(ElementAt(actual_, first + static_cast<int64_t>(i)));
      found.expected = static_cast<double>(reals_a[i]);
      found.actual = static_cast<double>(reals_b[i]);
      if (!IsFloat(expected_)) found.expected_stored = IntegerAt(expected_, a + i * expected_bytes_);
      if (!IsFloat(actual_)) found.actual_stored = IntegerAt(actual_, b + i * actual_bytes_);
      return;
    }
  }
}

void ElementSums::AddOneByOne(const uint8_t* expected, const uint8_t* actual, size_t count) {
  std::array<float, kChunk> reals_a;
  std::array<float, kChunk> reals_b;
  dump::StoredReals(expected_, expected, position_, count, reals_a.data());
  const bool same = one_type_ && std::memcmp(expected, actual, count * actual_bytes_) == 0;
  if (!same) dump::StoredReals(actual_, actual, position_, count, reals_b.data());
  const float* actual_reals = same ? reals_a.data() : reals_b.data();
  if (!AddFinite(reals_a.data(), actual_reals, count, numbers_)) {
    sum_.Add(reals_a.data(), actual_reals, count);
    CountNotFinite(reals_a.data(), count, expected_not_finite_);
    CountNotFinite(actual_reals, count, actual_not_finite_);
  }
  if (same) {
    position_ += static_cast<int64_t>(count);
  } else if (!one_type_) {
    for (size_t i = 0; i < count; ++i, ++position_) {
      const uint8_t* a = expected + i * expected_bytes_;
      const uint8_t* b = actual + i * actual_bytes_;
      if (!Differ(a, b, reals_a[i], reals_b[i])) continue;
      Note(a, b, static_cast<double>(reals_a[i]), static_cast<double>(reals_b[i]), 1);
    }
  } else if (actual_bytes_ == 1) {
    NoteWords<uint8_t>(expected, actual, reals_a.data(), actual_reals, count);
  } else if (actual_bytes_ == 2) {
    NoteWords<uint16_t>(expected, actual, reals_a.data(), actual_reals, count);
  } else if (actual_bytes_ == 4) {
    NoteWords<uint32_t>(expected, actual, reals_a.data(), actual_reals, count);
  } else {
    NoteWords<uint64_t>(expected, actual, reals_a.data(), actual_reals, count);
  }
}

template <typename Word>
void ElementSums::NoteWords(const uint8_t* expected, const uint8_t* actual, const float* expected_reals,
                            const float* actual_reals, size_t count) {
  for (size_t i = 0; i < count; ++i, ++position_) {
    const uint8_t* a = expected + i * sizeof(Word);
    const uint8_t* b = actual + i * sizeof(Word);
    Word word_a;
    Word word_b;
    std::memcpy(&word_a, a, sizeof(Word));
    std::memcpy(&word_b, b, sizeof(Word));
    if (word_a == word_b) continue;
    Note(a, b, static_cast<double>(expected_reals[i]), static_cast<double>(actual_reals[i]), 1);
  }
}

void ElementSums::CountPairs(const uint8_t* expected, const uint8_t* actual, size_t count) {
  // Two sets of counters: adding to one that was just written waits for it.
  uint32_t* even = pairs_.data();
  uint32_t* odd = even + kValues * kValues;
  size_t i = 0;
  for (; i + 2 <= count; i += 2) {
    ++even[expected[i] * kValues + actual[i]];
    ++odd[expected[i + 1] * kValues + actual[i + 1]];
  }
  if (i < count) ++even[expected[i] * kValues + actual[i]];
  counted_ += count;
  position_ += static_cast<int64_t>(count);
  if (counted_ >= kMostCounted) SumPairs();
}

void ElementSums::SumPairs() {
  const std::array<float, kValues> reals_a = RealsOfBytes(expected_);
  const std::array<float, kValues> reals_b = RealsOfBytes(actual_);
  analyze::MetricsSum::Numbers sums{};
  auto& [dot, expected_square, actual_square, error_square, error_abs, max_abs, all, not_finite, broken] = sums;
  (void)not_finite;  // a byte is finite
  (void)broken;
  for (size_t at = 0; at < kValues * kValues; ++at) {
    const int64_t pairs = int64_t{pairs_[at]} + int64_t{pairs_[at + kValues * kValues]};
    if (pairs == 0) continue;
    const auto count = static_cast<double>(pairs);
    const double a = static_cast<double>(reals_a[at / kValues]);
    const double b = static_cast<double>(reals_b[at % kValues]);
    const double error = std::abs(b - a);
    dot += count * a * b;
    expected_square += count * a * a;
    actual_square += count * b * b;
    error_square += count * error * error;
    error_abs += count * error;
    max_abs = std::max(max_abs, error);
    all += count;
    const auto byte_a = static_cast<uint8_t>(at / kValues);
    const auto byte_b = static_cast<uint8_t>(at % kValues);
    if (Differ(&byte_a, &byte_b, reals_a[byte_a], reals_b[byte_b])) Note(&byte_a, &byte_b, a, b, pairs);
  }
  std::fill(pairs_.begin(), pairs_.end(), 0U);
  sum_.Merge(analyze::MetricsSum(sums));
  counted_ = 0;
}

void ElementSums::Add(const uint8_t* expected, const uint8_t* actual, size_t count) {
  if (!difference_.first) FindFirst(expected, actual, count);
  if (!pairs_.empty()) return CountPairs(expected, actual, count);
  for (size_t begin = 0; begin < count; begin += kChunk) {
    AddOneByOne(expected + begin * expected_bytes_, actual + begin * actual_bytes_, std::min(kChunk, count - begin));
  }
}

ElementSums::Result ElementSums::Finish() {
  if (!pairs_.empty()) SumPairs();
  sum_.Merge(analyze::MetricsSum(numbers_));
  Result result;
  result.difference = std::move(difference_);
  result.expected_not_finite = expected_not_finite_;
  result.actual_not_finite = actual_not_finite_;
  result.accuracy = sum_.Finish(actual_.channel_scales.empty() && !IsFloat(actual_) ? actual_.scale : 0.0);
  if (!actual_.channel_scales.empty()) result.accuracy.max_steps = result.difference.max_steps;
  return result;
}

}  // namespace lockstep::compare
