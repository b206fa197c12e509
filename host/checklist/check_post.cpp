#include "checklist/check_post.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "checklist/box_match.h"
#include "checklist/plain_arrays.h"
#include "checklist/stored_array.h"
#include "graph/counted.h"
#include "graph/error.h"
#include "graph/short_number.h"
#include "input/pictures/decode.h"

namespace lockstep::checklist {
namespace {

using graph::Counted;
using graph::ShortNumber;

constexpr int64_t kLeastColumns = 4;
constexpr int64_t kMostColumns = 7;

StoredArray ReadRows(const std::filesystem::path& file, int64_t columns) {
  StoredArray array = ReadStoredArray(file, 0);
  RequireNumbers(array);
  if (!array.flat || columns == 0) return array;
  if (array.shape[0] % columns != 0) {
    throw BadInput(array.label + " has " + std::to_string(array.shape[0]) + " numbers, which are no rows of " +
                   std::to_string(columns) + "; correct --columns or save a .npy");
  }
  array.shape = {array.shape[0] / columns, columns};
  return array;
}

std::optional<BoxRows> AsBoxes(const StoredArray& array) {
  graph::Shape shape = array.shape;
  while (shape.size() > 2 && shape.front() == 1) shape.erase(shape.begin());
  if (shape.size() != 2 || shape[1] < kLeastColumns || shape[1] > kMostColumns) return std::nullopt;
  return BoxRows{static_cast<size_t>(shape[1]), array.values};
}

void ExplainReading(const Reading& reading, std::vector<std::string>& faults) {
  if (reading.result_column != reading.expected_column) {
    faults.push_back("the box stands in columns " + std::to_string(reading.result_column) + " to " +
                     std::to_string(reading.result_column + 3) + " of the result and " +
                     std::to_string(reading.expected_column) + " to " + std::to_string(reading.expected_column + 3) +
                     " of the expected array");
  }
  if (reading.result_form != reading.expected_form) {
    faults.push_back(std::string("boxes of the result are ") + FormName(reading.result_form) + ", the expected ones " +
                     FormName(reading.expected_form));
  }
  if (reading.result_units == reading.expected_units) return;
  const auto of_input = [](BoxUnits units) {
    return units == BoxUnits::kInputPixels || units == BoxUnits::kInputShare;
  };
  std::string text = std::string("coordinates of the result count in ") + UnitsName(reading.result_units) +
                     ", the expected ones in " + UnitsName(reading.expected_units);
  if (of_input(reading.result_units) && !of_input(reading.expected_units)) {
    text += ": the resize (letterbox or stretch) was not undone";
  }
  faults.push_back(text);
}

// Whether the boxes could be shares of a size, and not pixels: four columns side by side that are nowhere beyond 1 by
// more than a box that leaves the picture.
bool LookNormalised(const BoxRows& rows) {
  constexpr double kMost = 1.5;
  for (size_t column = 0; column + 4 <= rows.columns; ++column) {
    bool within = rows.rows() > 0;
    for (size_t row = 0; row < rows.rows(); ++row) {
      for (const double value : rows.BoxAt(row, column)) within = within && std::abs(value) <= kMost;
    }
    if (within) return true;
  }
  return false;
}

// Without a size one cannot be told by the other.
void ExplainMissingSize(const BoxRows& result, const BoxRows& expected, std::vector<std::string>& faults) {
  const bool share = LookNormalised(result);
  if (share == LookNormalised(expected)) return;
  faults.push_back(std::string("coordinates of the ") + (share ? "result" : "expected array") +
                   " lie within 0 to 1 and look normalised, those of the " + (share ? "expected array" : "result") +
                   " look like pixels: give --model and --data, which say the sizes to tell one by the other");
}

// The columns besides the box, in their order.
std::vector<size_t> OtherColumns(const BoxRows& rows, size_t box_column) {
  std::vector<size_t> columns;
  for (size_t c = 0; c < rows.columns; ++c) {
    if (c < box_column || c >= box_column + 4) columns.push_back(c);
  }
  return columns;
}

double ColumnDistance(const BoxRows& result, size_t a, const BoxRows& expected, size_t b,
                      const std::vector<BoxPair>& pairs) {
  double largest = 0.0;
  for (const BoxPair& pair : pairs) {
    const double distance = std::abs(result.At(pair.result, a) - expected.At(pair.expected, b));
    largest = std::isnan(distance) ? INFINITY : std::max(largest, distance);
  }
  return largest;
}

// The same offset in every row, if there is one.
std::optional<double> ConstantOffset(const BoxRows& result, size_t a, const BoxRows& expected, size_t b,
                                     const std::vector<BoxPair>& pairs, double tolerance) {
  if (pairs.empty()) return std::nullopt;
  const auto offset = [&](const BoxPair& pair) { return result.At(pair.result, a) - expected.At(pair.expected, b); };
  const double first = offset(pairs.front());
  const bool constant = std::all_of(pairs.begin(), pairs.end(),
                                    [&](const BoxPair& pair) { return std::abs(offset(pair) - first) <= tolerance; });
  return constant ? std::optional<double>(first) : std::nullopt;
}

// Scores and labels, of the boxes that belong together.
void CompareOthers(const BoxRows& result, const BoxRows& expected, const Reading& reading,
                   const std::vector<BoxPair>& pairs, double tolerance, std::vector<std::string>& faults) {
  const std::vector<size_t> own = OtherColumns(result, reading.result_column);
  const std::vector<size_t> wanted = OtherColumns(expected, reading.expected_column);
  if (own.size() != wanted.size()) {
    faults.push_back("the result has " + Counted(own.size(), "column") + " besides the box, the expected array " +
                     std::to_string(wanted.size()));
  }
  for (size_t i = 0; i < std::min(own.size(), wanted.size()); ++i) {
    const double distance = ColumnDistance(result, own[i], expected, wanted[i], pairs);
    if (distance <= tolerance) continue;
    const std::string column = "column " + std::to_string(own[i]);
    std::string why;
    for (size_t j = 0; j < wanted.size(); ++j) {
      if (j != i && ColumnDistance(result, own[i], expected, wanted[j], pairs) <= tolerance) {
        why = column + " of the result is column " + std::to_string(wanted[j]) +
              " of the expected array: they are swapped";
      }
    }
    const auto offset = ConstantOffset(result, own[i], expected, wanted[i], pairs, tolerance);
    if (why.empty() && offset) {
      why = column + " is " + ShortNumber(*offset) + " more than expected in every row" +
            (std::abs(*offset) == 1.0 ? ": labels that count from another number (a background class?)" : "");
    }
    faults.push_back(!why.empty() ? why : column + " differs by up to " + ShortNumber(distance));
  }
}

double Overlap(const Box& a, const Box& b) {
  const double width = std::min(a[2], b[2]) - std::max(a[0], b[0]);
  const double height = std::min(a[3], b[3]) - std::max(a[1], b[1]);
  if (width <= 0.0 || height <= 0.0) return 0.0;
  const auto area = [](const Box& box) { return (box[2] - box[0]) * (box[3] - box[1]); };
  return width * height / (area(a) + area(b) - width * height);
}

// Boxes that nothing expected belongs to, and whether they lie over others.
void ExplainExtra(const BoxRows& result, const Reading& reading, const std::set<size_t>& matched,
                  std::vector<std::string>& faults) {
  constexpr double kSameThing = 0.7;
  size_t extra = 0;
  size_t over = 0;
  for (size_t row = 0; row < result.rows(); ++row) {
    if (matched.count(row) != 0) continue;
    ++extra;
    const Box box = ToCorners(result.BoxAt(row, reading.result_column), reading.result_form);
    over += std::any_of(matched.begin(), matched.end(), [&](size_t other) {
      return Overlap(box, ToCorners(result.BoxAt(other, reading.result_column), reading.result_form)) > kSameThing;
    });
  }
  if (extra == 0) return;
  std::string text = Counted(extra, "row") + " of the result belong to no expected box";
  if (over > 0) {
    text += "; " + std::to_string(over) +
            " of them lie over one that does: the suppression of overlaps (NMS) is missing "
            "or has another threshold";
  } else {
    text += ": another threshold of the score, or another limit of their number";
  }
  faults.push_back(text);
}

Stage CompareBoxes(const PostOptions& options, const BoxRows& result, const BoxRows& expected) {
  Stage stage;
  stage.name = kPostStage;
  const BoxMatch match = MatchBoxes(result, expected, options.geometry);
  constexpr double kBelongs = 0.05;  // of a box's longer side: the same box, if not the same numbers
  std::vector<BoxPair> pairs;
  std::set<size_t> matched;
  double largest = 0.0;
  size_t beyond = 0;
  for (const BoxPair& pair : match.pairs) {
    const Box wanted =
        ToCorners(expected.BoxAt(pair.expected, match.reading.expected_column), match.reading.expected_form);
    const double side = std::max(std::abs(wanted[2] - wanted[0]), std::abs(wanted[3] - wanted[1]));
    if (pair.distance > std::max(kBelongs * side, options.tolerance)) continue;
    pairs.push_back(pair);
    matched.insert(pair.result);
    largest = std::max(largest, pair.distance);
    beyond += pair.distance > options.tolerance ? 1 : 0;
  }
  std::vector<std::string> faults;
  if (!pairs.empty()) ExplainReading(match.reading, faults);
  if (beyond > 0) {
    faults.push_back(std::to_string(beyond) + (beyond == 1 ? " box" : " boxes") + " of " +
                     std::to_string(pairs.size()) + " differ by up to " + ShortNumber(largest) + " (tolerated " +
                     ShortNumber(options.tolerance) + ")");
  }
  if (pairs.size() < expected.rows()) {
    faults.push_back(Counted(expected.rows() - pairs.size(), "expected row") + " of " +
                     std::to_string(expected.rows()) + " have no box of the result near them");
  }
  ExplainExtra(result, match.reading, matched, faults);
  CompareOthers(result, expected, match.reading, pairs, options.tolerance, faults);
  if (!options.geometry && pairs.size() < expected.rows()) {
    ExplainMissingSize(result, expected, faults);
  }
  const bool reordered =
      std::any_of(pairs.begin(), pairs.end(), [](const BoxPair& pair) { return pair.result != pair.expected; });
  if (reordered) stage.findings.push_back("the rows come in another order, which counts for nothing here");
  if (!options.geometry && !faults.empty()) {
    stage.findings.push_back("whether coordinates count in other units needs --model and --data");
  }
  stage.findings.push_back(std::to_string(pairs.size()) + " of " + Counted(expected.rows(), "expected row") +
                           " have a box of the result, of " + std::to_string(result.rows()) +
                           " rows; largest difference " + ShortNumber(largest));
  stage.standing = faults.empty() ? Standing::kGood : Standing::kBad;
  stage.verdict = faults.empty() ? "the boxes are the expected ones, within " + ShortNumber(options.tolerance) : "";
  for (const std::string& fault : faults) stage.verdict += (stage.verdict.empty() ? "" : "; ") + fault;
  return stage;
}

}  // namespace

BoxGeometry GeometryOf(const PictureInput& input) {
  const auto picture = input::DecodePicture(input.path());
  const graph::Shape& shape = input.info().layout.shape;  // N,H,W,C
  BoxGeometry geometry;
  geometry.input_height = static_cast<int>(shape[1]);
  geometry.input_width = static_cast<int>(shape[2]);
  geometry.picture =
      input::FitPicture(picture->height(), picture->width(), {geometry.input_height, geometry.input_width},
                        input.info().preprocess.resize, input.path());
  return geometry;
}

Stage CheckPost(const PostOptions& options) {
  const StoredArray result = ReadRows(options.result, options.columns);
  const StoredArray expected = ReadRows(options.expected, options.columns);
  const std::optional<BoxRows> result_boxes = AsBoxes(result);
  const std::optional<BoxRows> expected_boxes = AsBoxes(expected);
  if (result_boxes && expected_boxes) return CompareBoxes(options, *result_boxes, *expected_boxes);
  return ComparePlainArrays(result, expected, options.tolerance);
}

}  // namespace lockstep::checklist
