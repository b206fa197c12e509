// The ONNX network that a joint model was made from.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "graph/graph.h"
#include "import/onnx_import.h"
#include "joint_generated.h"

namespace lockstep::run {

// Where `build` put the network. Another model that is built into the same folder replaces it.
std::filesystem::path OptimizedOnnxBeside(const std::filesystem::path& joint_model);

// Imports and optimises as `build` does.
graph::Graph LoadNetwork(const std::filesystem::path& onnx, const importer::ImportOptions& options);

// As that of a model was, with the model's own shapes. `input_values`: of inputs that the model does not have.
graph::Graph LoadNetworkBeside(const std::filesystem::path& onnx, const joint::Model& model,
                               const std::map<std::string, double>& input_values = {});

// Throws UsageError for values without a network that is named: what `build` exported has no inputs left for them.
void RefuseIdleValues(const std::filesystem::path& onnx, const std::map<std::string, double>& input_values);

// Throws UsageError unless `onnx` is what `joint_model`, the file of `model`, was made from: the file that was built,
// or what `build` exported of it.
void RequireNetworkOf(const std::filesystem::path& onnx, const std::filesystem::path& joint_model,
                      const joint::Model& model);

// And unless the inputs and outputs have the same sizes: one ONNX file can be built twice, cut or shaped differently.
void RequireSameInterface(const graph::Graph& network, const std::filesystem::path& onnx,
                          const std::filesystem::path& joint_model, const joint::Model& model);

}  // namespace lockstep::run
