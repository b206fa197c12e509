#include "calibration/read_decisions.h"

#include <algorithm>
#include <cmath>

#include "calibration/entry_keys.h"
#include "calibration/node_entry.h"
#include "calibration/tensor_entry.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "quantize/fixed_params.h"
#include "quantize/operator_classes.h"

namespace lockstep::calibration {
namespace {

using quantize::AffineParams;
using quantize::Decisions;

class DecisionsReader {
 public:
  DecisionsReader(const Json& file, const std::string& path, const graph::Graph& graph,
                  const quantize::QuantizeOptions& options)
      : file_(file), path_(path), graph_(graph), options_(options), producer_(graph::Uses(graph).producer) {}

  Decisions Read() {
    ReadNodes();
    ReadTensors();
    for (const auto& [id, entry] : entries_) Decide(id, entry);
    for (const graph::TensorId id : graph_.inputs) FixInput(id);
    for (size_t i = 0; i < graph_.nodes.size(); ++i) FixSoftmax(graph_.nodes[i]);
    ReadMeans();
    result_.calibration_digest = file_.at(key::kCalibration).value(key::kDigest, std::string());
    const std::string problem = quantize::ProblemOf(graph_, options_, result_);
    if (!problem.empty()) throw UsageError(path_ + ": " + problem);
    return std::move(result_);
  }

 private:
  std::string Tensor(const std::string& name) const { return path_ + ": tensor " + graph::Quoted(name); }
  std::string Tensor(graph::TensorId id) const { return Tensor(graph_.tensor(id).name); }
  std::string Node(const std::string& name) const { return path_ + ": node " + graph::Quoted(name); }

  void ReadNodes() {
    std::vector<std::string> names;
    for (const graph::Node& node : graph_.nodes) names.push_back(node.name);
    result_.nodes.resize(names.size());
    nodes_.resize(names.size());
    for (const auto& [name, entry] : file_.at(key::kNodes).items()) {
      const auto found = std::find(names.begin(), names.end(), name);
      if (found == names.end()) throw UsageError(Node(name) + UnknownNode(name, names));
      const auto at = static_cast<size_t>(found - names.begin());
      nodes_[at] = ReadNodeEntry(entry, graph_.nodes[at], Node(name));
      result_.nodes[at] = nodes_[at].decision;
    }
    for (const std::string& name : names) {
      if (!file_.at(key::kNodes).contains(name)) {
        throw UsageError(Node(name) + " has no entry; take it from the file that build wrote");
      }
    }
  }

  std::string UnknownNode(const std::string& name, const std::vector<std::string>& names) const {
    for (const graph::Node& node : graph_.nodes) {
      if (std::count(node.onnx_nodes.begin(), node.onnx_nodes.end(), name) == 0) continue;
      return " went into node " + graph::Quoted(node.name) + "; say it of that one";
    }
    return " is not in the network" + graph::DidYouMean(name, names);
  }

  // Which tensors have entries: those that hold floating point numbers and are written outside nodes or lie in front of
  // tables.
  std::vector<graph::TensorId> Wanted() const {
    std::vector<graph::TensorId> wanted;
    const auto add = [&](graph::TensorId id) {
      if (id == graph::kNoTensor || graph_.tensor(id).constant) return;
      if (graph_.tensor(id).type == graph::ElementType::kFloat) wanted.push_back(id);
    };
    for (const graph::TensorId id : graph_.inputs) add(id);
    for (const graph::Node& node : graph_.nodes) {
      for (const graph::TensorId id : node.outputs) add(id);
      if (quantize::NeedsTable(node.activation)) add(node.pre_activation);
    }
    return wanted;
  }

  void ReadTensors() {
    std::vector<std::string> names;
    for (const graph::TensorId id : Wanted()) names.push_back(graph_.tensor(id).name);
    const Json& tensors = file_.at(key::kTensors);
    for (const auto& [name, entry] : tensors.items()) {
      if (std::count(names.begin(), names.end(), name) == 0) {
        throw UsageError(Tensor(name) + " is not among those that the network writes" + graph::DidYouMean(name, names));
      }
      entries_[graph_.Find(name)] = ReadTensorEntry(entry, Tensor(name));
    }
    for (auto& [id, entry] : entries_) {
      if (!entry.same_as) continue;
      const auto root = entries_.find(graph_.Find(*entry.same_as));
      if (root == entries_.end()) {
        throw UsageError(Tensor(id) + ": same_as names " + graph::Quoted(*entry.same_as) + ", which is no tensor here" +
                         graph::DidYouMean(*entry.same_as, names));
      }
      if (root->second.same_as) {
        throw UsageError(Tensor(id) + ": same_as names " + graph::Quoted(*entry.same_as) +
                         ", which says same_as itself; name " + graph::Quoted(*root->second.same_as));
      }
      entry.params = root->second.params;
    }
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (result_.nodes[i].floats && !nodes_[i].float_changed) continue;
      for (const graph::TensorId id : {graph_.nodes[i].outputs[0], graph_.nodes[i].pre_activation}) {
        const bool inside = id != graph_.nodes[i].outputs[0];
        if (id == graph::kNoTensor || entries_.count(id) != 0 || (inside && result_.nodes[i].floats)) continue;
        if (inside && !quantize::NeedsTable(graph_.nodes[i].activation)) continue;
        if (graph_.tensor(id).type != graph::ElementType::kFloat || graph_.tensor(id).constant) continue;
        throw UsageError(Tensor(id) + " has no entry; give it one, or take it from the file that build wrote");
      }
    }
  }

