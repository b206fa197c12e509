// ONNX's own conformance models (Debian's libonnx-testdata): every one that the float engine can run, against the
// stored outputs.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "conformance/compare.h"
#include "engine/float/float_engine.h"
#include "graph/error.h"
#include "import/onnx_import.h"
#include "import/onnx_tensor.h"
#include "optimize/optimize.h"
#include "selected_rows.h"
#include "support/recorded_set.h"

namespace lockstep::oracle {
namespace {

namespace fs = std::filesystem;

graph::Tensor ReadStored(const fs::path& file, const std::string& name) {
  onnx::TensorProto proto;
  std::ifstream stream(file, std::ios::binary);
  if (!proto.ParseFromIstream(&stream)) throw UnsupportedModel(file.string() + " holds no tensor");
  return importer::ReadTensor(proto, name, file.string());
}

// The models give every operand as an input; parameters that an operator needs to know beforehand become constants.
bool IsParameter(const graph::Graph& graph, const graph::Tensor& tensor) {
  if (tensor.type != graph::ElementType::kFloat) return true;
  static const std::set<std::string> kParametrised = {"BatchNormalization", "Clip", "Pad", "Resize"};
  for (const graph::Node& node : graph.nodes) {
    if (kParametrised.count(node.op) == 0) continue;
    for (size_t i = 1; i < node.inputs.size(); ++i) {
      if (node.inputs[i] != graph::kNoTensor && graph.tensor(node.inputs[i]).name == tensor.name) return true;
    }
  }
  return false;
}

std::string Compare(const engine::FloatTensor& ours, const graph::Tensor& stored) {
  if (stored.type == graph::ElementType::kFloat) {
    return conformance::Difference({stored.type, ours.shape, {ours.data, {}}},
                                   {stored.type, stored.shape, *stored.constant});
  }
  if (ours.shape != stored.shape) {
    return "shape " + graph::ToString(ours.shape) + " instead of " + graph::ToString(stored.shape);
  }
  const std::vector<int64_t> integers(ours.data.begin(), ours.data.end());
  return integers == stored.constant->ints ? "" : "other integers";
}

// Throws Error if the model is not supported; reports differences to GoogleTest.
void RunModel(const fs::path& folder, const fs::path& data, bool optimise) {
  graph::Graph graph = importer::ImportOnnx((folder / "model.onnx").string(), {});
  std::map<std::string, engine::FloatTensor> inputs;
  std::vector<graph::TensorId> remaining;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    graph::Tensor& tensor = graph.tensor(graph.inputs[i]);
    graph::Tensor stored = ReadStored(data / ("input_" + std::to_string(i) + ".pb"), tensor.name);
    if (IsParameter(graph, tensor)) {
      tensor = std::move(stored);
    } else {
      inputs[tensor.name] = {stored.shape, stored.constant->floats};
      remaining.push_back(graph.inputs[i]);
    }
  }
  if (remaining.empty()) throw UnsupportedModel("nothing but constants");
  graph.inputs = remaining;
  optimize::InferShapes(graph);
  if (optimise) optimize::Optimize(graph);
  engine::FloatEngine engine(graph, {});
  const auto outputs = engine.Run(inputs);
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const std::string& name = graph.tensor(graph.outputs[i]).name;
    const graph::Tensor stored = ReadStored(data / ("output_" + std::to_string(i) + ".pb"), name);
    const std::string difference = Compare(WithoutPadding(outputs.at(name), stored.shape), stored);
    EXPECT_EQ(difference, "") << folder << ", output '" << name << "'" << (optimise ? ", optimised" : "");
  }
}

std::vector<fs::path> Models() {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator("/usr/share/libonnx-testdata/data/node")) {
    // The graph has no 16-bit floats and no training, and takes the output's size of a Resize as a number of elements.
    const std::string name = entry.path().filename().string();
    const bool fraction =
        name.rfind("test_resize_downsample_scales", 0) == 0 && name.find("align") != std::string::npos;
    const bool applies =
        name.find("training") == std::string::npos && name.find("FLOAT16") == std::string::npos && !fraction;
    if (applies && fs::exists(entry.path() / "test_data_set_0" / "output_0.pb")) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

class OnnxNodes : public ::testing::TestWithParam<bool> {};

TEST_P(OnnxNodes, GiveTheStoredOutputs) {
  std::set<std::string> ran;
  const std::vector<fs::path> folders = Models();
  for (const fs::path& folder : folders) {
    try {
      RunModel(folder, folder / "test_data_set_0", GetParam());
      ran.insert(folder.filename().string());
    } catch (const UnsupportedModel&) {
      continue;  // not in the set
    } catch (const UsageError&) {
      continue;  // an input of open shape
    } catch (const std::exception& error) {
      ADD_FAILURE() << folder << ": " << error.what();
    }
  }
  testing::ExpectRecorded(
      std::string(LOCKSTEP_RECORDED) + (GetParam() ? "/onnx_nodes_optimised.txt" : "/onnx_nodes.txt"), ran);
}

INSTANTIATE_TEST_SUITE_P(Graphs, OnnxNodes, ::testing::Bool(),
                         [](const auto& suite) { return suite.param ? "Optimised" : "AsImported"; });

}  // namespace
}  // namespace lockstep::oracle
