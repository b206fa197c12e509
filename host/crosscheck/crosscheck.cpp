#include "crosscheck/crosscheck.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <set>
#include <utility>

#include "crosscheck/accuracy.h"
#include "crosscheck/board_round.h"
#include "crosscheck/board_workers.h"
#include "crosscheck/layer_links.h"
#include "crosscheck/over_inputs.h"
#include "crosscheck/round.h"
#include "crosscheck/single_pass.h"
#include "dump/dump.h"
#include "engine/reference/joint_model.h"
#include "files/output_file.h"
#include "files/temporary_folder.h"
#include "graph/error.h"
#include "input/model_input.h"
#include "run/source_network.h"

namespace lockstep::crosscheck {
namespace {

namespace fs = std::filesystem;

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

// A pool is called by those of its boards that ran something; the others are said to have not.
void NameByWork(const boards::BoardPool& pool, const std::set<std::string>& worked, BoardResult& result,
                std::vector<std::string>& notes) {
  if (pool.boards.size() == 1) return;
  result.name.clear();
  for (const auto& board : pool.boards) {
    const std::string name = board->name();
    if (worked.count(name) != 0) {
      result.name += (result.name.empty() ? "" : ",") + name;
      continue;
    }
    const auto is_said = [&](const std::string& note) {
      return note.compare(0, name.size() + 8, name + " failed ") == 0;
    };
    if (std::any_of(notes.begin(), notes.end(), is_said)) continue;
    notes.push_back(name + " ran nothing: the other boards of its pool took all inputs");
  }
}

}  // namespace

int CountSteps(const CrosscheckOptions& options) {
  const bool accuracy = !options.onnx.empty() || fs::exists(run::OptimizedOnnxBeside(options.model));
  files::RequireFile(options.model);
  const engine::JointModel model(options.model.string());
  const auto inputs = input::InputsOf(model.model());
  return static_cast<int>(input::ListData(options.data, inputs, "data").items.size()) * (accuracy ? 3 : 2);
}

CrosscheckResult Crosscheck(const CrosscheckOptions& options, const std::vector<boards::BoardPool>& pools,
                            files::OutputFiles& outputs, const Announce& announce) {
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

  if (options.single && !float_side) {
    throw UsageError("--single feeds layers with the float network's values; name the network with --onnx");
  }

  CrosscheckResult result;
  result.notes = data.notes;
  result.model = options.model.string();
  result.model_digest = dump::DescribeModel(reference.model(), "reference", "host").model_digest;
  std::string names;
  for (const boards::BoardPool& pool : pools) {
    result.boards.emplace_back();
    result.boards.back().name = pool.name;
    names += (names.empty() ? "" : ", ") + pool.name;
  }
  const LayerLinks links(reference.model());
  struct HeldRound {
    files::TemporaryFolder folder;
    RoundWork work;
  };
  std::deque<std::unique_ptr<HeldRound>> held;  // in the order of the inputs
  BoardWorkers workers(pools, links, options);
  std::vector<std::set<std::string>> worked(pools.size());
  const auto finish_first = [&] {
    RoundWork& work = held.front()->work;
    const std::string& label = work.round.item->label;
    announce(names + ": " + label);
    workers.Wait(work);
    if (float_side) {
      announce("float engine: " + label);
      AddSimulated(result.simulator, float_side->Measure(reference.model(), work.round, work.results));
      if (work.round.single) {
        AddSimulated(result.simulator_single, float_side->MeasureSingle(reference.model(), work.round, work.results));
      }
    }
    for (size_t i = 0; i < pools.size(); ++i) {
      BoardRound& round = work.results[i];
      if (!options.output_folder.empty()) {
        KeepOutputs(pools[i].name, work.round, round, options.output_folder, outputs);
      }
      worked[i].insert(round.board);
      NoteFirstDifference(round.board, label, round.layers, result);
      AddRound(result.boards[i], std::move(round), label);
    }
    held.pop_front();
  };
  for (const input::DataItem& item : data.items) {
    result.inputs.push_back(item.label);
    if (held.size() == workers.WorthHolding()) finish_first();
    announce("reference engine: " + item.label);
    auto next = std::make_unique<HeldRound>();
    next->work.round = RunReference(reference, item, next->folder.path());
    if (options.single) RunReferenceSingle(reference, *float_side, next->work.round);
    held.push_back(std::move(next));
    workers.Add(held.back()->work);
  }
  while (!held.empty()) finish_first();
  result.notes.insert(result.notes.end(), workers.notes().begin(), workers.notes().end());
  for (size_t i = 0; i < pools.size(); ++i) NameByWork(pools[i], worked[i], result.boards[i], result.notes);
  result.verdict = Judge(result.boards);
  return result;
}

}  // namespace lockstep::crosscheck
