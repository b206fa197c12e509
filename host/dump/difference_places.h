// Where the differing elements of a tensor lie: how many of them have each index of each axis.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dump/dump.h"

namespace lockstep::dump {

std::vector<int64_t> CoordinatesOf(const std::vector<int64_t>& shape, int64_t index);

struct AxisCounts {
  int64_t extent = 1;
  int64_t inner = 1;            // elements from one index to the next
  std::vector<int64_t> counts;  // by index; empty: nothing differs, or the axis is too long to be counted

  int64_t Affected() const;  // indices with a differing element
};

// Channels are the indices of the last axis, along which kernels compute in blocks.
struct ChannelSpread {
  struct Channel {
    int64_t index = 0;
    int64_t differing = 0;
  };
  int64_t all = 0;
  int64_t differing = 0;
  std::vector<Channel> worst;  // the worst first, 8 at most
};

class DifferencePlaces {
 public:
  explicit DifferencePlaces(const std::vector<int64_t>& shape);

  void Add(int64_t index);  // of a differing element, in ascending order

  int64_t elements() const { return elements_; }
  int64_t differing() const { return differing_; }
  int64_t first() const { return first_; }
  int64_t last() const { return last_; }
  const std::vector<AxisCounts>& axes() const { return axes_; }  // physical
  // All axes but the last one as one: the order in which kernels take pixels. Of extent 0 where that is no other axis.
  const AxisCounts& pixels() const { return pixels_; }
  // Of tensors with four axes: by distance from the nearest edge of the two axes in the middle.
  const std::vector<int64_t>& from_edge() const { return from_edge_; }
  ChannelSpread Channels() const;

 private:
  void MakeRoom();

  std::vector<AxisCounts> axes_;
  AxisCounts pixels_;
  std::vector<int64_t> from_edge_;
  int64_t elements_ = 1;
  int64_t differing_ = 0;
  int64_t first_ = -1;
  int64_t last_ = -1;
};

}  // namespace lockstep::dump
