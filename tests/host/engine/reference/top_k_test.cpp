// TopK against values found by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

#include <limits>

#include "one_layer.h"

namespace lockstep::test {
namespace {

using Ints = std::vector<int>;
using Indices = std::vector<int64_t>;

Indices RunIndices(const OneLayer& net) {
  const std::vector<uint8_t> bytes = net.RunBytes(1);
  Indices indices(bytes.size() / sizeof(int64_t));
  std::memcpy(indices.data(), bytes.data(), bytes.size());
  return indices;
}

joint::TopKT Options(int axis, bool largest) {
  joint::TopKT options;
  options.axis = axis;
  options.largest = largest;
  return options;
}

TEST(ReferenceTopK, TakesRowsAlongAnyAxisAndTheLowerIndexOfEqualElements) {
  OneLayer rows;
  rows.Input({2, 4}, {3, 9, 9, 1, 0, 0, 255, 0});
  rows.Layer(Options(1, true), {2, 3});
  rows.IndicesOutput({2, 3});
  EXPECT_EQ(rows.Run(), (Ints{9, 9, 3, 255, 0, 0}));
  EXPECT_EQ(RunIndices(rows), (Indices{1, 2, 0, 2, 0, 1}));

  OneLayer columns;
  columns.Input({3, 2}, {700, 5, 300, 5, 65535, 4}, 1.0F, 9, joint::DType::U16);
  columns.Layer(Options(0, false), {2, 2}, 1.0F, 9, joint::DType::U16);
  columns.IndicesOutput({2, 2});
  EXPECT_EQ(columns.Run(), (Ints{300, 4, 700, 5}));
  EXPECT_EQ(RunIndices(columns), (Indices{1, 2, 0, 0}));
}

// What is no number is above all numbers, and the zeros are equal.
TEST(ReferenceTopK, OfFloatsThatAreNoNumbers) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const bool largest : {true, false}) {
    OneLayer net;
    net.FloatInput({7}, {0.0F, nan, infinity, -0.0F, nan, -infinity, 3.0F});
    net.Layer(Options(0, largest), {7}, 1.0F, 0, joint::DType::F32);
    net.IndicesOutput({7});
    EXPECT_EQ(RunIndices(net), (largest ? Indices{1, 4, 2, 6, 0, 3, 5} : Indices{5, 0, 3, 6, 2, 1, 4}));
  }
}

// What the loops take for granted is looked at first.
TEST(ReferenceTopKDeathTest, RefusesWhatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({2, 4}, {3, 9, 9, 1, 0, 0, 255, 0});
    net.Layer(Options(1, true), {2, 3});
    net.IndicesOutput({2, 3});
  };
  const std::vector<Misfit> misfits = {
      {"two inputs", [](OneLayer& net) { net.layer().inputs.push_back(0); }},
      {"one output", [](OneLayer& net) { net.layer().outputs.pop_back(); }},
      {"no activation", [](OneLayer& net) { net.Retype(0, 1, joint::DType::S8); }},
      {"another type", [](OneLayer& net) { net.tensor(1).dtype = joint::DType::U16; }},
      {"the type of the indices", [](OneLayer& net) { net.tensor(2).dtype = joint::DType::F32; }},
      {"the shape of the indices",
       [](OneLayer& net) {
         net.tensor(2).shape = {3, 2};
       }},
      {"the rank",
       [](OneLayer& net) {
         net.tensor(1).shape = net.tensor(2).shape = {2, 3, 1};
       }},
      {"an axis below 0",
       [](OneLayer& net) {
         net.tensor(1).shape = net.tensor(2).shape = {2, 4};
         net.options<joint::TopKT>().axis = -1;
       }},
      {"an axis beyond the rank",
       [](OneLayer& net) {
         net.tensor(1).shape = net.tensor(2).shape = {2, 4};
         net.options<joint::TopKT>().axis = 2;
       }},
      {"more than there are",
       [](OneLayer& net) {
         net.tensor(1).shape = net.tensor(2).shape = {2, 5};
       }},
      {"fewer rows",
       [](OneLayer& net) {
         net.tensor(1).shape = net.tensor(2).shape = {1, 3};
       }},
  };
  ExpectRefusals(make, misfits);
}

}  // namespace
}  // namespace lockstep::test
