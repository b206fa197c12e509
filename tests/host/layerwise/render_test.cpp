#include "layerwise/render.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "graph/error.h"

namespace lockstep::layerwise {
namespace {

RowMetrics MetricsOf(double end_to_end, double alone) {
  RowMetrics metrics;
  metrics.end_to_end.sqnr_db = end_to_end;
  metrics.alone.sqnr_db = alone;
  return metrics;
}

// Two pictures; by mean SQNR end to end "b" is the worst, by itself "a".
Analysis Small() {
  Analysis analysis;
  analysis.pictures = {"one.png", "two.png"};
  for (const char* name : {"a", "b, \"c\""}) {
    Row row;
    row.layer.name = name;
    row.layer.op = "Conv";
    row.layer.dtype = "u8";
    analysis.rows.push_back(row);
  }
  analysis.by_row = {{MetricsOf(30, 20), MetricsOf(20, 30)}, {MetricsOf(10, 40), MetricsOf(14, 44)}};
  analysis.outputs["y"] = {OutputMetrics(), OutputMetrics()};
  return analysis;
}

View SqnrAlone() {
  View view;
  view.metrics = {analyze::MetricNamed("sqnr")};
  return view;
}

TEST(RenderAnalysis, MinMeanAndMaxOfThePictures) {
  View view = SqnrAlone();
  view.spread = true;
  const std::string text = ToText(Small(), view, false);
  EXPECT_NE(text.find("25.0 [20.0, 30.0]"), std::string::npos) << text;
  EXPECT_NE(text.find("12.0 [10.0, 14.0]"), std::string::npos) << text;
  const auto json = nlohmann::json::parse(ToJson(Small()));
  const auto& sqnr = json.at("layers").at(1).at("end_to_end").at("sqnr");
  EXPECT_EQ(sqnr.at("min"), 10.0);
  EXPECT_EQ(sqnr.at("mean"), 12.0);
  EXPECT_EQ(sqnr.at("max"), 14.0);
  EXPECT_TRUE(json.at("layers").at(0).at("per_layer_reference").is_null());
}

TEST(RenderAnalysis, WorstFirstEndToEndOrPerLayer) {
  View view = SqnrAlone();
  view.sort = &analyze::MetricNamed("sqnr");
  view.rows = 1;
  std::string text = ToText(Small(), view, false);
  EXPECT_NE(text.find("b, \"c\""), std::string::npos) << text;
  EXPECT_NE(text.find("and 1 more layer ("), std::string::npos) << text;
  view.sort_per_layer = true;
  text = ToText(Small(), view, false);
  EXPECT_EQ(text.find("b, \"c\""), std::string::npos) << text;
}

// A NaN on one picture, as metrics have it then.
TEST(RenderAnalysis, ALayerThatIsBrokenOnOnePictureLooksBroken) {
  Analysis analysis = Small();
  analyze::Metrics& broken = analysis.by_row[0][1].alone;
  broken.mse = std::numeric_limits<double>::infinity();
  View view;
  view.metrics = {analyze::MetricNamed("mse")};
  view.sort = &view.metrics[0];
  view.sort_per_layer = true;
  view.rows = 1;
  const std::string text = ToText(analysis, view, false);
  EXPECT_NE(text.find("inf"), std::string::npos) << text;
}

TEST(RenderAnalysis, CsvHasAColumnForEveryTitle) {
  std::istringstream lines(ToCsv(Small()));
  std::string head, first, second;
  std::getline(lines, head);
  std::getline(lines, first);
  std::getline(lines, second);
  EXPECT_EQ(std::count(head.begin(), head.end(), ','), std::count(first.begin(), first.end(), ','));
  EXPECT_EQ(head.rfind("index,layer,op,tensor,dtype,end_to_end.cosine.min", 0), 0u) << head;
  EXPECT_EQ(second.rfind("0,\"b, \"\"c\"\"\",Conv,", 0), 0u) << second;
}

TEST(RenderAnalysis, AnUnknownMetricHasTheNearestName) {
  try {
    analyze::MetricNamed("cosin");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("cosine"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace lockstep::layerwise
