// One model of ONNX's conformance data: a folder with model.onnx and test_data_set_N/{input,output}_M.pb.
#pragma once

#include <filesystem>
#include <string>

namespace lockstep::conformance {

enum class Outcome { kPassed, kFailed, kRefused };

struct Result {
  std::string name;  // the folder's
  std::string op;    // what it is a test of: the node's operator, of several nodes the words in the folder's name
  Outcome outcome = Outcome::kPassed;
  std::string reason;  // of a failure: the first difference; of a refusal: what is not supported
};

// Runs every data set of the model through the float engine: as one plan where all shapes and floats allow it, else
// node by node. Passed: all outputs have the type and shape of the recorded ones, and their elements agree within
// kAbsolute + kRelative * |recorded|, integers, truth values, infinities and NaN exactly.
Result RunCase(const std::filesystem::path& folder);

// As ONNX's own runner has them, but for the absolute one (1e-7 there): the recorded values are floats.
inline constexpr double kAbsolute = 1e-6;
inline constexpr double kRelative = 1e-3;

}  // namespace lockstep::conformance
