// Corrections in a calibration file: a build goes on from it with them, to the byte, or says which it does not hold.
#include <gtest/gtest.h>

#include <filesystem>

#include "compiler/compiler.h"
#include "correction_networks.h"
#include "corrections_fixture.h"
#include "graph/error.h"

namespace lockstep::compiler {
namespace {

TEST_F(CorrectionsTest, WhatACalibrationFileDoesNotHoldIsRefusedByName) {
  const graph::Graph graph = testing::UnequalDepthwiseChannels();
  const std::string file = Path("out/quant/calibration.json").string();
  const auto message = [&](const ordered_json& more) {
    ordered_json keys{{"from_calibration", file}, {"output_dir", Path("again").string()}};
    keys.update(more);
    try {
      Build(ParseConfig(keys, "test"), {});
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string("built");
  };
  const ordered_json pictures{{"calibration", Path("pictures").string()}};
  const std::string refused = "makes what the calibration file does not hold; calibrate again, or ";
  const std::vector<std::pair<std::string, ordered_json>> settings = {{"smooth_quant", true},
                                                                      {"adaptive_rounding", true},
                                                                      {"bias_correction", "features"},
                                                                      {"bias_correction", "both"}};
  for (const auto& [key, value] : settings) {
    BuildWith(graph, {{key, value}});
    ordered_json without = ordered_json::parse(ReadText(file));
    without.erase("corrections");
    WriteText(file, without.dump());
    for (const ordered_json& more : {ordered_json::object(), pictures, ordered_json{{key, value}}}) {
      EXPECT_EQ(message(more), file + ": " + key + " " + value.dump() + " " + refused + "make the file without it");
    }
    BuildWith(graph, ordered_json::object());
    EXPECT_EQ(message({{key, value}}), "test: " + key + " " + value.dump() + " " + refused + "leave it out");
  }
}

TEST_F(CorrectionsTest, WhatACalibrationFileHoldsIsRepeatedToTheByte) {
  const auto is_repeated = [&](const graph::Graph& graph, const ordered_json& more) {
    const BuildResult first = BuildWith(graph, more);
    std::string file = first.calibration.string();
    for (const char* folder : {"again", "once_more"}) {
      const ordered_json keys{{"from_calibration", file}, {"output_dir", Path(folder).string()}};
      const BuildResult again = Build(ParseConfig(keys, "test"), {});
      EXPECT_TRUE(ReadText(first.joint_model) == ReadText(again.joint_model)) << folder << more;
      EXPECT_TRUE(ReadText(first.optimized_onnx) == ReadText(again.optimized_onnx)) << folder << more;
      file = again.calibration.string();
    }
    return first.summary;
  };
  is_repeated(testing::OutlierChannels(), {{"smooth_quant", true}});
  is_repeated(testing::UnequalChannelsBelowALimit(), {{"cross_layer_equalization", true}});
  is_repeated(testing::OutlierChannels(),
              {{"cross_layer_equalization", false}, {"smooth_quant", true}, {"smooth_alpha", 0.8}});
  for (const char* kind : {"features", "both"}) {
    EXPECT_TRUE(is_repeated(testing::BiasedRounding(), {{"bias_correction", kind}}).at("bias_correction").at("kept"));
  }
  EXPECT_FALSE(
      is_repeated(testing::WideRangeWeights(), {{"bias_correction", "both"}}).at("bias_correction").at("kept"));
}

TEST_F(CorrectionsTest, HeldCorrectionsOfAnotherNetworkAreRefused) {
  const auto message = [&](const BuildResult& built, const char* key, const ordered_json& value) {
    ordered_json file = ordered_json::parse(ReadText(built.calibration));
    file["corrections"][key] = value;
    WriteText(built.calibration, file.dump());
    const ordered_json keys{{"from_calibration", built.calibration.string()}, {"output_dir", Path("again").string()}};
    try {
      Build(ParseConfig(keys, "test"), {});
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string("built");
  };
  const BuildResult smoothed = BuildWith(testing::OutlierChannels(), {{"smooth_quant", true}});
  EXPECT_NE(message(smoothed, "smooth_factors", {1.0}).find("are not those of this network"), std::string::npos);
  EXPECT_NE(message(smoothed, "smooth_factors", "none").find("must be a list of numbers"), std::string::npos);
  const BuildResult shifted = BuildWith(testing::BiasedRounding(), {{"bias_correction", "features"}});
  const ordered_json file = ordered_json::parse(ReadText(shifted.calibration));
  const std::string node = file.at("corrections").at("bias_shifts").begin().key();
  const std::string refusal = message(shifted, "bias_shifts", {{node, {1.0}}});
  EXPECT_NE(refusal.find("the bias shifts of node '" + node + "'"), std::string::npos) << refusal;
}

TEST_F(CorrectionsTest, EqualisationFollowsFromTheNetworkAndIsRepeatedFromACalibrationFile) {
  const BuildResult result = BuildWith(testing::UnequalChannels(), {{"cross_layer_equalization", true}});
  const ordered_json keys{{"from_calibration", result.calibration.string()}, {"output_dir", Path("again").string()}};
  const BuildResult again = Build(ParseConfig(keys, "test"), {});
  EXPECT_TRUE(ReadText(result.joint_model) == ReadText(again.joint_model));
  EXPECT_TRUE(ReadText(result.optimized_onnx) == ReadText(again.optimized_onnx));
}

}  // namespace
}  // namespace lockstep::compiler
