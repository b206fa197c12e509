// Each correction on a network that needs it: the integer model's error on held-back pictures falls by half at least.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "compiler/compiler.h"
#include "compiler/front.h"
#include "compiler/judging_runs.h"
#include "compiler/sensitivity_run.h"
#include "correction_networks.h"
#include "corrections_fixture.h"
#include "graph/error.h"
#include "import/onnx_export.h"
#include "import/onnx_import.h"
#include "optimize/optimize.h"
#include "support/small_detector.h"
#include "support/small_graph.h"
#include "support/temporary_test_folder.h"

namespace lockstep::compiler {
namespace {

constexpr double kHalf = 6.03;

TEST_F(CorrectionsTest, EqualisationGivesUnequalChannelsLevels) {
  EXPECT_GT(Gain(testing::UnequalChannels(), ordered_json::object(), {{"cross_layer_equalization", true}}), kHalf);
}

TEST_F(CorrectionsTest, EqualisationGoesThroughLimitsThatNoValueReaches) {
  EXPECT_GT(Gain(testing::UnequalChannelsBelowALimit(), ordered_json::object(), {{"cross_layer_equalization", true}}),
            kHalf);
}

TEST_F(CorrectionsTest, EqualisationGoesThroughDepthwiseConvolutionsAndPools) {
  EXPECT_GT(Gain(testing::UnequalDepthwiseChannels(), ordered_json::object(), {{"cross_layer_equalization", true}}),
            kHalf);
}

TEST_F(CorrectionsTest, TheFloatNetworkStaysTheSameAndIsWhatWasCompiled) {
  for (const graph::Graph& graph : {testing::UnequalDepthwiseChannels(), testing::OutlierChannels()}) {
    const BuildResult plain = BuildWith(graph, ordered_json::object());
    const std::string uncorrected = ReadText(plain.optimized_onnx);
    const graph::Graph before = importer::ImportOnnx(plain.optimized_onnx.string(), {});
    const BuildResult corrected = BuildWith(graph, {{"cross_layer_equalization", true}, {"smooth_quant", true}});
    const graph::Graph after = importer::ImportOnnx(corrected.optimized_onnx.string(), {});
    EXPECT_LT(testing::LargestOutputDifference(before, after), 1e-5);
    EXPECT_FALSE(uncorrected == ReadText(corrected.optimized_onnx)) << "it has the weights that were compiled";
  }
}

TEST_F(CorrectionsTest, SmoothingMovesOutliersIntoTheWeights) {
  EXPECT_GT(Gain(testing::OutlierChannels(), ordered_json::object(), {{"smooth_quant", true}}), kHalf);
  EXPECT_GT(Gain(testing::OutlierChannels(), ordered_json::object(), {{"smooth_quant", true}, {"smooth_alpha", 0.8}}),
            kHalf);
}

TEST_F(CorrectionsTest, BiasesMakeUpForFeaturesThatRoundToOneSide) {
  EXPECT_GT(Gain(testing::BiasedRounding(), ordered_json::object(), {{"bias_correction", "both"}}), kHalf);
  const BuildResult result = BuildWith(testing::BiasedRounding(), {{"bias_correction", "features"}});
  const ordered_json& correction = result.summary.at("bias_correction");
  EXPECT_TRUE(correction.at("kept"));
  EXPECT_EQ(correction.at("correction_runs"), 6);
  EXPECT_EQ(correction.at("validation_runs"), 6);
}

TEST_F(CorrectionsTest, WithoutOtherPicturesHalfOfThemJudge) {
  const BuildResult result = BuildWith(testing::BiasedRounding(), {{"bias_correction", "both"}, {"count", 0}});
  EXPECT_EQ(result.summary.at("bias_correction").at("correction_runs"), 6);
  EXPECT_EQ(result.summary.at("bias_correction").at("validation_runs"), 6);
}

// Each has something to change there, and the outputs on the runs that judge are no better by it.
TEST_F(CorrectionsTest, WhatDoesNotHelpIsLeftOut) {
  const auto left_out = [&](const graph::Graph& graph, const ordered_json& without, const char* key,
                            const ordered_json& value) {
    const std::string before = ReadText(BuildWith(graph, without).joint_model);
    ordered_json with = without;
    with[key] = value;
    const BuildResult result = BuildWith(graph, with);
    const ordered_json& correction = result.summary.at(key);
    EXPECT_FALSE(correction.at("kept")) << correction;
    EXPECT_TRUE(ReadText(result.joint_model) == before) << key << " is left out, but the model is another one";
    return correction;
  };
  left_out(testing::WideRangeWeights(), ordered_json::object(), "bias_correction", "both");
  left_out(testing::AlikeInputs(), ordered_json::object(), "bias_correction", "both");

  const ordered_json rounding =
      left_out(testing::UnequalDepthwiseChannels(), {{"weight_bits", 3}}, "adaptive_rounding", true);
  size_t changed = 0;
  for (const ordered_json& layer : rounding.at("layers")) changed += layer.at("changed").get<size_t>();
  EXPECT_GT(changed, 0U) << "a correction that does nothing shows nothing";
  for (const auto& [name, output] : rounding.at("outputs").items()) {
    EXPECT_LT(output.at("sqnr_db_after").get<double>(), output.at("sqnr_db_before").get<double>()) << name;
  }
}

TEST_F(CorrectionsTest, RoundingThatSeesTheInputsBeatsTheNearestIntegers) {
  const ordered_json few{{"weight_bits", 3}};
  EXPECT_GT(Gain(testing::AlikeInputs(), few, {{"adaptive_rounding", true}}), kHalf);
}

TEST_F(CorrectionsTest, TheReportSaysWhichPicturesJudged) {
  const auto judged = [&](int count, const char* key) {
    const ordered_json report =
        BuildWith(testing::AlikeInputs(), {{"adaptive_rounding", true}, {"bias_correction", "both"}, {"count", count}})
            .summary;
    return std::make_pair(report.at(key).at("held_back").get<bool>(),
                          report.at("notes").dump().find("as there are no others") == std::string::npos);
  };
  EXPECT_EQ(judged(6, "adaptive_rounding"), std::make_pair(true, true));
  EXPECT_EQ(judged(6, "bias_correction"), std::make_pair(true, true));
  EXPECT_EQ(judged(0, "adaptive_rounding"), std::make_pair(true, true)) << "every second picture judges";
  EXPECT_EQ(judged(0, "bias_correction"), std::make_pair(true, true)) << "every second picture judges";
  for (int i = 1; i < 12; ++i) std::filesystem::remove(Path("pictures/picture_" + std::to_string(i) + ".png"));
  EXPECT_EQ(judged(0, "adaptive_rounding"), std::make_pair(false, false));
  EXPECT_EQ(judged(0, "bias_correction"), std::make_pair(false, false));
}

TEST_F(CorrectionsTest, DamagedPicturesDoNotJudgeAndAreNotCountedAsHeldBack) {
  const BuildConfig config = ConfigOf(
      testing::AlikeInputs(), {{"adaptive_rounding", true}, {"bias_correction", "both"}, {"skip_bad_images", true}});
  graph::Graph graph = ImportNetwork(config).graph;
  optimize::Optimize(graph);
  for (const input::DataItem& item : ChooseCalibration(config, graph).others) {
    WriteText(Path("pictures/" + std::filesystem::path(item.label).filename().string()), "no picture");
  }
  const Calibration calibration = ChooseCalibration(config, graph);
  ASSERT_EQ(calibration.others.size(), 6U);
  const JudgingRuns judging = ChooseJudgingRuns(calibration, 4);
  EXPECT_EQ(judging.items.size(), 4U);
  EXPECT_FALSE(judging.held_back);
  EXPECT_FALSE(Build(config, {}).summary.at("judgement").at("held_back"));

  // Corrections can do with a part of the calibration's: made from those that do not judge.
  WriteText(Path("pictures/" + std::filesystem::path(calibration.chosen[0].label).filename().string()), "no picture");
  const CorrectionRuns runs = ChooseCorrectionRuns(calibration, true, 8);
  EXPECT_TRUE(runs.judging.held_back);
  ASSERT_EQ(runs.fitted.size(), 3U);
  ASSERT_EQ(runs.judging.items.size(), 2U);
  for (const input::DataItem& fitted : runs.fitted) {
    EXPECT_NE(fitted.label, calibration.chosen[0].label);
    for (const input::DataItem& item : runs.judging.items) EXPECT_NE(fitted.label, item.label);
  }
  const ordered_json report = Build(config, {}).summary;
  EXPECT_TRUE(report.at("adaptive_rounding").at("held_back"));
  EXPECT_TRUE(report.at("bias_correction").at("held_back"));
  EXPECT_EQ(report.at("bias_correction").at("correction_runs"), 3);
  EXPECT_EQ(report.at("bias_correction").at("validation_runs"), 2);
}

TEST_F(CorrectionsTest, SensitivityIsThatOfTheCorrectedNetwork) {
  const auto worst = [&](const graph::Graph& graph, const ordered_json& more) {
    const SensitivityRun run =
        MeasureSensitivity(ConfigOf(graph, more), {sensitivity::Part::kActivations, 6, {}}, nullptr, nullptr);
    EXPECT_TRUE(run.held_back);
    double least = std::numeric_limits<double>::infinity();
    for (const sensitivity::Trial& trial : run.trials) {
      for (const auto& [name, metrics] : trial.outputs) least = std::min(least, metrics.sqnr_db);
    }
    return least;
  };
  const graph::Graph unequal = testing::UnequalChannels();
  EXPECT_GT(worst(unequal, {{"cross_layer_equalization", true}}), worst(unequal, ordered_json::object()) + kHalf);
  const graph::Graph outliers = testing::OutlierChannels();
  EXPECT_GT(worst(outliers, {{"smooth_quant", true}}), worst(outliers, ordered_json::object()) + kHalf);
}

TEST_F(CorrectionsTest, SensitivityRefusesWhatHasNoEffectInIt) {
  const std::vector<std::pair<ordered_json, std::string>> settings = {
      {{{"adaptive_rounding", true}}, "sensitivity: adaptive_rounding has no effect"},
      {{{"bias_correction", "features"}}, "sensitivity: bias_correction features has no effect"},
      {{{"bias_correction", "both"}}, "sensitivity: bias_correction both has no effect"},
      {{{"export_qdq", Path("qdq.onnx").string()}}, "sensitivity: export_qdq has no effect"}};
  for (const auto& [more, words] : settings) {
    try {
      MeasureSensitivity(ConfigOf(testing::UnequalChannels(), more), {sensitivity::Part::kNode, 2, {}}, nullptr,
                         nullptr);
      ADD_FAILURE() << more << " was taken";
    } catch (const UsageError& error) {
      EXPECT_EQ(std::string(error.what()).find(words), 0U) << error.what();
    }
  }
}

TEST_F(CorrectionsTest, TheSameBytesForAnyNumberOfThreads) {
  const ordered_json all{{"cross_layer_equalization", true},
                         {"smooth_quant", true},
                         {"adaptive_rounding", true},
                         {"bias_correction", "both"},
                         {"weight_bits", 6}};
  std::string bytes;
  for (const int threads : {1, 2, 5}) {
    ordered_json keys = all;
    keys["threads"] = threads;
    const std::string found = ReadText(BuildWith(testing::UnequalDepthwiseChannels(), keys).joint_model);
    if (bytes.empty()) bytes = found;
    EXPECT_TRUE(found == bytes) << threads << " threads";
  }
}

TEST_F(CorrectionsTest, ANetworkThatIsEqualAlreadyIsToldSo) {
  const ordered_json equalised{{"cross_layer_equalization", true}};
  const BuildResult result = BuildWith(testing::UnequalChannels(), equalised);
  const graph::Graph equal = importer::ImportOnnx(result.optimized_onnx.string(), {});
  try {
    BuildWith(equal, equalised);
    FAIL() << "equalised twice";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "cross_layer_equalization has no effect: all channels between two convolutions that can be scaled "
                 "have one range already; leave it out");
  }
}

TEST_F(CorrectionsTest, WhatChangesNothingIsRefused) {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  const graph::TensorId wide = net.Conv(x, 3, 4, 1);
  const graph::TensorId silu = net.Add("Mul", {wide, net.Add("Sigmoid", {wide})});
  const graph::Graph graph = net.Finish({net.Conv(silu, 4, 4, 1)});
  const auto message = [&](const ordered_json& keys) -> std::string {
    try {
      BuildWith(graph, keys);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message({{"cross_layer_equalization", true}}).find("1 convolution ends in SiLU"), std::string::npos)
      << message({{"cross_layer_equalization", true}});
  EXPECT_EQ(message({{"smooth_quant", true}}).find("smooth_quant has no effect"), 0U);
  for (const char* key : {"adaptive_rounding", "bias_correction"}) {
    ordered_json keys{{"float_all", true}, {"precision", "auto"}, {"tail_bits", 16}};
    keys[key] = key == std::string("bias_correction") ? ordered_json("features") : ordered_json(true);
    EXPECT_EQ(message(keys).find(std::string(key) + " has no effect"), 0U) << keys << ": " << message(keys);
  }
  for (const char* only : {"weights", "features"}) {
    const ordered_json floats{{"quantize_only", only}, {"precision", "auto"}, {"tail_bits", 16}};
    for (const char* key : {"bias_correction", "adaptive_rounding"}) {
      ordered_json keys = floats;
      keys[key] = key == std::string("bias_correction") ? ordered_json("features") : ordered_json(true);
      EXPECT_EQ(message(keys).find(std::string(key) + " has no effect"), 0U) << keys << ": " << message(keys);
    }
  }
}

}  // namespace
}  // namespace lockstep::compiler
