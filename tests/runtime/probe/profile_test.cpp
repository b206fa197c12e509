// What the profile build writes: tables, a CSV and a Chrome trace.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>

#include "report_run.h"
#include "support/json_check.h"
#include "support/temporary_folder.h"

namespace lockstep {
namespace {

// By column name, of every line.
std::vector<std::string> Column(const std::string& csv, const std::string& name) {
  std::vector<std::string> values;
  std::istringstream lines(csv);
  std::string line;
  std::getline(lines, line);
  const auto column = std::count(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(line.find(name)), ',');
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string field;
    for (std::ptrdiff_t i = 0; i <= column; ++i) std::getline(fields, field, ',');
    values.push_back(field);
  }
  return values;
}

TEST(Profile, HasEveryLayer) {
  const test::TemporaryFolder folder;
  ProbeOptions probe;
  probe.profile_folder = folder.path().c_str();
  int32_t layers = 0;
  const std::string table = test::RunAndReport(probe, &layers);
  EXPECT_NE(table.find("3 runs"), std::string::npos) << table;
  const std::string csv = test::ReadText(folder / "profile.csv");
  EXPECT_EQ(csv.find("index,layer,operator,kernel,min_ms,avg_ms,max_ms,share_percent,macs,gops,bytes\n"), 0U);
  EXPECT_EQ(test::Count(csv, "\n"), layers + 1);
  // Shares add up to all of the time.
  double share = 0;
  for (const std::string& value : Column(csv, "share_percent")) share += std::strtod(value.c_str(), nullptr);
  EXPECT_NEAR(share, 100.0, 0.1);
}

TEST(Profile, CutsNoName) {
  joint::ModelT network = test::SmallNetwork();
  const std::string name(100, 'n');
  network.layers[2]->name = name;
  int32_t layers = 0;
  const std::string table = test::RunAndReport({}, &layers, network);
  EXPECT_NE(table.find("    2 " + name + " "), std::string::npos) << table;
  EXPECT_NE(table.find(" depthwise_conv_"), std::string::npos) << table;
  // The columns behind the name stand one below the other.
  std::istringstream lines(table);
  std::string line;
  std::getline(lines, line);
  std::getline(lines, line);
  const size_t width = line.size();
  for (int32_t i = 0; i < layers && std::getline(lines, line); ++i) EXPECT_EQ(line.size(), width) << line;
}

// Of both: as many layers, multiply-accumulates and time as the layers have together.
TEST(Profile, SumsByOperatorAndListsTheSlowest) {
  const test::TemporaryFolder folder;
  ProbeOptions probe;
  probe.profile_folder = folder.path().c_str();
  int32_t layers = 0;
  const std::string table = test::RunAndReport(probe, &layers);
  const std::string csv = test::ReadText(folder / "profile.csv");
  const size_t sums = table.find("\n\noperator ");
  const size_t slowest = table.find("\n\nthe 10 slowest layers\n");
  ASSERT_NE(sums, std::string::npos) << table;
  ASSERT_NE(slowest, std::string::npos) << table;
  std::istringstream lines(table.substr(sums + 2, slowest - sums - 2));
  std::string line;
  std::getline(lines, line);
  int count = 0;
  double percent = 0;
  double last = 1e9;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string op;
    int of_operator = 0;
    double average = 0;
    double share = 0;
    fields >> op >> of_operator >> average >> share;
    const std::vector<std::string> operators = Column(csv, "operator");
    EXPECT_EQ(of_operator, std::count(operators.begin(), operators.end(), op)) << op;
    EXPECT_LE(average, last) << table;
    last = average;
    count += of_operator;
    percent += share;
  }
  EXPECT_EQ(count, layers) << table;
  EXPECT_NEAR(percent, 100.0, 1.0) << table;
  const std::string top = table.substr(slowest + 2);
  EXPECT_EQ(test::Count(top, "\n"), 12 + 3) << top;  // two headings, ten layers and the three files
}

TEST(Profile, TracesEveryRun) {
  const test::TemporaryFolder folder;
  ProbeOptions probe;
  probe.profile_folder = folder.path().c_str();
  int32_t layers = 0;
  test::RunAndReport(probe, &layers);
  const std::string trace = test::ReadText(folder / "trace.json");
  EXPECT_TRUE(test::JsonCheck::IsJson(trace)) << trace;
  EXPECT_EQ(test::Count(trace, R"("ph":"X")"), test::kRuns * (layers + 1)) << trace;
  EXPECT_NE(trace.find(R"("otherData":{"runs":3})"), std::string::npos) << trace;
  EXPECT_EQ(test::Count(trace, R"("thread_name")"), 1);
}

