#include "compiler/calibration_watch.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "graph/quoted.h"
#include "input/model_input.h"
#include "report/table.h"

namespace lockstep::compiler {
namespace {

constexpr double kMostBorder = 0.5;  // of the input, on average
constexpr double kOutlier = 100.0;   // times the median's largest value: of 255 levels two are left for the others

// A picture as the float network takes it, pixel by pixel.
class Pixels {
 public:
  Pixels(const input::InputInfo& info, const engine::FloatTensor& picture)
      : preprocess_(info.preprocess), data_(picture.data.data()) {
    const graph::Shape& shape = picture.shape;
    const bool channels_last = info.layout.axes.empty();
    channels_ = static_cast<size_t>(shape[channels_last ? 3 : 1]);
    height_ = static_cast<size_t>(shape[channels_last ? 1 : 2]);
    width_ = static_cast<size_t>(shape[channels_last ? 2 : 3]);
    pixel_step_ = channels_last ? channels_ : 1;
    channel_step_ = channels_last ? 1 : height_ * width_;
  }

  size_t channels() const { return channels_; }
  size_t height() const { return height_; }
  size_t width() const { return width_; }

  // In units of the picture's bytes.
  double Value(size_t y, size_t x, size_t channel) const {
    const auto of = [&](const std::vector<float>& values) {
      return static_cast<double>(values[values.size() == 1 ? 0 : channel]);
    };
    const float value = data_[(y * width_ + x) * pixel_step_ + channel * channel_step_];
    return static_cast<double>(value) * of(preprocess_.std) + of(preprocess_.mean);
  }
  bool Is(size_t y, size_t x, double value) const {
    for (size_t channel = 0; channel < channels_; ++channel) {
      if (!Same(Value(y, x, channel), value)) return false;
    }
    return true;
  }
  static bool Same(double a, double b) { return std::abs(a - b) < 0.5; }

