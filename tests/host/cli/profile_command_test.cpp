// lockstep profile, with the run_joint_profile of this PC.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "command_line.h"
#include "support/joint_models.h"

namespace lockstep::testing {
namespace {

class ProfileCommandTest : public CommandLineTest {
 protected:
  void SetUp() override {
    const std::vector<uint8_t> file = test::Write(test::SmallNetwork());
    WriteText(Path("small.joint"), std::string(file.begin(), file.end()));
  }
  std::string P(const std::string& name) const { return Path(name).string(); }
  nlohmann::json Json(const std::string& name) const { return nlohmann::json::parse(ReadText(Path(name))); }
};

TEST_F(ProfileCommandTest, RunsThereAndWritesWhatIsAskedFor) {
  const auto result = Lockstep({"profile", P("small.joint"), "--board", "local", "--repeat", "5", "--threads", "2",
                                "--json", P("p.json"), "--csv", P("p.csv"), "--trace", P("t.json")});
  ASSERT_EQ(result.status, 0) << result.err;
  const nlohmann::json profile = Json("p.json");
  const joint::ModelT model = test::SmallNetwork();
  ASSERT_EQ(profile.at("layers").size(), model.layers.size());
  EXPECT_EQ(profile.at("runs"), 5);
  EXPECT_EQ(profile.at("threads"), 2);
  EXPECT_EQ(profile.at("emulator"), nullptr);
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const nlohmann::json& layer = profile.at("layers")[i];
    EXPECT_EQ(layer.at("name"), model.layers[i]->name);
    EXPECT_EQ(layer.at("onnx_nodes"), model.layers[i]->onnx_nodes);
    EXPECT_LE(layer.at("min_ms"), layer.at("avg_ms")) << layer;
    EXPECT_LE(layer.at("avg_ms"), layer.at("max_ms")) << layer;
  }
  int runs = 0;
  const nlohmann::json trace = Json("t.json");
  for (const auto& event : trace.at("traceEvents")) runs += event.value("cat", "") == "run" ? 1 : 0;
  EXPECT_EQ(runs, 5);
  EXPECT_NE(ReadText(Path("p.csv")).find("index,layer,"), std::string::npos);
  EXPECT_NE(result.out.find("slowest layers"), std::string::npos) << result.out;
}

TEST_F(ProfileCommandTest, ComparesTwo) {
  ASSERT_EQ(Lockstep({"profile", P("small.joint"), "--board", "local", "--json", P("a.json")}).status, 0);
  nlohmann::json slower = Json("a.json");
  slower.at("layers")[3]["avg_ms"] = slower.at("layers")[3].at("avg_ms").get<double>() + 1000;
  WriteText(Path("b.json"), slower.dump());
  const auto result = Lockstep({"profile", P("a.json"), P("b.json"), "--json", P("c.json"), "--csv", P("c.csv")});
  ASSERT_EQ(result.status, 0) << result.err;
  const nlohmann::json comparison = Json("c.json");
  EXPECT_EQ(comparison.at("layers")[0].at("name"), slower.at("layers")[3].at("name"));
  EXPECT_NEAR(comparison.at("layers")[0].at("difference").get<double>(), 1000, 1e-6);
  EXPECT_GT(comparison.at("whole").at("ratio").get<double>(), 1.0);
  for (auto& layer : slower.at("layers")) layer["name"] = "other " + layer.at("name").get<std::string>();
  WriteText(Path("other.json"), slower.dump());
  ExpectError({"profile", P("a.json"), P("other.json")}, 2, {"not those of one network", "other.json"});
}

TEST_F(ProfileCommandTest, WrongUseIsAnErrorThatSaysWhatToDo) {
  ExpectError({"profile", P("small.joint")}, 2, {"--board"});
  ExpectError({"profile", P("small.joint"), "--board", "lokal"}, 2, {"did you mean local"});
  ExpectError({"profile", P("missing.joint"), "--board", "local"}, 4, {"missing.joint"});
  ExpectError({"profile", P("small.joint"), P("small.joint"), "--board", "local"}, 2, {"without a run"});
  WriteText(Path("p.json"), "{}");
  ExpectError({"profile", P("p.json"), P("small.joint")}, 4, {"p.json is no profile"});
  ExpectError({"profile", P("small.joint"), P("p.json")}, 2, {"small.joint is a joint model", "--board NAME"});
  ExpectError({"profile", P("small.joint"), "--board", "local", "--data", P("missing.bin")}, 4, {"missing.bin"});
  ExpectError({"profile", P("small.joint"), "--board", "local", "--trace", "-"}, 2, {"--trace"});
  ExpectError({"profile", P("small.joint"), "--board", "local", "--json", P("small.joint")}, 2, {"small.joint"});
}

}  // namespace
}  // namespace lockstep::testing
