// An array that another program stored.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::checklist {

struct StoredArray {
  std::string label;
  std::string dtype;  // as the file has it
  graph::Shape shape;
  std::vector<float> values;  // row major
  bool flat = false;          // a .bin: the shape is the number of elements alone
};

// A .npy, or a .bin of bytes (u8) or float32: which of the two follows from `elements`, of which it must hold as many;
// 0: float32 of any number. Throws BadInput that names the file.
StoredArray ReadStoredArray(const std::filesystem::path& file, int64_t elements);

// Throws BadInput that names the array if a value is NaN or infinite: nothing could be concluded from it.
void RequireNumbers(const StoredArray& array);

}  // namespace lockstep::checklist
