#include "evaluate/picture_result.h"

#include <charconv>
#include <cstdio>
#include <limits>

namespace lockstep::evaluate {
namespace {

// Numbers separated by blanks.
class NumberReader {
 public:
  explicit NumberReader(const std::string& text) : at_(text.data()), end_(text.data() + text.size()) {}

  template <typename Number>
  bool Read(Number& value) {
    while (at_ != end_ && *at_ == ' ') ++at_;
    const auto [next, error] = std::from_chars(at_, end_, value);
    if (error != std::errc() || next == at_) return false;
    at_ = next;
    return true;
  }
  // How many entries follow: no more than there are characters.
  bool ReadCount(size_t& count) { return Read(count) && count <= static_cast<size_t>(end_ - at_); }
  bool AtEnd() const { return at_ == end_; }

 private:
  const char* at_;
  const char* end_;
};

std::string ScoreText(float score) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.*g", std::numeric_limits<float>::max_digits10, static_cast<double>(score));
  return text;
}

template <typename... Numbers>
void Append(std::string& text, Numbers... numbers) {
  ((text += " " + std::to_string(numbers)), ...);
}

}  // namespace

std::string ToText(const PictureResult& result) {
  std::string text = std::to_string(result.rank);
  Append(text, result.boxes.size());
  for (const MatchedBox& box : result.boxes) {
    text += " " + ScoreText(box.score);
    Append(text, box.label, box.hits, box.ignored);
  }
  Append(text, result.objects.size());
  for (const auto& [label, count] : result.objects) Append(text, label, count);
  Append(text, result.areas.size());
  for (const ClassArea& area : result.areas) Append(text, area.label, area.common, area.labelled, area.predicted);
  return text;
}

std::optional<PictureResult> ParseResult(const std::string& text) {
  NumberReader reader(text);
  PictureResult result;
  size_t count = 0;
  bool good = reader.Read(result.rank) && reader.ReadCount(count);
  for (size_t i = 0; good && i < count; ++i) {
    MatchedBox& box = result.boxes.emplace_back();
    good = reader.Read(box.score) && reader.Read(box.label) && reader.Read(box.hits) && reader.Read(box.ignored);
  }
  good = good && reader.ReadCount(count);
  for (size_t i = 0; good && i < count; ++i) {
    auto& [label, objects] = result.objects.emplace_back();
    good = reader.Read(label) && reader.Read(objects);
  }
  good = good && reader.ReadCount(count);
  for (size_t i = 0; good && i < count; ++i) {
    ClassArea& area = result.areas.emplace_back();
    good = reader.Read(area.label) && reader.Read(area.common) && reader.Read(area.labelled) &&
           reader.Read(area.predicted);
  }
  if (!good || !reader.AtEnd()) return std::nullopt;
  return result;
}

}  // namespace lockstep::evaluate
