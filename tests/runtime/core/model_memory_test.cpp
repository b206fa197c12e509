// Which tensors may lie in the same place of the arena.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <limits>

#include "lockstep/runtime.h"
#include "support/joint_models.h"

namespace lockstep {
namespace {

using joint::ModelT;

// Empty if the model is accepted.
std::string Refusal(const ModelT& network) {
  const std::vector<uint8_t> file = test::Write(network);
  const Result<Model> model = Model::Copy(file.data(), file.size());
  return model.status().message();
}

void PutInPlaceOf(ModelT& network, int tensor, int other) {
  EXPECT_EQ(Refusal(network), "");
  network.tensors[tensor]->arena_offset = network.tensors[other]->arena_offset;
}

TEST(ModelMemory, ATensorLivesAsLongAsItsAliasIsRead) {
  test::NetworkBuilder net(1);
  const int x = net.Input({1, 64});
  const int y = net.Lookup(x);
  const int alias = net.Reshape(net.Reshape(y, {64, 1}), {1, 1, 64});
  const int z = net.Lookup(x);
  net.Output(net.Dequantize(alias));
  net.Output(net.Dequantize(z));
  ModelT network = net.Finish();
  PutInPlaceOf(network, z, y);
  EXPECT_NE(Refusal(network).find("overlaps"), std::string::npos) << Refusal(network);
}

TEST(ModelMemory, ATensorLivesToTheEndIfItsAliasIsAnOutput) {
  test::NetworkBuilder net(1);
  const int x = net.Input({1, 64});
  const int y = net.Lookup(x);
  net.Output(net.Reshape(y, {64, 1}));
  const int z = net.Lookup(x);
  net.Output(net.Dequantize(z));
  ModelT network = net.Finish();
  PutInPlaceOf(network, z, y);
  EXPECT_NE(Refusal(network).find("overlaps"), std::string::npos) << Refusal(network);
}

TEST(ModelMemory, OnlyAReshapeMayBeAnAlias) {
  test::NetworkBuilder net(1);
  const int y = net.Lookup(net.Input({1, 64}));
  const int z = net.Lookup(y);
  net.Output(net.Dequantize(z));
  ModelT network = net.Finish();
  PutInPlaceOf(network, z, y);
  EXPECT_NE(Refusal(network).find("overlaps"), std::string::npos) << Refusal(network);
}

TEST(ModelMemory, AResultThatNobodyReadsGivesItsPlaceUp) {
  test::NetworkBuilder net(1);
  const int x = net.Input({1, 64});
  const int unread = net.Lookup(x);
  const int z = net.Lookup(x);
  net.Output(net.Dequantize(z));
  ModelT network = net.Finish();
  PutInPlaceOf(network, z, unread);
  EXPECT_EQ(Refusal(network), "");
}

TEST(ModelMemory, AnInputThatNobodyReadsGivesItsPlaceUp) {
  test::NetworkBuilder net(1);
  const int x = net.Input({1, 64});
  const int unread = net.Input({1, 64});
  const int y = net.Lookup(x);
  net.Output(net.Dequantize(y));
  ModelT network = net.Finish();
  PutInPlaceOf(network, y, unread);
  EXPECT_EQ(Refusal(network), "");
}

// A Concat of two parts that lie in it, and something that is needed between the first of them and the Concat.
ModelT TwoParts(int* meanwhile, int* all) {
  test::NetworkBuilder net(1);
  const int x = net.Input({1, 4, 16});
  const int a = net.Lookup(x);
  *meanwhile = net.Lookup(x);
  const int b = net.Lookup(*meanwhile);
  *all = net.Join({a, b}, 2);
  net.Within(a, *all, 0);
  net.Within(b, *all, 16);
  net.Output(net.Dequantize(*all));
  return net.Finish();
}

TEST(ModelMemory, AWholeLivesFromTheFirstOfItsParts) {
  int meanwhile = 0;
  int all = 0;
  for (const int64_t offset : {0, 16, 64}) {
    ModelT network = TwoParts(&meanwhile, &all);
    EXPECT_EQ(Refusal(network), "");
    network.tensors[meanwhile]->arena_offset = network.tensors[all]->arena_offset + offset;
    EXPECT_NE(Refusal(network).find("overlaps"), std::string::npos) << Refusal(network);
  }
}

TEST(ModelMemory, AWholeLivesAsLongAsAPartIsRead) {
  test::NetworkBuilder net(1);
  const int x = net.Input({1, 4, 32});
  const int whole = net.Lookup(x);
  const int part = net.Slice(whole, {0, 0, 16}, {1, 1, 1}, {1, 4, 16});
  net.Within(part, whole, 16);
  const int meanwhile = net.Lookup(x);
  net.Output(net.Dequantize(part));
  net.Output(net.Dequantize(meanwhile));
  ModelT network = net.Finish();
  PutInPlaceOf(network, meanwhile, whole);
  EXPECT_NE(Refusal(network).find("overlaps"), std::string::npos) << Refusal(network);
}

// A slice of an input of 8 rows of 16, put where its first element is, with so many elements from row to row.
std::string RefusalOfSlice(const std::vector<int>& start, const std::vector<int>& step, const std::vector<int>& shape,
                           int pitch) {
  test::NetworkBuilder net(1);
  const int whole = net.Lookup(net.Input({1, 8, 16}));
  const int part = net.Slice(whole, start, step, shape);
  net.Output(net.Dequantize(part));
  net.Output(net.Dequantize(whole));
  ModelT network = net.Finish();
  joint::TensorT& tensor = *network.tensors[part];
  tensor.arena_offset = network.tensors[whole]->arena_offset + start[1] * 16 + start[2];
  tensor.strides = {shape[1] * pitch, pitch, 1};
  return Refusal(network);
}

TEST(ModelMemory, ASliceWhoseRowsAreEvenlyApartMayLieInItsInput) {
  EXPECT_EQ(RefusalOfSlice({0, 2, 3}, {1, 1, 1}, {1, 5, 9}, 16), "");
  EXPECT_EQ(RefusalOfSlice({0, 1, 0}, {1, 2, 1}, {1, 4, 16}, 32), "");
  EXPECT_EQ(RefusalOfSlice({0, 1, 4}, {1, 3, 1}, {1, 3, 7}, 48), "");
  for (const std::string& refusal :
       {RefusalOfSlice({0, 1, 0}, {1, 2, 1}, {1, 4, 16}, 16 + 1), RefusalOfSlice({0, 0, 1}, {1, 1, 2}, {1, 8, 8}, 16),
        RefusalOfSlice({0, 0, 0}, {1, 1, 1}, {1, 8, 8}, 8 + 1)}) {
    EXPECT_NE(refusal.find("is no part of a tensor"), std::string::npos) << refusal;
  }
}

TEST(ModelMemory, ATensorHasOnePlaceThoughTwoConcatsReadIt) {
  test::NetworkBuilder net(1);
  const int x = net.Input({1, 4, 16});
  const int a = net.Lookup(x);
  const int b = net.Lookup(x);
  const int c = net.Lookup(x);
  const int first = net.Join({a, b}, 2);
  const int second = net.Join({a, c}, 2);
  net.Within(a, first, 0);
  net.Within(b, first, 16);
  net.Within(c, second, 16);
  net.Output(net.Dequantize(first));
  net.Output(net.Dequantize(second));
  ModelT network = net.Finish();
  PutInPlaceOf(network, second, first);
  network.tensors[c]->arena_offset = network.tensors[b]->arena_offset;
  EXPECT_NE(Refusal(network).find("overlaps"), std::string::npos) << Refusal(network);
}

constexpr int kGroup = 64;  // inputs of a Concat

// 240 groups of copies of the input, each joined by a Concat: right behind the group, or all at the end, so that every
// copy is alive until then.
std::vector<uint8_t> ManyCopies(bool join_at_the_end) {
  test::NetworkBuilder net(6);
  net.Output(net.Dequantize(net.Input({1, 1, 1, 1})));
  ModelT model = net.Finish();
  model.operators.clear();
  const joint::TensorT picture = *model.tensors[model.inputs[0]->tensor];
  const auto add = [&](std::vector<int32_t> inputs, int extent, joint::OptionsUnion options) {
    auto tensor = std::make_unique<joint::TensorT>(picture);
    tensor->shape[3] = extent;
    tensor->bytes = static_cast<uint64_t>(extent);
    tensor->arena_offset = static_cast<int64_t>(model.arena_size);
    model.arena_size += tensor->bytes;
    auto layer = std::make_unique<joint::LayerT>();
    layer->name = "layer" + std::to_string(model.layers.size());
    layer->inputs = std::move(inputs);
    layer->outputs = {static_cast<int32_t>(model.tensors.size())};
    layer->options = std::move(options);
    model.tensors.push_back(std::move(tensor));
    model.layers.push_back(std::move(layer));
    return model.layers.back()->outputs[0];
  };
  std::vector<std::vector<int32_t>> groups;
  const auto join = [&] {
    joint::ConcatT concat;
    concat.axis = 3;
    concat.multiplier.assign(kGroup, 0);
    concat.shift.assign(kGroup, 0);
    for (const std::vector<int32_t>& group : groups) {
      joint::OptionsUnion options;
      options.Set(concat);
      add(group, kGroup, std::move(options));
    }
    groups.clear();
  };
  for (int group = 0; group < 240; ++group) {
    groups.emplace_back();
    for (int i = 0; i < kGroup; ++i) {
      joint::OptionsUnion options;
      options.Set(joint::ReshapeT());
      groups.back().push_back(add({model.inputs[0]->tensor}, 1, std::move(options)));
    }
    if (!join_at_the_end) join();
  }
  join();
  return test::Write(model);
}

std::clock_t TimeToLoad(const std::vector<uint8_t>& file) {
  std::clock_t best = std::numeric_limits<std::clock_t>::max();
  for (int i = 0; i < 3; ++i) {
    const std::clock_t start = std::clock();
    const Result<Model> model = Model::Copy(file.data(), file.size());
    best = std::min(best, std::clock() - start);
    EXPECT_TRUE(model.ok()) << model.status().message();
  }
  return best;
}

// Comparing a tensor with all that are alive takes many times as long when these are thousands.
TEST(ModelMemory, ManyTensorsThatAreAliveAtOnceAreCheckedQuickly) {
  EXPECT_LT(TimeToLoad(ManyCopies(true)), 5 * TimeToLoad(ManyCopies(false)));
}

}  // namespace
}  // namespace lockstep
