#include "compiler/compiler.h"

#include <gtest/gtest.h>

#include <map>

#include "graph/error.h"
#include "import/onnx_export.h"
#include "import/onnx_import.h"
#include "info/model_info.h"
#include "support/small_detector.h"
#include "support/small_graph.h"
#include "support/temporary_test_folder.h"

namespace lockstep::compiler {
namespace {

using nlohmann::ordered_json;

class CompilerTest : public testing::FolderTest {
 protected:
  void SetUp() override {
    importer::ExportOnnx(testing::SmallDetector(), Path("net.onnx").string());
    testing::WritePictures(Path("pictures"), 6);
  }

  ordered_json Keys(const std::string& output) const {
    return {{"input", Path("net.onnx").string()},
            {"output_dir", Path(output).string()},
            {"calibration", Path("pictures").string()}};
  }
  static BuildResult BuildWith(const ordered_json& keys) { return Build(ParseConfig(keys, "test"), {}); }
};

TEST_F(CompilerTest, WritesTheModelAndWhatBelongsToIt) {
  BuildWith(Keys("out"));
  EXPECT_EQ(Files("out"), (std::vector<std::string>{"frontend/optimized.onnx", "net.config.json", "net.joint",
                                                    "net.report.json", "quant/calibration.json"}));
  const ordered_json info = info::DescribeModelFile(Path("out/net.joint").string(), {});
  EXPECT_EQ(info.at("contract"), "rq1");
  EXPECT_EQ(info.at("inputs").at(0).at("shape"), (ordered_json{1, 32, 32, 3}));
  EXPECT_EQ(info.at("outputs").at(0).at("shape"), (ordered_json{1, 8, 336}));
  EXPECT_EQ(info.at("outputs").at(0).at("dtype"), "f32");
  const auto report = ordered_json::parse(ReadText(Path("out/net.report.json")));
  EXPECT_EQ(report.at("calibration").at("pictures"), 6);
  EXPECT_EQ(report.at("stages").size(), static_cast<size_t>(kStages));
  ASSERT_EQ(report.at("notes").size(), 1U) << report.at("notes").dump();
  EXPECT_EQ(report.at("notes").at(0).get<std::string>().find("more than 8 bits where they cost most"), 0U);
}

TEST_F(CompilerTest, WhatIsMissingIsFoundBeforeTheFirstStage) {
  const auto stages_before_error = [&](const std::string& key) {
    ordered_json keys = Keys("out");
    keys[key] = Path("missing").string();
    int stages = 0;
    BuildListener listener;
    listener.stage = [&](const std::string&) { ++stages; };
    EXPECT_THROW(Build(ParseConfig(keys, "test"), listener), BadInput) << key;
    return stages;
  };
  EXPECT_EQ(stages_before_error("calibration"), 0);
  EXPECT_EQ(stages_before_error("input"), 0);
}

TEST_F(CompilerTest, NotesFilesThatAreNoPictures) {
  WriteText(Path("pictures/a.tif"), "x");
  ordered_json keys = Keys("out");
  keys["precision"] = "int8";
  const BuildResult result = BuildWith(keys);
  ASSERT_EQ(result.summary.at("notes").size(), 1U) << result.summary.dump();
  EXPECT_NE(result.summary.at("notes").at(0).get<std::string>().find("a.tif (format not read)"), std::string::npos);
}

TEST_F(CompilerTest, AnOperatorIsNamedAsInTheNetworkThoughItBecameAnother) {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  const graph::TensorId rows = net.Add("Reshape", {net.Conv(x, 3, 4, 1), net.Ints({4, 1024})});
  net.Add("Gemm", {rows, net.Random({1024, 5})});
  const graph::TensorId y = net.graph.nodes.back().outputs[0];
  importer::ExportOnnx(net.Finish({y}), Path("gemm.onnx").string());
  ordered_json keys = Keys("out");
  keys.update({{"input", Path("gemm.onnx").string()}, {"float_ops", {"Gemm"}}});
  const BuildResult result = BuildWith(keys);
  const ordered_json nodes = ordered_json::parse(ReadText(result.calibration)).at("nodes");
  int floats = 0;
  for (const auto& [name, node] : nodes.items()) {
    if (node.at("op") == "Conv") floats += node.at("float").get<bool>() ? 1 : 0;
  }
  EXPECT_EQ(floats, 1) << nodes.dump(1);
}

TEST_F(CompilerTest, NotesWeightsTooSmallForTheirBias) {
  testing::SmallGraph small;
  const graph::TensorId x = small.Input("x", {1, 3, 32, 32});
  const graph::TensorId w = small.Floats({1, 3, 1, 1}, {1e-12F, 1e-12F, 1e-12F});
  importer::ExportOnnx(small.Finish({small.Add("Conv", {x, w, small.Floats({1}, {1.0F})})}), Path("net.onnx").string());
  const BuildResult result = BuildWith(Keys("out"));
  ASSERT_EQ(result.summary.at("notes").size(), 2U) << result.summary.dump();
  EXPECT_NE(result.summary.at("notes").at(0).get<std::string>().find("1 of 1 output channel has weights too small"),
            std::string::npos);
  EXPECT_NE(result.summary.at("notes").at(1).get<std::string>().find("constant activation"), std::string::npos);
}

TEST_F(CompilerTest, AConvolutionMayBePaddedBeyondItsWindow) {
  testing::SmallGraph small;
  const graph::TensorId x = small.Input("x", {1, 3, 32, 32});
  const graph::TensorId wide = small.Conv(x, 3, 4, 1, {{"pads", std::vector<int64_t>{3, 1, 0, 2}}});
  importer::ExportOnnx(small.Finish({small.Conv(wide, 4, 4, 3, {{"pads", std::vector<int64_t>{0, 5, 4, 3}}})}),
                       Path("net.onnx").string());
  const BuildResult result = BuildWith(Keys("out"));
  const ordered_json info = info::DescribeModelFile(result.joint_model.string(), {});
  EXPECT_EQ(info.at("outputs").at(0).at("shape"), (ordered_json{1, 4, 37, 41}));
}

TEST_F(CompilerTest, JudgesTheModelOnPicturesThatTheCalibrationDidNotUse) {
  ordered_json keys = Keys("out");
  keys["count"] = 3;
  const BuildResult result = BuildWith(keys);
  const ordered_json& judgement = result.summary.at("judgement");
  EXPECT_EQ(judgement.at("verdict"), "good") << result.warnings;
  EXPECT_EQ(judgement.at("held_back"), true);
  EXPECT_EQ(judgement.at("pictures").size(), 3U);
  EXPECT_EQ(judgement.at("tensors").at(0).at("output"), true);
  EXPECT_GE(judgement.at("tensors").at(0).at("parts").size(), 2U) << "boxes and probabilities";
  EXPECT_EQ(result.warnings, "");
  EXPECT_EQ(BuildWith(Keys("all")).summary.at("judgement").at("held_back"), false) << "all six were used";
}

TEST_F(CompilerTest, ABadModelIsWrittenAndToldOf) {
  ordered_json keys = Keys("out");
  keys.update({{"activation_bits", 2}, {"tail_bits", 8}, {"require_cosine", 0.999}, {"count", 3}});
  const BuildResult result = BuildWith(keys);
  EXPECT_TRUE(std::filesystem::exists(result.joint_model));
  EXPECT_EQ(result.misses.size(), 1U);
  EXPECT_EQ(result.warnings.find("WARNING: THIS MODEL"), 0U) << result.warnings;
  EXPECT_EQ(result.summary.at("judgement").at("verdict"), "bad");
  EXPECT_FALSE(result.summary.at("judgement").at("findings").empty());
}

TEST_F(CompilerTest, PicturesThatShowNothingAreToldOf) {
  const auto warnings = [&](const std::string& folder) {
    ordered_json keys = Keys("out");
    keys["calibration"] = Path(folder).string();
    return BuildWith(keys).warnings;
  };
  testing::WriteUniformPictures(Path("black"), 3);
  const std::string black = warnings("black");
  EXPECT_NE(black.find("all alike"), std::string::npos) << black;
  EXPECT_NE(black.find("3 of 3 calibration pictures are of one colour"), std::string::npos) << black;
  testing::WritePictures(Path("one"), 1);
  const std::string one = warnings("one");
  EXPECT_NE(one.find("has one picture"), std::string::npos) << one;
  EXPECT_EQ(one.find("one colour"), std::string::npos) << one;
}

TEST_F(CompilerTest, TheMergedConfigurationRepeatsTheBuildToTheByte) {
  ordered_json keys = Keys("out");
  keys.update({{"count", 4}, {"seed", 3}, {"observer", "kl"}, {"color", "BGR"}});
  const BuildResult first = BuildWith(keys);
  ordered_json again = ReadConfigFile(first.config.string());
  again["output_dir"] = Path("again").string();
  BuildWith(again);
  EXPECT_EQ(ReadText(Path("out/net.joint")), ReadText(Path("again/net.joint")));
  EXPECT_EQ(ReadText(Path("out/frontend/optimized.onnx")), ReadText(Path("again/frontend/optimized.onnx")));

  again["seed"] = 4;
  again["count"] = 3;
  BuildWith(again);
  EXPECT_NE(ReadText(Path("out/net.joint")), ReadText(Path("again/net.joint")))
      << "other pictures gave the same model: the comparison above proves nothing";
}

TEST_F(CompilerTest, WhatIsQuantisedAndInHowManyBits) {
  const auto dtypes = [&](const std::string& folder, const ordered_json& settings) {
    ordered_json keys = Keys(folder);
    keys.update(settings);
    BuildWith(keys);
    std::map<std::string, int> counts;
    const ordered_json info = info::DescribeModelFile(Path(folder + "/net.joint").string(), {});
    for (const auto& layer : info.at("layers")) {
      if (layer.at("op") != "Quantize") ++counts[layer.at("dtype").get<std::string>()];
    }
    return counts;
  };
  auto counts = dtypes("int16", {{"precision", "int16"}});
  EXPECT_EQ(counts["u8"], 0);
  EXPECT_GT(counts["u16"], 10);
  counts = dtypes("ten", {{"activation_bits", 10}, {"weight_bits", {{"op:Conv", 4}}}});
  EXPECT_EQ(counts["u8"], 0);
  counts = dtypes("float", {{"precision", "float"}});
  EXPECT_EQ(counts["u8"] + counts["u16"], 0);
  counts = dtypes("weights", {{"quantize_only", "weights"}});
  EXPECT_EQ(counts["u8"] + counts["u16"], 0);
  EXPECT_NE(ReadText(Path("weights/net.joint")), ReadText(Path("float/net.joint")));
  counts = dtypes("features", {{"quantize_only", "features"}});
  EXPECT_GT(counts["u8"] + counts["u16"], 10);
  EXPECT_GT(counts["f32"], 10);
}

TEST_F(CompilerTest, TheNumberOfThreadsDoesNotChangeTheModel) {
  ordered_json keys = Keys("one");
  keys["threads"] = 1;
  BuildWith(keys);
  keys = Keys("two");
  keys["threads"] = 2;
  BuildWith(keys);
  EXPECT_EQ(ReadText(Path("one/net.joint")), ReadText(Path("two/net.joint")));
}

TEST_F(CompilerTest, EveryBlockerIsNamedAtOnceAndNothingIsWritten) {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("images", {1, 3, 8, 8});
  const graph::TensorId odd = net.Add("Det", {x});
  graph::TensorId y = net.Add("Conv", {x, net.Random({4, 3, 1, 1})});
  y = net.Add("NonZero", {y});
  net.graph.outputs = {odd, y};
  importer::ExportOnnx(net.graph, Path("odd.onnx").string());
  ordered_json keys = Keys("out");
  keys["input"] = Path("odd.onnx").string();
  try {
    BuildWith(keys);
    FAIL() << "a network of unknown operators was built";
  } catch (const UnsupportedModel& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("Det"), std::string::npos) << text;
    EXPECT_NE(text.find("NonZero"), std::string::npos) << text;
  }
  EXPECT_FALSE(std::filesystem::exists(Path("out")));
}

TEST_F(CompilerTest, ADamagedPictureStopsTheBuildUnlessItIsSkipped) {
  WriteText(Path("pictures/picture_9.png"), ReadText(Path("pictures/picture_0.png")).substr(0, 200));
  ordered_json keys = Keys("out");
  try {
    BuildWith(keys);
    FAIL() << "a damaged picture was used";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("picture_9.png"), std::string::npos) << error.what();
  }
  EXPECT_FALSE(std::filesystem::exists(Path("out")));
  keys["skip_bad_images"] = true;
  const BuildResult result = BuildWith(keys);
  EXPECT_EQ(result.summary.at("calibration").at("skipped"), 1);
  EXPECT_EQ(result.summary.at("calibration").at("pictures"), 6);
  ASSERT_EQ(result.summary.at("notes").size(), 1U);
  EXPECT_EQ(result.summary.at("notes").at(0), "1 of 7 calibration pictures could not be read and was skipped: " +
                                                  Path("pictures/picture_9.png").string());
}

TEST_F(CompilerTest, NotesACountThatIsNotThere) {
  ordered_json keys = Keys("out");
  keys["precision"] = "int8";
  keys["count"] = 6;
  EXPECT_TRUE(BuildWith(keys).summary.at("notes").empty());
  keys["count"] = 50;
  const BuildResult result = BuildWith(keys);
  ASSERT_EQ(result.summary.at("notes").size(), 1U);
  const std::string note = result.summary.at("notes").at(0).get<std::string>();
  EXPECT_NE(note.find("count is 50"), std::string::npos) << note;
  EXPECT_NE(note.find("only 6 pictures"), std::string::npos) << note;
}

}  // namespace
}  // namespace lockstep::compiler
