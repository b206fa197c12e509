#include "report/json_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "graph/error.h"

namespace lockstep::report {
namespace {

TEST(JsonText, IsOneLineUnlessIndented) {
  const nlohmann::ordered_json json = {{"b", 1}, {"a", {1, 2}}};
  EXPECT_EQ(JsonText(json), R"({"b":1,"a":[1,2]})");
  EXPECT_EQ(JsonText({{"b", 1}}, 1), "{\n \"b\": 1\n}\n");
}

TEST(JsonText, TakesNamesThatAreNotUtf8) {
  EXPECT_EQ(JsonText({{"caf\xe9", "stra\xdf\x65"}}), "{\"caf\xef\xbf\xbd\":\"stra\xef\xbf\xbd\x65\"}");
}

std::string ErrorOf(const std::string& text) {
  try {
    ParseJson({text.begin(), text.end()}, "c.json");
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(ParseJson, NamesTheFileAndThePlace) {
  EXPECT_EQ(ErrorOf(R"({"a": [1, {"a": 2}], "b": {"a": 3}})"), "");
  const auto at = [](const std::string& place) {
    return "c.json: not a JSON file: line " + place +
           " is the first that does not belong there; look for a comma, quote or bracket too many or too few";
  };
  EXPECT_EQ(ErrorOf("{\n\"a\": "), at("2, column 6"));
  EXPECT_EQ(ErrorOf("{\n\"a\": 1,\n]\n}"), at("3, column 1"));
  EXPECT_EQ(ErrorOf("{\"a\": ?}"), at("1, column 7"));
  EXPECT_EQ(ErrorOf(""), at("1, column 1"));
  EXPECT_EQ(ErrorOf("{\"caf\xe9\": 1}"), at("1, column 7"));
  EXPECT_EQ(ErrorOf("[1e400]"), "c.json: not a JSON file: it holds a number that is too large; correct it");
}

TEST(ParseJson, RefusesARepeatedKey) {
  EXPECT_EQ(ErrorOf(R"({"count": 1, "seed": 2, "count": 3})"),
            "c.json: the key \"count\" is there twice; remove one of them");
  EXPECT_NE(ErrorOf(R"([{"a": {"b": 1, "b": 1}}])").find("\"b\""), std::string::npos);
}

}  // namespace
}  // namespace lockstep::report
