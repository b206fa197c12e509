#include <gtest/gtest.h>

#include "judge/render.h"

namespace lockstep::judge {
namespace {

const quantize::AffineParams kByte{1.0, 0, 8};

Numbers Measure(const std::vector<float>& truth, const std::vector<float>& measured) {
  NumbersSum sum(kByte);
  sum.Add(truth.data(), measured.data(), truth.size());
  return sum.Finish();
}

Subject Output(const std::string& name, Numbers whole) {
  Subject subject;
  subject.tensor = name;
  subject.node = name + "_node";
  subject.op = "Concat";
  subject.output = true;
  subject.whole = std::move(whole);
  return subject;
}

bool Has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Findings, AGoodModelHasNone) {
  Judgement judgement;
  judgement.pictures = {"a"};
  judgement.subjects = {Output("y", Measure({1, 2, 100}, {1, 2, 100}))};
  judgement.findings = FindingsOf(judgement.subjects);
  EXPECT_TRUE(judgement.findings.empty());
  EXPECT_EQ(WarningText(judgement), "");
  EXPECT_EQ(ToJson(judgement).at("verdict"), "good");
}

TEST(Findings, APartThatBecameZeroIsNamedThoughTheWholeIsGood) {
  Subject subject = Output("y", Measure({200, 100, 0.2F, 0.4F}, {200, 100, 0, 0}));
  subject.parts.push_back({"box", 1, 0, 2, Measure({200, 100}, {200, 100})});
  subject.parts.push_back({"conf", 1, 2, 4, Measure({0.2F, 0.4F}, {0, 0})});
  Judgement judgement;
  judgement.pictures = {"a", "b"};
  judgement.subjects = {subject};
  judgement.findings = FindingsOf(judgement.subjects);
  ASSERT_EQ(judgement.findings.size(), 1U);
  const Finding& finding = judgement.findings[0];
  EXPECT_TRUE(finding.lost);
  EXPECT_TRUE(Has(finding.what, "\"conf\" (axis 1, 2 to 3)")) << finding.what;
  EXPECT_TRUE(Has(finding.what, "everything is 0, the network has 0.2 to 0.4")) << finding.what;
  EXPECT_TRUE(Has(finding.what, "1 of 256 are in use")) << finding.what;
  EXPECT_TRUE(Has(finding.todo, "tensor:y=16")) << finding.todo;
  const std::string text = WarningText(judgement);
  EXPECT_EQ(text.find("WARNING: "), 0U) << text;
  EXPECT_EQ(ToJson(judgement).at("tensors").at(0).at("parts").at(1).at("levels_used"), 1);
}

TEST(Findings, ChannelsSmallerThanALevelAreNamed) {
  Subject subject = Output("y", Measure({200, 100, 0.2F, 0.4F, 1e-5F, 2e-5F}, {200, 100, 0, 0, 0, 0}));
  subject.channels = {{{"", 1, 0, 1, Measure({200, 100}, {200, 100})},
                       {"", 1, 1, 2, Measure({0.2F, 0.4F}, {0, 0})},
                       {"", 1, 2, 3, Measure({1e-5F, 2e-5F}, {0, 0})}}};
  const auto findings = FindingsOf({subject});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(findings[0].lost);
  EXPECT_TRUE(Has(findings[0].what, "1 of 3 places of axis 1 (1), the worst: everything is 0")) << findings[0].what;
  EXPECT_TRUE(Has(findings[0].todo, "tensor:y=16")) << findings[0].todo;
}

// Lost in front of the output: its levels would carry it, and whole and parts are what tells.
TEST(Findings, AnInaccurateChannelIsNoLoss) {
  Subject subject = Output("y", Measure({200, 100, 2, 4}, {200, 100, 4, 2}));
  subject.channels = {{{"", 1, 0, 1, Measure({200, 100}, {200, 100})}, {"", 1, 1, 2, Measure({2, 4}, {4, 2})}}};
  EXPECT_TRUE(FindingsOf({subject}).empty());
}

TEST(Findings, WhatHasAllBitsIsToBeComputedInFloats) {
  NumbersSum sum(quantize::AffineParams{1.0, 0, 16});
  const std::vector<float> truth{0.2F, 0.4F}, measured{0, 0};
  sum.Add(truth.data(), measured.data(), 2);
  const auto findings = FindingsOf({Output("y", sum.Finish())});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].todo, "compute its node in floats: --float-nodes y_node");
}

TEST(Findings, TheCauseDecidesWhatToDo) {
  // The levels would carry the values: what is wrong was wrong before.
  const auto before = FindingsOf({Output("y", Measure({10, 20, 30}, {30, 10, 20}))});
  ASSERT_EQ(before.size(), 1U);
  EXPECT_TRUE(Has(before[0].todo, "lockstep sensitivity")) << before[0].todo;
  // The values lie beyond the levels: 255 instead of 2000 is an SQNR of 20 lg(2000 / 1745) = 1.2 dB.
  const auto beyond = FindingsOf({Output("y", Measure({2000, 2000, 10}, {255, 255, 10}))});
  ASSERT_EQ(beyond.size(), 1U);
  EXPECT_TRUE(Has(beyond[0].todo, "--calibration")) << beyond[0].todo;
  EXPECT_TRUE(Has(beyond[0].what, "66.7 % of the values")) << beyond[0].what;
}

TEST(Findings, AConstantThatIsNearlyRightIsNoLoss) {
  EXPECT_TRUE(FindingsOf({Output("y", Measure({100.1F, 99.9F}, {100, 100}))}).empty());
}

TEST(Findings, OutputsBelowWhatIsRequired) {
  // Cosine 24 / 25 and SQNR 10 lg(25 / 2) = 10.97 dB.
  Judgement judgement;
  judgement.pictures = {"a"};
  judgement.subjects = {Output("y", Measure({3, 4}, {4, 3}))};
  EXPECT_TRUE(Misses(judgement, {0.95, 10.9}).empty());
  const std::vector<std::string> misses = Misses(judgement, {0.97, 11.0});
  ASSERT_EQ(misses.size(), 2U);
  EXPECT_TRUE(Has(misses[0], "0.96, below --require-cosine 0.97")) << misses[0];
  EXPECT_TRUE(Has(misses[1], "10.9691, below --require-sqnr 11")) << misses[1];
  EXPECT_EQ(Misses({}, {0.5, {}}).size(), 1U) << "what was not judged has not reached it";
}

}  // namespace
}  // namespace lockstep::judge
