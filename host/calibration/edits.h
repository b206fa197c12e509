// Changes of a calibration file from the command line or a script.
//
//   NAME.FIELD=VALUE     NAME: a tensor, a node or op:OP, with * and ? as in a shell
// Fields of tensors: bits, type, range (LOW,HIGH, or seen: the extremes on the pictures), threshold (T: the range ends
// at -T and T where it reaches beyond), scale, zero_point. Of nodes: float, weight_bits, weight_range, weight_scales. A
// tensor's field said of a node is said of its output.
#pragma once

#include <string>
#include <vector>

#include "calibration/calibration_file.h"

namespace lockstep::calibration {

// Applies the edits in their order and gives one line for each entry that changed: "NAME: bits 8 -> 16". Throws
// UsageError naming `path` and the edit: for one that cannot be read, that matches nothing (with the nearest names, and
// into which node a fused one went) or changes nothing, and for values that the entry cannot have.
std::vector<std::string> Apply(const std::vector<std::string>& edits, const std::string& path, Json& file);

// The lines of a script, without empty ones, those that begin with '#', and what follows a blank and '#'.
std::vector<std::string> ReadScript(const std::string& path);

// Tensors and nodes, marked where they differ from what was calibrated.
std::string ListText(const Json& file, bool colour);

}  // namespace lockstep::calibration
