#include "memory/plan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "files/output_file.h"
#include "graph/error.h"
#include "lower/memory_plan.h"
#include "memory/report.h"
#include "memory/savings.h"
#include "support/joint_models.h"
#include "support/temporary_test_folder.h"

namespace lockstep::memory {
namespace {

class PlanTest : public testing::FolderTest {
 protected:
  Plan PlanOf(const joint::ModelT& model, int threads = 1) {
    const std::vector<uint8_t> file = test::Write(model);
    files::WriteFile(Path("net.joint"), file.data(), file.size());
    return MakePlan(Path("net.joint"), threads);
  }
};

// Layer by layer, the bytes of the arena that hold something that is read or written then or later: counted byte by
// byte, not tensor by tensor.
std::vector<uint64_t> BytesInUse(const joint::ModelT& model) {
  const int layers = static_cast<int>(model.layers.size());
  std::vector<int> first(model.tensors.size(), -1);
  std::vector<int> last(model.tensors.size(), -1);
  const auto use = [&](int tensor, int when) {
    if (first[static_cast<size_t>(tensor)] < 0) first[static_cast<size_t>(tensor)] = when;
    last[static_cast<size_t>(tensor)] = when;
  };
  for (const auto& input : model.inputs) use(input->tensor, 0);
  for (int i = 0; i < layers; ++i) {
    for (const int input : model.layers[static_cast<size_t>(i)]->inputs) use(input, i);
    for (const int output : model.layers[static_cast<size_t>(i)]->outputs) use(output, i);
  }
  for (const auto& output : model.outputs) use(output->tensor, layers - 1);
  std::vector<uint64_t> used;
  for (int i = 0; i < layers; ++i) {
    std::vector<bool> bytes(model.arena_size);
    for (size_t t = 0; t < model.tensors.size(); ++t) {
      const joint::TensorT& tensor = *model.tensors[t];
      if (tensor.constant >= 0 || first[t] > i || last[t] < i) continue;
      const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(tensor.arena_offset);
      std::fill(begin, begin + static_cast<std::ptrdiff_t>(tensor.bytes), true);
    }
    used.push_back(static_cast<uint64_t>(std::count(bytes.begin(), bytes.end(), true)));
  }
  return used;
}

TEST_F(PlanTest, CountsWhatIsAlive) {
  for (const uint64_t seed : {0, 1, 2, 3, 4, 5, 6, 7}) {
    const joint::ModelT model = seed == 0 ? test::SmallNetwork() : test::RandomNetwork(seed);
    const Plan plan = PlanOf(model);
    EXPECT_EQ(plan.arena_bytes, model.arena_size);
    const std::vector<uint64_t> used = BytesInUse(model);
    ASSERT_EQ(plan.layers.size(), used.size());
    for (size_t i = 0; i < used.size(); ++i)
      EXPECT_EQ(plan.layers[i].live, used[i]) << "seed " << seed << " layer " << i;
    EXPECT_EQ(plan.live_peak(), *std::max_element(used.begin(), used.end()));
    for (const int layer : plan.PeakLayers()) EXPECT_EQ(used[static_cast<size_t>(layer)], plan.live_peak());
  }
}

TEST_F(PlanTest, ViewsAreCountedOnce) {
  joint::ModelT model = test::ViewNetwork();
  const Plan plan = PlanOf(model);
  int views = 0;
  for (const PlannedTensor& tensor : plan.tensors) {
    const PlannedTensor& root = plan.Tensor(tensor.root);
    views += tensor.root != tensor.index ? 1 : 0;
    EXPECT_EQ(root.root, root.index) << "a view of a view";
    EXPECT_GE(tensor.arena_offset, root.arena_offset) << tensor.name;
    EXPECT_LT(tensor.arena_offset, root.arena_offset + root.bytes) << tensor.name;
  }
  EXPECT_GT(views, 10);
  uint64_t live = 0;
  for (const Block& block : plan.AliveAt(plan.PeakLayers().front())) live += block.bytes;
  EXPECT_EQ(live, plan.live_peak());
}

TEST_F(PlanTest, TheCompilersPlanIsFoundAgain) {
  for (const uint64_t seed : {0, 3, 5, 8}) {
    joint::ModelT model = seed == 0 ? test::SmallNetwork() : test::RandomNetwork(seed);
    lower::PlanMemory(model);
    const Plan plan = PlanOf(model);
    EXPECT_EQ(ArenaOf(plan.blocks), model.arena_size) << seed;
  }
}

TEST_F(PlanTest, ScratchIsThatOfAllThreads) {
  const Plan one = PlanOf(test::SmallNetwork());
  EXPECT_GT(one.session.scratch_bytes, 0U);
  EXPECT_EQ(PlanOf(test::SmallNetwork(), 3).session.scratch_bytes, 3 * one.session.scratch_bytes);
  EXPECT_EQ(one.peak_bytes(), one.file_bytes + one.arena_bytes + one.session.scratch_bytes + one.session.table_bytes);
}

TEST_F(PlanTest, ADamagedModelIsRefused) {
  WriteText(Path("bad.joint"), "no model");
  EXPECT_THROW(MakePlan(Path("bad.joint"), 1), BadInput);
}

// 32 KiB in 8 bits, 64 KiB twice in 16, 32 KiB in 8.
joint::ModelT WideInTheMiddle() {
  test::NetworkBuilder net(5, "wide");
  int x = net.Input({1, 64, 64, 8});
  x = net.Rescale(x, joint::DType::U16);
  x = net.Rescale(x, joint::DType::U16);
  net.Output(net.Rescale(x, joint::DType::U8));
  joint::ModelT model = net.Finish();
  lower::PlanMemory(model);
  return model;
}

TEST_F(PlanTest, SavingsAreThePlanMadeAgain) {
  const Plan plan = PlanOf(WideInTheMiddle());
  ASSERT_EQ(plan.arena_bytes, 131072U);
  EXPECT_EQ(plan.PeakLayers(), std::vector<int>{1});
  const std::vector<Saving> savings = FindSavings(plan);
  ASSERT_EQ(savings.size(), 3U);
  EXPECT_NE(savings[0].what.find("8 bits instead of 16"), std::string::npos) << savings[0].what;
  EXPECT_EQ(savings[0].arena_bytes, 65536U);
  EXPECT_NE(savings[1].what.find("3/4 of the rows"), std::string::npos) << savings[1].what;
  EXPECT_EQ(savings[1].arena_bytes, 131072U * 9 / 16);
  EXPECT_EQ(savings[2].what.find("1 layers could write over"), 0U) << savings[2].what;
  EXPECT_EQ(savings[2].arena_bytes, 65536U + 32768U);
  EXPECT_FALSE(savings[2].possible);
  const std::string text = ToText({plan, savings, {}, {}});
  EXPECT_NE(text.find("    64.0  50.0%  8 bits"), std::string::npos) << text;
  EXPECT_NE(text.find("the arena is fullest in layer 1, " + plan.layers[1].name), std::string::npos) << text;
}

TEST_F(PlanTest, RawOutputsSaveTheFloats) {
  test::NetworkBuilder net(5, "floats");
  net.Output(net.Dequantize(net.Input({1, 8192})));
  joint::ModelT model = net.Finish();
  lower::PlanMemory(model);
  const std::vector<Saving> savings = FindSavings(PlanOf(model));
  ASSERT_EQ(savings.size(), 1U);
  EXPECT_NE(savings[0].what.find("--output-format raw"), std::string::npos) << savings[0].what;
  EXPECT_EQ(savings[0].arena_bytes, 2U * 8192);
}

TEST_F(PlanTest, JsonHasEveryTensorsPlace) {
  const joint::ModelT model = test::ViewNetwork();
  const Plan plan = PlanOf(model);
  const nlohmann::ordered_json json = ToJson({plan, FindSavings(plan), {}, {}});
  size_t in_arena = 0;
  for (const auto& tensor : model.tensors) in_arena += tensor->constant < 0 ? 1 : 0;
  ASSERT_EQ(json.at("tensors").size(), in_arena);
  for (const auto& tensor : json.at("tensors")) {
    const joint::TensorT& known = *model.tensors[tensor.at("index").get<size_t>()];
    EXPECT_EQ(tensor.at("name"), known.name);
    EXPECT_EQ(tensor.at("arena_offset"), known.arena_offset);
    EXPECT_EQ(tensor.at("bytes"), known.bytes);
    EXPECT_LE(tensor.at("first_layer"), tensor.at("last_layer"));
  }
  EXPECT_EQ(json.at("layers").size(), model.layers.size());
  // Rectangles of layers and bytes, within the arena and beside each other; every tensor lies in one of them.
  const auto& blocks = json.at("blocks");
  for (size_t i = 0; i < blocks.size(); ++i) {
    const auto of = [](const nlohmann::ordered_json& one, const char* key) { return one.at(key).get<uint64_t>(); };
    EXPECT_LE(of(blocks[i], "arena_offset") + of(blocks[i], "bytes"), model.arena_size);
    for (size_t j = 0; j < i; ++j) {
      const bool beside = of(blocks[i], "arena_offset") >= of(blocks[j], "arena_offset") + of(blocks[j], "bytes") ||
                          of(blocks[j], "arena_offset") >= of(blocks[i], "arena_offset") + of(blocks[i], "bytes");
      const bool apart = of(blocks[i], "first_layer") > of(blocks[j], "last_layer") ||
                         of(blocks[j], "first_layer") > of(blocks[i], "last_layer");
      EXPECT_TRUE(beside || apart) << blocks[i] << blocks[j];
    }
  }
  EXPECT_EQ(json.at("planned").at("peak"), plan.peak_bytes());
}

}  // namespace
}  // namespace lockstep::memory
