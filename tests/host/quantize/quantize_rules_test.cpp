// What is said of nodes, tensors or all of a network.
#include <gtest/gtest.h>

#include "noise_network.h"

namespace lockstep::quantize {
namespace {

TEST(Quantize, WhatMovesElementsOfFloatsHasTheirRange) {
  const SmallGraph net = Network();
  QuantizeOptions options;
  options.rescue = false;
  const double plain = Quantized(net, options).formats.at(net.Id("joined")).scales[0];
  Rule floats;
  floats.scopes = {{Scope::Kind::kNode, "a"}};
  floats.choices.floats = true;
  options.policy = {floats};
  const QuantizedGraph mixed = Quantized(net, options);
  ASSERT_TRUE(mixed.formats.at(net.Id("a")).is_float());
  EXPECT_NEAR(mixed.formats.at(net.Id("joined")).scales[0], plain, plain * 0.01);
}

TEST(Quantize, ASettingOfAllBitsIsObeyed) {
  const SmallGraph net = Network();
  QuantizeOptions options;
  Rule bits;
  bits.scopes = {{}};
  bits.choices.activation_bits = 8;
  options.policy = {bits};
  EXPECT_EQ(Quantized(net, options).formats.at(net.Id("joined")).bits, 8);
}

TEST(Quantize, NodesInFloatsHaveFloatTensorsAndOneQuantisationForTheirReaders) {
  const SmallGraph net = Network();
  QuantizeOptions options;
  Rule floats;
  floats.scopes = {{Scope::Kind::kNode, "a"}};
  floats.choices.floats = true;
  options.policy = {floats};
  const QuantizedGraph mixed = Quantized(net, options);
  EXPECT_TRUE(mixed.formats.at(net.Id("a")).is_float());
  EXPECT_TRUE(mixed.formats.at(net.Id("a.pre")).is_float());
  EXPECT_TRUE(mixed.reads.at(net.Id("a")).is_affine());
  EXPECT_EQ(mixed.reads.size(), 1u);
  EXPECT_EQ(mixed.weights.count({"a", 1}), 0u);
  EXPECT_EQ(mixed.weights.count({"b", 1}), 1u);
  EXPECT_TRUE(mixed.formats.at(net.Id("a.weight")).is_float());
  EXPECT_TRUE(mixed.formats.at(net.Id("x")).is_affine()) << "b reads it";
  options.policy[0].scopes.emplace_back();
  const QuantizedGraph all = Quantized(net, options);
  for (const char* name : {"a", "pool", "b", "joined", "y"}) {
    EXPECT_TRUE(all.formats.at(net.Id(name)).is_float()) << name;
  }
  EXPECT_TRUE(all.reads.empty());
  EXPECT_TRUE(all.weights.empty());
}

TEST(Quantize, LayersHaveTheirOwnBitsAndMethods) {
  const SmallGraph net = Network();
  QuantizeOptions options;
  options.tail_bits = 8;
  Rule last;
  last.scopes = {{Scope::Kind::kNode, "y"}};
  last.choices.activation_bits = 12;
  last.choices.weight_bits = 4;
  last.choices.symmetric = true;
  options.policy = {last};
  const QuantizedGraph result = Quantized(net, options);
  const auto bits = [&](const char* name) { return result.formats.at(net.Id(name)).bits; };
  EXPECT_EQ(bits("x"), 8);
  EXPECT_EQ(bits("a"), 12);
  EXPECT_EQ(bits("a.pre"), 12);
  EXPECT_EQ(bits("joined"), 12);
  EXPECT_EQ(bits("y"), 12);
  EXPECT_EQ(result.formats.at(net.Id("joined")).affine().zero_point, 2048);
  EXPECT_EQ(result.weights.at({"y", 1}).format.bits, 4);
  EXPECT_EQ(result.weights.at({"y", 1}).values, (std::vector<int16_t>{7, 7, 7, 7}));
  EXPECT_EQ(result.weights.at({"a", 1}).format.bits, 8);
}

}  // namespace
}  // namespace lockstep::quantize
