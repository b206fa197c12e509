// Arrays as other programs would make them, by OpenCV and plain loops of this file's own.
#include "checklist/check_pre.h"

#include <gtest/gtest.h>

#include <functional>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "graph/error.h"
#include "input/npy.h"
#include "support/temporary_test_folder.h"

namespace lockstep::checklist {
namespace {

constexpr int kHeight = 48;
constexpr int kWidth = 64;

// Colours and edges everywhere, in no symmetry.
cv::Mat ColourfulPicture(int height, int width, int seed = 3) {
  cv::Mat small(9, 13, CV_8UC3);
  cv::RNG random(static_cast<uint64_t>(seed));
  random.fill(small, cv::RNG::UNIFORM, 0, 256);
  cv::Mat picture;
  cv::resize(small, picture, cv::Size(width, height), 0, 0, cv::INTER_CUBIC);
  for (int i = 0; i < 6; ++i) {
    const cv::Point corner(random.uniform(0, width - 20), random.uniform(0, height - 20));
    cv::rectangle(picture, cv::Rect(corner, cv::Size(17, 11)),
                  cv::Scalar(random.uniform(0, 255), random.uniform(0, 255), random.uniform(0, 255)), cv::FILLED);
  }
  return picture;
}

class CheckPreTest : public testing::FolderTest {
 protected:
  // A picture of 101x90 for an input of 64x48: a letterbox has columns on both sides.
  void SetUp() override {
    bgr_ = ColourfulPicture(90, 101);
    cv::imwrite(Path("p.png").string(), bgr_);
    info_.name = "images";
    info_.layout.dtype = "u8";
    info_.layout.shape = {1, kHeight, kWidth, 3};
    info_.layout.axes = {0, 2, 3, 1};
    info_.preprocess.mean = {123.675F, 116.28F, 103.53F};
    info_.preprocess.std = {58.395F, 57.12F, 57.375F};
    info_.normalised = true;
  }

  static cv::Mat Letterboxed(const cv::Mat& picture, int border = 114, int shift = 0, int flag = cv::INTER_LINEAR) {
    const double scale =
        std::min(static_cast<double>(kHeight) / picture.rows, static_cast<double>(kWidth) / picture.cols);
    cv::Mat scaled;
    cv::resize(picture, scaled,
               cv::Size(static_cast<int>(std::lround(picture.cols * scale)),
                        static_cast<int>(std::lround(picture.rows * scale))),
               0, 0, flag);
    cv::Mat placed(kHeight, kWidth, CV_8UC3, cv::Scalar::all(border));
    const int left = (kWidth - scaled.cols) / 2 + shift;
    scaled.copyTo(placed(cv::Rect(cv::Point(left, (kHeight - scaled.rows) / 2), scaled.size())));
    return placed;
  }

  using Normalise = std::function<double(double pixel, int channel)>;

  static double AsModel(double pixel, int c) {
    const double mean[] = {123.675, 116.28, 103.53};
    const double std[] = {58.395, 57.12, 57.375};
    return (pixel - mean[c]) / std[c];
  }

  // `bgr` as float32; channels first and R, G, B unless it is said otherwise.
  Stage Check(const cv::Mat& bgr, const Normalise& normalise = AsModel, bool channels_last = false,
              bool swapped = false, bool raw = false) {
    std::vector<float> values(static_cast<size_t>(kHeight * kWidth * 3));
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        for (int c = 0; c < 3; ++c) {
          const int at = channels_last ? (y * kWidth + x) * 3 + c : (c * kHeight + y) * kWidth + x;
          values[static_cast<size_t>(at)] =
              static_cast<float>(normalise(bgr.at<cv::Vec3b>(y, x)[swapped ? c : 2 - c], c));
        }
      }
    }
    const graph::Shape shape =
        channels_last ? graph::Shape{1, kHeight, kWidth, 3} : graph::Shape{1, 3, kHeight, kWidth};
    const std::vector<uint8_t> npy = input::MakeNpy("f32", shape, values.data(), values.size() * sizeof(float));
    const std::string file = raw ? "fed.bin" : "fed.npy";
    WriteText(Path(file), raw ? std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float))
                              : std::string(npy.begin(), npy.end()));
    return CheckPre(info_, Path("p.png").string(), Path(file));
  }

  static void ExpectBad(const Stage& stage, const std::vector<std::string>& words,
                        const std::vector<std::string>& others = {}) {
    EXPECT_EQ(stage.standing, Standing::kBad) << stage.verdict;
    for (const std::string& word : words)
      EXPECT_NE(stage.verdict.find(word), std::string::npos) << word << "\n" << stage.verdict;
    for (const std::string& word : others)
      EXPECT_EQ(stage.verdict.find(word), std::string::npos) << word << "\n" << stage.verdict;
  }

  cv::Mat bgr_;
  input::InputInfo info_;
};

