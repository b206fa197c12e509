// Layers by themselves, fed with the float network's values: against `analyze`, whose numbers are proven by plain
// loops.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "crosscheck/crosscheck.h"
#include "crosscheck/render.h"
#include "faulty_board.h"
#include "graph/error.h"
#include "layerwise/built_network.h"
#include "pools.h"

namespace lockstep::crosscheck {
namespace {

class SinglePassTest : public layerwise::BuiltNetwork {
 protected:
  void SetUp() override {
    Build(testing::SmallDetector());
    options_.model = both_.model_path;
    options_.single = true;
    picture_ = Options(1).items.front();
    options_.data = {{"", picture_.parts.front().Path()}};
  }

  CrosscheckResult Check(FaultyBoard& board) {
    files::OutputFiles none;
    return Crosscheck(options_, {{"faulty", {test::Borrowed(board)}}}, none, [](const std::string&) {});
  }

  CrosscheckOptions options_;
  input::DataItem picture_;
};

TEST_F(SinglePassTest, TheNumbersAreThoseOfAnalyze) {
  FaultyBoard board;
  const CrosscheckResult result = Check(board);
  EXPECT_EQ(result.verdict, dump::Verdict::kExact) << VerdictText(result);
  layerwise::AnalyzeOptions analyze;
  analyze.items = {picture_};
  const layerwise::Analysis analysis = Analysed(analyze);
  size_t compared = 0, saturating = 0;
  for (size_t row = 0; row < analysis.rows.size(); ++row) {
    const dump::DumpLayer& layer = analysis.rows[row].layer;
    if (analysis.rows[row].node < 0) continue;  // measured otherwise there
    saturating += analysis.rows[row].saturates ? 1 : 0;
    for (size_t i = 0; i < result.boards[0].layers.size(); ++i) {
      const dump::LayerResult& checked = result.boards[0].layers[i];
      if (checked.Place() != layer.Place()) continue;
      ASSERT_TRUE(result.simulator_single[i].worst && checked.single_accuracy) << layer.name;
      const layerwise::RowMetrics& expected = analysis.by_row[row][0];
      EXPECT_NEAR(result.simulator_single[i].worst->sqnr_db, expected.alone.sqnr_db, 1e-6) << layer.name;
      EXPECT_NEAR(result.simulator[i].worst->sqnr_db, expected.end_to_end.sqnr_db, 1e-6) << layer.name;
      EXPECT_EQ(checked.single_accuracy->sqnr_db, result.simulator_single[i].worst->sqnr_db) << layer.name;
      EXPECT_TRUE(checked.single_md5_equal.value_or(false)) << layer.name;
      ++compared;
    }
  }
  EXPECT_GT(compared, 5U);
  EXPECT_GT(saturating, 2U) << "three convolutions in front of a Sigmoid";
  EXPECT_NE(ToText(result, false).find("board single"), std::string::npos);
}

// In front of a Sigmoid the network has values of thousands, of which 16 bits keep what the Sigmoid can tell apart.
TEST_F(SinglePassTest, WhatIsCutOnPurposeIsNoLoss) {
  Build(testing::SmallDetector(), {{"precision", "int16"}});
  FaultyBoard board;
  const CrosscheckResult result = Check(board);
  const auto& layers = result.boards[0].layers;
  for (size_t i = 0; i < layers.size(); ++i) {
    ASSERT_TRUE(result.simulator[i].worst && layers[i].accuracy && layers[i].single_accuracy) << layers[i].name;
    EXPECT_GT(result.simulator[i].worst->sqnr_db, 50.0) << layers[i].name;
    EXPECT_GT(layers[i].accuracy->sqnr_db, 50.0) << layers[i].name;
    EXPECT_GT(layers[i].single_accuracy->sqnr_db, 60.0) << layers[i].name;
  }
}

TEST_F(SinglePassTest, AWrongKernelIsWorseByItselfAndNoOther) {
  constexpr int kWrong = 2;
  FaultyBoard board;
  board.kernel = [](int layer, std::vector<uint8_t>& bytes) {
    for (size_t i = 0; layer == kWrong && i < bytes.size(); i += 3) bytes[i] ^= 0x20U;
  };
  board.room = 4000;  // several groups
  const CrosscheckResult result = Check(board);
  EXPECT_GT(board.packs.size(), 4U);
  for (size_t i = 0; i < result.boards[0].layers.size(); ++i) {
    const dump::LayerResult& layer = result.boards[0].layers[i];
    ASSERT_TRUE(layer.single_md5_equal.has_value()) << layer.name;
    EXPECT_EQ(*layer.single_md5_equal, layer.index != kWrong) << layer.name;
    if (!layer.single_accuracy) continue;
    if (layer.index == kWrong) {
      EXPECT_LT(layer.single_accuracy->sqnr_db, result.simulator_single[i].worst->sqnr_db - 1.0);
    } else {
      EXPECT_EQ(layer.single_accuracy->sqnr_db, result.simulator_single[i].worst->sqnr_db) << layer.name;
    }
  }
  const auto json = nlohmann::json::parse(ToJson(result));
  EXPECT_TRUE(json.at("boards").at(0).at("layers").at(kWrong).contains("single_sqnr_db"));
  EXPECT_EQ(json.at("boards").at(0).at("layers").at(kWrong).at("single_md5_equal"), false);
  EXPECT_TRUE(json.at("simulator").at(kWrong).contains("single_sqnr_db"));
}

TEST_F(SinglePassTest, WithoutANetworkThereIsNothingToFeed) {
  std::filesystem::remove_all(Path("out/frontend"));
  FaultyBoard board;
  EXPECT_THROW(Check(board), UsageError);
}

}  // namespace
}  // namespace lockstep::crosscheck