  // A tensor becomes float with the node that makes it.
  void Decide(graph::TensorId id, const TensorEntry& entry) {
    quantize::TensorDecision& tensor = result_.tensors[id];
    tensor.params = entry.params;
    tensor.channel_scales = entry.channel_scales;
    const int32_t producer = producer_[static_cast<size_t>(id)];
    if (producer < 0) {
      const bool is_input = std::count(graph_.inputs.begin(), graph_.inputs.end(), id) != 0;
      if (entry.type_changed && entry.is_float) {
        throw UsageError(
            Tensor(id) + ": type cannot become F32, " +
            (is_input ? "an input has what the pictures are" : "it is inside a node; set float of that one to true") +
            "; leave the type as it was");
      }
      tensor.is_float = is_input && entry.is_float;
      return;
    }
    const auto node = static_cast<size_t>(producer);
    bool& floats = result_.nodes[node].floats;
    if (entry.type_changed && entry.is_float != floats) {
      if (nodes_[node].float_changed) {
        throw UsageError(Tensor(id) + ": its type and float of node " + graph::Quoted(graph_.nodes[node].name) +
                         " contradict each other; change one of them");
      }
      floats = entry.is_float;
    }
    tensor.is_float = floats || (entry.is_float && !entry.params);
  }

  void FixInput(graph::TensorId id) {
    const auto entry = entries_.find(id);
    if (entry == entries_.end() || !entry->second.params) return;
    quantize::Widths widths(static_cast<size_t>(graph_.tensor_count()), quantize::kFloatWidth);
    widths[static_cast<size_t>(id)] = entry->second.params->bits;
    const auto fixed = quantize::FixedParams(graph_, widths, options_.preprocess);
    const auto found = fixed.find(id);
    if (found == fixed.end()) return;
    const AffineParams& given = *entry->second.params;
    if (entry->second.bits_changed && found->second.bits != given.bits) {
      throw UsageError(Tensor(id) + ": bits is " + std::to_string(given.bits) + ", and the input is " +
                       std::to_string(found->second.bits) + "-bit integers; leave bits as they were");
    }
    if (entry->second.levels_changed && !(found->second == given)) {
      throw UsageError(Tensor(id) +
                       ": its range follows from mean, std and the type of the input; leave range, scale " +
                       "and zero_point as they were");
    }
    result_.tensors[id].params = found->second;
  }

  // Powers of two alone are scales of a Softmax: the one that covers the range.
  void FixSoftmax(const graph::Node& node) {
    const auto entry = entries_.find(node.outputs[0]);
    const bool fused = node.activation.kind != graph::ActivationKind::kNone;
    if (fused || quantize::TraitsOf(node).range != ops::FixedRange::kBelowOne) return;
    if (entry == entries_.end() || !entry->second.params) return;
    if (!entry->second.bits_changed && !entry->second.levels_changed) return;
    constexpr int kMostExponent = 23;
    AffineParams& params = *result_.tensors[node.outputs[0]].params;
    if (params.zero_point != 0) return;
    // The last level ends where the next would begin: 8 bits reach from 0 to 255/256.
    const double covered = std::log2(1.0 / params.scale) + 1e-6;
    params.scale = std::exp2(-std::clamp(static_cast<int>(std::floor(covered)), params.bits, kMostExponent));
  }

  void ReadMeans() {
    for (const auto& [name, means] : file_.at(key::kChannelMeans).items()) {
      const graph::TensorId id = graph_.Find(name);
      const std::string where = path_ + ": channel_means of " + graph::Quoted(name);
      const bool known = id != graph::kNoTensor && graph_.tensor(id).shape.size() > 1;
      if (!known) throw UsageError(where + ": there is no such tensor; remove the entry");
      const auto channels = static_cast<size_t>(graph_.tensor(id).shape[1]);
      const bool fits = means.is_array() && means.size() == channels &&
                        std::all_of(means.begin(), means.end(), [](const Json& mean) { return mean.is_number(); });
      if (!fits) throw UsageError(where + " must be a list of " + std::to_string(channels) + " numbers");
      result_.channel_means[id] = means.get<std::vector<double>>();
    }
  }

  const Json& file_;
  const std::string& path_;
  const graph::Graph& graph_;
  const quantize::QuantizeOptions& options_;
  std::vector<int32_t> producer_;
  std::vector<NodeEntry> nodes_;
  std::map<graph::TensorId, TensorEntry> entries_;
  Decisions result_;
};

}  // namespace

Decisions ReadDecisions(const Json& file, const std::string& path, const graph::Graph& graph,
                        const quantize::QuantizeOptions& options) {
  return DecisionsReader(file, path, graph, options).Read();
}

}  // namespace lockstep::calibration
