#include "input/pictures/picture_structure.h"

#include <array>
#include <cstring>

namespace lockstep::input {
namespace {

constexpr uint8_t kMarker = 0xff;
constexpr uint8_t kStartOfImage = 0xd8;
constexpr uint8_t kEndOfImage = 0xd9;
constexpr uint8_t kStartOfScan = 0xda;
constexpr uint8_t kTemporary = 0x01;
constexpr std::array<uint8_t, 8> kPngSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr size_t kPngChunkFrame = 12;  // length, type and checksum

bool StartsWith(const uint8_t* file, size_t size, const void* text, size_t length) {
  return size >= length && std::memcmp(file, text, length) == 0;
}

uint32_t BigEndian32(const uint8_t* at) {
  return static_cast<uint32_t>(at[0]) << 24 | static_cast<uint32_t>(at[1]) << 16 | static_cast<uint32_t>(at[2]) << 8 |
         at[3];
}

uint32_t LittleEndian32(const uint8_t* at) {
  return static_cast<uint32_t>(at[3]) << 24 | static_cast<uint32_t>(at[2]) << 16 | static_cast<uint32_t>(at[1]) << 8 |
         at[0];
}

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

bool IsWholeJpeg(const uint8_t* file, size_t size) {
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

bool IsWholePng(const uint8_t* file, size_t size) {
  size_t at = kPngSignature.size();
  while (size >= kPngChunkFrame && at <= size - kPngChunkFrame) {
    const size_t length = BigEndian32(file + at);
    if (length > size - kPngChunkFrame - at) return false;
    if (std::memcmp(file + at + 4, "IEND", 4) == 0) return true;
    at += kPngChunkFrame + length;
  }
  return false;
}

}  // namespace

bool IsCutShort(const uint8_t* file, size_t size) {
  constexpr std::array<uint8_t, 3> kJpegStart = {kMarker, kStartOfImage, kMarker};
  if (StartsWith(file, size, kJpegStart.data(), kJpegStart.size())) return !IsWholeJpeg(file, size);
  if (StartsWith(file, size, kPngSignature.data(), kPngSignature.size())) return !IsWholePng(file, size);
  if (StartsWith(file, size, "BM", 2)) return size < 6 || LittleEndian32(file + 2) > size;
  if (StartsWith(file, size, "RIFF", 4)) return size < 8 || LittleEndian32(file + 4) > size - 8;
  return false;
}

}  // namespace lockstep::input
