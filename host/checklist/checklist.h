// All stages from a picture to a result, in order: where a result that is bad though the board is exact got lost.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "checklist/stage.h"
#include "dump/layer_result.h"
#include "input/data_list.h"

namespace lockstep::checklist {

// The files of other programs; what is empty leaves its stage without data.
struct ChecklistOptions {
  bool wanted = false;                      // even without any file
  std::filesystem::path expected_output;    // of the network, for the picture: input file and colour order
  std::filesystem::path input_array;        // what the original program feeds the network with
  std::filesystem::path framework_outputs;  // folder of tensors that the original framework computed
  std::filesystem::path post;               // the own post-processing's result
  std::filesystem::path expected_post;      // and the expected one

  bool asked() const;
};

// What a cross-check found out already.
struct BoardFacts {
  std::filesystem::path model;
  std::filesystem::path onnx;
  input::DataSources data;
  int threads = 0;
  dump::Verdict verdict = dump::Verdict::kExact;
  std::string text;                       // of the verdict
  std::vector<dump::LayerResult> layers;  // with their accuracy, if the network was there
};

// A stage that cannot be looked at (no picture among the inputs) has no data and says why. Throws BadInput for files
// that are no arrays.
std::vector<Stage> RunChecklist(const ChecklistOptions& options, const BoardFacts& facts);

// "the first stage that is bad: ..", or which stages nothing is known of.
std::string SummaryOf(const std::vector<Stage>& stages);

// The JSON of another command with the stages as "checklist".
std::string WithChecklist(const std::string& json, const std::vector<Stage>& stages);

}  // namespace lockstep::checklist
