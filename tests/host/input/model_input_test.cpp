#include "input/model_input.h"

#include <gtest/gtest.h>

#include "files/output_file.h"
#include "graph/error.h"
#include "input/npy.h"
#include "support/temporary_test_folder.h"

namespace lockstep::input {
namespace {

class FloatInputTest : public ::testing::Test {
 protected:
  // A joint model whose one input has two bytes, and the network that it was made from.
  FloatInputTest() {
    graph::Tensor input;
    input.name = "x";
    input.shape = {1, 2};
    graph_.inputs = {graph_.AddTensor(input)};
    auto tensor = std::make_unique<joint::TensorT>();
    tensor->name = "x";
    tensor->dtype = joint::DType::U8;
    tensor->shape = {1, 2};
    tensor->bytes = 2;
    tensor->quantization = std::make_unique<joint::QuantizationT>();
    model_.digest = std::make_unique<joint::Digest>();
    model_.tensors.push_back(std::move(tensor));
    model_.inputs.push_back(std::make_unique<joint::InputSpecT>());
  }

  std::vector<float> Floats() {
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(joint::Model::Pack(builder, &model_));
    const auto* model = flatbuffers::GetRoot<joint::Model>(builder.GetBufferPointer());
    return FloatInputsOf(*model, {{3, 255}}, graph_).at("x").data;
  }

