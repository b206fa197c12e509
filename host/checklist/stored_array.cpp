#include "checklist/stored_array.h"

#include <algorithm>
#include <cmath>

#include "dump/values.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "input/folder.h"
#include "input/npy.h"

namespace lockstep::checklist {

StoredArray ReadStoredArray(const std::filesystem::path& file, int64_t elements) {
  StoredArray array;
  array.label = file.string();
  std::vector<uint8_t> bytes = files::ReadFile(file);
  if (input::KindOf(array.label) == input::FileKind::kArray) {
    input::NpyArray npy = input::ParseNpy(bytes, array.label);
    array.dtype = npy.dtype;
    array.shape = npy.shape;
    bytes = std::move(npy.bytes);
  } else {
    const auto wanted = static_cast<size_t>(elements);
    const bool as_bytes = elements > 0 && bytes.size() == wanted;
    const bool as_floats = elements > 0 ? bytes.size() == wanted * sizeof(float) : bytes.size() % sizeof(float) == 0;
    if (!as_bytes && !as_floats) {
      throw BadInput(
          array.label + " has " + std::to_string(bytes.size()) + " bytes; " +
          (elements > 0 ? std::to_string(elements) + " bytes or as many float32 are needed" : "float32 are needed") +
          "; save a .npy, which says what it holds");
    }
    array.flat = true;
    array.dtype = as_bytes ? "u8" : "f32";
    array.shape = {static_cast<int64_t>(as_bytes ? bytes.size() : bytes.size() / sizeof(float))};
  }
  dump::DumpLayer layout;
  layout.dtype = array.dtype;
  layout.shape = array.shape;
  layout.scale = 1.0;
  array.values.resize(static_cast<size_t>(layout.Elements()));
  dump::StoredReals(layout, bytes.data(), 0, array.values.size(), array.values.data());
  return array;
}

void RequireNumbers(const StoredArray& array) {
  const auto is_number = [](float value) { return std::isfinite(value); };
  const auto first = std::find_if_not(array.values.begin(), array.values.end(), is_number);
  if (first != array.values.end()) {
    const auto count = array.values.size() - static_cast<size_t>(std::count_if(first, array.values.end(), is_number)) -
                       static_cast<size_t>(first - array.values.begin());
    throw BadInput(array.label + ": " + std::to_string(count) + " of its " + std::to_string(array.values.size()) +
                   " values are NaN or infinite, the first is number " + std::to_string(first - array.values.begin()) +
                   "; look at what the program that stored it computes");
  }
}

}  // namespace lockstep::checklist
