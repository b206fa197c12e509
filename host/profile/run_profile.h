// Runs a joint model in the profile build of a board.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "boards/board.h"
#include "profile/profile.h"

namespace lockstep::profile {

struct ProfileOptions {
  std::filesystem::path model;
  // PATH or NAME=PATH, of one run, as ListData takes them; empty: run_joint's random input.
  std::vector<std::string> data;
  int repeat = 10;
  int warmup = 1;
  int threads = 1;
  std::filesystem::path trace;  // gets the Chrome trace of all runs; empty: not wanted
};

// The steps that RunProfile announces.
constexpr int kProfileSteps = 2;

// The layers have the ONNX nodes of the model. Under user-mode QEMU another run, on one thread, counts instructions.
// Throws as Board::Run, and BoardError if the board answers for other layers than the model has.
Profile RunProfile(const ProfileOptions& options, boards::Board& board,
                   const std::function<void(const std::string&)>& step);

// What the plugin counted, a line "LAYER RUNS INSTRUCTIONS" each. Throws BoardError that names `source` unless every
// layer ran once.
std::vector<uint64_t> ReadCounts(const std::string& text, size_t layers, const std::string& source);

}  // namespace lockstep::profile
