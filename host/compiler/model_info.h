// What is in a model file, for people and programs.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "graph/graph.h"
#include "joint_generated.h"

namespace lockstep::compiler {

// Of a checked joint model. `layers`: the list of layers too.
nlohmann::ordered_json DescribeJointModel(const joint::Model& model, size_t file_bytes, bool layers);

// Of an ONNX network after import and optimisation: inputs, outputs, operators, and what keeps it from being built.
nlohmann::ordered_json DescribeNetwork(const std::string& path, const std::map<std::string, graph::Shape>& input_shape);

// Of a file of either kind, by its ending; a joint model goes through every check, and BadInput names what failed.
nlohmann::ordered_json DescribeModelFile(const std::string& path,
                                         const std::map<std::string, graph::Shape>& input_shape);

// Either of them as text: a list of properties, then tables.
std::string InfoText(const nlohmann::ordered_json& info);

}  // namespace lockstep::compiler
