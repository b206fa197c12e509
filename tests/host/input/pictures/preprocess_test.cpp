#include "input/pictures/preprocess.h"

#include <gtest/gtest.h>

#include <opencv2/videoio.hpp>

#include "graph/error.h"
#include "picture_files.h"

namespace lockstep::input {
namespace {

using Color = quantize::InputPreprocess::Color;
using Resize = quantize::InputPreprocess::Resize;

quantize::InputPreprocess With(Color color, Resize resize) {
  quantize::InputPreprocess preprocess;
  preprocess.color = color;
  preprocess.resize = resize;
  return preprocess;
}

// 2x1 pixels: blue 10, green 20, red 30, and 40, 50, 60.
std::string TwoPixels(const PictureFolder& folder) {
  cv::Mat picture(1, 2, CV_8UC3);
  picture.at<cv::Vec3b>(0, 0) = cv::Vec3b(10, 20, 30);
  picture.at<cv::Vec3b>(0, 1) = cv::Vec3b(40, 50, 60);
  std::string path = folder.File("two.png");
  cv::imwrite(path, picture);
  return path;
}

TEST(Preprocess, ColorOrders) {
  const PictureFolder folder("colors");
  const PictureRef picture{TwoPixels(folder), -1};
  EXPECT_EQ(LoadPicture(picture, With(Color::kBgr, Resize::kNone), {1, 2}).bytes,
            (std::vector<uint8_t>{10, 20, 30, 40, 50, 60}));
  EXPECT_EQ(LoadPicture(picture, With(Color::kRgb, Resize::kNone), {1, 2}).bytes,
            (std::vector<uint8_t>{30, 20, 10, 60, 50, 40}));
  // 0.299 * 30 + 0.587 * 20 + 0.114 * 10 = 21.85; the second pixel is 30 brighter in all colours.
  const PreparedPicture grey = LoadPicture(picture, With(Color::kGray, Resize::kNone), {1, 2});
  EXPECT_EQ(grey.bytes, (std::vector<uint8_t>{22, 52}));
  EXPECT_EQ(grey.channels, 1);
}

TEST(Preprocess, GreyFilesBecomeThreeEqualChannels) {
  const PictureFolder folder("grey");
  cv::imwrite(folder.File("grey.png"), cv::Mat(1, 1, CV_8UC1, cv::Scalar(77)));
  EXPECT_EQ(LoadPicture({folder.File("grey.png"), -1}, With(Color::kRgb, Resize::kNone), {1, 1}).bytes,
            (std::vector<uint8_t>{77, 77, 77}));
}

TEST(Preprocess, FloatsAreInOnnxOrderAndNormalised) {
  const PictureFolder folder("floats");
  quantize::InputPreprocess preprocess = With(Color::kRgb, Resize::kNone);
  preprocess.mean = {10, 20, 30};
  preprocess.std = {2, 4, 8};
  const PreparedPicture picture = LoadPicture({TwoPixels(folder), -1}, preprocess, {1, 2});
  const engine::FloatTensor tensor = ToFloatTensor(picture, preprocess);
  EXPECT_EQ(tensor.shape, (graph::Shape{1, 3, 1, 2}));
  EXPECT_EQ(tensor.data, (std::vector<float>{10, 25, 0, 7.5F, -2.5F, 1.25F}));
  preprocess.mean = {0};
  preprocess.std = {255};
  EXPECT_EQ(ToFloatTensor(picture, preprocess).data[0], 30.0F / 255.0F);
}

TEST(FitPicture, LetterboxByHand) {
  // 810x1080 (w x h) into 640x640: scale 640/1080, 480x640, 80 columns on each side.
  PictureGeometry geometry = FitPicture(1080, 810, {640, 640}, Resize::kLetterbox, "p");
  EXPECT_DOUBLE_EQ(geometry.scale_x, 640.0 / 1080.0);
  EXPECT_DOUBLE_EQ(geometry.scale_y, 640.0 / 1080.0);
  EXPECT_EQ(geometry.pad_x, 80);
  EXPECT_EQ(geometry.pad_y, 0);
  // An odd padding: 10x5 into 10x10 leaves 5 rows, 2 in front and 3 behind.
  geometry = FitPicture(5, 10, {10, 10}, Resize::kLetterbox, "p");
  EXPECT_EQ(geometry.pad_y, 2);
  // Enlarges, too.
  geometry = FitPicture(100, 200, {640, 640}, Resize::kLetterbox, "p");
  EXPECT_DOUBLE_EQ(geometry.scale_x, 3.2);
  EXPECT_EQ(geometry.pad_y, 160);
}

TEST(FitPicture, StretchAndNone) {
  const PictureGeometry geometry = FitPicture(100, 200, {50, 400}, Resize::kStretch, "p");
  EXPECT_DOUBLE_EQ(geometry.scale_x, 2.0);
  EXPECT_DOUBLE_EQ(geometry.scale_y, 0.5);
  EXPECT_EQ(geometry.pad_x, 0);
  const std::string message = MessageOf<BadInput>([] { FitPicture(100, 200, {50, 400}, Resize::kNone, "street.jpg"); });
  EXPECT_NE(message.find("street.jpg"), std::string::npos) << message;
  EXPECT_NE(message.find("200x100"), std::string::npos) << message;
  EXPECT_NE(message.find("400x50"), std::string::npos) << message;
}

TEST(Preprocess, LetterboxPlacesThePicture) {
  const PictureFolder folder("letterbox");
  cv::imwrite(folder.File("p.png"), cv::Mat(5, 10, CV_8UC3, cv::Scalar(1, 2, 3)));
  quantize::InputPreprocess preprocess = With(Color::kBgr, Resize::kLetterbox);
  for (const int pad : {114, 7}) {
    preprocess.pad_value = static_cast<uint8_t>(pad);
    const PreparedPicture picture = LoadPicture({folder.File("p.png"), -1}, preprocess, {10, 10});
    ASSERT_EQ(picture.bytes.size(), 300u);
    for (int y = 0; y < 10; ++y) {
      const uint8_t* row = &picture.bytes[static_cast<size_t>(y) * 30];
      const bool inside = y >= 2 && y < 7;
      EXPECT_EQ(row[0], inside ? 1 : pad) << "row " << y;
      EXPECT_EQ(row[29], inside ? 3 : pad) << "row " << y;
    }
  }
}

TEST(Preprocess, StretchInterpolatesLinearly) {
  const PictureFolder folder("stretch");
  cv::Mat picture(1, 2, CV_8UC3, cv::Scalar::all(0));
  picture.at<cv::Vec3b>(0, 1) = cv::Vec3b(100, 100, 100);
  cv::imwrite(folder.File("p.png"), picture);
  // Pixel centres of 4 columns over 2: -0.25, 0.25, 0.75, 1.25.
  const PreparedPicture stretched =
      LoadPicture({folder.File("p.png"), -1}, With(Color::kGray, Resize::kStretch), {1, 4});
  EXPECT_EQ(stretched.bytes, (std::vector<uint8_t>{0, 25, 75, 100}));
}

TEST(Preprocess, DamagedPicturesAreNamed) {
  const PictureFolder folder("damaged");
  for (const char* extension : {".jpg", ".png", ".bmp", ".webp"}) {
    const std::string path = folder.File(std::string("cut") + extension);
    cv::imwrite(path, ColorfulPicture(64, 64));
    const auto whole = FileBytes(path);
    for (const double part : {0.0, 0.1, 0.5, 0.9}) {
      WriteBytes(
          path, {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(whole.size()) * part)});
      const std::string message = MessageOf<BadInput>([&] {
        LoadPicture({path, -1}, quantize::InputPreprocess{}, {64, 64});
      });
      EXPECT_NE(message.find(path), std::string::npos) << path << " cut to " << part << ": " << message;
      EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    }
  }
  const std::string missing = MessageOf<BadInput>([&] {
    LoadPicture({folder.File("none.jpg"), -1}, quantize::InputPreprocess{}, {64, 64});
  });
  EXPECT_NE(missing.find("none.jpg"), std::string::npos) << missing;
}

TEST(Preprocess, VideoFramesInAnyOrder) {
  const PictureFolder folder("frames");
  const std::string path = folder.File("v.avi");
  {
    cv::VideoWriter video(path, cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 25.0, cv::Size(64, 48));
    for (int i = 0; i < 40; ++i) video.write(cv::Mat(48, 64, CV_8UC3, cv::Scalar::all(i * 6)));
  }
  PictureReader reader(With(Color::kGray, Resize::kNone), {48, 64});
  for (const int frame : {0, 1, 5, 30, 31, 12, 39}) {
    const PreparedPicture picture = reader.Read({path, frame});
    EXPECT_NEAR(picture.bytes[0], frame * 6, 2) << "frame " << frame;
  }
  const std::string behind = MessageOf<BadInput>([&] { reader.Read({path, 40}); });
  EXPECT_NE(behind.find("#40: the frame cannot be read; "), std::string::npos) << behind;
  EXPECT_NE(behind.find("replace or remove it"), std::string::npos) << behind;
}

TEST(CheckPreprocess, NamesTheTensor) {
  const auto message = [](const graph::Shape& shape, const quantize::InputPreprocess& preprocess) {
    return MessageOf<UsageError>([&] { CheckPreprocess("net.onnx", "images", shape, preprocess); });
  };
  quantize::InputPreprocess preprocess;
  const PictureSize size = CheckPreprocess("net.onnx", "images", {1, 3, 480, 640}, preprocess);
  EXPECT_EQ(size.height, 480);
  EXPECT_EQ(size.width, 640);
  EXPECT_NE(message({1, 3, 480}, preprocess).find("images"), std::string::npos);
  EXPECT_EQ(CheckPreprocess("net.onnx", "images", {2, 3, 480, 640}, preprocess).width, 640) << "any batch will do";
  EXPECT_EQ(CheckPreprocess("net.onnx", "images", {1, 480, 640, 3}, preprocess, true).height, 480);
  EXPECT_NE(message({1, 1, 480, 640}, preprocess).find("--color GRAY"), std::string::npos);
  EXPECT_EQ(message({1, 1, 480, 640}, preprocess).rfind("net.onnx: ", 0), 0U);
  const std::string odd = message({1, 4, 480, 640}, preprocess);
  EXPECT_NE(odd.find("net.onnx: input \"images\" has 4 channels, a picture has 1 or 3"), std::string::npos) << odd;
  preprocess.mean = {1, 2};
  EXPECT_NE(message({1, 3, 480, 640}, preprocess).find("mean"), std::string::npos);
  preprocess.mean = {0};
  preprocess.std = {0};
  EXPECT_NE(message({1, 3, 480, 640}, preprocess).find("std"), std::string::npos);
}

TEST(MeanAndStdDoubt, AsksWhereTheyAreOfPixelsFrom0To1) {
  const auto asks = [](std::vector<float> mean, std::vector<float> std) {
    quantize::InputPreprocess preprocess;
    preprocess.mean = std::move(mean);
    preprocess.std = std::move(std);
    return !MeanAndStdDoubt(preprocess).empty();
  };
  EXPECT_TRUE(asks({0.485F, 0.456F, 0.406F}, {0.229F, 0.224F, 0.225F}));
  EXPECT_TRUE(asks({0.485F}, {0.229F}));
  EXPECT_TRUE(asks({0.5F}, {1.0F}));
  EXPECT_TRUE(asks({0.0F}, {0.229F}));
  EXPECT_FALSE(asks({0.0F}, {255.0F}));
  EXPECT_FALSE(asks({0.0F}, {1.0F}));  // pixels as they are
  EXPECT_FALSE(asks({123.7F, 116.3F, 103.5F}, {58.4F, 57.1F, 57.4F}));
  EXPECT_FALSE(asks({127.5F}, {1.0F}));
}

}  // namespace
}  // namespace lockstep::input
