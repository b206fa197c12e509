// Results of trials in a file, so that a measurement that was interrupted goes on where it was.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "files/line_store.h"
#include "quantize/calibration_source.h"
#include "quantize/quantized_graph.h"
#include "sensitivity/trial_worker.h"

namespace lockstep::sensitivity {

class TrialStore {
 public:
  // `network`: a digest of all that the float network computes. An empty path keeps nothing. Throws BadInput if the
  // file is no such file or cannot be written.
  TrialStore(const std::filesystem::path& path, const std::string& network, const quantize::QuantizedGraph& quantized);

  // What a trial on a picture is found by: the network, its formats and integer weights, the picture's values, the node
  // and its part. Names of files and settings are not in it.
  std::string KeyOf(const std::string& picture, const TrialOf& trial) const;
  static std::string DigestOf(const quantize::CalibrationInput& picture);

  std::optional<OutputSums> Find(const std::string& key);
  void Add(const std::string& key, const OutputSums& sums);  // by any thread
  int found() const { return found_; }

 private:
  std::string basis_;
  files::LineStore lines_;
  int found_ = 0;  // how often Find had a result
};

}  // namespace lockstep::sensitivity
