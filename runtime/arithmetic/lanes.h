// What is alike for all instruction sets that have lanes_*.h: groups of sixteen elements. lanes_*.h include it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockstep::kernels::lanes {

inline constexpr int kGroup = 16;  // elements

// Each a number of 32 bits.
struct Sixteen {
  Words value[4];
};

// Of bytes or of halves.
LOCKSTEP_LANES Sixteen LoadSixteen(const uint8_t* from, bool wide) {
  Halves low;
  Halves high;
  if (wide) {
    low = LoadHalves(from);
    high = LoadHalves(from + 2 * kGroup / 2);
  } else {
    const Bytes bytes = LoadBytes(from);
    low = LowOf(bytes);
    high = HighOf(bytes);
  }
  return {{LowOf(low), HighOf(low), LowOf(high), HighOf(high)}};
}

// Minus the zero point.
LOCKSTEP_LANES Sixteen LoadSixteen(const uint8_t* from, bool wide, Words zero_point) {
  const Sixteen x = LoadSixteen(from, wide);
  return {{Subtract(x.value[0], zero_point), Subtract(x.value[1], zero_point), Subtract(x.value[2], zero_point),
           Subtract(x.value[3], zero_point)}};
}

LOCKSTEP_LANES Sixteen LoadSignedSixteen(const uint8_t* from, bool wide) {
  Halves low;
  Halves high;
  if (wide) {
    low = LoadHalves(from);
    high = LoadHalves(from + 2 * kGroup / 2);
  } else {
    const Bytes bytes = LoadBytes(from);
    low = SignedLowOf(bytes);
    high = SignedHighOf(bytes);
  }
  return {{SignedLowOf(low), SignedHighOf(low), SignedLowOf(high), SignedHighOf(high)}};
}

// One for all.
LOCKSTEP_LANES Sixteen SplatSixteen(int32_t value) {
  const Words all = SplatWords(value);
  return {{all, all, all, all}};
}

// clamp(zero_point + v) as zero_point + clamp(v): v may be a limit of its type.
struct Limits {
  Words low, high, zero_point;

  LOCKSTEP_LANES Limits(int32_t zero, int32_t floor, int32_t ceiling)
      : low(SplatWords(floor - zero)), high(SplatWords(ceiling - zero)), zero_point(SplatWords(zero)) {}
  LOCKSTEP_LANES Words Of(Words v) const { return Add(Least(Largest(v, low), high), zero_point); }
};

// Values within their type, as bytes or halves.
LOCKSTEP_LANES void StoreSixteen(const Sixteen& values, uint8_t* to, bool wide) {
  const Halves low = Narrow(values.value[0], values.value[1]);
  const Halves high = Narrow(values.value[2], values.value[3]);
  if (wide) {
    StoreHalves(low, to);
    StoreHalves(high, to + 2 * kGroup / 2);
  } else {
    StoreBytes(Narrow(low, high), to);
  }
}

namespace {

// Once in each file, for what is rare.
[[gnu::noinline, maybe_unused]] void CopyBytes(const uint8_t* from, ptrdiff_t count, uint8_t* to) {
  for (ptrdiff_t i = 0; i < count; ++i) to[i] = from[i];
}

}  // namespace

// A group in memory of which fewer elements are read, or one for all.
class Elements {
 public:
  // `size`: bytes of an element. A whole group stays where it is.
  LOCKSTEP_LANES const uint8_t* Load(const uint8_t* from, ptrdiff_t count, int size) {
    if (count >= kGroup) return from;
    CopyBytes(from, count * size, bytes_);
    return bytes_;
  }
  LOCKSTEP_LANES const uint8_t* Fill(const uint8_t* one, int size) {
    CopyBytes(one, size, bytes_);
    CopyBytes(bytes_, ptrdiff_t{kGroup - 1} * size, bytes_ + size);  // each from the one before
    return bytes_;
  }
  // Where a group of values may be stored, of which Store writes the first.
  LOCKSTEP_LANES uint8_t* Place(uint8_t* to, ptrdiff_t count) { return count >= kGroup ? to : bytes_; }
  LOCKSTEP_LANES void Store(uint8_t* to, ptrdiff_t count, int size) const {
    if (count >= kGroup) return;
    CopyBytes(bytes_, count * size, to);
  }

 private:
  alignas(kGroup) uint8_t bytes_[2 * kGroup] = {};
};

}  // namespace lockstep::kernels::lanes
