// The bytes that stand for an input when there is none: the same on every machine, for benchmarks and test vectors.
//
// xorshift64* (Marsaglia; multiplier of Vigna): every byte is one step of
//     x ^= x >> 12;  x ^= x << 25;  x ^= x >> 27;  byte = (x * 2685821657736338717) >> 56
// with x starting at the seed, or at 0x9e3779b97f4a7c15 if the seed is 0. The inputs of a model are filled one after
// the other, in their order, from one stream. An element of a float32 input takes one byte: (byte - 128) / 64, for
// bytes of its own would be numbers of any size, and none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace lockstep {

class SeededBytes {
 public:
  explicit SeededBytes(uint64_t seed) : state_(seed != 0 ? seed : 0x9e3779b97f4a7c15ULL) {}

  uint8_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<uint8_t>((state_ * 2685821657736338717ULL) >> 56);
  }

  void Fill(void* data, size_t size) {
    auto* bytes = static_cast<uint8_t*>(data);
    for (size_t i = 0; i < size; ++i) bytes[i] = Next();
  }

  // The `size` bytes of an input.
  void FillInput(bool is_float32, void* data, size_t size) {
    if (!is_float32) return Fill(data, size);
    auto* bytes = static_cast<uint8_t*>(data);
    for (size_t i = 0; i + sizeof(float) <= size; i += sizeof(float)) {
      const float value = static_cast<float>(Next() - 128) / 64.0F;
      std::memcpy(bytes + i, &value, sizeof(value));
    }
  }

 private:
  uint64_t state_;
};

}  // namespace lockstep
