// Gathers what a build did: how long each stage took, what the passes changed, what came out.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/adaptive_rounding.h"
#include "compiler/auto_observer.h"
#include "compiler/bias_correction.h"
#include "compiler/compiler.h"
#include "compiler/corrections_report.h"
#include "compiler/network_corrections.h"
#include "compiler/precision.h"
#include "judge/judge.h"
#include "optimize/optimize.h"

namespace lockstep::compiler {

class BuildReport {
 public:
  BuildReport(const BuildConfig& config, const BuildListener& listener);

  void Stage(const std::string& what);
  void Passes(const std::vector<optimize::PassResult>& passes);
  void Pictures(size_t found, size_t skipped, bool from_cache);
  // Which tensors have a scale for each channel.
  void ActivationScales(const quantize::QuantizedGraph& quantized);
  void Notes(const std::vector<std::string>& notes);  // what the user should know, added to what was there
  void Observers(const AutoObserverResult& result);
  void Raises(const RaiseResult& result);
  void Corrections(const NetworkCorrections& corrections);
  void Rounding(const AdaptiveRoundingResult& result);
  void BiasCorrection(const BiasCorrectionResult& result);
  void Model(const std::vector<uint8_t>& file);
  void Judgement(const judge::Judgement& judgement);
  // Of the calibration pictures, and of the network; these are notes as well.
  void Warnings(const std::vector<std::string>& pictures, const std::vector<std::string>& network);
  nlohmann::ordered_json Finish();

 private:
  void Add(const char* key, const CorrectionText& text);
  void EndStage();

  const BuildListener& listener_;
  nlohmann::ordered_json json_;
  std::string stage_;
  std::chrono::steady_clock::time_point stage_start_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace lockstep::compiler
