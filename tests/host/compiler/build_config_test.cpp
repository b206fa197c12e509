#include "compiler/build_config.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "support/temporary_test_folder.h"

namespace lockstep::compiler {
namespace {

using nlohmann::ordered_json;

ordered_json Smallest() { return {{"input", "net.onnx"}, {"output_dir", "out"}, {"calibration", "pictures"}}; }

std::string ErrorOf(const ordered_json& added) {
  ordered_json json = Smallest();
  json.update(added);
  try {
    ParseConfig(json, "c.json");
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(BuildConfig, TheSmallestOneIsEnough) {
  const BuildConfig config = ParseConfig(Smallest(), "c.json");
  EXPECT_EQ(config.name, "net");
  EXPECT_EQ(config.tail_bits, 16);
  EXPECT_EQ(config.inputs.picture.resize, quantize::InputPreprocess::Resize::kLetterbox);
}

TEST(BuildConfig, WrittenAndReadAgainItIsTheSame) {
  ordered_json json = Smallest();
  json.update({{"name", "other"},
               {"input_shape", {{"images", {1, 3, 64, 64}}}},
               {"input_nodes", {"a"}},
               {"output_nodes", {"b", "c"}},
               {"count", 7},
               {"input_type", {{"images", "picture"}, {"vec", "s16"}}},
               {"output_format", {{"y", "raw"}}},
               {"output_order", {{"y", "physical"}}},
               {"calibration", {{"images", "/pictures"}, {"vec", "/vectors"}}},
               {"seed", 9},
               {"skip_bad_images", true},
               {"color", "BGR"},
               {"resize", "stretch"},
               {"mean", {1.5, 2.25, 3.125}},
               {"std", {4.0, 5.0, 6.0}},
               {"observer", "percentile"},
               {"percentile", 99.5},
               {"weight_range", "max"},
               {"bias_correction", false},
               {"tail_bits", 8},
               {"threads", 2}});
  const ordered_json once = ParseConfig(json, "c.json").merged;
  EXPECT_EQ(ParseConfig(once, "again").merged, once);
  for (const auto& [key, value] : json.items()) EXPECT_EQ(once.at(key), value) << key;
}

TEST(BuildConfig, TheNameCanBeWrittenIntoTheModel) {
  for (const std::string& bad :
       {std::string("a/b"), std::string("caf\xe9"), std::string("a\nb"), std::string(201, 'n')}) {
    EXPECT_NE(ErrorOf({{"name", bad}}).find("c.json: name "), std::string::npos) << bad;
  }
  EXPECT_EQ(ErrorOf({{"name", "caf\xc3\xa9"}}), "");
}

TEST(BuildConfig, UnknownKeysGetTheNearestName) {
  EXPECT_EQ(ErrorOf({{"calibraton", "x"}}),
            "c.json: unknown key \"calibraton\"; did you mean calibration? (`lockstep build --help` lists them)");
  EXPECT_NE(ErrorOf({{"observer", "persentile"}}).find("did you mean percentile?"), std::string::npos);
  EXPECT_NE(ErrorOf({{"color", "bgr"}}).find("did you mean BGR?"), std::string::npos);
  EXPECT_EQ(ErrorOf({{"frobnicate", 1}}).find("did you mean"), std::string::npos);
}

TEST(BuildConfig, SettingsWithoutEffectAreErrors) {
  EXPECT_NE(ErrorOf({{"observer", "minmax"}, {"percentile", 99.0}}).find("percentile has no effect"),
            std::string::npos);
  EXPECT_NE(ErrorOf({{"seed", 5}}).find("seed has no effect"), std::string::npos);
  EXPECT_NE(ErrorOf({{"resize", "stretch"}, {"pad_value", 0}}).find("pad_value has no effect"), std::string::npos);
  EXPECT_NE(ErrorOf({{"target_device", "mipsel"}}).find("target_device is no setting any more"), std::string::npos);
  // What only says what holds anyway is no mistake: a merged configuration may do so.
  EXPECT_EQ(ErrorOf({{"seed", 0}}), "");
}

TEST(BuildConfig, WrongValuesNameTheKey) {
  const std::vector<std::pair<ordered_json, std::string>> cases = {
      {{{"count", "many"}}, "count must be"},
      {{{"count", -1}}, "count must be a whole number of at least 0"},
      {{{"count", 1.5}}, "count must be"},
      {{{"count", 99999999999}}, "count must be"},
      {{{"seed", -1}}, "seed must be"},
      {{{"skip_bad_images", 1}}, "skip_bad_images must be"},
      {{{"mean", 3}}, "mean must be"},
      {{{"mean", {1, 2}}}, "mean has 2 numbers"},
      {{{"mean", {true, false, true}}}, "mean must be a list of numbers"},
      {{{"std", {1, "2", 3}}}, "std must be a list of numbers"},
      {{{"mean", {{"a", 1}}}}, "mean must be a list of numbers"},
      {{{"input_shape", {{"x", {1, 3, 32.9, 32}}}}}, "input_shape must be an object"},
      {{{"input_shape", {{"x", {true, 3, 32, 32}}}}}, "input_shape must be an object"},
      {{{"input_shape", {1, 3}}}, "input_shape must be an object"},
      {{{"input_nodes", {1}}}, "input_nodes must be a list"},
      {{{"input_nodes", "a"}}, "input_nodes must be a list"},
      {{{"std", {0}}}, "std must be greater than 0"},
      {{{"color", 7}}, "color must be"},
      {{{"observer", "percentile"}, {"percentile", 20.0}}, "percentile must be"},
      {{{"tail_bits", 12}}, "tail_bits must be"},
      {{{"pad_value", 300}}, "pad_value must be"},
      {{{"input_shape", {{"images", {1, -3}}}}}, "input_shape"},
      {{{"name", "a/b"}}, "name must not contain"},
      {{{"input", ""}}, "input is missing"}};
  for (const auto& [added, wanted] : cases) {
    EXPECT_NE(ErrorOf(added).find("c.json: " + wanted), std::string::npos) << added << " gave: " << ErrorOf(added);
  }
}

class ConfigFileTest : public testing::FolderTest {};

TEST_F(ConfigFileTest, PathsAreRelativeToTheFile) {
  WriteText(Path("deep/c.json"), R"({"input": "../net.onnx", "calibration": "/pictures"})");
  const ordered_json json = ReadConfigFile(Path("deep/c.json").string());
  EXPECT_EQ(json.at("input"), Path("net.onnx").string());
  EXPECT_EQ(json.at("calibration"), "/pictures");
}

TEST_F(ConfigFileTest, FlagsWin) {
  const ordered_json merged = MergeConfig({{"input", "/a.onnx"}, {"count", 3}}, {{"count", 5}, {"output_dir", "/out"}});
  EXPECT_EQ(merged, (ordered_json{{"input", "/a.onnx"}, {"count", 5}, {"output_dir", "/out"}}));
}

TEST_F(ConfigFileTest, WhatIsNoObjectIsRefused) {
  WriteText(Path("c.json"), "[1, 2");
  EXPECT_THROW(ReadConfigFile(Path("c.json").string()), UsageError);
  WriteText(Path("c.json"), "[1, 2]");
  EXPECT_THROW(ReadConfigFile(Path("c.json").string()), UsageError);
  EXPECT_THROW(ReadConfigFile(Path("missing.json").string()), BadInput);
}

}  // namespace
}  // namespace lockstep::compiler
