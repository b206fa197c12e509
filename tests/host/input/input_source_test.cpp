#include "input/input_source.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "input/pictures/preprocess.h"
#include "lockstep/md5.h"
#include "pictures/picture_files.h"
#include "support/no_threads.h"

namespace lockstep::input {
namespace {

constexpr PictureSize kSize{16, 16};

// A network with one picture of 16x16 pixels.
std::vector<InputInfo> OnePicture() {
  InputInfo info;
  info.name = "images";
  info.normalised = true;
  info.layout.dtype = "u8";
  info.layout.shape = {1, 16, 16, 3};
  info.layout.axes = {0, 2, 3, 1};
  return {info};
}

InputSource SourceOf(const std::vector<PictureRef>& pictures, bool skip_bad = false) {
  std::vector<DataItem> items;
  for (const PictureRef& picture : pictures) items.push_back({picture.Label(), "", {DataPart{{picture}, ""}}});
  return InputSource(OnePicture(), items, skip_bad);
}

std::vector<PictureRef> WritePictures(const PictureFolder& folder, int count) {
  for (int i = 0; i < count; ++i) {
    cv::imwrite(folder.File("p" + std::to_string(i) + ".png"), ColorfulPicture(20, 12, i));
  }
  return ListPictures(folder.path());
}

TEST(InputSource, DeliversEveryPictureInOrder) {
  const PictureFolder folder("source");
  const auto pictures = WritePictures(folder, 9);
  const quantize::InputPreprocess preprocess;
  InputSource source = SourceOf(pictures);
  EXPECT_EQ(source.size(), 9);
  Md5 md5;
  for (size_t i = 0; i < pictures.size(); ++i) {
    const auto inputs = source.Next();
    ASSERT_TRUE(inputs.has_value());
    const PreparedPicture expected = LoadPicture(pictures[i], preprocess, kSize);
    EXPECT_EQ(inputs->label, pictures[i].Label());
    EXPECT_EQ(inputs->tensors.at("images").data, ToFloatTensor(expected, preprocess).data) << "picture " << i;
    md5.Update(expected.bytes.data(), expected.bytes.size());
    EXPECT_EQ(source.size(), 8 - static_cast<int>(i));
  }
  EXPECT_FALSE(source.Next().has_value());
  EXPECT_FALSE(source.Next().has_value());
  EXPECT_EQ(source.Digest(), ToText(md5.Finish()).data());
  EXPECT_TRUE(source.skipped().empty());
}

TEST(InputSource, DamagedPictureIsAnError) {
  const PictureFolder folder("bad");
  WritePictures(folder, 3);
  WriteBytes(folder.File("p1.png"), {1, 2, 3});
  InputSource source = SourceOf(ListPictures(folder.path()));
  EXPECT_TRUE(source.Next().has_value());
  const std::string message = MessageOf<BadInput>([&] { source.Next(); });
  EXPECT_NE(message.find("p1.png"), std::string::npos) << message;
  EXPECT_NE(message.find("--skip-bad-images"), std::string::npos) << message;
}

TEST(InputSource, DamagedPicturesAreSkippedAndCounted) {
  const PictureFolder folder("skip");
  WritePictures(folder, 5);
  WriteBytes(folder.File("p1.png"), {1, 2, 3});
  WriteBytes(folder.File("p4.png"), {});
  InputSource source = SourceOf(ListPictures(folder.path()), true);
  int delivered = 0;
  while (source.Next()) ++delivered;
  EXPECT_EQ(delivered, 3);
  EXPECT_EQ(source.skipped(), (std::vector<std::string>{folder.File("p1.png"), folder.File("p4.png")}));
  EXPECT_EQ(source.size(), 0);
}

TEST(InputSource, NothingGoodIsAnErrorEvenWhenSkipping) {
  const PictureFolder folder("none");
  WriteBytes(folder.File("only.png"), {1});
  InputSource source = SourceOf(ListPictures(folder.path()), true);
  const std::string message = MessageOf<BadInput>([&] { source.Next(); });
  EXPECT_NE(message.find("only.png"), std::string::npos) << message;
}

TEST(InputSource, WithoutAThreadPicturesAreDecodedWhenTheyAreAskedFor) {
  const PictureFolder folder("no_threads");
  WritePictures(folder, 6);
  WriteBytes(folder.File("p1.png"), {1, 2, 3});
  const auto all = [&] {
    InputSource source = SourceOf(ListPictures(folder.path()), true);
    std::vector<std::string> labels;
    while (const auto picture = source.Next()) labels.push_back(picture->label);
    labels.push_back(source.Digest());
    return labels;
  };
  const std::vector<std::string> expected = all();
  ASSERT_EQ(expected.size(), 6U);
  const testing::NoThreads none;
  EXPECT_EQ(all(), expected);
  InputSource strict = SourceOf(ListPictures(folder.path()));
  EXPECT_TRUE(strict.Next().has_value());
  EXPECT_NE(MessageOf<BadInput>([&] { strict.Next(); }).find("p1.png"), std::string::npos);
}

TEST(InputSource, MayBeAbandoned) {
  const PictureFolder folder("abandoned");
  InputSource source = SourceOf(WritePictures(folder, 9));
  EXPECT_TRUE(source.Next().has_value());
}

}  // namespace
}  // namespace lockstep::input
