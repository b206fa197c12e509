// Looks at the calibration pictures as they pass by: such that cannot show what the network will see are told of.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "input/input_info.h"
#include "quantize/calibration_source.h"

namespace lockstep::compiler {

class CalibrationWatch : public quantize::CalibrationSource {
 public:
  // Both outlive it.
  CalibrationWatch(quantize::CalibrationSource& source, const std::vector<input::InputInfo>& infos);

  int size() const override { return source_.size(); }
  std::optional<quantize::CalibrationInput> Next() override;
  std::string Digest() const override { return source_.Digest(); }

  // One line each, with what to do: one picture, all alike, of one colour, grey though the network takes colours, or
  // mostly the borders of a letterbox. Of what was delivered so far.
  std::vector<std::string> Doubts() const;

 private:
  void Look(const input::InputInfo& info, const engine::FloatTensor& picture);

  quantize::CalibrationSource& source_;
  const std::vector<input::InputInfo>& infos_;
  mutable std::mutex mutex_;
  std::set<size_t> distinct_;  // hashes of whole sets of inputs
  int sets_ = 0;
  int pictures_ = 0;
  int uniform_ = 0;   // of one colour
  int coloured_ = 0;  // with more than grey, of inputs that take colours
  int of_colours_ = 0;
  double border_ = 0.0;  // sum of the shares that letterboxes fill
  int boxed_ = 0;
};

// Under a heading; "" without doubts.
std::string CalibrationWarning(const std::vector<std::string>& doubts);

}  // namespace lockstep::compiler
