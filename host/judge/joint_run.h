// A joint model from memory in the runtime, with the values of the tensors that were asked for; as a whole,
// or each layer by itself.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "joint_generated.h"

namespace lockstep::judge {

class JointRun {
 public:
  // Copies the file. Throws BadInput with the runtime's words if it refuses the model.
  JointRun(const std::vector<uint8_t>& file, int threads);
  ~JointRun();

  const joint::Model& model() const;

  // Input bytes by position. The bytes, in physical order, of the tensors in `wanted`, which layers write.
  std::map<int32_t, std::vector<uint8_t>> Run(const std::vector<std::vector<uint8_t>>& inputs,
                                              const std::set<int32_t>& wanted);

  // Bytes in place of what the layers before have computed of a tensor that a layer is about to read; empty: as it was
  // computed.
  using Feed = std::function<std::vector<uint8_t>(int32_t tensor)>;
  std::map<int32_t, std::vector<uint8_t>> RunFed(const std::vector<std::vector<uint8_t>>& inputs,
                                                 const std::set<int32_t>& wanted, const Feed& feed);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lockstep::judge
