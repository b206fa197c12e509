// Where calibration gets its inputs from, one set at a time.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/float/float_engine.h"

namespace lockstep::quantize {

struct CalibrationInput {
  std::string label;                                   // for messages: the picture's file
  std::map<std::string, engine::FloatTensor> tensors;  // by name, in ONNX order
};

class CalibrationSource {
 public:
  virtual ~CalibrationSource() = default;

  // How many sets Next() may still deliver, for progress.
  virtual int size() const = 0;
  // Nothing at the end.
  virtual std::optional<CalibrationInput> Next() = 0;
  // md5 over the bytes of everything delivered so far, hex.
  virtual std::string Digest() const = 0;
};

}  // namespace lockstep::quantize
