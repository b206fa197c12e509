// `lockstep compare` through the program: flags, statuses, what is printed.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "command_line.h"
#include "support/no_threads.h"

namespace lockstep::testing {
namespace {

class CompareCommandTest : public CommandLineTest {
 protected:
  std::string P(const std::string& name) const { return Path(name).string(); }
  // float32 numbers; the second folder's last is off by 0.25.
  void SetUp() override {
    const float values[] = {1.0F, 2.0F, 3.0F, 4.25F};
    const std::string bytes(reinterpret_cast<const char*>(values), sizeof(values));
    const float other[] = {1.0F, 2.0F, 3.0F, 4.0F};
    for (const char* folder : {"a", "b"}) {
      WriteText(Path(std::string(folder) + "/one.bin"), bytes);
      WriteText(Path(std::string(folder) + "/two.bin"), bytes);
    }
    WriteText(Path("b/two.bin"), {reinterpret_cast<const char*>(other), sizeof(other)});
  }
};

TEST_F(CompareCommandTest, StatusAndTotals) {
  std::vector<std::string> command = {"compare", P("a"), P("b"), "--dtype", "f32", "--json", P("c.json")};
  const boards::ProcessResult differs = Lockstep(command);
  EXPECT_EQ(differs.status, 1) << differs.err;
  EXPECT_NE(differs.out.find("all together: 1 of 8 elements differ, in 1 of 2 tensors"), std::string::npos)
      << differs.out;
  EXPECT_NE(differs.out.find("differs: 1 of 2 tensors have the same md5; the first that differs is 1 two"),
            std::string::npos)
      << differs.out;
  const auto totals = nlohmann::json::parse(ReadText(Path("c.json"))).at("totals");
  EXPECT_EQ(totals.at("differing_elements"), 1);
  EXPECT_EQ(totals.at("worst"), "two");
  EXPECT_LT(totals.at("mean_cosine"), 1.0);
  command.insert(command.end(), {"--layer", "two:atol=0.25"});
  EXPECT_EQ(Lockstep(command).status, 0);
  command.back() = "two:atol=0.2";
  EXPECT_EQ(Lockstep(command).status, 1);
  WriteText(Path("limits.json"), R"({"two": {"rtol": 0.06}})");
  EXPECT_EQ(Lockstep({"compare", P("a"), P("b"), "--dtype", "f32", "--limits", P("limits.json")}).status, 0);
}

TEST_F(CompareCommandTest, ExpectedOutputsAreFloats) {
  EXPECT_EQ(Lockstep({"compare", "--gt", P("a"), P("b")}).status, 1);
  EXPECT_EQ(Lockstep({"compare", "--gt", P("a"), P("b"), "--atol", "0.25"}).status, 0);
  WriteText(Path("b/three.bin"), "more");
  EXPECT_EQ(Lockstep({"compare", "--gt", P("a"), P("b"), "--atol", "0.25"}).status, 0);
}

TEST_F(CompareCommandTest, WhatCannotBeMeantIsSaid) {
  ExpectError({"compare", P("a")}, 2, {"two folders"});
  ExpectError({"compare", "--gt", P("a"), P("a"), P("b")}, 2, {"two folders"});
  ExpectError({"compare", P("a"), P("b")}, 2, {"two.bin", "--dtype"});
  ExpectError({"compare", P("a"), P("b"), "--dtype", "f16"}, 2, {"f16"});
  ExpectError({"compare", P("a"), P("b"), "--layout-first", "NWHC"}, 2, {"--layout-first", "NWHC"});
  ExpectError({"compare", P("a"), P("b"), "--dtype", "f32", "--layer", "tow:atol=1"}, 2, {"tow", "did you mean two"});
  ExpectError({"compare", P("a"), P("none")}, 4, {P("none")});
  ExpectError({"compare", P("a"), P("b"), "--dtype", "f32", "--json", P("b/two.bin")}, 2, {"two.bin"});
}

TEST_F(CompareCommandTest, WhereTheSystemHasNoMoreThreadsOneComparesAll) {
  const std::vector<std::string> command = {"compare", P("a"), P("b"), "--dtype", "f32"};
  const boards::ProcessResult result = LockstepUnder(NoThreads::kShellLimit, command);
  EXPECT_EQ(result.status, 1) << result.err;
  EXPECT_EQ(result.out, Lockstep(command).out);
}

}  // namespace
}  // namespace lockstep::testing
