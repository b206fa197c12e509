// Small networks that ONNX Runtime and the importer must give one meaning.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/float/float_engine.h"

namespace lockstep::oracle {

struct Comparison {
  std::string name;
  double bound = 0.0;  // of the difference of any element
  std::string onnx;    // the file's bytes
  std::map<std::string, engine::FloatTensor> inputs;
};

// As it is imported, and optimised.
void ExpectSameValues(const std::vector<Comparison>& comparisons);

}  // namespace lockstep::oracle
