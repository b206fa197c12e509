// The whole flow with boards made by code: one that computes right, ones that make a mistake, and one that is broken.
#include "crosscheck/crosscheck.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <set>

#include "crosscheck/render.h"
#include "dump/dump.h"
#include "dump/output_names.h"
#include "engine/reference/joint_model.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "pools.h"
#include "support/joint_models.h"
#include "support/temporary_test_folder.h"

namespace lockstep::crosscheck {
namespace {

// Changes what a layer's output is, before it goes into the dump.
using Fault = std::function<void(int index, std::vector<uint8_t>& bytes)>;

class MadeUpBoard : public boards::Board {
 public:
  MadeUpBoard(std::string name, Fault fault) : name_(std::move(name)), fault_(std::move(fault)) {}

  std::string name() const override { return name_; }

  std::string Run(const boards::BoardJob& job) override {
    jobs.push_back(job);
    engine::JointModel joint(job.model.string());
    std::vector<std::vector<uint8_t>> inputs;
    for (const auto& input : job.inputs) inputs.push_back(files::ReadFile(input));
    dump::DumpOptions options;
    options.digests_only = job.digests_only;
    options.layers = job.layers;
    std::optional<dump::DumpWriter> dump;
    if (!job.dump_folder.empty())
      dump.emplace(job.dump_folder, dump::DescribeModel(joint.model(), "runtime", name_), options);
    const auto outputs = joint.engine().Run(inputs, [&](int index, int output_index, const joint::Layer& layer,
                                                        const joint::Tensor& output, const uint8_t* data) {
      std::vector<uint8_t> bytes(data, data + output.bytes());
      if (fault_) fault_(index, bytes);
      if (dump) dump->Add(dump::DescribeLayer(index, output_index, layer, output), bytes.data(), bytes.size());
    });
    if (dump) dump->Finish();
    if (!job.output_folder.empty()) WriteOutputs(job, outputs);
    return "";
  }
  std::vector<boards::BoardFact> Check() override { return {}; }
  std::string Push(const std::filesystem::path& /*file*/) override { return ""; }
  std::vector<std::string> Shell() override { return {}; }
  uint64_t DumpRoom() override { return room; }

  uint64_t room = UINT64_MAX;

  // Those in which layers get what other layers made, and nothing is asked about what they read.
  size_t WholeRuns() const {
    return static_cast<size_t>(std::count_if(jobs.begin(), jobs.end(), [](const boards::BoardJob& job) {
      return job.inject_folder.empty() && !job.dump_inputs;
    }));
  }

  std::vector<boards::BoardJob> jobs;
  std::string swapping_build;  // the one that confuses its first two outputs
  std::vector<std::string> added_outputs;
  size_t lacking = 0;  // bytes of the first output

 private:
  void WriteOutputs(const boards::BoardJob& job, const std::vector<std::vector<uint8_t>>& outputs) const {
    const engine::JointModel joint(job.model.string());
    std::vector<std::string> names;
    for (const joint::OutputSpec* spec : *joint.model().outputs()) {
      names.push_back(joint.model().tensors()->Get(static_cast<flatbuffers::uoffset_t>(spec->tensor()))->name()->str());
    }
    names = dump::OutputFileNames(job.inputs[0].stem().string(), names);
    if (job.build == swapping_build) std::swap(names[0], names[1]);
    for (size_t i = 0; i < outputs.size(); ++i) {
      files::WriteFile(job.output_folder / names[i], outputs[i].data(), outputs[i].size() - (i == 0 ? lacking : 0));
    }
    for (const std::string& name : added_outputs) files::WriteFile(job.output_folder / name, "surprise");
  }

