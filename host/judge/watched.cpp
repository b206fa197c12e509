#include "judge/watched.h"

#include <algorithm>
#include <set>
#include <utility>

namespace lockstep::judge {
namespace {

// A place with fewer elements is one of many results, not a thing of its own.
constexpr int64_t kFewElements = 16;
constexpr int64_t kMostChannels = 256;

// All that a head of classes or of numbers gives for a picture: batch x channels, or that with axes of extent 1. The
// pictures are its sample.
bool HasOneResultPerChannel(const graph::Shape& shape) {
  return shape.size() >= 2 && shape[0] < kFewElements && graph::ElementCount(shape) == shape[0] * shape[1];
}

// Channels are the second axis, or the last where a detector's cells come first.
std::set<size_t> ChannelAxes(const graph::Shape& shape, bool separate_results) {
  std::set<size_t> axes;
  if (shape.size() < 2) return axes;
  axes.insert(1);
  if (shape.size() == 3 || shape.size() == 5) axes.insert(shape.size() - 1);
  for (auto axis = axes.begin(); axis != axes.end();) {
    const int64_t extent = shape[*axis];
    const int64_t places = graph::ElementCount(shape) / std::max<int64_t>(extent, 1);
    const bool enough = separate_results || places >= kFewElements;
    const bool usable = extent > 1 && extent <= kMostChannels && enough;
    axis = usable ? std::next(axis) : axes.erase(axis);
  }
  return axes;
}

}  // namespace

Watched::Watched(Subject subject, graph::Shape shape, int32_t joint_tensor,
                 std::optional<quantize::AffineParams> params, const std::vector<analyze::Partition>& parts)
    : subject_(std::move(subject)),
      shape_(std::move(shape)),
      joint_tensor_(joint_tensor),
      params_(params),
      whole_(params) {
  for (const analyze::Partition& part : parts) {
    parts_.push_back({part, std::vector<NumbersSum>(part.ends.size(), NumbersSum(params))});
  }
  if (!subject_.output) return;
  // What a Softmax gives is one thing.
  subject_.separate_results = HasOneResultPerChannel(shape_) && subject_.op != "Softmax";
  for (const size_t axis : ChannelAxes(shape_, subject_.separate_results)) {
    Cut cut{{static_cast<int>(axis), {}, {}}, {}};
    for (int64_t end = 1; end <= shape_[axis]; ++end) cut.at.ends.push_back(end);
    cut.sums.assign(cut.at.ends.size(), NumbersSum(params));
    channels_.push_back(std::move(cut));
  }
}

void Watched::Add(const std::string& picture, const float* truth, const float* measured) {
  whole_.Add(truth, measured, static_cast<size_t>(graph::ElementCount(shape_)));
  if (subject_.output) AddPicture(picture, truth, measured);
  for (Cut& cut : parts_) AddPieces(cut, truth, measured);
  for (Cut& cut : channels_) AddPieces(cut, truth, measured);
}

void Watched::AddPicture(const std::string& picture, const float* truth, const float* measured) {
  NumbersSum sum(params_);
  sum.Add(truth, measured, static_cast<size_t>(graph::ElementCount(shape_)));
  Numbers numbers = sum.Finish();
  // A picture of which the network gives nothing has no ratio.
  if (numbers.low == 0.0 && numbers.high == 0.0) return;
  if (subject_.worst && !(numbers.metrics.sqnr_db < subject_.worst->numbers.metrics.sqnr_db)) return;
  subject_.worst = PictureNumbers{picture, std::move(numbers)};
}

void Watched::AddPieces(Cut& cut, const float* truth, const float* measured) const {
  const auto axis = static_cast<size_t>(cut.at.axis);
  int64_t outer = 1, inner = 1;
  for (size_t i = 0; i < axis; ++i) outer *= shape_[i];
  for (size_t i = axis + 1; i < shape_.size(); ++i) inner *= shape_[i];
  int64_t begin = 0;
  for (size_t piece = 0; piece < cut.sums.size(); ++piece) {
    const int64_t end = cut.at.ends[piece];
    for (int64_t row = 0; row < outer; ++row) {
      const int64_t at = (row * shape_[axis] + begin) * inner;
      cut.sums[piece].Add(truth + at, measured + at, static_cast<size_t>((end - begin) * inner));
    }
    begin = end;
  }
}

std::vector<PartNumbers> Watched::FinishPieces(const Cut& cut) {
  std::vector<PartNumbers> pieces;
  int64_t begin = 0;
  for (size_t i = 0; i < cut.sums.size(); ++i) {
    const std::string name = cut.at.names.empty() ? "" : cut.at.names[i];
    pieces.push_back({name, cut.at.axis, begin, cut.at.ends[i], cut.sums[i].Finish()});
    begin = cut.at.ends[i];
  }
  return pieces;
}

Subject Watched::Finish() {
  subject_.whole = whole_.Finish();
  for (const Cut& cut : parts_) {
    for (PartNumbers& part : FinishPieces(cut)) subject_.parts.push_back(std::move(part));
  }
  for (const Cut& cut : channels_) subject_.channels.push_back(FinishPieces(cut));
  return std::move(subject_);
}

}  // namespace lockstep::judge