// More of them than its memory holds.
TEST(Profile, TracesAllRuns) {
  test::NetworkBuilder net(5, "one");
  net.Output(net.Dequantize(net.Input({1, 2, 2, 1})));
  const test::TemporaryFolder folder;
  ProbeOptions probe;
  probe.profile_folder = folder.path().c_str();
  int32_t layers = 0;
  constexpr int kMany = 9000;
  test::RunAndReport(probe, &layers, net.Finish(), 1, kMany);
  const std::string trace = test::ReadText(folder / "trace.json");
  EXPECT_TRUE(test::JsonCheck::IsJson(trace));
  EXPECT_NE(trace.find(R"("otherData":{"runs":9000})"), std::string::npos);
  EXPECT_EQ(test::Count(trace, R"("ph":"X")"), kMany * (layers + 1));
  EXPECT_EQ(test::FilesIn(folder.path()), (std::vector<std::string>{"profile.csv", "profile.json", "trace.json"}));
  // In order, each with times behind those of the run before.
  double last = -1;
  size_t at = 0;
  for (int run = 0; run < kMany; ++run) {
    at = trace.find("{\"name\":\"run " + std::to_string(run) + "\"", at);
    ASSERT_NE(at, std::string::npos) << run;
    const double when = std::strtod(trace.c_str() + trace.find("\"ts\":", at) + 5, nullptr);
    EXPECT_GT(when, last) << run;
    last = when;
  }
}

TEST(Profile, SaysWhatItTakesItself) {
  int32_t layers = 0;
  const std::string table = test::RunAndReport({}, &layers);
  const size_t at = table.find("profiling itself: ");
  ASSERT_NE(at, std::string::npos) << table;
  // Two reads of the clock a layer: more than nothing, less than the layers with them.
  const double percent = std::strtod(table.c_str() + table.find(" ms a run, ", at) + 11, nullptr);
  EXPECT_GT(percent, 0) << table;
  EXPECT_LT(percent, 100) << table;
}

TEST(Profile, JsonHasWhatTheCsvHas) {
  const test::TemporaryFolder folder;
  ProbeOptions probe;
  probe.profile_folder = folder.path().c_str();
  int32_t layers = 0;
  test::RunAndReport(probe, &layers);
  const std::string json = test::ReadText(folder / "profile.json");
  EXPECT_TRUE(test::JsonCheck::IsJson(json)) << json;
  EXPECT_EQ(test::Count(json, R"("kernel":)"), layers) << json;
  EXPECT_EQ(json.find(R"("emulator":null)") == std::string::npos, LOCKSTEP_EMULATED) << json;
  const std::string csv = test::ReadText(folder / "profile.csv");
  for (const std::string& value : Column(csv, "avg_ms")) {
    EXPECT_NE(json.find("\"avg_ms\":" + value + ","), std::string::npos) << value << json;
  }
  for (const std::string& value : Column(csv, "kernel")) {
    EXPECT_NE(json.find("\"kernel\":\"" + value + "\""), std::string::npos) << value << json;
  }
}

TEST(Profile, TracesEveryThreadsShare) {
  test::NetworkBuilder net(5, "wide");
  net.Output(net.Dequantize(net.Conv(net.Input({1, 48, 48, 8}), {})));  // both are worth sharing
  const test::TemporaryFolder folder;
  ProbeOptions probe;
  probe.profile_folder = folder.path().c_str();
  int32_t layers = 0;
  test::RunAndReport(probe, &layers, net.Finish(), 3);
  const std::string trace = test::ReadText(folder / "trace.json");
  EXPECT_TRUE(test::JsonCheck::IsJson(trace));
  EXPECT_EQ(test::Count(trace, R"("thread_name")"), 3) << trace;
  for (const char* thread : {R"("tid":2,"ts")", R"("tid":3,"ts")"}) {
    EXPECT_EQ(test::Count(trace, thread), test::kRuns * layers) << trace;
  }
  EXPECT_EQ(test::Count(trace, R"("tid":1,"ts")"), test::kRuns * (layers + 1)) << "the run as well\n" << trace;
}

}  // namespace
}  // namespace lockstep