  std::string name_;
  Fault fault_;
};

class CrosscheckTest : public testing::FolderTest {
 protected:
  void SetUp() override {
    const std::vector<uint8_t> file = test::Write(test::SmallNetwork());
    files::WriteFile(Path("small.joint"), file.data(), file.size());
    engine::JointModel joint(Path("small.joint").string());
    for (const joint::InputSpec* spec : *joint.model().inputs()) {
      const auto* tensor = joint.model().tensors()->Get(static_cast<flatbuffers::uoffset_t>(spec->tensor()));
      std::string bytes(tensor->bytes(), '\0');
      for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 37 + 11);
      const std::string name = "input" + std::to_string(options_.data.size()) + ".bin";
      WriteText(Path(name), bytes);
      options_.data.push_back({tensor->name()->str(), Path(name).string()});
    }
    options_.model = Path("small.joint");
    layers_ = static_cast<int>(joint.model().layers()->size());
  }

  MadeUpBoard& AddBoard(const std::string& name, Fault fault = nullptr) {
    auto board = std::make_unique<MadeUpBoard>(name, std::move(fault));
    MadeUpBoard& reference = *board;
    boards_.push_back(std::move(board));
    return reference;
  }
  CrosscheckResult Check() {
    int announced = 0;
    files::OutputFiles outputs;
    CrosscheckResult result =
        Crosscheck(options_, test::OnePoolEach(boards_), outputs, [&](const std::string&) { ++announced; });
    outputs.Commit();
    EXPECT_EQ(announced, CountSteps(options_));
    return result;
  }

