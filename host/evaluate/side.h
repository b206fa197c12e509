// A network on an engine of this PC or on a board, fed with the bytes of one picture.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "boards/board.h"
#include "evaluate/task.h"
#include "run/model_runner.h"

namespace lockstep::evaluate {

// What runs a network: "float", "reference", "native", or a board.
struct SideOptions {
  std::filesystem::path model;  // a joint model or an ONNX network
  std::string engine;
  run::RunnerOptions runner;
  boards::BoardOptions board;
};

struct SideInfo {
  input::InputInfo input;                   // the one that it has
  std::vector<graph::Shape> output_shapes;  // ONNX order
};

class Side {
 public:
  virtual ~Side() = default;
  virtual const SideInfo& info() const = 0;
  // `picture` are the bytes of one picture, which fills the batch; the outputs are those of the first of the batch.
  virtual std::vector<run::OutputTensor> Run(const std::vector<uint8_t>& picture) = 0;
  // Of the last Run: the engine alone; on a board, its whole program.
  virtual double seconds() const = 0;
};

// Throws UsageError for an unknown engine or board, and for a network whose input is not one picture.
std::unique_ptr<Side> MakeSide(const SideOptions& options);

}  // namespace lockstep::evaluate
