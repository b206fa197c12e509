// Mean average precision of a detector.
#pragma once

#include <memory>
#include <string>

#include "evaluate/detect/decode.h"
#include "evaluate/detect/head.h"
#include "evaluate/detect/suppress.h"
#include "evaluate/task.h"

namespace lockstep::evaluate {

struct DetectSettings {
  HeadSettings head;
  CandidateOptions candidates;
  SuppressOptions suppress;
};

// Boxes are brought back to the picture and cut at its borders. Throws what RecognizeHead and ReadBoxLabels throw.
std::unique_ptr<Task> MakeDetectTask(const NetworkInterface& network, const std::string& images,
                                     const std::string& labels, const DetectSettings& settings);

// A detection in pixels of the network's input, in pixels of the picture.
Corners ToPicture(const Corners& box, const input::PictureGeometry& geometry);

}  // namespace lockstep::evaluate
