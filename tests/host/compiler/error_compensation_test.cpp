// Error compensation on networks that need it: with a second 8-bit layer the error falls to about what 16 bits leave.
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/compiler.h"
#include "correction_networks.h"
#include "graph/error.h"
#include "import/onnx_export.h"
#include "import/onnx_import.h"
#include "joint_generated.h"
#include "support/small_detector.h"
#include "support/small_graph.h"
#include "support/temporary_test_folder.h"

namespace lockstep::compiler {
namespace {

using nlohmann::ordered_json;

class ErrorCompensationTest : public testing::FolderTest {
 protected:
  void SetUp() override { testing::WritePictures(Path("pictures"), 12); }

  BuildResult BuildWith(const graph::Graph& graph, const ordered_json& more) {
    importer::ExportOnnx(graph, Path("net.onnx").string());
    ordered_json keys{{"input", Path("net.onnx").string()},
                      {"output_dir", Path("out").string()},
                      {"calibration", Path("pictures").string()},
                      {"count", 6},
                      {"precision", "int8"}};
    keys.update(more);
    return Build(ParseConfig(keys, "test"), {});
  }

  double Sqnr(const graph::Graph& graph, const ordered_json& more) {
    const ordered_json report = BuildWith(graph, more).summary;
    for (const ordered_json& tensor : report.at("judgement").at("tensors")) {
      if (tensor.at("output")) return tensor.at("sqnr_db");
    }
    ADD_FAILURE() << "no output was judged";
    return 0.0;
  }

