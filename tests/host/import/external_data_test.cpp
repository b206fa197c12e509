// Weights in files beside the ONNX file: read, or refused by name.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "graph/error.h"
#include "import/onnx_import.h"
#include "import/source_digest.h"
#include "onnx_writer.h"

namespace lockstep::importer {
namespace {

namespace fs = std::filesystem;

class ExternalData : public ::testing::Test {
 protected:
  ExternalData() {
    std::string name = (fs::temp_directory_path() / "lockstep_XXXXXX").string();
    folder_ = mkdtemp(name.data());
    Write("weights.bin", {9.0F, 1.0F, 2.0F, 3.0F});
  }
  ~ExternalData() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::vector<float>& values) const {
    std::ofstream file(folder_ / name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(float)));
  }

  // y = x + w, w of three floats that lie in another file.
  std::string Model(const std::vector<std::pair<std::string, std::string>>& entries) const {
    OnnxWriter writer(17);
    writer.Input("x", {3}).Output("y").Floats("w", {3}, {}).Node("Add", {"x", "w"}, {"y"});
    onnx::TensorProto& weights = *writer.model.mutable_graph()->mutable_initializer(0);
    weights.set_data_location(onnx::TensorProto::EXTERNAL);
    for (const auto& [key, value] : entries) {
      auto& entry = *weights.add_external_data();
      entry.set_key(key);
      entry.set_value(value);
    }
    const fs::path path = folder_ / "model.onnx";
    std::ofstream(path, std::ios::binary) << writer.Bytes();
    return path.string();
  }

  std::string ErrorOf(const std::vector<std::pair<std::string, std::string>>& entries) const {
    try {
      ImportOnnx(Model(entries), {});
    } catch (const BadInput& error) {
      return error.what();
    }
    return "no error";
  }

  void Expect(const std::vector<std::pair<std::string, std::string>>& entries, const std::string& part) const {
    const std::string text = ErrorOf(entries);
    EXPECT_NE(text.find("constant 'w'"), std::string::npos) << text;
    EXPECT_NE(text.find(part), std::string::npos) << text;
  }

  fs::path folder_;
};

TEST_F(ExternalData, IsReadFromItsPlaceInTheFile) {
  const graph::Graph graph = ImportOnnx(Model({{"location", "weights.bin"}, {"offset", "4"}, {"length", "12"}}), {});
  EXPECT_EQ(graph.tensor(graph.Find("w")).constant->floats, (std::vector<float>{1, 2, 3}));
  const graph::Graph whole = ImportOnnx(Model({{"location", "./weights.bin"}}), {});
  EXPECT_EQ(whole.tensor(whole.Find("w")).constant->floats, (std::vector<float>{9, 1, 2}));
}

TEST_F(ExternalData, ThatIsMissingOrShortIsRefusedByName) {
  Expect({{"location", "other.bin"}}, "other.bin', which cannot be read");
  Expect({{"location", "weights.bin"}, {"offset", "8"}}, "which has 16 bytes; 12 from 8 on are needed");
  Expect({{"location", "weights.bin"}, {"length", "16"}}, "has 16 bytes in 'weights.bin', its dimensions need 12");
  Expect({{"location", "weights.bin"}, {"offset", "-4"}}, "at offset '-4', which is no number");
}

TEST_F(ExternalData, OutsideOfTheFolderIsRefused) {
  for (const char* place : {"../weights.bin", "/etc/passwd", "a/../../weights.bin", ""}) {
    Expect({{"location", place}}, "outside of the model's folder");
  }
}

TEST_F(ExternalData, CountsInTheDigestOfTheNetwork) {
  const std::string path = Model({{"location", "weights.bin"}, {"offset", "4"}});
  const std::string before = SourceDigest(path);
  EXPECT_EQ(before, SourceDigest(path));
  Write("weights.bin", {9.0F, 1.0F, 2.0F, 4.0F});
  EXPECT_NE(before, SourceDigest(path));
}

}  // namespace
}  // namespace lockstep::importer
