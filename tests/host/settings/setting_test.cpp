#include "settings/setting.h"

#include <gtest/gtest.h>

#include <set>

#include "graph/error.h"

namespace lockstep::settings {
namespace {

std::string ErrorOf(Command command, const Json& given) {
  try {
    Resolve(command, given, "here");
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(Settings, EveryRowIsWholeAndItsFallbackIsGood) {
  std::set<std::string> keys;
  for (const Setting& row : Table()) {
    EXPECT_TRUE(keys.insert(row.key).second) << row.key << " is there twice";
    EXPECT_NE(row.acts_in, 0U) << row.key;
    EXPECT_FALSE(row.help.empty()) << row.key;
    if (row.fallback.is_null() || (row.acts_in & kRun) == 0) continue;
    EXPECT_EQ(ErrorOf(kRun, {{row.key, row.fallback}}), "") << row.key;
  }
  for (const Setting& row : Table()) {
    EXPECT_TRUE(row.with_key.empty() || keys.count(row.with_key) == 1) << row.key;
  }
}

TEST(Settings, WhatIsNotGivenHasItsFallback) {
  const Json resolved = Resolve(kRun, {{"color", "BGR"}}, "here");
  EXPECT_EQ(resolved.at("color"), "BGR");
  EXPECT_EQ(resolved.at("resize"), "letterbox");
  EXPECT_EQ(resolved.at("pad_value"), 114);
  EXPECT_FALSE(resolved.contains("input_shape"));
  EXPECT_FALSE(resolved.contains("observer")) << "it does not act in run";
}

TEST(Settings, ASettingOfAnotherCommandIsRefused) {
  EXPECT_EQ(ErrorOf(kCrosscheck, {{"color", "RGB"}}),
            "here: --color has no effect in `lockstep crosscheck`; remove it");
}

TEST(Settings, IdleSettingsAreLeftOutOrRefused) {
  EXPECT_FALSE(Resolve(kRun, {{"resize", "none"}}, "here").contains("pad_value"));
  EXPECT_EQ(ErrorOf(kRun, {{"resize", "none"}, {"pad_value", 3}}),
            "here: --pad-value has no effect unless resize is \"letterbox\"; set that or remove pad_value");
}

TEST(Settings, ValuesAreQuotedInBounds) {
  const std::string error = ErrorOf(kRun, {{"color", std::string(100000, 'x')}});
  EXPECT_NE(error.find("...\" (100000 bytes)"), std::string::npos) << error;
  EXPECT_LT(error.size(), 250U);
  EXPECT_NE(ErrorOf(kRun, {{"color", std::string("RGB\0", 4)}}).find("RGB\\x00"), std::string::npos);
}

TEST(Settings, ShapesAreParsed) {
  const auto [name, shape] = ParseShape("images:1x3x64x48");
  EXPECT_EQ(name, "images");
  EXPECT_EQ(shape, (std::vector<int64_t>{1, 3, 64, 48}));
  for (const char* bad :
       {"images", ":1x2", "images:", "images:1x", "images:1xx2", "images:1x-2", "images:9999999999"}) {
    EXPECT_THROW(ParseShape(bad), UsageError) << bad;
  }
}

}  // namespace
}  // namespace lockstep::settings
