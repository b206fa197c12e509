// What one calibration saw, as the bytes of a file: everything that any bit width and any observer needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/calibrate.h"

namespace lockstep::calibration {

struct CacheEntry {
  quantize::Calibration calibration;
  std::vector<std::string> skipped;  // labels of sets that could not be read
  std::vector<std::string> doubts;   // what is to be said of the pictures, one line each
};

// Of each tensor, by name: extremes, their moving average, histogram, means and extremes of channels. In front of it
// all stands a digest.
std::string Serialize(const CacheEntry& entry, const graph::Graph& graph);

// Nothing if a single bit is wrong, or the graph has no tensor of a name.
std::optional<CacheEntry> ParseCacheEntry(const std::vector<uint8_t>& bytes, const graph::Graph& graph);

}  // namespace lockstep::calibration
