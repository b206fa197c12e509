// Which elements a Resize takes and how it weighs them, against ONNX Runtime: thousands of scales, sizes and modes.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <numeric>

#include "engine/float/float_engine.h"
#include "import/onnx_export.h"
#include "onnx_runtime.h"
#include "support/small_graph.h"

namespace lockstep::oracle {
namespace {

using graph::kNoTensor;
using graph::TensorId;

const std::vector<float> kScales = {0.3F, 0.35F, 0.45F, 0.55F, 0.6F, 0.7F, 0.75F, 0.9F, 1.0F,
                                    1.1F, 1.3F,  1.5F,  1.7F,  1.9F, 2.0F, 2.3F,  2.7F, 3.3F};
const std::vector<int64_t> kSizes = {1, 2, 3, 7, 9, 11, 23};
const std::vector<int64_t> kWidths = {10, 29};

using Inputs = std::map<std::string, engine::FloatTensor>;

void Compare(const graph::Graph& graph, const Inputs& inputs, float tolerance) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("resize_oracle_" + std::to_string(getpid()) + ".onnx")).string();
  importer::ExportOnnx(graph, path);
  const OracleResult theirs = RunOnnxRuntime(path, inputs);
  std::filesystem::remove(path);
  const auto ours = engine::FloatEngine(graph, {}).Run(inputs);
  for (const graph::Node& node : graph.nodes) {
    // ONNX Runtime copies a tensor whose shape stays, also where ONNX's formula moves elements.
    if (graph.tensor(node.inputs[0]).shape == graph.tensor(node.outputs[0]).shape) continue;
    const std::string& name = graph.tensor(node.outputs[0]).name;
    const bool scaled = node.inputs[2] != kNoTensor;
    const std::string target = scaled ? "scale " + std::to_string(graph.tensor(node.inputs[2]).constant->floats[3])
                                      : "sizes " + graph::ToString(graph.Ints(node.inputs[3]));
    SCOPED_TRACE(graph.tensor(node.inputs[0]).name + ", " + target + ", " + node.String("mode", "") + ", " +
                 node.String("coordinate_transformation_mode", "") + ", " + node.String("nearest_mode", ""));
    const std::vector<float>& a = ours.at(name).data;
    const std::vector<float>& b = theirs.outputs.at(name).data;
    ASSERT_EQ(ours.at(name).shape, theirs.outputs.at(name).shape);
    for (size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], tolerance) << "element " << i;
  }
}

TEST(ResizeOracle, TakesTheElementsOfOnnxRuntime) {
  testing::SmallGraph small;
  std::vector<TensorId> outputs;
  Inputs inputs;
  for (const int64_t width : kWidths) {
    const std::string name = "x" + std::to_string(width);
    const TensorId x = small.Input(name, {1, 1, 1, width});
    std::vector<float>& values = inputs[name].data;
    inputs[name].shape = {1, 1, 1, width};
    values.resize(static_cast<size_t>(width));
    std::iota(values.begin(), values.end(), 0.0F);
    for (const char* coordinates : {"asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners"}) {
      for (const char* rounding : {"floor", "ceil", "round_prefer_floor", "round_prefer_ceil"}) {
        const std::map<std::string, graph::Attribute> modes = {
            {"coordinate_transformation_mode", std::string(coordinates)}, {"nearest_mode", std::string(rounding)}};
        for (const float scale : kScales) {
          outputs.push_back(small.Add("Resize", {x, kNoTensor, small.Floats({4}, {1, 1, 1, scale})}, modes));
        }
        for (const int64_t size : kSizes) {
          outputs.push_back(small.Add("Resize", {x, kNoTensor, kNoTensor, small.Ints({1, 1, 1, size})}, modes));
        }
      }
    }
  }
  Compare(small.Finish(outputs), inputs, 0.0F);
}

TEST(ResizeOracle, WeighsAsOnnxRuntime) {
  testing::SmallGraph small;
  std::vector<TensorId> outputs;
  Inputs inputs;
  const TensorId x = small.Input("x", {1, 2, 9, 10});
  inputs["x"].shape = {1, 2, 9, 10};
  for (int i = 0; i < 180; ++i) inputs["x"].data.push_back(static_cast<float>(i * 37 % 64));
  for (const char* coordinates :
       {"asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners", "half_pixel_symmetric"}) {
    for (const char* mode : {"linear", "cubic"}) {
      for (const int64_t exclude : {0, 1}) {
        if (exclude == 1 && mode == std::string("linear")) continue;
        const std::map<std::string, graph::Attribute> modes = {
            {"coordinate_transformation_mode", std::string(coordinates)},
            {"mode", std::string(mode)},
            {"cubic_coeff_a", exclude == 1 ? -0.5F : -0.75F},
            {"exclude_outside", exclude}};
        for (const float scale : kScales) {
          outputs.push_back(small.Add("Resize", {x, kNoTensor, small.Floats({4}, {1, 1, 2.0F, scale})}, modes));
        }
        for (const int64_t size : kSizes) {
          outputs.push_back(small.Add("Resize", {x, kNoTensor, kNoTensor, small.Ints({1, 2, size, 12})}, modes));
        }
      }
    }
  }
  // Weights are of float32 places on both sides, which are off by some 2^-21.
  Compare(small.Finish(outputs), inputs, 3e-4F);
}

}  // namespace
}  // namespace lockstep::oracle
