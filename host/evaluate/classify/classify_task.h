// Top-1 and top-5 of a classifier.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "evaluate/task.h"

namespace lockstep::evaluate {

// The right class is placed behind every class with a higher score, and behind those with the same score and a lower
// number. `class_offset` is the number of outputs in front of class 0; without it there is one in a network of 1001
// outputs whose labels end below 1000 (a background in front of ImageNet's classes), else none. Throws UsageError for
// outputs that are no scores, BadInput for labels, see ReadClassLabels, and classes that the network does not have.
std::unique_ptr<Task> MakeClassifyTask(const NetworkInterface& network, const std::string& images,
                                       const std::string& labels, std::optional<int> class_offset);

}  // namespace lockstep::evaluate
