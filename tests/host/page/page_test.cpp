// What a page says is what the model and the commands' own results say.
#include "page/page.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "files/output_file.h"
#include "graph/error.h"
#include "info/model_info.h"
#include "page/page_json.h"
#include "page/shell.h"
#include "report/json_text.h"
#include "results.h"
#include "support/temporary_test_folder.h"

namespace lockstep::page {
namespace {

class PageTest : public testing::FolderTest {
 protected:
  void SetUp() override {
    testing::FolderTest::SetUp();
    model_ = testing::BuildSmallDetector(Path("."));
    info_ = info::DescribeModelFile(model_.string(), {});
  }
  PageData Make(std::vector<Result> results) const { return MakePage({"report", model_, std::move(results), {}, {}}); }
  static const Measure& Named(const PageData& page, const std::string& id) {
    for (const Measure& measure : page.measures) {
      if (measure.id == id) return measure;
    }
    throw std::runtime_error("no measure " + id);
  }
  // The message of what the call throws.
  template <typename ErrorType, typename Call>
  static std::string Refusal(const Call& call) {
    try {
      call();
    } catch (const ErrorType& error) {
      return error.what();
    }
    ADD_FAILURE() << "nothing was refused";
    return "";
  }

  std::filesystem::path model_;
  Json info_;
};

TEST_F(PageTest, LayersAndEdgesAreTheModels) {
  const PageData page = Make({});
  ASSERT_EQ(page.layers.size(), info_.at("layers").size());
  std::set<std::pair<int, int>> expected, found;
  const Json& layers = info_.at("layers");
  for (size_t to = 0; to < layers.size(); ++to) {
    EXPECT_EQ(page.layers[to].name, layers[to].at("name"));
    for (const Json& input : layers[to].at("inputs")) {
      if (info_.at("tensors").at(input.get<size_t>()).at("constant")) continue;
      int from = -1;
      for (size_t other = 0; other < to; ++other) {
        for (const Json& output : layers[other].at("outputs")) from = output == input ? static_cast<int>(other) : from;
      }
      expected.emplace(from, static_cast<int>(to));
    }
  }
  for (const Edge& edge : page.edges) found.emplace(edge.source, edge.target);
  EXPECT_EQ(found, expected);
}

TEST_F(PageTest, MemoryInUseIsWhatTheBytesOfTheArenaSay) {
  const Memory memory = Make({}).memory;
  const size_t layers = info_.at("layers").size();
  ASSERT_EQ(memory.live.size(), layers);
  int64_t most = 0;
  for (size_t layer = 0; layer < layers; ++layer) {
    std::vector<bool> used(static_cast<size_t>(memory.arena_bytes));
    for (const ArenaTensor& tensor : memory.tensors) {
      if (static_cast<size_t>(tensor.first) > layer || static_cast<size_t>(tensor.last) < layer) continue;
      for (int64_t i = tensor.offset; i < tensor.offset + tensor.bytes; ++i) used.at(static_cast<size_t>(i)) = true;
    }
    const auto bytes = std::count(used.begin(), used.end(), true);
    EXPECT_EQ(memory.live[layer], bytes) << "layer " << layer;
    most = std::max<int64_t>(most, bytes);
  }
  EXPECT_EQ(memory.live[static_cast<size_t>(memory.peak_layer)], most);
  EXPECT_GT(most, memory.arena_bytes / 2);
  EXPECT_LE(most, memory.arena_bytes);
}

TEST_F(PageTest, AnalysisIsShownLayerByLayer) {
  const Result analysis = testing::AnalysisOf(model_, Path("pictures"));
  const PageData page = Make({analysis});
  const Measure& alone = Named(page, "analysis.per_layer.sqnr");
  size_t compared = 0;
  for (const Json& layer : analysis.json.at("layers")) {
    const Json& mean = layer.at("per_layer").at("sqnr").at("mean");
    if (mean.is_null()) continue;
    EXPECT_EQ(alone.values[layer.at("index").get<size_t>()], mean.get<double>()) << layer.at("name");
    ++compared;
  }
  EXPECT_GT(compared, 10U);
  EXPECT_EQ(page.findings.size(), analysis.json.at("findings").size());
}

TEST_F(PageTest, CrosscheckShowsWhereBoardsDiffer) {
  const PageData page = Make({testing::CrosscheckOf(model_, 5)});
  ASSERT_EQ(page.boards.size(), 2U);
  EXPECT_EQ(page.boards[0].states, std::string(page.layers.size(), 'e'));
  EXPECT_EQ(page.boards[1].states, "eeeee" + std::string(page.layers.size() - 5, 'd'));
  ASSERT_FALSE(page.verdicts.empty());
  EXPECT_EQ(page.verdicts[0].mood, Mood::kBad);
  ASSERT_FALSE(page.findings.empty());
  EXPECT_EQ(page.findings[0].layer, 5);
  EXPECT_EQ(Named(page, "crosscheck.sqnr").values[4], 30.0);
  EXPECT_EQ(Named(page, "crosscheck.sqnr").values[5], 6.0) << "the worse board counts";
  EXPECT_EQ(Named(page, "crosscheck.differing").values[7], 17.0);
}

TEST_F(PageTest, AProfileIsReadFromCsv) {
  files::WriteFile(Path("profile.csv"), testing::ProfileCsvOf(model_, 3));
  const PageData page = Make({ReadResult(ResultKind::kProfile, Path("profile.csv"))});
  EXPECT_EQ(Named(page, "profile.time").values[3], 100.0);
  EXPECT_EQ(Named(page, "profile.time").values[2], 3.0);
  EXPECT_EQ(Named(page, "profile.bytes").values[2], 6.0);
  double shares = 0.0;
  for (const double share : Named(page, "profile.share").values) shares += share;
  EXPECT_NEAR(shares, 100.0, 1e-9);
}

TEST_F(PageTest, ResultsOfOtherModelsAreRefused) {
  Result other = testing::CrosscheckOf(model_, 5);
  other.json["model_digest"] = "00000000000000000000000000000000";
  EXPECT_NE(Refusal<BadInput>([&] { Make({other}); }).find("another model"), std::string::npos);
  Result renamed = testing::AnalysisOf(model_, Path("pictures"));
  renamed.json["layers"][2]["name"] = "elsewhere";
  const std::string text = Refusal<BadInput>([&] { Make({renamed}); });
  EXPECT_NE(text.find("analysis.json"), std::string::npos) << text;
  EXPECT_NE(text.find("elsewhere"), std::string::npos) << text;
}

TEST_F(PageTest, WhatIsNoResultIsRefused) {
  for (const ResultKind kind : {ResultKind::kBuild, ResultKind::kAnalysis, ResultKind::kCrosscheck,
                                ResultKind::kSensitivity, ResultKind::kTune, ResultKind::kProfile}) {
    const std::string text = Refusal<BadInput>([&] { Make({{kind, "it.json", Json::object()}}); });
    EXPECT_NE(text.find("it.json"), std::string::npos) << text;
    EXPECT_NE(text.find(CommandOf(kind)), std::string::npos) << text;
  }
  Result half = testing::CrosscheckOf(model_, 5);
  half.json["boards"][0]["layers"][3].erase("md5_equal");
  EXPECT_NE(Refusal<BadInput>([&] { Make({half}); }).find("md5_equal"), std::string::npos);
  files::WriteFile(Path("short.csv"), std::string("index,layer,avg_ms\n0,a\n"));
  EXPECT_NE(Refusal<BadInput>([&] { ReadResult(ResultKind::kProfile, Path("short.csv")); }).find("line 2"),
            std::string::npos);
}

TEST_F(PageTest, WeightHistogramsCountEveryWeight) {
  const PageData page = Make({});
  std::set<int> layers;
  for (const Histogram& histogram : page.histograms) {
    uint64_t counted = 0;
    for (const uint64_t count : histogram.counts) counted += count;
    const Json& layer = info_.at("layers").at(static_cast<size_t>(histogram.layer));
    const Json& weights = info_.at("tensors").at(layer.at("inputs").at(1).get<size_t>());
    uint64_t elements = 1;
    for (const Json& extent : weights.at("shape")) elements *= extent.get<uint64_t>();
    EXPECT_EQ(counted, elements) << layer.at("name");
    layers.insert(histogram.layer);
  }
  for (const Json& layer : info_.at("layers")) {
    const bool conv = layer.at("op") == "Conv" || layer.at("op") == "DepthwiseConv";
    EXPECT_EQ(layers.count(layer.at("index").get<int>()), conv ? 1U : 0U) << layer.at("name");
  }
}

TEST_F(PageTest, TwoBuildsStandSideBySide) {
  const PageData page =
      MakePage({"report", model_, {testing::CrosscheckOf(model_, 5)}, model_, {testing::CrosscheckOf(model_, 9)}});
  ASSERT_EQ(page.comparisons.size(), 1U);
  const Measure& second = Named(page, "second.crosscheck.sqnr");
  EXPECT_EQ(second.values[8], 30.0);
  EXPECT_EQ(second.values[9], 6.0);
  EXPECT_EQ(Named(page, "crosscheck.sqnr").values[8], 6.0);
}

TEST_F(PageTest, TheDataStandInTheFileAsTheyAre) {
  PageData page = Make({});
  page.layers[0].name = "</script><!--<script>\xE2\x80\xA8";
  const std::string html = ToHtml(page);
  const std::string begin = "<script type=\"application/json\" id=\"data\">";
  const size_t from = html.find(begin);
  ASSERT_NE(from, std::string::npos);
  const std::string json = html.substr(from + begin.size(), html.find("</script>", from) - from - begin.size());
  EXPECT_EQ(json.find('<'), std::string::npos);
  EXPECT_EQ(report::ParseJson({json.begin(), json.end()}, "page"), ToJson(page));
}

TEST_F(PageTest, NothingIsFetchedFromElsewhere) {
  const std::string shell = Shell();
  for (const char* word :
       {"<script src", "<link", "@import", "url(http", "{{style}}", "{{libraries}}", "{{scripts}}"}) {
    EXPECT_EQ(shell.find(word), std::string::npos) << word;
  }
}

}  // namespace
}  // namespace lockstep::page
