#include "report/json_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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

}  // namespace
}  // namespace lockstep::report
