#include "layerwise/findings.h"

#include <gtest/gtest.h>

#include "built_network.h"
#include "named_flags.h"

namespace lockstep::layerwise {
namespace {

constexpr int64_t kChannels = 16;

class FindingsTest : public BuiltNetwork {
 protected:
  std::string All(const Analysis& analysis) const {
    std::string text;
    for (const Finding& finding : analysis.findings) text += finding.what + "\n  " + finding.todo + "\n";
    return text;
  }

  Analysis Analysed(const AnalyzeOptions& options) const {
    Analysis analysis = BuiltNetwork::Analysed(options);
    ExpectFlagsOfBuild(All(analysis));
    return analysis;
  }

  // The model is built with `built`, its float network has its own in `settings`.
  Analysis WithOtherTruth(const nlohmann::ordered_json& built, const input::InputSettings& settings,
                          const std::set<std::string>& given) {
    Build(testing::SmallDetector(), built);
    AnalyzeOptions options = Options();
    options.truth = TruthInputs(both_, settings, given);
    return Analysed(options);
  }
};

// In the middle a layer with channels of very different size, whose small ones count behind it as much as the large.
graph::Graph OneBadLayer() {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  graph::TensorId y = net.Add(
      "Relu", {net.Add("Conv", {x, net.Floats({kChannels, 3, 1, 1}, testing::NormalWeights(kChannels * 3, 1))})});
  std::vector<float> wide = testing::NormalWeights(kChannels * kChannels, 2);
  for (size_t i = 0; i < kChannels; ++i) wide[i] = 400.0F;  // the first channel
  y = net.Add("Conv", {y, net.Floats({kChannels, kChannels, 1, 1}, wide)});
  std::vector<float> even = testing::NormalWeights(kChannels * kChannels, 3);
  for (size_t i = 0; i < even.size(); i += kChannels) even[i] *= 1e-5F;
  for (uint32_t i = 0; i < 4; ++i) {
    y = net.Add("Relu", {net.Add("Conv", {y, net.Floats({kChannels, kChannels, 1, 1}, even)})});
    even = testing::NormalWeights(kChannels * kChannels, 4 + i);
  }
  return net.Finish({y});
}

TEST_F(FindingsTest, WhereTheBadLayerIsAndWhatMendsIt) {
  Build(OneBadLayer());
  const Analysis before = Analysed(Options());
  ASSERT_FALSE(before.findings.empty());
  // The one that reads the uneven channels loses what counts, and no other.
  EXPECT_NE(before.findings[0].what.find("\"Conv_3\""), std::string::npos) << All(before);
  EXPECT_NE(before.findings[0].what.find("gives one value everywhere"), std::string::npos) << All(before);
  EXPECT_NE(before.findings[0].todo.find("--activation-bits"), std::string::npos) << All(before);
  EXPECT_EQ(All(before).find("\"Conv_5\""), std::string::npos) << All(before);
  // The cause was measured, on both pictures: its weights cost next to nothing.
  EXPECT_NE(before.findings[0].todo.find("the levels of what it reads cost most ("), std::string::npos) << All(before);
  bool found = false;
  for (size_t i = 0; i < before.rows.size(); ++i) {
    if (before.rows[i].layer.tensor.find("Conv_3") == std::string::npos &&
        both_.graph.nodes[static_cast<size_t>(std::max(before.rows[i].node, 0))].name != "Conv_3") {
      continue;
    }
    found = true;
    for (const RowMetrics& picture : before.by_row[i]) {
      ASSERT_TRUE(picture.inputs_alone && picture.weights_alone);
      EXPECT_LT(picture.inputs_alone->sqnr_db, 5.0);
      EXPECT_GT(picture.weights_alone->sqnr_db, 20.0);
    }
  }
  EXPECT_TRUE(found);
  // What it says helps.
  const size_t begin = before.findings[0].todo.find("--activation-bits \"") + 19;
  const std::string scope = before.findings[0].todo.substr(begin, before.findings[0].todo.find('"', begin) - begin);
  const size_t equals = scope.rfind('=');
  Build(OneBadLayer(), {{"activation_bits", {{scope.substr(0, equals), std::stoi(scope.substr(equals + 1))}}}});
  const Analysis after = Analysed(Options());
  EXPECT_GT(after.outputs.begin()->second[0].integer.sqnr_db, before.outputs.begin()->second[0].integer.sqnr_db + 10.0)
      << scope << "\n"
      << All(after);
}

TEST_F(FindingsTest, NothingIsSaidOfAGoodModel) {
  Build(testing::SmallDetector(), {{"precision", "int16"}});
  const Analysis analysis = Analysed(Options());
  EXPECT_TRUE(analysis.findings.empty()) << All(analysis);
}

TEST_F(FindingsTest, WrongColourOrder) {
  const Analysis analysis = WithOtherTruth({{"color", "BGR"}}, {}, {"color"});
  ASSERT_FALSE(analysis.findings.empty());
  EXPECT_NE(analysis.findings[0].what.find("colour order is wrong"), std::string::npos) << All(analysis);
  EXPECT_NE(analysis.findings[0].todo.find("--color"), std::string::npos);
  EXPECT_EQ(All(analysis).find("steps apart"), std::string::npos) << All(analysis);  // the input is to blame
}

TEST_F(FindingsTest, WrongMeanAndStd) {
  input::InputSettings settings;
  settings.picture.mean = {123.0F, 116.0F, 103.0F};
  settings.picture.std = {58.0F, 57.0F, 57.0F};
  const Analysis analysis = WithOtherTruth(nlohmann::ordered_json::object(), settings, {"mean", "std"});
  ASSERT_FALSE(analysis.findings.empty());
  EXPECT_NE(analysis.findings[0].what.find("mean or std is wrong"), std::string::npos) << All(analysis);
}

TEST_F(FindingsTest, BothWrong) {
  input::InputSettings settings;
  settings.picture.std = {128.0F};
  const Analysis analysis = WithOtherTruth({{"color", "BGR"}}, settings, {"color", "std"});
  ASSERT_FALSE(analysis.findings.empty());
  EXPECT_NE(analysis.findings[0].what.find("both the colour order and mean or std"), std::string::npos)
      << All(analysis);
}

TEST_F(FindingsTest, TheSameInputsSayNothingOfThem) {
  input::InputSettings settings;
  const Analysis analysis = WithOtherTruth(nlohmann::ordered_json::object(), settings, {"color"});
  for (const Finding& finding : analysis.findings)
    EXPECT_EQ(finding.what.find("input "), std::string::npos) << All(analysis);
}

TEST_F(FindingsTest, NanOfTheFloatNetwork) {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  const graph::TensorId shifted = net.Add("Sub", {x, net.Floats({1, 3, 1, 1}, {2.0F, 2.0F, 2.0F})});
  Build(net.Finish({net.Add("Relu", {net.Add("Conv", {shifted, net.Random({4, 3, 1, 1})})})}));
  const graph::TensorId weights = both_.graph.nodes.back().inputs.at(1);
  both_.graph.tensor(weights).constant->floats[0] = std::numeric_limits<float>::quiet_NaN();
  const Analysis analysis = Analysed(Options(1));
  ASSERT_EQ(analysis.findings.size(), 1u) << All(analysis);
  EXPECT_NE(analysis.findings[0].what.find("the float network itself gives"), std::string::npos);
  EXPECT_NE(analysis.findings[0].what.find(both_.graph.nodes.back().name), std::string::npos);
}

}  // namespace
}  // namespace lockstep::layerwise
