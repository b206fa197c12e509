#include <gtest/gtest.h>

#include "evaluate/classify/class_labels.h"
#include "evaluate/detect/box_labels.h"
#include "graph/error.h"
#include "support/temporary_test_folder.h"

namespace lockstep::evaluate {
namespace {

class LabelsTest : public testing::FolderTest {
 protected:
  std::string P(const std::string& name) const { return Path(name).string(); }

  // Labels are read without a look into the pictures.
  void Pictures(const std::vector<std::string>& names) const {
    for (const std::string& name : names) WriteText(Path(name), "picture");
  }

  template <typename Function>
  static void ExpectBadInput(const Function& function, const std::vector<std::string>& words) {
    try {
      function();
      FAIL() << "nothing was thrown; expected " << words.front();
    } catch (const BadInput& error) {
      for (const std::string& word : words) {
        EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << word << ": " << error.what();
      }
    }
  }
};

TEST_F(LabelsTest, ClassesAreNumbersInFrontOfNames) {
  Pictures({"i/0001_goldfish.jpg", "i/0012-b.png", "i/7.jpg"});
  const ClassLabels labels = ReadClassLabels(P("i"), "");
  EXPECT_EQ(labels.classes, (std::vector<int>{1, 12, 7}));
  EXPECT_EQ(labels.pictures[0], P("i/0001_goldfish.jpg"));
}

TEST_F(LabelsTest, ANameWithoutItsClassIsNamed) {
  Pictures({"i/0001_goldfish.jpg", "i/3d.jpg"});
  ExpectBadInput([&] { ReadClassLabels(P("i"), ""); }, {"3d.jpg", "--labels"});
}

TEST_F(LabelsTest, FoldersAreClassesInTheOrderOfTheirNames) {
  Pictures({"i/n02/b.jpg", "i/n01/a.jpg", "i/n01/c.jpg", "i/n03/d.jpg", "i/empty/readme.txt"});
  EXPECT_EQ(ReadClassLabels(P("i"), "").classes, (std::vector<int>{0, 0, 1, 2}));
  Pictures({"k/10/a.jpg", "k/2/b.jpg"});
  EXPECT_EQ(ReadClassLabels(P("k"), P("k")).classes, (std::vector<int>{10, 2})) << "numbers are the classes";
}

TEST_F(LabelsTest, AListNamesPicturesByPathOrName) {
  Pictures({"i/a.jpg", "i/sub/b c.jpg", "i/left_out.jpg"});
  WriteText(Path("list.txt"), "# comment\na.jpg 3\n\nsub/b c.jpg\t14\r\nnowhere.jpg 2\n");
  const ClassLabels labels = ReadClassLabels(P("i"), P("list.txt"));
  EXPECT_EQ(labels.classes, (std::vector<int>{3, 14}));
  ASSERT_EQ(labels.notes.size(), 2U);
  EXPECT_NE(labels.notes[0].find("1 name of " + P("list.txt") + " belongs to no picture of " + P("i") +
                                 ", the first is \"nowhere.jpg\""),
            std::string::npos)
      << labels.notes[0];
  EXPECT_NE(labels.notes[1].find("1 picture that " + P("list.txt") + " does not list was left out"), std::string::npos)
      << labels.notes[1];
}

TEST_F(LabelsTest, ListsThatSayNothing) {
  Pictures({"i/a.jpg"});
  WriteText(Path("other.txt"), "b.jpg 3\n");
  ExpectBadInput([&] { ReadClassLabels(P("i"), P("other.txt")); },
                 {"other.txt", "none of its 1 name", "b.jpg", P("i"), "a.jpg"});
  WriteText(Path("bad.txt"), "a.jpg 3\nb.jpg three\n");
  ExpectBadInput([&] { ReadClassLabels(P("i"), P("bad.txt")); }, {"bad.txt, line 2", "b.jpg three"});
  WriteText(Path("twice.txt"), "a.jpg 3\na.jpg 4\n");
  ExpectBadInput([&] { ReadClassLabels(P("i"), P("twice.txt")); }, {"line 2", "two classes"});
  WriteText(Path("empty.txt"), "\n");
  ExpectBadInput([&] { ReadClassLabels(P("i"), P("empty.txt")); }, {"empty"});
  ExpectBadInput([&] { ReadClassLabels(P("missing"), ""); }, {"missing", "no such folder"});
  std::filesystem::create_directories(Path("void"));
  ExpectBadInput([&] { ReadClassLabels(P("void"), ""); }, {"void", "neither pictures nor folders"});
}

TEST_F(LabelsTest, BoxesInYolosFormat) {
  Pictures({"i/a.jpg", "i/b.jpg"});
  WriteText(Path("l/a.txt"), "2 0.5 0.25 0.5 0.125\r\n0 0.25 0.25 0.75 0.25 0.5 0.875\n");
  const BoxLabels labels = ReadBoxLabels(P("i"), P("l"), 3);
  ASSERT_EQ(labels.objects.size(), 2U);
  ASSERT_EQ(labels.objects[0].size(), 2U);
  EXPECT_TRUE(labels.objects[1].empty());
  const Object& box = labels.objects[0][0];
  EXPECT_EQ(box.label, 2);
  EXPECT_EQ(box.box.left, 0.25);
  EXPECT_EQ(box.box.right, 0.75);
  EXPECT_EQ(box.box.top, 0.1875);
  EXPECT_EQ(box.box.bottom, 0.3125);
  const Object& polygon = labels.objects[0][1];
  EXPECT_EQ(polygon.box.left, 0.25);
  EXPECT_EQ(polygon.box.right, 0.75);
  EXPECT_EQ(polygon.box.bottom, 0.875);
  ASSERT_EQ(labels.notes.size(), 1U);
  EXPECT_NE(labels.notes[0].find("1 picture without labels in "), std::string::npos) << labels.notes[0];
}

TEST_F(LabelsTest, FilesOfLabelsWithoutAPictureAreCounted) {
  Pictures({"i/a.jpg"});
  for (const char* name : {"l/a.txt", "l/z.txt", "l/c.txt"}) WriteText(Path(name), "0 .5 .5 .1 .1\n");
  const BoxLabels labels = ReadBoxLabels(P("i"), P("l"), 3);
  ASSERT_EQ(labels.notes.size(), 1U);
  EXPECT_EQ(labels.notes[0],
            "2 .txt files of " + P("l") + " belong to no picture of " + P("i") + ", the first is \"c.txt\"");
}

TEST_F(LabelsTest, BoxesThatCannotBe) {
  Pictures({"i/a.jpg"});
  const auto with = [&](const std::string& text) {
    WriteText(Path("l/a.txt"), text);
    return [&] { ReadBoxLabels(P("i"), P("l"), 80); };
  };
  ExpectBadInput(with("0 .5 .5 .1 .1\n91 .5 .5 .1 .1\n"), {"a.txt, line 2", "91", "0 to 79"});
  ExpectBadInput(with("0 320 240 50 50\n"), {"a.txt, line 1", "outside 0 to 1"});
  ExpectBadInput(with("0 .5 .5 .1\n"), {"line 1", "class cx cy w h"});
  ExpectBadInput(with("person .5 .5 .1 .1\n"), {"line 1", "class cx cy w h"});
  ExpectBadInput(with("0 .5 nan .1 .1\n"), {"line 1"});
  ExpectBadInput(with("1.5 .5 .5 .1 .1\n"), {"line 1"});
  ExpectBadInput(with("-1 .5 .5 .1 .1\n"), {"line 1", "-1"});
  WriteText(Path("other/b.txt"), "0 .5 .5 .1 .1\n");
  ExpectBadInput([&] { ReadBoxLabels(P("i"), P("other"), 80); },
                 {P("other"), "none of its 1 .txt file (the first is \"b.txt\")", "picture of " + P("i"),
                  "the first is \"a.jpg\""});
  std::filesystem::create_directories(Path("none"));
  ExpectBadInput([&] { ReadBoxLabels(P("i"), P("none"), 80); }, {"none of its 0 .txt files", P("i")});
  ExpectBadInput([&] { ReadBoxLabels(P("i"), P("nowhere"), 80); }, {"nowhere", "--labels"});
}

constexpr const char* kCoco = R"({"images": [
  {"id": 7, "file_name": "train/a.jpg", "width": 200, "height": 100},
  {"id": 9, "file_name": "b.jpg", "width": 100, "height": 100},
  {"id": 11, "file_name": "gone.jpg", "width": 100, "height": 100}],
 "annotations": [
  {"image_id": 7, "category_id": 90, "bbox": [50, 25, 100, 50], "iscrowd": 0},
  {"image_id": 7, "category_id": 1, "bbox": [0, 0, 20, 20], "iscrowd": 1}],
 "categories": [{"id": 90, "name": "toothbrush"}, {"id": 1, "name": "person"}]})";

