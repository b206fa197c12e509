// LayerNormalization against values computed by hand, and against the real numbers that its integers stand for.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "one_layer.h"

namespace lockstep::test {
namespace {

__extension__ using Int128 = __int128;
using Ints = std::vector<int>;

joint::LayerNormalizationT Options(int variance_shift, int fraction_bits, uint64_t epsilon, int shift, int high) {
  joint::LayerNormalizationT o;
  o.variance_shift = static_cast<uint8_t>(variance_shift);
  o.fraction_bits = static_cast<uint8_t>(fraction_bits);
  o.epsilon = epsilon;
  o.multiplier = 1 << 30;  // the multiplier is 2^-(1+shift)
  o.shift = shift;
  o.clamp_high = high;
  return o;
}

Ints RunRows(const Ints& x, const joint::LayerNormalizationT& o) {
  OneLayer net;
  net.Input({static_cast<int>(x.size()) / 2, 2}, x, 1.0F, 3);
  net.Row<int16_t>({3, 5});
  net.Row<int64_t>({128, -100});
  net.Layer(o, {static_cast<int>(x.size()) / 2, 2}, 1.0F, 10);
  return net.Run();
}

TEST(ReferenceLayerNormalization, OfTwoElements) {
  // d = -2 and 2, W = 4: -1 and 1 with 8 bits. (-256*3 + 128) / 256 = -2.5, half up -2; (256*5 - 100) / 256 = 4.6.
  // Equal elements leave beta: 128/256 = 0.5 up, -100/256.
  EXPECT_EQ(RunRows({0, 2, 7, 7}, Options(0, 8, 0, 7, 255)), (Ints{8, 15, 11, 10}));
  // The mirrored row, clamped: (256*3 + 128) / 256 = 3.5 up; (-256*5 - 100) / 256 = -5.4.
  EXPECT_EQ(RunRows({2, 0}, Options(0, 8, 0, 7, 12)), (Ints{12, 5}));
}

TEST(ReferenceLayerNormalization, EpsilonIsInTheUnitOfTheVariance) {
  // W = 4 + 12 = 16: halves, (-128*3 + 128) / 256 = -1, (128*5 - 100) / 256 = 2.1.
  EXPECT_EQ(RunRows({0, 2}, Options(0, 8, 12, 7, 255)), (Ints{9, 12}));
  // One bit behind the point: d = 4, W = 16 + 48 = 64, again halves.
  EXPECT_EQ(RunRows({0, 2}, Options(1, 8, 48, 7, 255)), (Ints{9, 12}));
}

struct Row {
  std::vector<int> x;
  std::vector<int16_t> gamma;
  std::vector<int64_t> beta;
};

// One row in U16, so that the output shows as much of the result as it can.
void ExpectAsReal(const Row& row, bool wide, joint::LayerNormalizationT o) {
  const auto n = static_cast<int>(row.x.size());
  OneLayer net;
  net.Input({1, n}, row.x, 1.0F, 0, wide ? joint::DType::U16 : joint::DType::U8);
  net.Row(row.gamma);
  net.Row(row.beta);
  o.clamp_high = 65535;
  net.Layer(o, {1, n}, 1.0F, 32768, joint::DType::U16);
  const Ints y = net.Run();
  Int128 sum = 0;
  Int128 squares = 0;
  for (const int x : row.x) {
    sum += x;
    squares += Int128{x} * x;
  }
  const Int128 unit = Int128{1} << o.variance_shift;
  const Int128 w = (n * squares - sum * sum) * unit * unit + o.epsilon;
  ASSERT_LT(w, Int128{1} << 63);
  const long double multiplier = std::ldexp(static_cast<long double>(o.multiplier), -31 - o.shift);
  for (int i = 0; i < n; ++i) {
    const Int128 d = (n * Int128{row.x[static_cast<size_t>(i)]} - sum) * unit;
    ASSERT_LT(d < 0 ? -d : d, Int128{1} << 31);
    const long double normalised = w == 0 ? 0.0L : static_cast<long double>(d) / std::sqrt(static_cast<long double>(w));
    ASSERT_LE(std::abs(normalised), std::sqrt(static_cast<long double>(n)) * 1.000001L);
    const long double h = std::ldexp(normalised, o.fraction_bits);
    const long double gamma = row.gamma[static_cast<size_t>(i)];
    const long double real =
        32768.0L + (h * gamma + static_cast<long double>(row.beta[static_cast<size_t>(i)])) * multiplier;
    const long double slack = (0.5L + std::abs(h) * 0x1p-29L) * std::abs(gamma) * multiplier;
    const long double expected = std::min(std::max(real, 0.0L), 65535.0L);
    ASSERT_LE(std::abs(y[static_cast<size_t>(i)] - expected), 0.5L + slack + 1e-9L)
        << "element " << i << " of " << n << ", variance_shift " << int{o.variance_shift} << ", fraction_bits "
        << int{o.fraction_bits} << ", epsilon " << o.epsilon << ", expected " << expected;
  }
}

TEST(ReferenceLayerNormalization, IsTheRealNormalisation) {
  std::mt19937 random(5);
  for (int round = 0; round < 400; ++round) {
    const bool wide = random() % 2 == 0;
    const int64_t high = wide ? 65535 : 255;
    const int n = static_cast<int>(round % 40 == 0 ? 32768 / (wide ? 1 : 4) : 1 + random() % 300);
    joint::LayerNormalizationT o;
    int u = 0;
    while ((n * high) << (u + 1) < int64_t{1} << 31) ++u;
    o.variance_shift = static_cast<uint8_t>(random() % 3 == 0 ? 0 : u);
    o.fraction_bits = static_cast<uint8_t>(8 + random() % 17);
    o.epsilon = random() % 3 == 0 ? random() % 3 : uint64_t{random()} << (random() % 31);
    o.multiplier = static_cast<int32_t>((1U << 30U) + (random() >> 2U));
    // The largest sums, some sqrt(n) * 2^f * 2^15, shall fill the output.
    o.shift = std::min(31, o.fraction_bits - 1 + static_cast<int>(random() % 4));
    Row row;
    const int spread = 1 + static_cast<int>(random() % static_cast<uint32_t>(high));
    for (int i = 0; i < n; ++i) {
      row.x.push_back(static_cast<int>(random() % static_cast<uint32_t>(spread + 1)) + static_cast<int>(high) - spread);
      row.gamma.push_back(static_cast<int16_t>(random()));
      row.beta.push_back(static_cast<int64_t>(random() % 65536 - 32768.0) * (int64_t{1} << o.fraction_bits));
    }
    ExpectAsReal(row, wide, o);
    if (testing::Test::HasFatalFailure()) return;
  }
}

// What the loops take for granted is looked at first.
TEST(ReferenceLayerNormalizationDeathTest, RefusesWhatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({2, 2}, {1, 2, 3, 4});
    net.Row<int16_t>({3, 5});
    net.Row<int64_t>({128, -100});
    net.Layer(Options(0, 8, 0, 7, 255), {2, 2});
  };
  const std::vector<Misfit> misfits = {
      {"two inputs", [](OneLayer& net) { net.layer().inputs.pop_back(); }},
      {"the shape",
       [](OneLayer& net) {
         net.tensor(3).shape = {4, 1};
       }},
      {"the type of gamma", [](OneLayer& net) { net.tensor(1).dtype = joint::DType::U16; }},
      {"the type of beta", [](OneLayer& net) { net.tensor(2).dtype = joint::DType::F32; }},
      {"the length of beta", [](OneLayer& net) { net.tensor(2).shape = {3}; }},
      {"rows of another length", [](OneLayer& net) { net.tensor(1).shape = net.tensor(2).shape = {3}; }},
      {"few bits", [](OneLayer& net) { net.options<joint::LayerNormalizationT>().fraction_bits = 7; }},
      {"many bits", [](OneLayer& net) { net.options<joint::LayerNormalizationT>().fraction_bits = 25; }},
      {"the type of the input", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::S8; }},
      {"the type of the output", [](OneLayer& net) { net.tensor(3).dtype = joint::DType::S8; }},
      {"the shift", [](OneLayer& net) { net.options<joint::LayerNormalizationT>().shift = 32; }},
      {"the lower limit", [](OneLayer& net) { net.options<joint::LayerNormalizationT>().clamp_low = -1; }},
      {"the upper limit", [](OneLayer& net) { net.options<joint::LayerNormalizationT>().clamp_high = 256; }},
  };
  ExpectRefusals(make, misfits);
}

TEST(ReferenceLayerNormalizationDeathTest, RefusesFloatsThatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({2, 2}, {1, 2, 3, 4});
    net.Row<int16_t>({3, 5});
    net.Row<int64_t>({128, -100});
    net.Layer(Options(0, 8, 0, 7, 255), {2, 2});
    net.Retype(0, 3, joint::DType::F32);
  };
  const std::vector<Misfit> misfits = {
      {"integers", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::U8; }},
      {"gamma", [](OneLayer& net) { net.tensor(1).dtype = joint::DType::S16; }},
      {"beta", [](OneLayer& net) { net.tensor(2).dtype = joint::DType::S64; }},
      {"the length of beta", [](OneLayer& net) { net.tensor(2).shape = {3}; }},
      {"rows of another length", [](OneLayer& net) { net.tensor(1).shape = net.tensor(2).shape = {3}; }},
      {"the shape",
       [](OneLayer& net) {
         net.tensor(3).shape = {4, 1};
       }},
  };
  ExpectRefusals(make, misfits);
}

}  // namespace
}  // namespace lockstep::test
