// Edits of a calibration file: what they change, and what is told of those that cannot.
#include "calibration/edits.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "graph/error.h"
#include "sample_file.h"

namespace lockstep::calibration {
namespace {

std::string Message(const std::vector<std::string>& edits, Json file = SampleFile()) {
  try {
    Apply(edits, "file", file);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(Edits, AThresholdCutsBothEnds) {
  Json file = SampleFile();
  EXPECT_EQ(Apply({"y.threshold=0.5"}, "file", file).size(), 1U);
  EXPECT_EQ(file["tensors"]["y"]["range"], Json({-0.5, 0.5}));
}

TEST(Edits, AThresholdBehindAScaleHasNoRangeToCut) {
  const std::string text = Message({"y.scale=0.02", "y.threshold=0.5"});
  EXPECT_NE(text.find("y.threshold=0.5"), std::string::npos) << text;
  EXPECT_NE(text.find("has no range to cut"), std::string::npos) << text;
}

// In 32 bits it would be 128.
TEST(Edits, AZeroPointBeyond32BitsIsNoOther) {
  const std::string text = Message({"y.zero_point=4294967424"});
  EXPECT_NE(text.find("zero_point is 4294967424"), std::string::npos) << text;
}

TEST(Edits, WhatWasBrokenByHandIsToldBeforeItIsRead) {
  Json file = SampleFile();
  file["tensors"]["y"]["range"] = Json::array();
  for (const char* edit : {"y.threshold=1", "y.bits=16"}) {
    const std::string text = Message({edit}, file);
    EXPECT_NE(text.find("range is []; it must be"), std::string::npos) << text;
  }
}

TEST(Edits, APatternLeavesFloatsAndPicturesOut) {
  Json file = SampleFile();
  file["tensors"]["f"] = {{"type", "F32"}, {"calibrated", {{"type", "F32"}}}};
  file["tensors"]["picture"] = file["tensors"]["y"];
  file["tensors"]["picture"]["calibrated"]["observer"] = "input";
  EXPECT_EQ(Apply({"*.bits=12"}, "file", file), std::vector<std::string>{"y: bits 8 -> 12"});
  EXPECT_NE(Message({"f.bits=12"}, file).find("bits and no range"), std::string::npos);
  EXPECT_NE(Message({"picture.bits=12"}, file).find("names an input"), std::string::npos);
}

TEST(Edits, BlanksAndCommentsOfAScript) {
  const std::string path = ::testing::TempDir() + "edits_script.txt";
  std::ofstream(path) << "# all\n  y.bits = 12   # more\n\n\t# nothing\n";
  const std::vector<std::string> edits = ReadScript(path);
  std::filesystem::remove(path);
  Json file = SampleFile();
  EXPECT_EQ(Apply(edits, "file", file), std::vector<std::string>{"y: bits 8 -> 12"});
}

TEST(Edits, MistakesNameTheEdit) {
  const struct {
    const char* edit;
    const char* word;
  } mistakes[] = {{"y", "NAME.FIELD=VALUE"},         {"y.bots=8", "bits"},
                  {"yy.bits=16", "matches nothing"}, {"y.bits=8", "changes nothing"},
                  {"z.bits=16", "say it of that"},   {"conv.weight_bits=1", "2..16"},
                  {"conv.weight_range=min", "admm"}, {"conv.float=1", "true or false"},
                  {"y.range=1,2", "zero"},           {"op:Conv.weight_scales=no", "per_tensor"}};
  for (const auto& mistake : mistakes) {
    const std::string text = Message({mistake.edit});
    EXPECT_NE(text.find(mistake.edit), std::string::npos) << text;
    EXPECT_NE(text.find(mistake.word), std::string::npos) << mistake.edit << ": " << text;
  }
}

}  // namespace
}  // namespace lockstep::calibration
