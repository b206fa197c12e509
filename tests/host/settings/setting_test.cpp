#include "settings/setting.h"

#include <gtest/gtest.h>

#include <algorithm>
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
    EXPECT_EQ(ErrorOf(kRun, {{"data", "x"}, {row.key, row.fallback}}), "") << row.key;
  }
  for (const Setting& row : Table()) {
    EXPECT_TRUE(row.with_key.empty() || keys.count(row.with_key) == 1) << row.key;
  }
}

TEST(Settings, WhatIsNotGivenHasItsFallback) {
  const Json resolved = Resolve(kRun, {{"data", "x"}, {"color", "BGR"}}, "here");
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
  EXPECT_FALSE(Resolve(kRun, {{"data", "x"}, {"resize", "none"}}, "here").contains("pad_value"));
  EXPECT_EQ(ErrorOf(kRun, {{"data", "x"}, {"resize", "none"}, {"pad_value", 3}}),
            "here: --pad-value has no effect unless resize is \"letterbox\"; set that or remove pad_value");
}

TEST(Settings, ValuesAreQuotedInBounds) {
  const std::string error = ErrorOf(kRun, {{"color", std::string(100000, 'x')}});
  EXPECT_NE(error.find("...\" (100000 bytes)"), std::string::npos) << error;
  EXPECT_LT(error.size(), 250U);
  EXPECT_NE(ErrorOf(kRun, {{"color", std::string("RGB\0", 4)}}).find("RGB\\x00"), std::string::npos);
}

TEST(Settings, WhatIsMissingIsNamed) {
  EXPECT_EQ(ErrorOf(kRun, Json::object()), "here: --data is missing; give it");
  EXPECT_EQ(ErrorOf(kBuild, {{"input", "x"}, {"output_dir", "y"}}),
            "here: calibration is missing; give it in the configuration or as --calibration");
}

TEST(Settings, WhatIsSaidByNameIsParsed) {
  using Named = std::pair<std::string, std::string>;
  EXPECT_EQ(ParseNamedPath("vec=a=b.npy"), (Named{"vec", "a=b.npy"}));
  EXPECT_EQ(ParseNamedPath("photos"), (Named{"", "photos"}));
  EXPECT_EQ(ParseNamedPath("=photos"), (Named{"", "=photos"}));
  const Setting& types =
      *std::find_if(Table().begin(), Table().end(), [](const Setting& row) { return row.key == "input_type"; });
  EXPECT_EQ(ParseNamedChoice("input:0:u8", types), (Named{"input:0", "u8"}));
  EXPECT_THROW(ParseNamedChoice("u8", types), UsageError);
  EXPECT_THROW(ParseNamedChoice(":u8", types), UsageError);
  EXPECT_NE(
      ErrorOf(kRun, {{"data", "x"}, {"input_type", {{"vec", "u9"}}}})
          .find("--input-type of \"vec\" must be one of picture, u8, s8, u16, s16, f32, not \"u9\"; did you mean u8?"),
      std::string::npos);
  EXPECT_NE(
      ErrorOf(kRun, {{"data", "x"}, {"input_type", "u8"}}).find("--input-type must be an object such as {\"images\""),
      std::string::npos);
  EXPECT_NE(ErrorOf(kBuild, {{"activation_bits", {{"conv1", 17}}}})
                .find("activation_bits of \"conv1\" must be a whole number in 2..16, not \"17\""),
            std::string::npos);
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
