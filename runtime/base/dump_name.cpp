#include "base/dump_name.h"

#include <cstdio>

namespace lockstep {

String PlainName(const char* name) {
  String plain;
  constexpr size_t kMostCharacters = 128;  // as in host/dump/dump.cpp
  for (; *name != 0 && plain.size() < kMostCharacters; ++name) {
    const bool keep = (*name >= 'A' && *name <= 'Z') || (*name >= 'a' && *name <= 'z') ||
                      (*name >= '0' && *name <= '9') || *name == '_' || *name == '-';
    plain += keep ? *name : '_';
  }
  return plain;
}

String DumpStem(const Model& model, int32_t layer) {
  char number[16];
  std::snprintf(number, sizeof(number), "%04d_", layer);
  return number + PlainName(model.layer(layer).name);
}

String DumpOutputStem(const Model& model, int32_t layer, int32_t output) {
  const String stem = DumpStem(model, layer);
  return model.layer_output_count(layer) > 1 ? stem + "_output" + Decimal(output) : stem;
}

String DumpShape(const TensorInfo& tensor) {
  String text = "_shape";
  for (int32_t i = 0; i < tensor.rank; ++i) text += "_" + Decimal(tensor.shape[i]);
  return text + ".bin";
}

}  // namespace lockstep
