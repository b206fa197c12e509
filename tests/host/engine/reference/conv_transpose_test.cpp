// What the loops of a ConvTranspose take for granted is looked at first.
#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>

#include "one_layer.h"

namespace lockstep::test {
namespace {

TEST(ReferenceConvTransposeDeathTest, RefusesWhatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({1, 2, 2, 1}, {1, 2, 3, 4});
    net.Weights({1, 1, 1, 1}, joint::Packing::O16I4, std::vector<int8_t>(64, 0));
    joint::ConvTransposeT options;
    options.acc_init = options.weight_sum = {0};
    options.multiplier = {1 << 30};
    options.shift = {0};
    options.clamp_high = 255;
    net.Layer(std::move(options), {1, 2, 2, 1});
  };
  const std::vector<Misfit> misfits = {
      {"one input", [](OneLayer& net) { net.layer().inputs.pop_back(); }},
      {"the type of the input", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::S8; }},
      {"the type of the output", [](OneLayer& net) { net.tensor(2).dtype = joint::DType::S8; }},
      {"the packing", [](OneLayer& net) { net.tensor(1).packing = joint::Packing::O16; }},
      {"the rank of the input",
       [](OneLayer& net) {
         net.tensor(0).shape = {1, 2, 2, 1, 1};
       }},
      {"the rank of the output",
       [](OneLayer& net) {
         net.tensor(2).shape = {1, 2, 2, 1, 1};
       }},
      {"the batch",
       [](OneLayer& net) {
         net.tensor(2).shape = {2, 2, 2, 1};
       }},
      {"the output channels",
       [](OneLayer& net) {
         net.tensor(2).shape = {1, 2, 2, 2};
       }},
      {"no group", [](OneLayer& net) { net.options<joint::ConvTransposeT>().groups = 0; }},
      {"a channel in two groups",
       [](OneLayer& net) {
         net.options<joint::ConvTransposeT>().groups = 2;
         net.tensor(0).shape = {1, 2, 2, 2};
         net.tensor(1).bytes = 0;
       }},
      {"the input channels",
       [](OneLayer& net) {
         net.tensor(0).shape = {1, 2, 2, 2};
       }},
      {"the stride of rows",
       [](OneLayer& net) {
         net.options<joint::ConvTransposeT>().stride_h = 0;
         net.options<joint::ConvTransposeT>().acc_init.clear();
         net.tensor(1).bytes = 0;
       }},
      {"the stride of columns",
       [](OneLayer& net) {
         net.options<joint::ConvTransposeT>().stride_w = 0;
         net.options<joint::ConvTransposeT>().acc_init.clear();
         net.tensor(1).bytes = 0;
       }},
      {"rows before the first", [](OneLayer& net) { net.options<joint::ConvTransposeT>().pad_top = -1; }},
      {"columns before the first", [](OneLayer& net) { net.options<joint::ConvTransposeT>().pad_left = -1; }},
      {"the sums", [](OneLayer& net) { net.options<joint::ConvTransposeT>().acc_init.push_back(0); }},
      {"the multipliers", [](OneLayer& net) { net.options<joint::ConvTransposeT>().multiplier.push_back(1 << 30); }},
      {"the shifts", [](OneLayer& net) { net.options<joint::ConvTransposeT>().shift.push_back(0); }},
      {"a shift", [](OneLayer& net) { net.options<joint::ConvTransposeT>().shift[0] = 32; }},
      {"the bytes", [](OneLayer& net) { net.tensor(1).bytes = 128; }},
      {"the limits of a table",
       [](OneLayer& net) {
         net.options<joint::ConvTransposeT>().table.assign(256, 0);
         net.options<joint::ConvTransposeT>().clamp_high = 256;
       }},
  };
  ExpectRefusals(make, misfits);
}

