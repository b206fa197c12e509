#include "report/table.h"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

namespace lockstep::report {
namespace {

TEST(Table, AlignsColumns) {
  Table table({{"name"}, {"value", Align::kRight}});
  table.AddRow({"a", "1"});
  table.AddRow({"longer", "12345678"});
  EXPECT_EQ(table.ToText(false),
            "name       value\n"
            "------  --------\n"
            "a              1\n"
            "longer  12345678\n");
}

TEST(Table, ColoursOnlyWhenAsked) {
  Table table({{"md5"}});
  table.AddRow({Cell("equal", Mood::kGood)});
  EXPECT_EQ(table.ToText(false), "md5\n-----\nequal\n");
  EXPECT_EQ(table.ToText(true), "md5\n-----\n\033[32mequal\033[0m\n");
}

TEST(Table, CutsLongCellsInTheMiddle) {
  Table table({{"name", Align::kLeft, 9}});
  table.AddRow({"/model.22/dfl/conv/Conv"});
  EXPECT_EQ(table.ToText(false), "name\n---------\n/mo..Conv\n");
}

TEST(Table, RefusesARowOfAnotherLength) {
  Table table({{"a"}, {"b"}});
  EXPECT_THROW(table.AddRow({"only one"}), std::logic_error);
}

TEST(Html, IsEscaped) { EXPECT_EQ(EscapeHtml("<t> & \"b\""), "&lt;t&gt; &amp; &quot;b&quot;"); }

TEST(Numbers, AreReadable) {
  EXPECT_EQ(FixedNumber(0.99874, 3), "0.999");
  EXPECT_EQ(FixedNumber(std::numeric_limits<double>::infinity(), 2), "inf");
  EXPECT_EQ(FixedNumber(std::numeric_limits<double>::quiet_NaN(), 2), "NaN");
  EXPECT_EQ(ShortNumber(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(ShortNumber(0.0031234567), "0.003123");
  EXPECT_EQ(ByteCount(640), "640 B");
  EXPECT_EQ(ByteCount(3.5 * 1024 * 1024), "3.5 MiB");
}

}  // namespace
}  // namespace lockstep::report
