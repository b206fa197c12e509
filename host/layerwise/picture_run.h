// All measurements of one picture: float network, joint model and simulation side by side.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analyze/metrics.h"
#include "analyze/output_parts.h"
#include "engine/float/float_engine.h"
#include "input/model_input.h"
#include "judge/joint_run.h"
#include "layerwise/input_agreement.h"
#include "layerwise/rows.h"
#include "layerwise/simulated_network.h"

namespace lockstep::layerwise {

// Float network to what is named.
struct RowMetrics {
  analyze::Metrics end_to_end;  // integer: the joint model as a whole
  analyze::Metrics alone;       // integer: the layer fed with the float network's values
  // The same in floats with the roundings of the integer layers; none where the simulation has no such tensor.
  std::optional<analyze::Metrics> end_to_end_reference;
  std::optional<analyze::Metrics> alone_reference;
  std::optional<analyze::Metrics> apart;  // alone: simulation to integer
  // Of a layer that is bad and loses more than its output's levels do, in reference arithmetic: what it reads alone
  // rounded; its weights, and the value in front of its table, where it has any.
  std::optional<analyze::Metrics> inputs_alone;
  std::optional<analyze::Metrics> weights_alone;
  std::optional<analyze::Metrics> table_input_alone;
  std::optional<analyze::Metrics> rounded;  // the float values rounded to the tensor's own levels; none: floats
  double beyond = 0.0;                      // share of the float values beyond the outermost levels
  double low = 0.0, high = 0.0;             // of the finite float values
  size_t truth_not_finite = 0;
  std::vector<double> channel_peaks;  // the largest |float value| of each channel (outliers.h)
  bool constant = false;              // end to end one value everywhere though the float values differ
};

struct OutputMetrics {
  analyze::Metrics integer;
  analyze::Metrics reference;
  analyze::Metrics apart;  // simulation to integer
};

struct PictureMetrics {
  std::vector<RowMetrics> rows;
  std::map<std::string, InputSums> inputs;       // by name, where the float network has inputs of its own
  std::map<std::string, OutputMetrics> outputs;  // by part (analyze/output_parts.h), end to end
};

// One thread's engines.
class PictureRun {
 public:
  // All outlive this. `truth` is what the float network gets if that is not what the model's bytes stand for.
  PictureRun(const quantize::QuantizedGraph& quantized, const std::vector<uint8_t>& file, const std::vector<Row>& rows,
             std::optional<input::InputReader> truth, int threads);

  // `node_done` hears of every node of the network.
  PictureMetrics Run(const input::DataItem& item, const std::function<void()>& node_done);

 private:
  engine::FloatTensor Value(graph::TensorId id, const Tensors& inputs) const;
  void FindCauses(const Row& row, const Tensors& inputs, const std::vector<float>& expected, RowMetrics& metrics);
  std::vector<uint8_t> Feed(int32_t joint_tensor, const Tensors& inputs) const;

  const quantize::QuantizedGraph& quantized_;
  const std::vector<Row>& rows_;
  std::optional<input::InputReader> truth_;
  judge::JointRun joint_;
  engine::FloatEngine floats_;
  SimulatedNetwork simulated_;
  std::map<std::string, std::vector<analyze::OutputPart>> parts_;
  std::vector<int32_t> last_reader_;  // by tensor: the last node that reads it
};

}  // namespace lockstep::layerwise
