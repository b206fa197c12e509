// The files that a run leaves: outputs, and the inputs for a board.
#pragma once

#include <filesystem>
#include <vector>

#include "run/run_models.h"

namespace lockstep::run {

// With two models each gets a folder of its own.
std::filesystem::path FolderOf(const std::filesystem::path& folder, const RunOptions& options, size_t model);

// `STEM_OUTPUT.bin` holds the bytes as run_joint writes them: float32 in ONNX order, or what the model gives otherwise.
// `.npy` holds the same numbers in ONNX order.
void SaveOutputs(const RunOptions& options, size_t model, const input::DataItem& item,
                 const std::vector<OutputTensor>& outputs);

// The bytes of the joint model's inputs, as run_joint takes them: dump::InputFileNames. Without a joint model what the
// ONNX network is fed with: the same names with .npy, float32 in ONNX order.
void SaveInputs(const RunOptions& options, const std::vector<input::InputInfo>& inputs, const input::DataItem& item);

// Throws UsageError if two sets of inputs would be saved under one name.
void RequireDistinctInputFiles(const std::vector<input::DataItem>& items, const std::vector<input::InputInfo>& inputs);

}  // namespace lockstep::run
