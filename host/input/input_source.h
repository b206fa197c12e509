// Delivers sets of inputs for the calibration; a second thread reads ahead while the engine computes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "input/model_input.h"
#include "quantize/calibration_source.h"

namespace lockstep::input {

class InputSource : public quantize::CalibrationSource {
 public:
  // A damaged file makes Next() throw BadInput naming it, or its set is left out and counted with `skip_bad`; if none
  // is good, Next() throws BadInput in any case.
  InputSource(std::vector<InputInfo> inputs, std::vector<DataItem> items, bool skip_bad = false);
  ~InputSource() override;

  int size() const override;
  std::optional<quantize::CalibrationInput> Next() override;
  std::string Digest() const override;
  std::vector<std::string> skipped() const;  // sets left out so far

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lockstep::input
