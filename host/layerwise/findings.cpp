#include "layerwise/findings.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "graph/counted.h"
#include "graph/quoted.h"
#include "layerwise/decibels.h"
#include "layerwise/input_findings.h"
#include "layerwise/row_summary.h"
#include "layerwise/spread.h"
#include "quantize/operator_classes.h"
#include "quantize/split_names.h"
#include "report/table.h"

namespace lockstep::layerwise {
namespace {

constexpr double kBadAlone = 20.0;     // dB: a hundredth of the energy is lost in one layer
constexpr double kGoodOutput = 20.0;   // as kBadAlone: nothing is said of outputs above it
constexpr double kBadPicture = 10.0;   // as `build` asks of an output: a tenth of the energy of one picture
constexpr double kClearDrop = 10.0;    // dB from what a layer reads to what it gives: tenfold, not a sum
constexpr double kMuchBeyond = 0.001;  // of the values: a range that is too narrow, not a stray value
constexpr double kFarSteps = 2.0;      // more than the integers' own rounding can explain
// dB: rounding its own levels alone is as good as the whole layer: 70 % of its error is theirs.
constexpr double kAsGood = 1.5;
constexpr size_t kMostLayers = 6;   // to be read at once; the worst are to be mended first anyway
constexpr size_t kWeakest = 3;      // likewise
constexpr double kStandsOut = 4.0;  // dB below the median: the error of two and a half such layers
constexpr double kEnd = 0.85;       // of the layers: behind it are heads, which decode boxes and scores

// For orders: what is not a number is the worst.
double Rank(double sqnr_db) { return std::isnan(sqnr_db) ? -std::numeric_limits<double>::infinity() : sqnr_db; }

class Finder {
 public:
  Finder(const Analysis& analysis, const quantize::QuantizedGraph& quantized)
      : analysis_(analysis), graph_(quantized.graph) {
    for (const auto& pictures : analysis.by_row) rows_.push_back(Summarize(pictures));
    for (size_t i = 0; i < analysis.rows.size(); ++i) by_tensor_[analysis.rows[i].id] = i;
  }

  std::vector<Finding> Find() {
    findings_ = InputFindings(analysis_);
    const bool inputs_differ = !findings_.empty();
    if (NotFinite()) return std::move(findings_);
    const size_t layers_from = findings_.size();
    Layers(inputs_differ);
    Apart(inputs_differ);
    if (!inputs_differ) Outputs(findings_.size() > layers_from);
    return std::move(findings_);
  }

 private:
  std::string NameOf(size_t row) const {
    const Row& of = analysis_.rows[row];
    return "layer " + std::to_string(of.layer.index) + " " + graph::Quoted(of.layer.name) + " (" + of.layer.op + ")";
  }
  int IndexOf(size_t row) const { return analysis_.rows[row].layer.index; }
  const graph::Node* NodeOf(size_t row) const {
    const int32_t node = analysis_.rows[row].node;
    return node < 0 ? nullptr : &graph_.nodes[static_cast<size_t>(node)];
  }
  bool ReadsInput(size_t row) const {
    const graph::Node* node = NodeOf(row);
    return node != nullptr && std::any_of(node->inputs.begin(), node->inputs.end(), [&](graph::TensorId id) {
             return std::count(graph_.inputs.begin(), graph_.inputs.end(), id) != 0;
           });
  }

