// What is kept of one picture: small, and enough to make every metric again from any selection of pictures.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::evaluate {

// A detection and what the labels say of it. Bit t stands for the IoU threshold 0.50 + 0.05 t.
struct MatchedBox {
  float score = 0.0F;
  uint16_t label = 0;
  uint16_t hits = 0;     // it found an object
  uint16_t ignored = 0;  // it counts neither as right nor as wrong (it lies in a crowd)
};

// Pixels of one class in one picture.
struct ClassArea {
  int label = 0;
  int64_t common = 0;  // labelled so and predicted so
  int64_t labelled = 0;
  int64_t predicted = 0;  // of the pixels that have a label
};

struct PictureResult {
  int rank = 0;                              // classify: classes that were placed before the right one
  std::vector<MatchedBox> boxes;             // detect: best score first
  std::vector<std::pair<int, int>> objects;  // detect: class and its number of objects, crowds left out
  std::vector<ClassArea> areas;              // segment: classes that occur
};

// One line without its end, and back; nothing for a text that is none.
std::string ToText(const PictureResult& result);
std::optional<PictureResult> ParseResult(const std::string& text);

}  // namespace lockstep::evaluate
