// Looks at the calibration pictures as they pass by: such that cannot show what the network will see are told of.
#pragma once

#include <map>
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
  // mostly the borders of a letterbox; plain tensors of one value everywhere, or far larger than the others. Of what
  // was delivered so far.
  std::vector<std::string> Doubts() const;

 private:
  // The values of a plain tensor in one set of inputs.
  struct Extent {
    std::string label;  // of the set
    double largest = 0.0;
    bool constant = false;  // though it has several elements
  };
  static Extent ExtentOf(const std::string& label, const engine::FloatTensor& tensor);
  void DoubtPlain(const std::string& input, std::vector<Extent> extents, std::vector<std::string>& doubts) const;
  void Look(const input::InputInfo& info, const engine::FloatTensor& picture);

  quantize::CalibrationSource& source_;
  const std::vector<input::InputInfo>& infos_;
  mutable std::mutex mutex_;
  std::set<size_t> distinct_;                         // hashes of whole sets of inputs
  std::map<std::string, std::vector<Extent>> plain_;  // by input that is no picture
  int sets_ = 0;
  int empty_ = 0;  // sets of inputs that all are plain and of one value everywhere
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