TEST_F(LabelsTest, BoxesInCocosFormat) {
  Pictures({"i/a.jpg", "i/b.jpg", "i/c.jpg"});
  WriteText(Path("coco.json"), kCoco);
  const BoxLabels labels = ReadBoxLabels(P("i"), P("coco.json"), 2);
  EXPECT_EQ(labels.pictures, (std::vector<std::string>{P("i/a.jpg"), P("i/b.jpg")}));
  ASSERT_EQ(labels.objects[0].size(), 2U);
  EXPECT_TRUE(labels.objects[1].empty());
  EXPECT_EQ(labels.objects[0][0].label, 1) << "the second of the categories by id";
  EXPECT_EQ(labels.objects[0][0].box.left, 0.25);
  EXPECT_EQ(labels.objects[0][0].box.bottom, 0.75);
  EXPECT_FALSE(labels.objects[0][0].crowd);
  EXPECT_EQ(labels.objects[0][1].label, 0);
  EXPECT_TRUE(labels.objects[0][1].crowd);
  ASSERT_EQ(labels.notes.size(), 2U) << "c.jpg is not listed, gone.jpg not there";
  EXPECT_NE(labels.notes[1].find("1 image of "), std::string::npos) << labels.notes[1];
  EXPECT_NE(labels.notes[1].find("gone.jpg"), std::string::npos) << labels.notes[1];
  EXPECT_EQ(ReadBoxLabels(P("i"), P("coco.json"), 91).objects[0][0].label, 90) << "ids that are classes";
  ExpectBadInput([&] { ReadBoxLabels(P("i"), P("coco.json"), 80); }, {"2 categories", "80 classes", "90"});
}

TEST_F(LabelsTest, CocoFilesThatCannotBe) {
  Pictures({"i/a.jpg"});
  const auto with = [&](const std::string& text) {
    WriteText(Path("coco.json"), text);
    return [&] { ReadBoxLabels(P("i"), P("coco.json"), 2); };
  };
  ExpectBadInput(with("[1"), {"coco.json", "no JSON object"});
  ExpectBadInput(with("{}"), {"categories"});
  ExpectBadInput(with(R"({"categories": [{"id": 0}, {"id": 1}], "images": [{"id": 1}], "annotations": []})"),
                 {"images[0].file_name"});
  ExpectBadInput(with(R"({"categories": [{"id": 0}, {"id": 1}], "images": [], "annotations": [{"image_id": 4}]})"),
                 {"annotations[0].image_id"});
  ExpectBadInput(with(R"({"categories": [{"id": 0}, {"id": 1}], "annotations": [],
                          "images": [{"id": 1, "file_name": "z.jpg", "width": 5, "height": 5}]})"),
                 {"none of its 1 image ", "z.jpg", P("i"), "a.jpg"});
}

}  // namespace
}  // namespace lockstep::evaluate