TEST(ReferenceConvTransposeDeathTest, RefusesFloatsThatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({1, 2, 2, 1}, {}, 1.0F, 0, joint::DType::F32);
    net.Weights({1, 1, 1, 1}, joint::Packing::O16, std::vector<int8_t>(64, 0));
    net.Input({1}, {}, 1.0F, 0, joint::DType::F32);
    net.Layer(joint::ConvTransposeT(), {1, 2, 2, 1}, 1.0F, 0, joint::DType::F32);
    net.tensor(1).dtype = joint::DType::F32;
  };
  const std::vector<Misfit> misfits = {
      {"two inputs", [](OneLayer& net) { net.layer().inputs.pop_back(); }},
      {"integers", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::U8; }},
      {"a bias of integers", [](OneLayer& net) { net.tensor(2).dtype = joint::DType::U8; }},
      {"the packing", [](OneLayer& net) { net.tensor(1).packing = joint::Packing::O16I4; }},
      {"the rank of the input",
       [](OneLayer& net) {
         net.tensor(0).shape = {1, 2, 2, 1, 1};
       }},
      {"the rank of the output",
       [](OneLayer& net) {
         net.tensor(3).shape = {1, 2, 2, 1, 1};
       }},
      {"the batch",
       [](OneLayer& net) {
         net.tensor(3).shape = {2, 2, 2, 1};
       }},
      {"the output channels",
       [](OneLayer& net) {
         net.tensor(3).shape = {1, 2, 2, 2};
       }},
      {"no group", [](OneLayer& net) { net.options<joint::ConvTransposeT>().groups = 0; }},
      {"a channel in two groups",
       [](OneLayer& net) {
         net.options<joint::ConvTransposeT>().groups = 2;
         net.tensor(0).shape = {1, 2, 2, 2};
         net.tensor(1).bytes = 0;
       }},
      {"the input channels",
       [](OneLayer& net) {
         net.tensor(0).shape = {1, 2, 2, 2};
       }},
      {"the axes of the bias",
       [](OneLayer& net) {
         net.tensor(2).shape = {1, 1};
       }},
      {"the length of the bias", [](OneLayer& net) { net.tensor(2).shape = {2}; }},
      {"the bytes", [](OneLayer& net) { net.tensor(1).bytes = 128; }},
      {"the stride of rows", [](OneLayer& net) { net.options<joint::ConvTransposeT>().stride_h = 0; }},
      {"the stride of columns", [](OneLayer& net) { net.options<joint::ConvTransposeT>().stride_w = 0; }},
  };
  ExpectRefusals(make, misfits);
}

// Two rows of a column of two inputs: every input element gives a scaled kernel of two rows, the stride is 2.
OneLayer Column(int low_weight, int high_weight, joint::ConvTransposeT options = {}) {
  OneLayer net;
  net.Input({1, 2, 1, 1}, {10, 3}, 1.0F, 2);
  // Two phases of one tap each, 16 lanes of 4.
  std::vector<int8_t> bytes(128, 0);
  bytes[0] = static_cast<int8_t>(low_weight);
  bytes[64] = static_cast<int8_t>(high_weight);
  net.Weights({1, 2, 1, 1}, joint::Packing::O16I4, bytes);
  options.stride_h = 2;
  options.acc_init = {-2 * low_weight, 1 - 2 * high_weight};
  options.weight_sum = {low_weight, high_weight};
  options.multiplier = {1 << 30};
  options.shift = {-1};  // the product as it is
  options.mid_zero_point = 100;
  options.clamp_high = options.clamp_high == 0 ? 255 : options.clamp_high;
  net.Layer(std::move(options), {1, 4, 1, 1});
  return net;
}

TEST(ReferenceConvTranspose, ScattersAKernelForEachElement) {
  // Differences 8 and 1; the second phase starts from 1.
  EXPECT_EQ(Column(3, -5).Run(), (std::vector<int>{124, 61, 103, 96}));
}

TEST(ReferenceConvTranspose, ClampsAndLooksUp) {
  joint::ConvTransposeT clamped;
  clamped.clamp_low = 97;
  clamped.clamp_high = 120;
  EXPECT_EQ(Column(3, -5, std::move(clamped)).Run(), (std::vector<int>{120, 97, 103, 97}));
  joint::ConvTransposeT looked_up;
  for (int i = 0; i < 256; ++i) looked_up.table.push_back(static_cast<uint8_t>(255 - i));
  EXPECT_EQ(Column(3, -5, std::move(looked_up)).Run(), (std::vector<int>{131, 194, 152, 159}));
}

TEST(ReferenceConvTranspose, RefusesASumThatLeavesTheBitsItWasProvenFor) {
  const auto far = [](int acc_bits) {
    OneLayer net = Column(3, -5);
    net.options<joint::ConvTransposeT>().acc_init[0] = INT32_MAX;
    net.options<joint::ConvTransposeT>().acc_bits = static_cast<uint8_t>(acc_bits);
    return net;
  };
  EXPECT_EQ(far(64).Run()[0], 255);
  EXPECT_THROW(far(32).Run(), std::logic_error);
}

TEST(ReferenceConvTranspose, ReadsTheZeroPointBesideTheInput) {
  OneLayer net = Column(3, -5);
  net.options<joint::ConvTransposeT>().pad_top = 1;
  net.tensor(2).shape = {1, 5, 1, 1};
  net.tensor(2).bytes = 5;
  lower::PlanMemory(net.model());
  EXPECT_EQ(net.Run(), (std::vector<int>{61, 103, 96, 100, 101}));
}

}  // namespace
}  // namespace lockstep::test
