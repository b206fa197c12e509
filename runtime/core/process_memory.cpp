#include "core/process_memory.h"

#include <cinttypes>
#include <cstdio>
#include <cstring>

namespace lockstep {
namespace {

constexpr uint64_t kKilobyte = 1024;

// Sums the "Rss:" lines of the mappings that `wanted` accepts.
template <typename Wanted>
uint64_t SumMappings(Wanted wanted) {
  std::FILE* file = std::fopen("/proc/self/smaps", "r");
  if (file == nullptr) return 0;
  char line[512];
  bool counts = false;
  uint64_t sum = 0;
  while (std::fgets(line, sizeof(line), file) != nullptr) {
    uint64_t begin = 0;
    uint64_t end = 0;
    char access[8] = {};
    uint64_t kilobytes = 0;
    if (std::sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &begin, &end, access) == 3) {
      counts = wanted(begin, end, access);
    } else if (counts && std::sscanf(line, "Rss: %" SCNu64 " kB", &kilobytes) == 1) {
      sum += kilobytes * kKilobyte;
    }
  }
  std::fclose(file);
  return sum;
}

}  // namespace

uint64_t PeakMemory() {
  std::FILE* file = std::fopen("/proc/self/status", "r");
  if (file == nullptr) return 0;
  uint64_t peak = 0;
  char line[256];
  while (std::fgets(line, sizeof(line), file) != nullptr) {
    uint64_t kilobytes = 0;
    if (std::sscanf(line, "VmHWM: %" SCNu64 " kB", &kilobytes) == 1) peak = kilobytes * kKilobyte;
  }
  std::fclose(file);
  return peak;
}

uint64_t ResidentBytes(const void* begin, uint64_t size) {
  const uint64_t first = reinterpret_cast<uintptr_t>(begin);
  return SumMappings(
      [&](uint64_t map_begin, uint64_t map_end, const char*) { return map_begin < first + size && first < map_end; });
}

uint64_t ResidentCode() {
  return SumMappings([](uint64_t, uint64_t, const char* access) { return std::strchr(access, 'x') != nullptr; });
}

}  // namespace lockstep
