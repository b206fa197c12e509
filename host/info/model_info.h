// What is in a model file, for people and programs.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "import/onnx_import.h"
#include "joint_generated.h"

namespace lockstep::info {

// A tensor has the keys of a dump's manifest: name, dtype ("u8"), shape (a list), axes; of a joint model also scale,
// zero_point and bytes. docs/architecture.md lists what else there is.

// Of a checked joint model. `layers`: the lists of layers and tensors too.
nlohmann::ordered_json DescribeJointModel(const joint::Model& model, size_t file_bytes, bool layers);

// Of an ONNX network after import and optimisation: inputs, outputs, nodes with MACs and parameters, and what keeps it
// from being built.
nlohmann::ordered_json DescribeNetwork(const std::string& path, const importer::ImportOptions& options);

// Of a file of either kind, by its ending; a joint model goes through every check, and BadInput names what failed.
nlohmann::ordered_json DescribeModelFile(const std::string& path, const importer::ImportOptions& options);

// Either of them as text: a list of properties, then tables.
std::string InfoText(const nlohmann::ordered_json& info);

}  // namespace lockstep::info
