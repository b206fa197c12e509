// What a run of a joint model takes of a board's memory, before there is a board.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "joint_generated.h"
#include "memory/session_plan.h"

namespace lockstep::memory {

// A tensor of the arena.
struct PlannedTensor {
  int index = 0;  // in the model
  std::string name;
  std::string dtype;       // "u8"
  std::vector<int> shape;  // physical order
  uint64_t bytes = 0;
  uint64_t arena_offset = 0;
  int first_layer = 0;  // that makes it; 0 for an input
  int last_layer = 0;   // that reads it; the last one for an output
  int root = 0;         // the tensor whose memory it lies in, itself unless it is a view
  bool input = false;
  bool output = false;
};

struct PlannedLayer {
  std::string name;
  std::string op;
  std::vector<int> inputs;  // tensors, constants among them
  std::vector<int> outputs;
  uint64_t live = 0;  // bytes of the arena that are in use while it runs
};

// Memory that is needed from one layer to another: a root and its views.
struct Block {
  int root = 0;
  uint64_t bytes = 0;
  int first_layer = 0;
  int last_layer = 0;
};

struct Plan {
  std::string model;
  std::string model_digest;
  uint64_t file_bytes = 0;
  uint64_t weight_bytes = 0;  // all constants
  uint64_t arena_bytes = 0;
  uint64_t arena_bytes_by_rows = 0;  // where groups of layers run row by row
  SessionPlan session;               // of this PC
  int threads = 1;
  std::vector<PlannedLayer> layers;
  std::vector<PlannedTensor> tensors;  // by position, those of the arena alone
  std::vector<Block> blocks;

  // With a session of this PC, or of another target.
  uint64_t peak_bytes() const { return peak_bytes(session); }
  uint64_t peak_bytes(const SessionPlan& one) const {
    return file_bytes + arena_bytes + one.scratch_bytes + one.table_bytes;
  }
  uint64_t live_peak() const;
  std::vector<int> PeakLayers() const;          // where as much is alive as anywhere
  std::vector<Block> AliveAt(int layer) const;  // the largest first
  const PlannedTensor* Find(int index) const;   // nullptr for a constant
  const PlannedTensor& Tensor(int index) const { return *Find(index); }
};

// Of a checked model; scratch and tables are what a session of this PC's runtime says. Throws BadInput or
// UnsupportedModel that names the file.
Plan MakePlan(const std::filesystem::path& model, int threads);

}  // namespace lockstep::memory
