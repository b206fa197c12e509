// Corrections of the float network, in front of the calibration: what it computes stays the same.
#pragma once

#include <optional>

#include "calibration/held_corrections.h"
#include "compiler/build_config.h"
#include "compiler/front.h"
#include "quantize/corrections/equalization.h"
#include "quantize/corrections/error_compensation.h"
#include "quantize/corrections/smoothing.h"

namespace lockstep::compiler {

struct NetworkCorrections {
  std::optional<quantize::EqualizationResult> equalization;
  std::optional<quantize::SmoothingResult> smoothing;
  std::optional<quantize::CompensationResult> compensation;

  // What the corrected network needs of its quantisation.
  void Apply(quantize::QuantizeOptions& options) const;
};

// What the settings ask for; equalisation and smoothing take the calibration's pictures, or `held`, what a calibration
// file has of it. Throws UsageError, saying why, for one that changes nothing.
NetworkCorrections CorrectNetwork(graph::Graph& graph, const BuildConfig& config, const Calibration& calibration,
                                  const calibration::HeldCorrections* held = nullptr);

}  // namespace lockstep::compiler
