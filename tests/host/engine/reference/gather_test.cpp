// Gather against values computed by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

#include "one_layer.h"

namespace lockstep::test {
namespace {

using Ints = std::vector<int>;

joint::GatherT Options(int axis, const std::vector<int>& index, uint64_t fill) {
  joint::GatherT gather;
  gather.axis = axis;
  gather.index = index;
  gather.fill = fill;
  return gather;
}

TEST(ReferenceGather, TakesElementsAndFills) {
  OneLayer inner;
  inner.Input({2, 3}, {1, 2, 3, 4, 5, 6});
  inner.Layer(Options(1, {2, -1, 0, 2}, 99), {2, 4});
  EXPECT_EQ(inner.Run(), (Ints{3, 99, 1, 3, 6, 99, 4, 6}));
  OneLayer outer;
  outer.Input({2, 3}, {1, 2, 3, 4, 5, 6});
  outer.Layer(Options(0, {1, -1, 1}, 7), {3, 3});
  EXPECT_EQ(outer.Run(), (Ints{4, 5, 6, 7, 7, 7, 4, 5, 6}));
}

TEST(ReferenceGather, OfSixteenBits) {
  OneLayer net;
  net.Input({1, 2, 2}, {1000, 2000, 3000, 65535}, 1.0F, 0, joint::DType::U16);
  net.Layer(Options(1, {-1, 1}, 0x1234), {1, 2, 2}, 1.0F, 0, joint::DType::U16);
  EXPECT_EQ(net.Run(), (Ints{0x1234, 0x1234, 3000, 65535}));
}

// What the loops take for granted is looked at first.
TEST(ReferenceGatherDeathTest, RefusesWhatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({2, 3}, {1, 2, 3, 4, 5, 6});
    net.Layer(Options(1, {2, -1, 0, 2}, 9), {2, 4});
  };
  const std::vector<Misfit> misfits = {
      {"two inputs", [](OneLayer& net) { net.layer().inputs.push_back(0); }},
      {"the type", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::S8; }},
      {"the axis", [](OneLayer& net) { net.options<joint::GatherT>().axis = 2; }},
      {"another axis", [](OneLayer& net) { net.options<joint::GatherT>().axis = 0; }},
      {"too few indices", [](OneLayer& net) { net.options<joint::GatherT>().index.pop_back(); }},
      {"an index below", [](OneLayer& net) { net.options<joint::GatherT>().index[0] = -2; }},
      {"an index beyond", [](OneLayer& net) { net.options<joint::GatherT>().index[0] = 3; }},
  };
  ExpectRefusals(make, misfits);
}

}  // namespace
}  // namespace lockstep::test
