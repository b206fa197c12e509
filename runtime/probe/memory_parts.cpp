#include "probe/memory_parts.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace lockstep {
namespace {

constexpr uint64_t kKilobyte = 1024;

// The lines of a file of /proc, cut where they are longer than a line's memory.
class Lines {
 public:
  explicit Lines(const char* path) : file_(open(path, O_RDONLY | O_CLOEXEC)) {}
  ~Lines() {
    if (file_ >= 0) close(file_);
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  // nullptr behind the last one.
  const char* Next() {
    size_t length = 0;
    for (char letter = 0; Letter(&letter);) {
      if (letter == '\n') {
        line_[length] = 0;
        return line_;
      }
      if (length + 1 < sizeof(line_)) line_[length++] = letter;
    }
    return nullptr;
  }

 private:
  bool Letter(char* letter) {
    if (at_ == size_) {
      const ssize_t got = file_ >= 0 ? read(file_, block_, sizeof(block_)) : 0;
      if (got <= 0) return false;
      size_ = static_cast<size_t>(got);
      at_ = 0;
    }
    *letter = block_[at_++];
    return true;
  }

  int file_;
  size_t at_ = 0;
  size_t size_ = 0;
  char block_[1024];
  char line_[512];
};

// The number behind `key` if the line begins with it: "Rss:   12 kB" is 12 KB.
bool Kilobytes(const char* line, const char* key, uint64_t* bytes) {
  const size_t length = std::strlen(key);
  if (std::strncmp(line, key, length) != 0) return false;
  *bytes = std::strtoull(line + length, nullptr, 10) * kKilobyte;
  return true;
}

struct Mapping {
  uint64_t begin, end;
  const char* path;  // or what stands in its place: "[stack]", "" for memory that no file is behind
};

// "7f00-7fff r-xp 00000000 08:01 1234   /lib/libc.so" begins the lines of a mapping.
bool ReadMapping(const char* line, Mapping* mapping) {
  char* rest = nullptr;
  mapping->begin = std::strtoull(line, &rest, 16);
  if (rest == line || *rest != '-') return false;
  const char* end = rest + 1;
  mapping->end = std::strtoull(end, &rest, 16);
  if (rest == end || *rest != ' ') return false;
  const char* field = rest;
  for (int i = 0; i < 4; ++i) {  // access, offset, device, inode
    while (*field == ' ') ++field;
    while (*field != ' ' && *field != 0) ++field;
  }
  while (*field == ' ') ++field;
  mapping->path = field;
  return true;
}

}  // namespace

MemoryNow ReadMemoryNow() {
  MemoryNow now;
  Lines lines("/proc/self/status");
  while (const char* line = lines.Next()) {
    Kilobytes(line, "VmRSS:", &now.resident);
    Kilobytes(line, "VmHWM:", &now.peak);
  }
  return now;
}

MemoryParts ReadMemoryParts(const void* model, size_t model_size, const Array<uintptr_t>& stacks) {
  const uint64_t model_begin = reinterpret_cast<uintptr_t>(model);
  MemoryParts parts;
  uint64_t* part = &parts.heap;
  Lines lines("/proc/self/smaps");
  while (const char* line = lines.Next()) {
    Mapping mapping = {};
    uint64_t bytes = 0;
    if (!ReadMapping(line, &mapping)) {
      if (Kilobytes(line, "Rss:", &bytes)) *part += bytes;
      continue;
    }
    const bool file = mapping.path[0] == '/';
    part = file ? &parts.code : &parts.heap;
    if (std::strcmp(mapping.path, "[vdso]") == 0) part = &parts.code;
    if (file && mapping.begin < model_begin + model_size && model_begin < mapping.end) part = &parts.model;
    for (const uintptr_t stack : stacks) {
      if (mapping.begin <= stack && stack < mapping.end) part = &parts.stacks;
    }
  }
  return parts;
}

}  // namespace lockstep
