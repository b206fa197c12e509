// `replay`: whether a bundle gives the same here.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "boards/board_pool.h"
#include "bundle/bundle_manifest.h"
#include "crosscheck/crosscheck.h"

namespace lockstep::bundle {

struct ReplayOptions {
  std::filesystem::path bundle;
  std::filesystem::path keep;  // gets the bundle's files; empty: not wanted
};

// What one set of inputs came to.
struct ReplayedInput {
  std::string label;
  std::vector<std::string> other_layers;  // the reference engine's md5 is not the bundle's
  std::vector<BoardOutcome> boards;
  std::vector<BoardOutcome> recorded;
};

struct ReplayResult {
  BundleManifest manifest;
  std::vector<ReplayedInput> inputs;
  bool same = true;
};

inline constexpr int kReplaySteps = 2;

// Boards for the names of those that the bundle was made with; may leave out what there is none of here.
using MakePools = std::function<std::vector<boards::BoardPool>(const std::vector<std::string>& recorded)>;

// Of the recorded boards those whose names are among `known`, which need no description; the first of `known` if none
// is.
std::vector<std::string> BoardsHere(const std::vector<std::string>& recorded, const std::vector<std::string>& known);

// Verifies every file, runs the reference engine and the boards. A board is the same if the verdict and the layers that
// differ are those of the recorded board of its name; without one, of any that was recorded. Throws BadInput that names
// what is wrong with the archive.
ReplayResult Replay(const ReplayOptions& options, const MakePools& make_boards, const crosscheck::Announce& announce);

std::string ToText(const ReplayResult& result, bool colour);
std::string ToJson(const ReplayResult& result);

}  // namespace lockstep::bundle
