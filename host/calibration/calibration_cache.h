// A folder of earlier calibrations: the same network on the same pictures is not calibrated again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "calibration/cache_entry.h"

namespace lockstep::calibration {

// $XDG_CACHE_HOME/lockstep, else ~/.cache/lockstep; empty without both.
std::filesystem::path DefaultCacheFolder();

class CalibrationCache {
 public:
  // More than this is not kept: the entries that were not used for longest are removed.
  static constexpr uint64_t kMostBytes = uint64_t{256} << 20;

  // An empty folder keeps nothing. It is made when there is something to keep.
  explicit CalibrationCache(std::filesystem::path folder, uint64_t most_bytes = kMostBytes);

  // The entry of this key: KEY.calibration in the folder. A damaged one is none, and `problem` names it.
  std::optional<CacheEntry> Find(const std::string& key, const graph::Graph& graph, std::string& problem) const;

  // The file appears whole or not at all. What keeps it from being written is returned, in words: nothing else depends
  // on it.
  std::string Keep(const std::string& key, const CacheEntry& entry, const graph::Graph& graph) const;

 private:
  std::filesystem::path PathOf(const std::string& key) const;
  void RemoveOldest() const;

  std::filesystem::path folder_;
  uint64_t most_bytes_;
};

}  // namespace lockstep::calibration
