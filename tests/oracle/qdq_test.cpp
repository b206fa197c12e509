// The exported QDQ network in ONNX Runtime against the joint model in the reference engine.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "compiler/compiler.h"
#include "compiler/front.h"
#include "graph/error.h"
#include "import/onnx_export.h"
#include "input/model_input.h"
#include "onnx_runtime.h"
#include "run/model_runner.h"
#include "support/small_detector.h"
#include "support/temporary_test_folder.h"

namespace lockstep::oracle {
namespace {

using nlohmann::ordered_json;

class Qdq : public testing::FolderTest {
 protected:
  // The share of elements of the one output within a step. `steps`: of the output's rows along axis 1, from each on.
  double ShareWithinAStep(const std::string& network, const std::string& pictures, const ordered_json& more,
                          const std::vector<std::string>& scales_of, const std::vector<int64_t>& rows) {
    ordered_json keys = {{"input", network},
                         {"output_dir", Path("out").string()},
                         {"calibration", pictures},
                         {"name", "net"},
                         {"export_qdq", Path("out/qdq.onnx").string()}};
    keys.update(more);
    const compiler::BuildConfig config = compiler::ParseConfig(keys, "test");
    compiler::Build(config, {});
    const auto file = ordered_json::parse(ReadText(Path("out/quant/calibration.json")));
    const auto runner = run::OpenModel(Path("out/net.joint"), run::EngineKind::kReference, {});
    const input::DataItem item = input::ListData({{"", pictures}}, runner->Inputs(), "data").items.front();
    const run::OutputTensor ours = runner->Run(item, nullptr).front();
    const auto inputs = input::FloatInputs(runner->Inputs(), item);
    const engine::FloatTensor theirs = RunOnnxRuntime(Path("out/qdq.onnx").string(), inputs).outputs.at(ours.name);
    EXPECT_EQ(ours.shape, theirs.shape);
    size_t within = 0;
    const int64_t columns = graph::ElementCount(ours.shape) / ours.shape[0] / ours.shape[1];
    for (size_t i = 0; i < ours.values.size(); ++i) {
      const int64_t row = static_cast<int64_t>(i) / columns % ours.shape[1];
      size_t part = 0;
      while (part + 1 < rows.size() && row >= rows[part + 1]) ++part;
      const auto step = file.at("tensors").at(scales_of[part]).at("scale").get<double>();
      within += std::abs(static_cast<double>(ours.values[i]) - theirs.data[i]) <= step * 1.001 ? 1 : 0;
    }
    const double share = static_cast<double>(within) / static_cast<double>(ours.values.size());
    std::printf("%s: %.4f %% within a step\n", more.dump().c_str(), 100.0 * share);
    return share;
  }
};

TEST_F(Qdq, SmallNetworksAgreeWithinAStep) {
  const graph::Graph detector = testing::SmallDetector();
  importer::ExportOnnx(detector, Path("net.onnx").string());
  testing::WritePictures(Path("pictures"), 4);
  // The output's two parts, as the optimised network names them.
  const graph::Node* last = nullptr;
  for (const graph::Node& node : detector.nodes) {
    if (node.outputs[0] == detector.outputs[0]) last = &node;
  }
  ASSERT_NE(last, nullptr);
  std::vector<std::string> parts;
  std::vector<int64_t> rows;
  int64_t row = 0;
  for (const graph::TensorId id : last->inputs) {
    parts.push_back(detector.tensor(id).name);
    rows.push_back(row);
    row += detector.tensor(id).shape[1];
  }
  const std::vector<ordered_json> settings = {
      ordered_json::object(), {{"precision", "int8"}}, {{"float_ops", {"MaxPool", "Add"}}}};
  for (const ordered_json& more : settings) {
    EXPECT_GE(ShareWithinAStep(Path("net.onnx").string(), Path("pictures").string(), more, parts, rows), 0.99)
        << more.dump();
  }
}

// Of scales per channel the levels are the same.
TEST_F(Qdq, ScalesOfChannelsAgreeWithinAStep) {
  const graph::Graph mobile = testing::SmallMobileNetwork();
  importer::ExportOnnx(mobile, Path("net.onnx").string());
  testing::WritePictures(Path("pictures"), 4);
  const std::string output = mobile.tensor(mobile.outputs[0]).name;
  for (const ordered_json& more :
       {ordered_json{{"precision", "int8"}}, ordered_json{{"precision", "int8"}, {"activation_bits", 7}}}) {
    EXPECT_GE(ShareWithinAStep(Path("net.onnx").string(), Path("pictures").string(), more, {output}, {0}), 0.99)
        << more.dump();
  }
}

// Taken back, the exported network is the model that it was made of.
TEST_F(Qdq, ANetworkThatArrivesQuantisedKeepsItsScales) {
  const graph::Graph detector = testing::SmallDetector();
  importer::ExportOnnx(detector, Path("net.onnx").string());
  testing::WritePictures(Path("pictures"), 4);
  const auto build = [&](const std::string& network, const std::string& out, const ordered_json& more) {
    ordered_json keys = {{"input", network},
                         {"output_dir", Path(out).string()},
                         {"calibration", Path("pictures").string()},
                         {"name", "net"}};
    keys.update(more);
    compiler::Build(compiler::ParseConfig(keys, "test"), {});
    const auto runner = run::OpenModel(Path(out + "/net.joint"), run::EngineKind::kReference, {});
    const auto items = input::ListData({{"", Path("pictures").string()}}, runner->Inputs(), "data").items;
    return std::pair(runner->Run(items.front(), nullptr).front().values,
                     input::FloatInputs(runner->Inputs(), items[0]));
  };
  const std::string exported = Path("qdq.onnx").string();
  const auto [first, inputs] =
      build(Path("net.onnx").string(), "first",
            {{"precision", "int8"}, {"tail_bits", 8}, {"activation_scales", "per_tensor"}, {"export_qdq", exported}});
  const auto [again, same_inputs] = build(exported, "again", ordered_json::object());
  const auto theirs = RunOnnxRuntime(exported, same_inputs).outputs.begin()->second.data;
  EXPECT_THROW(build(exported, "refused", {{"weight_scales", "per_tensor"}}), UsageError);
  EXPECT_THROW(build(exported, "refused", {{"smooth_quant", true}}), UsageError);
  ASSERT_EQ(first.size(), again.size());
  ASSERT_EQ(theirs.size(), again.size());
  const auto before = ordered_json::parse(ReadText(Path("first/quant/calibration.json"))).at("tensors");
  const auto after = ordered_json::parse(ReadText(Path("again/quant/calibration.json"))).at("tensors");
  int kept = 0;
  double largest_step = 0.0;
  for (const auto& [of_floats, entry] : after.items()) {
    const std::string name = of_floats.substr(0, of_floats.rfind("_float"));  // as the export calls what is quantised
    if (!before.contains(name) || !before.at(name).contains("scale") || !entry.contains("scale")) continue;
    ++kept;
    largest_step = std::max(largest_step, entry.at("scale").get<double>());
    EXPECT_EQ(entry.at("scale"), before.at(name).at("scale")) << name;
    EXPECT_EQ(entry.at("zero_point"), before.at(name).at("zero_point")) << name;
  }
  EXPECT_GT(kept, 10) << "of " << after.size();
  size_t equal = 0;
  size_t within = 0;
  for (size_t i = 0; i < again.size(); ++i) {
    equal += first[i] == again[i] ? 1 : 0;
    within += std::abs(again[i] - theirs[i]) <= largest_step ? 1 : 0;
  }
  const auto all = static_cast<double>(again.size());
  std::printf("%d scales kept, %.3f %% of the elements as before, %.3f %% within a step of ONNX Runtime\n", kept,
              100.0 * static_cast<double>(equal) / all, 100.0 * static_cast<double>(within) / all);
  EXPECT_GE(static_cast<double>(equal) / all, 0.999);
  EXPECT_GE(static_cast<double>(within) / all, 0.999);
}

// Boxes in 16 bits have steps far smaller than what one step of the 8-bit layers in front of them moves.
TEST_F(Qdq, AllOfYolov8nIn8BitsAgreesWithinAStep) {
  const ordered_json more = {{"precision", "int8"}, {"tail_bits", 8}, {"count", 4}};
  EXPECT_GE(ShareWithinAStep(Fetch("fetch_model.sh"), Fetch("fetch_pictures.sh"), more,
                             {"/model.22/Mul_output_0", "/model.22/Sigmoid_output_0"}, {0, 4}),
            0.99);
}

// Down to the fourth stage: each layer's rare differences of one step are the next one's input, so that the share falls
// with the depth of a network.
TEST_F(Qdq, TheFirstLayersOfYolov8nAgreeWithinAStep) {
  const std::string network = Fetch("fetch_model.sh");
  const std::string pictures = Fetch("fetch_pictures.sh");
  for (const std::string tensor :
       {"/model.0/act/Mul_output_0", "/model.2/cv2/act/Mul_output_0", "/model.4/cv2/act/Mul_output_0"}) {
    const ordered_json more = {
        {"precision", "int8"}, {"tail_bits", 8}, {"count", 4}, {"output_nodes", ordered_json::array({tensor})}};
    EXPECT_GE(ShareWithinAStep(network, pictures, more, {tensor}, {0}), 0.99) << tensor;
  }
}

}  // namespace
}  // namespace lockstep::oracle
