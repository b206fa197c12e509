// Wrong kernels, wrong inputs, overwritten inputs and leftovers, planted and told apart.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "crosscheck/crosscheck.h"
#include "crosscheck/layer_causes.h"
#include "crosscheck/layer_links.h"
#include "crosscheck/render.h"
#include "faulty_board.h"
#include "pools.h"
#include "support/joint_models.h"
#include "support/temporary_test_folder.h"

namespace lockstep::crosscheck {
namespace {

class IsolatedPassTest : public testing::FolderTest {
 protected:
  void SetUp() override { UseModel(test::RandomNetwork(5, 16)); }

  void UseModel(const joint::ModelT& network) {
    const std::vector<uint8_t> file = test::Write(network);
    files::WriteFile(Path("net.joint"), file.data(), file.size());
    model_ = std::make_unique<engine::JointModel>(Path("net.joint").string());
    links_ = std::make_unique<LayerLinks>(model_->model());
    options_ = {};
    options_.model = Path("net.joint");
    for (const joint::InputSpec* spec : *model_->model().inputs()) {
      const auto* tensor = model_->model().tensors()->Get(static_cast<uint32_t>(spec->tensor()));
      std::string bytes(tensor->bytes(), '\0');
      for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 41 + 7);
      const std::string name = "input" + std::to_string(options_.data.size()) + ".bin";
      WriteText(Path(name), bytes);
      options_.data.push_back({tensor->name()->str(), Path(name).string()});
    }
    boards_.clear();
    boards_.push_back(std::make_unique<FaultyBoard>());
    board_ = static_cast<FaultyBoard*>(boards_[0].get());
  }

  CrosscheckResult Check() {
    files::OutputFiles none;
    return Crosscheck(options_, test::OnePoolEach(boards_), none, [](const std::string&) {});
  }
  int LayerCount() const { return static_cast<int>(model_->model().layers()->size()); }

  // A layer that others read, in the first half of the network.
  int EarlyLayer() const {
    for (int reader = LayerCount() / 2; reader < LayerCount(); ++reader) {
      for (const LayerSource& source : links_->Sources(reader)) {
        if (source.layer > 0 && source.layer < LayerCount() / 2) return source.layer;
      }
    }
    throw std::logic_error("the network has no such layer");
  }
  std::set<int> ReadersOf(int layer) const {
    std::set<int> readers;
    for (int reader = 0; reader < LayerCount(); ++reader) {
      for (const LayerSource& source : links_->Sources(reader)) {
        if (source.layer == layer) readers.insert(reader);
      }
    }
    return readers;
  }
  static std::set<int> With(const CrosscheckResult& result, Cause cause) {
    std::set<int> layers;
    for (const LayerCause& found : result.boards[0].causes) {
      if (found.cause == cause) layers.insert(found.index);
    }
    return layers;
  }
  static FaultyBoard::Fault Flip(std::set<int> layers) {
    return [layers = std::move(layers)](int index, std::vector<uint8_t>& bytes) {
      if (layers.count(index) != 0) {
        for (uint8_t& byte : bytes) byte ^= 0x11U;
      }
    };
  }
  // Every layer that differs has a cause, and no other.
  static void ExpectACauseForEach(const CrosscheckResult& result) {
    std::set<int> differing, caused;
    for (const dump::LayerResult& layer : result.boards[0].layers) {
      if (!layer.md5_equal) differing.insert(layer.index);
    }
    for (const LayerCause& cause : result.boards[0].causes) caused.insert(cause.index);
    EXPECT_EQ(differing, caused) << ToText(result, false);
  }

