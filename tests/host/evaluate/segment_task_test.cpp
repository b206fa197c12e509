#include "evaluate/segment/segment_task.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "evaluate/segment/label_map.h"
#include "graph/error.h"
#include "support/temporary_test_folder.h"

namespace lockstep::evaluate {
namespace {

class SegmentTaskTest : public testing::FolderTest {
 protected:
  std::string P(const std::string& name) const { return Path(name).string(); }

  void WriteLabels(const std::string& name, int height, int width, const std::vector<uint8_t>& labels) const {
    std::filesystem::create_directories(Path(name).parent_path());
    cv::Mat map(height, width, CV_8UC1);
    std::copy(labels.begin(), labels.end(), map.data);
    ASSERT_TRUE(cv::imwrite(P(name), map));
  }

  template <typename Function>
  static std::string BadInputOf(const Function& function) {
    try {
      function();
    } catch (const BadInput& error) {
      return error.what();
    }
    return "";
  }
};

run::OutputTensor Output(const graph::Shape& shape, const std::vector<float>& values, const char* dtype = "f32") {
  run::OutputTensor output;
  output.shape = shape;
  output.values = values;
  output.layout.dtype = dtype;
  return output;
}

input::PictureGeometry Geometry(int width, int height) {
  input::PictureGeometry geometry;
  geometry.source_width = width;
  geometry.source_height = height;
  return geometry;
}

double MeanUnion(const Task& task, const std::vector<PictureResult>& results) {
  return task.Measure(results)(std::vector<int>(results.size(), 1)).front().value;
}

TEST_F(SegmentTaskTest, CommonAndEitherAreaOfEveryClass) {
  WriteText(Path("i/a.jpg"), "");
  WriteLabels("l/a.png", 2, 4, {0, 0, 1, 1, 0, 255, 1, 255});
  const NetworkInterface network{"net", {2, 4}, {{1, 2, 2, 4}}};
  const auto task = MakeSegmentTask(network, P("i"), P("l"));
  // Predicted: 0 0 0 1 / 0 1 1 1; the two unlabelled pixels do not count.
  const std::vector<float> scores = {1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1};
  const PictureResult result =
      task->Judge(0, input::PictureVariant::kPlain, Geometry(4, 2), {Output({1, 2, 2, 4}, scores)});
  // Class 0: 3 common of 4; class 1: 2 common of 3.
  EXPECT_NEAR(MeanUnion(*task, {result}), (3.0 / 4 + 2.0 / 3) / 2, 1e-12);
}

TEST_F(SegmentTaskTest, EveryLayoutOfTheOutputSaysTheSame) {
  WriteText(Path("i/a.jpg"), "");
  WriteLabels("l/a.png", 2, 2, {0, 1, 1, 1});
  const std::vector<run::OutputTensor> outputs = {
      Output({1, 2, 2, 2}, {1, 0, 0, 0, 0, 1, 1, 1}), Output({1, 2, 2, 1}, {0, 1, 1, 1}, "s64"),
      Output({1, 2, 2}, {0, 1, 1, 1}, "s64"), Output({1, 1, 2, 2}, {0.2F, 0.7F, 0.9F, 0.6F})};
  for (const run::OutputTensor& output : outputs) {
    const auto task = MakeSegmentTask({"net", {2, 2}, {output.shape}}, P("i"), P("l"));
    const PictureResult result = task->Judge(0, input::PictureVariant::kPlain, Geometry(2, 2), {output});
    EXPECT_EQ(MeanUnion(*task, {result}), 1.0) << graph::ToString(output.shape);
  }
}

TEST_F(SegmentTaskTest, ALetterboxAndAMirroredPictureAreUndone) {
  WriteText(Path("i/a.jpg"), "");
  WriteLabels("l/a.png", 1, 2, {0, 1});
  // The network takes 4x4; a picture of 4x2 lies in the two rows in the middle.
  input::PictureGeometry geometry = Geometry(4, 2);
  geometry.pad_y = 1;
  const auto task = MakeSegmentTask({"net", {4, 4}, {{1, 4, 4}}}, P("i"), P("l"));
  const run::OutputTensor plain = Output({1, 4, 4}, {1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0}, "s64");
  EXPECT_EQ(MeanUnion(*task, {task->Judge(0, input::PictureVariant::kPlain, geometry, {plain})}), 1.0);
  EXPECT_EQ(MeanUnion(*task, {task->Judge(0, input::PictureVariant::kMirrored, geometry, {plain})}), 0.0);
  const run::OutputTensor mirrored = Output({1, 4, 4}, {0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1}, "s64");
  EXPECT_EQ(MeanUnion(*task, {task->Judge(0, input::PictureVariant::kMirrored, geometry, {mirrored})}), 1.0);
}

TEST_F(SegmentTaskTest, ClassesThatTheNetworkHasNotAreNamed) {
  WriteText(Path("i/a.jpg"), "");
  WriteLabels("l/a.png", 2, 2, {0, 1, 33, 1});
  const auto task = MakeSegmentTask({"net", {2, 2}, {{1, 2, 2, 2}}}, P("i"), P("l"));
  const std::string message = BadInputOf([&] {
    task->Judge(0, input::PictureVariant::kPlain, Geometry(2, 2), {Output({1, 2, 2, 2}, std::vector<float>(8, 0.0F))});
  });
  EXPECT_NE(message.find("a.png"), std::string::npos) << message;
  EXPECT_NE(message.find("class 33"), std::string::npos) << message;
}

TEST_F(SegmentTaskTest, LabelsThatMatchNoPicture) {
  WriteText(Path("i/a.jpg"), "");
  WriteLabels("l/b.png", 2, 2, {0, 1, 0, 1});
  const std::string message = BadInputOf([&] { MakeSegmentTask({"net", {2, 2}, {{1, 2, 2, 2}}}, P("i"), P("l")); });
  for (const std::string& word :
       {P("l") + ": none of its 1 .png file (the first is \"b.png\")", P("i"), std::string("a.jpg")}) {
    EXPECT_NE(message.find(word), std::string::npos) << word << ": " << message;
  }
  WriteLabels("l/a.png", 2, 2, {0, 1, 0, 1});
  const auto task = MakeSegmentTask({"net", {2, 2}, {{1, 2, 2, 2}}}, P("i"), P("l"));
  ASSERT_EQ(task->Notes().size(), 1U);
  EXPECT_EQ(task->Notes()[0],
            "1 .png file of " + P("l") + " belongs to no picture of " + P("i") + ", the first is \"b.png\"");
  EXPECT_THROW(MakeSegmentTask({"net", {2, 2}, {{1, 1000}}}, P("i"), P("l")), UsageError);
}

TEST_F(SegmentTaskTest, APaletteStandsForItsPlaces) {
  // A PNG of 2x1 pixels with the palette black, red, green and the pixels 2 and 1, byte by byte: signature, IHDR, PLTE,
  // IDAT (not compressed), IEND, each with its CRC.
  const std::vector<uint8_t> png = {
      0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
      0x02, 0x00, 0x00, 0x00, 0x01, 0x08, 0x03, 0x00, 0x00, 0x00, 0xc3, 0xfc, 0x8f, 0xb8, 0x00, 0x00, 0x00, 0x09, 0x50,
      0x4c, 0x54, 0x45, 0x00, 0x00, 0x00, 0xff, 0x00, 0x00, 0x00, 0xff, 0x00, 0xf4, 0x83, 0xbf, 0x7e, 0x00, 0x00, 0x00,
      0x0e, 0x49, 0x44, 0x41, 0x54, 0x78, 0x01, 0x01, 0x03, 0x00, 0xfc, 0xff, 0x00, 0x02, 0x01, 0x00, 0x08, 0x00, 0x04,
      0xa6, 0x90, 0x76, 0x2b, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
  WriteText(Path("l/a.png"), std::string(png.begin(), png.end()));
  const LabelMap map = ReadLabelMap(P("l/a.png"));
  EXPECT_EQ(map.width, 2);
  EXPECT_EQ(map.height, 1);
  EXPECT_EQ(map.labels, (std::vector<uint8_t>{2, 1}));
}

TEST_F(SegmentTaskTest, FewGreyLevelsAreNotSpreadOut) {
  cv::Mat map(1, 8, CV_8UC1);
  for (int i = 0; i < 8; ++i) map.data[i] = i % 2 == 0 ? 255 : 0;
  ASSERT_TRUE(cv::imwrite(P("a.png"), map, {cv::IMWRITE_PNG_BILEVEL, 1}));
  EXPECT_EQ(ReadLabelMap(P("a.png")).labels, (std::vector<uint8_t>{1, 0, 1, 0, 1, 0, 1, 0}));
}

TEST_F(SegmentTaskTest, ColouredPicturesAreNoLabelMaps) {
  ASSERT_TRUE(cv::imwrite(P("a.png"), cv::Mat(2, 2, CV_8UC3, cv::Scalar(1, 2, 3))));
  EXPECT_NE(BadInputOf([&] { ReadLabelMap(P("a.png")); }).find("has colours"), std::string::npos);
  ASSERT_TRUE(cv::imwrite(P("b.jpg"), cv::Mat(2, 2, CV_8UC1, cv::Scalar(1))));
  EXPECT_NE(BadInputOf([&] { ReadLabelMap(P("b.jpg")); }).find("no PNG"), std::string::npos);
}

TEST_F(SegmentTaskTest, LabelMapsOf255AloneMeasureNothing) {
  WriteText(Path("i/a.jpg"), "");
  WriteLabels("l/a.png", 2, 2, {255, 255, 255, 255});
  const auto task = MakeSegmentTask({"net", {2, 2}, {{1, 2, 2}}}, P("i"), P("l"));
  const PictureResult nothing =
      task->Judge(0, input::PictureVariant::kPlain, Geometry(2, 2), {Output({1, 2, 2}, {0, 1, 1, 1}, "s64")});
  const std::string message = BadInputOf([&] { task->Measure({nothing}); });
  EXPECT_NE(message.find("nothing was measured: every pixel"), std::string::npos) << message;
  EXPECT_NE(message.find("a.png"), std::string::npos) << message;
}

}  // namespace
}  // namespace lockstep::evaluate
