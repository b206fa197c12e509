// The rules of findings on numbers that are given, each beside its threshold.
#include <gtest/gtest.h>

#include <cmath>

#include "layerwise/findings.h"
#include "named_flags.h"
#include "support/small_graph.h"

namespace lockstep::layerwise {
namespace {

constexpr double kGood = 40.0;

// Twenty convolutions in a chain, one picture, all with 40 dB.
class FindingRules : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::SmallGraph net;
    graph::TensorId y = net.Input("x", {1, 4, 2, 2});
    for (int i = 0; i < kLayers; ++i) y = net.Conv(y, 4, 4, 1);
    SetNetwork(net.Finish({y}));
    analysis_.outputs["y"] = {Output(kGood)};
  }

  void SetNetwork(graph::Graph graph) {
    quantized_.graph = std::move(graph);
    analysis_.rows.clear();
    analysis_.by_row.clear();
    for (size_t i = 0; i < quantized_.graph.nodes.size(); ++i) {
      Row row;
      row.node = static_cast<int32_t>(i);
      row.id = quantized_.graph.nodes[i].outputs[0];
      row.layer.index = static_cast<int>(i);
      row.layer.name = "layer_" + std::to_string(i);
      row.layer.op = quantized_.graph.nodes[i].op;
      row.layer.tensor = quantized_.graph.tensor(row.id).name;
      row.levels = quantize::AffineParams{0.1, 0, 8};
      analysis_.rows.push_back(row);
      RowMetrics metrics;
      metrics.end_to_end.sqnr_db = metrics.alone.sqnr_db = kGood;
      metrics.constant = false;
      metrics.rounded = metrics.alone_reference = Sqnr(kGood);
      analysis_.by_row.push_back({metrics});
    }
  }

  static analyze::Metrics Sqnr(double db) {
    analyze::Metrics metrics;
    metrics.sqnr_db = db;
    return metrics;
  }
  static OutputMetrics Output(double db) { return {Sqnr(db), Sqnr(db), Sqnr(db)}; }

  RowMetrics& At(size_t row) { return analysis_.by_row[row][0]; }
  std::string NodeAt(size_t row) const { return quantized_.graph.nodes[row].name; }

  // A layer in the middle that is bad by itself, and would have `rounded` from its own levels alone.
  RowMetrics& MakeBad(double rounded) {
    RowMetrics& metrics = At(kMiddle);
    metrics.alone.sqnr_db = 10.0;
    metrics.alone_reference = Sqnr(10.0);
    metrics.rounded = Sqnr(rounded);
    return metrics;
  }

  // "what\n  todo\n" of all findings.
  std::string Find() const {
    std::string text;
    for (const Finding& finding : FindingsOf(analysis_, quantized_)) {
      text += finding.what + "\n  " + finding.todo + "\n";
    }
    ExpectFlagsOfBuild(text);
    return text;
  }

  void ExpectFound(const std::string& part) const {
    EXPECT_NE(Find().find(part), std::string::npos) << part << "\nis not in\n" << Find();
  }
  void ExpectNotFound(const std::string& part) const { EXPECT_EQ(Find().find(part), std::string::npos) << Find(); }

  static constexpr int kLayers = 20;
  static constexpr size_t kMiddle = 10;
  Analysis analysis_;
  quantize::QuantizedGraph quantized_;
};

TEST_F(FindingRules, NothingStandsOut) { EXPECT_EQ(Find(), ""); }

TEST_F(FindingRules, OwnLevels) {
  MakeBad(11.4);  // within 1.5 dB
  ExpectFound("layer 10 \"layer_10\" (Conv) is bad by itself: SQNR 10.0 dB");
  ExpectFound("build with --activation-bits \"tensor:" + analysis_.rows[kMiddle].layer.tensor + "=16\"");
  analysis_.rows[kMiddle].before_table = true;
  ExpectFound("build with --table-input-bits \"" + NodeAt(kMiddle) + "=16\"");
  analysis_.rows[kMiddle].levels->bits = 16;
  ExpectFound("build with --float-nodes \"" + NodeAt(kMiddle) + "\"");
}

