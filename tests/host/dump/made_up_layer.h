// A layer of a dump that no model has made.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "dump/dump.h"

namespace lockstep::dump {

inline DumpLayer Layer(const std::string& dtype, std::vector<int64_t> shape, std::vector<int> axes = {}) {
  DumpLayer layer;
  layer.dtype = dtype;
  layer.shape = std::move(shape);
  layer.axes = std::move(axes);
  layer.scale = 0.5;
  layer.zero_point = 10;
  return layer;
}

inline std::vector<uint8_t> Bytes(const std::vector<float>& values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

}  // namespace lockstep::dump
