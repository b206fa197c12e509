#include "crosscheck/isolated_pass.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "crosscheck/board_dump.h"
#include "crosscheck/fed_run.h"
#include "crosscheck/layer_causes.h"
#include "graph/error.h"

namespace lockstep::crosscheck {
namespace {

namespace fs = std::filesystem;

class IsolatedPass {
 public:
  IsolatedPass(boards::Board& board, const Round& round, const LayerLinks& links, const CrosscheckOptions& options,
               BoardRound& result)
      : board_(board),
        round_(round),
        links_(links),
        options_(options),
        result_(result),
        fed_(board, round, links, options, result.folder.string() + "_alone") {}

  void Run() {
    const std::set<int> candidates = Candidates();
    for (const LayerGroup& group : fed_.Groups(round_.manifest.layers, candidates, false)) CompareDigests(group);
    std::set<int> wrong;
    for (const dump::LayerResult& layer : result_.layers) {
      if (!layer.alone_within_tolerance.value_or(true)) wrong.insert(layer.index);
    }
    for (const LayerGroup& group : fed_.Groups(round_.manifest.layers, wrong, true)) CompareBytes(group);
    result_.causes = FindCauses(result_.layers, links_, OverwrittenInputs());
  }

 private:
  // What differs, and what reads something that differs.
  std::set<int> Candidates() const {
    std::set<std::pair<int, int>> differing;
    std::set<int> candidates;
    for (const dump::LayerResult& layer : result_.layers) {
      if (!layer.md5_equal) differing.insert(layer.Place());
      const std::vector<LayerSource>& sources = links_.Sources(layer.index);
      const bool reads = std::any_of(sources.begin(), sources.end(), [&](const LayerSource& source) {
        return source.layer >= 0 && differing.count(links_.PlaceOf(source)) != 0;
      });
      if (!layer.md5_equal || reads) candidates.insert(layer.index);
    }
    return candidates;
  }

  // Calls visit(result, reference's layer, board's layer) for the outputs of a group's layers.
  template <typename Visit>
  void ForEachOutput(const LayerGroup& group, const dump::Manifest& manifest, const Visit& visit) {
    for (size_t i = 0; i < result_.layers.size(); ++i) {
      if (std::count(group.layers.begin(), group.layers.end(), result_.layers[i].index) == 0) continue;
      const dump::DumpLayer& reference = round_.manifest.layers[i];
      visit(result_.layers[i], reference, LayerOf(board_, manifest, reference));
    }
  }

  void CompareDigests(const LayerGroup& group) {
    const dump::Manifest manifest = fed_.Run(group, true);
    ForEachOutput(group, manifest, [](dump::LayerResult& result, const auto& reference, const auto& actual) {
      result.alone_md5_equal = actual.md5 == reference.md5;
      result.alone_within_tolerance = result.alone_md5_equal;
    });
  }

  void CompareBytes(const LayerGroup& group) {
    const dump::Manifest manifest = fed_.Run(group, false);
    ForEachOutput(group, manifest, [&](dump::LayerResult& result, const auto& reference, const auto& actual) {
      if (result.alone_md5_equal.value_or(true)) return;
      const bool is_float = result.dtype == "f32";
      result.alone_difference = dump::CompareFiles(round_.reference, reference, fed_.folder(), actual,
                                                   is_float ? options_.float_tolerance : dump::Tolerance{});
      result.alone_within_tolerance = is_float && result.alone_difference->beyond == 0;
    });
    std::error_code ignored;
    fs::remove_all(fed_.folder(), ignored);
  }

  // Of layers that nothing else explains: whether they read what was written.
  std::vector<OverwrittenInput> OverwrittenInputs() {
    const std::vector<int> layers = Unexplained(result_.layers, links_);
    std::vector<OverwrittenInput> overwritten;
    std::map<std::pair<int, int>, std::string> written;
    for (const dump::DumpLayer& layer : round_.manifest.layers) written[layer.Place()] = layer.md5;
    for (const LayerGroup& group : fed_.Groups(round_.manifest.layers, {layers.begin(), layers.end()}, false)) {
      boards::BoardJob job = fed_.JobOf(group);
      job.digests_only = true;
      job.dump_inputs = true;
      board_.Run(job);
      const dump::Manifest manifest = ReadBoardDump(board_, job.dump_folder, round_);
      for (const dump::DumpLayer& layer : manifest.layers) {
        if (layer.output > 0 || std::count(group.layers.begin(), group.layers.end(), layer.index) == 0) continue;
        const std::vector<LayerSource>& sources = links_.Sources(layer.index);
        for (size_t i = 0; i < std::min(sources.size(), layer.inputs.size()); ++i) {
          const std::string& expected = sources[i].layer >= 0
                                            ? written.at(links_.PlaceOf(sources[i]))
                                            : round_.manifest.input_md5.at(static_cast<size_t>(sources[i].output));
          if (layer.inputs[i].md5 != expected) overwritten.push_back({layer.index, sources[i]});
        }
      }
    }
    return overwritten;
  }

  boards::Board& board_;
  const Round& round_;
  const LayerLinks& links_;
  const CrosscheckOptions& options_;
  BoardRound& result_;
  FedRun fed_;
};

}  // namespace

void RunIsolated(boards::Board& board, const Round& round, const LayerLinks& links, const CrosscheckOptions& options,
                 BoardRound& result) {
  if (dump::JudgeLayers(result.layers) != dump::Verdict::kDiffers) return;
  try {
    IsolatedPass(board, round, links, options, result).Run();
  } catch (const Error& error) {
    result.isolated_error = error.what();
  }
}

}  // namespace lockstep::crosscheck
