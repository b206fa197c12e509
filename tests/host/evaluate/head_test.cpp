#include "evaluate/detect/head.h"

#include <gtest/gtest.h>

#include "graph/error.h"

namespace lockstep::evaluate {
namespace {

Head Recognize(const std::vector<graph::Shape>& shapes, const HeadSettings& settings = {},
               input::PictureSize size = {640, 640}) {
  return RecognizeHead({"net.onnx", size, shapes}, settings);
}

TEST(HeadTest, OneOutputIsToldByItsShape) {
  struct Case {
    graph::Shape shape;
    HeadKind kind;
    bool channels_first;
  };
  for (const Case& wanted :
       {Case{{1, 25200, 85}, HeadKind::kYolov5, false}, Case{{1, 84, 8400}, HeadKind::kYolov8, true},
        Case{{1, 8400, 85}, HeadKind::kYolox, false}, Case{{1, 1, 25200, 85}, HeadKind::kYolov5, false},
        Case{{4, 84, 8400}, HeadKind::kYolov8, true}}) {
    const Head head = Recognize({wanted.shape});
    EXPECT_EQ(head.kind, wanted.kind) << graph::ToString(wanted.shape);
    EXPECT_EQ(head.channels_first, wanted.channels_first) << graph::ToString(wanted.shape);
    EXPECT_EQ(head.classes, 80);
    EXPECT_FALSE(head.raw);
  }
}

TEST(HeadTest, OtherExtentsAndStrides) {
  EXPECT_EQ(Recognize({{1, 6, 3549}}, {}, {416, 416}).classes, 2);
  EXPECT_EQ(Recognize({{1, 6, 2100}}, {}, {320, 320}).candidates, 2100);
  EXPECT_EQ(Recognize({{1, 3 * 8500, 85}}).kind, HeadKind::kYolov5) << "with the stride 64";
  EXPECT_EQ(Recognize({{1, 845 * 3, 85}}, {}, {416, 416}).candidates, 2535) << "the strides 16 and 32 alone";
}

TEST(HeadTest, TheNumberOfClassesOrANameTellsTransposedOutputs) {
  EXPECT_EQ(Recognize({{1, 8400, 84}}, {"yolov8", 0}).classes, 80);
  EXPECT_EQ(Recognize({{1, 8400, 84}}, {"auto", 80}).kind, HeadKind::kYolov8);
  EXPECT_EQ(Recognize({{1, 8400, 84}}).kind, HeadKind::kYolox);
  const Head small = Recognize({{1, 8, 336}}, {"yolov8", 0}, {32, 32});
  EXPECT_EQ(small.candidates, 336);
  EXPECT_EQ(small.classes, 4);
  EXPECT_TRUE(small.channels_first);
}

TEST(HeadTest, MapsOfThreeLevels) {
  const Head five = Recognize({{1, 255, 80, 80}, {1, 255, 40, 40}, {1, 255, 20, 20}});
  EXPECT_EQ(five.kind, HeadKind::kYolov5);
  EXPECT_EQ(five.levels.size(), 3U);
  EXPECT_EQ(five.levels[0].stride, 8);
  EXPECT_EQ(Recognize({{1, 3, 20, 20, 85}, {1, 3, 80, 80, 85}, {1, 3, 40, 40, 85}}).levels[0].maps[0], 1U);
  EXPECT_EQ(Recognize({{1, 144, 80, 80}, {1, 144, 40, 40}, {1, 144, 20, 20}}).kind, HeadKind::kYolov8);
  EXPECT_EQ(Recognize({{1, 85, 80, 80}, {1, 85, 40, 40}, {1, 85, 20, 20}}).kind, HeadKind::kYolox);
}

TEST(HeadTest, MapsApart) {
  const Head eight = Recognize({{1, 80, 80, 80}, {1, 64, 80, 80}, {1, 80, 40, 40}, {1, 64, 40, 40}});
  EXPECT_EQ(eight.kind, HeadKind::kYolov8);
  EXPECT_EQ(eight.levels[0].maps, (std::vector<size_t>{1, 0}));
  const Head x = Recognize({{1, 80, 80, 80}, {1, 4, 80, 80}, {1, 1, 80, 80}});
  EXPECT_EQ(x.kind, HeadKind::kYolox);
  EXPECT_EQ(x.levels[0].maps, (std::vector<size_t>{1, 2, 0}));
}

template <typename Function>
std::string UsageErrorOf(const Function& function) {
  try {
    function();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(HeadTest, MapsThatFitSeveralHeadsNeedAWord) {
  const std::vector<graph::Shape> maps = {{1, 75, 80, 80}, {1, 75, 40, 40}, {1, 75, 20, 20}};
  const std::string message = UsageErrorOf([&] { Recognize(maps); });
  EXPECT_NE(message.find("yolov5 of 20"), std::string::npos) << message;
  EXPECT_NE(message.find("--classes"), std::string::npos) << message;
  EXPECT_EQ(Recognize(maps, {"auto", 20}).kind, HeadKind::kYolov5);
  EXPECT_EQ(Recognize(maps, {"yolox", 0}).classes, 70);
}

TEST(HeadTest, WhatIsNoHeadIsToldWithWhatWasExpected) {
  const std::string message = UsageErrorOf([] { Recognize({{1, 1000}}); });
  for (const char* word : {"net.onnx", "1x1000", "1x25200x(5+C)", "1x(4+C)x8400"}) {
    EXPECT_NE(message.find(word), std::string::npos) << word << ": " << message;
  }
  EXPECT_NE(UsageErrorOf([] { Recognize({{1, 84, 8400}}, {"yolov9", 0}); }).find("yolov9"), std::string::npos);
  EXPECT_NE(UsageErrorOf([] { Recognize({{1, 84, 8400}}, {"auto", 20}); }), "");
}

}  // namespace
}  // namespace lockstep::evaluate