  std::string Refusal(const graph::Graph& graph, const ordered_json& more) {
    try {
      BuildWith(graph, more);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "built";
  }
};

constexpr double kHalf = 6.03;
// What may lie between one layer of 16 bits, which rounds once, and two of 8 and their sum, which round three times.
constexpr double kNear = 8.0;

ordered_json Compensate(const char* scope, const char* part) { return {{"error_compensation", {{scope, part}}}}; }

ordered_json With(ordered_json a, const ordered_json& b) {
  a.update(b);
  return a;
}

TEST_F(ErrorCompensationTest, WeightsOfAWideRangeKeepTheirSmallOnes) {
  const graph::Graph graph = testing::WideRangeWeights();
  // All else has 16 bits, so that nothing but the weights is at fault.
  for (const char* scales : {"per_channel", "per_tensor"}) {
    const ordered_json base{{"activation_bits", 16}, {"weight_scales", scales}};
    const double without = Sqnr(graph, base);
    const double with = Sqnr(graph, With(base, Compensate("Conv_*", "weight")));
    const double wide = Sqnr(graph, With(base, {{"weight_bits", 16}}));
    std::printf("weight, %s: %.2f dB, %.2f dB; 16 bits %.2f dB\n", scales, without, with, wide);
    EXPECT_GT(with, without + kHalf);
    EXPECT_GT(with, wide - kNear);
  }
}

TEST_F(ErrorCompensationTest, InputsOfAWideRangeKeepTheirSmallValues) {
  const graph::Graph graph = testing::BiasedRounding();
  const double without = Sqnr(graph, ordered_json::object());
  const double with = Sqnr(graph, Compensate("Conv_2", "input"));
  const double wide = Sqnr(graph, {{"activation_bits", {{"Conv_2", 16}}}});
  std::printf("input: %.2f dB, %.2f dB; 16 bits %.2f dB\n", without, with, wide);
  EXPECT_GT(with, without + kHalf);
  EXPECT_GT(with, wide - kNear);
}

TEST_F(ErrorCompensationTest, BothTogether) {
  const graph::Graph graph = testing::WideRangeWeights();
  const double without = Sqnr(graph, ordered_json::object());
  const double weight = Sqnr(graph, Compensate("Conv_2", "weight"));
  const double both = Sqnr(graph, Compensate("Conv_2", "both"));
  const double wide = Sqnr(graph, {{"activation_bits", {{"Conv_2", 16}}}, {"weight_bits", {{"Conv_2", 16}}}});
  std::printf("both: %.2f dB, weight %.2f dB, both %.2f dB; 16 bits %.2f dB\n", without, weight, both, wide);
  EXPECT_GT(both, without + kHalf);
  EXPECT_GT(both, weight);
  EXPECT_GT(both, wide - kNear);
}

TEST_F(ErrorCompensationTest, PartsAreLayersOfTheirOwnThatNameTheSourceNode) {
  const BuildResult result = BuildWith(testing::WideRangeWeights(), Compensate("Conv_2", "both"));
  const std::string bytes = ReadText(result.joint_model);
  const joint::Model& model = *joint::GetModel(bytes.data());
  std::vector<std::string> names;
  for (const joint::Layer* layer : *model.layers()) {
    names.push_back(layer->name()->str());
    if (names.back().find("Conv_2") != 0 || names.back().find("_split_") == std::string::npos) continue;
    ASSERT_TRUE(layer->onnx_nodes() != nullptr && layer->onnx_nodes()->size() > 0) << names.back();
    EXPECT_EQ(layer->onnx_nodes()->Get(0)->str(), "Conv_2") << names.back();
  }
  for (const char* name :
       {"Conv_2", "Conv_2_input_split_low", "Conv_2_input_split_sum", "Conv_2_split_low", "Conv_2_split_sum"}) {
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 1) << name << " of " << ordered_json(names);
  }
  const ordered_json& nodes = result.summary.at("error_compensation").at("nodes");
  EXPECT_EQ(nodes, ordered_json::parse(R"([{"node": "Conv_2", "weight": true, "input": true}])"));
}

TEST_F(ErrorCompensationTest, TheFloatNetworkComputesTheSame) {
  const graph::Graph graph = testing::WideRangeWeights();
  const BuildResult result = BuildWith(graph, Compensate("Conv_*", "weight"));
  const graph::Graph after = importer::ImportOnnx(result.optimized_onnx.string(), {});
  EXPECT_LT(testing::LargestOutputDifference(graph, after), 1e-4);
}

TEST_F(ErrorCompensationTest, ACalibrationFileGoesOnFromIt) {
  const BuildResult result = BuildWith(testing::WideRangeWeights(), Compensate("Conv_2", "both"));
  const ordered_json keys{{"from_calibration", result.calibration.string()}, {"output_dir", Path("again").string()}};
  const BuildResult again = Build(ParseConfig(keys, "test"), {});
  EXPECT_TRUE(ReadText(result.joint_model) == ReadText(again.joint_model));
  EXPECT_TRUE(ReadText(result.optimized_onnx) == ReadText(again.optimized_onnx));
}

TEST_F(ErrorCompensationTest, WhatIsSaidOfANodeHoldsForItsParts) {
  const BuildResult result =
      BuildWith(testing::WideRangeWeights(), With(Compensate("Conv_2", "weight"), {{"weight_bits", {{"Conv_2", 6}}}}));
  const std::string file = ReadText(result.calibration);
  const ordered_json calibration = ordered_json::parse(file);
  for (const char* node : {"Conv_2", "Conv_2_split_low"}) {
    EXPECT_EQ(calibration.at("nodes").at(node).at("weight_bits"), 6) << node;
  }
}

TEST_F(ErrorCompensationTest, WhatCannotBeIsRefused) {
  const graph::Graph graph = testing::WideRangeWeights();
  const auto refusal = [&](const char* scope, const char* part, const ordered_json& more) {
    return Refusal(graph, With(Compensate(scope, part), more));
  };
  const ordered_json none = ordered_json::object();
  EXPECT_EQ(refusal("Conf_2", "weight", none),
            R"(error_compensation: no node is called "Conf_2"; did you mean Conv_2?)");
  EXPECT_EQ(refusal("Conv_0", "input", none),
            R"(error_compensation for "Conv_0" is not possible: it reads "x", which is bytes and has no low part)");
  EXPECT_EQ(
      refusal("Conv_2", "weight", {{"weight_bits", {{"Conv_2", 16}}}}),
      R"(error_compensation for "Conv_2" is not possible: its weights have 16 bits; give them 8 with weight_bits)");
  EXPECT_EQ(refusal("Conv_2", "weight", {{"float_nodes", {"Conv_2"}}}),
            R"(error_compensation for "Conv_2" is not possible: it computes in floats)");
  EXPECT_NE(refusal("tensor:x", "input", none).find("said of nodes, not of tensors"), std::string::npos);
  EXPECT_NE(refusal("Conv_2", "weight", {{"quantize_only", "features"}}).find("quantize_only"), std::string::npos);
  EXPECT_NE(refusal("Conv_2", "weights", none).find("error_compensation must be"), std::string::npos);

  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  const graph::TensorId y = net.Conv(x, 3, 4, 1);
  const graph::Graph pooled = net.Finish({net.Add("Add", {y, y})});
  EXPECT_NE(Refusal(pooled, Compensate("Add_1", "weight")).find("Add has no constant weights"), std::string::npos)
      << Refusal(pooled, Compensate("Add_1", "weight"));
}

TEST_F(ErrorCompensationTest, OfAPatternWhatCanBeIsDone) {
  const BuildResult result = BuildWith(testing::WideRangeWeights(), Compensate("op:Conv", "input"));
  const ordered_json& report = result.summary.at("error_compensation");
  EXPECT_EQ(report.at("left_out"), 1);
  EXPECT_EQ(report.at("nodes").size(), 1U);
}

}  // namespace
}  // namespace lockstep::compiler
