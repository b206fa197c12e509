#include "crosscheck/crosscheck.h"

#include <algorithm>
#include <utility>

#include "crosscheck/accuracy.h"
#include "crosscheck/board_round.h"
#include "crosscheck/layer_causes.h"
#include "crosscheck/layer_links.h"
#include "crosscheck/round.h"
#include "dump/dump.h"
#include "engine/reference/joint_model.h"
#include "files/output_file.h"
#include "files/temporary_folder.h"
#include "input/model_input.h"
#include "run/source_network.h"

namespace lockstep::crosscheck {
namespace {

namespace fs = std::filesystem;

// The worst of several inputs, layer by layer.
void Merge(BoardResult& total, BoardRound&& round) {
  total.seconds += round.seconds;
  MergeCauses(total.causes, round.causes);
  if (total.isolated_error.empty()) total.isolated_error = round.isolated_error;
  for (const BuildResult& build : round.builds) {
    const auto same = [&](const BuildResult& other) { return other.build == build.build; };
    const auto found = std::find_if(total.builds.begin(), total.builds.end(), same);
    if (found == total.builds.end()) {
      total.builds.push_back(build);
    } else {
      found->outputs_equal = found->outputs_equal && build.outputs_equal;
    }
  }
  if (total.layers.empty()) {
    total.layers = std::move(round.layers);
    return;
  }
  for (size_t i = 0; i < total.layers.size(); ++i) {
    dump::LayerResult& worst = total.layers[i];
    dump::LayerResult& layer = round.layers[i];
    if (worst.md5_equal && !layer.md5_equal) worst.difference = layer.difference;
    if (worst.alone_md5_equal.value_or(true) && layer.alone_md5_equal) {
      worst.alone_md5_equal = layer.alone_md5_equal;
      worst.alone_difference = layer.alone_difference;
    }
    worst.md5_equal = worst.md5_equal && layer.md5_equal;
    worst.within_tolerance = worst.within_tolerance && layer.within_tolerance;
    worst.repeatable = worst.repeatable && layer.repeatable;
    if (!worst.accuracy || !layer.accuracy) continue;
    worst.accuracy->cosine = std::min(worst.accuracy->cosine, layer.accuracy->cosine);
    worst.accuracy->sqnr_db = std::min(worst.accuracy->sqnr_db, layer.accuracy->sqnr_db);
    worst.accuracy->max_abs = std::max(worst.accuracy->max_abs, layer.accuracy->max_abs);
    worst.accuracy->max_steps = std::max(worst.accuracy->max_steps, layer.accuracy->max_steps);
  }
}

// The earliest layer that differs, of all boards; the first board that has it.
void NoteFirstDifference(const std::string& board, const std::string& input,
                         const std::vector<dump::LayerResult>& layers, CrosscheckResult& result) {
  for (const dump::LayerResult& layer : layers) {
    if (layer.md5_equal) continue;
    if (!result.first_difference || layer.Place() < result.first_difference->layer.Place()) {
      result.first_difference = FirstDifference{board, input, layer};
    }
    return;
  }
}

dump::Verdict Judge(const std::vector<BoardResult>& boards) {
  dump::Verdict verdict = dump::Verdict::kExact;
  for (const BoardResult& board : boards) {
    for (const BuildResult& build : board.builds) {
      if (!build.outputs_equal) return dump::Verdict::kDiffers;
    }
    verdict = std::max(verdict, dump::JudgeLayers(board.layers));
  }
  return verdict;
}

}  // namespace

int CountSteps(const CrosscheckOptions& options) {
  const bool accuracy = !options.onnx.empty() || fs::exists(run::OptimizedOnnxBeside(options.model));
  files::RequireFile(options.model);
  const engine::JointModel model(options.model.string());
  const auto inputs = input::InputsOf(model.model());
  return static_cast<int>(input::ListData(options.data, inputs, "data").items.size()) * (accuracy ? 3 : 2);
}

CrosscheckResult Crosscheck(const CrosscheckOptions& options, const std::vector<std::unique_ptr<boards::Board>>& boards,
                            const Announce& announce) {
  files::RequireFile(options.model);
  run::RefuseIdleValues(options.onnx, options.input_values);
  engine::JointModel reference(options.model.string());
  const input::DataList data = input::ListData(options.data, input::InputsOf(reference.model()), "data");
  const fs::path onnx = options.onnx.empty() ? run::OptimizedOnnxBeside(options.model) : options.onnx;
  std::unique_ptr<FloatSide> float_side;
  if (!options.onnx.empty() || fs::exists(onnx)) {
    run::RequireNetworkOf(onnx, options.model, reference.model());
    float_side = std::make_unique<FloatSide>(onnx, reference.model(), options.input_values, options.threads);
  }

  CrosscheckResult result;
  result.notes = data.notes;
  result.model = options.model.string();
  result.model_digest = dump::DescribeModel(reference.model(), "reference", "host").model_digest;
  for (const auto& board : boards) {
    result.boards.emplace_back();
    result.boards.back().name = board->name();
  }
  std::string names;
  for (const auto& board : boards) names += (names.empty() ? "" : ", ") + board->name();
  const LayerLinks links(reference.model());
  files::OutputFiles kept;
  for (const input::DataItem& item : data.items) {
    const files::TemporaryFolder folder;
    result.inputs.push_back(item.label);
    announce("reference engine: " + item.label);
    const Round round = RunReference(reference, item, folder.path());
    announce(names + ": " + item.label);
    std::vector<BoardRound> rounds = RunBoards(boards, round, links, options);
    if (float_side) {
      announce("float engine: " + item.label);
      float_side->Measure(reference.model(), round, rounds);
    }
    for (size_t i = 0; i < rounds.size(); ++i) {
      if (!options.output_folder.empty()) KeepOutputs(*boards[i], rounds[i], options.output_folder, kept);
      NoteFirstDifference(boards[i]->name(), item.label, rounds[i].layers, result);
      Merge(result.boards[i], std::move(rounds[i]));
    }
  }
  kept.Commit();
  result.verdict = Judge(result.boards);
  return result;
}

}  // namespace lockstep::crosscheck
