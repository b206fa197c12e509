// Which layers the compiler groups to run row by row, and the arena that this takes.
#include <gtest/gtest.h>

#include "lockstep/check_model.h"
#include "lower/memory_plan.h"
#include "lower/row_groups.h"
#include "lower/views.h"
#include "support/joint_models.h"

namespace lockstep::test {
namespace {

ConvShape Point(int oc) {
  ConvShape shape;
  shape.oc = oc;
  shape.kernel_h = shape.kernel_w = 1;
  shape.pad_top = shape.pad_left = shape.pad_bottom = shape.pad_right = 0;
  return shape;
}

int Block(NetworkBuilder& net, int x, int wide, int narrow) {
  return net.Conv(net.DepthwiseConv(net.Conv(x, Point(wide)), ConvShape()), Point(narrow));
}

joint::ModelT Planned(NetworkBuilder& net) {
  joint::ModelT model = net.Finish();
  lower::PlanMemory(model);
  return model;
}

std::vector<std::pair<size_t, size_t>> ChainsOf(const joint::ModelT& model) {
  std::vector<std::pair<size_t, size_t>> chains;
  for (const lower::RowChain& chain : lower::FindRowChains(model, lower::Views(model))) {
    chains.emplace_back(chain.first, chain.layers);
  }
  return chains;
}

using Chains = std::vector<std::pair<size_t, size_t>>;

TEST(RowPlan, ABlockNeedsItsInputAndItsOutputAlone) {
  NetworkBuilder net(71);
  const int x = net.Input({1, 32, 32, 16});
  net.Output(Block(net, x, 96, 24));
  const joint::ModelT model = Planned(net);
  ASSERT_NE(model.row_plan, nullptr);
  ASSERT_EQ(model.row_plan->groups.size(), 1);
  EXPECT_EQ(model.row_plan->groups[0]->first_layer, 0);
  EXPECT_EQ(model.row_plan->groups[0]->layers, 3);
  EXPECT_EQ(model.arena_size, 32 * 32 * (96 + 96));
  EXPECT_EQ(model.row_plan->arena_size, 32 * 32 * (16 + 24));
  const std::vector<uint8_t> file = Write(model);
  const Status status = CheckModel(file.data(), file.size());
  EXPECT_TRUE(status.ok()) << status.message();
}

TEST(RowPlan, OnlyGroupsThatTheArenaNeedsAreMade) {
  NetworkBuilder net(72);
  int x = Block(net, net.Input({1, 32, 32, 16}), 96, 16);
  x = net.MaxPool(x, 2, 2, 0);
  net.Output(Block(net, x, 24, 16));  // fits beside nothing that is as large
  const joint::ModelT model = Planned(net);
  EXPECT_EQ(ChainsOf(model), (Chains{{0, 3}, {4, 3}}));
  ASSERT_NE(model.row_plan, nullptr);
  ASSERT_EQ(model.row_plan->groups.size(), 1);
  EXPECT_EQ(model.row_plan->groups[0]->first_layer, 0);
}

TEST(RowPlan, WhereOthersAreAsLargeThereIsNone) {
  NetworkBuilder net(73);
  int x = net.Conv(net.Input({1, 32, 32, 16}), ConvShape());  // 3x3, 8 channels
  x = net.Conv(net.Conv(x, Point(96)), Point(96));
  net.Output(net.Conv(Block(net, x, 96, 96), Point(8)));
  EXPECT_EQ(Planned(net).row_plan, nullptr);
}

TEST(RowPlan, WhatOthersReadStaysWhole) {
  NetworkBuilder net(74);
  const int wide = net.Conv(net.Input({1, 16, 16, 16}), Point(48));
  const int deep = net.DepthwiseConv(wide, ConvShape());
  net.Output(net.Conv(net.Add(deep, wide), Point(16)));
  EXPECT_EQ(ChainsOf(Planned(net)), Chains{});
}

TEST(RowPlan, AnOutputStaysWhole) {
  NetworkBuilder net(75);
  const int wide = net.Conv(net.Input({1, 16, 16, 16}), Point(48));
  const int deep = net.DepthwiseConv(wide, ConvShape());
  net.Output(deep);
  net.Output(net.Conv(deep, Point(16)));
  EXPECT_EQ(ChainsOf(Planned(net)), (Chains{{0, 2}}));
}

TEST(RowPlan, NoLayerIsInTwoGroups) {
  NetworkBuilder net(76);
  int x = net.Input({1, 16, 16, 16});
  x = net.Conv(net.DepthwiseConv(x, ConvShape()), Point(16));
  x = net.Conv(net.DepthwiseConv(x, ConvShape()), Point(16));
  net.Output(x);
  EXPECT_EQ(ChainsOf(Planned(net)), (Chains{{0, 2}, {2, 2}}));
}

TEST(RowPlan, AConvolutionBetweenTwoGoesWithItsLargerSide) {
  NetworkBuilder net(80);
  int x = net.Input({1, 16, 16, 16});
  x = net.Conv(net.DepthwiseConv(x, ConvShape()), Point(64));
  x = net.Conv(net.DepthwiseConv(x, ConvShape()), Point(16));
  net.Output(x);
  EXPECT_EQ(ChainsOf(Planned(net)), (Chains{{1, 3}}));
}

TEST(RowPlan, SeveralImagesNarrowOnesAndLargeWeightsAreLeft) {
  NetworkBuilder batch(77);
  batch.Output(Block(batch, batch.Input({2, 16, 16, 16}), 48, 16));
  EXPECT_EQ(ChainsOf(Planned(batch)), Chains{});
  NetworkBuilder narrow(78);
  narrow.Output(Block(narrow, narrow.Input({1, 64, 3, 16}), 48, 16));
  EXPECT_EQ(ChainsOf(Planned(narrow)), Chains{});
  NetworkBuilder heavy(79);
  heavy.Output(Block(heavy, heavy.Input({1, 16, 16, 256}), 512, 256));
  EXPECT_EQ(ChainsOf(Planned(heavy)), Chains{});
}

}  // namespace
}  // namespace lockstep::test
