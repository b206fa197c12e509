// A lowered graph, its run in the reference engine, and what its nodes must have computed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/reference/reference_engine.h"
#include "graph_builder.h"

namespace lockstep::test {

struct Lowered {
  QuantizedSample sample;
  std::vector<uint8_t> file;
  std::unique_ptr<engine::ReferenceEngine> engine;
  std::vector<std::vector<float>> outputs;
  std::map<std::string, int> layers;                 // how many of each operator
  std::map<std::string, std::vector<float>> values;  // by ONNX tensor, constants among them: dequantised, in ONNX order

  int Count(const std::string& op) const { return layers.count(op) != 0 ? layers.at(op) : 0; }
  const joint::Layer* Find(joint::Options op) const;  // the first; null without
};

Lowered LowerSample(QuantizedSample sample);
Lowered LowerPlainly(GraphBuilder& builder, const PlainQuantization& options = {});

// Every node by itself: from the integers that it read, with the weights that it has, the float engine's result lies
// within half a step of what the layers made of it. A table behind a layer adds half a step of the value it is entered
// with, weights of an interpolation that are rounded an eighth of a step of its input (linear, also of a GridSample) or
// three (cubic). Values beyond the range that was decided for a tensor count as its ends.
void ExpectNodesWithinHalfAStep(const Lowered& lowered);

}  // namespace lockstep::test
