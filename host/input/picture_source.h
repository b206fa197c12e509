// Delivers calibration pictures; a second thread decodes ahead while the engine computes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "input/pictures.h"
#include "input/preprocess.h"
#include "quantize/calibration_source.h"

namespace lockstep::input {

class PictureSource : public quantize::CalibrationSource {
 public:
  // `input` is the graph input that the pictures go to. A damaged picture makes Next() throw BadInput naming it, or is
  // left out and counted with `skip_bad`; if none is good, Next() throws BadInput in any case.
  PictureSource(std::vector<PictureRef> pictures, std::string input, const quantize::InputPreprocess& preprocess,
                PictureSize size, bool skip_bad = false);
  ~PictureSource() override;

  int size() const override;
  std::optional<quantize::CalibrationInput> Next() override;
  std::string Digest() const override;
  std::vector<std::string> skipped() const;  // pictures left out so far

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lockstep::input
