// One pass of the float engine over pictures, several at a time, whose findings come in the order of the pictures.
#pragma once

#include <algorithm>
#include <exception>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "engine/float/float_engine.h"
#include "graph/error.h"
#include "graph/graph.h"
#include "quantize/calibration_source.h"

namespace lockstep::quantize {

// `look(tensor, shape, data, findings)` is called for the wanted tensors of a picture (ONNX order), on several threads
// but each with findings of its own; then `take(findings)` for picture after picture, on this one. An engine of one
// thread computes the same values whatever `threads` is. Throws BadInput if there are no pictures.
template <typename Findings, typename Look, typename Take>
void ForEachPicture(const graph::Graph& graph, const std::set<graph::TensorId>& wanted, CalibrationSource& source,
                    int threads, Look look, Take take) {
  engine::FloatEngineOptions options;
  options.threads = 1;
  const auto is_input = [&](graph::TensorId id) {
    return std::count(graph.inputs.begin(), graph.inputs.end(), id) != 0;
  };
  for (const graph::TensorId id : wanted) {
    if (!is_input(id)) options.observed.insert(graph.tensor(id).name);
  }
  std::vector<std::unique_ptr<engine::FloatEngine>> engines;
  bool any = false;
  const auto run = [&](engine::FloatEngine& engine, const CalibrationInput& input, Findings& findings) {
    const auto observe = [&](const std::string& name, const graph::Shape& shape, const float* data) {
      const graph::TensorId id = graph.Find(name);
      if (wanted.count(id) != 0) look(id, shape, data, findings);
    };
    for (const auto& [name, tensor] : input.tensors) observe(name, tensor.shape, tensor.data.data());
    engine.Run(input.tensors, observe);
  };
  for (;;) {
    std::vector<CalibrationInput> inputs;
    while (static_cast<int>(inputs.size()) < std::max(threads, 1)) {
      auto input = source.Next();
      if (!input) break;
      inputs.push_back(std::move(*input));
    }
    if (inputs.empty()) break;
    any = true;
    while (engines.size() < inputs.size()) engines.push_back(std::make_unique<engine::FloatEngine>(graph, options));
    std::vector<Findings> findings(inputs.size());
    std::vector<std::exception_ptr> failures(inputs.size());
    std::vector<std::thread> workers;
    for (size_t i = 0; i < inputs.size(); ++i) {
      workers.emplace_back([&, i] {
        try {
          run(*engines[i], inputs[i], findings[i]);
        } catch (...) {
          failures[i] = std::current_exception();
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (failures[i]) std::rethrow_exception(failures[i]);
      take(findings[i]);
    }
  }
  if (!any) throw BadInput("calibration got no inputs; give a folder with pictures");
}

}  // namespace lockstep::quantize
