// One pass of the float engine over pictures, several at a time, whose findings come in the order of the pictures.
#pragma once

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "engine/float/float_engine.h"
#include "graph/graph.h"
#include "quantize/picture_work.h"

namespace lockstep::quantize {

// `look(tensor, shape, data, findings)` is called for the wanted tensors of a picture (ONNX order), on several threads
// but each with findings of its own; then `take(findings)` for picture after picture, by one thread at a time. An
// engine of one thread computes the same values whatever `threads` is. Throws BadInput if there are no pictures.
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
  WorkOnPictures(source, WorkersFor(source, threads), [&](size_t) -> PictureWork {
    const auto engine = std::make_shared<engine::FloatEngine>(graph, options);
    return [&, engine](const CalibrationInput& picture) -> TakeFindings {
      Findings findings;
      const auto observe = [&](const std::string& name, const graph::Shape& shape, const float* data) {
        const graph::TensorId id = graph.Find(name);
        if (wanted.count(id) != 0) look(id, shape, data, findings);
      };
      for (const auto& [name, tensor] : picture.tensors) observe(name, tensor.shape, tensor.data.data());
      engine->Run(picture.tensors, observe);
      return [&take, findings = std::move(findings)] { take(findings); };
    };
  });
}

}  // namespace lockstep::quantize
