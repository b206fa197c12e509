// Every layer of several networks, extracted and run alone on the reference engine and on the runtime: the bytes must
// be those of the whole network.
#include "extract/extract.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/reference/joint_file.h"
#include "engine/reference/joint_model.h"
#include "extract/compare_layers.h"
#include "extract/layer_list.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "judge/joint_run.h"
#include "support/joint_models.h"
#include "support/temporary_test_folder.h"

namespace lockstep::extract {
namespace {

using Bytes = std::vector<uint8_t>;

class ExtractTest : public testing::FolderTest {
 protected:
  void UseModel(const joint::ModelT& network) {
    const Bytes file = test::Write(network);
    files::WriteFile(Path("net.joint"), file.data(), file.size());
    options_ = {};
    options_.model = Path("net.joint");
    options_.output_folder = Path("layers");
    std::filesystem::remove_all(Path("layers"));
    engine::JointModel model(Path("net.joint").string());
    std::vector<Bytes> inputs;
    for (const joint::InputSpec* spec : *model.model().inputs()) {
      const auto* tensor = model.model().tensors()->Get(static_cast<uint32_t>(spec->tensor()));
      Bytes bytes(tensor->bytes());
      for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 41 + 7);
      const std::string name = "input" + std::to_string(inputs.size()) + ".bin";
      files::WriteFile(Path(name), bytes.data(), bytes.size());
      options_.data.push_back({tensor->name()->str(), Path(name).string()});
      inputs.push_back(std::move(bytes));
    }
    whole_.clear();
    model.engine().Run(inputs, [&](int index, int, const joint::Layer&, const joint::Tensor& output,
                                   const uint8_t* data) { whole_[index].emplace_back(data, data + output.bytes()); });
  }

  static std::vector<Bytes> Read(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& paths) {
    std::vector<Bytes> all;
    for (const auto& path : paths) all.push_back(files::ReadFile(folder / path));
    return all;
  }

  // The runtime's bytes of the extracted model's outputs.
  static std::vector<Bytes> RunNatively(const Bytes& file, const std::vector<Bytes>& inputs) {
    judge::JointRun run(file, 1);
    std::set<int32_t> wanted;
    for (const joint::OutputSpec* output : *run.model().outputs()) wanted.insert(output->tensor());
    const std::map<int32_t, Bytes> values = run.Run(inputs, wanted);
    std::vector<Bytes> outputs;
    for (const joint::OutputSpec* output : *run.model().outputs()) outputs.push_back(values.at(output->tensor()));
    return outputs;
  }

