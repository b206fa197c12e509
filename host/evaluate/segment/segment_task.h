// Mean intersection over union of a segmentation.
#pragma once

#include <memory>
#include <string>

#include "evaluate/task.h"

namespace lockstep::evaluate {

// The output is 1xCxHxW or 1xHxWxC scores, 1xHxW (1x1xHxW, 1xHxWx1) class numbers if they are integers, or the
// probability of class 1 against class 0. `labels` is a folder of PNG files that are named like the pictures
// (ReadLabelMap). Scores are interpolated at the pixels of the label map; of equal ones the lower class is taken. The
// mean is over the classes that are labelled or predicted anywhere. Throws UsageError for an output of another shape,
// BadInput for labels.
std::unique_ptr<Task> MakeSegmentTask(const NetworkInterface& network, const std::string& images,
                                      const std::string& labels);

}  // namespace lockstep::evaluate