TEST_F(FindingRules, ARangeThatIsTooNarrow) {
  MakeBad(11.0).beyond = 0.002;
  ExpectFound("its range is too narrow (0.2 % of the values lie beyond)");
  analysis_.rows[kMiddle].saturates = true;  // it is cut on purpose
  ExpectNotFound("too narrow");
  analysis_.rows[kMiddle].saturates = false;
  At(kMiddle).beyond = 0.0009;
  ExpectNotFound("too narrow");
}

TEST_F(FindingRules, WhatCostsMostIsThatWhichWasMeasuredToBeWorst) {
  RowMetrics& bad = MakeBad(30.0);
  bad.inputs_alone = Sqnr(12.0);
  bad.weights_alone = Sqnr(11.0);
  bad.table_input_alone = Sqnr(14.0);
  ExpectFound("its weights cost most (11.0 dB by themselves): build with --weight-bits \"" + NodeAt(kMiddle) + "=16\"");
  bad.table_input_alone = Sqnr(10.5);
  ExpectFound("in front of its function costs most (10.5 dB by itself): build with --table-input-bits \"");
  bad.inputs_alone = Sqnr(10.2);
  ExpectFound("the levels of what it reads cost most (10.2 dB by themselves): build with --activation-bits \"");
  bad.weights_alone = bad.table_input_alone = std::nullopt;  // it has none
  ExpectFound("the levels of what it reads cost most");
  bad.inputs_alone = Sqnr(31.0);
  ExpectFound("raise its bits");
}

TEST_F(FindingRules, WhatWasNotMeasuredIsNotAccused) {
  MakeBad(30.0);
  ExpectFound("what costs it most was not looked for: build with --float-nodes \"" + NodeAt(kMiddle) + "\"");
  ExpectNotFound("cost most:");
  ExpectNotFound("cost most (");
}

// On the second picture nothing was wrong; what was measured on the first is compared with the first.
TEST_F(FindingRules, CausesAreComparedOnThePicturesThatHaveThem) {
  RowMetrics& bad = MakeBad(30.0);
  bad.inputs_alone = Sqnr(12.0);
  RowMetrics second = bad;
  second.alone.sqnr_db = 10.0;
  second.rounded = Sqnr(0.0);
  second.inputs_alone = std::nullopt;
  analysis_.by_row[kMiddle].push_back(second);
  ExpectFound("the levels of what it reads cost most (12.0 dB");
}

TEST_F(FindingRules, FloatsHaveNoLevels) {
  MakeBad(30.0);
  analysis_.rows[kMiddle].levels.reset();
  ExpectFound("--float-nodes");
}

TEST_F(FindingRules, TwentyDecibelsAreGood) {
  At(kMiddle).alone.sqnr_db = 20.0;
  EXPECT_EQ(Find(), "");
  At(kMiddle).alone.sqnr_db = 19.9;
  ExpectFound("is bad by itself");
}

TEST_F(FindingRules, TheWorstLayersFirstAndNoMoreThanSix) {
  for (size_t i = 1; i <= 8; ++i) At(i).alone.sqnr_db = 10.0 - static_cast<double>(i);
  At(4).alone.sqnr_db = NAN;
  const std::vector<Finding> findings = FindingsOf(analysis_, quantized_);
  ASSERT_EQ(findings.size(), 7u) << Find();
  EXPECT_EQ(findings[0].what.rfind("layer 4 ", 0), 0u) << findings[0].what;
  EXPECT_NE(findings[0].what.find("SQNR not a number"), std::string::npos) << findings[0].what;
  EXPECT_EQ(findings[1].what.rfind("layer 8 ", 0), 0u) << findings[1].what;
  EXPECT_EQ(findings[6].what.rfind("2 more layers", 0), 0u) << findings[6].what;
  EXPECT_EQ(findings[0].layer, 4);
  EXPECT_EQ(findings[1].layer, 8);
  EXPECT_EQ(findings[6].layer, -1) << "of no single layer";
}

