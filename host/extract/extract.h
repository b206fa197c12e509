// Layers of a joint model as joint models of their own, with the bytes that they get and give within the network.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "input/data_list.h"

namespace lockstep::extract {

struct ExtractOptions {
  std::filesystem::path model;
  std::string layer;        // its number or name; empty: every layer
  input::DataSources data;  // one set of inputs; none: seeded bytes, as run_joint makes them
  uint64_t seed = 1;
  std::filesystem::path output_folder;
};

// Paths below the output folder.
struct ExtractedLayer {
  int index = 0;
  std::string name;
  std::string op;
  std::filesystem::path model;                  // 0012_Conv_45.joint
  std::vector<std::filesystem::path> inputs;    // inputs/0012_Conv_45.bin, ..
  std::vector<std::filesystem::path> expected;  // expected/0012_Conv_45_NAME.bin, ..: as run_joint names its outputs
  // By output: of one with a scale for each channel these, of others none. Its own model says 1, for what a caller of a
  // model sees has one scale.
  std::vector<std::vector<double>> channel_scales;
};

struct SkippedLayer {
  int index = 0;
  std::string name;
  std::string why;
};

struct ExtractResult {
  std::string data;  // what was fed
  std::vector<ExtractedLayer> layers;
  std::vector<SkippedLayer> skipped;  // of every layer: those that cannot be run alone
};

// Every model is checked by the validator, and must give the network's bytes in the reference engine. Writes
// layers.json too, which lists what there is. Throws UsageError for a layer that is unknown, UnsupportedModel for one
// that cannot be run alone if it was asked for by name.
ExtractResult Extract(const ExtractOptions& options, const std::function<void(int done, int total)>& progress);

// layers.json of a folder. Throws BadInput.
ExtractResult ReadLayerList(const std::filesystem::path& folder);

// "run_joint -d ... -o ... --verify ... MODEL"
std::string RunJointLine(const ExtractedLayer& layer);

}  // namespace lockstep::extract
