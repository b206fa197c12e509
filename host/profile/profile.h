// What the layers of a joint model cost on a board: times, and under an emulator instructions.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lockstep::profile {

struct LayerProfile {
  int index = 0;
  std::string name;
  std::string op;
  std::string kernel;
  std::vector<std::string> onnx_nodes;
  double min_ms = 0;
  double avg_ms = 0;
  double max_ms = 0;
  uint64_t macs = 0;
  uint64_t bytes = 0;                    // of the arena that the layer reads and writes
  std::optional<uint64_t> instructions;  // of one run on one thread
};

struct Profile {
  std::string board;
  std::string model;
  std::string model_digest;
  std::string target;
  std::string version;   // of the runtime
  std::string emulator;  // whose times these are; empty: the board's own
  int threads = 1;
  uint64_t runs = 0;
  double profiling_percent = 0;  // what profiling itself took
  std::string note;              // why there are no instructions though there is an emulator
  std::vector<LayerProfile> layers;

  bool counted() const { return !layers.empty() && layers.front().instructions.has_value(); }
};

// What layers are ordered and compared by.
enum class Measure { kMilliseconds, kInstructions };

// Instructions where they were counted: an emulator's times say nothing of a board.
Measure MeasureOf(const Profile& profile);
const char* MeasureName(Measure measure);  // "avg_ms", "instructions"
double CostOf(const LayerProfile& layer, Measure measure);
double TotalCost(const Profile& profile, Measure measure);

// profile.json as run_joint_profile writes it, or what ToJson gave. Throws BadInput that names `source` and what is
// wrong in it; of a file also what to give in its place.
Profile ReadProfile(const nlohmann::ordered_json& json, const std::string& source);
Profile ReadProfileFile(const std::string& path);

nlohmann::ordered_json ToJson(const Profile& profile);
std::string ToCsv(const Profile& profile);
// The layers, the sums by operator, and the ten that cost most.
std::string ToText(const Profile& profile);

}  // namespace lockstep::profile
