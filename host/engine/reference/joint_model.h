// A joint model file that was read and checked, with an engine for it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/reference/reference_engine.h"

namespace lockstep::engine {

class JointModel {
 public:
  // Throws BadInput or UnsupportedModel that names the file.
  explicit JointModel(const std::string& path, bool check_digest = true);

  const std::vector<uint8_t>& file() const { return file_; }
  const joint::Model& model() const { return engine_->model(); }
  ReferenceEngine& engine() { return *engine_; }

 private:
  std::vector<uint8_t> file_;
  std::unique_ptr<ReferenceEngine> engine_;
};

}  // namespace lockstep::engine
