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
               {"bias_correction", "none"},
               {"tail_bits", 8},
               {"precision", "int8"},
               {"activation_bits", {{"DEFAULT", 8}, {"op:Softmax", 16}}},
               {"weight_bits", {{"DEFAULT", 10}}},
               {"table_input_bits", 12},
               {"activation_range", "symmetric"},
               {"weight_scales", "per_tensor"},
               {"quantize_only", "features"},
               {"layer_configs", {{{"nodes", {"/a/*"}}, {"activation_bits", 4}, {"observer", "octav"}}}},
               {"float_ops", {"Resize"}},
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
      {{{"precision", "int4"}}, "precision must be one of auto, int8, tuned, int16, float"},
      {{{"precision", "float"}, {"activation_bits", 12}}, "precision float and activation_bits of the whole network"},
      {{{"precision", "float"}, {"weight_bits", {{"DEFAULT", 4}}}}, "precision float and weight_bits of the whole"},
      {{{"activation_bits", 1}}, "activation_bits must be a whole number in 2..16"},
      {{{"activation_bits", {{"op:Conv", 17}}}}, "activation_bits of \"op:Conv\" must be a whole number in 2..16"},
      {{{"table_input_bits", 7}}, "table_input_bits must be a whole number in 8..16"},
      {{{"layer_configs", {{"nodes", "a"}}}}, "layer_configs must be a list of objects"},
      {{{"input_shape", {{"images", {1, -3}}}}}, "input_shape"},
      {{{"name", "a/b"}}, "name must not contain"},
      {{{"input", ""}}, "input is missing"}};
  for (const auto& [added, wanted] : cases) {
    EXPECT_NE(ErrorOf(added).find("c.json: " + wanted), std::string::npos) << added << " gave: " << ErrorOf(added);
  }
}

TEST(BuildConfig, LayersHaveRules) {
  ordered_json json = Smallest();
  json.update({{"activation_bits", {{"/head/*", 12}}},
               {"layer_configs",
                {{{"ops", {"Softmax", "Mul"}}, {"activation_bits", 16}},
                 {{"tensors", "t"}, {"activation_bits", 10}, {"observer", "percentile"}, {"percentile", 99.5}},
                 {{"default", true}, {"nodes", "a"}, {"float", true}, {"table_input_bits", 16}},
                 {{"ops", "Conv"},
                  {"weight_bits", 4},
                  {"weight_range", "admm"},
                  {"weight_scales", "per_tensor"},
                  {"activation_range", "symmetric"}}}},
               {"float_all", true}});
  const quantize::PolicySettings rules = ParseConfig(json, "c.json").policy;
  using Kind = quantize::Scope::Kind;
  ASSERT_EQ(rules.size(), 6U);
  EXPECT_EQ(rules[0].source, "activation_bits");
  EXPECT_EQ(rules[0].scopes.at(0).kind, Kind::kNode);
  EXPECT_EQ(rules[0].scopes.at(0).pattern, "/head/*");
  EXPECT_EQ(rules[0].choices.activation_bits, 12);
  EXPECT_EQ(rules[1].source, "layer_configs[0]");
  ASSERT_EQ(rules[1].scopes.size(), 2U);
  EXPECT_EQ(rules[1].scopes[1].kind, Kind::kOperator);
  EXPECT_EQ(rules[1].scopes[1].pattern, "Mul");
  EXPECT_FALSE(rules[1].choices.floats.has_value());
  EXPECT_EQ(rules[2].scopes.at(0).kind, Kind::kTensor);
  EXPECT_EQ(rules[2].choices.observer, quantize::ObserverKind::kPercentile);
  EXPECT_EQ(rules[2].choices.percentile, 99.5);
  ASSERT_EQ(rules[3].scopes.size(), 2U);
  EXPECT_EQ(rules[3].scopes[0].kind, Kind::kAll);
  EXPECT_EQ(rules[3].choices.floats, true);
  EXPECT_EQ(rules[3].choices.table_input_bits, 16);
  EXPECT_EQ(rules[4].choices.weight_bits, 4);
  EXPECT_EQ(rules[4].choices.weight_range, quantize::WeightRangeKind::kAdmm);
  EXPECT_EQ(rules[4].choices.weights_per_tensor, true);
  EXPECT_EQ(rules[4].choices.symmetric, true);
  EXPECT_EQ(rules[5].source, "float_all");
}

TEST(BuildConfig, RulesOfLayersAreChecked) {
  const auto error_of = [](const ordered_json& entry) {
    return ErrorOf({{"layer_configs", {{{"ops", "Add"}, {"float", true}}, entry}}});
  };
  EXPECT_EQ(error_of({{"ops", "Mul"}, {"activation_bit", 4}}),
            "c.json: layer_configs has a mistake in entry 1: unknown key \"activation_bit\"; did you mean "
            "activation_bits?");
  const std::vector<std::pair<ordered_json, std::string>> cases = {
      {{{"ops", "Mul"}, {"activation_bits", 17}}, "entry 1: activation_bits must be a whole number in 2..16"},
      {{{"ops", "Mul"}, {"float", 1}}, "entry 1: float must be true or false"},
      {{{"ops", {1}}, {"float", true}}, "entry 1: ops must be a name or a list of names"},
      {{{"ops", "Mul"}, {"observer", "best"}}, "entry 1: observer must be minmax"},
      {{{"ops", "Mul"}, {"percentile", 50}}, "entry 1: percentile must be above 50"},
      {{{"tensors", "a"}, {"weight_bits", 4}}, "entry 1: weight_bits cannot be said of tensors"},
      {{{"default", false}, {"float", true}}, "entry 1: default must be true"},
      {{{"float", true}}, "entry 1: it names nothing"},
      {{{"nodes", "a"}}, "entry 1: it says nothing"},
      {{{"tensors", "a"}, {"float", true}}, "entry 1: float cannot be said of tensors"}};
  for (const auto& [entry, wanted] : cases) {
    EXPECT_NE(error_of(entry).find(wanted), std::string::npos) << entry << " gave: " << error_of(entry);
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
