// What it costs to measure all nodes of a network, in float forwards, and whether running the whole network for each
// node gives the same order.
//   bench_sensitivity MODEL.onnx PICTURES [COUNT]      COUNT: to measure with, 8 without
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "brute_force.h"
#include "compiler/front.h"
#include "compiler/judging_runs.h"
#include "input/input_source.h"
#include "optimize/optimize.h"
#include "quantize/quantize.h"
#include "sensitivity/render.h"

namespace {

using lockstep::quantize::CalibrationInput;
using lockstep::sensitivity::Trial;

struct Cost {
  double wall = 0.0;  // seconds
  double processor = 0.0;
};

double Processor() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

template <typename Work>
Cost CostOf(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  const double before = Processor();
  work();
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), Processor() - before};
}

class ListSource : public lockstep::quantize::CalibrationSource {
 public:
  explicit ListSource(const std::vector<CalibrationInput>& pictures) : pictures_(pictures) {}
  int size() const override { return static_cast<int>(pictures_.size() - next_); }
  std::optional<CalibrationInput> Next() override {
    if (next_ == pictures_.size()) return std::nullopt;
    return pictures_[next_++];
  }
  std::string Digest() const override { return {}; }

 private:
  const std::vector<CalibrationInput>& pictures_;
  size_t next_ = 0;
};

void Print(const char* what, const Cost& cost, double forwards) {
  std::printf("%-42s %10.2f %10.2f %14.1f %14.1f\n", what, cost.processor, cost.wall, 1e3 * cost.processor / forwards,
              1e3 * cost.wall / forwards);
}

// Of all pairs of nodes those that both ways put in the same order; and the largest difference in dB.
void CompareOrders(std::vector<Trial> a, std::vector<Trial> b) {
  const lockstep::sensitivity::View view;
  lockstep::sensitivity::SortWorstFirst(a, view);
  lockstep::sensitivity::SortWorstFirst(b, view);
  std::map<std::string, size_t> place;
  for (size_t i = 0; i < b.size(); ++i) place[b[i].node] = i;
  size_t pairs = 0;
  size_t same = 0;
  size_t same_place = 0;
  double largest = 0.0;
  for (size_t i = 0; i < a.size(); ++i) {
    same_place += place.at(a[i].node) == i ? 1 : 0;
    for (const auto& [part, metrics] : a[i].outputs) {
      const double difference = std::abs(metrics.sqnr_db - b[place.at(a[i].node)].outputs.at(part).sqnr_db);
      if (std::isfinite(difference)) largest = std::max(largest, difference);
    }
    for (size_t j = i + 1; j < a.size(); ++j, ++pairs) same += place.at(a[i].node) < place.at(a[j].node) ? 1 : 0;
  }
  std::printf(
      "order: %zu of %zu nodes are at the same place, %zu of %zu pairs in the same order; SQNR within %.2f dB\n",
      same_place, a.size(), same, pairs, largest);
}

void Compare(const std::string& model, const std::string& pictures, int count) {
  using namespace lockstep;
  const compiler::BuildConfig config = compiler::ParseConfig(
      {{"input", model}, {"output_dir", "."}, {"calibration", pictures}, {"count", 32}}, "bench_sensitivity");
  graph::Graph graph = compiler::ImportNetwork(config).graph;
  optimize::Optimize(graph);
  const compiler::Calibration calibration = compiler::ChooseCalibration(config, graph);
  input::InputSource calibrating(calibration.infos, calibration.chosen);
  const quantize::QuantizedGraph quantized =
      quantize::Quantize(graph, compiler::QuantizeOptionsOf(config, calibration), calibrating);
  std::vector<CalibrationInput> measuring;
  input::InputSource source(calibration.infos, compiler::ChooseJudgingRuns(calibration, count).items);
  while (auto picture = source.Next()) measuring.push_back(std::move(*picture));

  const int threads = quantize::ThreadsOf(0);
  constexpr int kRounds = 4;
  const auto forwards = static_cast<double>(measuring.size() * kRounds);
  const auto forward = [&](int of_engine) {
    engine::FloatEngineOptions options;
    options.threads = of_engine;
    engine::FloatEngine engine(graph, options);
    engine.Run(measuring[0].tensors);
    return CostOf([&] {
      for (int round = 0; round < kRounds; ++round) {
        for (const CalibrationInput& picture : measuring) engine.Run(picture.tensors);
      }
    });
  };
  std::printf("%zu pictures, %d threads\n%-42s %10s %10s %14s %14s\n", measuring.size(), threads, "", "processor s",
              "wall s", "processor ms/1", "wall ms/1");
  const Cost one = forward(1);
  Print("float forwards, one thread", one, forwards);
  const Cost all = forward(threads);
  Print("float forwards, all threads", all, forwards);
  std::vector<Trial> measured;
  const Cost cost = CostOf([&] {
    ListSource list(measuring);
    measured = sensitivity::Measure(quantized, list, {});
  });
  const auto trials = static_cast<double>(measured.size() * measuring.size());
  Print("sensitivity, by node and picture", cost, trials);
  std::printf("of a float forward: %.2f of its processor time, %.2f of its time on all threads\n",
              cost.processor / trials / (one.processor / forwards), cost.wall / trials / (all.wall / forwards));
  std::vector<Trial> expected;
  Print("whole networks, by node and picture",
        CostOf([&] { expected = sensitivity::MeasureByBruteForce(quantized, measuring, threads); }), trials);
  CompareOrders(std::move(measured), std::move(expected));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "bench_sensitivity MODEL.onnx PICTURES [COUNT]\n");
    return 2;
  }
  try {
    Compare(argv[1], argv[2], argc > 3 ? std::atoi(argv[3]) : 8);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_sensitivity: %s\n", error.what());
    return 1;
  }
  return 0;
}
