// What kernels that are written once for several instruction sets work with, for MSA. Everything is inlined always: no
// copy exists that a linker could take from a file with other flags.
#pragma once

#include "arithmetic/requantize_msa.h"

namespace lockstep::kernels::lanes {

#define LOCKSTEP_LANES [[gnu::always_inline]] inline

using Bytes = v16u8;
using Halves = v8i16;
using Words = v4i32;
using Longs = v2i64;

LOCKSTEP_LANES Bytes SplatBytes(int32_t value) { return reinterpret_cast<v16u8>(__msa_fill_b(value)); }
LOCKSTEP_LANES Halves SplatHalves(int32_t value) { return __msa_fill_h(value); }
LOCKSTEP_LANES Words SplatWords(int32_t value) { return __msa_fill_w(value); }
LOCKSTEP_LANES Longs SplatLongs(int64_t value) { return Longs{value, value}; }
LOCKSTEP_LANES Bytes LoadBytes(const void* from) {
  return reinterpret_cast<v16u8>(__msa_ld_b(const_cast<void*>(from), 0));
}
LOCKSTEP_LANES Halves LoadHalves(const void* from) { return __msa_ld_h(const_cast<void*>(from), 0); }
LOCKSTEP_LANES Words LoadWords(const int32_t* from) { return msa::LoadWords(from); }
LOCKSTEP_LANES Longs LoadLongs(const int64_t* from) { return __msa_ld_d(const_cast<int64_t*>(from), 0); }
LOCKSTEP_LANES void StoreBytes(Bytes value, void* to) { __msa_st_b(reinterpret_cast<v16i8>(value), to, 0); }
LOCKSTEP_LANES void StoreHalves(Halves value, void* to) { __msa_st_h(value, to, 0); }
LOCKSTEP_LANES void StoreWords(Words value, int32_t* to) { __msa_st_w(value, to, 0); }
LOCKSTEP_LANES void StoreLongs(Longs value, int64_t* to) { __msa_st_d(value, to, 0); }

LOCKSTEP_LANES Bytes Largest(Bytes a, Bytes b) { return __msa_max_u_b(a, b); }
LOCKSTEP_LANES Halves LargestUnsigned(Halves a, Halves b) {
  return reinterpret_cast<v8i16>(__msa_max_u_h(reinterpret_cast<v8u16>(a), reinterpret_cast<v8u16>(b)));
}
LOCKSTEP_LANES uint8_t LargestOf(Bytes x) {
  x = Largest(x, reinterpret_cast<v16u8>(__msa_shf_w(reinterpret_cast<v4i32>(x), 0x4e)));
  x = Largest(x, reinterpret_cast<v16u8>(__msa_shf_w(reinterpret_cast<v4i32>(x), 0xb1)));
  x = Largest(x, reinterpret_cast<v16u8>(__msa_shf_h(reinterpret_cast<v8i16>(x), 0xb1)));
  x = Largest(x, reinterpret_cast<v16u8>(__msa_shf_b(reinterpret_cast<v16i8>(x), 0xb1)));
  return static_cast<uint8_t>(__msa_copy_u_b(reinterpret_cast<v16i8>(x), 0));
}
LOCKSTEP_LANES Words Largest(Words a, Words b) { return __msa_max_s_w(a, b); }
LOCKSTEP_LANES Words Least(Words a, Words b) { return __msa_min_s_w(a, b); }
LOCKSTEP_LANES Words Add(Words a, Words b) { return __msa_addv_w(a, b); }
LOCKSTEP_LANES Halves Add(Halves a, Halves b) { return __msa_addv_h(a, b); }
LOCKSTEP_LANES Longs Add(Longs a, Longs b) { return __msa_addv_d(a, b); }
LOCKSTEP_LANES Words Subtract(Words a, Words b) { return __msa_subv_w(a, b); }
LOCKSTEP_LANES Halves Subtract(Halves a, Halves b) { return __msa_subv_h(a, b); }
LOCKSTEP_LANES Halves FlipSigns(Halves x) { return x ^ __msa_fill_h(INT16_MIN); }
LOCKSTEP_LANES Words Multiply(Words a, Words b) { return __msa_mulv_w(a, b); }
LOCKSTEP_LANES Words MultiplyAdd(Words sum, Words a, Words b) { return __msa_maddv_w(sum, a, b); }
LOCKSTEP_LANES Words MultiplySubtract(Words sum, Words a, Words b) { return __msa_msubv_w(sum, a, b); }
// The upper word of 2 * a * b.
LOCKSTEP_LANES Words MultiplyHigh(Words a, Words b) { return __msa_mul_q_w(a, b); }
// All bits where a >= b, both unsigned.
LOCKSTEP_LANES Words AtLeast(Words a, Words b) {
  return __msa_cle_u_w(reinterpret_cast<v4u32>(b), reinterpret_cast<v4u32>(a));
}
// By the same number of bits for all lanes.
struct WordShift {
  Words by;

