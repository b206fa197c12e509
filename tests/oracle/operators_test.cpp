// Operators of ONNX, with attributes and operands that the conformance data does not have, against ONNX Runtime.
#include <gtest/gtest.h>

#include "agreement.h"
#include "small_network.h"

namespace lockstep::oracle {
namespace {

using importer::SetFloats;
using importer::SetInt;
using importer::SetInts;
using importer::SetString;
// A bidirectional layer of 3 units over 4 steps of 2 batches.
struct Recurrent {
  const char* op;
  int64_t gates;
  std::vector<std::string> functions;
  std::vector<float> alphas, betas;
};

// ONNX Runtime's RNN takes the number at the place of the direction: the same only where every function takes one.
const Recurrent kRecurrent[] = {
    {"RNN", 1, {"Affine", "ScaledTanh"}, {0.5F, 0.7F}, {0.1F, 1.5F}},
    {"RNN", 1, {"LeakyRelu", "Elu"}, {0.2F, 0.4F}, {}},
    {"GRU", 3, {"Sigmoid", "LeakyRelu", "HardSigmoid", "Tanh"}, {0.3F, 0.15F}, {0.4F}},
    {"GRU", 3, {"HardSigmoid", "Softsign", "Sigmoid", "Elu"}, {0.3F, 0.6F}, {0.45F}},
    {"LSTM",
     4,
     {"Sigmoid", "LeakyRelu", "Tanh", "HardSigmoid", "ThresholdedRelu", "Elu"},
     {0.1F, 0.25F, 0.05F, 0.8F},
     {0.55F}},
    {"LSTM", 4, {"HardSigmoid", "Tanh", "Relu", "Sigmoid", "Tanh", "ScaledTanh"}, {0.3F, 0.9F}, {0.5F, 0.7F}},
};

TEST(Recurrent, FunctionsConsumeTheirNumbersInOrder) {
  std::vector<Comparison> comparisons;
  for (const Recurrent& one : kRecurrent) {
    constexpr int64_t kHidden = 3;
    constexpr int64_t kInputs = 2;
    Network network(14);
    network.Input("x", {4, 2, kInputs});
    network.Weights("w", {2, one.gates * kHidden, kInputs});
    network.Weights("r", {2, one.gates * kHidden, kHidden});
    network.Weights("b", {2, 2 * one.gates * kHidden});
    auto& node = network.writer.Node(one.op, {"x", "w", "r", "b"}, {"y"});
    network.writer.Output("y");
    SetInt(node, "hidden_size", kHidden);
    SetString(node, "direction", "bidirectional");
    network.Strings(node, "activations", one.functions);
    if (!one.alphas.empty()) SetFloats(node, "activation_alpha", one.alphas);
    if (!one.betas.empty()) SetFloats(node, "activation_beta", one.betas);
    comparisons.push_back({one.op + std::to_string(comparisons.size()), 2e-5, network.writer.Bytes(), network.inputs});
  }
  ExpectSameValues(comparisons);
}

// Beyond the length of a sequence there are zeros; backwards it begins with its own last step.
TEST(Recurrent, SequencesOfTheirOwnLengths) {
  std::vector<Comparison> comparisons;
  for (const auto& [op, gates] : {std::pair{"RNN", 1}, {"GRU", 3}, {"LSTM", 4}}) {
    constexpr int64_t kHidden = 2;
    Network network(14);
    network.Input("x", {4, 3, 2});
    network.Input("h", {2, 3, kHidden});
    network.Weights("w", {2, gates * kHidden, 2});
    network.Weights("r", {2, gates * kHidden, kHidden});
    auto& lengths = *network.writer.model.mutable_graph()->add_initializer();
    lengths.set_name("lengths");
    lengths.set_data_type(onnx::TensorProto::INT32);
    lengths.add_dims(3);
    for (const int length : {3, 1, 4}) lengths.add_int32_data(length);
    auto& node = network.writer.Node(op, {"x", "w", "r", "", "lengths", "h"}, {"y", "last"});
    network.writer.Output("y").Output("last");
    SetInt(node, "hidden_size", kHidden);
    SetString(node, "direction", "bidirectional");
    if (gates == 3) SetInt(node, "linear_before_reset", 1);
    comparisons.push_back({std::string("lengths_") + op, 2e-5, network.writer.Bytes(), network.inputs});
  }
  ExpectSameValues(comparisons);
}

TEST(Einsum, Equations) {
  const std::pair<const char*, std::vector<Shape>> equations[] = {
      {"ii->i", {{3, 3}}},
      {"ii", {{3, 3}}},
      {"ba", {{2, 3}}},
      {"...ii->...i", {{2, 3, 3}}},
      {"i...->...", {{2, 3}}},
      {"... i -> i ...", {{2, 3}}},
      {"ij , jk", {{2, 3}, {3, 2}}},
      {"zB,Ba->az", {{2, 3}, {3, 4}}},
      {"bij,bjk->bki", {{2, 2, 3}, {2, 3, 2}}},
      {"...ij,...jk->...ik", {{2, 2, 3}, {2, 3, 2}}},
      {"ij,ij->", {{2, 3}, {2, 3}}},
      {"i,j,k->kij", {{2}, {3}, {2}}},
      {"iij,jk->ik", {{2, 2, 3}, {3, 2}}},
  };
  std::vector<Comparison> comparisons;
  for (const auto& [equation, shapes] : equations) {
    Network network(12);
    std::vector<std::string> names;
    for (const Shape& shape : shapes) {
      names.emplace_back(1, static_cast<char>('a' + names.size()));
      network.Input(names.back(), shape);
    }
    SetString(network.writer.Node("Einsum", names, {"y"}), "equation", equation);
    network.writer.Output("y");
    comparisons.push_back(
        {"einsum" + std::to_string(comparisons.size()), 2e-5, network.writer.Bytes(), network.inputs});
  }
  ExpectSameValues(comparisons);
}

TEST(ScatterElements, Reductions) {
  std::vector<Comparison> comparisons;
  for (const char* reduction : {"none", "add", "mul", "min", "max"}) {
    for (const int64_t axis : {-1, 0, 1}) {
      Network network(18);
      network.Input("x", {3, 3});
      network.Input("updates", {2, 3});
      auto& indices = *network.writer.model.mutable_graph()->add_initializer();
      indices.set_name("indices");
      indices.set_data_type(onnx::TensorProto::INT64);
      for (const int64_t extent : {2, 3}) indices.add_dims(extent);
      for (const int64_t index : {2, -1, 0, -3, 1, 1}) indices.add_int64_data(index);
      auto& node = network.writer.Node("ScatterElements", {"x", "indices", "updates"}, {"y"});
      SetInt(node, "axis", axis);
      if (std::string(reduction) == "none") {  // the same place twice would be left to chance
        indices.clear_int64_data();
        for (const int64_t index : {2, -2, 0, -3, 0, 1}) indices.add_int64_data(index);
      }
      SetString(node, "reduction", reduction);
      network.writer.Output("y");
      comparisons.push_back(
          {std::string(reduction) + std::to_string(axis + 1), 2e-5, network.writer.Bytes(), network.inputs});
    }
  }
  ExpectSameValues(comparisons);
}

}  // namespace
}  // namespace lockstep::oracle
