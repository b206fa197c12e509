#include "input/data_list.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "input/npy.h"
#include "support/temporary_test_folder.h"
#include "write_npz.h"

namespace lockstep::input {
namespace {

// A picture of `batch` entries.
InputInfo Picture(const std::string& name, int64_t batch = 1) {
  InputInfo info;
  info.name = name;
  info.layout.dtype = "u8";
  info.layout.shape = {batch, 4, 4, 3};
  info.layout.axes = {0, 2, 3, 1};
  return info;
}

InputInfo Vector(const std::string& name) {
  InputInfo info;
  info.name = name;
  info.preprocess.type = quantize::InputPreprocess::Type::kF32;
  info.layout.dtype = "f32";
  info.layout.shape = {1, 3};
  return info;
}

std::vector<InputInfo> OneBytes() { return {Picture("x")}; }

class ListDataTest : public testing::FolderTest {
 protected:
  std::vector<std::string> Stems() const {
    std::vector<std::string> stems;
    for (const DataItem& item : ListData({{"", Path("data").string()}}, OneBytes(), "data").items)
      stems.push_back(item.stem);
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
  const DataList list = ListData({{"", Path("data").string()}}, OneBytes(), "data");
  EXPECT_EQ(list.items.size(), 1U);
  ASSERT_EQ(list.notes.size(), 1U);
  EXPECT_EQ(list.notes[0], "3 files in " + Path("data").string() +
                               " were skipped: ._a.bin (hidden), b.bin (broken link), notes.txt (format not read)");
}

class SeveralInputsTest : public testing::FolderTest {
 protected:
  void SetUp() override {
    for (const char* name : {"p/0.png", "p/1.png", "p/2.png", "p/3.png", "p/4.png", "v/a.npy", "v/b.npy", "one.npy"}) {
      WriteText(Path(name), "no reader looks at it");
    }
  }
  std::string P(const std::string& name) const { return Path(name).string(); }
  DataList List(const DataSources& sources, int64_t batch = 2) const {
    return ListData(sources, {Picture("images", batch), Vector("vec")}, "data");
  }
  std::string BatchErrorOf(const std::string& pictures, int64_t batch) const {
    return ErrorOf({{"images", P(pictures)}, {"vec", P("one.npy")}}, batch);
  }
  std::string ErrorOf(const DataSources& sources, int64_t batch = 2) const {
    try {
      List(sources, batch);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(SeveralInputsTest, FoldersAreMatchedInOrderAndPicturesFillBatches) {
  const DataList list = List({{"vec", P("v")}, {"images", P("p")}});
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[1].stem, "2");
  ASSERT_EQ(list.items[1].parts[0].pictures.size(), 2U);
  EXPECT_EQ(list.items[1].parts[0].pictures[1].path, P("p/3.png"));
  EXPECT_EQ(list.items[1].parts[1].file, P("v/b.npy"));
  ASSERT_EQ(list.notes.size(), 1U);
  EXPECT_EQ(list.notes[0], "the last 1 picture of " + P("p") + " fill no batch of 2 and were left out");
}

TEST_F(ListDataTest, AListNamesASetInEachLine) {
  for (const char* name : {"a.png", "b.png", "c.png"}) WriteText(Path("data") / name, "no decoder looks at it");
  WriteText(Path("list.txt"), "data/c.png\r\n\n  " + Path("data/a.png").string() + "  \n");
  const DataList list = ListData({{"", Path("list.txt").string()}}, OneBytes(), "data");
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[0].label, Path("data/c.png").string());
  EXPECT_EQ(list.items[1].label, Path("data/a.png").string());
  for (const auto& [text, words] : {std::pair("", "names no file"), std::pair("a.png;b.png\n", "gives 2 (a line of "),
                                    std::pair("list.txt\n", "a list within a list")}) {
    WriteText(Path("list.txt"), text);
    try {
      ListData({{"", Path("list.txt").string()}}, OneBytes(), "data");
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
    }
  }
}

TEST_F(SeveralInputsTest, ALineOfAListHasAFileForEachInput) {
  WriteText(Path("list.txt"), "p/1.png;v/b.npy\np/0.png; v/a.npy\n");
  const DataList list = List({{"", P("list.txt")}}, 1);
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[0].parts[0].pictures[0].path, P("p/1.png"));
  EXPECT_EQ(list.items[0].parts[1].file, P("v/b.npy"));
  EXPECT_EQ(list.items[1].parts[1].file, P("v/a.npy"));
}

TEST_F(SeveralInputsTest, OneFileIsForEveryRunAndOnePictureForEveryEntry) {
  const DataList many = List({{"images", P("p")}, {"vec", P("one.npy")}}, 1);
  ASSERT_EQ(many.items.size(), 5U);
  EXPECT_EQ(many.items[4].parts[1].file, P("one.npy"));
  const DataList one = List({{"images", P("p/3.png")}, {"vec", P("one.npy")}});
  ASSERT_EQ(one.items.size(), 1U);
  ASSERT_EQ(one.items[0].parts[0].pictures.size(), 2U);
  EXPECT_EQ(one.items[0].parts[0].pictures[1].path, P("p/3.png"));
}

TEST_F(SeveralInputsTest, BlanksAroundSeparatorsAreNoPartOfAPath) {
  const DataList list = List({{"", P("p/3.png") + " ; " + P("one.npy")}});
  ASSERT_EQ(list.items.size(), 1U);
  EXPECT_EQ(list.items[0].parts[0].pictures[0].path, P("p/3.png"));
  EXPECT_EQ(list.items[0].parts[1].file, P("one.npy"));
}

TEST_F(SeveralInputsTest, WhatDoesNotFitIsNamed) {
  const auto names = [&](const DataSources& sources, const std::string& text) {
    const std::string error = ErrorOf(sources);
    EXPECT_NE(error.find(text), std::string::npos) << error;
  };
  names({{"", P("p")}}, "the model has 2 inputs (images, vec), --data gives 1");
  names({{"images", P("p")}}, "the input vec gets no data; add --data vec=PATH");
  names({{"images", P("p")}, {"vce", P("v")}},
        "the model has no input \"vce\" (it has images, vec); did you mean vec?");
  names({{"images", P("p")}, {"images", P("p")}}, "--data gives the input images twice");
  names({{"images", P("p")}, {"vec", P("p/0.png")}}, "the input vec is no picture (f32 1x3)");
  names({{"images", P("p/0.png")}, {"vec", P("none.npy")}}, "none.npy: no such file");
  names({{"", P("one.npy") + ";" + P("one.npy") + ";" + P("one.npy")}}, "--data gives 3");
  names({{"images", ""}, {"vec", P("v")}}, "--data images= is empty; name");
  names({{"images", P("p")}, {"vec", P("nix")}},
        "--data of the input vec (f32 1x3): " + P("nix") + " does not exist; give its values as .npy or .bin files");
  WriteText(Path("other/readme.md"), "x");
  names({{"images", P("p")}, {"vec", P("other")}}, "other has no file of values; give");
  WriteText(Path("v/c.npy"), "x");
  names({{"images", P("p")}, {"vec", P("v")}}, "for 3 runs for the input vec and for 2 for images");
  WriteText(Path("few/0.png"), "x");
  WriteText(Path("few/1.png"), "x");
  EXPECT_NE(BatchErrorOf("few", 3).find("few has 2 pictures, the input images takes a batch of 3; give as many, or one "
                                        "for all entries"),
            std::string::npos)
      << BatchErrorOf("few", 3);
  names({{"images", P("v")}, {"vec", P("p")}}, "vec is no picture");
}

TEST_F(SeveralInputsTest, ASetHasAnArrayForEachInputAndNoneBesides) {
  const std::vector<uint8_t> npy = MakeNpy("u8", {1}, "x", 1);
  testing::WriteNpz(Path("set.npz"), {{"images", npy}, {"vec", npy}});
  const DataList list = List({{"", P("set.npz")}});
  ASSERT_EQ(list.items.size(), 1U);
  EXPECT_EQ(list.items[0].parts[1].file, P("set.npz"));
  testing::WriteNpz(Path("few.npz"), {{"images", npy}, {"vce", npy}});
  EXPECT_EQ(ErrorOf({{"", P("few.npz")}}),
            P("few.npz") + ": has no array for the input vec (it has vce); save one under that name");
  testing::WriteNpz(Path("more.npz"), {{"images", npy}, {"vec", npy}, {"mask", npy}});
  EXPECT_EQ(ErrorOf({{"", P("more.npz")}}),
            P("more.npz") + ": its array \"mask\" is for no input of the model (images, vec); leave it out");
}

}  // namespace
}  // namespace lockstep::input
