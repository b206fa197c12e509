#include "sensitivity/render.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "graph/error.h"

namespace lockstep::sensitivity {
namespace {

Trial Of(const std::string& node, double sqnr_of_boxes, double sqnr_of_scores) {
  Trial trial{node, "Conv", {node}, node + "_out", {}};
  trial.outputs["boxes"].sqnr_db = sqnr_of_boxes;
  trial.outputs["boxes"].cosine = 1.0 - 1.0 / sqnr_of_boxes;
  trial.outputs["scores"].sqnr_db = sqnr_of_scores;
  return trial;
}

std::vector<std::string> Order(std::vector<Trial> trials, const View& view) {
  SortWorstFirst(trials, view);
  std::vector<std::string> names;
  for (const Trial& trial : trials) names.push_back(trial.node);
  return names;
}

TEST(SensitivityTable, TheWorstOutputCounts) {
  const std::vector<Trial> trials{Of("a", 30.0, 20.0), Of("b", 10.0, 40.0), Of("c", 25.0, 25.0)};
  EXPECT_EQ(Order(trials, {}), (std::vector<std::string>{"b", "a", "c"}));
  View scores;
  scores.outputs = {"scores"};
  EXPECT_EQ(Order(trials, scores), (std::vector<std::string>{"a", "c", "b"}));
}

TEST(SensitivityTable, NotANumberIsWorst) {
  const std::vector<Trial> trials{Of("a", 30.0, 20.0), Of("b", std::numeric_limits<double>::quiet_NaN(), 40.0)};
  EXPECT_EQ(Order(trials, {}).front(), "b");
}

TEST(SensitivityTable, AnUnknownOutputIsRefused) {
  View view;
  view.outputs = {"score"};
  try {
    Order({Of("a", 1.0, 2.0)}, view);
    FAIL() << "taken";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean scores"), std::string::npos) << error.what();
  }
}

TEST(SensitivityTable, TextJsonAndCsvSayTheSame) {
  const std::vector<Trial> trials{Of("a", 30.0, 20.0), Of("b", 10.0, 40.0)};
  const std::string text = ToText(trials, {}, 1, false);
  EXPECT_NE(text.find("20.0"), std::string::npos) << text;
  EXPECT_NE(text.find("and 1 more"), std::string::npos) << text;
  const auto json = nlohmann::json::parse(ToJson(trials));
  EXPECT_EQ(json["nodes"][1]["outputs"]["boxes"]["sqnr"], 10.0);
  EXPECT_EQ(json["nodes"][1]["tensor"], "b_out");
  const std::string csv = ToCsv(trials, {});
  EXPECT_EQ(csv.rfind("node,operator,tensor,output,cosine,relative_error,mse,sqnr,chebyshev,l1,l2,mean_abs\n"
                      "a,Conv,a_out,boxes,0.966666667,0,0,30,0,0,0,0\n",
                      0),
            0u)
      << csv;
  EXPECT_EQ(json["nodes"][1]["outputs"]["boxes"]["relative_error"], 0.0);
}

TEST(SensitivityTable, EveryMetricCanBeShownAndSorts) {
  for (const analyze::MetricKind& kind : analyze::MetricKinds()) {
    std::vector<Trial> trials{Of("a", 30.0, 30.0), Of("b", 30.0, 30.0)};
    for (Trial& trial : trials) {
      for (auto& [name, metrics] : trial.outputs)
        metrics.*kind.value = (trial.node == "b") == kind.more_is_better ? 0.25 : 0.75;
    }
    View view;
    view.metrics = {kind};
    EXPECT_EQ(Order(trials, view).front(), "b") << kind.name;
    EXPECT_NE(ToText(trials, view, 0, false).find(kind.title), std::string::npos) << kind.name;
  }
}

// Commas and quotation marks of names.
TEST(SensitivityTable, CsvQuotesWhatItMust) {
  const std::string csv = ToCsv({Of("a,\"b\"", 30.0, 20.0)}, {});
  EXPECT_NE(csv.find("\n\"a,\"\"b\"\"\",Conv,"), std::string::npos) << csv;
}

}  // namespace
}  // namespace lockstep::sensitivity