TEST_F(CheckPreTest, WhatTheModelMakesIsGood) {
  const Stage stage = Check(Letterboxed(bgr_));
  EXPECT_EQ(stage.standing, Standing::kGood) << stage.verdict;
  EXPECT_EQ(Check(Letterboxed(bgr_), AsModel, false, false, true).standing, Standing::kGood);
  info_.preprocess.resize = quantize::InputPreprocess::Resize::kStretch;
  cv::Mat stretched;
  cv::resize(bgr_, stretched, cv::Size(kWidth, kHeight));
  EXPECT_EQ(Check(stretched).standing, Standing::kGood);
}

TEST_F(CheckPreTest, TheBoardsBytesAreGoodToo) {
  const cv::Mat placed = Letterboxed(bgr_);
  cv::Mat rgb;
  cv::cvtColor(placed, rgb, cv::COLOR_BGR2RGB);
  WriteText(Path("fed.bin"), std::string(reinterpret_cast<const char*>(rgb.data), rgb.total() * 3));
  EXPECT_EQ(CheckPre(info_, Path("p.png").string(), Path("fed.bin")).standing, Standing::kGood);
  WriteText(Path("fed.bin"), std::string(reinterpret_cast<const char*>(placed.data), placed.total() * 3));
  ExpectBad(CheckPre(info_, Path("p.png").string(), Path("fed.bin")), {"red and blue are swapped"}, {"mean"});
}

TEST_F(CheckPreTest, ChannelsAndAxes) {
  ExpectBad(Check(Letterboxed(bgr_), AsModel, false, true), {"red and blue are swapped"}, {"mean and std", "border"});
  ExpectBad(Check(Letterboxed(bgr_), AsModel, true), {"N,H,W,C", "transpose"}, {"swapped", "mean and std"});
  ExpectBad(Check(Letterboxed(bgr_), AsModel, true, true, true), {"N,H,W,C", "red and blue are swapped"});
}

TEST_F(CheckPreTest, MeanAndStd) {
  const cv::Mat placed = Letterboxed(bgr_);
  ExpectBad(Check(placed, [](double pixel, int) { return pixel; }), {"not applied: the array holds pixels of 0..255"});
  ExpectBad(Check(placed, [](double pixel, int) { return pixel / 255; }), {"0..1 (divided by 255)"});
  ExpectBad(
      Check(placed, [](double pixel, int c) { return (AsModel(pixel, c) - AsModel(0, c)) + 58.395 * AsModel(0, 0); }),
      {"another mean and std"});
  ExpectBad(Check(placed,
                  [](double pixel, int c) {
                    return (AsModel(1, c) - AsModel(0, c)) * pixel - 123.675 + (c == 0 ? 0 : c == 1 ? 7.395 : 20.145);
                  }),
            {"wrong order"});
  ExpectBad(Check(placed, [](double pixel, int c) { return AsModel(pixel / 255, c); }), {"pixels are of 0..1 where"});
  ExpectBad(Check(placed, [](double pixel, int c) { return AsModel(pixel, 2 - c); }), {"wrong channels"});
  ExpectBad(Check(placed, [](double pixel, int) { return (pixel - 127.5) / 127.5; }), {"-1..1"});
  ExpectBad(Check(placed, [](double pixel, int) { return (pixel - 10) / 20; }), {"mean 10,10,10 and std 20,20,20"});
  ExpectBad(Check(placed, [](double pixel, int c) { return AsModel(AsModel(pixel, c), c); }), {"applied twice"});
}

TEST_F(CheckPreTest, PlacesAndScaling) {
  cv::Mat stretched;
  cv::resize(bgr_, stretched, cv::Size(kWidth, kHeight));
  ExpectBad(Check(stretched), {"stretch", "the model has a letterbox"}, {"swapped", "mean and std"});
  ExpectBad(Check(Letterboxed(bgr_, 0)), {"the border is 0, the model's is 114"}, {"brought to size"});
  ExpectBad(Check(Letterboxed(bgr_, 114, 1)), {"1 column more of padding on the left"}, {"border is"});
  ExpectBad(Check(Letterboxed(bgr_, 114, 0, cv::INTER_NEAREST)), {"nearest pixel"}, {"swapped"});
  ExpectBad(Check(Letterboxed(bgr_, 114, 0, cv::INTER_AREA)), {"averaged areas"});
  ExpectBad(Check(Letterboxed(bgr_, 114, 0, cv::INTER_CUBIC)), {"bicubic"});
  cv::Mat corner(kHeight, kWidth, CV_8UC3, cv::Scalar::all(114));
  const cv::Mat boxed = Letterboxed(bgr_);
  boxed(cv::Rect(5, 0, 54, kHeight)).copyTo(corner(cv::Rect(0, 0, 54, kHeight)));
  ExpectBad(Check(corner), {"upper left corner"});
}

