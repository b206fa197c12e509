#include "dump/difference_places.h"

#include <algorithm>

namespace lockstep::dump {
namespace {

constexpr int64_t kLongest = int64_t{1} << 20;  // of an axis that is counted: 8 MB

int64_t IndexAlong(const AxisCounts& axis, int64_t element) { return element / axis.inner % axis.extent; }

}  // namespace

std::vector<int64_t> CoordinatesOf(const std::vector<int64_t>& shape, int64_t index) {
  std::vector<int64_t> at(shape.size(), 0);
  for (size_t axis = shape.size(); axis-- > 0;) {
    at[axis] = index % shape[axis];
    index /= shape[axis];
  }
  return at;
}

int64_t AxisCounts::Affected() const {
  return static_cast<int64_t>(counts.size()) - std::count(counts.begin(), counts.end(), 0);
}

DifferencePlaces::DifferencePlaces(const std::vector<int64_t>& shape) : axes_(shape.size()) {
  for (size_t i = shape.size(); i-- > 0;) {
    axes_[i].extent = shape[i];
    axes_[i].inner = elements_;
    elements_ *= shape[i];
  }
  pixels_.extent = 0;
  if (shape.size() < 3 || elements_ == 0) return;
  pixels_.inner = shape.back();
  pixels_.extent = elements_ / pixels_.inner;
  const int64_t longest = *std::max_element(shape.begin(), shape.end() - 1);
  if (pixels_.extent == longest) pixels_.extent = 0;
}

void DifferencePlaces::MakeRoom() {
  for (AxisCounts& axis : axes_) {
    if (axis.extent <= kLongest) axis.counts.assign(static_cast<size_t>(axis.extent), 0);
  }
  if (pixels_.extent <= kLongest) pixels_.counts.assign(static_cast<size_t>(pixels_.extent), 0);
  constexpr size_t kPictureAxes = 4;
  if (axes_.size() != kPictureAxes) return;
  const int64_t distances = (std::min(axes_[1].extent, axes_[2].extent) + 1) / 2;
  from_edge_.assign(static_cast<size_t>(distances), 0);
}

void DifferencePlaces::Add(int64_t index) {
  if (differing_++ == 0) {
    first_ = index;
    MakeRoom();
  }
  last_ = index;
  for (AxisCounts& axis : axes_) {
    if (!axis.counts.empty()) ++axis.counts[static_cast<size_t>(IndexAlong(axis, index))];
  }
  if (!pixels_.counts.empty()) ++pixels_.counts[static_cast<size_t>(index / pixels_.inner)];
  if (from_edge_.empty()) return;
  const int64_t row = IndexAlong(axes_[1], index);
  const int64_t column = IndexAlong(axes_[2], index);
  const int64_t distance = std::min({row, axes_[1].extent - 1 - row, column, axes_[2].extent - 1 - column});
  ++from_edge_[static_cast<size_t>(distance)];
}

ChannelSpread DifferencePlaces::Channels() const {
  ChannelSpread spread;
  if (axes_.empty()) return spread;
  const AxisCounts& channels = axes_.back();
  spread.all = channels.extent;
  spread.differing = channels.Affected();
  for (size_t i = 0; i < channels.counts.size(); ++i) {
    if (channels.counts[i] != 0) spread.worst.push_back({static_cast<int64_t>(i), channels.counts[i]});
  }
  constexpr size_t kMost = 8;
  const auto end = spread.worst.begin() + static_cast<std::ptrdiff_t>(std::min(kMost, spread.worst.size()));
  std::partial_sort(spread.worst.begin(), end, spread.worst.end(), [](const auto& a, const auto& b) {
    return a.differing != b.differing ? a.differing > b.differing : a.index < b.index;
  });
  spread.worst.erase(end, spread.worst.end());
  return spread;
}

}  // namespace lockstep::dump
