#include "input/pictures/pictures.h"

#include <gtest/gtest.h>

#include <opencv2/videoio.hpp>
#include <set>

#include "graph/error.h"
#include "picture_files.h"

namespace lockstep::input {
namespace {

std::vector<std::string> Names(const std::vector<PictureRef>& pictures) {
  std::vector<std::string> names;
  for (const PictureRef& picture : pictures) {
    const std::string label = picture.Label();
    names.push_back(label.substr(label.rfind('/') + 1));
  }
  return names;
}

void WriteVideo(const std::string& path, int frames) {
  cv::VideoWriter video(path, cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 25.0, cv::Size(64, 48));
  ASSERT_TRUE(video.isOpened());
  for (int i = 0; i < frames; ++i) video.write(cv::Mat(48, 64, CV_8UC3, cv::Scalar::all(i * 4)));
}

TEST(ListPictures, SortedAndFiltered) {
  const PictureFolder folder("list");
  for (const char* name : {"b.PNG", "a.jpg", "c.jpeg", "d.bmp", "notes.txt", "e.webp", "f.ppm", "g.xml", "Z.jpg"}) {
    WriteBytes(folder.File(name), {1});
  }
  std::filesystem::create_directories(folder.File("sub.jpg"));
  EXPECT_EQ(Names(ListPictures(folder.path())),
            (std::vector<std::string>{"Z.jpg", "a.jpg", "b.PNG", "c.jpeg", "d.bmp", "e.webp", "f.ppm"}));
}

TEST(ListPictures, WhatIsLeftOutIsCountedAndNamed) {
  const PictureFolder folder("skipped");
  for (const char* name : {"x.png", ".x.png", "._x.png", "a.tif", "c.bin"}) WriteBytes(folder.File(name), {1});
  std::filesystem::create_symlink("nowhere", folder.File("b.png"));
  std::filesystem::create_directories(folder.File("d"));
  std::string skipped;
  EXPECT_EQ(Names(ListPictures(folder.path(), 1, &skipped)), std::vector<std::string>{"x.png"});
  EXPECT_EQ(skipped,
            "6 files in " + folder.path() +
                " were skipped: c.bin (raw bytes), ._x.png (hidden), .x.png (hidden), a.tif (format not read), "
                "b.png (broken link) and 1 more");
}

TEST(ListPictures, OneFile) {
  const PictureFolder folder("one");
  WriteBytes(folder.File("x.png"), {1});
  WriteBytes(folder.File("x.txt"), {1});
  EXPECT_EQ(Names(ListPictures(folder.File("x.png"))), std::vector<std::string>{"x.png"});
  const std::string message = MessageOf<BadInput>([&] { ListPictures(folder.File("x.txt")); });
  EXPECT_NE(message.find("x.txt"), std::string::npos) << message;
  EXPECT_NE(message.find("png"), std::string::npos) << message;
}

TEST(ListPictures, VideoFramesAreSpreadEvenly) {
  const PictureFolder folder("video");
  WriteVideo(folder.File("v.avi"), 20);
  WriteBytes(folder.File("a.jpg"), {1});
  EXPECT_EQ(Names(ListPictures(folder.path(), 4)),
            (std::vector<std::string>{"a.jpg", "v.avi#2", "v.avi#7", "v.avi#12", "v.avi#17"}));
  EXPECT_EQ(ListPictures(folder.path(), 100).size(), 21u);
}

TEST(ListPictures, BadPathsAreNamed) {
  const PictureFolder folder("empty");
  const std::string empty = MessageOf<BadInput>([&] { ListPictures(folder.path()); });
  EXPECT_NE(empty.find(folder.path()), std::string::npos) << empty;
  EXPECT_NE(empty.find("jpg"), std::string::npos) << empty;
  const std::string missing = MessageOf<BadInput>([&] { ListPictures(folder.File("missing")); });
  EXPECT_NE(missing.find("missing"), std::string::npos) << missing;
  WriteBytes(folder.File("broken.avi"), {1, 2, 3});
  const std::string broken = MessageOf<BadInput>([&] { ListPictures(folder.path()); });
  EXPECT_NE(broken.find("broken.avi"), std::string::npos) << broken;
}

TEST(SamplePlaces, OneOfEachStretch) {
  EXPECT_EQ(SamplePlaces(100, 4, 0), (std::vector<size_t>{12, 37, 62, 87}));
  EXPECT_EQ(SamplePlaces(5, 2, 0), (std::vector<size_t>{1, 3}));
}

TEST(SamplePlaces, AllIfFew) {
  EXPECT_EQ(SamplePlaces(5, 0, 3).size(), 5u);
  EXPECT_EQ(SamplePlaces(5, 5, 3).size(), 5u);
  EXPECT_EQ(SamplePlaces(5, 9, 3).size(), 5u);
}

TEST(SamplePlaces, SeedDecides) {
  std::set<std::vector<size_t>> samples;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<size_t> sample = SamplePlaces(1000, 7, seed);
    EXPECT_EQ(sample, SamplePlaces(1000, 7, seed));
    ASSERT_EQ(sample.size(), 7u);
    for (size_t i = 0; i < sample.size(); ++i) {
      EXPECT_GE(static_cast<double>(sample[i]) + 1, static_cast<double>(i) * 1000 / 7);
      EXPECT_LT(static_cast<double>(sample[i]), static_cast<double>(i + 1) * 1000 / 7);
    }
    samples.insert(sample);
  }
  EXPECT_GT(samples.size(), 15u);
}

}  // namespace
}  // namespace lockstep::input