// x * scale without the half pixel, bilinear: plain loops.
TEST_F(CheckPreTest, AHalfPixelShiftIsNamed) {
  info_.preprocess.resize = quantize::InputPreprocess::Resize::kStretch;
  cv::Mat shifted(kHeight, kWidth, CV_8UC3);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const double from_y = static_cast<double>(y) * bgr_.rows / kHeight;
      const double from_x = static_cast<double>(x) * bgr_.cols / kWidth;
      const int y0 = static_cast<int>(from_y);
      const int x0 = static_cast<int>(from_x);
      const int y1 = std::min(y0 + 1, bgr_.rows - 1);
      const int x1 = std::min(x0 + 1, bgr_.cols - 1);
      for (int c = 0; c < 3; ++c) {
        const auto at = [&](int row, int column) { return static_cast<double>(bgr_.at<cv::Vec3b>(row, column)[c]); };
        const double top = at(y0, x0) + (from_x - x0) * (at(y0, x1) - at(y0, x0));
        const double bottom = at(y1, x0) + (from_x - x0) * (at(y1, x1) - at(y1, x0));
        shifted.at<cv::Vec3b>(y, x)[c] = cv::saturate_cast<uint8_t>(top + (from_y - y0) * (bottom - top));
      }
    }
  }
  ExpectBad(Check(shifted), {"without the half pixel"}, {"swapped"});
}

TEST_F(CheckPreTest, SeveralFaultsAtOnceAreAllNamed) {
  cv::Mat stretched;
  cv::resize(bgr_, stretched, cv::Size(kWidth, kHeight), 0, 0, cv::INTER_NEAREST);
  ExpectBad(Check(
                stretched, [](double pixel, int) { return pixel / 255; }, true, true),
            {"red and blue are swapped", "stretch, scaled by nearest pixel", "divided by 255", "transpose"});
}

TEST_F(CheckPreTest, AnIgnoredOrientationIsNamed) {
  std::vector<uint8_t> jpeg;
  cv::imencode(".jpg", bgr_, jpeg, {cv::IMWRITE_JPEG_QUALITY, 100});
  // Behind the first marker an APP1 segment: EXIF, little-endian, one entry, orientation 6 (turn right).
  const std::vector<uint8_t> exif = {0xFF, 0xE1, 0x00, 0x22, 'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 0x2A, 0, 8, 0, 0, 0,
                                     1,    0,    0x12, 0x01, 3,   0,   1,   0,   0, 0, 6,   0,   0,    0, 0, 0, 0, 0};
  jpeg.insert(jpeg.begin() + 2, exif.begin(), exif.end());
  WriteText(Path("p.png"), std::string(jpeg.begin(), jpeg.end()));
  const cv::Mat upright = cv::imread(Path("p.png").string());
  ASSERT_EQ(upright.rows, 101) << "OpenCV does not see the orientation";
  EXPECT_EQ(Check(Letterboxed(upright)).standing, Standing::kGood);
  ExpectBad(Check(Letterboxed(cv::imdecode(jpeg, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION))),
            {"EXIF orientation was ignored"}, {"brought to size"});
}

TEST_F(CheckPreTest, AnotherPictureIsNotExplained) {
  const Stage stage = Check(Letterboxed(ColourfulPicture(90, 101, 77)));
  ExpectBad(stage, {"nothing that was tried explains it", "is it of this picture"});
}

TEST_F(CheckPreTest, WhatHasNothingOfThePictureIsSaidWithoutANumber) {
  const auto even = [](double, int) { return 0.5; };
  uint32_t state = 1;
  const auto noise = [&](double, int) { return static_cast<double>((state = state * 1664525U + 1013904223U) >> 8U); };
  for (const Normalise& values : {Normalise(even), Normalise(noise)}) {
    const Stage stage = Check(Letterboxed(bgr_), values);
    EXPECT_EQ(stage.standing, Standing::kBad);
    EXPECT_NE(stage.verdict.find("in no size, colour order or scale is it like"), std::string::npos) << stage.verdict;
    EXPECT_EQ(stage.verdict.find("grey levels"), std::string::npos) << stage.verdict;
  }
}

TEST_F(CheckPreTest, WhatCannotBeComparedIsRefused) {
  WriteText(Path("fed.bin"), "abc");
  EXPECT_THROW(CheckPre(info_, Path("p.png").string(), Path("fed.bin")), BadInput);
  cv::imwrite(Path("p.png").string(), cv::Mat(90, 101, CV_8UC3, cv::Scalar::all(7)));
  EXPECT_THROW(Check(Letterboxed(bgr_)), BadInput) << "one colour tells nothing";
  cv::imwrite(Path("p.png").string(), bgr_);
  try {
    Check(Letterboxed(bgr_), [](double pixel, int c) { return c == 1 && pixel > 200 ? std::nan("") : pixel; });
    ADD_FAILURE() << "an array with NaN was explained";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("values are NaN or infinite, the first is number "), std::string::npos)
        << error.what();
  }
  info_.preprocess.type = quantize::InputPreprocess::Type::kF32;
  EXPECT_THROW(Check(Letterboxed(bgr_)), UsageError);
}

}  // namespace
}  // namespace lockstep::checklist
