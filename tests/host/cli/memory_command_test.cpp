// lockstep memory, with the run_joint_nmem of this PC.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "command_line.h"
#include "support/joint_models.h"

namespace lockstep::testing {
namespace {

class MemoryCommandTest : public CommandLineTest {
 protected:
  void SetUp() override {
    const std::vector<uint8_t> file = test::Write(test::SmallNetwork());
    WriteText(Path("small.joint"), std::string(file.begin(), file.end()));
  }
  std::string P(const std::string& name) const { return Path(name).string(); }
};

TEST_F(MemoryCommandTest, PlansAndMeasures) {
  const auto result = Lockstep({"memory", P("small.joint"), "--target", "host", "--threads", "2", "--board", "local",
                                "--repeat", "2", "--json", P("m.json")});
  ASSERT_EQ(result.status, 0) << result.err;
  const nlohmann::json memory = nlohmann::json::parse(ReadText(Path("m.json")));
  const joint::ModelT model = test::SmallNetwork();
  EXPECT_EQ(memory.at("planned").at("arena"), model.arena_size);
  EXPECT_EQ(memory.at("planned").at("arena_live"), model.arena_lower_bound);
  EXPECT_EQ(memory.at("threads"), 2);
  EXPECT_EQ(memory.at("planned_for").at("target"), "host");
  ASSERT_EQ(memory.at("targets").size(), 1U);
  EXPECT_GT(memory.at("targets")[0].at("code").get<uint64_t>(), 100000U);
  ASSERT_EQ(memory.at("boards").size(), 1U);
  const nlohmann::json& board = memory.at("boards")[0];
  EXPECT_EQ(board.at("runs"), 2);
  EXPECT_EQ(board.at("emulator"), nullptr);
  for (const char* key : {"scratch", "tables"}) EXPECT_EQ(board.at(key), memory.at("planned").at(key)) << key;
  EXPECT_EQ(board.at("kernels"), memory.at("planned_for").at("kernels"));
  EXPECT_GE(board.at("peak").get<uint64_t>(), board.at("parts").at("heap").get<uint64_t>());
  EXPECT_NE(result.out.find("measured on local"), std::string::npos) << result.out;
}

TEST_F(MemoryCommandTest, QuietNeedsNoBoard) {
  const auto result = Lockstep({"memory", P("small.joint"), "-q"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.err, "");
}

TEST_F(MemoryCommandTest, WrongUseIsAnErrorThatSaysWhatToDo) {
  ExpectError({"memory", P("missing.joint")}, 4, {"missing.joint"});
  ExpectError({"memory", P("small.joint"), "--target", "mips"}, 2, {"did you mean mipsel"});
  ExpectError({"memory", P("small.joint"), "--repeat", "3"}, 2, {"--board"});
  ExpectError({"memory", P("small.joint"), "--target", "host", "--timeout", "3"}, 2, {"--timeout", "--board"});
  ExpectError({"memory", P("small.joint"), "--board", "local", "local"}, 2, {"twice"});
  ExpectError({"memory", P("small.joint"), "--json", P("small.joint")}, 2, {"small.joint"});
}

}  // namespace
}  // namespace lockstep::testing
