// Profiles of boards made by code.
#include "profile/run_profile.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "dump/dump.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "support/joint_models.h"
#include "support/largest_file.h"
#include "support/temporary_test_folder.h"

namespace lockstep::profile {
namespace {

using nlohmann::ordered_json;

// Answers with the layers of the model, as `change` leaves them.
class MadeUpBoard : public boards::Board {
 public:
  MadeUpBoard(const joint::ModelT& model, const std::string& digest) {
    answer = {{"format", 1},
              {"model", "small"},
              {"model_digest", digest},
              {"version", "0.1.0"},
              {"target", "mipsel"},
              {"emulator", nullptr},
              {"threads", 1},
              {"runs", 3},
              {"profiling_percent", 0.5},
              {"layers", ordered_json::array()}};
    for (const auto& layer : model.layers) {
      answer["layers"].push_back({{"index", answer["layers"].size()},
                                  {"name", layer->name},
                                  {"op", "Conv"},
                                  {"kernel", "k"},
                                  {"min_ms", 1},
                                  {"avg_ms", 2},
                                  {"max_ms", 3},
                                  {"macs", 4},
                                  {"bytes", 5}});
    }
  }

  std::string name() const override { return "made-up"; }
  std::string Run(const boards::BoardJob& job) override {
    jobs.push_back(job);
    for (const auto& input : job.inputs) inputs.push_back(files::ReadFile(input));
    if (!job.instruction_file.empty()) {
      if (counts.empty()) throw BoardError("the plugin is missing");
      files::WriteFile(job.instruction_file, counts);
    } else {
      if (!silent) files::WriteFile(job.report_folder / "profile.json", answer.dump());
      if (job.trace) files::WriteFile(job.report_folder / "trace.json", trace);
      if (after_run) after_run();
    }
    return "";
  }
  std::vector<boards::BoardFact> Check() override { return {}; }
  std::string Push(const std::filesystem::path& /*file*/) override { return ""; }
  std::vector<std::string> Shell() override { return {}; }

  ordered_json answer;
  std::string counts;
  std::string trace = "{}";
  bool silent = false;
  std::function<void()> after_run;
  std::vector<boards::BoardJob> jobs;
  std::vector<std::vector<uint8_t>> inputs;
};

class RunProfileTest : public testing::FolderTest {
 protected:
  RunProfileTest() : model_(test::SmallNetwork()), board_(model_, WriteModel()) {}

  // Its digest.
  std::string WriteModel() {
    const std::vector<uint8_t> file = test::Write(model_);
    options_.model = Path("small.joint");
    files::WriteFile(options_.model, file.data(), file.size());
    return dump::DescribeModel(*joint::GetModel(file.data()), "runtime", "mipsel").model_digest;
  }
  Profile Run() {
    return RunProfile(options_, board_, [](const std::string&) {});
  }
  std::string BoardErrorOf() {
    try {
      Run();
    } catch (const BoardError& error) {
      return error.what();
    }
    return "";
  }

