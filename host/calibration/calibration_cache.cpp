#include "calibration/calibration_cache.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>
#include <utility>
#include <vector>

#include "files/output_file.h"
#include "graph/error.h"

namespace lockstep::calibration {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExtension = ".calibration";

}  // namespace

fs::path DefaultCacheFolder() {
  // A relative one is to be ignored, says the specification of these folders.
  for (const auto& [variable, below] :
       {std::pair{"XDG_CACHE_HOME", "lockstep"}, std::pair{"HOME", ".cache/lockstep"}}) {
    const char* folder = std::getenv(variable);
    if (folder != nullptr && fs::path(folder).is_absolute()) return fs::path(folder) / below;
  }
  return {};
}

CalibrationCache::CalibrationCache(fs::path folder, uint64_t most_bytes)
    : folder_(std::move(folder)), most_bytes_(most_bytes) {}

fs::path CalibrationCache::PathOf(const std::string& key) const { return folder_ / (key + kExtension); }

std::optional<CacheEntry> CalibrationCache::Find(const std::string& key, const graph::Graph& graph,
                                                 std::string& problem) const {
  if (folder_.empty()) return std::nullopt;
  const fs::path path = PathOf(key);
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  std::optional<CacheEntry> entry;
  try {
    entry = ParseCacheEntry(files::ReadFile(path), graph);
  } catch (const BadInput& bad) {
    problem = bad.what();
    return std::nullopt;
  }
  if (!entry) {
    problem = path.string() + " is damaged";
    return std::nullopt;
  }
  fs::last_write_time(path, fs::file_time_type::clock::now(), error);  // used last, removed last
  return entry;
}

std::string CalibrationCache::Keep(const std::string& key, const CacheEntry& entry, const graph::Graph& graph) const {
  if (folder_.empty()) return "";
  try {
    files::WriteFile(PathOf(key), Serialize(entry, graph));
  } catch (const BadInput& bad) {
    return bad.what();
  }
  RemoveOldest();
  return "";
}

void CalibrationCache::RemoveOldest() const {
  std::error_code error;
  std::vector<std::tuple<fs::file_time_type, uint64_t, fs::path>> entries;
  uint64_t bytes = 0;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() != kExtension) continue;
    std::error_code gone;  // another program removes, too
    const fs::file_time_type used = fs::last_write_time(at->path(), gone);
    const uint64_t size = gone ? 0 : fs::file_size(at->path(), gone);
    if (gone) continue;
    entries.emplace_back(used, size, at->path());
    bytes += size;
  }
  std::sort(entries.begin(), entries.end());
  for (size_t i = 0; i + 1 < entries.size() && bytes > most_bytes_; ++i) {
    fs::remove(std::get<2>(entries[i]), error);
    bytes -= std::get<1>(entries[i]);
  }
}

}  // namespace lockstep::calibration
