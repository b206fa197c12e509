#include "crosscheck/layer_causes.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "graph/counted.h"
#include "graph/quoted.h"

namespace lockstep::crosscheck {
namespace {

using Results = std::vector<dump::LayerResult>;

struct CauseText {
  const char* name;   // in JSON
  const char* words;  // in the table
};

// In the order of the enum.
constexpr std::array<CauseText, 5> kCauses = {{{"wrong_inputs", "wrong inputs"},
                                               {"rounding", "rounding"},
                                               {"state", "not by inputs"},
                                               {"overwritten_input", "overwritten"},
                                               {"wrong_kernel", "wrong kernel"}}};
static_assert(kCauses.size() == static_cast<size_t>(Cause::kKernel) + 1);

std::set<std::pair<int, int>> DifferingPlaces(const Results& layers) {
  std::set<std::pair<int, int>> places;
  for (const dump::LayerResult& layer : layers) {
    if (!layer.md5_equal) places.insert(layer.Place());
  }
  return places;
}

bool ReadsWrongOnes(const LayerLinks& links, int layer, const std::set<std::pair<int, int>>& differing) {
  const std::vector<LayerSource>& sources = links.Sources(layer);
  return std::any_of(sources.begin(), sources.end(), [&](const LayerSource& source) {
    return source.layer >= 0 && differing.count(links.PlaceOf(source)) != 0;
  });
}

std::string Name(const LayerCause& cause) {
  return std::to_string(cause.index) + " " + cause.name + " (" + cause.op + ")";
}

std::string Names(const std::vector<const LayerCause*>& causes) {
  constexpr size_t kShown = 8;
  std::string names;
  for (size_t i = 0; i < std::min(kShown, causes.size()); ++i) names += (i == 0 ? "" : ", ") + Name(*causes[i]);
  return names + (causes.size() > kShown ? " and " + std::to_string(causes.size() - kShown) + " more" : "");
}

std::string Overwritten(const LayerCause& cause) {
  std::string text = Name(cause) + " reads other bytes of " + graph::Quoted(cause.tensor) + " than were written there";
  if (cause.suspects.empty()) {
    return text + ", and by the memory plan no layer in between has a place there: a kernel writes beyond its output";
  }
  text += "; by the memory plan ";
  for (size_t i = 0; i < cause.suspects.size(); ++i) text += (i == 0 ? "" : ", ") + cause.suspects[i];
  return text + " lies over it: an overlap in the arena";
}

std::string LineOf(Cause cause, const std::vector<const LayerCause*>& causes) {
  const std::string they = causes.size() == 1 ? "it gives" : "they give";
  switch (cause) {
    case Cause::kKernel:
      return (causes.size() == 1 ? "wrong kernel: " : "wrong kernels: ") + Names(causes) + ": given the PC's inputs " +
             they + " other bytes; look at the kernel of this operator for this shape (`lockstep extract --layer " +
             std::to_string(causes.front()->index) + "` makes a model of the layer alone)";
    case Cause::kOverwritten: {
      std::string text = "overwritten inputs: ";
      for (size_t i = 0; i < causes.size(); ++i) text += (i == 0 ? "" : "; ") + Overwritten(*causes[i]);
      return text;
    }
    case Cause::kState:
      return "not by inputs: " + Names(causes) + ": alone " + they +
             " the right bytes, in the whole network from the same inputs wrong ones; look for a buffer that keeps "
             "what an earlier layer left in it, and for threads that do not wait for each other";
    case Cause::kRounding:
      return "rounded otherwise: " + Names(causes) + ": given the PC's inputs " + they +
             " other bytes within tolerance; look for contracted multiplications and additions (-ffp-contract=off, on "
             "MIPS -mno-madd4), for another order of sums, and for small numbers that become 0";
    case Cause::kInputs:
      break;
  }
  return graph::Counted(causes.size(), "layer") + (causes.size() == 1 ? " differs" : " differ") +
         " only because of wrong inputs: " + Names(causes);
}

}  // namespace

std::vector<int> Unexplained(const Results& layers, const LayerLinks& links) {
  const auto differing = DifferingPlaces(layers);
  std::vector<int> unexplained;
  for (const dump::LayerResult& layer : layers) {
    const bool known = layer.within_tolerance || !layer.alone_within_tolerance.value_or(false) ||
                       ReadsWrongOnes(links, layer.index, differing);
    if (!known && (unexplained.empty() || unexplained.back() != layer.index)) unexplained.push_back(layer.index);
  }
  return unexplained;
}

std::vector<LayerCause> FindCauses(const Results& layers, const LayerLinks& links,
                                   const std::vector<OverwrittenInput>& overwritten) {
  const auto differing = DifferingPlaces(layers);
  std::map<int, std::string> names;
  for (const dump::LayerResult& layer : layers) {
    names[layer.index] = std::to_string(layer.index) + " " + layer.name + " (" + layer.op + ")";
  }
  std::vector<LayerCause> causes;
  for (const dump::LayerResult& layer : layers) {
    if (!layer.alone_within_tolerance) continue;
    LayerCause cause;
    cause.index = layer.index;
    cause.name = layer.name;
    cause.op = layer.op;
    const auto found = std::find_if(overwritten.begin(), overwritten.end(),
                                    [&](const OverwrittenInput& input) { return input.layer == layer.index; });
    if (!*layer.alone_within_tolerance) {
      cause.cause = Cause::kKernel;
    } else if (!layer.alone_md5_equal.value_or(true)) {
      cause.cause = Cause::kRounding;
    } else if (layer.within_tolerance) {
      continue;
    } else if (ReadsWrongOnes(links, layer.index, differing)) {
      cause.cause = Cause::kInputs;
    } else if (found != overwritten.end()) {
      cause.cause = Cause::kOverwritten;
      cause.tensor = links.NameOf(found->source);
      for (const int suspect : links.WrittenOver(found->source, layer.index)) cause.suspects.push_back(names[suspect]);
    } else {
      cause.cause = Cause::kState;
    }
    MergeCauses(causes, {cause});
  }
  return causes;
}

void MergeCauses(std::vector<LayerCause>& total, const std::vector<LayerCause>& round) {
  for (const LayerCause& cause : round) {
    const auto place = std::lower_bound(total.begin(), total.end(), cause,
                                        [](const LayerCause& a, const LayerCause& b) { return a.index < b.index; });
    if (place == total.end() || place->index != cause.index) {
      total.insert(place, cause);
    } else if (place->cause < cause.cause) {
      *place = cause;
    }
  }
}

std::string CauseLines(const BoardResult& board) {
  std::string lines;
  for (const Cause kind : {Cause::kKernel, Cause::kOverwritten, Cause::kState, Cause::kRounding, Cause::kInputs}) {
    std::vector<const LayerCause*> causes;
    for (const LayerCause& cause : board.causes) {
      if (cause.cause == kind) causes.push_back(&cause);
    }
    if (!causes.empty()) lines += board.name + ": " + LineOf(kind, causes) + "\n";
  }
  if (!board.isolated_error.empty()) {
    lines += board.name + ": the layers could not be tested by themselves: " + board.isolated_error + "\n";
  }
  return lines;
}

const char* CauseWords(Cause cause) { return kCauses.at(static_cast<size_t>(cause)).words; }
const char* CauseName(Cause cause) { return kCauses.at(static_cast<size_t>(cause)).name; }

}  // namespace lockstep::crosscheck
