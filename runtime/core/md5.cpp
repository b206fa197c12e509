#include "lockstep/md5.h"

#include <cstring>

namespace lockstep {
namespace {

// floor(2^32 * abs(sin(i + 1))), RFC 1321 section 3.4.
constexpr uint32_t kSine[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
constexpr uint8_t kRotate[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

uint32_t RotateLeft(uint32_t x, int n) { return (x << n) | (x >> (32 - n)); }

struct State {
  uint32_t a, b, c, d;
};

// Each step waits for b of the last one, so what needs no b stands in brackets of its own: one operation less to wait
// for in rounds 1 and 2.
template <int kRound>
[[gnu::always_inline]] inline void Step(State& s, const uint32_t* words, int i, int rotate) {
  constexpr int kStride[] = {1, 5, 3, 7};
  constexpr int kFirst[] = {0, 1, 5, 0};
  const uint32_t rest = s.a + kSine[16 * kRound + i] + words[(kStride[kRound] * i + kFirst[kRound]) & 15];
  uint32_t sum = 0;
  if constexpr (kRound == 0) {
    sum = rest + (s.d ^ (s.b & (s.c ^ s.d)));
  } else if constexpr (kRound == 1) {
    sum = (rest + (~s.d & s.c)) + (s.d & s.b);  // no bit is in both
  } else if constexpr (kRound == 2) {
    sum = rest + (s.b ^ (s.c ^ s.d));
  } else {
    sum = rest + (s.c ^ (s.b | ~s.d));
  }
  const uint32_t next = s.b + RotateLeft(sum, rotate);
  s = {s.d, next, s.b, s.c};
}

// Sixteen steps. After four, each number of the state is where it was: more of them side by side would be no faster.
template <int kRound>
void Round(State& s, const uint32_t* words) {
  constexpr const uint8_t(&rotate)[4] = kRotate[kRound];
  for (int i = 0; i < 16; i += 4) {
    Step<kRound>(s, words, i, rotate[0]);
    Step<kRound>(s, words, i + 1, rotate[1]);
    Step<kRound>(s, words, i + 2, rotate[2]);
    Step<kRound>(s, words, i + 3, rotate[3]);
  }
}

}  // namespace

void Md5::Block(const uint8_t* block) {
  uint32_t words[16];
  std::memcpy(words, block, 64);  // little-endian, as every target is
  State state{state_[0], state_[1], state_[2], state_[3]};
  Round<0>(state, words);
  Round<1>(state, words);
  Round<2>(state, words);
  Round<3>(state, words);
  state_[0] += state.a;
  state_[1] += state.b;
  state_[2] += state.c;
  state_[3] += state.d;
}

void Md5::Update(const void* data, size_t size) {
  const auto* bytes = static_cast<const uint8_t*>(data);
  const size_t used = length_ % 64;
  length_ += size;
  if (used != 0) {
    const size_t take = size < 64 - used ? size : 64 - used;
    std::memcpy(pending_ + used, bytes, take);
    bytes += take;
    size -= take;
    if (used + take < 64) return;
    Block(pending_);
  }
  for (; size >= 64; bytes += 64, size -= 64) Block(bytes);
  if (size != 0) std::memcpy(pending_, bytes, size);
}

Md5Digest Md5::Finish() {
  const uint64_t bits = length_ * 8;
  const uint8_t mark = 0x80;
  const uint8_t zeros[64] = {};
  Update(&mark, 1);
  const size_t used = length_ % 64;
  Update(zeros, used <= 56 ? 56 - used : 120 - used);
  Update(&bits, 8);
  Md5Digest digest;
  std::memcpy(digest.data(), state_, 16);
  return digest;
}

Md5Digest Md5Of(const void* data, size_t size) {
  Md5 md5;
  md5.Update(data, size);
  return md5.Finish();
}

Md5Text ToText(const uint8_t* digest) {
  static constexpr char kHex[] = "0123456789abcdef";
  Md5Text text = {};
  for (size_t i = 0; i < sizeof(Md5Digest); ++i) {
    text[2 * i] = kHex[digest[i] >> 4];
    text[2 * i + 1] = kHex[digest[i] & 15];
  }
  return text;
}

}  // namespace lockstep
