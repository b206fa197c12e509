// Which nodes rules name, which rule decides, and what is said of rules that name none.
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
  add("/stem/Conv", "Conv", {"/stem/Conv", "/stem/bn", "/stem/act/Sigmoid"});
  graph.nodes.back().activation.kind = graph::ActivationKind::kRelu;
  graph.nodes.back().pre_activation = tensor("/stem/sum");
  tensor("/stem/folded");
  graph.onnx_operators = {{"/head/Conv", "Gemm"},
                          {"/gone", "Identity"},
                          {"/stem/bn", "BatchNormalization"},
                          {"/stem/act/Sigmoid", "Sigmoid"},
                          {"/stem/Conv", "Conv"}};
  add("/head/Conv", "Conv", {"/head/Conv"});
  add("/head/Softmax", "Softmax", {"/head/Softmax"});
  add("/head/Reshape", "Reshape", {"/head/Reshape"});
  graph.outputs = {last};
  return graph;
}

Rule Saying(bool floats, Scope::Kind kind, const std::vector<std::string>& patterns) {
  Rule rule;
  rule.source = floats ? "float_.." : "quantized_..";
  for (const std::string& pattern : patterns) rule.scopes.push_back({kind, pattern});
  rule.choices.floats = floats;
  return rule;
}
Rule FloatNodesNamed(const std::vector<std::string>& patterns) { return Saying(true, Scope::Kind::kNode, patterns); }
Rule FloatOps(const std::vector<std::string>& operators) { return Saying(true, Scope::Kind::kOperator, operators); }
Rule FloatSubgraph(const std::string& pattern) { return Saying(true, Scope::Kind::kSubgraph, {pattern}); }
Rule FloatAll() { return Saying(true, Scope::Kind::kAll, {""}); }
Rule QuantizedNodes(const std::vector<std::string>& patterns) { return Saying(false, Scope::Kind::kNode, patterns); }
Rule QuantizedOps(const std::vector<std::string>& operators) {
  return Saying(false, Scope::Kind::kOperator, operators);
}

