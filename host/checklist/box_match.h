// Two lists of boxes: under which reading of the numbers they agree, and which rows then belong together.
#pragma once

#include <optional>
#include <vector>

#include "checklist/box_forms.h"

namespace lockstep::checklist {

// Rows of an array; the box stands in four of the columns.
struct BoxRows {
  size_t columns = 0;
  std::vector<float> values;

  size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
  double At(size_t row, size_t column) const { return static_cast<double>(values[row * columns + column]); }
  Box BoxAt(size_t row, size_t first_column) const;
};

// How the numbers of both are to be read.
struct Reading {
  size_t result_column = 0;  // of the box
  size_t expected_column = 0;
  BoxForm result_form = BoxForm::kCorners;
  BoxForm expected_form = BoxForm::kCorners;
  BoxUnits result_units = BoxUnits::kInputPixels;
  BoxUnits expected_units = BoxUnits::kInputPixels;

  bool as_they_are() const {
    return result_column == expected_column && result_form == expected_form && result_units == expected_units;
  }
};

struct BoxPair {
  size_t result = 0;
  size_t expected = 0;
  double distance = 0.0;  // the largest of the four corners' coordinates, in the units of the expected box
};

struct BoxMatch {
  Reading reading;
  std::vector<BoxPair> pairs;  // by expected row; each row once
  double typical = 0.0;        // the median distance, as a share of the expected box's longer side
};

// The reading under which the boxes are nearest; as they are if no other is clearly nearer. Without a geometry both
// count in the same units.
BoxMatch MatchBoxes(const BoxRows& result, const BoxRows& expected, const std::optional<BoxGeometry>& geometry);

}  // namespace lockstep::checklist
