#include "checklist/box_match.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lockstep::checklist {
namespace {

constexpr size_t kBox = 4;

double Distance(const Box& a, const Box& b) {
  double largest = 0.0;
  for (size_t i = 0; i < kBox; ++i) {
    const double distance = std::abs(a[i] - b[i]);
    largest = std::isnan(distance) ? std::numeric_limits<double>::infinity() : std::max(largest, distance);
  }
  return largest;
}

double LongerSide(const Box& corners) {
  constexpr double kTiny = 1e-9;
  return std::max({std::abs(corners[2] - corners[0]), std::abs(corners[3] - corners[1]), kTiny});
}

BoxMatch MatchAs(const BoxRows& result, const BoxRows& expected, const Reading& reading,
                 const std::optional<BoxGeometry>& geometry) {
  std::vector<Box> boxes;
  for (size_t row = 0; row < result.rows(); ++row) {
    const Box corners = ToCorners(result.BoxAt(row, reading.result_column), reading.result_form);
    boxes.push_back(geometry ? Converted(corners, reading.result_units, reading.expected_units, *geometry) : corners);
  }
  BoxMatch match;
  match.reading = reading;
  std::vector<bool> taken(boxes.size(), false);
  std::vector<double> shares;
  for (size_t row = 0; row < expected.rows(); ++row) {
    const Box wanted = ToCorners(expected.BoxAt(row, reading.expected_column), reading.expected_form);
    BoxPair pair{boxes.size(), row, std::numeric_limits<double>::infinity()};
    for (size_t i = 0; i < boxes.size(); ++i) {
      const double distance = taken[i] ? std::numeric_limits<double>::infinity() : Distance(boxes[i], wanted);
      // Of equal boxes the one at the same place.
      if (distance < pair.distance || (distance == pair.distance && i == row)) pair = {i, row, distance};
    }
    if (pair.result == boxes.size() || std::isinf(pair.distance)) continue;
    taken[pair.result] = true;
    shares.push_back(pair.distance / LongerSide(wanted));
    match.pairs.push_back(pair);
  }
  const auto middle = shares.begin() + static_cast<std::ptrdiff_t>(shares.size() / 2);
  std::nth_element(shares.begin(), middle, shares.end());
  match.typical = shares.empty() ? std::numeric_limits<double>::infinity() : *middle;
  return match;
}

}  // namespace

Box BoxRows::BoxAt(size_t row, size_t first_column) const {
  return {At(row, first_column), At(row, first_column + 1), At(row, first_column + 2), At(row, first_column + 3)};
}

BoxMatch MatchBoxes(const BoxRows& result, const BoxRows& expected, const std::optional<BoxGeometry>& geometry) {
  constexpr double kNear = 1e-4;           // of a side
  constexpr double kClearlyNearer = 0.25;  // of the distance as they are
  BoxMatch best = MatchAs(result, expected, {}, geometry);
  const double plain = best.typical;
  if (plain <= kNear) return best;
  const auto columns = [](const BoxRows& rows) {
    return rows.columns > kBox ? std::vector<size_t>{0, rows.columns - kBox} : std::vector<size_t>{0};
  };
  for (const size_t result_column : columns(result)) {
    for (const size_t expected_column : columns(expected)) {
      for (const BoxForm result_form : kBoxForms) {
        for (const BoxForm expected_form : kBoxForms) {
          for (const BoxUnits result_units : kBoxUnits) {
            for (const BoxUnits expected_units : kBoxUnits) {
              if (!geometry && (result_units != kBoxUnits[0] || expected_units != kBoxUnits[0])) continue;
              const Reading reading{result_column, expected_column, result_form,
                                    expected_form, result_units,    expected_units};
              // The same of both says nothing.
              if (result_form == expected_form && result_form != kBoxForms[0]) continue;
              if (result_units == expected_units && result_units != kBoxUnits[0]) continue;
              BoxMatch match = MatchAs(result, expected, reading, geometry);
              if (match.typical < best.typical * (1.0 - 1e-6)) best = std::move(match);
            }
          }
        }
      }
    }
  }
  if (best.typical > kClearlyNearer * plain) return MatchAs(result, expected, {}, geometry);
  return best;
}

}  // namespace lockstep::checklist