  // Nothing else means anything then.
  bool NotFinite() {
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].not_finite == 0) continue;
      const graph::Node* node = NodeOf(i);
      findings_.push_back({NameOf(i) + ": the float network itself gives " +
                               graph::Counted(static_cast<size_t>(rows_[i].not_finite), "value") + " NaN or infinite" +
                               (node == nullptr ? "" : ", first at node " + graph::Quoted(node->name)),
                           "look for a division by 0 or an overflow there; check --mean and --std", IndexOf(i)});
      return true;
    }
    return false;
  }

  // What helps a layer that is bad by itself.
  std::string Remedy(size_t row) const {
    const Row& of = analysis_.rows[row];
    const RowSummary& summary = rows_[row];
    const graph::Node& node = *NodeOf(row);
    const std::string floats = "--float-nodes " + graph::Quoted(node.name);
    if (!of.levels) return "name what is in front of it too in --float-nodes";
    const auto at = [&](const char* flag, const std::string& what, int bits) {
      return std::string(flag) + " \"" + what + "=" + std::to_string(bits) + "\"";
    };
    const double least = std::min({summary.weights, summary.table_input, summary.inputs.value_or(summary.weights)});
    const bool own_levels =
        summary.alone > summary.rounded - kAsGood || (summary.inputs && summary.rounded_there <= least);
    if (own_levels && summary.beyond > kMuchBeyond && !of.saturates) {
      return "its range is too narrow (" + report::FixedNumber(summary.beyond * 100.0, 1) +
             " % of the values lie beyond): calibrate with more pictures of the kind that it will see, or with "
             "--observer "
             "minmax";
    }
    if (own_levels) {
      const std::string raise = of.before_table ? at("--table-input-bits", node.name, 16)
                                                : at("--activation-bits", "tensor:" + of.layer.tensor, 16);
      return "raise its bits: build with " + (of.levels->bits < 16 ? raise : floats);
    }
    if (!summary.inputs) return "what costs it most was not looked for: build with " + floats;
    if (summary.weights <= least) {
      return "its weights cost most (" + Db(summary.weights) + " by themselves): build with " +
             at("--weight-bits", node.name, 16);
    }
    if (summary.table_input <= least) {
      return "the value in front of its function costs most (" + Db(summary.table_input) + " by itself): build with " +
             at("--table-input-bits", node.name, 16);
    }
    return "the levels of what it reads cost most (" + Db(*summary.inputs) + " by themselves): build with " +
           at("--activation-bits", node.name, 16);
  }

  // Worst first; what only moves elements has the loss of what it moves.
  void Layers(bool inputs_differ) {
    std::vector<size_t> bad;
    for (size_t i = 0; i < rows_.size(); ++i) {
      const graph::Node* node = NodeOf(i);
      if (node == nullptr || quantize::SharesScale(*node)) continue;
      if (!(rows_[i].alone >= kBadAlone)) bad.push_back(i);
    }
    std::stable_sort(bad.begin(), bad.end(),
                     [&](size_t a, size_t b) { return Rank(rows_[a].alone) < Rank(rows_[b].alone); });
    for (size_t i = 0; i < std::min(bad.size(), kMostLayers); ++i) {
      const size_t row = bad[i];
      const RowSummary& summary = rows_[row];
      std::string what = NameOf(row);
      if (summary.constant) {
        what += " gives one value everywhere, which the network does not";
      } else {
        what += " is bad by itself: SQNR " + Db(summary.alone) + " with float inputs, " + Db(summary.whole) +
                " end to end; rounding its output alone would leave " + Db(summary.rounded);
      }
      std::string todo = Remedy(row);
      if (ReadsInput(row)) {
        what += "; it is a first layer";
        todo = inputs_differ
                   ? "mend the input first, see above"
                   : "check that --color, --mean and --std are what the network was trained with (give them to "
                     "analyze too, and it compares the inputs); else " +
                         todo;
      }
      findings_.push_back({what, todo, IndexOf(row)});
    }
    if (bad.size() <= kMostLayers) return;
    findings_.push_back({graph::Counted(bad.size() - kMostLayers, "more layer") + " below " + Db(kBadAlone) + " alone",
                         "see them with --sort sqnr --per-layer"});
  }

  // A first layer's integers come from the model's input, its reference from the network's.
  void Apart(bool inputs_differ) {
    for (size_t i = 0; i < rows_.size(); ++i) {
      const RowSummary& summary = rows_[i];
      if (inputs_differ && ReadsInput(i)) continue;
      if (!(summary.steps > kFarSteps) || !(summary.apart < summary.reference) || HasConstantOperand(i)) continue;
      if (IsOfInputParts(i)) continue;
      findings_.push_back(
          {NameOf(i) + ": integer and reference arithmetic are " + report::ShortNumber(summary.steps, 3) +
               " steps apart (" + Db(summary.apart) + "), more than its levels explain",
           "compute it in floats (--float-nodes " +
               graph::Quoted(NodeOf(i) == nullptr ? analysis_.rows[i].layer.name : NodeOf(i)->name) + ") and report it",
           IndexOf(i)});
    }
  }

  // The reference does not round the constants of Add, Sub and Mul: a difference may be theirs.
  bool HasConstantOperand(size_t row) const {
    const graph::Node* node = NodeOf(row);
    return node != nullptr && std::any_of(node->inputs.begin(), node->inputs.end(), [&](graph::TensorId id) {
             return quantize::IsConstantOperand(graph_, *node, id);
           });
  }

  // The reference knows nothing of inputs that are read in two parts (error compensation): the sum of these, and low
  // weights that meet the high part alone.
  bool IsOfInputParts(size_t row) const {
    const graph::Node* node = NodeOf(row);
    if (node == nullptr) return false;
    const bool sum = analysis_.rows[row].layer.op == "Add" && quantize::SumsProducts(*node);
    return sum || quantize::SplitNode(graph_, *node) != nullptr;
  }

  // The SQNR of what the layer reads, end to end: the least of its inputs.
  double Before(size_t row) const {
    double least = std::numeric_limits<double>::infinity();
    for (const graph::TensorId id : NodeOf(row)->inputs) {
      const auto found = by_tensor_.find(id);
      if (found != by_tensor_.end()) least = std::min(least, Rank(rows_[found->second].whole));
    }
    return least;
  }

  // An output that is weak though no layer is to blame by itself.
  void Outputs(bool layers_named) {
    const std::string* weakest = nullptr;
    double least = kGoodOutput;
    for (const auto& [name, pictures] : analysis_.outputs) {
      const auto sqnr = [](const OutputMetrics& one) -> std::optional<double> { return one.integer.sqnr_db; };
      const double mean = SpreadOf(pictures, sqnr, true)->mean;
      if (Rank(mean) >= Rank(least)) continue;
      least = mean;
      weakest = &name;
    }
    if (weakest == nullptr) {
      WorstPicture();
      return;
    }
    const std::string head = "output " + graph::Quoted(*weakest) + " has " + Db(least) + " end to end";
    if (layers_named) {
      findings_.push_back({head, "mend the layers above first, worst first, then analyse again"});
      return;
    }
    size_t good = 0;  // layers in front of the first one below kGoodOutput
    while (good < rows_.size() && rows_[good].whole >= kGoodOutput) ++good;
    const bool only_end = static_cast<double>(good) > kEnd * static_cast<double>(rows_.size());
    if (only_end && good < rows_.size() && NodeOf(good) != nullptr) {
      findings_.push_back(
          {head + "; only the end loses, from " + NameOf(good) + " on",
           "build with --tail-bits 16 and --bias-correction both if they were turned off, or with 16 bits there: "
           "--activation-bits \"" +
               NodeOf(good)->name + "..=16\"",
           IndexOf(good)});
    } else if (const std::optional<size_t> steepest = SteepestDrop()) {
      findings_.push_back(
          {head + "; it drops from " + Db(Before(*steepest)) + " to " + Db(rows_[*steepest].whole) + " at " +
               NameOf(*steepest) + ", which by itself has " + Db(rows_[*steepest].alone) +
               ": it enlarges the errors in front of it",
           "raise the bits of what it reads and of the layers in front: build with --activation-bits \".." +
               NodeOf(*steepest)->name + "=16\"",
           IndexOf(*steepest)});
    } else {
      AddUp(head);
    }
  }

  // An output that is good on average and bad on one picture.
  void WorstPicture() {
    const std::string* weakest = nullptr;
    double least = kBadPicture, mean = 0.0;
    for (const auto& [name, pictures] : analysis_.outputs) {
      const Spread spread = *SpreadOf(
          pictures, [](const OutputMetrics& one) { return std::optional(one.integer.sqnr_db); }, true);
      if (Rank(spread.min) >= Rank(least)) continue;
      least = spread.min;
      mean = spread.mean;
      weakest = &name;
    }
    if (weakest == nullptr) return;
    findings_.push_back(
        {"output " + graph::Quoted(*weakest) + " has " + Db(least) + " end to end on the worst picture, " + Db(mean) +
             " on average",
         "see the numbers of each picture in the JSON; calibrate with pictures of its kind, if the model is "
         "to be used on such"});
  }

  std::optional<size_t> SteepestDrop() const {
    std::optional<size_t> steepest;
    double drop = kClearDrop;
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (NodeOf(i) == nullptr || !quantize::SumsProducts(*NodeOf(i))) continue;
      const double before = Before(i);
      if (std::isinf(before) || !(before - rows_[i].whole > drop)) continue;
      drop = before - rows_[i].whole;
      steepest = i;
    }
    return steepest;
  }

  // Many layers lose a little: those that lose most by themselves.
  void AddUp(const std::string& head) {
    std::vector<size_t> own;
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (NodeOf(i) != nullptr && !quantize::SharesScale(*NodeOf(i))) own.push_back(i);
    }
    std::stable_sort(own.begin(), own.end(),
                     [&](size_t a, size_t b) { return Rank(rows_[a].alone) < Rank(rows_[b].alone); });
    findings_.push_back(
        {head + "; no layer is below " + Db(kBadAlone) + " by itself, the errors of many add up",
         "build with --precision auto, which raises bits where they cost most (int16 is the upper bound); "
         "`lockstep sensitivity` shows what each node costs the outputs"});
    for (size_t i = 0; i < std::min(own.size(), kWeakest); ++i) {
      if (rows_[own[i]].alone > rows_[own[own.size() / 2]].alone - kStandsOut) break;
      findings_.push_back({NameOf(own[i]) + " is weak by itself: SQNR " + Db(rows_[own[i]].alone) +
                               ", half of the layers have " + Db(rows_[own[own.size() / 2]].alone) + " or more",
                           Remedy(own[i]), IndexOf(own[i])});
    }
  }

  const Analysis& analysis_;
  const graph::Graph& graph_;
  std::vector<RowSummary> rows_;
  std::map<graph::TensorId, size_t> by_tensor_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> FindingsOf(const Analysis& analysis, const quantize::QuantizedGraph& quantized) {
  return Finder(analysis, quantized).Find();
}

}  // namespace lockstep::layerwise