  ExtractOptions options_;
  std::map<int, std::vector<Bytes>> whole_;  // every layer's outputs in the whole network
};

// Tensors that no caller may fill: of 7 bits in a byte, of 12 in two, and with a scale for each channel.
joint::ModelT OddTensors() {
  test::NetworkBuilder net(31, "odd");
  const int x = net.Input({1, 6, 8, 16});
  const int seven = net.Rescale(x, joint::DType::U8);
  const int twelve = net.Rescale(x, joint::DType::U16);
  const int scaled = net.ChannelLookup(x);
  net.Output(net.Dequantize(seven));
  net.Output(net.Dequantize(twelve));
  net.Output(net.Dequantize(net.ChannelLookup(scaled)));
  joint::ModelT model = net.Finish();
  const auto tensor = [&](int index) -> joint::TensorT& { return *model.tensors[static_cast<size_t>(index)]; };
  tensor(seven).quantization->bits = 7;
  tensor(twelve).quantization->bits = 12;
  for (const int index : {seven, twelve}) {
    for (auto& layer : model.layers) {
      if (layer->outputs[0] == index) layer->version = 2;
    }
    tensor(index).quantization->zero_point = {3};
  }
  joint::QuantizationT& quantization = *tensor(scaled).quantization;
  quantization.axis = 3;
  quantization.zero_point.resize(16, quantization.zero_point[0]);
  for (int i = 1; i < 16; ++i) quantization.scale.push_back(quantization.scale[0] * static_cast<float>(i + 1));
  return model;
}

TEST_F(ExtractTest, EveryLayerGivesTheWholeNetworksBytes) {
  std::vector<joint::ModelT> networks = {test::SmallNetwork(),
                                         test::WideNetwork(),
                                         test::TransposedNetwork(),
                                         test::FloatTransposedNetwork(),
                                         test::ViewNetwork(),
                                         test::FloatNetwork(),
                                         OddTensors()};
  for (uint64_t seed = 1; seed < 7; ++seed) networks.push_back(test::RandomNetwork(seed));
  for (uint64_t seed = 1; seed < 4; ++seed) networks.push_back(test::RandomFloatNetwork(seed));
  int in_front = 0;  // layers with another one in front, which makes fewer bits of a caller's bytes
  for (size_t i = 0; i < networks.size(); ++i) {
    UseModel(networks[i]);
    const ExtractResult result = Extract(options_, nullptr);
    EXPECT_EQ(result.layers.size(), whole_.size()) << "network " << i;
    for (const SkippedLayer& layer : result.skipped) ADD_FAILURE() << "network " << i << ": " << layer.why;
    for (const ExtractedLayer& layer : result.layers) {
      const Bytes file = files::ReadFile(Path("layers") / layer.model);
      const joint::Model& model = engine::CheckJointFile(file.data(), file.size());
      EXPECT_LE(model.layers()->size(), 1 + layer.inputs.size());
      in_front += model.layers()->size() > 1 ? 1 : 0;
      const std::vector<Bytes> inputs = Read(Path("layers"), layer.inputs);
      const std::vector<Bytes>& expected = whole_.at(layer.index);
      EXPECT_EQ(Read(Path("layers"), layer.expected), expected) << "network " << i << ", " << layer.name;
      EXPECT_EQ(engine::ReferenceEngine(model).Run(inputs), expected) << "network " << i << ", " << layer.name;
      EXPECT_EQ(RunNatively(file, inputs), expected) << "network " << i << ", " << layer.name;
    }
  }
  EXPECT_GT(in_front, 0) << "no layer reads a tensor of fewer bits than its type has";
}

TEST_F(ExtractTest, ALayerIsFoundByNumberAndByName) {
  UseModel(test::SmallNetwork());
  options_.layer = "3";
  const ExtractResult by_number = Extract(options_, nullptr);
  ASSERT_EQ(by_number.layers.size(), 1U);
  EXPECT_EQ(by_number.layers[0].index, 3);
  options_.layer = by_number.layers[0].name;
  const ExtractResult by_name = Extract(options_, nullptr);
  ASSERT_EQ(by_name.layers.size(), 1U);
  EXPECT_EQ(by_name.layers[0].index, 3);
  options_.layer = "no such layer";
  EXPECT_THROW(Extract(options_, nullptr), UsageError);
}

TEST_F(ExtractTest, WithoutDataTheBytesAreThoseOfTheSeed) {
  UseModel(test::SmallNetwork());
  options_.data.clear();
  options_.layer = "0";
  const Bytes first = Read(Path("layers"), Extract(options_, nullptr).layers[0].inputs)[0];
  options_.seed = 2;
  EXPECT_NE(Read(Path("layers"), Extract(options_, nullptr).layers[0].inputs)[0], first);
  options_.seed = 1;
  EXPECT_EQ(Read(Path("layers"), Extract(options_, nullptr).layers[0].inputs)[0], first);
}

TEST_F(ExtractTest, WhatWasRunIsComparedLayerByLayer) {
  UseModel(test::SmallNetwork());
  const ExtractResult result = Extract(options_, nullptr);
  const std::filesystem::path outputs = Path("layers") / "outputs";
  EXPECT_THROW(CompareLayers(Path("layers"), outputs), BadInput);
  for (const ExtractedLayer& layer : result.layers) {
    for (const auto& file : layer.expected) {
      Bytes bytes = files::ReadFile(Path("layers") / file);
      if (layer.index == 4) bytes.back() ^= 3U;
      if (layer.index != 6) files::WriteFile(outputs / file.filename(), bytes.data(), bytes.size());
    }
  }
  const LayersComparison comparison = CompareLayers(Path("layers"), outputs);
  EXPECT_EQ(comparison.verdict, dump::Verdict::kDiffers);
  ASSERT_EQ(comparison.missing.size(), 1U);
  EXPECT_EQ(comparison.missing[0].index, 6);
  for (const dump::LayerResult& layer : comparison.layers) {
    EXPECT_EQ(layer.md5_equal, layer.index != 4) << layer.name;
    if (layer.index != 4) continue;
    EXPECT_EQ(layer.difference->differing, 1);
  }
  const std::string text = ToText(comparison, false);
  EXPECT_NE(text.find("wrong: 4 "), std::string::npos) << text;
  EXPECT_NE(text.find("1 layer not run, the first is 6 "), std::string::npos) << text;
  EXPECT_NE(ToJson(comparison).find("\"verdict\": \"differs\""), std::string::npos) << ToJson(comparison);

  const std::filesystem::path file = outputs / result.layers[0].expected[0].filename();
  files::WriteFile(file, std::string("short"));
  EXPECT_THROW(CompareLayers(Path("layers"), outputs), BadInput);
}

// Sends the expected outputs of every layer, and what nobody asked for.
class TalkativeBoard : public boards::Board {
 public:
  explicit TalkativeBoard(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::string name() const override { return "talkative"; }
  std::string Run(const boards::BoardJob& job) override {
    for (const ExtractedLayer& layer : ReadLayerList(folder_).layers) {
      if (folder_ / layer.model != job.model || job.model.filename() == forgets) continue;
      for (const auto& file : layer.expected) {
        std::filesystem::copy_file(folder_ / file, job.output_folder / file.filename());
      }
    }
    files::WriteFile(job.output_folder / "more.bin", "surprise");
    return "";
  }
  std::vector<boards::BoardFact> Check() override { return {}; }
  std::string Push(const std::filesystem::path& /*file*/) override { return ""; }
  std::vector<std::string> Shell() override { return {}; }

  std::filesystem::path forgets;  // the outputs of this model

 private:
  std::filesystem::path folder_;
};

TEST_F(ExtractTest, OfWhatABoardSendsTheOutputsOfLayersAloneAreKept) {
  UseModel(test::SmallNetwork());
  const ExtractResult result = Extract(options_, nullptr);
  size_t expected = 0;
  for (const ExtractedLayer& layer : result.layers) expected += layer.expected.size();
  TalkativeBoard board(Path("layers"));
  RunLayers(board, Path("layers"), Path("outputs"), "release", nullptr);
  EXPECT_FALSE(std::filesystem::exists(Path("outputs/more.bin")));
  EXPECT_EQ(Files("outputs").size(), expected);
  EXPECT_EQ(CompareLayers(Path("layers"), Path("outputs")).verdict, dump::Verdict::kExact);
  board.forgets = result.layers[1].model.filename();
  EXPECT_THROW(RunLayers(board, Path("layers"), Path("outputs"), "release", nullptr), BoardError);
}

// Their own model cannot say them, as what a caller sees has one scale.
TEST_F(ExtractTest, ScalesByChannelKeepTheirMeaning) {
  UseModel(OddTensors());
  engine::JointModel whole(Path("net.joint").string());
  const joint::Model& model = whole.model();
  const ExtractResult result = Extract(options_, nullptr);
  int by_channel = 0;
  for (const ExtractedLayer& layer : result.layers) {
    const joint::Layer& own = *model.layers()->Get(static_cast<uint32_t>(layer.index));
    const auto* tensor = model.tensors()->Get(static_cast<uint32_t>(own.outputs()->Get(0)));
    const dump::DumpLayer described = dump::DescribeLayer(layer.index, 0, own, *tensor);
    by_channel += described.channel_scales.empty() ? 0 : 1;
    const Bytes expected = files::ReadFile(Path("layers") / layer.expected[0]);
    const size_t at = expected.size() - 5;  // of channel 11 where they are bytes
    Bytes bytes = expected;
    bytes[at] ^= 1U;
    files::WriteFile(Path("layers") / "outputs" / layer.expected[0].filename(), bytes.data(), bytes.size());
    const dump::ElementComparison truth = dump::CompareElements(described, expected, bytes);
    const LayersComparison comparison = CompareLayers(Path("layers"), Path("layers") / "outputs");
    const dump::LayerResult& found = comparison.layers.back();
    ASSERT_EQ(found.index, layer.index);
    ASSERT_TRUE(found.difference && found.difference->first) << layer.name;
    EXPECT_EQ(found.difference->first->expected, truth.first->expected) << layer.name;
    EXPECT_EQ(found.difference->first->actual, truth.first->actual) << layer.name;
    EXPECT_EQ(found.difference->max_abs, truth.max_abs) << layer.name;
  }
  EXPECT_EQ(by_channel, 1);

  const std::filesystem::path list = Path("layers") / kLayerList;
  const Bytes text = files::ReadFile(list);
  for (const char* damage : {"[[0.0]]", "[[-1.0]]", "[[\"a\"]]", "7"}) {
    nlohmann::ordered_json json = nlohmann::ordered_json::parse(text);
    for (auto& layer : json.at("layers")) {
      if (layer.contains("channel_scales")) layer["channel_scales"] = nlohmann::ordered_json::parse(damage);
    }
    files::WriteFile(list, json.dump());
    EXPECT_THROW(CompareLayers(Path("layers"), Path("layers") / "outputs"), BadInput) << damage;
  }
}

TEST_F(ExtractTest, AListThatLeavesItsFolderIsRefused) {
  UseModel(test::SmallNetwork());
  options_.layer = "1";
  Extract(options_, nullptr);
  const Bytes bytes = files::ReadFile(Path("layers") / "layers.json");
  std::string text(bytes.begin(), bytes.end());
  EXPECT_EQ(ReadLayerList(Path("layers")).layers.size(), 1U);
  const size_t at = text.find("inputs/");
  ASSERT_NE(at, std::string::npos) << text;
  for (const char* path : {"../put/", "/inputs"}) {
    files::WriteFile(Path("layers") / "layers.json", std::string(text).replace(at, 7, path));
    EXPECT_THROW(ReadLayerList(Path("layers")), BadInput) << path;
  }
  files::WriteFile(Path("layers") / "layers.json", text.substr(0, text.size() / 2));
  EXPECT_THROW(ReadLayerList(Path("layers")), BadInput);
}

}  // namespace
}  // namespace lockstep::extract
