// What the outputs of a detector mean.
#pragma once

#include <string>
#include <vector>

#include "evaluate/task.h"

namespace lockstep::evaluate {

// How candidates become boxes and scores.
//   kYolov5: cx, cy, w, h, objectness, classes; three anchors a cell
//   kYolov8: cx, cy, w, h, classes; raw: four distributions of 16 distances, classes
//   kYolox: cx, cy, w, h, objectness, classes; one candidate a cell
enum class HeadKind { kYolov5, kYolov8, kYolox };

// The maps of one level, as positions among the outputs. Maps are N,C,H,W; that of kYolov5 may be N,3,H,W,C too.
struct HeadLevel {
  int stride = 0;  // pixels of a cell
  int height = 0;  // cells
  int width = 0;
  std::vector<size_t>
      maps;  // kYolov5: one; kYolov8: one, or boxes and classes; kYolox: one, or boxes, objects, classes
};

struct Head {
  HeadKind kind = HeadKind::kYolov8;
  int classes = 0;
  size_t output = 0;              // of a decoded head
  bool channels_first = false;    // of a decoded head: its channels are rows
  int candidates = 0;             // of a decoded head
  std::vector<HeadLevel> levels;  // small strides first; of a raw head, and the cells behind a decoded kYolox
  bool raw = false;               // maps by level
};

struct HeadSettings {
  std::string name = "auto";  // auto, yolov5, yolov8, yolox
  int classes = 0;            // 0: not known
};

// "yolov5", "yolov8", "yolox".
std::string HeadName(HeadKind kind);

// Axes are told apart by the number of candidates that the strides 8, 16, 32 (or others that such detectors have) make;
// of a named head with another number the longer axis counts them. Throws UsageError that says what the outputs are and
// what was expected.
Head RecognizeHead(const NetworkInterface& network, const HeadSettings& settings);

// "YOLOv8 in one output: 8400 candidates of 80 classes".
std::string Describe(const Head& head);

}  // namespace lockstep::evaluate
