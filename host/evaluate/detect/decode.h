// From a detector's outputs to candidates.
#pragma once

#include <vector>

#include "evaluate/detect/box.h"
#include "evaluate/detect/head.h"

namespace lockstep::evaluate {

struct CandidateOptions {
  float confidence = 0.001F;  // scores must be above it
  bool one_label = false;     // a candidate's best class alone, else every class above the confidence
};

// Boxes in pixels of the network's input, in the order of the outputs: candidate by candidate, class by class.
//
// What an output's numbers are is told from all of them: boxes of kYolov5 and kYolov8 whose centres all lie below 2 are
// fractions of the input, others pixels; boxes of a kYolox output whose centres stay within a quarter of the input are
// not decoded; maps whose scores all lie in 0..1 are probabilities, others are in front of a Sigmoid. kYolov5 maps have
// YOLOv5's own anchors of the strides 8, 16 and 32.
std::vector<Detection> Candidates(const Head& head, const std::vector<run::OutputTensor>& outputs,
                                  input::PictureSize size, const CandidateOptions& options);

}  // namespace lockstep::evaluate
