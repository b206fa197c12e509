// Several inputs: worst, mean, the input that is worst, and boards that share them.
#include "crosscheck/over_inputs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "crosscheck/crosscheck.h"
#include "crosscheck/render.h"
#include "faulty_board.h"
#include "graph/error.h"
#include "pools.h"
#include "support/joint_models.h"
#include "support/no_threads.h"
#include "support/temporary_test_folder.h"

namespace lockstep::crosscheck {
namespace {

class OverInputsTest : public testing::FolderTest {
 protected:
  void SetUp() override {
    test::NetworkBuilder net(9, "folder");
    const int x = net.Conv(net.Input({1, 8, 8, 4}), {});
    net.Output(net.Dequantize(net.Conv(x, {})));
    const std::vector<uint8_t> file = test::Write(net.Finish());
    files::WriteFile(Path("net.joint"), file.data(), file.size());
    for (int i = 0; i < kInputs; ++i) {
      std::vector<uint8_t> bytes(8 * 8 * 4);
      for (size_t j = 0; j < bytes.size(); ++j) bytes[j] = static_cast<uint8_t>(j * 7 + static_cast<size_t>(i) * 31);
      files::WriteFile(Path("inputs") / ("in" + std::to_string(i) + ".bin"), bytes.data(), bytes.size());
    }
    options_.model = Path("net.joint");
    options_.data = {{"", Path("inputs").string()}};
  }

  CrosscheckResult Check(const std::vector<boards::BoardPool>& pools) {
    int announced = 0;
    files::OutputFiles none;
    CrosscheckResult result = Crosscheck(options_, pools, none, [&](const std::string&) { ++announced; });
    EXPECT_EQ(announced, CountSteps(options_));
    return result;
  }

  static std::set<std::string> InputsOf(const FaultyBoard& board) {
    std::set<std::string> inputs;
    for (const boards::BoardJob& job : board.jobs) inputs.insert(job.inputs.at(0).filename().string());
    return inputs;
  }

