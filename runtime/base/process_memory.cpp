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
