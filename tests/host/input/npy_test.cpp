#include "input/npy.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "support/temporary_test_folder.h"
#include "write_npz.h"

namespace lockstep::input {
namespace {

// A file of version 1 as numpy writes it, with this dictionary.
std::vector<uint8_t> File(const std::string& dictionary, const std::vector<uint8_t>& data) {
  const std::string header = dictionary + "\n";
  std::string file = "\x93NUMPY\x01";
  file += {'\0', static_cast<char>(header.size()), '\0'};
  file += header;
  file.append(data.begin(), data.end());
  return {file.begin(), file.end()};
}

std::string ErrorOf(const std::vector<uint8_t>& file) {
  try {
    ParseNpy(file, "a.npy");
  } catch (const BadInput& error) {
    return error.what();
  }
  return "";
}

TEST(Npy, WhatNumpyWrites) {
  const NpyArray array =
      ParseNpy(File("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1), }", {1, 0, 255, 255}), "a");
  EXPECT_EQ(array.dtype, "s16");
  EXPECT_EQ(array.shape, (graph::Shape{2, 1}));
  EXPECT_EQ(array.bytes, (std::vector<uint8_t>{1, 0, 255, 255}));
  EXPECT_EQ(ParseNpy(File("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", {1, 2, 3}), "a").shape,
            graph::Shape{3});
  EXPECT_EQ(ParseNpy(File("{'shape': (), 'fortran_order': False, 'descr': '|b1'}", {1}), "a").shape, graph::Shape{});
}

TEST(Npy, WhatIsWrittenIsReadAgain) {
  for (const auto& [dtype, bytes] :
       {std::pair{"u8", 1}, {"s8", 1}, {"u16", 2}, {"s16", 2}, {"s32", 4}, {"s64", 8}, {"f32", 4}}) {
    std::vector<uint8_t> data(static_cast<size_t>(6 * bytes));
    for (size_t i = 0; i < data.size(); ++i) data[i] = static_cast<uint8_t>(i * 7);
    const std::vector<uint8_t> file = MakeNpy(dtype, {1, 2, 3}, data.data(), data.size());
    EXPECT_EQ((file.size() - data.size()) % 64, 0U);
    const NpyArray array = ParseNpy(file, dtype);
    EXPECT_EQ(array.dtype, dtype);
    EXPECT_EQ(array.shape, (graph::Shape{1, 2, 3}));
    EXPECT_EQ(array.bytes, data);
  }
}

TEST(Npy, WhatCannotBeTakenIsNamed) {
  const auto names = [](const std::vector<uint8_t>& file, const std::string& text) {
    const std::string error = ErrorOf(file);
    EXPECT_EQ(error.rfind("a.npy: ", 0), 0U) << error;
    EXPECT_NE(error.find(text), std::string::npos) << error;
  };
  const std::vector<uint8_t> eight(8);
  // No tensor has that type; it is named as the tensors' are.
  EXPECT_EQ(ParseNpy(File("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", eight), "a.npy").dtype, "f64");
  names(File("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", eight),
        "is big-endian (\">f4\"), little-endian is taken; save it with astype('<f4')");
  names(File("{'descr': '<f2', 'fortran_order': False, 'shape': (4,), }", eight),
        "save it as float32, with astype('<f4')");
  names(File("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1), }", eight), "is in Fortran order");
  names(File("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", eight),
        "its header says 3 of 4 bytes each, but 8 bytes follow");
  names(File("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", eight),
        "its header says 1 of 4 bytes each, but 8 bytes follow");
  names(File("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", eight), "elements of the type \"<c8\"");
  names(File("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", eight), "holds records");
  names(File("{'descr': '<f4', 'shape': (2,), }", eight), "lacks descr, fortran_order or shape");
  names(File("{'descr': '<f4', 'fortran_order': False, 'shape': (2, -1), }", eight), "its shape is no list of numbers");
  names(File("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", eight), "too large");
  names(File("{'descr': '<f4', 'fortran_order': Maybe", eight), "neither True nor False");
  names({'n', 'o', 'n', 'e', 1, 2, 3, 4, 5, 6}, "does not begin as one");
  names({}, "does not begin as one");
}

TEST(Npy, EveryCutAndEveryFlippedByteIsRefusedOrRead) {
  const std::vector<uint8_t> whole =
      File("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", std::vector<uint8_t>(8));
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::vector<uint8_t> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_NE(ErrorOf(cut), "") << size;
  }
  for (size_t i = 0; i < whole.size() - 8; ++i) {
    for (const int value : {0, 1, 39, 40, 127, 255}) {
      std::vector<uint8_t> damaged = whole;
      damaged[i] = static_cast<uint8_t>(value);
      ErrorOf(damaged);  // nothing but BadInput may leave it
    }
  }
}

class NpzTest : public testing::FolderTest {
 protected:
  std::string Write(const std::vector<std::string>& names) {
    std::vector<std::pair<std::string, std::vector<uint8_t>>> arrays;
    for (const std::string& name : names) arrays.emplace_back(name, MakeNpy("u8", {3}, name.data(), 3));
    testing::WriteNpz(Path("set.npz"), arrays);
    return Path("set.npz").string();
  }
};

TEST_F(NpzTest, ArraysHaveNames) {
  const std::string path = Write({"images", "vec"});
  EXPECT_EQ(NpzNames(path), (std::vector<std::string>{"images", "vec"}));
  const NpyArray array = ParseNpy(ReadNpzEntry(path, "vec", 1 << 16), "vec");
  EXPECT_EQ(array.bytes, (std::vector<uint8_t>{'v', 'e', 'c'}));
}

TEST_F(NpzTest, WhatIsMissingTooLargeOrDamagedIsAnError) {
  const std::string path = Write({"images"});
  EXPECT_THROW(ReadNpzEntry(path, "vec", 1 << 16), BadInput);
  EXPECT_THROW(ReadNpzEntry(path, "images", 16), BadInput);
  std::string bytes = ReadText(path);
  bytes[bytes.size() / 4] = static_cast<char>(bytes[bytes.size() / 4] ^ 85);
  WriteText(path, bytes);
  EXPECT_THROW(
      {
        NpzNames(path);
        ReadNpzEntry(path, "images", 1 << 16);
      },
      BadInput);
  WriteText(path, "no zip");
  EXPECT_THROW(NpzNames(path), BadInput);
}

}  // namespace
}  // namespace lockstep::input
