// Runs a model in ONNX Runtime, which shares no code with us, in a process of its own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/float/float_engine.h"

namespace lockstep::oracle {

struct OracleResult {
  std::map<std::string, engine::FloatTensor> outputs;
  std::vector<double> milliseconds;  // of the timed runs
};

struct OracleOptions {
  int threads = 1;
  int timed_runs = 0;  // after one that is not counted
};

// The path that a script of scripts/ prints; the script fetches what is missing. Throws std::runtime_error naming it.
std::string Fetch(const std::string& script);

// Throws std::runtime_error with what Node.js printed if it fails.
OracleResult RunOnnxRuntime(const std::string& model, const std::map<std::string, engine::FloatTensor>& inputs,
                            const OracleOptions& options = {});

struct OracleJob {
  std::string model;
  std::map<std::string, engine::FloatTensor> inputs;
  std::map<std::string, std::string> types = {};  // "bool", "uint8" or "int16" of inputs that are no floats
};

// Many models in one process, for starting it takes longer than running a small model.
std::vector<OracleResult> RunOnnxRuntime(const std::vector<OracleJob>& jobs);

}  // namespace lockstep::oracle
