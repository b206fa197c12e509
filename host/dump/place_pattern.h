// What the places of differing elements have in common, in words.
//
// A pattern is named only if it explains at least 98 % of them, covers at most half of the tensor, and would not come
// about by chance: elements that were scattered at random would lie so once in a million tensors at most. What lies in
// one corner or one spot of the picture has no row ends: a pattern of rows or columns must go along more than half of
// the other axis. Of several that fit, the one that covers least of the tensor is named.
#pragma once

#include <string>
#include <vector>

#include "dump/difference_places.h"

namespace lockstep::dump {

enum class PlaceKind {
  kNone,  // nothing differs
  kOneElement,
  kEverywhere,   // nine of ten elements or more
  kRowEnds,      // the last columns
  kChannelTail,  // the last channels
  kAxisEnd,      // the last indices of another axis
  kAxisStart,    // the first indices of an axis
  kBorder,       // around the picture
  kPeriod,       // at a regular distance along an axis: the edges of tiles, one lane of a register
  kChannels,     // some channels, and the others not
  kIndices,      // some indices of another axis
  kStretch,      // elements that lie one behind the other in memory
  kAllOver,      // all along every axis, without a pattern
  kNoPattern,
};

const char* PlaceKindName(PlaceKind kind);  // "row_ends"

struct PlacePattern {
  PlaceKind kind = PlaceKind::kNone;
  std::string words;  // "at row ends: the last 3 of 37 columns"; empty for kNone
};

// What one index of each physical axis is called, and several: {"row", "rows"}.
struct AxisName {
  std::string one;
  std::string many;
};
std::vector<AxisName> AxisNames(const DumpLayer& layer);

PlacePattern FindPattern(const DifferencePlaces& places, const std::vector<AxisName>& names);

}  // namespace lockstep::dump
