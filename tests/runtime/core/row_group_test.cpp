// Groups of layers that run row by row give the bytes of a run layer by layer, with every instruction set of this CPU
// and any number of threads.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <ostream>
#include <string>
#include <vector>

#include "lockstep/cpu.h"
#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"
#include "support/joint_models.h"
#include "support/row_plans.h"

namespace lockstep {
namespace {

using test::ConvShape;

constexpr int kThreads[] = {1, 2, 3, 8};

ConvShape Point(int oc, bool table = false) {
  ConvShape shape;
  shape.oc = oc;
  shape.kernel_h = shape.kernel_w = 1;
  shape.pad_top = shape.pad_left = shape.pad_bottom = shape.pad_right = 0;
  shape.table = table;
  return shape;
}

ConvShape Window(int kernel_h, int kernel_w, int stride, int pad, int dilation = 1) {
  ConvShape shape;
  shape.kernel_h = kernel_h;
  shape.kernel_w = kernel_w;
  shape.stride_h = shape.stride_w = stride;
  shape.dilation_h = shape.dilation_w = dilation;
  shape.pad_top = shape.pad_left = shape.pad_bottom = shape.pad_right = pad;
  return shape;
}

struct Case {
  const char* name;
  std::vector<int> input;  // h, w, c
  int expanded;            // channels of the first 1x1 convolution; 0: there is none
  ConvShape window;
  int projected;  // likewise of the last one
  bool table = false;
  joint::DType inner = joint::DType::U8;  // of what lies between the layers
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

const Case kCases[] = {
    {"Inverted", {20, 17, 16}, 48, Window(3, 3, 1, 1), 24},
    {"InvertedWithStride", {21, 18, 16}, 96, Window(3, 3, 2, 1), 24},
    {"OneRow", {1, 30, 8}, 32, Window(3, 3, 1, 1), 8},
    {"TwoRowsOfAnOddWidth", {2, 5, 3}, 7, Window(3, 3, 1, 1), 5},
    {"LargeWindow", {19, 12, 24}, 40, Window(7, 7, 1, 3), 16},
    {"LargeWindowWithStride", {23, 22, 24}, 40, Window(5, 5, 2, 2), 16},
    {"WindowOfTwoRows", {12, 9, 8}, 24, Window(2, 2, 2, 0), 8},
    {"StrideBeyondTheWindow", {25, 25, 16}, 16, Window(1, 1, 4, 0), 16},
    {"Dilated", {18, 16, 16}, 32, Window(3, 3, 1, 3, 3), 16},
    {"WiderThanHigh", {9, 40, 16}, 64, Window(1, 5, 1, 2), 16},
    {"WithTables", {14, 14, 16}, 48, Window(3, 3, 1, 1), 16, true},
    {"WithoutExpansion", {30, 16, 32}, 0, Window(3, 3, 1, 1), 16},
    {"WithoutProjection", {30, 16, 8}, 32, Window(3, 3, 2, 1), 0},
    {"ManyChannels", {13, 7, 96}, 576, Window(3, 3, 1, 1), 160},
    {"WideRows", {11, 300, 16}, 96, Window(3, 3, 2, 1), 24},
    {"Of16Bits", {12, 11, 16}, 40, Window(3, 3, 1, 1), 16, false, joint::DType::U16},
};

joint::ModelT Network(const Case& c) {
  test::NetworkBuilder net(61, c.name);
  // Layers in front and behind, so that a group reads and writes what others do.
  int x = net.Conv(net.Input({1, c.input[0], c.input[1], c.input[2]}), Point(c.input[2]));
  const auto with = [&](ConvShape shape, joint::DType output) {
    shape.table = c.table;
    shape.output = output;
    return shape;
  };
  int layers = 1;
  if (c.expanded != 0) {
    x = net.Conv(x, with(Point(c.expanded), c.inner));
    ++layers;
  }
  x = net.DepthwiseConv(x, with(c.window, c.projected != 0 ? c.inner : joint::DType::U8));
  if (c.projected != 0) {
    x = net.Conv(x, with(Point(c.projected), joint::DType::U8));
    ++layers;
  }
  net.Output(net.Conv(x, Point(8)));
  joint::ModelT model = net.Finish();
  test::SetRowPlan(model, {{1, layers}});
  return model;
}

Result<Session> MakeSession(const Model& model, bool group_rows, int threads) {
  SessionOptions options;
  options.threads = threads;
  options.group_rows = group_rows;
  return Session::Create(model, options);
}

std::vector<uint8_t> RunTwice(const Model& model, bool group_rows, int threads) {
  Result<Session> made = MakeSession(model, group_rows, threads);
  EXPECT_TRUE(made.ok()) << made.status().message();
  if (!made.ok()) return {};
  Session& session = made.value();
  std::vector<uint8_t> bytes;
  for (int run = 0; run < 2; ++run) {  // a second one finds what the first left in scratch memory
    SeededBytes seeded(static_cast<uint64_t>(run));
    const TensorInfo info = session.input_info(0);
    seeded.FillInput(false, session.input(0), info.bytes);
    EXPECT_TRUE(session.Run().ok());
    const auto* output = static_cast<const uint8_t*>(session.output(0));
    bytes.insert(bytes.end(), output, output + session.output_info(0).bytes);
  }
  return bytes;
}

void ExpectSameBytes(const joint::ModelT& network) {
  const std::vector<uint8_t> file = test::Write(network);
  Result<Model> loaded = Model::Copy(file.data(), file.size());
  ASSERT_TRUE(loaded.ok()) << loaded.status().message();
  ASSERT_EQ(setenv("LOCKSTEP_ISA", "portable", 1), 0);
  const std::vector<uint8_t> expected = RunTwice(loaded.value(), false, 1);
  for (uint32_t i = 0; i < 32; ++i) {
    const Isa isa = static_cast<Isa>(i);
    if ((DetectIsa() & IsaBit(isa)) == 0) continue;
    ASSERT_EQ(setenv("LOCKSTEP_ISA", IsaName(isa), 1), 0);
    for (const int threads : kThreads) {
      EXPECT_EQ(RunTwice(loaded.value(), true, threads), expected) << IsaName(isa) << ", " << threads << " threads";
    }
  }
  unsetenv("LOCKSTEP_ISA");
}

class RowGroup : public testing::TestWithParam<Case> {};

TEST_P(RowGroup, GivesTheBytesOfWholeLayers) { ExpectSameBytes(Network(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Cases, RowGroup, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<Case>& each) { return std::string(each.param.name); });

TEST(RowGroups, FollowEachOther) {
  test::NetworkBuilder net(62, "blocks");
  int x = net.Input({1, 33, 26, 16});
  const ConvShape windows[] = {Window(3, 3, 1, 1), Window(3, 3, 2, 1), Window(5, 5, 1, 2)};
  for (const ConvShape& window : windows) x = net.Conv(net.DepthwiseConv(net.Conv(x, Point(48)), window), Point(16));
  net.Output(x);
  joint::ModelT model = net.Finish();
  test::SetRowPlan(model, {{0, 3}, {3, 3}, {6, 3}});
  ExpectSameBytes(model);
}

// The group reads channels 8 to 31 of 40 where they lie, and writes the first 16 of a Concat's 24.
TEST(RowGroups, ReadAndWriteWithinOtherTensors) {
  test::NetworkBuilder net(64, "within");
  const int x = net.Conv(net.Input({1, 14, 11, 16}), Point(40));
  const int read = net.Slice(x, {0, 0, 0, 8}, {1, 1, 1, 1}, {1, 14, 11, 24});
  net.Within(read, x, 8);
  const int written = net.Conv(net.DepthwiseConv(net.Conv(read, Point(48)), Window(3, 3, 1, 1)), Point(16));
  const int beside = net.Conv(x, Point(8, true));
  const int whole = net.Join({written, beside}, 3);
  net.Within(written, whole, 0);
  net.Within(beside, whole, 16);
  net.Output(net.Conv(whole, Point(8)));
  joint::ModelT model = net.Finish();
  test::SetRowPlan(model, {{2, 3}});
  std::vector<int64_t>& offsets = model.row_plan->arena_offsets;
  const auto place = [&](int part, int around) {
    const auto within = [&](int tensor) { return model.tensors[static_cast<size_t>(tensor)]->arena_offset; };
    offsets[static_cast<size_t>(part)] = offsets[static_cast<size_t>(around)] + within(part) - within(around);
  };
  place(read, x);
  place(written, whole);
  place(beside, whole);
  for (const int tensor : {read, written}) {
    ASSERT_FALSE(model.tensors[static_cast<size_t>(tensor)]->strides.empty());
  }
  ExpectSameBytes(model);
}

TEST(RowGroups, TakeASmallerArena) {
  const std::vector<uint8_t> file = test::Write(Network(kCases[0]));
  Result<Model> model = Model::Copy(file.data(), file.size());
  ASSERT_TRUE(model.ok()) << model.status().message();
  Result<Session> rows = MakeSession(model.value(), true, 1);
  Result<Session> whole = MakeSession(model.value(), false, 1);
  ASSERT_TRUE(rows.ok()) << rows.status().message();
  ASSERT_TRUE(whole.ok()) << whole.status().message();
  EXPECT_EQ(rows.value().arena_bytes(), model.value().joint().row_plan()->arena_size());
  EXPECT_EQ(whole.value().arena_bytes(), model.value().arena_size());
}

TEST(RowGroups, SingleLayersCannotBeRun) {
  const std::vector<uint8_t> file = test::Write(Network(kCases[0]));
  Result<Model> model = Model::Copy(file.data(), file.size());
  ASSERT_TRUE(model.ok()) << model.status().message();
  Result<Session> session = MakeSession(model.value(), true, 1);
  ASSERT_TRUE(session.ok()) << session.status().message();
  class Hook final : public RunHook {
  } hook;
  for (const Status& status : {session.value().RunLayer(), session.value().Run(&hook)}) {
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_NE(std::string(status.message()).find("without group_rows"), std::string::npos) << status.message();
  }
}

TEST(RowGroups, WhatLiesBetweenTheirLayersHasNoRows) {
  const std::vector<uint8_t> file = test::Write(Network(kCases[0]));
  Result<Model> model = Model::Copy(file.data(), file.size());
  ASSERT_TRUE(model.ok()) << model.status().message();
  Result<Session> session = MakeSession(model.value(), true, 1);
  ASSERT_TRUE(session.ok()) << session.status().message();
  EXPECT_EQ(session.value().layer_output_rows(1).count, 0);
  EXPECT_EQ(session.value().layer_input_rows(2, 0).count, 0);
  EXPECT_EQ(session.value().layer_output(1), nullptr);
  EXPECT_EQ(session.value().layer_output_rows(0).count, 1);
}

TEST(RowGroups, RunInABlockOfTheCallers) {
  const std::vector<uint8_t> file = test::Write(Network(kCases[0]));
  Result<Model> model = Model::Copy(file.data(), file.size());
  ASSERT_TRUE(model.ok()) << model.status().message();
  SessionOptions options;
  options.threads = 2;
  options.group_rows = true;
  Result<size_t> bytes = Session::MemoryBytes(model.value(), options);
  ASSERT_TRUE(bytes.ok()) << bytes.status().message();
  std::vector<uint8_t> block(bytes.value() + 64);
  options.memory = block.data() + (64 - reinterpret_cast<uintptr_t>(block.data()) % 64) % 64;
  options.memory_size = bytes.value();
  Result<Session> session = Session::Create(model.value(), options);
  ASSERT_TRUE(session.ok()) << session.status().message();
  const TensorInfo info = session.value().input_info(0);
  SeededBytes(0).FillInput(false, session.value().input(0), info.bytes);
  ASSERT_TRUE(session.value().Run().ok());
  const std::vector<uint8_t> expected = RunTwice(model.value(), false, 1);
  const size_t size = session.value().output_info(0).bytes;
  EXPECT_EQ(std::memcmp(session.value().output(0), expected.data(), size), 0);
}

TEST(RowGroups, AModelWithoutAnyRunsAsUsual) {
  const std::vector<uint8_t> file = test::Write(test::SmallNetwork());
  Result<Model> model = Model::Copy(file.data(), file.size());
  ASSERT_TRUE(model.ok()) << model.status().message();
  Result<Session> session = MakeSession(model.value(), true, 1);
  ASSERT_TRUE(session.ok()) << session.status().message();
  EXPECT_TRUE(session.value().RunLayer().ok());
}

}  // namespace
}  // namespace lockstep
