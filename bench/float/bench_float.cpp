// The float engine beside ONNX Runtime: same model, same input, same number of threads, by turns, so that both see the
// same machine. Prints medians and their ratio, and what observing every tensor costs.
//   bench_float [MODEL.onnx]      without a model: YOLOv8n, fetched
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <random>

#include "import/onnx_import.h"
#include "onnx_runtime.h"
#include "optimize/optimize.h"

namespace {

using lockstep::engine::FloatEngine;
using lockstep::engine::FloatEngineOptions;
using lockstep::engine::FloatTensor;
using Inputs = std::map<std::string, FloatTensor>;

constexpr int kRounds = 5;
constexpr int kRunsPerRound = 10;

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

Inputs RandomInputs(const lockstep::graph::Graph& graph) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(0.0F, 1.0F);
  Inputs inputs;
  for (const auto id : graph.inputs) {
    FloatTensor tensor{graph.tensor(id).shape, {}};
    tensor.data.resize(static_cast<size_t>(lockstep::graph::ElementCount(tensor.shape)));
    for (float& value : tensor.data) value = uniform(random);
    inputs[graph.tensor(id).name] = std::move(tensor);
  }
  return inputs;
}

void Time(FloatEngine& engine, const Inputs& inputs, std::vector<double>& milliseconds) {
  const auto ignore = [](const std::string&, const lockstep::graph::Shape&, const float*) {};
  engine.Run(inputs, ignore);
  for (int run = 0; run < kRunsPerRound; ++run) {
    const auto start = std::chrono::steady_clock::now();
    engine.Run(inputs, ignore);
    milliseconds.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
}

FloatEngineOptions Observing(int threads, bool any_order) {
  FloatEngineOptions options;
  options.threads = threads;
  options.observe_all = true;
  options.any_order = any_order;
  return options;
}

void Compare(const std::string& model, const lockstep::graph::Graph& graph, int threads) {
  const Inputs inputs = RandomInputs(graph);
  FloatEngineOptions plain;
  plain.threads = threads;
  FloatEngine engine(graph, plain);
  FloatEngine in_any_order(graph, Observing(threads, true));
  FloatEngine in_order(graph, Observing(threads, false));
  std::vector<double> ours;
  std::vector<double> theirs;
  std::vector<double> any_order;
  std::vector<double> ordered;
  for (int round = 0; round < kRounds; ++round) {
    const auto oracle = lockstep::oracle::RunOnnxRuntime(model, inputs, {threads, kRunsPerRound});
    theirs.insert(theirs.end(), oracle.milliseconds.begin(), oracle.milliseconds.end());
    Time(engine, inputs, ours);
    Time(in_any_order, inputs, any_order);
    Time(in_order, inputs, ordered);
  }
  std::printf("%7d %14.1f %14.1f %7.2f %22.1f %22.1f\n", threads, Median(theirs), Median(ours),
              Median(ours) / Median(theirs), Median(any_order), Median(ordered));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::string model = argc > 1 ? argv[1] : lockstep::oracle::Fetch("fetch_model.sh");
    lockstep::graph::Graph graph = lockstep::importer::ImportOnnx(model, {});
    lockstep::optimize::Optimize(graph);
    std::printf("milliseconds per run, median of %d\n", kRounds * kRunsPerRound);
    std::printf("%7s %14s %14s %7s %22s %22s\n", "threads", "ONNX Runtime", "float engine", "ratio",
                "all seen, any order", "all seen, ONNX order");
    for (const int threads : {1, 2}) Compare(model, graph, threads);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_float: %s\n", error.what());
    return 1;
  }
  return 0;
}
