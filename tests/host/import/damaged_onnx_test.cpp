// Whatever happened to a file: a graph or one of our errors, never a crash.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "graph/error.h"
#include "import/onnx_import.h"
#include "onnx_writer.h"
#include "optimize/optimize.h"

namespace lockstep::importer {
namespace {

// A model with most kinds of fields in it.
std::string ModelBytes() {
  OnnxWriter writer(17);
  writer.Input("x", {1, 4, 6, 5}).Output("y").Output("z");
  writer.Floats("w", {4, 4, 3, 3}, std::vector<float>(144, 0.25F)).Floats("b", {4}, {1, 2, 3, 4});
  writer.Ints("sizes", {1, 3}).Ints("shape", {1, 4, -1}).Ints("index", {2});
  auto& conv = writer.Node("Conv", {"x", "w", "b"}, {"c"});
  SetInts(conv, "pads", {1, 1, 1, 1});
  SetInts(conv, "strides", {2, 1});
  writer.Node("Sigmoid", {"c"}, {"g"});
  writer.Node("Mul", {"c", "g"}, {"m"});
  SetInts(writer.Node("MaxPool", {"m"}, {"p"}), "kernel_shape", {2, 2});
  SetInt(writer.Node("Split", {"p", "sizes"}, {"s0", "s1"}), "axis", 1);
  SetInt(writer.Node("Concat", {"s1", "s0"}, {"k"}), "axis", 1);
  writer.Node("Reshape", {"k", "shape"}, {"y"});
  writer.Node("Shape", {"k"}, {"dims"});
  writer.Node("Gather", {"dims", "index"}, {"rows"});
  SetInt(writer.Node("Cast", {"rows"}, {"real"}), "to", 1);
  writer.Node("Add", {"k", "real"}, {"z"});
  return writer.Bytes();
}

// True if the file was taken; anything but our own errors fails the test.
bool Taken(const TemporaryFile& file, const std::string& bytes) {
  file.Write(bytes);
  try {
    graph::Graph graph = ImportOnnx(file.path(), {});
    optimize::Optimize(graph);
    optimize::FindBlockers(graph);
    return true;
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    return false;
  }
}

// What the runtime would refuse to load must not be compiled.
TEST(DamagedOnnx, NamesAreTextOfSomeLength) {
  const TemporaryFile file;
  const auto named = [&](const std::string& name) {
    OnnxWriter writer(17);
    writer.Input("x", {1, 2}).Output(name);
    writer.Node("Relu", {"x"}, {name});
    return Taken(file, writer.Bytes());
  };
  for (const std::string good : {"y", "caf\xc3\xa9", "\xe6\xb7\xb1/\xf0\x9f\x98\x80"}) EXPECT_TRUE(named(good)) << good;
  EXPECT_TRUE(named(std::string(2048, 'n')));
  EXPECT_FALSE(named(std::string(2049, 'n')));
  for (const std::string bad : {"a\nb", "a\x7f", "caf\xe9", "\xc2\x85", "\xc0\xaf", "\xed\xa0\x80", "\xe6\xb7"}) {
    EXPECT_FALSE(named(bad)) << bad;
  }
}

TEST(DamagedOnnx, IsRefusedAtEveryLength) {
  const std::string bytes = ModelBytes();
  const TemporaryFile file;
  ASSERT_TRUE(Taken(file, bytes));
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(Taken(file, bytes.substr(0, length))) << "cut to " << length << " of " << bytes.size() << " bytes";
  }
}

TEST(DamagedOnnx, NeverCrashes) {
  const std::string bytes = ModelBytes();
  const TemporaryFile file;
  std::mt19937 random(11);
  int refused = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string damaged = bytes;
    const int changes = 1 + static_cast<int>(random() % 4);
    for (int k = 0; k < changes; ++k) {
      const size_t at = random() % damaged.size();
      damaged[at] =
          static_cast<char>(random() % 3 == 0 ? random() : static_cast<uint32_t>(damaged[at]) ^ (1U << random() % 8));
    }
    refused += Taken(file, damaged) ? 0 : 1;
  }
  EXPECT_GT(refused, 1000);
}

TEST(DamagedOnnx, RealFilesOfTheConformanceDataNeverCrash) {
  const std::filesystem::path data = "/usr/share/libonnx-testdata/data/node";
  const TemporaryFile file;
  std::mt19937 random(12);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(data)) {
    std::ifstream stream(entry.path() / "model.onnx", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (bytes.empty()) continue;
    ++files;
    for (int i = 0; i < 8; ++i) {
      std::string damaged = bytes;
      damaged[random() % damaged.size()] ^= static_cast<char>(1U << random() % 8);
      Taken(file, damaged);
    }
  }
  EXPECT_GT(files, 800);
}

}  // namespace
}  // namespace lockstep::importer
