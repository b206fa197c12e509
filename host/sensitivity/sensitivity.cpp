#include "sensitivity/sensitivity.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>

#include "analyze/output_parts.h"
#include "graph/error.h"

namespace lockstep::sensitivity {
namespace {

using quantize::CalibrationInput;
using quantize::QuantizedGraph;
using Sums = std::map<std::string, analyze::MetricsSum>;  // by output
using PictureSums = std::vector<Sums>;                    // by trial

std::vector<const graph::Node*> NodesWith(const QuantizedGraph& quantized, Part part) {
  std::vector<const graph::Node*> nodes;
  for (const graph::Node& node : quantized.graph.nodes) {
    if (NodeSimulation::Exists(quantized, node, part)) nodes.push_back(&node);
  }
  return nodes;
}

// What one thread needs: the whole network with all its values, and each node by itself.
class Worker {
 public:
  Worker(const QuantizedGraph& quantized, const std::vector<const graph::Node*>& nodes, Part part, int threads)
      : quantized_(quantized),
        nodes_(nodes),
        part_(part),
        threads_(threads),
        network_(MakeNetwork()),
        parts_(analyze::OutputParts(quantized.graph)) {
    simulations_.resize(nodes.size());
  }

  PictureSums Run(const CalibrationInput& picture, const std::function<void()>& done) {
    const Tensors truth = network_.Run(picture.tensors);
    PictureSums sums(nodes_.size());
    for (size_t i = 0; i < nodes_.size(); ++i) {
      const Tensors outputs = network_.RunBehind(Simulate(i, picture.tensors));
      for (const auto& [name, tensor] : truth) {
        const float* measured = outputs.at(name).data.data();
        for (const analyze::OutputPart& part : parts_.at(name)) {
          analyze::MetricsSum& sum = sums[i][part.name];
          analyze::ForEachRun(tensor.shape, part, [&](size_t first, size_t count) {
            sum.Add(tensor.data.data() + first, measured + first, count);
          });
        }
      }
      done();
    }
    return sums;
  }

 private:
  engine::FloatEngine MakeNetwork() const {
    engine::FloatEngineOptions options;
    options.threads = threads_;
    options.keep_values = true;
    const graph::Graph& graph = quantized_.graph;
    for (const graph::Node* node : nodes_) {
      for (const auto* ids : {&node->inputs, &node->outputs}) {
        for (const graph::TensorId id : *ids) {
          if (id != graph::kNoTensor && !graph.tensor(id).constant) options.observed.insert(graph.tensor(id).name);
        }
      }
    }
    return {graph, options};
  }

  Tensors Simulate(size_t trial, const Tensors& given) {
    std::unique_ptr<NodeSimulation>& simulation = simulations_[trial];
    if (!simulation) simulation = std::make_unique<NodeSimulation>(quantized_, *nodes_[trial], part_, threads_);
    Tensors inputs;
    for (const std::string& name : simulation->inputs()) {
      const auto found = given.find(name);
      inputs[name] = found != given.end() ? found->second : network_.Value(name);
    }
    return simulation->Run(inputs);
  }

  const QuantizedGraph& quantized_;
  const std::vector<const graph::Node*>& nodes_;
  Part part_;
  int threads_;
  engine::FloatEngine network_;
  std::map<std::string, std::vector<analyze::OutputPart>> parts_;  // by output
  std::vector<std::unique_ptr<NodeSimulation>> simulations_;
};

// The pictures of the source, handed to the threads one by one.
class Pictures {
 public:
  explicit Pictures(quantize::CalibrationSource& source) : source_(source) {}

  struct Picture {
    size_t number = 0;
    CalibrationInput input;
  };
  std::optional<Picture> Take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (failure_) return std::nullopt;
    auto input = source_.Next();
    if (!input) return std::nullopt;
    return Picture{next_++, std::move(*input)};
  }
  void Deliver(size_t number, PictureSums sums) {
    const std::lock_guard<std::mutex> lock(mutex_);
    results_[number] = std::move(sums);
  }
  void Fail() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
  }
  const std::map<size_t, PictureSums>& Finish() const {
    if (failure_) std::rethrow_exception(failure_);
    if (results_.empty()) throw BadInput("there are no pictures to measure with; give a folder with pictures");
    return results_;
  }

 private:
  std::mutex mutex_;
  quantize::CalibrationSource& source_;
  size_t next_ = 0;
  std::map<size_t, PictureSums> results_;
  std::exception_ptr failure_;
};

}  // namespace

std::vector<Trial> Measure(const QuantizedGraph& quantized, quantize::CalibrationSource& source, const Options& options,
                           const Progress& progress) {
  const std::vector<const graph::Node*> nodes = NodesWith(quantized, options.part);
  const int threads =
      options.threads > 0 ? options.threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const int workers = std::clamp(source.size(), 1, threads);
  const int total = source.size() * static_cast<int>(nodes.size());
  std::mutex reporting;
  int done = 0;
  const auto report = [&] {
    const std::lock_guard<std::mutex> lock(reporting);
    if (progress) progress(++done, std::max(total, done));
  };
  Pictures pictures(source);
  const auto work = [&] {
    try {
      Worker worker(quantized, nodes, options.part, std::max(1, threads / workers));
      while (const auto picture = pictures.Take())
        pictures.Deliver(picture->number, worker.Run(picture->input, report));
    } catch (...) {
      pictures.Fail();
    }
  };
  std::vector<std::thread> others;
  for (int i = 1; i < workers; ++i) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();

  std::vector<Sums> sums(nodes.size());
  for (const auto& [number, of_picture] : pictures.Finish()) {
    for (size_t i = 0; i < sums.size(); ++i) {
      for (const auto& [name, sum] : of_picture[i]) sums[i][name].Merge(sum);
    }
  }
  std::vector<Trial> trials;
  for (size_t i = 0; i < nodes.size(); ++i) {
    Trial trial{
        nodes[i]->name, nodes[i]->op, nodes[i]->onnx_nodes, quantized.graph.tensor(nodes[i]->outputs[0]).name, {}};
    for (const auto& [name, sum] : sums[i]) trial.outputs[name] = sum.Finish();
    trials.push_back(std::move(trial));
  }
  return trials;
}

}  // namespace lockstep::sensitivity
