// Edits of a calibration file: what they change, and what is told of those that cannot.
#include "calibration/edits.h"

#include <gtest/gtest.h>

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
