#include "page/memory_part.h"

#include <algorithm>

namespace lockstep::page {
namespace {

// From the first byte to the one behind the last; rows of a view do not lie side by side.
int64_t SpanOf(const Json& tensor) {
  const int64_t bytes = tensor.at("bytes").get<int64_t>();
  if (!tensor.contains("strides")) return bytes;
  const auto shape = tensor.at("shape").get<std::vector<int64_t>>();
  const auto strides = tensor.at("strides").get<std::vector<int64_t>>();
  int64_t elements = 1, last = 0;
  for (size_t axis = 0; axis < shape.size() && axis < strides.size(); ++axis) {
    elements *= shape[axis];
    last += (shape[axis] - 1) * strides[axis];
  }
  return elements > 0 ? (last + 1) * (bytes / elements) : bytes;
}

ArenaPart PartOf(const Json& json, int64_t bytes) {
  return {json.at("name").get<std::string>(), json.at("arena_offset").get<int64_t>(), bytes,
          json.at("first_layer").get<int>(), json.at("last_layer").get<int>()};
}

}  // namespace

Memory MemoryOf(const Json& info) {
  Memory memory;
  memory.arena_bytes = info.at("arena_bytes").get<int64_t>();
  memory.constant_bytes = info.at("constant_bytes").get<int64_t>();
  for (const Json& block : info.at("blocks")) {
    memory.blocks.push_back(PartOf(block, block.at("bytes").get<int64_t>()));
  }
  for (const Json& tensor : info.at("tensors")) {
    if (tensor.contains("view_of")) memory.views.push_back(PartOf(tensor, SpanOf(tensor)));
  }
  memory.live.resize(info.at("layers").size());
  for (const ArenaPart& block : memory.blocks) {
    for (int layer = block.first; layer <= block.last; ++layer) {
      memory.live.at(static_cast<size_t>(layer)) += block.bytes;
    }
  }
  const auto most = std::max_element(memory.live.begin(), memory.live.end());
  if (most != memory.live.end()) memory.peak_layer = static_cast<int>(most - memory.live.begin());
  return memory;
}

}  // namespace lockstep::page