  static constexpr int kInputs = 5;
  CrosscheckOptions options_;
};

TEST_F(OverInputsTest, TheWorstInputOfEachLayerIsNamed) {
  FaultyBoard board;
  int run = -1;
  board.kernel = [&](int layer, std::vector<uint8_t>& bytes) {
    if (layer == 0) run = static_cast<int>(board.jobs.back().inputs[0].stem().string().back() - '0');
    // Input 3 spoils most of layer 1, input 1 a little of it.
    if (layer != 1 || (run != 1 && run != 3)) return;
    for (size_t i = 0; i < (run == 3 ? 9U : 2U); ++i) bytes[i] ^= 1U;
  };
  const CrosscheckResult result = Check({{"faulty", {test::Borrowed(board)}}});
  ASSERT_EQ(result.inputs.size(), static_cast<size_t>(kInputs));
  const BoardResult& over = result.boards[0];
  EXPECT_EQ(over.over_inputs[0].differing, 0U);
  EXPECT_EQ(over.over_inputs[1].differing, 2U);
  EXPECT_NE(over.over_inputs[1].worst_input.find("in3"), std::string::npos) << over.over_inputs[1].worst_input;
  EXPECT_EQ(over.layers[1].difference->differing, 9);
  EXPECT_NE(result.first_difference->input.find("in1"), std::string::npos) << result.first_difference->input;
  EXPECT_NE(ToText(result, false).find("worst input"), std::string::npos);
  const auto json = nlohmann::json::parse(ToJson(result));
  EXPECT_EQ(json.at("boards").at(0).at("layers").at(1).at("inputs_differing"), 2);
}

TEST_F(OverInputsTest, WhatIsBeyondToleranceIsWorseThanManyThatAreNot) {
  FaultyBoard board;
  int run = -1;
  board.kernel = [&](int layer, std::vector<uint8_t>& bytes) {
    if (layer == 0) run = static_cast<int>(board.jobs.back().inputs[0].stem().string().back() - '0');
    if (layer != 2) return;           // of floats
    if (run == 1) bytes[3] ^= 0x40U;  // the exponent of one
    if (run == 3) {
      for (size_t i = 0; i < bytes.size(); i += 4) bytes[i] ^= 1U;  // the last bit of all
    }
  };
  const CrosscheckResult result = Check({{"faulty", {test::Borrowed(board)}}});
  EXPECT_EQ(result.verdict, dump::Verdict::kDiffers);
  EXPECT_NE(result.boards[0].over_inputs[2].worst_input.find("in1"), std::string::npos)
      << result.boards[0].over_inputs[2].worst_input;
  EXPECT_EQ(result.boards[0].layers[2].difference->differing, 1);
}

TEST_F(OverInputsTest, BoardsOfAPoolShareTheInputs) {
  // Neither ends its first run before the other has begun one: both must be at work.
  std::mutex mutex;
  std::condition_variable began;
  int at_work = 0;
  FaultyBoard first, second;
  for (FaultyBoard* board : {&first, &second}) {
    board->kernel = [&, once = false](int /*layer*/, std::vector<uint8_t>& /*bytes*/) mutable {
      if (std::exchange(once, true)) return;
      std::unique_lock<std::mutex> lock(mutex);
      ++at_work;
      began.notify_all();
      began.wait_for(lock, std::chrono::seconds(20), [&] { return at_work == 2; });
    };
  }
  FaultyBoard alone;
  const CrosscheckResult result =
      Check({{"first,second", {test::Borrowed(first), test::Borrowed(second)}}, {"alone", {test::Borrowed(alone)}}});
  EXPECT_EQ(at_work, 2);
  EXPECT_EQ(result.verdict, dump::Verdict::kExact);
  EXPECT_EQ(result.boards.size(), 2U);
  std::set<std::string> shared = InputsOf(first);
  for (const std::string& input : InputsOf(second)) {
    EXPECT_TRUE(shared.insert(input).second) << input << " was run by both";
  }
  EXPECT_EQ(shared.size(), static_cast<size_t>(kInputs));
  EXPECT_EQ(InputsOf(alone), shared);
}

TEST_F(OverInputsTest, ABoardThatRanNothingIsNotSaidToBeEqual) {
  options_.data = {{"", Path("inputs/in0.bin").string()}};
  FaultyBoard first, second;
  first.called = "first";
  second.called = "second";
  const CrosscheckResult result = Check({{"first,second", {test::Borrowed(first), test::Borrowed(second)}}});
  ASSERT_EQ(first.jobs.size() + second.jobs.size(), 1U);
  EXPECT_EQ(result.boards[0].name.find(','), std::string::npos) << result.boards[0].name;
  ASSERT_EQ(result.notes.size(), 1U);
  EXPECT_NE(result.notes[0].find(" ran nothing: "), std::string::npos) << result.notes[0];
  EXPECT_EQ(VerdictText(result).find(','), std::string::npos) << VerdictText(result);
}

TEST_F(OverInputsTest, ABoardThatFailsLeavesItsInputsToTheOthers) {
  FaultyBoard good, dead;
  std::mutex mutex;
  std::condition_variable failed;
  bool has_failed = false;
  dead.kernel = [&](int /*layer*/, std::vector<uint8_t>& /*bytes*/) {
    const std::lock_guard<std::mutex> lock(mutex);
    has_failed = true;
    failed.notify_all();
    throw BoardError("dead: the cable is out");
  };
  // The good one does not do all of the work before the dead one has begun.
  good.kernel = [&](int /*layer*/, std::vector<uint8_t>& /*bytes*/) {
    std::unique_lock<std::mutex> lock(mutex);
    failed.wait_for(lock, std::chrono::seconds(20), [&] { return has_failed; });
  };
  const CrosscheckResult result = Check({{"good,dead", {test::Borrowed(good), test::Borrowed(dead)}}});
  EXPECT_EQ(result.verdict, dump::Verdict::kExact);
  EXPECT_EQ(InputsOf(good).size(), static_cast<size_t>(kInputs));
  EXPECT_EQ(dead.jobs.size(), 1U) << "it is not asked again";
  ASSERT_EQ(result.notes.size(), 1U);
  EXPECT_NE(result.notes[0].find("left its inputs to the others of its pool: dead: the cable is out"),
            std::string::npos)
      << result.notes[0];
  // The last one's failure is everybody's.
  FaultyBoard dead_too;
  dead_too.kernel = dead.kernel;
  EXPECT_THROW(Check({{"dead,dead too", {test::Borrowed(dead), test::Borrowed(dead_too)}}}), BoardError);
}

TEST_F(OverInputsTest, WithoutThreadsTheBoardsWorkOneAfterTheOther) {
  const testing::NoThreads none;
  FaultyBoard dead, second, alone;
  dead.kernel = [](int /*layer*/, std::vector<uint8_t>& /*bytes*/) { throw BoardError("dead: the cable is out"); };
  const CrosscheckResult result =
      Check({{"dead,second", {test::Borrowed(dead), test::Borrowed(second)}}, {"alone", {test::Borrowed(alone)}}});
  EXPECT_EQ(result.verdict, dump::Verdict::kExact);
  EXPECT_EQ(dead.jobs.size(), 1U) << "it is not asked again";
  EXPECT_EQ(InputsOf(second).size(), static_cast<size_t>(kInputs));
  EXPECT_EQ(InputsOf(alone), InputsOf(second));
}

TEST_F(OverInputsTest, FewInputsLieOnDiskAtATime) {
  FaultyBoard board;
  size_t most = 0;
  const std::filesystem::path parent = Path("tmp");
  std::filesystem::create_directories(parent);
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before != nullptr ? before : "";
  setenv("TMPDIR", parent.c_str(), 1);
  board.kernel = [&](int layer, std::vector<uint8_t>& /*bytes*/) {
    size_t folders = 0;
    for (const auto& entry : std::filesystem::directory_iterator(parent)) folders += entry.is_directory() ? 1 : 0;
    if (layer == 0) most = std::max(most, folders);
  };
  Check({{"faulty", {test::Borrowed(board)}}});
  before != nullptr ? setenv("TMPDIR", kept.c_str(), 1) : unsetenv("TMPDIR");
  EXPECT_GE(most, 1U);
  EXPECT_LE(most, 2U) << "the input that is run, and the next one";
}

TEST(MeanOfMetrics, SqnrWithoutAnErrorIsLeftOut) {
  MeanOfMetrics mean;
  analyze::Metrics metrics;
  metrics.cosine = 0.5;
  metrics.sqnr_db = 10.0;
  mean.Add(metrics);
  metrics.cosine = 1.0;
  metrics.sqnr_db = std::numeric_limits<double>::infinity();
  mean.Add(metrics);
  metrics.cosine = 0.9;
  metrics.sqnr_db = 30.0;
  mean.Add(metrics);
  EXPECT_NEAR(mean.cosine, 0.8, 1e-12);
  EXPECT_NEAR(mean.sqnr_db, 20.0, 1e-12);
}

}  // namespace
}  // namespace lockstep::crosscheck
