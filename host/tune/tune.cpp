#include "tune/tune.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "analyze/metrics.h"
#include "compiler/auto_observer.h"
#include "compiler/front.h"
#include "compiler/judging_runs.h"
#include "compiler/network_corrections.h"
#include "compiler/picture_observation.h"
#include "compiler/said.h"
#include "graph/error.h"
#include "import/source_digest.h"
#include "info/blockers.h"
#include "input/input_source.h"
#include "lower/lower.h"
#include "optimize/optimize.h"
#include "sensitivity/raise.h"
#include "sensitivity/sensitivity.h"
#include "tune/tuned_config.h"

namespace lockstep::tune {
namespace {

using sensitivity::Part;

using quantize::kByteBits;
using quantize::kMostBits;

// 4096 entries, or 16384 where the range in front of a function is wide.
constexpr int kTableInputBits[] = {12, 14};

// Something that can be raised, and the bits that it can have.
struct Choice {
  const graph::Node* node = nullptr;  // null: an input of the network
  std::string tensor;                 // the node's first output, or the input
  Part part = Part::kOutput;
  std::vector<int> bits;  // rising
};

int BitsOf(const quantize::QuantizedGraph& quantized, const graph::Node& node, Part part) {
  if (part == Part::kTableInput) return quantized.formats.at(node.pre_activation).bits;
  if (part == Part::kOutput) return quantized.formats.at(node.outputs[0]).bits;
  int most = 0;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const auto found = quantized.weights.find({node.name, i});
    if (found != quantized.weights.end()) most = std::max(most, found->second.format.bits);
  }
  return most;
}

std::vector<int> MoreBits(int has, Part part) {
  if (has > kByteBits) return {};
  std::vector<int> more;
  if (has < kByteBits) more.push_back(kByteBits);
  if (part == Part::kTableInput) {
    more.insert(more.end(), std::begin(kTableInputBits), std::end(kTableInputBits));
  } else {
    more.push_back(kMostBits);
  }
  return more;
}

class Tuning {
 public:
  Tuning(const compiler::BuildConfig& config, const TuneOptions& options, const TuneListener& listener)
      : config_(config), options_(options), listener_(listener) {}

  TuneResult Run(const settings::Json& given) {
    Prepare();
    Rank();
    Begin("find the cheapest mix");
    const std::unique_ptr<TargetJudge> judge = MakeJudge(options_.target, graph_, deciding_, digest_, config_.threads);
    int checks = 0;
    result_.search = FindCheapest(candidates_, options_.target.value, options_.most_checks, [&](const Levels& levels) {
      const quantize::QuantizedGraph mix = MixOf(levels);
      const Outcome outcome{judge->Of(Lower(mix)), CostOf(mix).value()};
      if (listener_.advance) listener_.advance(++checks, std::max(checks, options_.most_checks));
      return outcome;
    });
    Conclude(given);
    return std::move(result_);
  }

 private:
  void Begin(const std::string& stage) {
    if (listener_.stage) listener_.stage(stage);
  }

  void Prepare() {
    Begin("import " + config_.input);
    digest_ = importer::SourceDigest(config_.input);
    compiler::ImportedNetwork network = compiler::ImportNetwork(config_);
    graph_ = std::move(network.graph);
    optimize::Optimize(graph_);
    info::RequireSupported(graph_, config_.input);
    compiler::RequireOutputs(config_, graph_);
    calibration_ = compiler::ChooseCalibration(config_, graph_);
    const compiler::NetworkCorrections corrections = compiler::CorrectNetwork(graph_, config_, calibration_);
    ShareOut();

    quantise_ = compiler::QuantizeOptionsOf(config_, calibration_);
    compiler::HoldGiven(config_, network.given, quantise_);
    corrections.Apply(quantise_);
    compiler::PictureObservation observation(config_, graph_, quantise_, calibration_);
    Begin(observation.from_cache() ? "calibration from cache" : "calibrate");
    observed_ = observation.Run(listener_.advance).calibration;
    compiler::Calibration without_deciding = calibration_;
    without_deciding.others = ranking_;
    const auto lower = [this](const quantize::QuantizedGraph& with) { return Lower(with); };
    quantise_.found_observers = compiler::Found(
        compiler::ChooseObservers(graph_, quantise_, observed_, without_deciding, lower, listener_.advance));
  }

