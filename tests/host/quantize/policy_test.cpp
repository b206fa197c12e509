// Which nodes the settings name, and what is said of settings that name none.
#include "quantize/policy.h"

#include <gtest/gtest.h>

#include "graph/error.h"

namespace lockstep::quantize {
namespace {

// A chain of nodes.
graph::Graph Network() {
  graph::Graph graph;
  const auto tensor = [&](const char* name) {
    graph::Tensor added;
    added.name = name;
    return graph.AddTensor(added);
  };
  graph::TensorId last = tensor("x");
  graph.inputs = {last};
  const auto add = [&](const char* name, const char* op, std::vector<std::string> origins) {
    graph::Node node;
    node.name = name;
    node.op = op;
    node.onnx_nodes = std::move(origins);
    node.inputs = {last};
    last = tensor(name);
    node.outputs = {last};
    graph.nodes.push_back(std::move(node));
  };
  add("/stem/Conv", "Conv", {"/stem/Conv", "/stem/act/Sigmoid"});
  add("/head/Conv", "Conv", {"/head/Conv"});
  add("/head/Softmax", "Softmax", {"/head/Softmax"});
  add("/head/Reshape", "Reshape", {"/head/Reshape"});
  graph.outputs = {last};
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

// The names of the nodes in floats.
std::string Floats(const FloatSettings& settings) {
  const graph::Graph graph = Network();
  const FloatNodes floats = ResolveFloatNodes(graph, settings);
  std::string names;
  for (size_t i = 0; i < floats.size(); ++i) {
    if (floats[i]) names += graph.nodes[i].name + " ";
  }
  return names;
}

FloatSettings Nodes(std::vector<std::string> patterns) {
  FloatSettings settings;
  settings.nodes = std::move(patterns);
  return settings;
}

FloatSettings Operators(std::vector<std::string> operators) {
  FloatSettings settings;
  settings.operators = std::move(operators);
  return settings;
}

FloatSettings All() {
  FloatSettings settings;
  settings.all = true;
  return settings;
}

TEST(FloatPolicy, NamesPatternsOperatorsAndAll) {
  EXPECT_EQ(Floats({}), "");
  EXPECT_EQ(Floats(Nodes({"/head/C*"})), "/head/Conv ");
  EXPECT_EQ(Floats(Nodes({"/head/*"})), "/head/Conv /head/Softmax /head/Reshape ");
  EXPECT_EQ(Floats(Operators({"Conv"})), "/stem/Conv /head/Conv ");
  EXPECT_EQ(Floats(All()), "/stem/Conv /head/Conv /head/Softmax /head/Reshape ");
}

TEST(FloatPolicy, ANodeBeatsItsOperatorThatTheSubgraphThatTheNetwork) {
  FloatSettings settings = All();
  settings.quantized_operators = {"Conv"};
  EXPECT_EQ(Floats(settings), "/head/Softmax /head/Reshape ");
  settings.nodes = {"/head/Conv"};
  EXPECT_EQ(Floats(settings), "/head/Conv /head/Softmax /head/Reshape ");
  settings = Operators({"Conv"});
  settings.quantized_nodes = {"/stem/*"};
  EXPECT_EQ(Floats(settings), "/head/Conv ");
  settings = {};
  settings.subgraphs = {"/stem/Conv../head/Softmax"};
  EXPECT_EQ(Floats(settings), "/stem/Conv /head/Conv /head/Softmax /head/Reshape ");
  settings.quantized_operators = {"Conv"};
  EXPECT_EQ(Floats(settings), "/head/Softmax /head/Reshape ");
}

TEST(FloatPolicy, WhatCopiesElementsCarriesWhatItGets) {
  EXPECT_EQ(Floats(Operators({"Softmax"})), "/head/Softmax /head/Reshape ");
  FloatSettings settings = Operators({"Softmax"});
  settings.quantized_operators = {"Reshape"};
  EXPECT_EQ(Floats(settings), "/head/Softmax ");
}

TEST(FloatPolicy, ContradictionsAndWhatHasNoEffectAreErrors) {
  FloatSettings settings = Nodes({"/head/Conv"});
  settings.quantized_nodes = {"/head/*"};
  EXPECT_NE(MessageOf(settings).find("'/head/Conv' is named both"), std::string::npos) << MessageOf(settings);
  settings = {};
  settings.quantized_operators = {"Conv"};
  EXPECT_NE(MessageOf(settings).find("quantized_ops has no effect"), std::string::npos) << MessageOf(settings);
  settings = {};
  settings.subgraphs = {"/head/Softmax../stem/Conv"};
  EXPECT_NE(MessageOf(settings).find("no way leads along"), std::string::npos) << MessageOf(settings);
}

TEST(FloatPolicy, WhatMatchesNothingHasTheNearestName) {
  EXPECT_NE(MessageOf(Nodes({"/head/Cnv"})).find("did you mean /head/Conv"), std::string::npos);
  EXPECT_NE(MessageOf(Operators({"Softmx"})).find("did you mean Softmax"), std::string::npos);
}

TEST(FloatPolicy, WithoutANearNameThereIsNoGuess) {
  const std::string message = MessageOf(Operators({"Quux"}));
  EXPECT_NE(message.find("must be one of Conv, Softmax, Reshape"), std::string::npos) << message;
}

TEST(FloatPolicy, AFusedNodeIsNamedWithTheOneThatTookIt) {
  EXPECT_NE(MessageOf(Nodes({"/stem/act/Sigmoid"})).find("was fused into '/stem/Conv'"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::quantize