std::string MessageOf(const PolicySettings& settings) {
  try {
    ResolvePolicy(Network(), settings);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

// The names of the nodes in floats.
std::string Floats(const PolicySettings& settings) {
  const graph::Graph graph = Network();
  const FloatNodes floats = ResolvePolicy(graph, settings).floats;
  std::string names;
  for (size_t i = 0; i < floats.size(); ++i) {
    if (floats[i]) names += graph.nodes[i].name + " ";
  }
  return names;
}

TEST(Policy, NamesPatternsOperatorsAndAll) {
  EXPECT_EQ(Floats({}), "");
  EXPECT_EQ(Floats({FloatNodesNamed({"/head/C*"})}), "/head/Conv ");
  EXPECT_EQ(Floats({FloatNodesNamed({"/head/*"})}), "/head/Conv /head/Softmax /head/Reshape ");
  EXPECT_EQ(Floats({FloatOps({"Conv"})}), "/stem/Conv /head/Conv ");
  EXPECT_EQ(Floats({FloatAll()}), "/stem/Conv /head/Conv /head/Softmax /head/Reshape ");
}

// Some operators have no form of integers.
TEST(Policy, WhatComputesInFloatsAlwaysDoes) {
  graph::Graph graph = Network();
  graph.nodes[2].op = "NonMaxSuppression";
  EXPECT_EQ(ResolvePolicy(graph, {}).floats, (FloatNodes{false, false, true, true})) << "a view goes with it";
  EXPECT_EQ(ResolvePolicy(graph, {QuantizedOps({"NonMaxSuppression"})}).floats[2], true);
}

// Automatic raises and exporters' names: what is a name as it stands is no pattern of others.
TEST(Policy, ANameWithBracketsMatchesItself) {
  graph::Graph graph = Network();
  graph.nodes[1].name = "head[1]/Conv\\a";
  graph.tensor(graph.nodes[1].outputs[0]).name = "head[1]:0";
  EXPECT_EQ(ResolvePolicy(graph, {FloatNodesNamed({"head[1]/Conv\\a"})}).floats,
            (FloatNodes{false, true, false, false}));
  Rule wide;
  wide.scopes = {{Scope::Kind::kTensor, "head[1]:0"}};
  wide.choices.activation_bits = 16;
  const Policy policy = ResolvePolicy(graph, {wide});
  EXPECT_EQ(policy.tensors.count(graph.nodes[1].outputs[0]), 1u);
}

TEST(Policy, ANodeBeatsItsOperatorThatTheSubgraphThatTheNetwork) {
  EXPECT_EQ(Floats({FloatAll(), QuantizedOps({"Conv"})}), "/head/Softmax /head/Reshape ");
  EXPECT_EQ(Floats({FloatNodesNamed({"/head/Conv"}), FloatAll(), QuantizedOps({"Conv"})}),
            "/head/Conv /head/Softmax /head/Reshape ");
  EXPECT_EQ(Floats({FloatOps({"Conv"}), QuantizedNodes({"/stem/*"})}), "/head/Conv ");
  const Rule subgraph = FloatSubgraph("/stem/Conv../head/Softmax");
  EXPECT_EQ(Floats({subgraph}), "/stem/Conv /head/Conv /head/Softmax /head/Reshape ");
  EXPECT_EQ(Floats({QuantizedOps({"Conv"}), subgraph}), "/head/Softmax /head/Reshape ");
}

TEST(Policy, EndsOfSubgraphsAreNodesTensorsOrOpen) {
  // The stem writes the tensor "/stem/Conv", which the head's Conv reads; "x" is what the stem reads.
  EXPECT_EQ(Floats({FloatSubgraph("x../head/Conv")}), "/stem/Conv /head/Conv ");
  EXPECT_EQ(Floats({FloatSubgraph("../head/Conv")}), "/stem/Conv /head/Conv ");
  EXPECT_EQ(Floats({FloatSubgraph("/head/Softmax..")}), "/head/Softmax /head/Reshape ");
  EXPECT_NE(MessageOf({FloatSubgraph("..")}).find("is no subgraph"), std::string::npos);
  EXPECT_NE(MessageOf({FloatSubgraph("/head/Conv")}).find("is no subgraph"), std::string::npos);
  EXPECT_NE(MessageOf({FloatSubgraph("y../head/Conv")}).find("no node is called \"y\""), std::string::npos);
  const std::string message = MessageOf({FloatSubgraph("/head/Softmax../stem/Conv")});
  EXPECT_NE(message.find("no way leads along"), std::string::npos) << message;
}

TEST(Policy, WhatCopiesElementsCarriesWhatItGets) {
  EXPECT_EQ(Floats({FloatOps({"Softmax"})}), "/head/Softmax /head/Reshape ");
  EXPECT_EQ(Floats({FloatOps({"Softmax"}), QuantizedOps({"Reshape"})}), "/head/Softmax ");
}

TEST(Policy, ContradictionsAreErrors) {
  const std::string message = MessageOf({FloatNodesNamed({"/head/Conv"}), QuantizedNodes({"/head/*"})});
  EXPECT_NE(message.find("'/head/Conv' is named both with in floats (float_..) and with quantised"), std::string::npos)
      << message;
  Rule bits;
  bits.source = "bits";
  bits.scopes = {{Scope::Kind::kOperator, "Conv"}};
  bits.choices.activation_bits = 4;
  Rule others = bits;
  others.choices.activation_bits = 12;
  EXPECT_NE(MessageOf({bits, others}).find("named both with 4 bits (bits) and with 12 bits"), std::string::npos);
  EXPECT_EQ(MessageOf({bits, bits}), "") << "the same twice is no contradiction";
}

TEST(Policy, WhatMatchesNothingHasTheNearestName) {
  EXPECT_NE(MessageOf({FloatNodesNamed({"/head/Cnv"})}).find("did you mean /head/Conv"), std::string::npos);
  EXPECT_NE(MessageOf({FloatOps({"Softmx"})}).find("did you mean Softmax"), std::string::npos);
  EXPECT_NE(MessageOf({Saying(true, Scope::Kind::kTensor, {"/head/Cnv"})}).find("did you mean /head/Conv"),
            std::string::npos);
}

TEST(Policy, WithoutANearNameThereIsNoGuess) {
  const std::string message = MessageOf({FloatOps({"Quux"})});
  EXPECT_NE(message.find("must be one of Conv, Softmax, Reshape"), std::string::npos) << message;
}

TEST(Policy, AFusedNodeIsNamedWithTheOneThatTookIt) {
  EXPECT_NE(MessageOf({FloatNodesNamed({"/stem/act/Sigmoid"})})
                .find("node '/stem/act/Sigmoid' (Sigmoid) was fused into '/stem/Conv' (Conv); name that one"),
            std::string::npos);
}

TEST(Policy, AFusedTensorIsNamedWithTheOneThatTookIt) {
  const std::string message = "tensor '/stem/sum' was fused into '/stem/Conv'; name what that gives, '/stem/Conv'";
  for (const Rule& rule : {Saying(true, Scope::Kind::kTensor, {"/stem/sum"}), FloatSubgraph("../stem/sum"),
                           FloatSubgraph("/stem/sum..")}) {
    EXPECT_NE(MessageOf({rule}).find(message), std::string::npos) << MessageOf({rule});
  }
  const std::string folded = MessageOf({Saying(true, Scope::Kind::kTensor, {"/stem/folded"})});
  EXPECT_NE(folded.find("no layer reads or makes the tensor \"/stem/folded\"; it must be one of x, "),
            std::string::npos)
      << folded;
}

TEST(Policy, WhatBecameAnotherOperatorHasBoth) {
  EXPECT_EQ(Floats({FloatOps({"Gemm"})}), "/head/Conv ");
  EXPECT_EQ(Floats({FloatOps({"Conv"})}), "/stem/Conv /head/Conv ");
}

TEST(Policy, AnOperatorThatWasFusedOrFoldedAwayIsNamedWithWhatTookItOver) {
  const std::string fused = MessageOf({FloatOps({"BatchNormalization"})});
  EXPECT_NE(fused.find("BatchNormalization was fused into '/stem/Conv' (Conv); name these"), std::string::npos)
      << fused;
  const std::string gone = MessageOf({FloatOps({"Identity"})});
  EXPECT_NE(gone.find("Identity was folded away; leave it out"), std::string::npos) << gone;
  const std::string node = MessageOf({FloatNodesNamed({"/gone"})});
  EXPECT_NE(node.find("node '/gone' (Identity) was folded away; leave it out"), std::string::npos) << node;
}

TEST(Policy, WhereNothingIsNearThereIsACommandThatLists) {
  graph::Graph graph = Network();
  for (int i = 0; i < 12; ++i) {
    graph.nodes.push_back(graph.nodes.back());
    graph.nodes.back().name = "/tail/" + std::to_string(i);
  }
  try {
    ResolvePolicy(graph, {FloatNodesNamed({"xyz*"})});
    FAIL() << "no node has that name";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("no node is called \"xyz*\"; `lockstep info NETWORK` lists them"),
              std::string::npos)
        << error.what();
  }
}

TEST(Policy, ScopesAreWrittenAsTexts) {
  const auto is = [](const std::string& text, Scope::Kind kind, const std::string& pattern) {
    const Scope scope = Scope::Parse(text);
    EXPECT_EQ(scope.kind, kind) << text;
    EXPECT_EQ(scope.pattern, pattern) << text;
  };
  is("DEFAULT", Scope::Kind::kAll, "");
  is("op:Softmax", Scope::Kind::kOperator, "Softmax");
  is("tensor:/a/b", Scope::Kind::kTensor, "/a/b");
  is("/a/*", Scope::Kind::kNode, "/a/*");
  is("/a../b", Scope::Kind::kSubgraph, "/a../b");
}

}  // namespace
}  // namespace lockstep::quantize
