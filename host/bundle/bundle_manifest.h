// manifest.json of a bundle: what is in it, and what came out where it was made.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep::bundle {

inline constexpr const char* kManifestName = "manifest.json";
inline constexpr uint64_t kMostManifestBytes = uint64_t{16} << 20;
inline constexpr uint64_t kMostBytes = uint64_t{8} << 30;  // of all files together

struct BundledFile {
  std::string name;  // within the archive
  uint64_t bytes = 0;
  std::string md5;
  std::string what;  // "model", "configuration", "input", "expected", "log"
};

// What a board made of one set of inputs.
struct BoardOutcome {
  std::string board;
  std::string verdict;                 // of dump::VerdictName
  std::string text;                    // in words
  std::vector<std::string> differing;  // layers

  bool operator==(const BoardOutcome& other) const {
    return board == other.board && verdict == other.verdict && differing == other.differing;
  }
};

struct BundledInput {
  std::string label;                 // as it was named
  std::vector<std::string> names;    // of the model's inputs
  std::vector<std::string> files;    // their bytes, within the archive
  std::string expected;              // folder of the reference engine's dump, within the archive
  std::vector<BoardOutcome> boards;  // what came out
};

struct BundleManifest {
  std::string version;  // of lockstep
  std::string compiler_version;
  std::string contract;
  std::string model;  // its file
  bool stripped = false;
  std::vector<BundledInput> inputs;
  std::vector<BundledFile> files;
};

std::string ToJson(const BundleManifest& manifest);

// Throws BadInput that begins with `label` and names the field.
BundleManifest ParseBundleManifest(const std::vector<uint8_t>& text, const std::string& label);

}  // namespace lockstep::bundle
