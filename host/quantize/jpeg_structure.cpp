#include "quantize/jpeg_structure.h"

namespace lockstep::quantize {
namespace {

constexpr uint8_t kMarker = 0xff;
constexpr uint8_t kStartOfImage = 0xd8;
constexpr uint8_t kEndOfImage = 0xd9;
constexpr uint8_t kStartOfScan = 0xda;
constexpr uint8_t kTemporary = 0x01;

bool IsRestart(uint8_t code) { return code >= 0xd0 && code <= 0xd7; }

// The position of the first marker at or behind `at` that is not part of entropy-coded data; `size` if there is none.
size_t SkipEntropyCoded(const uint8_t* file, size_t size, size_t at) {
  for (; at + 1 < size; ++at) {
    if (file[at] != kMarker) continue;
    const uint8_t code = file[at + 1];
    if (code != 0x00 && code != kMarker && !IsRestart(code)) return at;
  }
  return size;
}

}  // namespace

bool IsJpeg(const uint8_t* file, size_t size) {
  return size >= 3 && file[0] == kMarker && file[1] == kStartOfImage && file[2] == kMarker;
}

bool IsWholeJpeg(const uint8_t* file, size_t size) {
  if (!IsJpeg(file, size)) return false;
  size_t at = 2;
  while (at + 1 < size) {
    if (file[at] != kMarker) return false;
    const uint8_t code = file[at + 1];
    if (code == kMarker) {  // fill byte
      ++at;
      continue;
    }
    if (code == kEndOfImage) return true;
    at += 2;
    if (IsRestart(code) || code == kTemporary) continue;
    if (at + 1 >= size) return false;
    const size_t length = static_cast<size_t>(file[at]) << 8 | file[at + 1];
    if (length < 2) return false;
    at += length;
    if (code == kStartOfScan) at = SkipEntropyCoded(file, size, at);
  }
  return false;
}

}  // namespace lockstep::quantize
