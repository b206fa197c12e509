#include "tune/target.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "files/output_file.h"
#include "files/temporary_folder.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "import/onnx_export.h"
#include "judge/output_error.h"

namespace lockstep::tune {
namespace {

class OutputJudge : public TargetJudge {
 public:
  OutputJudge(double analyze::Metrics::*metric, const graph::Graph& graph, std::vector<input::DataItem> items,
              int threads)
      : metric_(metric), error_(graph, std::move(items), threads) {}

  double Of(const std::vector<uint8_t>& model) override {
    double worst = std::numeric_limits<double>::infinity();
    for (const auto& [name, metrics] : error_.Of(model)) {
      const double value = metrics.*metric_;
      worst = std::isnan(value) ? -std::numeric_limits<double>::infinity() : std::min(worst, value);
    }
    return worst;
  }

 private:
  double analyze::Metrics::*metric_;
  judge::OutputError error_;
};

// The results of the float network are kept in the folder, so it runs once.
class MetricJudge : public TargetJudge {
 public:
  MetricJudge(Target target, const graph::Graph& graph, const std::string& digest, int threads)
      : target_(std::move(target)) {
    evaluate::EvaluateOptions& options = target_.judge;
    options.model = folder_.path() / "tuned.joint";
    options.onnx = folder_.path() / "optimized.onnx";
    options.state = folder_.path() / "tuned.evaluation";
    options.threads = threads;
    options.bootstrap.rounds = kFewRounds;
    files::WriteFile(options.onnx, importer::SerializeOnnx(graph, digest));
  }

  double Of(const std::vector<uint8_t>& model) override {
    files::WriteFile(target_.judge.model, model.data(), model.size());
    const evaluate::Evaluation evaluation = evaluate::Evaluate(target_.judge, [](int, int) {});
    if (target_.metric == kKept) return evaluation.kept;
    std::vector<std::string> names{kKept};
    for (const evaluate::Metric& metric : evaluation.metrics) {
      if (metric.name == target_.metric) return metric.value;
      names.push_back(metric.name);
    }
    throw UsageError("--target-metric: there is no metric " + graph::Quoted(target_.metric) + " (" +
                     graph::Listed(names) + ")" + graph::DidYouMean(target_.metric, names));
  }

 private:
  static constexpr const char* kKept = "kept";
  static constexpr int kFewRounds = 2;  // the error of `kept` is not looked at

  files::TemporaryFolder folder_;
  Target target_;
};

}  // namespace

const char* ToText(Target::Kind kind) {
  switch (kind) {
    case Target::Kind::kCosine:
      return "cosine";
    case Target::Kind::kSqnr:
      return "SQNR dB";
    case Target::Kind::kMetric:
      return "metric";
  }
  return "";
}

std::unique_ptr<TargetJudge> MakeJudge(const Target& target, const graph::Graph& graph,
                                       std::vector<input::DataItem> items, const std::string& digest, int threads) {
  switch (target.kind) {
    case Target::Kind::kCosine:
      return std::make_unique<OutputJudge>(&analyze::Metrics::cosine, graph, std::move(items), threads);
    case Target::Kind::kSqnr:
      return std::make_unique<OutputJudge>(&analyze::Metrics::sqnr_db, graph, std::move(items), threads);
    case Target::Kind::kMetric:
      return std::make_unique<MetricJudge>(target, graph, digest, threads);
  }
  return nullptr;
}

}  // namespace lockstep::tune
