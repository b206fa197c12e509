// Which nodes the settings name, and what is said of settings that name none.
#include "quantize/policy.h"

#include <gtest/gtest.h>

#include "graph/error.h"

namespace lockstep::quantize {
namespace {

graph::Graph Network() {
  graph::Graph graph;
  const auto add = [&](const char* name, const char* op, std::vector<std::string> origins) {
    graph::Node node;
    node.name = name;
    node.op = op;
    node.onnx_nodes = std::move(origins);
    graph.nodes.push_back(std::move(node));
  };
  add("/stem/Conv", "Conv", {"/stem/Conv", "/stem/act/Sigmoid"});
  add("/head/Conv", "Conv", {"/head/Conv"});
  add("/head/Softmax", "Softmax", {"/head/Softmax"});
  return graph;
}

std::string MessageOf(const FloatSettings& settings) {
  try {
    ResolveFloatNodes(Network(), settings);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

using Names = std::set<std::string>;

TEST(FloatPolicy, NamesPatternsOperatorsAndAll) {
  EXPECT_EQ(ResolveFloatNodes(Network(), {}), Names());
  EXPECT_EQ(ResolveFloatNodes(Network(), {{"/head/*"}, {}, false}), (Names{"/head/Conv", "/head/Softmax"}));
  EXPECT_EQ(ResolveFloatNodes(Network(), {{"/stem/Conv"}, {"Softmax"}, false}), (Names{"/stem/Conv", "/head/Softmax"}));
  EXPECT_EQ(ResolveFloatNodes(Network(), {{}, {}, true}), (Names{"/stem/Conv", "/head/Conv", "/head/Softmax"}));
}

TEST(FloatPolicy, WhatMatchesNothingHasTheNearestName) {
  EXPECT_NE(MessageOf({{"/head/Cnv"}, {}, false}).find("did you mean /head/Conv"), std::string::npos);
  EXPECT_NE(MessageOf({{}, {"Softmx"}, false}).find("did you mean Softmax"), std::string::npos);
}

TEST(FloatPolicy, WithoutANearNameThereIsNoGuess) {
  const std::string message = MessageOf({{}, {"Quux"}, false});
  EXPECT_NE(message.find("must be one of Conv, Softmax"), std::string::npos) << message;
}

TEST(FloatPolicy, AFusedNodeIsNamedWithTheOneThatTookIt) {
  EXPECT_NE(MessageOf({{"/stem/act/Sigmoid"}, {}, false}).find("was fused into '/stem/Conv'"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::quantize
