// Two tensors of one layout, element by element: what differs, by how much, and where it lies.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "dump/difference_places.h"
#include "dump/dump.h"
#include "dump/place_pattern.h"

namespace lockstep::dump {

struct ElementDifference {
  std::vector<int64_t> coordinates;       // physical order, as in the file
  std::vector<int64_t> onnx_coordinates;  // ONNX order
  double expected = 0.0;                  // real values
  double actual = 0.0;
  std::optional<int64_t> expected_stored;  // the stored integers; absent for f32
  std::optional<int64_t> actual_stored;
};

// A pair is within it if |actual - expected| <= atol + rtol * |expected|, in real units.
struct Tolerance {
  double atol = 0.0;
  double rtol = 0.0;
};

// How many elements are off by 0, 1, 2, 3, 4 to 7, and 8 or more steps. Of floats a step is one in the last place.
constexpr size_t kStepClasses = 6;
using StepHistogram = std::array<int64_t, kStepClasses>;
const char* StepClassName(size_t step_class);  // "0", "1", "2", "3", "4-7", "8+"

struct ElementComparison {
  int64_t elements = 0;
  int64_t differing = 0;   // elements whose bytes differ
  int64_t beyond = 0;      // of these, the ones beyond the tolerance
  double max_abs = 0.0;    // in real units; infinite if a NaN stands against a number
  double max_steps = 0.0;  // in steps of the scale; 0 for f32
  std::optional<ElementDifference> first;
  std::optional<ElementDifference> worst;  // the first of those that are farthest apart
  StepHistogram steps{};
  ChannelSpread channels;
  PlacePattern place;
};

// Takes both tensors piece by piece; what it keeps does not grow with them but for counts along their axes.
class ElementComparer {
 public:
  ElementComparer(const DumpLayer& layer, const Tolerance& tolerance);

  // The next bytes of both, whole elements.
  void Add(const uint8_t* expected, const uint8_t* actual, size_t bytes);
  ElementComparison Finish();

 private:
  template <typename T>
  void AddElements(const uint8_t* expected, const uint8_t* actual, int64_t count);
  template <typename T>
  ElementDifference Describe(int64_t index, T want, T got) const;

  const DumpLayer& layer_;
  Tolerance tolerance_;
  ElementComparison result_;
  DifferencePlaces places_;
  int64_t seen_ = 0;  // elements
  double farthest_ = -1.0;
};

// Both have the layout that `layer` describes.
ElementComparison CompareElements(const DumpLayer& layer, const std::vector<uint8_t>& expected,
                                  const std::vector<uint8_t>& actual, const Tolerance& tolerance = {});

// The files of two dumps, read piece by piece. Throws BadInput as ReadDumpLayer for a file that is missing, of another
// size or of another md5 than its manifest says.
ElementComparison CompareFiles(const std::filesystem::path& expected_folder, const DumpLayer& expected,
                               const std::filesystem::path& actual_folder, const DumpLayer& actual,
                               const Tolerance& tolerance = {});

}  // namespace lockstep::dump
