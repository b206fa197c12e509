// Runs a joint model on this PC with plain, obvious integer loops: the ground truth for bits.
//
// It shares the arithmetic header, the schema and the check of a model with the runtime, and nothing else.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "joint_generated.h"

namespace lockstep::engine {

// Called after every layer for each of its outputs, with the bytes in physical order; valid during the call alone.
using LayerObserver = std::function<void(int index, int output_index, const joint::Layer& layer,
                                         const joint::Tensor& output, const uint8_t* data)>;

// Bytes in place of what was computed of a tensor that a layer is about to read; empty: as it was computed.
using LayerFeed = std::function<std::vector<uint8_t>(int32_t tensor)>;

class ReferenceEngine {
 public:
  // `file` is a whole joint model and outlives the engine. Throws what CheckJointFile throws.
  ReferenceEngine(const uint8_t* file, size_t size, bool check_digest = true);
  // A model that was checked; it outlives the engine. What the loops take for granted is asserted (std::logic_error).
  explicit ReferenceEngine(const joint::Model& checked);
  ~ReferenceEngine();

  const joint::Model& model() const;

  // Input bytes by position in Model.inputs, exactly as large as the tensor (UsageError otherwise). Returns the
  // outputs' bytes.
  std::vector<std::vector<uint8_t>> Run(const std::vector<std::vector<uint8_t>>& inputs,
                                        const LayerObserver& observer = nullptr, const LayerFeed& feed = nullptr);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lockstep::engine
