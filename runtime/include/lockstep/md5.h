// MD5 (RFC 1321): the digest of dumps and of a joint model's content. It detects damage; it is no defence against
// malice.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "lockstep/tensor_rows.h"

namespace lockstep {

using Md5Digest = std::array<uint8_t, 16>;

class Md5 {
 public:
  void Update(const void* data, size_t size);
  Md5Digest Finish();  // the object is spent afterwards

 private:
  void Block(const uint8_t* block);

  uint32_t state_[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  uint64_t length_ = 0;
  uint8_t pending_[64] = {};
};

Md5Digest Md5Of(const void* data, size_t size);

inline Md5Digest Md5Of(const TensorRows& rows) {
  Md5 md5;
  rows.ForEach([&](const uint8_t* row, size_t bytes) { md5.Update(row, bytes); });
  return md5.Finish();
}

// 32 lower-case hexadecimal digits and a terminating zero.
using Md5Text = std::array<char, 33>;
Md5Text ToText(const uint8_t* digest);  // of 16 bytes
inline Md5Text ToText(const Md5Digest& digest) { return ToText(digest.data()); }

}  // namespace lockstep
