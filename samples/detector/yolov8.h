// From YOLOv8's output tensor to boxes.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

namespace detector {

struct Box {
  cv::Rect2f rectangle;  // in the network's input, later in the picture
  int label = 0;
  float confidence = 0.0F;
};

struct DecodeOptions {
  float confidence = 0.25F;  // boxes below are dropped
  float iou = 0.45F;         // of two boxes of one class that overlap more, the weaker is dropped
};

// `output` is (4 + classes) x candidates, row major: centre x, centre y, width, height, then a probability per class.
// The boxes come with falling confidence.
std::vector<Box> Decode(const std::vector<float>& output, int classes, const DecodeOptions& options);

float IntersectionOverUnion(const cv::Rect2f& a, const cv::Rect2f& b);

// How well `boxes` stand for the boxes of `truth` above `confidence`: for each of those the best overlap with a box of
// the same class.
struct Agreement {
  int boxes = 0;         // of the truth, above the confidence
  float min_iou = 1.0F;  // the worst of the best overlaps
  Box worst;             // of the truth; it has that overlap
};
Agreement Compare(const std::vector<Box>& truth, const std::vector<Box>& boxes, float confidence);

}  // namespace detector
