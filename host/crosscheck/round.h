// One input on its way through the reference engine and the boards.
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crosscheck/result.h"
#include "dump/dump.h"
#include "dump/output_names.h"
#include "engine/reference/joint_model.h"
#include "input/model_input.h"

namespace lockstep::crosscheck {

struct SingleRound;

// One input on the way through the engines and boards. Folders below `work`.
struct Round {
  const input::DataItem* item = nullptr;
  std::filesystem::path work;
  std::vector<std::vector<uint8_t>> inputs;
  std::vector<std::filesystem::path> input_files;
  std::filesystem::path reference;            // its dump
  dump::Manifest manifest;                    // of that dump
  std::vector<dump::OutputDigest> outputs;    // of the reference engine, by position
  std::shared_ptr<const SingleRound> single;  // none: not wanted
};

// The PC's side of layers that are fed with the float network's values (single_pass.h).
struct SingleRound {
  Round fed;                // its dump has what is fed
  dump::Manifest expected;  // what the reference engine makes of it, by layer
  std::filesystem::path folder;
};

// What one board made of a round.
struct BoardRound {
  std::string board;             // which of the pool's it was
  std::filesystem::path folder;  // of its dumps
  double seconds = 0.0;
  std::vector<dump::LayerResult> layers;
  std::map<std::pair<int, int>, dump::DumpLayer> fetched;  // layers whose bytes lie in `folder`, by DumpLayer::Place
  std::map<std::pair<int, int>, dump::DumpLayer>
      single_fetched;  // likewise, of layers fed with the float network's values
  std::vector<BuildResult> builds;
  std::vector<LayerCause> causes;
  std::string isolated_error;
  std::exception_ptr error;
};

// Writes the inputs as files and the reference engine's dump into `work`.
Round RunReference(engine::JointModel& joint, const input::DataItem& item, const std::filesystem::path& work);

}  // namespace lockstep::crosscheck
