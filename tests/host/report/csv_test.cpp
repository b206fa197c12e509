#include "report/csv.h"

#include <gtest/gtest.h>

namespace lockstep::report {
namespace {

using Rows = std::vector<std::vector<std::string>>;

TEST(ParseCsv, ReadsWhatCsvLineWrites) {
  const Rows rows{{"a", "b,c", "say \"no\""}, {"", "two\nlines", "\"\""}, {"x", "", ""}};
  std::string text;
  for (const auto& row : rows) text += CsvLine(row);
  EXPECT_EQ(ParseCsv(text), rows);
}

TEST(ParseCsv, TakesOtherEndsOfLinesAndNoneAtTheLast) {
  EXPECT_EQ(ParseCsv("a,b\r\n1,2\r\n\r\n3,4"), (Rows{{"a", "b"}, {"1", "2"}, {"3", "4"}}));
  EXPECT_EQ(ParseCsv(""), Rows{});
}

}  // namespace
}  // namespace lockstep::report