  // Runs that the calibration did not use decide, and those that rank are none of them.
  void ShareOut() {
    const int wanted = options_.ranking_runs + options_.deciding_runs;
    const auto [items, held_back] = compiler::ChooseJudgingRuns(calibration_, wanted);
    result_.held_back = held_back;
    if (items.size() < 2) {
      throw BadInput(
          "tune needs at least two pictures or sets of inputs that the calibration does not use, one to rank "
          "nodes and one to decide; give more with --calibration, or a smaller --count");
    }
    const size_t ranking =
        std::max<size_t>(1, items.size() * static_cast<size_t>(options_.ranking_runs) / static_cast<size_t>(wanted));
    ranking_.assign(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(ranking));
    deciding_.assign(items.begin() + static_cast<std::ptrdiff_t>(ranking), items.end());
    for (const input::DataItem& item : ranking_) result_.ranked_on.push_back(item.label);
    for (const input::DataItem& item : deciding_) result_.decided_on.push_back(item.label);
  }

  void Rank() {
    Begin("rank what may get more bits");
    quantized_ = quantize::Decide(graph_, quantise_, observed_);
    result_.cost_before = CostOf(quantized_);
    const compiler::Said is_said(graph_, quantise_);
    sensitivity::Options measured;
    measured.parts = {Part::kOutput, Part::kTableInput, Part::kWeights};
    measured.threads = config_.threads;
    measured.wanted = [&](const graph::Node& node, Part part) {
      return !is_said(node, part) && !MoreBits(BitsOf(quantized_, node, part), part).empty();
    };
    input::InputSource source(calibration_.infos, ranking_, config_.skip_bad_images);
    for (const sensitivity::Trial& trial : sensitivity::Measure(quantized_, source, measured, listener_.advance)) {
      const auto node = std::find_if(quantized_.graph.nodes.begin(), quantized_.graph.nodes.end(),
                                     [&](const graph::Node& other) { return other.name == trial.node; });
      const std::vector<int> bits = MoreBits(BitsOf(quantized_, *node, trial.part), trial.part);
      choices_.push_back({&*node, trial.tensor, trial.part, bits});
      candidates_.push_back({static_cast<size_t>(node - quantized_.graph.nodes.begin()),
                             analyze::ErrorShare(trial.outputs),
                             CostOfRaise(quantized_, *node, trial.part, bits.back()), static_cast<int>(bits.size())});
    }
    OfferInputs();
  }

  // Pixels of fewer than 8 bits: no layer writes them, so no trial rounds them. They go first, as if all depended on
  // them, and cost nothing: a byte is a byte.
  void OfferInputs() {
    const quantize::Policy policy = quantize::ResolvePolicy(graph_, quantise_.policy);
    for (const graph::TensorId id : quantized_.graph.inputs) {
      const auto format = quantized_.formats.find(id);
      const auto said = policy.tensors.find(id);
      if (format == quantized_.formats.end() || !format->second.is_affine() || format->second.bits >= kByteBits)
        continue;
      if (said != policy.tensors.end() && said->second.activation_bits) continue;
      choices_.push_back({nullptr, graph_.tensor(id).name, Part::kOutput, {kByteBits}});
      candidates_.push_back({quantized_.graph.nodes.size() + static_cast<size_t>(id), 1.0, 0.0, 1});
    }
  }

  quantize::Rule RuleOf(const Choice& choice, int bits) const {
    if (choice.node != nullptr) {
      return sensitivity::RuleOf(quantized_.graph, choice.node->name, choice.part, bits, "tune");
    }
    quantize::Rule rule{"tune", {{quantize::Scope::Kind::kTensor, choice.tensor}}, {}};
    rule.choices.activation_bits = bits;
    return rule;
  }

