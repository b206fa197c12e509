// What a model may demand of its reader is bounded, and files that no writer makes are refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <limits>

#include "lockstep/runtime.h"
#include "support/joint_models.h"

namespace lockstep {
namespace {

using joint::ModelT;

TEST(ModelLimits, WorkIsBounded) {
  const std::vector<uint8_t> file = test::Write(test::SmallNetwork());
  LoadOptions options;
  options.max_work = 1000;
  const Result<Model> model = Model::Copy(file.data(), file.size(), options);
  ASSERT_FALSE(model.ok());
  EXPECT_NE(std::strstr(model.status().message(), "work"), nullptr) << model.status().message();
}

TEST(ModelLimits, SumsOfAPoolFitThirtyTwoBits) {
  for (const int side : {181, 182}) {  // 181 * 181 * 65535 is just below 2^31
    test::NetworkBuilder net(4);
    const int x = net.Input({1, side, side, 1}, 0.1F, 0, joint::DType::U16);
    net.Output(net.Dequantize(net.AveragePool(x, side, 1, 0)));
    const std::vector<uint8_t> file = test::Write(net.Finish());
    const Result<Model> model = Model::Copy(file.data(), file.size());
    EXPECT_EQ(model.ok(), side == 181) << model.status().message();
    if (model.ok()) continue;
    EXPECT_NE(std::strstr(model.status().message(), "kernel_h * kernel_w"), nullptr) << model.status().message();
  }
}

// A large stride leaves few output pixels, and still every row is read.
TEST(ModelLimits, RowsThatAreReadCountAsWork) {
  test::NetworkBuilder net(5);
  const int x = net.Input({1, 8, 1, 1});
  test::ConvShape shape;
  shape.oc = 1;
  shape.dilation_w = 1 << 20;
  shape.stride_w = 1 << 20;
  shape.pad_left = shape.pad_right = 1 << 20;
  net.Output(net.Conv(x, shape));
  const std::vector<uint8_t> file = test::Write(net.Finish());
  LoadOptions options;
  options.max_work = 1 << 20;
  const Result<Model> model = Model::Copy(file.data(), file.size(), options);
  ASSERT_FALSE(model.ok());
  EXPECT_NE(std::strstr(model.status().message(), "work"), nullptr) << model.status().message();
}

TEST(ModelLimits, NamesOfEveryLengthOfCharacterPass) {
  ModelT model = test::SmallNetwork();
  model.name = "n\xc2\xa0\xc3\xa9\xe0\xa0\x80\xe2\x82\xac\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf";
  model.layers[1]->name.assign(4096, 'a');
  const std::vector<uint8_t> file = test::Write(model);
  const Result<Model> loaded = Model::Copy(file.data(), file.size());
  EXPECT_TRUE(loaded.ok()) << loaded.status().message();
}

TEST(ModelLimits, ManyLayersThatShareWeightsAreRefusedQuickly) {
  ModelT model = test::SmallNetwork();
  test::NetworkBuilder net(3);
  const int x = net.Input({1, 1, 1, 16384});
  test::ConvShape shape;
  shape.oc = 16;
  shape.kernel_h = shape.kernel_w = 1;
  shape.pad_top = shape.pad_left = shape.pad_bottom = shape.pad_right = 0;
  std::vector<int> outputs;
  for (int i = 0; i < 40; ++i) outputs.push_back(net.Conv(x, shape));
  net.Output(outputs.back());
  model = net.Finish();
  // Every layer checks the first layer's weights: far more reading than the file is long.
  const auto& first = *static_cast<joint::ConvT*>(model.layers[0]->options.value);
  for (auto& layer : model.layers) {
    auto& options = *static_cast<joint::ConvT*>(layer->options.value);
    options.weights = first.weights;
    options.weight_sum = first.weight_sum;
    options.acc_init = first.acc_init;
  }
  for (size_t i = 1; i < model.constants.size(); ++i) model.constants[i]->data.resize(64);
  for (size_t i = 1; i < model.layers.size(); ++i) {
    // Weights that nobody uses shrink with their constants.
    for (auto& tensor : model.tensors) {
      if (tensor->constant != static_cast<int>(i)) continue;
      tensor->shape = {64, 1, 1, 1};
      tensor->bytes = 64;
      tensor->packing = joint::Packing::Plain;
    }
  }
  const std::vector<uint8_t> file = test::Write(model);
  const Result<Model> loaded = Model::Copy(file.data(), file.size());
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(std::strstr(loaded.status().message(), "shared by too many layers"), nullptr) << loaded.status().message();
}

constexpr int kGroup = 64;  // inputs of a Concat

// 240 groups of copies of the input, each joined by a Concat: right behind the group, or all at the end, so that every
// copy is alive until then.
std::vector<uint8_t> ManyCopies(bool join_at_the_end) {
  test::NetworkBuilder net(6);
  net.Output(net.Dequantize(net.Input({1, 1, 1, 1})));
  ModelT model = net.Finish();
  model.operators.clear();
  const joint::TensorT picture = *model.tensors[model.inputs[0]->tensor];
  const auto add = [&](std::vector<int32_t> inputs, int extent, joint::OptionsUnion options) {
    auto tensor = std::make_unique<joint::TensorT>(picture);
    tensor->shape[3] = extent;
    tensor->bytes = static_cast<uint64_t>(extent);
    tensor->arena_offset = static_cast<int64_t>(model.arena_size);
    model.arena_size += tensor->bytes;
    auto layer = std::make_unique<joint::LayerT>();
    layer->name = "layer" + std::to_string(model.layers.size());
    layer->inputs = std::move(inputs);
    layer->outputs = {static_cast<int32_t>(model.tensors.size())};
    layer->options = std::move(options);
    model.tensors.push_back(std::move(tensor));
    model.layers.push_back(std::move(layer));
    return model.layers.back()->outputs[0];
  };
  std::vector<std::vector<int32_t>> groups;
  const auto join = [&] {
    joint::ConcatT concat;
    concat.axis = 3;
    concat.multiplier.assign(kGroup, 0);
    concat.shift.assign(kGroup, 0);
    for (const std::vector<int32_t>& group : groups) {
      joint::OptionsUnion options;
      options.Set(concat);
      add(group, kGroup, std::move(options));
    }
    groups.clear();
  };
  for (int group = 0; group < 240; ++group) {
    groups.emplace_back();
    for (int i = 0; i < kGroup; ++i) {
      joint::OptionsUnion options;
      options.Set(joint::ReshapeT());
      groups.back().push_back(add({model.inputs[0]->tensor}, 1, std::move(options)));
    }
    if (!join_at_the_end) join();
  }
  join();
  return test::Write(model);
}

std::clock_t TimeToLoad(const std::vector<uint8_t>& file) {
  std::clock_t best = std::numeric_limits<std::clock_t>::max();
  for (int i = 0; i < 3; ++i) {
    const std::clock_t start = std::clock();
    const Result<Model> model = Model::Copy(file.data(), file.size());
    best = std::min(best, std::clock() - start);
    EXPECT_TRUE(model.ok()) << model.status().message();
  }
  return best;
}

// Comparing a tensor with all that are alive takes many times as long when these are thousands.
TEST(ModelLimits, ManyTensorsThatAreAliveAtOnceAreCheckedQuickly) {
  EXPECT_LT(TimeToLoad(ManyCopies(true)), 5 * TimeToLoad(ManyCopies(false)));
}

void ExpectRefusal(const std::vector<uint8_t>& file, const char* expected) {
  LoadOptions options;
  options.check_digest = false;
  const Result<Model> model = Model::Copy(file.data(), file.size(), options);
  ASSERT_FALSE(model.ok());
  EXPECT_NE(std::strstr(model.status().message(), expected), nullptr) << model.status().message();
}

// FlatBuffers' writer refuses to leave out what is required, so the entry in the vtable is taken away.
TEST(ModelFile, MissingOptionsAreRefused) {
  std::vector<uint8_t> file = test::Write(test::SmallNetwork());
  const auto* layer = reinterpret_cast<const uint8_t*>(joint::GetModel(file.data())->layers()->Get(0));
  int32_t to_vtable = 0;
  std::memcpy(&to_vtable, layer, sizeof(to_vtable));
  std::memset(file.data() + (layer - file.data()) - to_vtable + joint::Layer::VT_OPTIONS, 0, sizeof(uint16_t));
  ExpectRefusal(file, "structure");
}

// No writer leaves a table that is there and has no entries: a kernel would look beyond it.
TEST(ModelFile, EmptyTablesAreRefused) {
  std::vector<uint8_t> file = test::Write(test::SmallNetwork());
  const auto empty = [&file](const flatbuffers::Vector<uint8_t>* table) {
    uint8_t* length = file.data() + (table->data() - file.data()) - sizeof(uint32_t);
    std::memset(length, 0, sizeof(uint32_t));
    ExpectRefusal(file, "length of table");
  };
  int found = 0;
  // The first layer that has a table is refused, so the later ones come first.
  for (auto i = static_cast<int>(joint::GetModel(file.data())->layers()->size()) - 1; i >= 0; --i) {
    const joint::Layer& layer = *joint::GetModel(file.data())->layers()->Get(static_cast<uint32_t>(i));
    const joint::Conv* conv = layer.options_as_Conv();
    const joint::DepthwiseConv* depthwise = layer.options_as_DepthwiseConv();
    const auto* table = conv != nullptr ? conv->table() : depthwise != nullptr ? depthwise->table() : nullptr;
    if (table == nullptr) continue;
    ++found;
    empty(table);
  }
  EXPECT_GE(found, 2);
}

// FlatBuffers lets many entries of a list point to one string, and its verifier does not read strings.
TEST(ModelFile, ManyNamesThatShareOneStringAreRefusedQuickly) {
  ModelT network = test::SmallNetwork();
  network.layers[0]->onnx_nodes.assign(4000, "n");
  network.layers[0]->onnx_nodes[0].assign(4096, 'o');
  std::vector<uint8_t> file = test::Write(network);
  const auto* names = joint::GetModel(file.data())->layers()->Get(0)->onnx_nodes();
  const auto* string = reinterpret_cast<const uint8_t*>(names->Get(0));
  for (uint32_t i = 0; i < names->size(); ++i) {
    uint8_t* entry = file.data() + (names->Data() - file.data()) + i * sizeof(uint32_t);
    const auto offset = static_cast<uint32_t>(string - entry);
    std::memcpy(entry, &offset, sizeof(offset));
  }
  ExpectRefusal(file, "shared by too many places");
}

TEST(ModelFile, EveryFlippedBitIsRefusedByTheDigest) {
  const std::vector<uint8_t> good = test::Write(test::RandomNetwork(7, 3));
  for (size_t i = 0; i < good.size(); ++i) {
    std::vector<uint8_t> bad = good;
    bad[i] ^= static_cast<uint8_t>(1U << (i % 8));
    EXPECT_FALSE(Model::Copy(bad.data(), bad.size()).ok()) << "byte " << i;
  }
}

TEST(ModelFile, EveryCutIsRefused) {
  const std::vector<uint8_t> good = test::Write(test::RandomNetwork(7, 3));
  LoadOptions options;
  options.check_digest = false;
  for (size_t size = 0; size < good.size(); size += size < 256 ? 1 : 97) {
    // A cut behind the last byte that matters may pass without the digest; what it must not do is crash.
    const Result<Model> unchecked = Model::Copy(good.data(), size, options);
    static_cast<void>(unchecked.ok());
    EXPECT_FALSE(Model::Copy(good.data(), size).ok()) << size << " bytes";
  }
}

}  // namespace
}  // namespace lockstep
