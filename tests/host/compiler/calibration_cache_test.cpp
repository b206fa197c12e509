// Calibrations are kept by content: what is built from a kept one has the same bytes.
#include "calibration/calibration_cache.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/compiler.h"
#include "import/onnx_export.h"
#include "support/small_detector.h"
#include "support/temporary_test_folder.h"

namespace lockstep::compiler {
namespace {

using nlohmann::ordered_json;

class CalibrationCacheTest : public testing::FolderTest {
 protected:
  void SetUp() override {
    importer::ExportOnnx(testing::SmallDetector(), Path("net.onnx").string());
    testing::WritePictures(Path("pictures"), 6);
  }

  struct Built {
    std::string model;
    std::string calibration;  // quant/calibration.json but for the settings that it was built with
    ordered_json report;
    int calibrated = 0;  // pictures

    bool from_cache() const { return report.at("calibration").at("from_cache").get<bool>(); }
  };

  Built Make(const ordered_json& more) const {
    ordered_json keys{{"input", Path("net.onnx").string()},
                      {"output_dir", Path("out").string()},
                      {"calibration", Path("pictures").string()},
                      {"count", 4}};
    keys.update(more);
    Built built;
    BuildListener listener;
    listener.advance = [&](int, int) { ++built.calibrated; };
    const BuildResult result = Build(ParseConfig(keys, "test"), listener);
    built.model = ReadText(result.joint_model);
    built.report = result.summary;
    if (!result.calibration.empty()) {
      ordered_json file = ordered_json::parse(ReadText(result.calibration));
      file.erase("build");
      built.calibration = file.dump();
    }
    EXPECT_EQ(built.calibrated > 0, !built.from_cache());
    return built;
  }
  Built Cached(ordered_json more = ordered_json::object()) const {
    more["cache_folder"] = Path("cache").string();
    return Make(more);
  }
  Built Uncached(ordered_json more = ordered_json::object()) const {
    more["no_cache"] = true;
    return Make(more);
  }
};

TEST_F(CalibrationCacheTest, AnotherBitWidthOrMethodDoesNotCalibrateAgain) {
  const Built first = Cached();
  EXPECT_FALSE(first.from_cache());
  EXPECT_EQ(Files("cache").size(), 1U);
  const std::vector<ordered_json> settings = {
      ordered_json::object(),
      {{"precision", "int8"}},
      {{"precision", "int16"}},
      {{"activation_bits", 4}},
      {{"activation_bits", 12}},
      {{"activation_bits", {{"op:Conv", 10}}}},
      {{"weight_bits", 5}},
      {{"table_input_bits", 12}},
      {{"tail_bits", 8}},
      {{"observer", "mse"}, {"weight_range", "max"}},
      {{"activation_range", "symmetric"}, {"weight_scales", "per_tensor"}},
      {{"observer", "moving_average"}, {"threads", 1}},
  };
  for (const ordered_json& more : settings) {
    const Built cached = Cached(more);
    EXPECT_TRUE(cached.from_cache()) << more;
    EXPECT_EQ(cached.report.at("stages").at(3).at("stage"), "quantise, calibration from cache");
    const Built uncached = Uncached(more);
    EXPECT_FALSE(uncached.from_cache());
    EXPECT_EQ(cached.model, uncached.model) << more;
    EXPECT_EQ(cached.calibration, uncached.calibration) << more;
    EXPECT_EQ(cached.report.at("notes"), uncached.report.at("notes")) << more;
  }
  EXPECT_EQ(Files("cache").size(), 1U);
}

TEST_F(CalibrationCacheTest, WhatChangesTheResultIsCalibratedAgain) {
  const auto misses = [&](const ordered_json& more) {
    const bool first = !Cached(more).from_cache();
    EXPECT_TRUE(Cached(more).from_cache()) << more << ": the second time it is known";
    return first;
  };
  EXPECT_TRUE(misses(ordered_json::object()));
  EXPECT_TRUE(misses({{"count", 3}}));
  EXPECT_TRUE(misses({{"mean", {1, 2, 3}}}));
  EXPECT_TRUE(misses({{"color", "BGR"}}));
  EXPECT_EQ(Cached({{"float_ops", {"MaxPool"}}}).model, Uncached({{"float_ops", {"MaxPool"}}}).model);
  for (const char* only : {"features", "weights"}) {
    Cached({{"quantize_only", only}});
    EXPECT_EQ(Cached({{"quantize_only", only}}).model, Uncached({{"quantize_only", only}}).model) << only;
  }
  testing::WritePictures(Path("pictures"), 6, 2);
  EXPECT_TRUE(misses(ordered_json::object())) << "the pictures are others under the same names";
  graph::Graph other = testing::SmallDetector();
  const auto conv =
      std::find_if(other.nodes.begin(), other.nodes.end(), [](const graph::Node& node) { return node.op == "Conv"; });
  other.tensor(conv->inputs[1]).constant->floats[0] += 1.0F;
  importer::ExportOnnx(other, Path("net.onnx").string());
  EXPECT_TRUE(misses(ordered_json::object())) << "another weight";
}

TEST_F(CalibrationCacheTest, WhatIsDamagedIsMadeAgain) {
  const Built first = Cached();
  const std::filesystem::path file = Path("cache/" + Files("cache").at(0));
  const std::string whole = ReadText(file);
  std::string flipped = whole;
  flipped[whole.size() / 2] ^= 1;
  for (const std::string& damaged : {std::string(), whole.substr(0, whole.size() / 3), flipped, whole + "x"}) {
    WriteText(file, damaged);
    const Built again = Cached();
    EXPECT_FALSE(again.from_cache());
    EXPECT_EQ(again.model, first.model);
    EXPECT_NE(again.report.at("notes").dump().find(file.string() + " is damaged"), std::string::npos)
        << again.report.at("notes");
    EXPECT_EQ(ReadText(file), whole) << "it is there again";
  }
}

TEST_F(CalibrationCacheTest, WhatIsSaidOfThePicturesIsKept) {
  testing::WriteUniformPictures(Path("pictures"), 6);
  WriteText(Path("pictures/0_damaged.png"), "no picture");
  const ordered_json all{{"count", 0}, {"skip_bad_images", true}};
  const Built first = Cached(all);
  const Built again = Cached(all);
  EXPECT_FALSE(first.from_cache());
  EXPECT_TRUE(again.from_cache());
  EXPECT_EQ(again.report.at("notes"), first.report.at("notes"));
  EXPECT_EQ(again.report.at("warnings"), first.report.at("warnings"));
  EXPECT_FALSE(again.report.at("warnings").empty());
  EXPECT_EQ(again.report.at("calibration").at("skipped"), 1);
}

TEST_F(CalibrationCacheTest, WhatCannotBeKeptIsSaidAndTheModelIsMade) {
  WriteText(Path("cache"), "a file where the folder should be");
  const Built built = Cached();
  EXPECT_EQ(built.model, Uncached().model);
  EXPECT_NE(built.report.at("notes").dump().find("the calibration was not kept"), std::string::npos)
      << built.report.at("notes");
}

}  // namespace
}  // namespace lockstep::compiler
