// ONNX's own conformance data (Debian's libonnx-testdata): every node model is imported; shapes and values must agree
// with the recorded outputs, before optimising, after it, and when everything is folded to constants.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "graph/error.h"
#include "import/onnx_import.h"
#include "import/onnx_tensor.h"
#include "optimize/optimize.h"
#include "support/plain_evaluator.h"
#include "support/recorded_set.h"

namespace lockstep::importer {
namespace {

namespace fs = std::filesystem;
using graph::Graph;
using graph::TensorId;
using testing::PlainTensor;
using testing::PlainTensors;

constexpr const char* kData = "/usr/share/libonnx-testdata/data/node";

struct NodeModel {
  fs::path folder;
  std::vector<graph::Tensor> inputs, outputs;  // recorded, in the model's order
};

std::vector<graph::Tensor> ReadRecorded(const fs::path& folder, const std::string& prefix) {
  std::vector<graph::Tensor> tensors;
  for (int i = 0;; ++i) {
    std::ifstream file(folder / (prefix + std::to_string(i) + ".pb"), std::ios::binary);
    if (!file) return tensors;
    onnx::TensorProto proto;
    if (!proto.ParseFromIstream(&file)) throw BadInput("not a tensor");
    tensors.push_back(ReadTensor(proto, prefix + std::to_string(i), folder.string()));
  }
}

PlainTensor ToPlain(const graph::Tensor& tensor) {
  PlainTensor plain{tensor.shape, {tensor.constant->floats.begin(), tensor.constant->floats.end()}};
  plain.values.insert(plain.values.end(), tensor.constant->ints.begin(), tensor.constant->ints.end());
  return plain;
}

// Gives recorded inputs as constants: those that hold integers (shapes, axes, indices), or all of them.
void InputsToConstants(Graph& graph, const NodeModel& model, bool all) {
  std::vector<TensorId> left;
  for (size_t index = 0; index < graph.inputs.size(); ++index) {
    const TensorId id = graph.inputs[index];
    if (index < model.inputs.size() && (all || graph.tensor(id).type != graph::ElementType::kFloat)) {
      graph.tensor(id).constant = model.inputs[index].constant;
      graph.tensor(id).shape = model.inputs[index].shape;
    } else {
      left.push_back(id);
    }
  }
  graph.inputs = left;
  optimize::InferShapes(graph);
}

// The models, by name, whose shapes, whose values, and whose constants were compared.
struct Tally {
  std::set<std::string> shapes, values, folded;
};

void CompareShapes(const Graph& graph, const NodeModel& model, Tally& tally) {
  for (size_t i = 0; i < graph.outputs.size() && i < model.outputs.size(); ++i) {
    const graph::Tensor& output = graph.tensor(graph.outputs[i]);
    if (!graph::IsKnown(output.shape)) continue;
    EXPECT_EQ(graph::ToString(output.shape), graph::ToString(model.outputs[i].shape)) << "output " << i;
    EXPECT_EQ(output.type, model.outputs[i].type) << "output " << i;
    tally.shapes.insert(model.folder.filename().string());
  }
}

void CompareValues(const Graph& graph, const NodeModel& model, const PlainTensors& inputs) {
  const PlainTensors values = testing::EvaluatePlain(graph, inputs);
  for (size_t i = 0; i < graph.outputs.size() && i < model.outputs.size(); ++i) {
    const PlainTensor& actual = values.at(graph.tensor(graph.outputs[i]).name);
    EXPECT_LE(testing::LargestDifference(actual, ToPlain(model.outputs[i])), 1e-4) << "output " << i;
  }
}

bool CanEvaluate(const Graph& graph) {
  for (const graph::Node& node : graph.nodes) {
    const bool side_results = (node.op == "Dropout" || node.op == "MaxPool") && node.outputs.size() > 1;
    if (side_results) return false;
    for (const TensorId id : node.outputs) {
      if (id != graph::kNoTensor && !graph::IsKnown(graph.tensor(id).shape)) return false;
    }
  }
  return true;
}

// Training mode computes something else, with random numbers; the data of narrow floats has their bits as integers.
bool IsOutOfScope(const NodeModel& model, const Graph& graph) {
  const std::string name = model.folder.filename().string();
  if (name.find("training") != std::string::npos || name.find("FLOAT16") != std::string::npos) return true;
  // The data takes the output's size as a fraction of an element.
  if (name.rfind("test_resize_downsample_scales", 0) == 0 && name.find("align") != std::string::npos) return true;
  for (const graph::Node& node : graph.nodes) {
    if (node.Int("training_mode", 0) != 0) return true;
  }
  return false;
}

void CheckModel(const NodeModel& model, Tally& tally) {
  Graph graph = ImportOnnx((model.folder / "model.onnx").string(), {});
  if (graph.nodes.empty() || IsOutOfScope(model, graph)) return;
  const std::string name = model.folder.filename().string();
  const std::vector<TensorId> inputs = graph.inputs;
  if (inputs.size() > model.inputs.size()) return;

  Graph folded = graph;
  InputsToConstants(folded, model, true);
  optimize::FoldConstants(folded);
  if (folded.nodes.empty()) {
    for (size_t i = 0; i < folded.outputs.size(); ++i) {
      const graph::Tensor& output = folded.tensor(folded.outputs[i]);
      EXPECT_LE(testing::LargestDifference(ToPlain(output), ToPlain(model.outputs.at(i))), 1e-4) << "folded " << i;
    }
    tally.folded.insert(name);
  }

  InputsToConstants(graph, model, false);
  CompareShapes(graph, model, tally);
  if (!CanEvaluate(graph)) return;
  PlainTensors values;
  for (size_t i = 0; i < inputs.size(); ++i) values[graph.tensor(inputs[i]).name] = ToPlain(model.inputs[i]);
  CompareValues(graph, model, values);
  Graph optimized = graph;
  optimize::Optimize(optimized);
  CompareValues(optimized, model, values);
  tally.values.insert(name);
}

TEST(OnnxConformance, AgreeWithTheConformanceData) {
  ASSERT_TRUE(fs::is_directory(kData)) << "install libonnx-testdata";
  Tally tally;
  for (const auto& entry : fs::directory_iterator(kData)) {
    SCOPED_TRACE(entry.path().filename().string());
    NodeModel model{entry.path(), {}, {}};
    try {
      model.inputs = ReadRecorded(model.folder / "test_data_set_0", "input_");
      model.outputs = ReadRecorded(model.folder / "test_data_set_0", "output_");
    } catch (const Error&) {
      continue;  // strings and sequences
    }
    try {
      CheckModel(model, tally);
    } catch (const UnsupportedModel&) {
      continue;
    } catch (const UsageError&) {
      continue;  // an input whose shape is open
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
  const std::string recorded = LOCKSTEP_RECORDED;
  testing::ExpectRecorded(recorded + "/conformance_shapes.txt", tally.shapes);
  testing::ExpectRecorded(recorded + "/conformance_values.txt", tally.values);
  testing::ExpectRecorded(recorded + "/conformance_folded.txt", tally.folded);
}

}  // namespace
}  // namespace lockstep::importer