TEST_F(FindingRules, Apart) {
  At(kMiddle).apart = Sqnr(30.0);
  At(kMiddle).apart->max_steps = 2.5;
  ExpectFound("integer and reference arithmetic are 2.5 steps apart (30.0 dB)");
  At(kMiddle).apart->max_steps = 2.0;  // what two roundings may differ by
  EXPECT_EQ(Find(), "");
  At(kMiddle).apart = Sqnr(41.0);  // less than the roundings cost
  At(kMiddle).apart->max_steps = 2.5;
  EXPECT_EQ(Find(), "");
}

TEST_F(FindingRules, ApartIsNotAskedWhereAConstantIsNotRounded) {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 4, 2, 2});
  SetNetwork(net.Finish({net.Add("Mul", {net.Conv(x, 4, 4, 1), net.Scalar(0.3F)})}));
  At(1).apart = Sqnr(30.0);
  At(1).apart->max_steps = 5.0;
  EXPECT_EQ(Find(), "");
  At(0).apart = At(1).apart;
  ExpectFound("layer 0 \"layer_0\" (Conv): integer and reference");
}

TEST_F(FindingRules, AWeakOutputBehindBadLayers) {
  analysis_.outputs["y"] = {Output(12.0)};
  MakeBad(30.0);
  ExpectFound("output \"y\" has 12.0 dB end to end\n  mend the layers above first");
}

TEST_F(FindingRules, AnOutputThatIsNotANumberIsTheWeakest) {
  analysis_.outputs = {{"a", {Output(NAN)}}, {"b", {Output(45.0)}}};
  ExpectFound("output \"a\" has not a number end to end");
  analysis_.outputs = {{"a", {Output(45.0)}}, {"b", {Output(NAN)}}};
  ExpectFound("output \"b\" has not a number end to end");
  analysis_.outputs = {{"a", {Output(NAN)}}, {"b", {Output(5.0)}}};
  ExpectFound("output \"a\"");
}

TEST_F(FindingRules, OnlyTheEndLoses) {
  analysis_.outputs["y"] = {Output(12.0)};
  for (size_t i = 18; i < kLayers; ++i) At(i).end_to_end.sqnr_db = 12.0;
  ExpectFound("only the end loses, from layer 18 ");
  ExpectFound("--activation-bits \"" + NodeAt(18) + "..=16\"");
  At(17).end_to_end.sqnr_db = 12.0;  // not the last 15 % any more
  ExpectNotFound("only the end loses");
}

TEST_F(FindingRules, TheSteepestDrop) {
  analysis_.outputs["y"] = {Output(12.0)};
  for (size_t i = 0; i < kLayers; ++i) At(i).end_to_end.sqnr_db = i < 5 ? 40.0 : i < 10 ? 29.0 : 12.0;
  ExpectFound("it drops from 29.0 dB to 12.0 dB at layer 10 ");
  ExpectFound("--activation-bits \".." + NodeAt(10) + "=16\"");
}

TEST_F(FindingRules, ErrorsOfManyAddUp) {
  analysis_.outputs["y"] = {Output(12.0)};
  for (size_t i = 0; i < kLayers; ++i) {
    At(i).end_to_end.sqnr_db = 31.0 - static_cast<double>(i);
    At(i).alone.sqnr_db = 30.0;
  }
  At(3).alone.sqnr_db = 25.9;  // 4 dB below the median
  At(4).alone.sqnr_db = 26.1;
  ExpectFound("the errors of many add up\n  build with --precision auto");
  ExpectFound("layer 3 \"layer_3\" (Conv) is weak by itself: SQNR 25.9 dB, half of the layers have 30.0 dB or more");
  ExpectNotFound("layer 4 ");
}

// A mean of 30 dB says nothing of the picture with 5.
TEST_F(FindingRules, ABadPictureIsToldOfThoughTheMeanIsGood) {
  analysis_.outputs["y"] = {Output(kGood), Output(kGood), Output(10.5)};
  ExpectNotFound("worst picture");
  analysis_.outputs["y"] = {Output(kGood), Output(kGood), Output(5.1)};
  ExpectFound("output \"y\" has 5.1 dB end to end on the worst picture, 28.4 dB on average");
}

}  // namespace
}  // namespace lockstep::layerwise