 private:
  const quantize::InputPreprocess& preprocess_;
  const float* data_;
  size_t channels_ = 0, height_ = 0, width_ = 0, pixel_step_ = 0, channel_step_ = 0;
};

// Of one colour, a letterbox's borders left out.
bool IsUniform(const Pixels& pixels, std::optional<double> border) {
  std::optional<std::pair<size_t, size_t>> first;
  for (size_t y = 0; y < pixels.height(); ++y) {
    for (size_t x = 0; x < pixels.width(); ++x) {
      if (border && pixels.Is(y, x, *border)) continue;
      if (!first) first = {y, x};
      for (size_t channel = 0; channel < pixels.channels(); ++channel) {
        const double difference = pixels.Value(y, x, channel) - pixels.Value(first->first, first->second, channel);
        if (std::abs(difference) > input::kOneColour - 0.5) return false;
      }
    }
  }
  return true;
}

bool IsGrey(const Pixels& pixels) {
  for (size_t y = 0; y < pixels.height(); ++y) {
    for (size_t x = 0; x < pixels.width(); ++x) {
      if (!pixels.Is(y, x, pixels.Value(y, x, 0))) return false;
    }
  }
  return true;
}

// The share of whole rows and columns at the edges that have the border's colour.
double BorderShare(const Pixels& pixels, double border) {
  const auto row = [&](size_t y) {
    for (size_t x = 0; x < pixels.width(); ++x) {
      if (!pixels.Is(y, x, border)) return false;
    }
    return true;
  };
  const auto column = [&](size_t x) {
    for (size_t y = 0; y < pixels.height(); ++y) {
      if (!pixels.Is(y, x, border)) return false;
    }
    return true;
  };
  const auto inner = [](size_t count, const std::function<bool(size_t)>& is_border) {
    size_t first = 0;
    while (first < count && is_border(first)) ++first;
    size_t end = count;
    while (end > first && is_border(end - 1)) --end;
    return end - first;
  };
  const double kept =
      static_cast<double>(inner(pixels.height(), row)) * static_cast<double>(inner(pixels.width(), column));
  return 1.0 - kept / (static_cast<double>(pixels.height()) * static_cast<double>(pixels.width()));
}

}  // namespace

CalibrationWatch::CalibrationWatch(quantize::CalibrationSource& source, const std::vector<input::InputInfo>& infos)
    : source_(source), infos_(infos) {}

std::optional<quantize::CalibrationInput> CalibrationWatch::Next() {
  std::optional<quantize::CalibrationInput> next = source_.Next();
  if (!next) return next;
  const std::lock_guard<std::mutex> lock(mutex_);
  size_t hash = 0;
  bool empty = true;
  for (const input::InputInfo& info : infos_) {
    const engine::FloatTensor& tensor = next->tensors.at(info.name);
    const std::string_view bytes(reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size() * sizeof(float));
    hash = hash * 31 + std::hash<std::string_view>()(bytes);
    if (info.is_picture() && tensor.shape.size() == 4) Look(info, tensor);
    if (info.is_picture()) {
      empty = false;
      continue;
    }
    plain_[info.name].push_back(ExtentOf(next->label, tensor));
    empty = empty && plain_[info.name].back().constant;
  }
  if (empty) ++empty_;
  distinct_.insert(hash);
  ++sets_;
  return next;
}

CalibrationWatch::Extent CalibrationWatch::ExtentOf(const std::string& label, const engine::FloatTensor& tensor) {
  Extent extent{label, 0.0, tensor.data.size() > 1};
  for (const float value : tensor.data) {
    extent.largest = std::max(extent.largest, std::abs(static_cast<double>(value)));
    if (value != tensor.data.front()) extent.constant = false;
  }
  return extent;
}

void CalibrationWatch::DoubtPlain(const std::string& input, std::vector<Extent> extents,
                                  std::vector<std::string>& doubts) const {
  const auto smaller = [](const Extent& a, const Extent& b) { return a.largest < b.largest; };
  std::stable_sort(extents.begin(), extents.end(), smaller);
  const double median = extents[(extents.size() - 1) / 2].largest;
  const Extent& largest = extents.back();
  if (median == 0.0 || !(largest.largest > kOutlier * median)) return;
  doubts.push_back("input " + graph::Quoted(input) + ": " + largest.label + " has values up to " +
                   report::ShortNumber(largest.largest) + ", half of the others no more than " +
                   report::ShortNumber(median) +
                   ": its range leaves them next to no levels; check that file, or leave it out of --calibration");
}

void CalibrationWatch::Look(const input::InputInfo& info, const engine::FloatTensor& picture) {
  const Pixels pixels(info, picture);
  ++pictures_;
  const bool boxed = info.preprocess.resize == quantize::InputPreprocess::Resize::kLetterbox;
  if (IsUniform(pixels, boxed ? std::optional<double>(info.preprocess.pad_value) : std::nullopt)) ++uniform_;
  if (pixels.channels() == 3) {
    ++of_colours_;
    if (!IsGrey(pixels)) ++coloured_;
  }
  if (!boxed) return;
  ++boxed_;
  border_ += BorderShare(pixels, info.preprocess.pad_value);
}

std::vector<std::string> CalibrationWatch::Doubts() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::string> doubts;
  const std::string all = std::to_string(pictures_);
  if (sets_ == 1) {
    doubts.emplace_back(
        "the calibration has one picture: the ranges of all others are guessed from it; give --calibration "
        "a folder of 20 to 200");
  } else if (distinct_.size() == 1) {
    doubts.push_back("the " + std::to_string(sets_) +
                     " calibration pictures are all alike; give --calibration different ones");
  }
  if (empty_ > 0 && 2 * empty_ >= sets_) {
    doubts.push_back("in " + std::to_string(empty_) + " of " + std::to_string(sets_) +
                     " calibration files all values are the same, such as 0: the ranges fit nothing that the network "
                     "will see; give --calibration real ones");
  }
  for (const auto& [input, extents] : plain_) DoubtPlain(input, extents, doubts);
  if (uniform_ > 0 && 2 * uniform_ >= pictures_) {
    doubts.push_back(std::to_string(uniform_) + " of " + all +
                     " calibration pictures are of one colour, such as black or "
                     "grey: the ranges fit nothing that the network will see; give --calibration real ones");
  } else if (of_colours_ > 1 && coloured_ == 0) {
    doubts.push_back("all " + all +
                     " calibration pictures are grey, and the network takes colours; give --calibration "
                     "pictures in colour, or --color GRAY to a network that takes one channel");
  }
  if (boxed_ > 0 && border_ / boxed_ > kMostBorder && 2 * uniform_ < pictures_) {
    doubts.push_back(
        "the letterbox fills " + report::FixedNumber(100.0 * border_ / boxed_, 0) +
        " % of the input with its border: pictures of another shape than the network's; use --resize stretch, "
        "or pictures of its shape");
  }
  return doubts;
}

std::string CalibrationWarning(const std::vector<std::string>& doubts) {
  if (doubts.empty()) return "";
  std::string text = "WARNING: THE CALIBRATION PICTURES ARE DOUBTFUL\n";
  for (const std::string& doubt : doubts) text += "  * " + doubt + "\n";
  return text;
}

}  // namespace lockstep::compiler