  joint::ModelT model_;
  ProfileOptions options_;
  MadeUpBoard board_;
};

TEST_F(RunProfileTest, LayersGetTheModelsNodes) {
  options_.repeat = 7;
  options_.warmup = 2;
  options_.threads = 3;
  options_.trace = Path("deep/trace.json");
  const Profile profile = Run();
  ASSERT_EQ(profile.layers.size(), model_.layers.size());
  for (const LayerProfile& layer : profile.layers) {
    EXPECT_EQ(layer.onnx_nodes, model_.layers[static_cast<size_t>(layer.index)]->onnx_nodes) << layer.index;
  }
  EXPECT_EQ(profile.board, "made-up");
  EXPECT_FALSE(profile.counted());
  ASSERT_EQ(board_.jobs.size(), 1U) << "nothing is emulated, nothing to count";
  EXPECT_EQ(board_.jobs[0].build, "profile");
  EXPECT_EQ(board_.jobs[0].repeat, 7);
  EXPECT_EQ(board_.jobs[0].warmup, 2);
  EXPECT_EQ(board_.jobs[0].threads, 3);
  EXPECT_TRUE(board_.jobs[0].trace);
  EXPECT_EQ(ReadText(Path("deep/trace.json")), "{}");
}

TEST_F(RunProfileTest, AnEmulatedBoardCountsOnOneThread) {
  board_.answer["emulator"] = "qemu-mipsel";
  options_.threads = 2;
  for (size_t i = 0; i < model_.layers.size(); ++i) {
    board_.counts += std::to_string(i) + " 1 " + std::to_string(100 * i + 7) + "\n";
  }
  const Profile profile = Run();
  ASSERT_TRUE(profile.counted());
  for (const LayerProfile& layer : profile.layers) {
    EXPECT_EQ(*layer.instructions, static_cast<uint64_t>(100 * layer.index + 7));
  }
  ASSERT_EQ(board_.jobs.size(), 2U);
  EXPECT_EQ(board_.jobs[1].threads, 1);
  EXPECT_EQ(board_.jobs[1].repeat, 1);
  EXPECT_EQ(board_.jobs[1].warmup, 1);
}

TEST_F(RunProfileTest, WithoutThePluginTheReasonIsTold) {
  board_.answer["emulator"] = "qemu-mipsel";
  const Profile profile = Run();
  EXPECT_FALSE(profile.counted());
  EXPECT_NE(profile.note.find("the plugin is missing"), std::string::npos) << profile.note;
}

TEST_F(RunProfileTest, OtherLayersThanTheModelsAreRefused) {
  board_.answer["layers"][2]["name"] = "other";
  EXPECT_NE(BoardErrorOf().find("made-up: calls layer 2 \"other\""), std::string::npos) << BoardErrorOf();
  board_.answer["layers"] = ordered_json::array({board_.answer["layers"][0]});
  EXPECT_NE(BoardErrorOf().find("answers for 1 layers"), std::string::npos) << BoardErrorOf();
  board_.silent = true;
  EXPECT_NE(BoardErrorOf().find("wrote no profile.json"), std::string::npos) << BoardErrorOf();
}

// What a board answers is its own fault, and not the user's input's.
TEST_F(RunProfileTest, AnAnswerThatIsDamagedIsTheBoardsFailure) {
  const ordered_json good = board_.answer;
  const std::vector<std::pair<std::function<void()>, std::string>> damages = {
      {[&] { board_.answer["layers"][1]["avg_ms"] = -1; }, "made-up: its profile is no profile: 'avg_ms'"},
      {[&] { board_.answer["layers"][1]["index"] = 1e300; }, "made-up: its profile is no profile: 'index'"},
      {[&] { board_.answer.erase("runs"); }, "made-up: its profile is no profile: 'runs' is missing"},
      {[&] { board_.answer = "text"; }, "made-up: its profile is no profile: 'format' is missing"},
      {[&] { board_.answer["model_digest"] = "0123"; }, "made-up: the board ran the model \"0123\", not "},
  };
  for (const auto& [damage, said] : damages) {
    board_.answer = good;
    damage();
    EXPECT_EQ(BoardErrorOf().substr(0, said.size()), said);
  }
  board_.answer = good;
  board_.answer["layers"][0]["onnx_nodes"] = {"invented"};
  board_.answer["layers"][0]["instructions"] = 7;
  for (size_t i = 1; i < model_.layers.size(); ++i) board_.answer["layers"][i]["instructions"] = 7;
  const Profile profile = Run();
  EXPECT_EQ(profile.layers[0].onnx_nodes, model_.layers[0]->onnx_nodes);
  EXPECT_FALSE(profile.counted()) << "nothing was counted here";
}

TEST_F(RunProfileTest, AFullDiskIsNamedByTheTraceThatWasAskedFor) {
  options_.trace = Path("trace.json");
  board_.trace = std::string(100000, ' ');
  std::optional<test::LargestFile> limit;
  board_.after_run = [&] { limit.emplace(5000); };
  try {
    Run();
    ADD_FAILURE() << "no error on a full disk";
  } catch (const BadInput& error) {
    const std::string expected = "cannot write " + Path("trace.json").string() + ": File too large";
    EXPECT_EQ(std::string(error.what()).substr(0, expected.size()), expected);
  }
  limit.reset();
  EXPECT_EQ(Files(), std::vector<std::string>{"small.joint"});
}

TEST_F(RunProfileTest, TheInputIsTheModels) {
  std::vector<uint8_t> input;
  for (const auto& spec : model_.inputs) {
    const joint::TensorT& tensor = *model_.tensors[static_cast<size_t>(spec->tensor)];
    input.assign(static_cast<size_t>(tensor.bytes), static_cast<uint8_t>(options_.data.size() + 3));
    const std::string path = Path("in" + std::to_string(options_.data.size()) + ".bin").string();
    files::WriteFile(path, input.data(), input.size());
    options_.data.push_back(tensor.name + "=" + path);
  }
  Run();
  ASSERT_EQ(board_.inputs.size(), model_.inputs.size());
  for (size_t i = 0; i < board_.inputs.size(); ++i) EXPECT_EQ(board_.inputs[i].at(0), i + 3) << i;
  EXPECT_EQ(board_.inputs.back(), input);
  const std::string first = options_.data[0].substr(0, options_.data[0].find('='));
  files::WriteFile(Path("many/a.bin"), input.data(), input.size());
  files::WriteFile(Path("many/b.bin"), input.data(), input.size());
  options_.data[0] = first + "=" + Path("many").string();
  EXPECT_THROW(Run(), UsageError);
}

}  // namespace
}  // namespace lockstep::profile
