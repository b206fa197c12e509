// A network on an engine of this PC or on a board, fed with the bytes of one picture, or the outputs that another
// program computed of it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "boards/board.h"
#include "evaluate/side_info.h"
#include "run/model_runner.h"

namespace lockstep::evaluate {

// What runs a network: "float", "reference", "native", a board, or, with `outputs`, another program.
struct SideOptions {
  std::filesystem::path model;  // a joint model or an ONNX network
  std::string engine;
  std::filesystem::path outputs;  // a folder of given outputs, see given_outputs.h; empty: the engine computes
  run::RunnerOptions runner;
  boards::BoardOptions board;
};

struct SidePicture {
  std::vector<uint8_t> bytes;  // of one picture, which fills the batch
  std::string name;            // "mirror/street", see FileName; empty where nothing is named after it
};

class Side {
 public:
  virtual ~Side() = default;
  virtual const SideInfo& info() const = 0;
  // The outputs are those of the first of the batch.
  virtual std::vector<run::OutputTensor> Run(const SidePicture& picture) = 0;
  // Of the last Run: the engine alone; on a board, its whole program; 0 where outputs were given.
  virtual double seconds() const = 0;
};

// Throws UsageError for an unknown engine or board, and for a network whose input is not one picture.
std::unique_ptr<Side> MakeSide(const SideOptions& options);

}  // namespace lockstep::evaluate
