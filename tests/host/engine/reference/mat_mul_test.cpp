// MatMul against values computed by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

#include "one_layer.h"

namespace lockstep::test {
namespace {

using Ints = std::vector<int>;
constexpr int32_t kHalfM = 1 << 30;  // m = 2^30: the multiplier is 2^-(1+s)

joint::MatMulT Product(int shift, int low, int high, int acc_bits = 32) {
  joint::MatMulT product;
  product.multiplier = kHalfM;
  product.shift = shift;
  product.clamp_low = low;
  product.clamp_high = high;
  product.acc_bits = static_cast<uint8_t>(acc_bits);
  return product;
}

TEST(ReferenceMatMul, RowsTimesColumnsRoundedHalfUpAndClamped) {
  OneLayer net;
  net.Input({2, 3}, {1, 2, 3, 0, 9, 5}, 1.0F, 2);         // -1 0 1, -2 7 3
  net.Input({3, 2}, {10, 11, 12, 13, 17, 10}, 1.0F, 12);  // -2 -1, 0 1, 5 -2
  net.Layer(Product(0, 5, 19), {2, 2}, 1.0F, 10);
  // 7/2 and -1/2 round half up to 4 and 0; 19/2 to 10, above the limit; 3/2 to 2.
  EXPECT_EQ(net.Run(), (Ints{14, 10, 19, 12}));
}

TEST(ReferenceMatMul, BroadcastsTheAxesInFront) {
  OneLayer net;
  net.Input({2, 1, 1, 2}, {1, 2, 3, 4});
  net.Input({3, 2, 1}, {1, 0, 0, 1, 1, 1});
  net.Layer(Product(-1, 0, 255), {2, 3, 1, 1});
  EXPECT_EQ(net.Run(), (Ints{1, 2, 3, 3, 4, 7}));
}

TEST(ReferenceMatMul, SumsOfWideProductsNeedMoreThan32Bits) {
  OneLayer net;
  net.Input({1, 2}, {65535, 65535}, 1.0F, 0, joint::DType::U16);
  net.Input({2, 2}, {65535, 0, 65535, 0}, 1.0F, 1, joint::DType::U16);
  net.Layer(Product(17, 0, 65535, 64), {1, 2}, 1.0F, 300, joint::DType::U16);
  // 2 * 65535 * 65534 / 2^18 = 32766.75; 2 * 65535 * -1 / 2^18 = -0.49999.
  EXPECT_EQ(net.Run(), (Ints{33067, 300}));
}

// What the loops take for granted is looked at first.
TEST(ReferenceMatMulDeathTest, RefusesWhatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({2, 3}, {1, 2, 3, 4, 5, 6});
    net.Input({3, 2}, {1, 2, 3, 4, 5, 6});
    net.Layer(Product(0, 0, 255), {2, 2});
  };
  const std::vector<Misfit> misfits = {
      {"one input", [](OneLayer& net) { net.layer().inputs.pop_back(); }},
      {"a vector", [](OneLayer& net) { net.tensor(1).shape = {6}; }},
      {"more axes than the output has",
       [](OneLayer& net) {
         net.tensor(0).shape = {1, 2, 3};
       }},
      {"another batch",
       [](OneLayer& net) {
         net.tensor(0).shape = {2, 2, 3};
         net.tensor(2).shape = {3, 2, 2};
       }},
      {"the depth",
       [](OneLayer& net) {
         net.tensor(1).shape = {4, 2};
       }},
      {"the rows",
       [](OneLayer& net) {
         net.tensor(2).shape = {5, 2};
       }},
      {"the columns",
       [](OneLayer& net) {
         net.tensor(2).shape = {2, 5};
       }},
      {"the type of the right input", [](OneLayer& net) { net.tensor(1).dtype = joint::DType::S8; }},
      {"the type of the input", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::S8; }},
      {"the type of the output", [](OneLayer& net) { net.tensor(2).dtype = joint::DType::S8; }},
      {"the shift", [](OneLayer& net) { net.options<joint::MatMulT>().shift = 32; }},
      {"the lower limit", [](OneLayer& net) { net.options<joint::MatMulT>().clamp_low = -1; }},
      {"the upper limit", [](OneLayer& net) { net.options<joint::MatMulT>().clamp_high = 256; }},
  };
  ExpectRefusals(make, misfits);
}

TEST(ReferenceMatMulDeathTest, RefusesFloatsThatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({2, 3}, {1, 2, 3, 4, 5, 6});
    net.Input({3, 2}, {1, 2, 3, 4, 5, 6});
    net.Layer(Product(0, 0, 255), {2, 2});
    net.Retype(0, 2, joint::DType::F32);
  };
  const std::vector<Misfit> misfits = {
      {"integers on the left", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::U8; }},
      {"integers on the right", [](OneLayer& net) { net.tensor(1).dtype = joint::DType::U8; }},
      {"the shape",
       [](OneLayer& net) {
         net.tensor(2).shape = {5, 2};
       }},
  };
  ExpectRefusals(make, misfits);
}

}  // namespace
}  // namespace lockstep::test
