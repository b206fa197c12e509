// What the loops of a ConvTranspose take for granted is looked at first.
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace lockstep::test
