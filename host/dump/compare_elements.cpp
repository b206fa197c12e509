#include "dump/compare_elements.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "dump/layer_file.h"
#include "dump/stored_values.h"

namespace lockstep::dump {
namespace {

double Distance(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0.0;
  const double distance = std::abs(a - b);
  return std::isnan(distance) ? std::numeric_limits<double>::infinity() : distance;
}

// Floats in the order of their values as whole numbers: neighbours are one apart.
int64_t Rank(float value) {
  int32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits < 0 ? -static_cast<int64_t>(bits & INT32_MAX) : bits;
}

template <typename T>
uint64_t StepsApart(T want, T got) {
  if constexpr (std::is_same_v<T, float>) {
    return static_cast<uint64_t>(std::abs(Rank(want) - Rank(got)));
  } else {
    const auto a = static_cast<uint64_t>(static_cast<int64_t>(want));
    const auto b = static_cast<uint64_t>(static_cast<int64_t>(got));
    return want < got ? b - a : a - b;
  }
}

size_t StepClass(uint64_t steps) {
  if (steps < 4) return static_cast<size_t>(steps);
  return steps < 8 ? 4 : 5;
}

}  // namespace

const char* StepClassName(size_t step_class) {
  constexpr std::array<const char*, kStepClasses> kNames = {"0", "1", "2", "3", "4-7", "8+"};
  return kNames.at(step_class);
}

ElementComparer::ElementComparer(const DumpLayer& layer, const Tolerance& tolerance)
    : layer_(layer), tolerance_(tolerance), places_(layer.shape) {
  result_.elements = layer.Elements();
}

template <typename T>
ElementDifference ElementComparer::Describe(int64_t index, T want, T got) const {
  ElementDifference element;
  element.coordinates = CoordinatesOf(layer_.shape, index);
  element.onnx_coordinates = element.coordinates;
  for (size_t axis = 0; axis < layer_.axes.size(); ++axis) {
    element.onnx_coordinates[static_cast<size_t>(layer_.axes[axis])] = element.coordinates[axis];
  }
  element.expected = Real(layer_, want, index);
  element.actual = Real(layer_, got, index);
  if constexpr (!std::is_same_v<T, float>) {
    element.expected_stored = static_cast<int64_t>(want);
    element.actual_stored = static_cast<int64_t>(got);
  }
  return element;
}

template <typename T>
void ElementComparer::AddElements(const uint8_t* expected, const uint8_t* actual, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const size_t offset = static_cast<size_t>(i) * sizeof(T);
    if (std::memcmp(expected + offset, actual + offset, sizeof(T)) == 0) continue;
    const T want = Load<T>(expected, i);
    const T got = Load<T>(actual, i);
    const int64_t index = seen_ + i;
    const double want_real = Real(layer_, want, index);
    const double distance = Distance(want_real, Real(layer_, got, index));
    ++result_.differing;
    ++result_.steps[StepClass(StepsApart(want, got))];
    places_.Add(index);
    if (!(distance <= tolerance_.atol + tolerance_.rtol * std::abs(want_real))) ++result_.beyond;
    result_.max_abs = std::max(result_.max_abs, distance);
    if constexpr (!std::is_same_v<T, float>) {
      result_.max_steps = std::max(result_.max_steps, Distance(static_cast<double>(want), static_cast<double>(got)));
    }
    if (!result_.first) result_.first = Describe(index, want, got);
    if (distance <= farthest_) continue;
    farthest_ = distance;
    result_.worst = Describe(index, want, got);
  }
}

void ElementComparer::Add(const uint8_t* expected, const uint8_t* actual, size_t bytes) {
  const auto count = static_cast<int64_t>(bytes / DTypeBytes(layer_.dtype));
  if (std::memcmp(expected, actual, bytes) != 0) {
    WithType(layer_.dtype, [&](auto type) { AddElements<decltype(type)>(expected, actual, count); });
  }
  seen_ += count;
}

ElementComparison ElementComparer::Finish() {
  // What differs in its bytes alone (-0 and 0) was counted among the differing ones too.
  result_.steps[0] += result_.elements - result_.differing;
  result_.channels = places_.Channels();
  result_.place = FindPattern(places_, AxisNames(layer_));
  return std::move(result_);
}

ElementComparison CompareElements(const DumpLayer& layer, const std::vector<uint8_t>& expected,
                                  const std::vector<uint8_t>& actual, const Tolerance& tolerance) {
  ElementComparer comparer(layer, tolerance);
  comparer.Add(expected.data(), actual.data(), expected.size());
  return comparer.Finish();
}

ElementComparison CompareFiles(const std::filesystem::path& expected_folder, const DumpLayer& expected,
                               const std::filesystem::path& actual_folder, const DumpLayer& actual,
                               const Tolerance& tolerance) {
  ElementComparer comparer(expected, tolerance);
  LayerFile expected_file(expected_folder, expected);
  LayerFile actual_file(actual_folder, actual);
  constexpr size_t kPiece = size_t{1} << 18;
  std::vector<uint8_t> want(kPiece), got(kPiece);
  while (const size_t bytes = expected_file.Read(want.data(), kPiece)) {
    actual_file.Read(got.data(), bytes);
    comparer.Add(want.data(), got.data(), bytes);
  }
  return comparer.Finish();
}

}  // namespace lockstep::dump
