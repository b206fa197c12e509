// A network with one tensor whose 8 bits cost the output most: a channel a hundred times larger than the others, which
// what is behind it hardly counts.
#include "compiler/precision.h"

#include <gtest/gtest.h>

#include "compiler/compiler.h"
#include "import/onnx_export.h"
#include "info/model_info.h"
#include "support/small_detector.h"
#include "support/small_graph.h"
#include "support/temporary_test_folder.h"

namespace lockstep::compiler {
namespace {

using nlohmann::ordered_json;

constexpr int64_t kChannels = 16;

graph::Graph HeavyTailed() {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  std::vector<float> first = testing::NormalWeights(kChannels * 3, 1);
  for (size_t i = 0; i < 3; ++i) first[i] = 100.0F;
  std::vector<float> second = testing::NormalWeights(kChannels * kChannels, 2);
  for (size_t i = 0; i < second.size(); i += kChannels) second[i] *= 0.005F;
  const graph::TensorId wide = net.Add("Conv", {x, net.Floats({kChannels, 3, 1, 1}, first)});
  const graph::TensorId silu = net.Add("Mul", {wide, net.Add("Sigmoid", {wide})});
  graph::TensorId deep = net.Add("Conv", {silu, net.Floats({kChannels, kChannels, 1, 1}, second)});
  // Enough of other tensors for 16 bits of one to be few bytes.
  for (uint32_t i = 0; i < 8; ++i) {
    const graph::TensorId more =
        net.Floats({kChannels, kChannels, 1, 1}, testing::NormalWeights(kChannels * kChannels, 3 + i));
    deep = net.Add("Conv", {net.Add("Relu", {deep}), more});
  }
  return net.Finish({deep});
}

class PrecisionTest : public testing::FolderTest {
 protected:
  void SetUp() override {
    importer::ExportOnnx(HeavyTailed(), Path("net.onnx").string());
    testing::WritePictures(Path("pictures"), 6);
  }

  ordered_json BuildWith(const ordered_json& more) {
    ordered_json keys{{"input", Path("net.onnx").string()},
                      {"output_dir", Path("out").string()},
                      {"calibration", Path("pictures").string()},
                      {"count", 4}};
    keys.update(more);
    return Build(ParseConfig(keys, "test"), {}).summary;
  }

  // How many tensors of the model have this type.
  int Count(const std::string& dtype) const {
    const ordered_json info = info::DescribeModelFile(Path("out/net.joint").string(), {});
    int count = 0;
    for (const auto& layer : info.at("layers")) count += layer.at("dtype") == dtype ? 1 : 0;
    return count;
  }
};

TEST_F(PrecisionTest, TheTensorThatCostsMostGetsMoreBits) {
  const ordered_json precision = BuildWith(ordered_json::object()).at("precision");
  ASSERT_TRUE(precision.at("kept")) << precision.dump(1);
  bool output = false;
  for (const auto& raise : precision.at("raised")) {
    output = output || (raise.at("what") == "output" && raise.at("bits") == 16);
  }
  EXPECT_TRUE(output) << precision.dump(1);
  for (const auto& [name, sqnr] : precision.at("outputs").items()) {
    EXPECT_GT(sqnr.at("sqnr_db_after"), sqnr.at("sqnr_db_before").get<double>() + 4.0) << name;
  }
}

TEST_F(PrecisionTest, Int8ForbidsIt) {
  BuildWith(ordered_json::object());
  const int raised = Count("u16");
  EXPECT_FALSE(BuildWith({{"precision", "int8"}}).contains("precision"));
  EXPECT_LT(Count("u16"), raised);
}

TEST_F(PrecisionTest, WhatTheUserSaidStays) {
  const ordered_json precision = BuildWith({{"activation_bits", {{"tensor:*", 8}}}}).at("precision");
  for (const auto& raise : precision.at("raised")) EXPECT_EQ(raise.at("what"), "in front of its table") << raise;
}

}  // namespace
}  // namespace lockstep::compiler
