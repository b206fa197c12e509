// The files that a network's inputs and outputs go to, as run_joint names them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep::dump {

struct OutputDigest {
  std::string file;  // its name
  std::string md5;
  uint64_t bytes = 0;
};

// "STEM_NAME.bin" for each output, by position. Names that are one as files, or twice among the outputs, get their
// position added.
std::vector<std::string> OutputFileNames(const std::string& stem, const std::vector<std::string>& outputs);

// "STEM.bin" for the first input, after which run_joint names the outputs, and for the others as for outputs.
std::vector<std::string> InputFileNames(const std::string& stem, const std::vector<std::string>& inputs);

}  // namespace lockstep::dump