  LOCKSTEP_LANES static WordShift Left(int32_t by) { return {SplatWords(by)}; }
  LOCKSTEP_LANES static WordShift Right(int32_t by) { return {SplatWords(by)}; }
  LOCKSTEP_LANES Words ToLeft(Words x) const { return __msa_sll_w(x, by); }
  LOCKSTEP_LANES Words ToRight(Words x) const { return __msa_sra_w(x, by); }
};
// a where x < 0, else b.
LOCKSTEP_LANES Words WhereNegative(Words x, Words a, Words b) {
  const v4i32 negative = __msa_srai_w(x, 31);
  return reinterpret_cast<v4i32>(
      __msa_bsel_v(reinterpret_cast<v16u8>(negative), reinterpret_cast<v16u8>(b), reinterpret_cast<v16u8>(a)));
}

LOCKSTEP_LANES Halves LowOf(Bytes x) {
  return reinterpret_cast<v8i16>(__msa_ilvr_b(__msa_ldi_b(0), reinterpret_cast<v16i8>(x)));
}
LOCKSTEP_LANES Halves HighOf(Bytes x) {
  return reinterpret_cast<v8i16>(__msa_ilvl_b(__msa_ldi_b(0), reinterpret_cast<v16i8>(x)));
}
LOCKSTEP_LANES Halves SignedLowOf(Bytes x) {
  const auto bytes = reinterpret_cast<v16i8>(x);
  return reinterpret_cast<v8i16>(__msa_ilvr_b(__msa_clti_s_b(bytes, 0), bytes));
}
LOCKSTEP_LANES Halves SignedHighOf(Bytes x) {
  const auto bytes = reinterpret_cast<v16i8>(x);
  return reinterpret_cast<v8i16>(__msa_ilvl_b(__msa_clti_s_b(bytes, 0), bytes));
}
LOCKSTEP_LANES Halves LoadEightBytes(const uint8_t* from) {
  int32_t parts[2];
  std::memcpy(parts, from, sizeof parts);
  return LowOf(reinterpret_cast<v16u8>(__msa_insert_w(__msa_fill_w(parts[0]), 1, parts[1])));
}
LOCKSTEP_LANES void StoreEightBytes(Halves x, uint8_t* to) {
  const auto halves = reinterpret_cast<v16i8>(x);
  const auto bytes = reinterpret_cast<v4i32>(__msa_pckev_b(halves, halves));
  const int32_t parts[2] = {__msa_copy_s_w(bytes, 0), __msa_copy_s_w(bytes, 1)};
  std::memcpy(to, parts, sizeof parts);
}
LOCKSTEP_LANES Words SignedLowOf(Halves x) { return reinterpret_cast<v4i32>(__msa_ilvr_h(__msa_clti_s_h(x, 0), x)); }
LOCKSTEP_LANES Words SignedHighOf(Halves x) { return reinterpret_cast<v4i32>(__msa_ilvl_h(__msa_clti_s_h(x, 0), x)); }
LOCKSTEP_LANES Words LowOf(Halves x) { return reinterpret_cast<v4i32>(__msa_ilvr_h(__msa_ldi_h(0), x)); }
LOCKSTEP_LANES Words HighOf(Halves x) { return reinterpret_cast<v4i32>(__msa_ilvl_h(__msa_ldi_h(0), x)); }
LOCKSTEP_LANES Longs SignedLowOf(Words x) { return reinterpret_cast<v2i64>(__msa_ilvr_w(__msa_clti_s_w(x, 0), x)); }
LOCKSTEP_LANES Longs SignedHighOf(Words x) { return reinterpret_cast<v2i64>(__msa_ilvl_w(__msa_clti_s_w(x, 0), x)); }
// The lower parts of what fits.
LOCKSTEP_LANES Halves Narrow(Words low, Words high) {
  return __msa_pckev_h(reinterpret_cast<v8i16>(high), reinterpret_cast<v8i16>(low));
}
LOCKSTEP_LANES Bytes Narrow(Halves low, Halves high) {
  return reinterpret_cast<v16u8>(__msa_pckev_b(reinterpret_cast<v16i8>(high), reinterpret_cast<v16i8>(low)));
}
LOCKSTEP_LANES Words Saturate(Longs low, Longs high) {
  return __msa_pckev_w(reinterpret_cast<v4i32>(__msa_sat_s_d(high, 31)),
                       reinterpret_cast<v4i32>(__msa_sat_s_d(low, 31)));
}

// Each of two lanes with 0 above it: dotp_s.d multiplies 32 bits by 32 then.
LOCKSTEP_LANES Words SpreadLow(Words x) { return __msa_ilvr_w(__msa_ldi_w(0), x); }
LOCKSTEP_LANES Words SpreadHigh(Words x) { return __msa_ilvl_w(__msa_ldi_w(0), x); }
LOCKSTEP_LANES Longs ProductsLow(Words a, Words b) { return __msa_dotp_s_d(SpreadLow(a), SpreadLow(b)); }
LOCKSTEP_LANES Longs ProductsHigh(Words a, Words b) { return __msa_dotp_s_d(SpreadHigh(a), SpreadHigh(b)); }

LOCKSTEP_LANES void StoreScaled(Words x, float scale, float* to) {
  const v4f32 product = __msa_fmul_w(__msa_ffint_s_w(x), v4f32{scale, scale, scale, scale});
  __msa_st_w(reinterpret_cast<v4i32>(product), to, 0);
}

// Multipliers and shifts of four lanes.
struct Scale {
  Words multiplier, shift;
};
LOCKSTEP_LANES Scale ScaleOf(Words multiplier, Words shift) { return {multiplier, shift}; }
LOCKSTEP_LANES Words ShiftRounded(Words x, const Scale& by) { return __msa_srar_w(x, by.shift); }
// For shifts of at least 1.
LOCKSTEP_LANES Words RequantizeShort(Words acc, const Scale& by) {
  return __msa_srar_w(__msa_mul_q_w(acc, by.multiplier), by.shift);
}
// For every shift. What 32 bits do not hold becomes their limit.
LOCKSTEP_LANES Words RequantizeAny(Words acc, const Scale& by) {
  const Words shift = __msa_addv_w(by.shift, __msa_ldi_w(31));
  return Saturate(__msa_srar_d(ProductsLow(acc, by.multiplier), reinterpret_cast<v2i64>(SpreadLow(shift))),
                  __msa_srar_d(ProductsHigh(acc, by.multiplier), reinterpret_cast<v2i64>(SpreadHigh(shift))));
}

// (a * ma + b * mb) >> shift, rounded half up, of sums of 64 bits.
struct WeightedSum {
  Words multipliers;
  Longs shift;

