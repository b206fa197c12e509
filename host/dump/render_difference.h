// Where and how far two tensors differ, in sentences and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dump/compare_elements.h"
#include "dump/layer_result.h"

namespace lockstep::dump {

// "1,2,3"
std::string Joined(const std::vector<int64_t>& numbers, const char* separator);

// "element [0,3] (ONNX order [3,0]) should be 4 and is 5 ..; 2 of 8 elements differ, by at most ..". There must be a
// first element.
std::string ElementText(const ElementComparison& difference);

// Some lines for each of the layers that differ and whose bytes are known: how many elements, where, the first and the
// worst of them, how many are off by how many steps. The first `most` layers; of those that were run by themselves the
// ones that differ then too.
std::string DifferenceLines(const std::vector<LayerResult>& layers, size_t most);

nlohmann::ordered_json ToJson(const ElementComparison& difference);

}  // namespace lockstep::dump
