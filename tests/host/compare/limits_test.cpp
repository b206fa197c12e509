#include "compare/limits.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "support/temporary_test_folder.h"

namespace lockstep::compare {
namespace {

class LimitsTest : public testing::FolderTest {};

TEST(LimitChangeTest, ANameMayHaveColons) {
  const auto [name, change] = ParseLimitChange("model/conv:0:atol=0.5,min_cosine=0.9");
  EXPECT_EQ(name, "model/conv:0");
  EXPECT_EQ(change.atol, 0.5);
  EXPECT_FALSE(change.rtol.has_value());
  EXPECT_EQ(change.min_cosine, 0.9);
}

TEST(LimitChangeTest, WhatIsNoLimitIsAnError) {
  for (const char* text : {"conv", "conv:", ":atol=1", "conv:atol", "conv:atol=", "conv:atol=x", "conv:atol=1x",
                           "conv:atol=-1", "conv:tol=1", "conv:min_cosine=1.5", "conv:atol=nan", "conv:atol=1,"}) {
    EXPECT_THROW(ParseLimitChange(text), UsageError) << text;
  }
}

TEST(LimitTableTest, WhatIsSaidOfOneLeavesTheRest) {
  LimitTable table({{0.1, 0.2}, 0.3}, {{"b", {std::nullopt, 0.0, std::nullopt}}});
  EXPECT_EQ(table.Of({"a", "x"}).tolerance.rtol, 0.2);
  const Limits changed = table.Of({"y", "b"});
  EXPECT_EQ(changed.tolerance.atol, 0.1);
  EXPECT_EQ(changed.tolerance.rtol, 0.0);
  EXPECT_EQ(changed.min_cosine, 0.3);
  EXPECT_NO_THROW(table.RequireAllUsed());
}

TEST(LimitTableTest, ANameThatNoTensorHasIsAnError) {
  LimitTable table({}, {{"conv_2", {1.0, std::nullopt, std::nullopt}}});
  table.Of({"conv_1"});
  try {
    table.RequireAllUsed();
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean conv_1"), std::string::npos) << error.what();
  }
}

TEST_F(LimitsTest, AFileSaysTheSame) {
  WriteText(Path("limits.json"), R"({"a": {"atol": 0.5}, "b:0": {"rtol": 1e-3, "min_cosine": 0.5}})");
  const auto changes = ReadLimitFile(Path("limits.json"));
  EXPECT_EQ(changes.at("a").atol, 0.5);
  EXPECT_EQ(changes.at("b:0").min_cosine, 0.5);
  for (const char* text : {"[]", R"({"a": 1})", R"({"a": {"tol": 1}})", R"({"a": {"atol": "1"}})", "{"}) {
    WriteText(Path("bad.json"), text);
    EXPECT_THROW(ReadLimitFile(Path("bad.json")), UsageError) << text;
  }
}

}  // namespace
}  // namespace lockstep::compare