  LOCKSTEP_LANES WeightedSum(int32_t multiplier_a, int32_t multiplier_b, int32_t by)
      : multipliers(__msa_ilvr_w(SplatWords(multiplier_b), SplatWords(multiplier_a))), shift(SplatLongs(by)) {}
  LOCKSTEP_LANES Words Of(Words a, Words b) const {
    return Saturate(__msa_srar_d(__msa_dotp_s_d(__msa_ilvr_w(b, a), multipliers), shift),
                    __msa_srar_d(__msa_dotp_s_d(__msa_ilvl_w(b, a), multipliers), shift));
  }
};

// As rq1::RequantizeWide, for shifts from kLongShift on, in two steps as kernels::RequantizeLong.
struct LongScale {
  Words multiplier[2];
  Longs shift[2];

  LOCKSTEP_LANES LongScale(Words m, Words by) {
    const Words right = __msa_addvi_w(by, 7);
    multiplier[0] = SpreadLow(m);
    multiplier[1] = SpreadHigh(m);
    shift[0] = reinterpret_cast<v2i64>(SpreadLow(right));
    shift[1] = reinterpret_cast<v2i64>(SpreadHigh(right));
  }
  LOCKSTEP_LANES static Longs Half(Longs acc, Words m, Longs right) {
    const Longs low = acc & SplatLongs((1 << 24) - 1);
    const Longs product = __msa_srai_d(__msa_dotp_s_d(reinterpret_cast<v4i32>(low), m), 24);
    return __msa_srar_d(__msa_dpadd_s_d(product, reinterpret_cast<v4i32>(__msa_srai_d(acc, 24)), m), right);
  }
  LOCKSTEP_LANES Words Of(Longs low, Longs high) const {
    return Saturate(Half(low, multiplier[0], shift[0]), Half(high, multiplier[1], shift[1]));
  }
};

// x * 2^32
LOCKSTEP_LANES Longs ShiftedLow(Words x) { return reinterpret_cast<v2i64>(__msa_ilvr_w(x, __msa_ldi_w(0))); }
LOCKSTEP_LANES Longs ShiftedHigh(Words x) { return reinterpret_cast<v2i64>(__msa_ilvl_w(x, __msa_ldi_w(0))); }

// To the right, rounded half up.
struct LongShift {
  Longs right;

