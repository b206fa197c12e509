// `bundle`: everything that somebody else needs to see the same, in one archive.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "boards/board_pool.h"
#include "bundle/bundle_manifest.h"
#include "crosscheck/crosscheck.h"
#include "input/data_list.h"

namespace lockstep::bundle {

struct BundleOptions {
  std::filesystem::path model;
  input::DataSources data;
  int count = 4;  // sets of inputs, the first ones
  bool strip_weights = false;
  uint64_t seed = 1;   // of the random weights
  std::string layers;  // regular expression: layers whose expected bytes are packed; of all others the md5
  std::vector<std::filesystem::path> logs;
  std::filesystem::path output;
  std::string version;  // of this program
};

// How often MakeBundle calls `announce`.
int CountSteps(const BundleOptions& options);

// Runs the reference engine and the boards on the model as it is packed, and writes the archive. `announce` is told
// what begins.
BundleManifest MakeBundle(const BundleOptions& options, const std::vector<boards::BoardPool>& boards,
                          const crosscheck::Announce& announce);

// What is in it, as a table.
std::string ToText(const BundleManifest& manifest, const std::filesystem::path& archive);

// What boards make of a model and the bytes of one set of inputs.
std::vector<BoardOutcome> RunBoards(const std::filesystem::path& model, const std::vector<std::string>& names,
                                    const std::vector<std::filesystem::path>& inputs,
                                    const std::vector<boards::BoardPool>& boards);

}  // namespace lockstep::bundle
