#include "input/model_input.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "support/temporary_test_folder.h"

namespace lockstep::input {
namespace {

class ListDataTest : public testing::FolderTest {
 protected:
  std::vector<std::string> Stems() const {
    std::vector<std::string> stems;
    for (const DataItem& item : ListData(Path("data").string()).items) stems.push_back(item.stem);
    return stems;
  }
};

TEST_F(ListDataTest, FilesThatDifferInTheirEndingsGetNamesOfTheirOwn) {
  for (const char* name : {"a.jpg", "a.png", "b.png"}) WriteText(Path("data") / name, "no decoder looks at it");
  EXPECT_EQ(Stems(), (std::vector<std::string>{"a_jpg", "a_png", "b"}));
}

TEST_F(ListDataTest, NamesThatCannotBeToldApartAreRefused) {
  for (const char* name : {"a.jpg", "a.png", "a_jpg.png"}) WriteText(Path("data") / name, "no decoder looks at it");
  try {
    Stems();
    FAIL() << "one input would overwrite what another has written";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("a.jpg and "), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("a_jpg.png"), std::string::npos) << error.what();
  }
}

TEST_F(ListDataTest, AFolderWithPicturesAndRawFilesIsRefused) {
  for (const char* name : {"a.jpg", "b.png", "c.bin"}) WriteText(Path("data") / name, "x");
  try {
    Stems();
    FAIL() << "the pictures would have been dropped";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("1 .bin file and 2 pictures"), std::string::npos) << error.what();
  }
}

TEST_F(ListDataTest, WhatIsLeftOutIsCountedAndNamed) {
  for (const char* name : {"a.bin", "notes.txt", "._a.bin"}) WriteText(Path("data") / name, "x");
  std::filesystem::create_symlink("nowhere", Path("data/b.bin"));
  const DataList list = ListData(Path("data").string());
  EXPECT_EQ(list.items.size(), 1U);
  EXPECT_EQ(list.skipped, "3 files in " + Path("data").string() +
                              " were skipped: ._a.bin (hidden), b.bin (broken link), notes.txt (format not read)");
}

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

}  // namespace
}  // namespace lockstep::input
