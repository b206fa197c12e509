// The Chrome trace against the trace event format: the phases that it uses, what each must have, durations that nest on
// their thread, counters that say what the model's plan says.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "report_run.h"
#include "support/temporary_folder.h"

namespace lockstep {
namespace {

using nlohmann::json;

json TraceOf(const joint::ModelT& network, int threads) {
  const test::TemporaryFolder folder;
  ProbeOptions probe;
  probe.profile_folder = folder.path().c_str();
  int32_t layers = 0;
  test::RunAndReport(probe, &layers, network, threads);
  return json::parse(test::ReadText(folder / "trace.json"));
}

struct Duration {
  double begin;
  double end;
  std::string name;
};

// Each lies within another one or beside it. Times have three digits behind the point.
void ExpectNested(std::vector<Duration> durations) {
  constexpr double kRounding = 0.0021;
  std::sort(durations.begin(), durations.end(), [](const Duration& a, const Duration& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  std::vector<Duration> open;
  for (const Duration& one : durations) {
    while (!open.empty() && open.back().end <= one.begin + kRounding) open.pop_back();
    if (!open.empty()) {
      EXPECT_LE(one.end, open.back().end + kRounding) << one.name << " in " << open.back().name;
    }
    open.push_back(one);
  }
}

void ExpectEvents(const json& trace, int threads) {
  ASSERT_TRUE(trace.at("traceEvents").is_array());
  EXPECT_EQ(trace.at("displayTimeUnit"), "ms");
  std::map<int, std::string> thread_names;
  std::map<int, std::vector<Duration>> durations;
  std::string process;
  for (const json& event : trace.at("traceEvents")) {
    const std::string phase = event.at("ph");
    ASSERT_TRUE(event.at("name").is_string()) << event;
    EXPECT_TRUE(event.at("pid").is_number_integer()) << event;
    const json& args = event.value("args", json::object());
    ASSERT_TRUE(args.is_object()) << event;
    if (phase == "M") {
      const std::string name = event.at("name");
      if (name == "process_name") process = args.at("name").get<std::string>();
      if (name == "thread_name") thread_names[event.at("tid")] = args.at("name").get<std::string>();
      if (name == "thread_sort_index") {
        EXPECT_TRUE(args.at("sort_index").is_number_integer()) << event;
      }
      EXPECT_TRUE(name == "process_name" || name == "thread_name" || name == "thread_sort_index") << event;
      continue;
    }
    EXPECT_GE(event.at("ts").get<double>(), 0.0) << event;
    if (phase == "C") {
      EXPECT_FALSE(args.empty()) << event;
      for (const auto& value : args) EXPECT_TRUE(value.is_number() && value.get<double>() >= 0) << event;
      continue;
    }
    ASSERT_EQ(phase, "X") << event;
    EXPECT_GE(event.at("dur").get<double>(), 0.0) << event;
    const double begin = event.at("ts");
    durations[event.at("tid")].push_back({begin, begin + event.at("dur").get<double>(), event.at("name")});
  }
  EXPECT_FALSE(process.empty());
  EXPECT_EQ(thread_names.size(), static_cast<size_t>(threads));
  std::set<std::string> names;
  for (const auto& [thread, name] : thread_names) names.insert(name);
  EXPECT_EQ(names.size(), thread_names.size()) << "two threads have one name";
  for (const auto& [thread, list] : durations) {
    EXPECT_TRUE(thread_names.count(thread) == 1) << "thread " << thread << " has no name";
    ExpectNested(list);
  }
}

TEST(TraceFormat, EveryEventIsWhatItsPhaseAsksFor) {
  ExpectEvents(TraceOf(test::SmallNetwork(), 1), 1);
  ExpectEvents(TraceOf(test::ViewNetwork(), 1), 1);
  test::NetworkBuilder net(5, "wide");
  net.Output(net.Dequantize(net.Conv(net.Input({1, 48, 48, 8}), {})));
  joint::ModelT wide = net.Finish();
  wide.layers[0]->name = "a \"quoted\" \\ name";
  ExpectEvents(TraceOf(wide, 3), 3);
}

// The most that is alive is what the compiler's plan calls the lower bound, which it counts in another way.
TEST(TraceFormat, TheCountersFollowThePlan) {
  const joint::ModelT network = test::SmallNetwork();
  const json trace = TraceOf(network, 1);
  uint64_t most = 0;
  double fastest = 0;
  double when = 0;
  std::string last;
  for (const json& event : trace.at("traceEvents")) {
    if (event.at("ph") != "C") continue;
    EXPECT_GE(event.at("ts").get<double>(), when) << event;
    when = event.at("ts").get<double>();
    if (event.at("name") == "arena live") {
      most = std::max(most, event.at("args").at("bytes").get<uint64_t>());
    } else {
      EXPECT_EQ(event.at("name"), "speed") << event;
      fastest = std::max(fastest, event.at("args").at("GOPS").get<double>());
      last = event.dump();
    }
  }
  EXPECT_EQ(most, network.arena_lower_bound);
  EXPECT_GT(fastest, 0.0);
  EXPECT_NE(last.find(R"("GOPS":0.0)"), std::string::npos) << "nothing runs behind the last run: " << last;
}

}  // namespace
}  // namespace lockstep
