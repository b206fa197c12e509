// What the profile build writes: a table, a CSV and a Chrome trace.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "report_run.h"
#include "support/temporary_folder.h"

namespace lockstep {
namespace {

TEST(Profile, HasEveryLayer) {
  const test::TemporaryFolder folder;
  ProbeOptions probe;
  probe.profile_folder = folder.path().c_str();
  int32_t layers = 0;
  const std::string table = test::RunAndReport(probe, &layers);
  EXPECT_EQ(test::Count(table, "\n"), layers + 5) << table;  // two headings, a sum and the two files
  EXPECT_NE(table.find("3 runs"), std::string::npos) << table;
  const std::string csv = test::ReadText(folder / "profile.csv");
  EXPECT_EQ(csv.find("index,layer,operator,kernel,min_ms,avg_ms,max_ms,share_percent,macs,gops,bytes\n"), 0U);
  EXPECT_EQ(test::Count(csv, "\n"), layers + 1);
  // Shares add up to all of the time.
  double share = 0;
  for (size_t at = csv.find('\n') + 1; at < csv.size(); at = csv.find('\n', at) + 1) {
    size_t column = at;
    for (int i = 0; i < 7; ++i) column = csv.find(',', column) + 1;
    share += std::strtod(csv.c_str() + column, nullptr);
  }
  EXPECT_NEAR(share, 100.0, 0.1);
  const std::string trace = test::ReadText(folder / "trace.json");
  EXPECT_EQ(test::Count(trace, R"("ph":"X")"), layers);
  EXPECT_EQ(test::Count(trace, "{"), test::Count(trace, "}"));
}

}  // namespace
}  // namespace lockstep
