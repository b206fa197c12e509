#include "base/process_memory.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace lockstep {
namespace {

constexpr uint64_t kKilobyte = 1024;

// The number behind `key` if the line begins with it: "Rss:   12 kB" is 12 KB.
bool Kilobytes(const char* line, const char* key, uint64_t* bytes) {
  const size_t length = std::strlen(key);
  if (std::strncmp(line, key, length) != 0) return false;
  *bytes = std::strtoull(line + length, nullptr, 10) * kKilobyte;
  return true;
}

struct Mapping {
  uint64_t begin, end;
  bool code;
};

// "7f00-7fff r-xp ..." begins the lines of a mapping.
bool ReadMapping(const char* line, Mapping* mapping) {
  char* rest = nullptr;
  mapping->begin = std::strtoull(line, &rest, 16);
  if (rest == line || *rest != '-') return false;
  const char* end = rest + 1;
  mapping->end = std::strtoull(end, &rest, 16);
  if (rest == end || *rest != ' ') return false;
  const char* access = rest + 1;
  mapping->code = std::memchr(access, 'x', strnlen(access, 4)) != nullptr;
  return true;
}

// Sums the "Rss:" lines of the mappings that `wanted` accepts.
template <typename Wanted>
uint64_t SumMappings(Wanted wanted) {
  std::FILE* file = std::fopen("/proc/self/smaps", "r");
  if (file == nullptr) return 0;
  char line[512];
  bool counts = false;
  uint64_t sum = 0;
  while (std::fgets(line, sizeof(line), file) != nullptr) {
    Mapping mapping = {};
    uint64_t bytes = 0;
    if (ReadMapping(line, &mapping)) {
      counts = wanted(mapping);
    } else if (counts && Kilobytes(line, "Rss:", &bytes)) {
      sum += bytes;
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
    Kilobytes(line, "VmHWM:", &peak);
  }
  std::fclose(file);
  return peak;
}

uint64_t ResidentBytes(const void* begin, uint64_t size) {
  const uint64_t first = reinterpret_cast<uintptr_t>(begin);
  return SumMappings([&](const Mapping& mapping) { return mapping.begin < first + size && first < mapping.end; });
}

uint64_t ResidentCode() {
  return SumMappings([](const Mapping& mapping) { return mapping.code; });
}

// QEMU answers for /proc/self/exe with the emulated program, but passes this one on.
bool Emulator(char (&name)[kMaxProgramName]) {
  char path[512];
  const ssize_t size = readlink("/proc/thread-self/exe", path, sizeof(path) - 1);
  if (size <= 0) return false;
  path[size] = 0;
  const char* slash = std::strrchr(path, '/');
  const char* program = slash != nullptr ? slash + 1 : path;
  std::snprintf(name, sizeof(name), "%.63s", program);
  return std::strncmp(program, "qemu-", 5) == 0;
}

}  // namespace lockstep
