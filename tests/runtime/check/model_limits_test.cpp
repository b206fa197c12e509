// What a model may demand of its reader is bounded, and files that no writer makes are refused.
#include <gtest/gtest.h>

#include <cstring>

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
  int last = x;
  for (int i = 0; i < 40; ++i) last = net.Conv(x, shape);
  net.Output(last);
  model = net.Finish();
  // Every layer checks the first layer's weights: far more reading than the file is long.
  const joint::LayerT& first_layer = *model.layers[0];
  const auto& first = *static_cast<joint::ConvT*>(first_layer.options.value);
  for (auto& layer : model.layers) {
    auto& options = *static_cast<joint::ConvT*>(layer->options.value);
    layer->inputs[1] = first_layer.inputs[1];
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

// A layer as version 1 had it: the options of Conv began with `weights`, so every later field lay one place further on.
std::vector<uint8_t> VersionOneFile() {
  flatbuffers::FlatBufferBuilder builder;
  const auto numbers = builder.CreateVector(std::vector<int32_t>{1});
  const auto shifts = builder.CreateVector(std::vector<int8_t>{1});
  constexpr flatbuffers::voffset_t kWeights = 4;
  constexpr flatbuffers::voffset_t kPadRight = 22;
  constexpr flatbuffers::voffset_t kAccInit = 24;
  const auto start = builder.StartTable();
  builder.AddElement<int32_t>(kWeights, 1, 0);
  builder.AddElement<int32_t>(kPadRight, 1 << 20, 0);
  for (flatbuffers::voffset_t i = 0; i < 3; ++i) builder.AddOffset(kAccInit + 2 * i, numbers);
  builder.AddOffset(kAccInit + 6, shifts);
  const flatbuffers::Offset<void> options(builder.EndTable(start));
  const std::vector<int32_t> tensors = {0};
  const auto layer = joint::CreateLayerDirect(builder, "conv", &tensors, &tensors, joint::Options::Conv, options);
  const std::vector<flatbuffers::Offset<joint::Layer>> layers = {layer};
  const std::vector<flatbuffers::Offset<joint::Tensor>> no_tensors;
  const std::vector<flatbuffers::Offset<joint::Constant>> no_constants;
  const std::vector<flatbuffers::Offset<joint::InputSpec>> no_inputs;
  const std::vector<flatbuffers::Offset<joint::OutputSpec>> no_outputs;
  const joint::Digest digest;
  builder.Finish(joint::CreateModelDirect(builder, 1, "rq1", "old", "0.0.1", nullptr, nullptr, nullptr, &no_tensors,
                                          &no_constants, &layers, &no_inputs, &no_outputs, 0, 0, 0, nullptr, &digest),
                 joint::ModelIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

TEST(ModelFile, VersionOneIsNamedThoughItsLayoutIsAnother) {
  const std::vector<uint8_t> file = VersionOneFile();
  flatbuffers::Verifier verifier(file.data(), file.size());
  ASSERT_FALSE(joint::VerifyModelBuffer(verifier)) << "today's layout fits: the test shows nothing";
  for (const bool check_digest : {true, false}) {
    LoadOptions options;
    options.check_digest = check_digest;
    const Result<Model> model = Model::Copy(file.data(), file.size(), options);
    ASSERT_FALSE(model.ok());
    EXPECT_EQ(model.status().code(), StatusCode::kUnsupported);
    EXPECT_STREQ(model.status().message(),
                 "format version 1 is no longer read; build the model again with 'lockstep build'");
  }
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

// Layers that share one list of names: the verifier would read it once for each of them.
TEST(ModelFile, SharedListsOfNamesAreRefused) {
  ModelT network = test::RandomNetwork(7);
  network.layers[0]->onnx_nodes.assign(2000, "n");
  std::vector<uint8_t> file = test::Write(network);
  const auto& layers = *joint::GetModel(file.data())->layers();
  const auto* list = reinterpret_cast<const uint8_t*>(layers[0]->onnx_nodes());
  for (const joint::Layer* layer : layers) {
    const uint8_t* field =
        reinterpret_cast<const flatbuffers::Table*>(layer)->GetAddressOf(joint::Layer::VT_ONNX_NODES);
    const auto offset = static_cast<uint32_t>(list - field);
    std::memcpy(file.data() + (field - file.data()), &offset, sizeof(offset));
  }
  ExpectRefusal(file, "structure");
}

// One constant's bytes come to lie within another's, where nothing aligns them.
TEST(ModelFile, ConstantsThatAreNotAlignedAreRefused) {
  test::NetworkBuilder net(3);
  constexpr uint32_t kBytes = 64;
  const int around = net.Constant({1, 1, 1, 4 * kBytes});
  const int inside = net.Constant({1, 1, 1, kBytes});
  net.Output(net.Dequantize(net.Add(net.Input({1, 1, 1, 4 * kBytes}), around)));
  net.Output(net.Dequantize(net.Add(net.Input({1, 1, 1, kBytes}), inside)));
  ModelT network = net.Finish();
  std::memcpy(network.constants[0]->data.data() + kBytes, &kBytes, sizeof(kBytes));
  std::vector<uint8_t> file = test::Write(network);
  const auto& constants = *joint::GetModel(file.data())->constants();
  const uint8_t* field =
      reinterpret_cast<const flatbuffers::Table*>(constants[1])->GetAddressOf(joint::Constant::VT_DATA);
  const auto offset = static_cast<uint32_t>(constants[0]->data()->data() + kBytes - field);
  std::memcpy(file.data() + (field - file.data()), &offset, sizeof(offset));
  ExpectRefusal(file, "constants[1].data: not aligned to 64 bytes");
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

// Of a large file the digest is computed beside the other checks, and what it finds comes first.
TEST(ModelFile, DamagesOfALargeFileAreRefusedByTheDigest) {
  joint::ModelT model = test::SmallNetwork();
  auto constant = std::make_unique<joint::ConstantT>();
  constant->data.assign(1 << 20, 7);
  model.constants.push_back(std::move(constant));
  std::vector<uint8_t> file = test::Write(model);
  ASSERT_TRUE(Model::Copy(file.data(), file.size()).ok());
  const auto* names = joint::GetModel(file.data())->layers()->Get(0)->name()->c_str();
  const auto name = static_cast<size_t>(reinterpret_cast<const uint8_t*>(names) - file.data());
  for (const size_t place : {name, file.size() / 2}) {
    const uint8_t before = file[place];
    file[place] = '\n';
    const Result<Model> damaged = Model::Copy(file.data(), file.size());
    ASSERT_FALSE(damaged.ok()) << place;
    EXPECT_NE(std::string(damaged.status().message()).find("digest: "), std::string::npos)
        << damaged.status().message();
    file[place] = before;
  }
  LoadOptions options;
  options.check_digest = false;
  file[name] = '\n';
  const Result<Model> damaged = Model::Copy(file.data(), file.size(), options);
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(std::string(damaged.status().message()).find("digest: "), std::string::npos) << damaged.status().message();
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
