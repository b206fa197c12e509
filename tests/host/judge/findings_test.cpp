#include <gtest/gtest.h>

#include "judge/render.h"
#include "judge/watched.h"

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

// 1000 instead of 998 to 1002: 57 dB, and nothing is left of what the network tells.
TEST(Findings, AnOffsetDoesNotHideAConstant) {
  NumbersSum sum(quantize::AffineParams{8.0, 0, 8});
  const std::vector<float> truth{998, 1000, 1002, 1000}, measured(4, 1000.0F);
  sum.Add(truth.data(), measured.data(), truth.size());
  const Numbers numbers = sum.Finish();
  EXPECT_GT(numbers.metrics.sqnr_db, 50.0);
  EXPECT_NEAR(numbers.centred_sqnr_db, 0.0, 0.1);
  const auto whole = FindingsOf({Output("y", numbers)});
  ASSERT_EQ(whole.size(), 1U);
  EXPECT_TRUE(whole[0].lost);
  EXPECT_TRUE(Has(whole[0].what, "everything is 1000, the network has 998 to 1002")) << whole[0].what;
  EXPECT_TRUE(Has(whole[0].todo, "tensor:y=16")) << whole[0].todo;
  Subject inner = Output("y", numbers);
  inner.output = false;
  EXPECT_TRUE(FindingsOf({inner}).empty()) << "what counts is what becomes of the outputs";
  Subject channels = Output("y", Measure({200, 100, 3}, {200, 100, 3}));
  channels.channels = {{{"", 1, 0, 1, numbers}, {"", 1, 1, 2, Measure({200, 100, 3}, {200, 100, 3})}}};
  EXPECT_EQ(FindingsOf({channels}).size(), 1U);
}

// Heads of classes and of numbers: the pictures together are a channel's sample.
TEST(Findings, EachResultOfAHeadIsJudged) {
  const auto judged = [](graph::Shape shape) {
    Subject subject = Output("y", {});
    subject.op = "Gemm";
    Watched watched(subject, std::move(shape), 0, kByte, {});
    for (const float picture : {1.0F, 2.0F, 3.0F}) {
      const std::vector<float> truth{picture * 60, picture / 10, picture * 10};
      const std::vector<float> measured{picture * 60, 0, 40 - picture * 10};
      watched.Add("a", truth.data(), measured.data());
    }
    return FindingsOf({watched.Finish()});
  };
  for (const graph::Shape& shape : {graph::Shape{1, 3}, graph::Shape{1, 3, 1, 1}}) {
    const auto findings = judged(shape);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_TRUE(Has(findings[0].what, "2 of 3 places of axis 1 (1, 2), the worst: everything is 0"))
        << findings[0].what;
    EXPECT_TRUE(findings[0].lost);
  }
}

// One picture's values are ten thousand times as large: with all of them together the SQNR is 80 dB.
TEST(Findings, APictureWithLargeValuesDoesNotHideAnother) {
  Watched watched(Output("y", {}), {1, 3, 1, 1}, 0, quantize::AffineParams{100.0, 0, 8}, {});
  const std::vector<float> large{10000, 20000, 10000}, small{1, 2, 1}, zeros{0, 0, 0};
  watched.Add("large.npy", large.data(), large.data());
  const std::vector<Finding> good = FindingsOf({Watched(watched).Finish()});
  EXPECT_TRUE(good.empty());
  watched.Add("small.npy", small.data(), zeros.data());
  const auto findings = FindingsOf({watched.Finish()});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(findings[0].lost);
  EXPECT_TRUE(Has(findings[0].what, ", with small.npy: everything is 0, the network has 1 to 2")) << findings[0].what;
  EXPECT_TRUE(Has(findings[0].todo, "tensor:y=16")) << findings[0].todo;
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