  CrosscheckOptions options_;
  std::unique_ptr<engine::JointModel> model_;
  std::unique_ptr<LayerLinks> links_;
  std::vector<std::unique_ptr<boards::Board>> boards_;
  FaultyBoard* board_ = nullptr;
};

TEST_F(IsolatedPassTest, ARightBoardIsNotFed) {
  EXPECT_EQ(Check().verdict, dump::Verdict::kExact);
  for (const boards::BoardJob& job : board_->jobs) EXPECT_TRUE(job.inject_folder.empty());
}

TEST_F(IsolatedPassTest, AWrongKernelIsToldFromWrongInputs) {
  for (int layer = 0; layer < LayerCount(); ++layer) {
    board_->kernel = Flip({layer});
    const CrosscheckResult result = Check();
    EXPECT_EQ(With(result, Cause::kKernel), std::set<int>{layer}) << ToText(result, false);
    EXPECT_EQ(result.first_difference->layer.index, layer);
    EXPECT_TRUE(With(result, Cause::kOverwritten).empty() && With(result, Cause::kState).empty());
    ExpectACauseForEach(result);
    EXPECT_NE(VerdictText(result).find("faulty: wrong kernel: " + std::to_string(layer) + " "), std::string::npos)
        << VerdictText(result);
  }
}

TEST_F(IsolatedPassTest, AllWrongKernelsAreNamedInOneRun) {
  for (const uint64_t seed : {3, 8, 21}) {
    UseModel(test::RandomNetwork(seed, 20));
    const std::set<int> wrong = {2, 7, 8, LayerCount() - 1};
    board_->kernel = Flip(wrong);
    const CrosscheckResult result = Check();
    EXPECT_EQ(With(result, Cause::kKernel), wrong) << "seed " << seed << "\n" << ToText(result, false);
    ExpectACauseForEach(result);
    for (const dump::LayerResult& layer : result.boards[0].layers) {
      EXPECT_EQ(layer.alone_difference.has_value(), wrong.count(layer.index) != 0) << layer.name;
    }
  }
}

TEST_F(IsolatedPassTest, ALittleRoomTakesMoreRunsAndFindsTheSame) {
  board_->kernel = Flip({2, 9});
  const CrosscheckResult large = Check();
  const size_t runs = board_->packs.size();
  board_->packs.clear();
  constexpr uint64_t kRoom = 1500;
  board_->room = kRoom;
  const CrosscheckResult small = Check();
  EXPECT_GT(board_->packs.size(), runs);
  uint64_t largest_layer = 0;  // what a layer reads at most
  for (int layer = 0; layer < LayerCount(); ++layer) {
    uint64_t bytes = 0;
    for (const LayerSource& source : links_->Sources(layer)) {
      bytes += model_->model().tensors()->Get(static_cast<uint32_t>(source.tensor))->bytes();
    }
    largest_layer = std::max(largest_layer, bytes);
  }
  for (const uint64_t pack : board_->packs) EXPECT_LE(pack, std::max(kRoom, largest_layer));
  EXPECT_EQ(With(small, Cause::kKernel), (std::set<int>{2, 9}));
  EXPECT_EQ(With(small, Cause::kInputs), With(large, Cause::kInputs));
}

TEST_F(IsolatedPassTest, AnOverwrittenInputIsNamedWithItsTensor) {
  const int layer = EarlyLayer();
  board_->overwrite = Flip({layer});
  const CrosscheckResult result = Check();
  EXPECT_EQ(With(result, Cause::kOverwritten), ReadersOf(layer)) << ToText(result, false);
  EXPECT_TRUE(With(result, Cause::kKernel).empty());
  EXPECT_TRUE(With(result, Cause::kState).empty());
  ExpectACauseForEach(result);
  for (const LayerCause& cause : result.boards[0].causes) {
    if (cause.cause != Cause::kOverwritten) continue;
    EXPECT_EQ(cause.tensor, result.boards[0].layers[static_cast<size_t>(layer)].tensor);
  }
  EXPECT_NE(VerdictText(result).find("faulty: overwritten inputs: "), std::string::npos) << VerdictText(result);
}

TEST_F(IsolatedPassTest, WhatDependsOnTheWholeNetworkIsNoKernelAndNoInput) {
  board_->state = Flip({4});
  const CrosscheckResult result = Check();
  EXPECT_EQ(With(result, Cause::kState), std::set<int>{4}) << ToText(result, false);
  EXPECT_TRUE(With(result, Cause::kKernel).empty());
  EXPECT_TRUE(With(result, Cause::kOverwritten).empty());
  ExpectACauseForEach(result);
}

TEST_F(IsolatedPassTest, AWrongKernelBehindOneThatHidesItIsFoundToo) {
  // The second fault undoes the first in the whole network.
  const int layer = EarlyLayer();
  const int reader = *ReadersOf(layer).begin();
  std::vector<uint8_t> right;
  engine::JointModel joint(Path("net.joint").string());
  std::vector<std::vector<uint8_t>> inputs;
  for (const auto& source : options_.data) inputs.push_back(files::ReadFile(source.path));
  joint.engine().Run(inputs,
                     [&](int index, int output, const joint::Layer&, const joint::Tensor& tensor, const uint8_t* data) {
                       if (index == reader && output == 0) right.assign(data, data + tensor.bytes());
                     });
  board_->kernel = [&](int index, std::vector<uint8_t>& bytes) {
    if (index == layer) bytes[0] ^= 0x11U;
    if (index == reader) bytes = bytes == right ? std::vector<uint8_t>(right.size(), 3) : right;
  };
  const CrosscheckResult result = Check();
  EXPECT_EQ(With(result, Cause::kKernel), (std::set<int>{layer, reader})) << ToText(result, false);
}

TEST_F(IsolatedPassTest, TheVerdictStandsWithoutTheSecondLook) {
  board_->kernel = Flip({2});
  board_->breaks_when_fed = true;
  const CrosscheckResult result = Check();
  EXPECT_EQ(result.verdict, dump::Verdict::kDiffers);
  EXPECT_EQ(result.first_difference->layer.index, 2);
  EXPECT_NE(VerdictText(result).find("could not be tested by themselves: faulty: the cable is out"), std::string::npos)
      << VerdictText(result);
}

TEST_F(IsolatedPassTest, TheJsonHasCauses) {
  board_->kernel = Flip({3});
  const auto json = nlohmann::json::parse(ToJson(Check()));
  const auto& board = json.at("boards").at(0);
  EXPECT_EQ(board.at("causes").at(0).at("index"), 3);
  EXPECT_EQ(board.at("causes").at(0).at("cause"), "wrong_kernel");
  EXPECT_EQ(board.at("layers").at(3).at("alone_md5_equal"), false);
  EXPECT_TRUE(board.at("layers").at(3).contains("alone_difference"));
}

// Views, layers with several outputs, and floats.
TEST_F(IsolatedPassTest, OtherNetworks) {
  for (const joint::ModelT& network :
       {test::SmallNetwork(), test::ViewNetwork(), test::WideNetwork(), test::FloatNetwork()}) {
    UseModel(network);
    for (const int layer : {0, LayerCount() / 2, LayerCount() - 1}) {
      board_->kernel = Flip({layer});
      const CrosscheckResult result = Check();
      EXPECT_EQ(With(result, Cause::kKernel), std::set<int>{layer}) << ToText(result, false);
    }
  }
}

}  // namespace
}  // namespace lockstep::crosscheck