  CrosscheckOptions options_;
  std::vector<std::unique_ptr<boards::Board>> boards_;
  int layers_ = 0;
};

TEST_F(CrosscheckTest, RightBoardsAreExactAndSendDigestsAlone) {
  MadeUpBoard& board = AddBoard("one");
  AddBoard("two");
  const CrosscheckResult result = Check();
  EXPECT_EQ(result.verdict, dump::Verdict::kExact) << VerdictText(result);
  EXPECT_EQ(static_cast<int>(result.boards[0].layers.size()), layers_ + 1);  // one has two outputs
  ASSERT_EQ(board.jobs.size(), 1U) << "bytes were fetched although every digest was equal";
  EXPECT_TRUE(board.jobs[0].digests_only);
  EXPECT_EQ(VerdictText(result), "exact: all " + std::to_string(layers_) +
                                     " layers have the same md5 in the reference engine and on one and two");
}

TEST_F(CrosscheckTest, AWrongElementIsFoundWithItsCoordinates) {
  AddBoard("right");
  MadeUpBoard& board = AddBoard("wrong", [](int index, std::vector<uint8_t>& bytes) {
    if (index == 3) bytes[5] = static_cast<uint8_t>(bytes[5] ^ 1U);
    if (index == 6) bytes[0] = static_cast<uint8_t>(bytes[0] ^ 4U);
  });
  const CrosscheckResult result = Check();
  EXPECT_EQ(result.verdict, dump::Verdict::kDiffers);
  ASSERT_TRUE(result.first_difference.has_value());
  EXPECT_EQ(result.first_difference->board, "wrong");
  EXPECT_EQ(result.first_difference->layer.index, 3);
  ASSERT_TRUE(result.first_difference->layer.difference.has_value());
  EXPECT_EQ(result.first_difference->layer.difference->differing, 1);
  for (const dump::LayerResult& layer : result.boards[0].layers) EXPECT_TRUE(layer.md5_equal) << layer.name;
  for (const dump::LayerResult& layer : result.boards[1].layers) {
    EXPECT_EQ(layer.md5_equal, layer.index != 3 && layer.index != 6) << layer.name;
  }
  ASSERT_EQ(board.WholeRuns(), 2U);
  // The second job asks for exactly the two layers that differ, in the expressions that run_joint understands.
  const std::regex asked(board.jobs[1].layers, std::regex::extended);
  for (const dump::LayerResult& layer : result.boards[1].layers) {
    EXPECT_EQ(std::regex_search(layer.name, asked), !layer.md5_equal) << layer.name << " " << board.jobs[1].layers;
  }
}

TEST_F(CrosscheckTest, ABoardWithLittleRoomIsAskedForOneLayerAtATime) {
  const auto wrong = [](int index, std::vector<uint8_t>& bytes) {
    if (index >= 3) bytes[0] = static_cast<uint8_t>(bytes[0] ^ 1U);
  };
  AddBoard("large", wrong);
  MadeUpBoard& small = AddBoard("small", wrong);
  small.room = 1;
  const CrosscheckResult result = Check();
  std::set<int> different;  // outputs of one layer come together
  for (size_t i = 0; i < result.boards[0].layers.size(); ++i) {
    const dump::LayerResult& layer = result.boards[1].layers[i];
    if (!layer.md5_equal) different.insert(layer.index);
    ASSERT_EQ(layer.difference.has_value(), !layer.md5_equal) << layer.name;
    if (!layer.difference) continue;
    EXPECT_EQ(layer.difference->differing, result.boards[0].layers[i].difference->differing) << layer.name;
  }
  EXPECT_GT(different.size(), 3U);
  EXPECT_EQ(small.WholeRuns(), 1 + different.size());
}

TEST_F(CrosscheckTest, TheJsonSaysTheSame) {
  AddBoard("wrong", [](int index, std::vector<uint8_t>& bytes) {
    if (index == 2) bytes[0] = static_cast<uint8_t>(bytes[0] + 1);
  });
  const auto json = nlohmann::json::parse(ToJson(Check()));
  EXPECT_EQ(json.at("verdict"), "differs");
  EXPECT_EQ(json.at("first_difference").at("index"), 2);
  EXPECT_EQ(json.at("first_difference").at("differing_elements"), 1);
  const auto& layer = json.at("boards").at(0).at("layers").at(2);
  EXPECT_EQ(layer.at("md5_equal"), false);
  const auto& difference = layer.at("difference");
  EXPECT_EQ(difference.at("place"), "one_element");
  EXPECT_EQ(difference.at("steps").at("1"), 1);
  EXPECT_EQ(difference.at("steps").at("0"), difference.at("elements").get<int>() - 1);
  EXPECT_EQ(difference.at("channels").at("differing"), 1);
  EXPECT_EQ(difference.at("first"), difference.at("worst"));
  for (const char* key : {"index", "name", "op", "dtype", "cosine", "sqnr_db", "max_abs", "max_steps"}) {
    EXPECT_TRUE(layer.contains(key)) << key;
  }
}

TEST_F(CrosscheckTest, EveryLayerThatDiffersIsDescribed) {
  AddBoard("wrong", [](int index, std::vector<uint8_t>& bytes) {
    if (index == 2 || index == 4) bytes.back() = static_cast<uint8_t>(bytes.back() + 5);
  });
  const CrosscheckResult result = Check();
  const std::string text = ToText(result, false);
  EXPECT_NE(text.find("what differs on wrong"), std::string::npos) << text;
  for (const int layer : {2, 4}) {
    EXPECT_NE(text.find("\n" + std::to_string(layer) + " " + result.boards[0].layers[layer].name), std::string::npos)
        << text;
  }
  EXPECT_NE(text.find("off by    1 by 4-7"), std::string::npos) << text;
}

TEST_F(CrosscheckTest, OnlyFloatLayersHaveATolerance) {
  const int last = layers_ - 1;
  AddBoard("close", [last](int index, std::vector<uint8_t>& bytes) {
    if (index == last) bytes[0] = static_cast<uint8_t>(bytes[0] ^ 1U);  // the last bit of a float32
  });
  const CrosscheckResult result = Check();
  ASSERT_EQ(result.boards[0].layers.back().dtype, "f32") << "the small network no longer ends in a float layer";
  EXPECT_EQ(result.verdict, dump::Verdict::kWithinTolerance) << VerdictText(result);
}

TEST_F(CrosscheckTest, ABoardThatDoesNotRepeatItselfDiffers) {
  // The first run spoils a quantised layer and the last one, a float layer; the second is right.
  const int last = layers_ - 1;
  auto runs = std::make_shared<int>(0);
  AddBoard("moody", [=](int index, std::vector<uint8_t>& bytes) {
    if (index == 0) ++*runs;
    if (*runs == 1 && (index == 3 || index == last)) bytes[0] = static_cast<uint8_t>(bytes[0] ^ 1U);
  });
  const CrosscheckResult result = Check();
  EXPECT_EQ(result.verdict, dump::Verdict::kDiffers);
  EXPECT_NE(VerdictText(result).find("two runs of the board on the same bytes disagree"), std::string::npos)
      << VerdictText(result);
  for (const dump::LayerResult& layer : result.boards[0].layers) {
    const bool spoiled = layer.index == 3 || layer.index == last;
    EXPECT_EQ(layer.repeatable, !spoiled) << layer.name;
    EXPECT_EQ(layer.within_tolerance, !spoiled) << layer.name;
  }
  const auto json = nlohmann::json::parse(ToJson(result));
  EXPECT_EQ(json.at("boards").at(0).at("layers").at(3).at("repeatable"), false);
}

TEST_F(CrosscheckTest, OutputsOfEveryBuildAreComparedByName) {
  options_.all_builds = true;
  MadeUpBoard& board = AddBoard("one");
  EXPECT_EQ(Check().verdict, dump::Verdict::kExact);
  board.swapping_build = "profile";
  const CrosscheckResult result = Check();
  EXPECT_EQ(result.verdict, dump::Verdict::kDiffers);
  for (const BuildResult& build : result.boards[0].builds) {
    EXPECT_EQ(build.outputs_equal, build.build != "profile") << build.build;
  }
}

TEST_F(CrosscheckTest, OfWhatABoardSendsTheModelsOutputsAloneAreKept) {
  options_.output_folder = Path("kept");
  MadeUpBoard& board = AddBoard("one");
  Check();
  const std::vector<std::string> outputs = Files("kept");
  ASSERT_EQ(outputs.size(), 2U) << "those of the small network";
  std::filesystem::remove_all(Path("kept"));
  board.added_outputs = {"more.bin", ".profile", "input0_more.bin"};
  Check();
  EXPECT_EQ(Files("kept"), outputs);
  board.lacking = 1;
  std::filesystem::remove_all(Path("kept"));
  try {
    Check();
    ADD_FAILURE() << "an output that is too short was kept";
  } catch (const BoardError& error) {
    EXPECT_NE(std::string(error.what()).find("one: the board's program ended well but wrote no "), std::string::npos)
        << error.what();
  }
  EXPECT_FALSE(std::filesystem::exists(Path("kept")));
}

TEST_F(CrosscheckTest, ABoardOfAnotherModelIsRefused) {
  AddBoard("stale");
  class OtherModel : public MadeUpBoard {
   public:
    OtherModel(std::filesystem::path other) : MadeUpBoard("other", nullptr), other_(std::move(other)) {}
    std::string Run(const boards::BoardJob& job) override {
      boards::BoardJob changed = job;
      changed.model = other_;
      return MadeUpBoard::Run(changed);
    }

   private:
    std::filesystem::path other_;
  };
  joint::ModelT renamed = test::SmallNetwork();
  renamed.name = "renamed";
  const std::vector<uint8_t> file = test::Write(renamed);
  files::WriteFile(Path("other.joint"), file.data(), file.size());
  boards_[0] = std::make_unique<OtherModel>(Path("other.joint"));
  EXPECT_THROW(Check(), BoardError);
}

TEST_F(CrosscheckTest, AnErrorOfABoardIsReported) {
  AddBoard("fine");
  AddBoard("dead", [](int, std::vector<uint8_t>&) { throw BoardError("dead: the cable is out"); });
  EXPECT_THROW(Check(), BoardError);
}

}  // namespace
}  // namespace lockstep::crosscheck
