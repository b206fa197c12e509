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
  const std::string cut = ErrorOf("{\n\"a\": ");
  EXPECT_EQ(cut.rfind("c.json: not a JSON file: parse error at line 2, column ", 0), 0U) << cut;
  EXPECT_EQ(cut.find("json.exception"), std::string::npos) << cut;
  EXPECT_NE(ErrorOf(""), "");
  EXPECT_EQ(ErrorOf("{\"caf\xe9\": 1}").find("json.exception"), std::string::npos);
}

TEST(ParseJson, RefusesARepeatedKey) {
  EXPECT_EQ(ErrorOf(R"({"count": 1, "seed": 2, "count": 3})"),
            "c.json: the key \"count\" is there twice; remove one of them");
  EXPECT_NE(ErrorOf(R"([{"a": {"b": 1, "b": 1}}])").find("\"b\""), std::string::npos);
}

}  // namespace
}  // namespace lockstep::report
