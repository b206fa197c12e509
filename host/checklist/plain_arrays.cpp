#include "checklist/plain_arrays.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "checklist/check_post.h"
#include "dump/values.h"
#include "graph/short_number.h"

namespace lockstep::checklist {
namespace {

using Values = std::vector<float>;
using graph::ShortNumber;

double Distance(float a, float b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0.0;
  const double distance = std::abs(static_cast<double>(a) - static_cast<double>(b));
  return std::isnan(distance) ? INFINITY : distance;
}

double LargestDistance(const Values& a, const Values& b) {
  double largest = 0.0;
  for (size_t i = 0; i < a.size(); ++i) largest = std::max(largest, Distance(a[i], b[i]));
  return largest;
}

graph::Shape WithoutOnes(const graph::Shape& shape) {
  graph::Shape kept;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(kept), [](int64_t extent) { return extent != 1; });
  return kept;
}

Values Sigmoid(Values values) {
  for (float& value : values) value = static_cast<float>(1.0 / (1.0 + std::exp(-static_cast<double>(value))));
  return values;
}

// Along an axis.
Values Softmax(Values values, const graph::Shape& shape, size_t axis) {
  int64_t inner = 1;
  for (size_t i = axis + 1; i < shape.size(); ++i) inner *= shape[i];
  const auto extent = static_cast<size_t>(shape[axis]);
  const auto step = static_cast<size_t>(inner);
  for (size_t begin = 0; begin < values.size(); begin += extent * step) {
    for (size_t i = begin; i < begin + step; ++i) {
      double highest = -INFINITY;
      for (size_t k = 0; k < extent; ++k) highest = std::max(highest, static_cast<double>(values[i + k * step]));
      double sum = 0.0;
      for (size_t k = 0; k < extent; ++k) sum += std::exp(static_cast<double>(values[i + k * step]) - highest);
      for (size_t k = 0; k < extent; ++k) {
        float& value = values[i + k * step];
        value = static_cast<float>(std::exp(static_cast<double>(value) - highest) / sum);
      }
    }
  }
  return values;
}

Values Transposed(const Values& values, const graph::Shape& shape, const std::vector<int>& axes) {
  return dump::ToPhysical(shape, axes, values.data());
}

// expected = factor * result, if that holds everywhere.
std::optional<double> FactorOf(const Values& result, const Values& expected, double tolerance) {
  double dot = 0.0, square = 0.0;
  for (size_t i = 0; i < result.size(); ++i) {
    dot += static_cast<double>(result[i]) * static_cast<double>(expected[i]);
    square += static_cast<double>(result[i]) * static_cast<double>(result[i]);
  }
  if (!(square > 0.0) || dot == 0.0 || !std::isfinite(dot)) return std::nullopt;
  Values scaled = result;
  for (float& value : scaled) value = static_cast<float>(static_cast<double>(value) * dot / square);
  if (LargestDistance(scaled, expected) > tolerance) return std::nullopt;
  return dot / square;
}

std::string Explain(const StoredArray& result, const StoredArray& expected, double tolerance) {
  const auto fits = [&](const Values& values) { return LargestDistance(values, expected.values) <= tolerance; };
  const auto made_of_expected = [&](const Values& values) {
    return LargestDistance(values, result.values) <= tolerance;
  };
  const size_t rank = result.shape.size();
  for (size_t first = 0; first + 1 < rank; ++first) {  // an axis moved to the end, or the last one to its place
    std::vector<int> to_end;
    std::vector<int> from_end;
    for (size_t i = 0; i < rank; ++i) {
      if (i != first) to_end.push_back(static_cast<int>(i));
      from_end.push_back(static_cast<int>(i < first ? i : i == first ? rank - 1 : i - 1));
    }
    to_end.push_back(static_cast<int>(first));
    for (const std::vector<int>& axes : {to_end, from_end}) {
      if (!fits(Transposed(result.values, result.shape, axes))) continue;
      std::string order;
      for (const int axis : axes) order += (order.empty() ? "" : ",") + std::to_string(axis);
      return "its axes are in another order: transposed by (" + order + ") it is the expected array";
    }
  }
  if (fits(Sigmoid(result.values))) return "a Sigmoid is missing: behind one it is the expected array";
  if (made_of_expected(Sigmoid(expected.values))) return "a Sigmoid too many: it is that of the expected array";
  for (size_t axis = 0; axis < rank; ++axis) {
    if (result.shape[axis] < 2) continue;
    const std::string along = " along axis " + std::to_string(axis);
    if (fits(Softmax(result.values, result.shape, axis))) {
      return "a Softmax" + along + " is missing: behind one it is the expected array";
    }
    if (made_of_expected(Softmax(expected.values, result.shape, axis))) {
      return "a Softmax" + along + " too many: it is that of the expected array";
    }
  }
  if (const std::optional<double> factor = FactorOf(result.values, expected.values, tolerance)) {
    return "times " + ShortNumber(*factor, 6) + " it is the expected array";
  }
  Values sorted = result.values;
  Values wanted = expected.values;
  std::sort(sorted.begin(), sorted.end());
  std::sort(wanted.begin(), wanted.end());
  if (LargestDistance(sorted, wanted) <= tolerance) return "the same numbers in another order";
  return "";
}

}  // namespace

Stage ComparePlainArrays(const StoredArray& result, const StoredArray& expected, double tolerance) {
  Stage stage;
  stage.name = kPostStage;
  stage.standing = Standing::kBad;
  if (result.values.size() != expected.values.size()) {
    stage.verdict = result.label + " is " + graph::ToString(result.shape) + ", " + expected.label + " " +
                    graph::ToString(expected.shape) + ": they have other sizes";
    return stage;
  }
  const bool one_shape = WithoutOnes(result.shape) == WithoutOnes(expected.shape) || result.flat || expected.flat;
  const double distance = LargestDistance(result.values, expected.values);
  size_t beyond = 0;
  size_t first = result.values.size();
  for (size_t i = 0; i < result.values.size(); ++i) {
    if (Distance(result.values[i], expected.values[i]) <= tolerance) continue;
    ++beyond;
    first = std::min(first, i);
  }
  if (one_shape && beyond == 0) {
    stage.standing = Standing::kGood;
    stage.verdict = "the array is the expected one, within " + ShortNumber(tolerance);
    return stage;
  }
  if (beyond > 0) {
    stage.findings.push_back(std::to_string(beyond) + " of " + std::to_string(result.values.size()) +
                             " numbers differ, by up to " + ShortNumber(distance) + "; the first at " +
                             std::to_string(first) + ": " + ShortNumber(static_cast<double>(result.values[first]), 7) +
                             ", expected " + ShortNumber(static_cast<double>(expected.values[first]), 7));
  }
  const std::string why = beyond == 0 ? "" : Explain(result, expected, tolerance);
  if (beyond == 0) {
    stage.verdict = "the same numbers in the shape " + graph::ToString(result.shape) + ", expected " +
                    graph::ToString(expected.shape);
  } else {
    stage.verdict =
        why.empty() ? "the array differs by up to " + ShortNumber(distance) + ", and nothing that was tried explains it"
                    : why;
  }
  return stage;
}

}  // namespace lockstep::checklist
