// What a runner made of extracted layers, beside what they must give.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "boards/board.h"
#include "dump/layer_result.h"
#include "extract/extract.h"

namespace lockstep::extract {

struct LayersComparison {
  std::string folder;
  std::string runner;  // the board; empty: outputs that lay there
  dump::Verdict verdict = dump::Verdict::kExact;
  std::vector<dump::LayerResult> layers;  // of the layers whose outputs are there
  std::vector<ExtractedLayer> missing;    // the others
  std::vector<SkippedLayer> skipped;      // that could not be extracted
};

// The files of `outputs` have the names of the expected ones. A layer without is missing; what was not run is not
// called good. Throws BadInput if there is none at all, or a file is of another size.
LayersComparison CompareLayers(const std::filesystem::path& folder, const std::filesystem::path& outputs);

// Runs every layer there, its outputs into `outputs`. Throws as Board::Run.
void RunLayers(boards::Board& board, const std::filesystem::path& folder, const std::filesystem::path& outputs,
               const std::string& build, const std::function<void(int done, int total)>& progress);

std::string ToText(const LayersComparison& comparison, bool colour);
std::string ToJson(const LayersComparison& comparison);

}  // namespace lockstep::extract
