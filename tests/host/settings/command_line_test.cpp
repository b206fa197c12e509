#include "settings/command_line.h"

#include <gtest/gtest.h>

#include "graph/error.h"

namespace lockstep::settings {
namespace {

Json Given(Command command, std::vector<std::string> arguments) {
  CLI::App app;
  Json given = Json::object();
  DeclareOptions(app, command, given);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  app.parse(arguments);
  return given;
}

TEST(CommandLine, NothingGivenIsNothing) { EXPECT_EQ(Given(kBuild, {}), Json::object()); }

TEST(CommandLine, EveryKindArrivesAsItsJson) {
  const Json given = Given(kBuild, {"--output-dir",
                                    "out",
                                    "--count",
                                    "3",
                                    "--seed",
                                    "18446744073709551615",
                                    "--percentile",
                                    "99.5",
                                    "--mean",
                                    "1.5,2,3",
                                    "--skip-bad-images",
                                    "--bias-correction",
                                    "none",
                                    "--input-nodes",
                                    "a",
                                    "b",
                                    "--input-shape",
                                    "x:1x2",
                                    "--input-value",
                                    "rate=16e3",
                                    "--color",
                                    "BGR"});
  const Json wanted = {{"input_shape", {{"x", {1, 2}}}},
                       {"input_value", {{"rate", 16000.0}}},
                       {"output_dir", "out"},
                       {"count", 3},
                       {"seed", 18446744073709551615U},
                       {"percentile", 99.5},
                       {"mean", {1.5, 2.0, 3.0}},
                       {"skip_bad_images", true},
                       {"bias_correction", "none"},
                       {"input_nodes", {"a", "b"}},
                       {"color", "BGR"}};
  EXPECT_EQ(given.size(), wanted.size()) << given;
  for (const auto& [key, value] : wanted.items()) EXPECT_EQ(given.value(key, Json()), value) << key;
}

TEST(CommandLine, WhatIsSaidOfLayersArrivesAsItsJson) {
  const Json given =
      Given(kBuild, {"--activation-bits", "12", "op:Softmax=16", "/a=b/*=4", "--activation-bits", "x..y=10",
                     "--layer-configs", R"({"nodes": ["a"], "float": true})", R"({"default": true})"});
  EXPECT_EQ(given.at("activation_bits"), (Json{{"DEFAULT", 12}, {"op:Softmax", 16}, {"/a=b/*", 4}, {"x..y", 10}}));
  EXPECT_EQ(given.at("layer_configs"), Json::parse(R"([{"nodes": ["a"], "float": true}, {"default": true}])"));
  for (const char* bad : {"a", "a=", "=4", "a=x4", "a=-4", "4.5"}) {
    EXPECT_THROW(Given(kBuild, {"--activation-bits", bad}), UsageError) << bad;
  }
  EXPECT_THROW(Given(kBuild, {"--activation-bits", "a=4", "a=5"}), UsageError);
  for (const char* bad : {"rate", "rate=", "=1", "rate=1x", "rate=inf"}) {
    EXPECT_THROW(Given(kBuild, {"--input-value", bad}), UsageError) << bad;
  }
  EXPECT_THROW(Given(kBuild, {"--layer-configs", "{"}), UsageError);
}

// In the words of the command line, with the name that it has there.
TEST(CommandLine, AValueThatIsNoneIsAnsweredWithItsForm) {
  const auto error_of = [](const std::vector<std::string>& arguments) -> std::string {
    try {
      Given(kBuild, arguments);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(error_of({"--output-format", "feat:raww"}),
            "--output-format \"feat:raww\" is not NAME:CHOICE, such as output0:raw, of float, raw; did you mean "
            "feat:raw?");
  EXPECT_EQ(
      error_of({"--output-order", "feat:phys"}),
      "--output-order \"feat:phys\" is not NAME:CHOICE, such as output0:physical, of onnx, physical; did you mean "
      "feat:physical?");
  EXPECT_EQ(error_of({"--input-type", "f32"}),
            "--input-type \"f32\" is not NAME:CHOICE, such as images:f32, of picture, u8, s8, u16, s16, f32; did you "
            "mean NAME:f32?");
  EXPECT_EQ(error_of({"--activation-bits", "conv1=17"}),
            "--activation-bits \"conv1=17\": the number must be a whole number in 2..16");
}

TEST(CommandLine, EverySettingIsAFlagOfItsCommands) {
  for (const Command command : {kBuild, kRun, kCrosscheck, kInfo}) {
    CLI::App app;
    Json given;
    DeclareOptions(app, command, given);
    for (const Setting& row : Table()) {
      EXPECT_EQ(app.get_option_no_throw(row.Flag()) != nullptr, (row.acts_in & command) != 0)
          << CommandName(command) << " " << row.Flag();
    }
  }
}

TEST(CommandLine, ARetiredFlagSaysWhatToDo) {
  try {
    Resolve(kBuild, Given(kBuild, {"--target-device", "mipsel"}), "build");
    FAIL() << "it was taken";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("one model serves every target"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace lockstep::settings