  std::vector<quantize::Rule> RulesOf(const Levels& levels) const {
    std::vector<quantize::Rule> rules;
    for (size_t i = 0; i < levels.size(); ++i) {
      if (levels[i] == 0) continue;
      const Choice& choice = choices_[i];
      const int bits = choice.bits[static_cast<size_t>(levels[i]) - 1];
      rules.push_back(RuleOf(choice, bits));
      if (choice.part == Part::kOutput && bits > kByteBits) KeepTableSmall(choice, levels, rules);
    }
    return rules;
  }

  // Where nothing is said, what is in front of the table would get the output's 16 bits, and the table 65536 entries.
  void KeepTableSmall(const Choice& output, const Levels& levels, std::vector<quantize::Rule>& rules) const {
    for (size_t i = 0; i < choices_.size(); ++i) {
      const Choice& other = choices_[i];
      if (other.node == nullptr || other.node != output.node || other.part != Part::kTableInput) continue;
      if (levels[i] == 0) rules.push_back(RuleOf(other, kTableInputBits[0]));
    }
  }

  quantize::QuantizedGraph MixOf(const Levels& levels) const {
    quantize::QuantizeOptions options = quantise_;
    for (quantize::Rule& rule : RulesOf(levels)) options.policy.push_back(std::move(rule));
    quantize::QuantizedGraph mix = quantize::Decide(graph_, options, observed_);
    mix.source_digest = digest_;
    return mix;
  }

  std::vector<uint8_t> Lower(const quantize::QuantizedGraph& mix) const {
    lower::LowerOptions options;
    options.name = config_.name;
    options.seeded_test_vector = false;
    return lower::Lower(mix, options);
  }

  void Conclude(const settings::Json& given) {
    const Levels& levels = result_.search.levels;
    std::set<size_t> raised;
    for (size_t i = 0; i < levels.size(); ++i) {
      if (levels[i] == 0) continue;
      const Choice& choice = choices_[i];
      const bool is_node = choice.node != nullptr;
      if (is_node) raised.insert(candidates_[i].node);
      result_.raised.push_back({is_node ? choice.node->name : choice.tensor, is_node ? choice.node->op : "input",
                                choice.tensor, choice.part, choice.bits[static_cast<size_t>(levels[i]) - 1],
                                candidates_[i].error});
    }
    std::stable_sort(result_.raised.begin(), result_.raised.end(),
                     [](const Raised& a, const Raised& b) { return a.error > b.error; });
    result_.cost = CostOf(MixOf(levels));
    result_.subgraphs = ProposeSubgraphs(quantized_.graph, raised);
    result_.config = TunedConfig(given, RulesOf(levels));
  }

  const compiler::BuildConfig& config_;
  const TuneOptions& options_;
  const TuneListener& listener_;
  TuneResult result_;
  graph::Graph graph_;
  std::string digest_;
  compiler::Calibration calibration_;
  quantize::QuantizeOptions quantise_;
  quantize::Calibration observed_;
  quantize::QuantizedGraph quantized_;  // as the settings have it
  std::vector<input::DataItem> ranking_;
  std::vector<input::DataItem> deciding_;
  std::vector<Choice> choices_;
  std::vector<Candidate> candidates_;  // the same things, for the search
};

}  // namespace

TuneResult Tune(const compiler::BuildConfig& config, const settings::Json& given, const TuneOptions& options,
                const TuneListener& listener) {
  if (!config.rescue || config.only != quantize::QuantizeOnly::kAll) {
    throw UsageError("tune decides what gets more than 8 bits: leave --precision int8 and --quantize-only out");
  }
  const bool shifts = quantize::CorrectsFeatures(config.bias_correction);
  if (config.adaptive_rounding || shifts) {
    throw UsageError(std::string("tune: ") + (shifts ? "bias_correction features or both" : "adaptive_rounding") +
                     " has no effect, for mixes are measured without it; leave it out, and build the tuned "
                     "configuration with it");
  }
  if (!config.from_calibration.empty()) {
    throw UsageError("tune: from_calibration has no effect, pictures are calibrated with; give calibration alone");
  }
  return Tuning(config, options, listener).Run(given);
}

}  // namespace lockstep::tune
