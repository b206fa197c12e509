#include "sensitivity/trial_worker.h"

#include <utility>

namespace lockstep::sensitivity {
namespace {

engine::FloatEngineOptions OptionsOf(int threads) {
  engine::FloatEngineOptions options;
  options.threads = threads;
  return options;
}

}  // namespace

void AddParts(const engine::FloatTensor& truth, const engine::FloatTensor& measured,
              const std::vector<analyze::OutputPart>& parts, OutputSums& sums) {
  for (const analyze::OutputPart& part : parts) {
    analyze::MetricsSum& sum = sums[part.name];
    analyze::ForEachRun(truth.shape, part, [&](size_t first, size_t count) {
      sum.Add(truth.data.data() + first, measured.data.data() + first, count);
    });
  }
}

TrialWorker::TrialWorker(const quantize::QuantizedGraph& quantized, const std::vector<TrialOf>& trials, int threads)
    : quantized_(quantized),
      trials_(trials),
      threads_(threads),
      network_(MakeNetwork()),
      parts_(analyze::OutputParts(quantized.graph)) {
  simulations_.resize(trials.size());
}

engine::FloatEngine TrialWorker::MakeNetwork() const {
  engine::FloatEngineOptions options = OptionsOf(threads_);
  options.keep_values = true;
  const graph::Graph& graph = quantized_.graph;
  for (const TrialOf& trial : trials_) {
    for (const auto* ids : {&trial.node->inputs, &trial.node->outputs}) {
      for (const graph::TensorId id : *ids) {
        if (id != graph::kNoTensor && !graph.tensor(id).constant) options.observed.insert(graph.tensor(id).name);
      }
    }
  }
  return {graph, options};
}

NodeSimulation& TrialWorker::SimulationOf(size_t trial) {
  std::unique_ptr<NodeSimulation>& simulation = simulations_[trial];
  const TrialOf& of = trials_[trial];
  if (!simulation) simulation = std::make_unique<NodeSimulation>(quantized_, *of.node, of.part, threads_);
  return *simulation;
}

OutputSums TrialWorker::Judge(const Tensors& replaced) {
  OutputSums sums;
  const Tensors outputs = network_.RunBehind(replaced);
  for (const auto& [name, tensor] : truth_) AddParts(tensor, outputs.at(name), parts_.at(name), sums);
  return sums;
}

void TrialWorker::RunInFrontOfTables(const quantize::CalibrationInput& picture, const std::vector<size_t>& trials,
                                     const std::function<void(size_t trial, OutputSums sums)>& result) {
  if (!in_front_of_tables_) {
    engine::FloatEngineOptions options = OptionsOf(threads_);
    for (size_t i = 0; i < trials_.size(); ++i) {
      NodeSimulation& simulation = SimulationOf(i);
      if (simulation.needs() == NodeSimulation::Needs::kPreActivation) options.observed.insert(simulation.reads()[0]);
    }
    in_front_of_tables_ = std::make_unique<engine::FloatEngine>(quantized_.graph, options);
  }
  in_front_of_tables_->Run(picture.tensors, [&](const std::string& name, const graph::Shape& shape, const float* data) {
    for (const size_t trial : trials) {
      NodeSimulation& simulation = SimulationOf(trial);
      if (simulation.reads()[0] != name) continue;
      const auto count = static_cast<size_t>(graph::ElementCount(shape));
      result(trial, Judge(simulation.Run({{name, {shape, {data, data + count}}}})));
    }
  });
}

void TrialWorker::Run(size_t number, const quantize::CalibrationInput& picture, const std::vector<size_t>& chosen,
                      const std::function<void(size_t trial, OutputSums sums)>& result) {
  if (!has_run_ || number_ != number) truth_ = network_.Run(picture.tensors);
  has_run_ = true;
  number_ = number;
  std::vector<size_t> in_front_of_tables;
  for (const size_t trial : chosen) {
    NodeSimulation& simulation = SimulationOf(trial);
    if (simulation.needs() == NodeSimulation::Needs::kPreActivation) {
      in_front_of_tables.push_back(trial);
      continue;
    }
    Tensors given;
    for (const std::string& name : simulation.reads()) {
      const auto found = picture.tensors.find(name);
      given[name] = found != picture.tensors.end() ? found->second : network_.Value(name);
    }
    result(trial, Judge(simulation.Run(std::move(given))));
  }
  if (!in_front_of_tables.empty()) RunInFrontOfTables(picture, in_front_of_tables, result);
}

}  // namespace lockstep::sensitivity