  graph::Graph graph_;
  joint::ModelT model_;
};

TEST_F(FloatInputTest, IntegersHaveTheirScale) {
  model_.tensors[0]->quantization->scale = {0.5F};
  model_.tensors[0]->quantization->zero_point = {5};
  EXPECT_EQ(Floats(), (std::vector<float>{-1.0F, 125.0F}));
}

TEST_F(FloatInputTest, PixelsHaveTheirMeanAndStd) {
  model_.tensors[0]->quantization->scale = {0.5F};
  model_.inputs[0]->mean = {1.0F};
  model_.inputs[0]->std = {2.0F};
  EXPECT_EQ(Floats(), (std::vector<float>{1.0F, 127.0F}));
}

TEST_F(FloatInputTest, NothingIsAssumed) {
  try {
    Floats();
    FAIL() << "bytes of unknown meaning were taken";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("neither mean and std nor a scale"), std::string::npos) << error.what();
  }
}

// A picture 2x3x2x2 and a vector 1x3.
std::vector<InputInfo> PictureAndVector() {
  InputInfo picture;
  picture.name = "images";
  picture.layout.dtype = "u8";
  picture.layout.shape = {2, 2, 2, 3};
  picture.layout.axes = {0, 2, 3, 1};
  InputInfo vector;
  vector.name = "vec";
  vector.preprocess.type = quantize::InputPreprocess::Type::kF32;
  vector.layout.dtype = "f32";
  vector.layout.shape = {1, 3};
  return {picture, vector};
}

class ArrayTest : public testing::FolderTest {
 protected:
  void WriteNpy(const std::string& name, const std::string& dtype, const graph::Shape& shape, size_t size) {
    std::vector<uint8_t> data(size);
    for (size_t i = 0; i < size; ++i) data[i] = static_cast<uint8_t>(i);
    const std::vector<uint8_t> file = MakeNpy(dtype, shape, data.data(), data.size());
    files::WriteFile(Path(name), file.data(), file.size());
  }
  std::vector<InputReader::Data> Read(const std::string& images, const std::string& vec) {
    const auto list =
        ListData({{"images", Path(images).string()}, {"vec", Path(vec).string()}}, PictureAndVector(), "data");
    return InputReader(PictureAndVector()).Read(list.items.at(0));
  }
  std::string ErrorOf(const std::string& images, const std::string& vec) {
    try {
      Read(images, vec);
    } catch (const BadInput& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(ArrayTest, ComesInTheOrderOfOnnx) {
  WriteNpy("i.npy", "u8", {2, 3, 2, 2}, 24);
  WriteNpy("v.npy", "f32", {1, 3}, 12);
  const auto data = Read("i.npy", "v.npy");
  // ONNX element (n, c, y, x) is number 12n + 4c + 2y + x; in memory the channels are last.
  EXPECT_EQ(data[0].bytes, (std::vector<uint8_t>{0,  4,  8,  1,  5,  9,  2,  6,  10, 3,  7,  11,  //
                                                 12, 16, 20, 13, 17, 21, 14, 18, 22, 15, 19, 23}));
  EXPECT_EQ(data[1].bytes, (std::vector<uint8_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
}

TEST_F(ArrayTest, TruthValuesAreBytes) {
  WriteNpy("i.npy", "u8", {2, 3, 2, 2}, 24);
  WriteNpy("truth.npy", "bool", {2, 3, 2, 2}, 24);
  WriteNpy("v.npy", "f32", {1, 3}, 12);
  EXPECT_EQ(Read("truth.npy", "v.npy")[0].bytes, Read("i.npy", "v.npy")[0].bytes);
}

// What ONNX declares as truth values, in every form that it may come in.
TEST_F(ArrayTest, OtherNumbersAreNoTruthValues) {
  InputInfo mask;
  mask.name = "mask";
  mask.preprocess.type = quantize::InputPreprocess::Type::kU8;
  mask.layout.dtype = "u8";
  mask.layout.shape = {1, 4};
  mask.truth = true;
  mask.takes_floats = true;
  const auto error = [&](const std::string& file) -> std::string {
    try {
      InputReader({mask}).Read(ListData({{"mask", Path(file).string()}}, {mask}, "data").items.at(0));
    } catch (const BadInput& refused) {
      return refused.what();
    }
    return "";
  };
  const auto write = [&](const std::string& name, const std::string& dtype, const void* data, size_t size) {
    const std::vector<uint8_t> file = MakeNpy(dtype, {1, 4}, data, size);
    files::WriteFile(Path(name), file.data(), file.size());
  };
  const uint8_t good[] = {0, 1, 1, 0};
  const uint8_t bad[] = {0, 1, 255, 0};
  const float floats[] = {0.0F, 1.0F, 0.5F, 0.0F};
  files::WriteFile(Path("good.bin"), good, sizeof(good));
  files::WriteFile(Path("bad.bin"), bad, sizeof(bad));
  write("good.npy", "bool", good, sizeof(good));
  write("bytes.npy", "u8", good, sizeof(good));
  write("bad.npy", "u8", bad, sizeof(bad));
  write("truth.npy", "bool", bad, sizeof(bad));
  write("floats.npy", "f32", floats, sizeof(floats));
  for (const char* file : {"good.bin", "good.npy", "bytes.npy"}) EXPECT_EQ(error(file), "");
  for (const char* file : {"bad.bin", "bad.npy", "truth.npy"}) {
    EXPECT_EQ(error(file), Path(file).string() +
                               ": the input mask takes truth values, 0 and 1; element 2 in the file "
                               "is 255; save 1 for what is true");
  }
  EXPECT_NE(error("floats.npy").find("element 2 in the file is 0.5;"), std::string::npos) << error("floats.npy");
}

TEST_F(ArrayTest, OfAnotherShapeOrTypeIsRefusedWithBoth) {
  WriteNpy("i.npy", "u8", {2, 3, 2, 2}, 24);
  WriteNpy("wide.npy", "f32", {1, 4}, 16);
  WriteNpy("turned.npy", "f32", {3, 1}, 12);
  WriteNpy("bytes.npy", "u8", {1, 3}, 3);
  WriteNpy("last.npy", "u8", {2, 2, 2, 3}, 24);
  WriteText(Path("short.bin"), "123");
  for (const auto& [file, found] :
       {std::pair{"wide.npy", "f32 1x4"}, {"turned.npy", "f32 3x1"}, {"bytes.npy", "u8 1x3"}}) {
    EXPECT_EQ(ErrorOf("i.npy", file), Path(file).string() + ": the input vec takes f32 1x3, the array is " + found +
                                          "; save it with that shape and type");
  }
  const std::string order = ErrorOf("last.npy", "i.npy");
  EXPECT_NE(order.find("takes u8 2x3x2x2, the array is u8 2x2x2x3"), std::string::npos) << order;
  const std::string bytes = ErrorOf("i.npy", "short.bin");
  EXPECT_NE(bytes.find("short.bin has 3 bytes, the input vec (f32 1x3) takes 12"), std::string::npos) << bytes;
}

}  // namespace
}  // namespace lockstep::input
