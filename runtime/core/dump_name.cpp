#include "core/dump_name.h"

#include <cstdio>

namespace lockstep {

std::string DumpStem(const Model& model, int32_t layer) {
  char number[16];
  std::snprintf(number, sizeof(number), "%04d_", layer);
  std::string stem = number;
  for (const char* c = model.layer(layer).name; *c != 0; ++c) {
    const bool keep =
        (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_' || *c == '-';
    stem += keep ? *c : '_';
  }
  return stem;
}

std::string DumpShape(const TensorInfo& tensor) {
  std::string text = "_shape";
  for (int32_t i = 0; i < tensor.rank; ++i) text += "_" + std::to_string(tensor.shape[i]);
  return text + ".bin";
}

}  // namespace lockstep
