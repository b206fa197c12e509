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

// What the stretches cover, overlaps counted once. Sorts them.
int64_t Covered(std::vector<std::pair<int64_t, int64_t>>& stretches) {
  std::sort(stretches.begin(), stretches.end());
  int64_t covered = 0, end = 0;
  for (const auto& [from, to] : stretches) {
    covered += std::max<int64_t>(0, to - std::max(from, end));
    end = std::max(end, to);
  }
  return covered;
}

}  // namespace

Memory MemoryOf(const Json& info) {
  Memory memory;
  memory.arena_bytes = info.at("arena_bytes").get<int64_t>();
  memory.constant_bytes = info.at("constant_bytes").get<int64_t>();
  const size_t layers = info.at("layers").size();
  for (const Json& tensor : info.at("tensors")) {
    if (!tensor.contains("arena_offset") || tensor.at("last_layer").get<int>() < 0) continue;
    memory.tensors.push_back({tensor.at("name").get<std::string>(), tensor.at("arena_offset").get<int64_t>(),
                              SpanOf(tensor), tensor.at("first_layer").get<int>(), tensor.at("last_layer").get<int>(),
                              tensor.contains("strides")});
  }
  std::vector<std::vector<std::pair<int64_t, int64_t>>> alive(layers);
  for (const ArenaTensor& tensor : memory.tensors) {
    for (int layer = tensor.first; layer <= tensor.last; ++layer) {
      alive.at(static_cast<size_t>(layer)).emplace_back(tensor.offset, tensor.offset + tensor.bytes);
    }
  }
  for (auto& stretches : alive) memory.live.push_back(Covered(stretches));
  const auto most = std::max_element(memory.live.begin(), memory.live.end());
  if (most != memory.live.end()) memory.peak_layer = static_cast<int>(most - memory.live.begin());
  return memory;
}

}  // namespace lockstep::page
