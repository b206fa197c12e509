// Runs a joint model on the reference engine and on boards with one input, and compares every layer.
//
// The reference engine's dump goes to a temporary folder. A board first sends digests alone; the bytes of the layers
// whose digests differ are fetched in a second run. With the ONNX network at hand the float engine runs as well, and
// every layer's accuracy is measured while its floats pass by.
//
// Pools work side by side, each at its own speed; the boards of one share the inputs. On disk are the dumps of the
// inputs that boards are at, and those of one more.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "boards/board_pool.h"
#include "crosscheck/result.h"
#include "files/output_file.h"
#include "input/data_list.h"

namespace lockstep::crosscheck {

struct CrosscheckOptions {
  std::filesystem::path model;
  std::filesystem::path onnx;                   // empty: frontend/optimized.onnx beside the model, if it is there
  std::map<std::string, double> input_values;   // of inputs of `onnx` that the model does not have
  input::DataSources data;                      // see ListData
  bool single = false;                          // every layer by itself too, fed with the float network's values
  bool all_builds = false;                      // outputs of release, profile and nmem too
  std::filesystem::path output_folder;          // gets the outputs of each board; empty: not wanted
  int threads = 0;                              // of the float engine; 0: all cores
  dump::Tolerance float_tolerance{1e-5, 1e-5};  // of f32 layers; quantised layers have none
};

using Announce = std::function<void(const std::string& what)>;

// How often `announce` will be called.
int CountSteps(const CrosscheckOptions& options);

// `announce` is told what begins, from this thread alone. What the output folder gets is in `outputs`, for the caller
// to commit.
CrosscheckResult Crosscheck(const CrosscheckOptions& options, const std::vector<boards::BoardPool>& pools,
                            files::OutputFiles& outputs, const Announce& announce);

}  // namespace lockstep::crosscheck
