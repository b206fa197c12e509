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
