// What a name in a joint model may consist of. People read names in messages, reports and file names.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockstep {

// Names of any length could keep the search for equal ones busy for hours.
inline constexpr size_t kMostNameBytes = 4096;

// Bytes of the UTF-8 character in front (RFC 3629, section 4); 0 if it is malformed, cut off or a control character.
inline size_t TextCharacterBytes(const uint8_t* text, size_t left) {
  const uint8_t lead = text[0];
  if (lead < 0x80) return lead >= ' ' && lead != 0x7f ? 1 : 0;
  if (lead < 0xc0 || lead > 0xf4) return 0;
  const size_t size = lead >= 0xf0 ? 4 : (lead >= 0xe0 ? 3 : 2);
  if (left < size) return 0;
  uint32_t code = lead & (0x7fU >> size);
  for (size_t i = 1; i < size; ++i) {
    if ((text[i] & 0xc0) != 0x80) return 0;
    code = code << 6 | (text[i] & 0x3fU);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0xa0, 0x800, 0x10000};  // 0x80 to 0x9f are control characters
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return code < kSmallest[size] || code > 0x10ffff || surrogate ? 0 : size;
}

// UTF-8 without control characters.
inline bool IsNameText(const char* name, size_t bytes) {
  const auto* text = reinterpret_cast<const uint8_t*>(name);
  for (size_t at = 0; at < bytes;) {
    const size_t character = TextCharacterBytes(text + at, bytes - at);
    if (character == 0) return false;
    at += character;
  }
  return true;
}

}  // namespace lockstep
