#include "quantize/policy_effect.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "small_graph.h"

namespace lockstep::quantize {
namespace {

using Kind = Scope::Kind;

// x -> a (Conv+SiLU) -> view (Reshape) -> b (Conv), and a -> c (Conv); b + c = y.
SmallGraph Network() {
  SmallGraph net;
  net.Input("x", {1, 1, 2, 2});
  net.Conv("a", net.Id("x"), 1, {1});
  net.Fuse(graph::ActivationKind::kSilu);
  net.Node("Reshape", "view", {net.Id("a"), net.Integers("shape", {1, 1, 2, 2})}, {1, 1, 2, 2});
  net.Conv("b", net.Id("view"), 1, {1});
  net.Conv("c", net.Id("a"), 1, {1});
  net.Node("Add", "y", {net.Id("b"), net.Id("c")}, {1, 1, 2, 2});
  net.Output(net.Id("y"));
  return net;
}

template <typename Value>
Rule Says(const char* source, std::optional<Value> Choices::*choice, Value value, Kind kind,
          const std::string& pattern) {
  Rule rule;
  rule.source = source;
  rule.scopes = {{kind, pattern}};
  rule.choices.*choice = value;
  return rule;
}
Rule Bits(int bits, Kind kind, const std::string& pattern) {
  return Says("activation_bits", &Choices::activation_bits, bits, kind, pattern);
}
Rule Table(int bits, const std::string& pattern) {
  return Says("table_input_bits", &Choices::table_input_bits, bits, Kind::kNode, pattern);
}
Rule Floats(bool floats, Kind kind, const std::string& pattern) {
  return Says("float", &Choices::floats, floats, kind, pattern);
}

std::string MessageOf(const PolicySettings& settings) {
  const SmallGraph net = Network();
  Unsaid unsaid;
  unsaid.tail_bits = 8;
  try {
    RequireEffect(net.graph, MatchAll(net.graph, settings), unsaid);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(PolicyEffect, WhatChangesSomethingIsGood) {
  EXPECT_EQ(MessageOf({}), "");
  EXPECT_EQ(MessageOf({Bits(16, Kind::kAll, "")}), "");
  EXPECT_EQ(MessageOf({Bits(16, Kind::kNode, "b")}), "");
  EXPECT_EQ(MessageOf({Bits(4, Kind::kNode, "b"), Bits(4, Kind::kNode, "c")}), "") << "together they do";
  EXPECT_EQ(MessageOf({Bits(16, Kind::kNode, "b"), Bits(16, Kind::kNode, "c")}), "") << "each of them does";
  EXPECT_EQ(MessageOf({Bits(16, Kind::kTensor, "a.pre")}), "");
  EXPECT_EQ(MessageOf({Table(12, "a")}), "");
  EXPECT_EQ(MessageOf({Floats(true, Kind::kNode, "b")}), "");
}

TEST(PolicyEffect, WhatIsSaidOfAllMayBeWhatHoldsAnyway) { EXPECT_EQ(MessageOf({Bits(8, Kind::kAll, "")}), ""); }

TEST(PolicyEffect, WhatChangesNothingIsRefusedWithTheReason) {
  EXPECT_EQ(MessageOf({Bits(8, Kind::kNode, "b")}),
            "activation_bits for \"b\" has no effect: it has 8 bits anyway; leave it out");
  EXPECT_EQ(
      MessageOf({Bits(4, Kind::kNode, "b")}),
      "activation_bits for \"b\" has no effect: what it reads is also read by 'c', with more bits; name that too");
  EXPECT_EQ(
      MessageOf({Bits(16, Kind::kOperator, "Reshape")}),
      "activation_bits for \"Reshape\" has no effect: 'view' only moves elements and has the bits of what computes "
      "with them; name these, such as 'b'");
  EXPECT_EQ(
      MessageOf({Table(12, "b")}),
      "table_input_bits for \"b\" has no effect: behind none of the nodes is a function that is a table; leave it "
      "out");
  EXPECT_EQ(MessageOf({Table(8, "a")}), "table_input_bits for \"a\" has no effect: it has 8 bits anyway; leave it out");
  EXPECT_EQ(MessageOf({Floats(false, Kind::kOperator, "Conv")}),
            "float for \"Conv\" has no effect: nothing is in floats; give float_all, or leave it out");
  EXPECT_EQ(MessageOf({Floats(true, Kind::kAll, ""), Bits(16, Kind::kNode, "b")}),
            "activation_bits for \"b\" has no effect: what it names computes in floats; leave it out");
}

TEST(PolicyEffect, MethodsAndWeights) {
  const auto mse = [](Kind kind, const char* pattern) {
    return Says("observer", &Choices::observer, ObserverKind::kMse, kind, pattern);
  };
  EXPECT_EQ(MessageOf({mse(Kind::kNode, "b")}), "");
  EXPECT_EQ(MessageOf({mse(Kind::kTensor, "a")}), "");
  EXPECT_NE(MessageOf({mse(Kind::kTensor, "a.pre")}).find("from a table behind them"), std::string::npos);
  EXPECT_NE(MessageOf({mse(Kind::kNode, "b"), Bits(16, Kind::kAll, "")}).find("above 12 bits"), std::string::npos);
  EXPECT_NE(
      MessageOf({Says("percentile", &Choices::percentile, 99.0, Kind::kNode, "b")}).find("chosen like that anyway"),
      std::string::npos);
  const auto weights = [](int bits, Kind kind, const char* pattern) {
    return Says("weight_bits", &Choices::weight_bits, bits, kind, pattern);
  };
  EXPECT_EQ(MessageOf({weights(4, Kind::kOperator, "Conv")}), "");
  EXPECT_EQ(MessageOf({weights(8, Kind::kAll, "")}), "");
  EXPECT_EQ(MessageOf({weights(4, Kind::kOperator, "Add")}),
            "weight_bits for \"Add\" has no effect: none of the nodes has weights; leave it out");
  EXPECT_EQ(MessageOf({weights(4, Kind::kTensor, "a")}),
            "weight_bits for \"a\" has no effect: this is said of nodes; name these");
  EXPECT_EQ(MessageOf({Says("weight_range", &Choices::weight_range, WeightRangeKind::kMse, Kind::kNode, "b")}),
            "weight_range for \"b\" has no effect: their weights are quantised like that anyway; leave it out");
}

// What a message says of settings of the whole network.
std::string WholeMessageOf(const Unsaid& unsaid, const PolicySettings& settings = {}) {
  const SmallGraph net = Network();
  try {
    RequireWholeEffect(net.graph, MatchAll(net.graph, settings), unsaid);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(PolicyEffect, SettingsOfTheWholeNetworkDoSomething) {
  struct Case {
    const char* name;
    bool of_weights;
    void (*set)(Unsaid& unsaid);
  };
  const Case cases[] = {{"observer", false, [](Unsaid& unsaid) { unsaid.observer.kind = ObserverKind::kKl; }},
                        {"observer", false, [](Unsaid& unsaid) { unsaid.observer.kind = ObserverKind::kAuto; }},
                        {"activation_range", false, [](Unsaid& unsaid) { unsaid.observer.symmetric = true; }},
                        {"tail_bits", false, [](Unsaid& unsaid) { unsaid.tail_bits = 8; }},
                        {"weight_range", true, [](Unsaid& unsaid) { unsaid.weight_range = WeightRangeKind::kMax; }},
                        {"weight_scales", true, [](Unsaid& unsaid) { unsaid.weights_per_tensor = true; }},
                        {"bias_correction", true, [](Unsaid& unsaid) { unsaid.bias_correction = false; }}};
  for (const Case& one : cases) {
    const auto message = [&](QuantizeOnly only, const PolicySettings& settings) {
      Unsaid unsaid;
      unsaid.only = only;
      EXPECT_EQ(WholeMessageOf(unsaid, settings), "") << "defaults are never refused";
      one.set(unsaid);
      return WholeMessageOf(unsaid, settings);
    };
    const std::string refused = std::string(one.name) + " has no effect";
    EXPECT_EQ(message(QuantizeOnly::kAll, {}), "") << one.name;
    EXPECT_EQ(message(QuantizeOnly::kAll, {Floats(true, Kind::kAll, "")}),
              refused + ": every node computes in floats; leave it out");
    EXPECT_EQ(message(QuantizeOnly::kWeights, {}).find(refused) == 0, !one.of_weights) << one.name;
    EXPECT_EQ(message(QuantizeOnly::kFeatures, {}).find(refused) == 0, one.of_weights) << one.name;
  }
}

TEST(PolicyEffect, SixteenBitsNeedNoSearch) {
  const PolicySettings wide = {Bits(16, Kind::kAll, ""),
                               Says("weight_bits", &Choices::weight_bits, 16, Kind::kAll, "")};
  Unsaid unsaid;
  unsaid.observer.kind = ObserverKind::kKl;
  EXPECT_NE(WholeMessageOf(unsaid, wide).find("above 12 bits"), std::string::npos);
  unsaid = {};
  unsaid.tail_bits = 8;
  EXPECT_NE(WholeMessageOf(unsaid, wide).find("tail_bits has no effect"), std::string::npos);
  EXPECT_EQ(WholeMessageOf(unsaid, {Bits(16, Kind::kOperator, "Conv"), Bits(16, Kind::kOperator, "Add")}), "")
      << "what is said of parts may say the same";
  unsaid = {};
  unsaid.weight_range = WeightRangeKind::kMax;
  EXPECT_NE(WholeMessageOf(unsaid, wide).find("weight_range has no effect"), std::string::npos);
  EXPECT_EQ(WholeMessageOf(unsaid, {Bits(16, Kind::kAll, "")}), "");
  unsaid.weight_range = WeightRangeKind::kAdmm;
  EXPECT_EQ(WholeMessageOf(unsaid, wide), "");
}

TEST(PolicyEffect, BitsOfAPictureFollowFromItsPixels) {
  const SmallGraph net = Network();
  Unsaid unsaid;
  unsaid.preprocess["x"] = {};
  const auto message = [&](const PolicySettings& settings) -> std::string {
    try {
      RequireEffect(net.graph, MatchAll(net.graph, settings), unsaid);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message({Bits(12, Kind::kTensor, "x")}),
            "activation_bits for \"x\" has no effect: it is an input of 8-bit integers, which more bits would not "
            "change; leave it out");
  EXPECT_EQ(message({Bits(4, Kind::kTensor, "x")}), "");
  EXPECT_NE(message({Floats(true, Kind::kAll, ""), Bits(12, Kind::kAll, "")}).find("activation_bits has no effect"),
            std::string::npos);
  EXPECT_NE(message({Floats(true, Kind::kNode, "y"), Bits(12, Kind::kTensor, "y")}).find("it is in floats"),
            std::string::npos);
}

TEST(PolicyEffect, WhatOthersDecideEverywhereIsRefused) {
  EXPECT_EQ(MessageOf({Bits(16, Kind::kOperator, "Conv"), Bits(12, Kind::kNode, "a"), Bits(12, Kind::kNode, "[bc]")}),
            "activation_bits for \"Conv\" has no effect: what names the nodes more closely decides; leave it out");
}

}  // namespace
}  // namespace lockstep::quantize
