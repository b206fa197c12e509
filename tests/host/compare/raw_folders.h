// A picture's values as raw files in any order of axes, and as a dump.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "compare/compare_folders.h"
#include "input/npy.h"
#include "support/temporary_test_folder.h"

namespace lockstep::compare {

constexpr int64_t kChannels = 3;
constexpr int64_t kHeight = 4;
constexpr int64_t kWidth = 5;
constexpr size_t kElements = kChannels * kHeight * kWidth;

template <typename T>
std::string BytesOf(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

class RawFoldersTest : public testing::FolderTest {
 protected:
  // A value for each place, the same in every order.
  static uint8_t Value(int64_t c, int64_t y, int64_t x) { return static_cast<uint8_t>(11 * c + 5 * y + 2 * x + c * y); }

  template <typename T>
  static std::vector<T> Picture(bool channels_last, double scale = 1.0) {
    std::vector<T> values;
    const auto add = [&](int64_t c, int64_t y, int64_t x) { values.push_back(static_cast<T>(scale * Value(c, y, x))); };
    for (int64_t i = 0; i < static_cast<int64_t>(kElements); ++i) {
      if (channels_last) {
        add(i % kChannels, i / kChannels / kWidth, i / kChannels % kWidth);
      } else {
        add(i / (kHeight * kWidth), i / kWidth % kHeight, i % kWidth);
      }
    }
    return values;
  }

  void WriteRaw(const std::string& file, const std::string& bytes) { WriteText(Path(file), bytes); }

  template <typename T>
  void WriteNpy(const std::string& file, const char* dtype, const graph::Shape& shape, const std::vector<T>& values) {
    const std::vector<uint8_t> bytes = input::MakeNpy(dtype, shape, values.data(), values.size() * sizeof(T));
    WriteText(Path(file), {bytes.begin(), bytes.end()});
  }

  // u8 of scale 0.5, N,H,W,C, under these names and tensors.
  void WriteDump(const std::string& folder, const std::vector<std::pair<std::string, std::string>>& layers,
                 int changed = -1) {
    dump::Manifest head;
    head.producer = "runtime";
    head.model_digest = "ab";
    dump::DumpWriter writer(Path(folder), head, {});
    dump::DumpLayer layer;
    layer.op = "Conv";
    layer.dtype = "u8";
    layer.shape = {1, kHeight, kWidth, kChannels};
    layer.axes = {0, 2, 3, 1};
    layer.scale = 0.5;
    for (const auto& [name, tensor] : layers) {
      layer.name = name;
      layer.tensor = tensor;
      std::vector<uint8_t> bytes = Picture<uint8_t>(true);
      if (layer.index == changed) bytes[7] += 3;
      writer.Add(layer, bytes.data(), bytes.size());
      ++layer.index;
    }
    writer.Finish();
  }

  FolderComparison Compare(const CompareOptions& options = {}) { return CompareFolders(Path("a"), Path("b"), options); }
};

}  // namespace lockstep::compare