  LOCKSTEP_LANES explicit LongShift(int32_t by) : right(SplatLongs(by)) {}
  LOCKSTEP_LANES Longs Of(Longs x) const { return __msa_srar_d(x, right); }
};

// Two rows of factors whose products are added: neighbours of each in turn.
struct HalvesPair {
  Halves first, second;

  LOCKSTEP_LANES static HalvesPair Of(Halves a, Halves b) { return {__msa_ilvr_h(b, a), __msa_ilvl_h(b, a)}; }
};

LOCKSTEP_LANES void AddProducts(Words (&sums)[2], const HalvesPair& x, const HalvesPair& w) {
  sums[0] = __msa_dpadd_s_w(sums[0], x.first, w.first);
  sums[1] = __msa_dpadd_s_w(sums[1], x.second, w.second);
}

// Sums of products of a row's neighbours 2 * kPair and 2 * kPair + 1 with two rows of factors.
template <int kPair>
LOCKSTEP_LANES void AddPair(Words (&sums)[2], Halves a, const HalvesPair& b) {
  const auto both = reinterpret_cast<v8i16>(__msa_splati_w(reinterpret_cast<v4i32>(a), kPair));
  sums[0] = __msa_dpadd_s_w(sums[0], b.first, both);
  sums[1] = __msa_dpadd_s_w(sums[1], b.second, both);
}

struct WordsPair {
  Words first, second;

  LOCKSTEP_LANES static WordsPair Of(Words a, Words b) { return {__msa_ilvr_w(b, a), __msa_ilvl_w(b, a)}; }
};

template <int kPair>
LOCKSTEP_LANES void AddPair(Longs (&sums)[2], Words a, const WordsPair& b) {
  const auto both = reinterpret_cast<v4i32>(__msa_splati_d(reinterpret_cast<v2i64>(a), kPair));
  sums[0] = __msa_dpadd_s_d(sums[0], b.first, both);
  sums[1] = __msa_dpadd_s_d(sums[1], b.second, both);
}

LOCKSTEP_LANES void StoreLowBytes(Bytes x, uint8_t* to) {
  const auto words = reinterpret_cast<v4i32>(x);
  const int32_t parts[2] = {__msa_copy_s_w(words, 0), __msa_copy_s_w(words, 1)};
  std::memcpy(to, parts, sizeof parts);
}
LOCKSTEP_LANES void StoreHighBytes(Bytes x, uint8_t* to) {
  const auto words = reinterpret_cast<v4i32>(x);
  const int32_t parts[2] = {__msa_copy_s_w(words, 2), __msa_copy_s_w(words, 3)};
  std::memcpy(to, parts, sizeof parts);
}
// Elements of two vectors in turn.
LOCKSTEP_LANES Bytes InterleaveLow(Bytes a, Bytes b) {
  return reinterpret_cast<v16u8>(__msa_ilvr_b(reinterpret_cast<v16i8>(b), reinterpret_cast<v16i8>(a)));
}
LOCKSTEP_LANES Bytes InterleaveHigh(Bytes a, Bytes b) {
  return reinterpret_cast<v16u8>(__msa_ilvl_b(reinterpret_cast<v16i8>(b), reinterpret_cast<v16i8>(a)));
}
LOCKSTEP_LANES Halves InterleaveLow(Halves a, Halves b) { return __msa_ilvr_h(b, a); }
LOCKSTEP_LANES Halves InterleaveHigh(Halves a, Halves b) { return __msa_ilvl_h(b, a); }

}  // namespace lockstep::kernels::lanes

#include "arithmetic/lanes.h"
