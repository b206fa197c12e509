// What a page says of the results of commands is what they say themselves.
#include <algorithm>
#include <cmath>
#include <set>

#include "dump/dump.h"
#include "engine/reference/joint_model.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "page/dump_part.h"
#include "page/page_json.h"
#include "page_fixture.h"
#include "report/json_text.h"
#include "sensitivity/render.h"
#include "tune/render.h"

namespace lockstep::page {
namespace {

class ResultPartsTest : public PageTest {};

TEST_F(ResultPartsTest, AnalysisIsShownLayerByLayer) {
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

TEST_F(ResultPartsTest, FindingsOfAnalysisLeadToTheirLayers) {
  Result analysis = testing::AnalysisOf(model_, Path("pictures"));
  const Json layers = {Json(4), Json(nullptr), Json(-1), Json(UINT64_MAX), Json("4")};
  analysis.json["findings"] = Json::array();
  for (const Json& layer : layers) analysis.json["findings"].push_back({{"what", "w"}, {"do", "d"}, {"layer", layer}});
  analysis.json["findings"].push_back({{"what", "of an earlier version"}, {"do", "d"}});
  std::vector<int> found;
  for (const Finding& finding : Make({analysis}).findings) found.push_back(finding.layer);
  EXPECT_EQ(found, (std::vector<int>{4, -1, -1, -1, -1, -1}));
}

TEST_F(ResultPartsTest, AnalysisSaysOverWhatItsFiguresAre) {
  const PageData page = Make({testing::AnalysisOf(model_, Path("pictures"))});
  const Measure& mean = Named(page, "analysis.per_layer.sqnr");
  const Measure& least = Named(page, "analysis.per_layer.sqnr_min");
  EXPECT_EQ(mean.over, "mean of 2 pictures");
  EXPECT_EQ(least.over, "");
  for (size_t i = 0; i < mean.values.size(); ++i) {
    if (std::isnan(mean.values[i])) continue;
    EXPECT_LE(least.values[i], mean.values[i]) << i;
  }
}

// A whole output is close and a part of it is not: both stand there.
TEST_F(ResultPartsTest, BuildNamesThePartOfAnOutputThatIsFartherOff) {
  Json report = ReadResult(ResultKind::kBuild, Path("out/net.report.json")).json;
  const auto part = [](const char* name, double cosine) {
    return Json{{"name", name}, {"cosine", cosine}, {"sqnr_db", 20.64}};
  };
  report["judgement"]["verdict"] = "good";
  report["judgement"]["tensors"] = Json::array({{{"tensor", "inside"}, {"output", false}, {"cosine", 0.5}},
                                                {{"tensor", "y"},
                                                 {"output", true},
                                                 {"cosine", 0.9999},
                                                 {"parts", {part("boxes", 0.99999), part("scores", 0.9957)}}}});
  const auto text = [&] { return Make({{ResultKind::kBuild, "r.json", report}}).verdicts.front().text; };
  EXPECT_NE(text().find("the lowest cosine is 0.99990"), std::string::npos) << text();
  EXPECT_NE(text().find("its part scores alone has 0.99570 and 20.6 dB"), std::string::npos) << text();
  report["judgement"]["tensors"][1].erase("parts");
  EXPECT_EQ(text().find("part"), std::string::npos) << text();
}

TEST_F(ResultPartsTest, CrosscheckShowsWhereBoardsDiffer) {
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

TEST_F(ResultPartsTest, CrosscheckNamesWhatIsWrongByItself) {
  const PageData page = Make({testing::CrosscheckOf(model_, 5)});
  std::multiset<int> layers;
  for (const Finding& finding : page.findings) layers.insert(finding.layer);
  EXPECT_EQ(layers, (std::multiset<int>{5, 5, 7})) << "the first difference, a kernel, something overwritten";
  const auto has = [&](size_t layer, const Fact& fact) {
    const auto& facts = page.layers[layer].differences;
    return std::find(facts.begin(), facts.end(), fact) != facts.end();
  };
  EXPECT_EQ(Named(page, "crosscheck.wrong").values[4], 0.0);
  EXPECT_EQ(Named(page, "crosscheck.wrong").values[5], 2.0) << "by itself";
  EXPECT_EQ(Named(page, "crosscheck.wrong").values[6], 1.0) << "by its inputs";
  EXPECT_EQ(page.verdicts[0].text.find('\n'), std::string::npos) << page.verdicts[0].text;
  EXPECT_TRUE(has(5, {"where on made up", "at the end of every row"}));
  EXPECT_TRUE(has(5, {"off by", "7 by 1"}));
  EXPECT_TRUE(has(5, {"by itself on made up", "wrong, given the PC's inputs"}));
  EXPECT_TRUE(has(6, {"by itself on made up", "right, given the PC's inputs"}));
}

TEST_F(ResultPartsTest, SensitivityIsOfTheLayersThatTheNodesBecame) {
  std::vector<sensitivity::Trial> trials(2);
  trials[0].node = "a";
  trials[0].tensor = info_.at("layers").at(4).at("tensor").get<std::string>();
  trials[0].outputs["one"].sqnr_db = 31.0;
  trials[0].outputs["two"].sqnr_db = 17.5;
  trials[1].tensor = "that became no layer";
  trials[1].node = trials[1].tensor;
  trials[1].outputs["one"].sqnr_db = 1.0;
  const std::string json = sensitivity::ToJson(trials);
  const PageData page =
      Make({{ResultKind::kSensitivity, "s.json", report::ParseJson({json.begin(), json.end()}, "s")}});
  const Measure& measure = Named(page, "sensitivity.sqnr");
  for (size_t i = 0; i < measure.values.size(); ++i) {
    if (i == 4) {
      EXPECT_EQ(measure.values[i], 17.5) << "the worst output counts";
    } else {
      EXPECT_TRUE(std::isnan(measure.values[i])) << i;
    }
  }
}

TEST_F(ResultPartsTest, TuneSaysWhatGotMoreBitsAndWhetherItIsEnough) {
  tune::TuneResult tuned;
  tuned.search.reached = false;
  tuned.search.outcome.value = 0.97;
  tuned.cost_before.bytes = tuned.cost.bytes = 1;
  tune::Raised raised;
  raised.node = info_.at("layers").at(2).at("onnx_nodes").at(0).get<std::string>();
  raised.tensor = info_.at("layers").at(2).at("tensor").get<std::string>();
  raised.bits = 16;
  tuned.raised.push_back(raised);
  tune::TuneOptions options;
  options.target.value = 0.99;
  const std::string json = tune::ToJson(tuned, options);
  const PageData page = Make({{ResultKind::kTune, "t.json", report::ParseJson({json.begin(), json.end()}, "t")}});
  EXPECT_EQ(Named(page, "tune.bits").values[2], 16.0);
  EXPECT_EQ(page.verdicts.front().mood, Mood::kBad);
  EXPECT_NE(page.verdicts.front().text.find("0.97"), std::string::npos) << page.verdicts.front().text;
}

TEST_F(ResultPartsTest, WhatBuildSaidIsReadBesideTheModel) {
  const PageData page = Make({});
  ASSERT_EQ(page.verdicts.size(), 1U);
  EXPECT_EQ(page.verdicts[0].from, "build");
  const Json report = ReadResult(ResultKind::kBuild, Path("out/net.report.json")).json;
  EXPECT_EQ(page.verdicts[0].mood, report.at("judgement").at("verdict") == "good" ? Mood::kGood : Mood::kBad);
  Json other = report;
  other["model"]["digest"] = "00000000000000000000000000000000";
  files::WriteFile(Path("out/net.report.json"), report::JsonText(other));
  const PageData again = Make({});
  EXPECT_TRUE(again.verdicts.empty()) << "of another build";
  ASSERT_FALSE(again.notes.empty());
}

TEST_F(ResultPartsTest, DumpsShowWhereTheyDiffer) {
  engine::JointModel joint(model_.string());
  const auto dump = [&](const char* folder, int wrong) {
    dump::DumpWriter writer(Path(folder), dump::DescribeModel(joint.model(), "runtime", "test"), {});
    std::vector<std::vector<uint8_t>> inputs;
    for (const joint::InputSpec* spec : *joint.model().inputs()) {
      inputs.emplace_back(joint.model().tensors()->Get(static_cast<uint32_t>(spec->tensor()))->bytes(), uint8_t{100});
    }
    joint.engine().Run(inputs, [&](int index, int output_index, const joint::Layer& layer, const joint::Tensor& output,
                                   const uint8_t* data) {
      std::vector<uint8_t> bytes(data, data + output.bytes());
      if (index == wrong) bytes.back() = static_cast<uint8_t>(bytes.back() ^ 2U);
      writer.Add(dump::DescribeLayer(index, output_index, layer, output), bytes.data(), bytes.size());
    });
    writer.Finish();
  };
  dump("right", -1);
  dump("wrong", 6);
  PageData page = Make({});
  AddDumps(Path("right"), Path("wrong"), page);
  ASSERT_EQ(page.heat_maps.size(), 1U);
  EXPECT_EQ(page.heat_maps[0].layer, 6);
  const std::vector<uint8_t>& cells = page.heat_maps[0].cells;
  EXPECT_EQ(std::count(cells.begin(), cells.end(), 0), static_cast<std::ptrdiff_t>(cells.size() - 1));
  EXPECT_EQ(cells.back(), 255) << "the last element lies in the last cell";
}

TEST_F(ResultPartsTest, APlanOfTheMemoryIsShown) {
  Json plan = {
      {"planned",
       {{"weights", 10},
        {"model_file", 4096},
        {"arena", 2048},
        {"arena_live", 2000},
        {"scratch", 70},
        {"tables", 8},
        {"peak", 9000}}},
      {"planned_for", {{"target", "armv7"}}},
      {"targets", Json::array({{{"target", "armv7"},
                                {"scratch", 70},
                                {"tables", 8},
                                {"peak", 9000},
                                {"total", 9900},
                                {"planned_for", {{"target", "armv7"}}}},
                               {{"target", "mipsel"},
                                {"scratch", 60},
                                {"tables", 0},
                                {"peak", 8982},
                                {"total", nullptr},
                                {"planned_for", {{"target", "host"}}}},
                               {{"target", "aarch64"}, {"total", 12}}})},
      {"layers", Json::array()},
      {"savings", Json::array({{{"what", "less"}, {"arena", 1024}, {"possible", true}}})},
      {"boards", Json::array({{{"board", "mipsel"},
                               {"phases", Json::array({{{"name", "load"}, {"resident", 5}, {"peak", 7}}})}}})}};
  for (const Json& layer : info_.at("layers")) {
    const int index = layer.at("index").get<int>();
    plan["layers"].push_back({{"index", index}, {"name", layer.at("name")}, {"live", index == 4 ? 2000 : 100 + index}});
  }
  const Memory memory = Make({{ResultKind::kMemory, "m.json", plan}}).memory;
  EXPECT_EQ(memory.peak_layer, 4);
  EXPECT_EQ(memory.live[5], 105);
  const std::vector<std::pair<std::string, int64_t>> parts{{"model file, mapped", 4096},
                                                           {"arena", 2048},
                                                           {"scratch of kernels of armv7", 70},
                                                           {"tables, unpacked for kernels of armv7", 8},
                                                           {"RAM and model file, all of these", 9000}};
  EXPECT_EQ(memory.planned, parts);
  ASSERT_EQ(memory.targets.size(), 2U) << "the last is of a report with one plan for all targets";
  EXPECT_EQ(memory.targets[0].total, 9900);
  EXPECT_EQ(memory.targets[1].kernels, "host");
  EXPECT_EQ(memory.targets[1].scratch, 60);
  EXPECT_EQ(memory.targets[1].total, -1);
  ASSERT_EQ(memory.savings.size(), 1U);
  EXPECT_EQ(memory.savings[0].arena, 1024);
  ASSERT_EQ(memory.phases.size(), 1U);
  EXPECT_EQ(memory.phases[0].peak, 7);
}

TEST_F(ResultPartsTest, ResultsOfOtherModelsAreRefused) {
  Result other = testing::CrosscheckOf(model_, 5);
  other.json["model_digest"] = "00000000000000000000000000000000";
  EXPECT_NE(Refusal<BadInput>([&] { Make({other}); }).find("another model"), std::string::npos);
  Result renamed = testing::AnalysisOf(model_, Path("pictures"));
  renamed.json["layers"][2]["name"] = "elsewhere";
  const std::string text = Refusal<BadInput>([&] { Make({renamed}); });
  EXPECT_NE(text.find("analysis.json"), std::string::npos) << text;
  EXPECT_NE(text.find("elsewhere"), std::string::npos) << text;
}

TEST_F(ResultPartsTest, WhatIsNoResultIsRefused) {
  for (const ResultKind kind :
       {ResultKind::kBuild, ResultKind::kAnalysis, ResultKind::kCrosscheck, ResultKind::kSensitivity, ResultKind::kTune,
        ResultKind::kProfile, ResultKind::kMemory}) {
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

// A number that no layer has, and that no int holds.
TEST_F(ResultPartsTest, AnIndexThatIsNoneIsRefused) {
  for (const std::string index : {"1e300", "-1", "4294967296", "0.5", "nan", "", "0x1"}) {
    files::WriteFile(Path("p.csv"), "index,layer,avg_ms\n0,a,1\n" + index + ",b,1\n");
    const std::string text = Refusal<BadInput>([&] { ReadResult(ResultKind::kProfile, Path("p.csv")); });
    EXPECT_NE(text.find("p.csv"), std::string::npos) << text;
    EXPECT_NE(text.find("line 3 has the index \"" + index + "\""), std::string::npos) << text;
  }
  Result crosscheck = testing::CrosscheckOf(model_, 5);
  for (const Json& index : {Json(1e300), Json(uint64_t{1} << 32U), Json(UINT64_MAX), Json(-1), Json(3.0)}) {
    crosscheck.json["boards"][0]["layers"][3]["index"] = index;
    const std::string text = Refusal<BadInput>([&] { Make({crosscheck}); });
    EXPECT_NE(text.find("layer " + index.dump() + " "), std::string::npos) << text;
    EXPECT_NE(text.find("none of the model's"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace lockstep::page
