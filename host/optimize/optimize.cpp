#include "optimize/optimize.h"

#include <set>

#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

struct Pass {
  const char* name;
  int (*run)(graph::Graph&);
  bool late = false;  // when the others find nothing any more: it undoes what they look for
};

// In the order in which they run. Activations are fused last in a round, so that nothing else of the Conv is pending.
// Late passes stand at the end.
constexpr Pass kPasses[] = {
    {"take integer inputs", TakeIntegerInputs},
    {"fold constants", FoldConstants},
    {"undo dynamic quantization", UndoDynamicQuantization},
    {"make sizes explicit", MakeExplicit},
    {"unroll recurrent layers", UnrollRecurrent},
    {"truth values to numbers", TruthToNumbers},
    {"remove identities", RemoveIdentities},
    {"recognize activations", RecognizeActivations},
    {"compose normalizations", ComposeNormalizations},
    {"recognize LayerNormalization", RecognizeLayerNormalization},
    {"recognize PRelu", RecognizePrelu},
    {"recognize root mean square", RecognizeRootMeanSquare},
    {"simplify", Simplify},
    {"simplify moves", SimplifyMoves},
    {"simplify reductions", SimplifyReductions},
    {"merge chains", MergeChains},
    {"sink Transposes", SinkTransposes},
    {"lines to images", LinesToImages},
    {"rewrite pools", RewritePools},
    {"fold affine into Conv", FoldAffineIntoConv},
    {"replace BatchNormalization", ReplaceBatchNorm},
    {"products to Conv", ProductsToConv},
    {"fold scale", FoldScale},
    {"fold pads", FoldPads},
    {"slices to Split", SlicesToSplit},
    {"Split through Concat", SplitThroughConcat},
    {"slices to parts", SlicesToParts},
    {"fuse activations", FuseActivations},
    {"divide by reciprocals", DivideByReciprocals, true},
};

// Two nodes of one origin may have got one name. The first keeps it, and no other node loses its own.
void MakeNamesUnique(graph::Graph& graph) {
  std::set<std::string> taken;
  for (const graph::Node& node : graph.nodes) taken.insert(node.name);
  std::set<std::string> seen;
  for (graph::Node& node : graph.nodes) {
    if (seen.insert(node.name).second) continue;
    const std::string stem = node.name;
    for (int i = 2; !taken.insert(node.name).second; ++i) node.name = stem + "_" + std::to_string(i);
  }
}

}  // namespace

std::vector<PassResult> Optimize(graph::Graph& graph) {
  InferShapes(graph);
  std::vector<PassResult> results;
  for (const Pass& pass : kPasses) results.push_back({pass.name, 0});
  bool changed = true;
  while (changed) {
    changed = false;
    for (size_t i = 0; i < results.size(); ++i) {
      if (kPasses[i].late && changed) continue;
      const int count = kPasses[i].run(graph);
      results[i].count += count;
      changed = changed || count > 0;
    }
  }
  graph::SortAndPrune(graph);
  MakeNamesUnique(graph);
  DropUnusedTensors(graph);
  std::vector<PassResult> done;
  for (PassResult& result : results) {
    if (result.count > 0) done.push_back(std::move(result));
  }
  return done;
}

}  // namespace lockstep::optimize
