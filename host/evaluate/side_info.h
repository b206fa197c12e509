// What a network takes and gives when it is fed with single pictures.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "input/input_info.h"
#include "joint_generated.h"
#include "run/model_runner.h"

namespace lockstep::evaluate {

struct SideInfo {
  input::InputInfo input;                   // the one that it has
  std::vector<graph::Shape> output_shapes;  // ONNX order
};

// Throws UsageError that names `model` unless its one input is a picture.
SideInfo MakeSideInfo(const std::filesystem::path& model, const std::vector<input::InputInfo>& inputs,
                      std::vector<graph::Shape> output_shapes);

// The input's bytes, in which each entry of the batch is `picture`.
std::vector<uint8_t> BatchOf(const std::vector<uint8_t>& picture, const input::InputInfo& input);

std::vector<run::OutputTensor> FirstOfBatch(std::vector<run::OutputTensor> outputs, int64_t batch);

// A file of an output as run_joint writes it.
struct OutputFile {
  std::string name;  // STEM_OUTPUT.bin
  size_t bytes = 0;
};

std::vector<OutputFile> OutputFilesOf(const joint::Model& model, const std::string& stem);

}  // namespace lockstep::evaluate
