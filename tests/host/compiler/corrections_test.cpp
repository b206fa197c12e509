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
#include "graph/error.h"
#include "import/onnx_export.h"
#include "import/onnx_import.h"
#include "optimize/optimize.h"
#include "support/small_detector.h"
#include "support/small_graph.h"
#include "support/temporary_test_folder.h"

namespace lockstep::compiler {
namespace {

using nlohmann::ordered_json;

class CorrectionsTest : public testing::FolderTest {
 protected:
  void SetUp() override { testing::WritePictures(Path("pictures"), 12); }

  BuildConfig ConfigOf(const graph::Graph& graph, const ordered_json& more) {
    importer::ExportOnnx(graph, Path("net.onnx").string());
    ordered_json keys{{"input", Path("net.onnx").string()},
                      {"output_dir", Path("out").string()},
                      {"calibration", Path("pictures").string()},
                      {"count", 6},
                      {"tail_bits", 8},
                      {"precision", "int8"}};
    keys.update(more);
    return ParseConfig(keys, "test");
  }
  BuildResult BuildWith(const graph::Graph& graph, const ordered_json& more) {
    return Build(ConfigOf(graph, more), {});
  }

  // Of the integer model's output beside the float network's, on pictures that the calibration did not use.
  static double Sqnr(const ordered_json& report) {
    const ordered_json& judgement = report.at("judgement");
    EXPECT_TRUE(judgement.at("held_back"));
    for (const ordered_json& tensor : judgement.at("tensors")) {
      if (tensor.at("output")) return tensor.at("sqnr_db");
    }
    ADD_FAILURE() << "no output was judged";
    return 0.0;
  }

  // In dB; 6.02 is half the error.
  double Gain(const graph::Graph& graph, const ordered_json& without, const ordered_json& with) {
    const double before = Sqnr(BuildWith(graph, without).summary);
    ordered_json both = without;
    both.update(with);
    const double after = Sqnr(BuildWith(graph, both).summary);
    RecordProperty("sqnr_before", std::to_string(before));
    RecordProperty("sqnr_after", std::to_string(after));
    std::printf("%s: %.2f dB, %.2f dB\n", with.dump().c_str(), before, after);
    return after - before;
  }
};

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
  graph::Graph graph = ImportNetwork(config);
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
