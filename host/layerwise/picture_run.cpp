#include "layerwise/picture_run.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "dump/values.h"
#include "judge/cut_values.h"
#include "judge/joint_bytes.h"
#include "judge/written_tensors.h"
#include "layerwise/channel_peaks.h"
#include "quantize/affine.h"
#include "quantize/channel_runs.h"

namespace lockstep::layerwise {
namespace {

using analyze::Metrics;

engine::FloatEngineOptions EngineOptions(const graph::Graph& graph, const std::vector<Row>& rows, int threads) {
  engine::FloatEngineOptions options;
  options.threads = threads;
  options.keep_values = true;
  const auto observe = [&](graph::TensorId id) {
    const bool input = std::count(graph.inputs.begin(), graph.inputs.end(), id) != 0;
    if (id != graph::kNoTensor && !graph.tensor(id).constant && !input) options.observed.insert(graph.tensor(id).name);
  };
  for (const graph::Node& node : graph.nodes) {
    for (const graph::TensorId id : node.inputs) observe(id);
    for (const graph::TensorId id : node.outputs) observe(id);
  }
  for (const Row& row : rows) observe(row.id);
  return options;
}

// The float values of a row as they are compared, and what can be told of them alone.
std::vector<float> Truth(const Row& row, const engine::FloatTensor& values, RowMetrics& metrics) {
  bool empty = true;
  for (const float value : values.data) {
    if (!std::isfinite(value)) {
      ++metrics.truth_not_finite;
      continue;
    }
    const auto real = static_cast<double>(value);
    metrics.low = empty ? real : std::min(metrics.low, real);
    metrics.high = empty ? real : std::max(metrics.high, real);
    empty = false;
  }
  engine::FloatTensor truth = values;
  if (!row.levels) return std::move(truth.data);
  size_t beyond = 0;
  quantize::ForEachChannelRun(values.shape, *row.levels, [&](size_t first, size_t count, size_t channel) {
    const quantize::AffineParams params = row.levels->channel(channel);
    const quantize::Range range = quantize::RangeOf(params);
    const double half = params.scale / 2;
    for (size_t i = first; i < first + count; ++i) {
      const auto real = static_cast<double>(truth.data[i]);
      if (real < range.low - half || real > range.high + half) ++beyond;
    }
  });
  metrics.beyond = static_cast<double>(beyond) / static_cast<double>(std::max<size_t>(truth.data.size(), 1));
  if (row.saturates) truth.data = judge::CutToLevels(*row.levels, values.shape, std::move(truth.data));
  engine::FloatTensor rounded = truth;
  sensitivity::RoundToLevels(rounded, *row.levels);
  metrics.rounded = analyze::Compare(truth.data, rounded.data, row.layer.Steps());
  return std::move(truth.data);
}

bool IsConstant(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [&](float value) { return value == values.front(); });
}

}  // namespace

PictureRun::PictureRun(const quantize::QuantizedGraph& quantized, const std::vector<uint8_t>& file,
                       const std::vector<Row>& rows, std::optional<input::InputReader> truth, int threads)
    : quantized_(quantized),
      rows_(rows),
      truth_(std::move(truth)),
      joint_(file, threads),
      floats_(quantized.graph, EngineOptions(quantized.graph, rows, threads)),
      simulated_(quantized, threads),
      parts_(analyze::OutputParts(quantized.graph)),
      last_reader_(static_cast<size_t>(quantized.graph.tensor_count()), -1) {
  for (size_t i = 0; i < quantized.graph.nodes.size(); ++i) {
    for (const graph::TensorId id : quantized.graph.nodes[i].inputs) {
      if (id != graph::kNoTensor) last_reader_[static_cast<size_t>(id)] = static_cast<int32_t>(i);
    }
  }
  const auto nodes = static_cast<int32_t>(quantized.graph.nodes.size());
  for (const graph::TensorId id : quantized.graph.outputs) last_reader_[static_cast<size_t>(id)] = nodes;
}

engine::FloatTensor PictureRun::Value(graph::TensorId id, const Tensors& inputs) const {
  const std::string& name = quantized_.graph.tensor(id).name;
  const auto given = inputs.find(name);
  return given != inputs.end() ? given->second : floats_.Value(name);
}

// Inputs of the network stay what the model makes of its bytes.
std::vector<uint8_t> PictureRun::Feed(int32_t joint_tensor, const Tensors& inputs) const {
  const joint::Tensor& tensor = *joint_.model().tensors()->Get(static_cast<uint32_t>(joint_tensor));
  const graph::TensorId id = judge::NetworkTensor(quantized_.graph, tensor);
  if (id == graph::kNoTensor || inputs.count(quantized_.graph.tensor(id).name) != 0) return {};
  const engine::FloatTensor value = Value(id, inputs);
  return judge::JointBytes(tensor, value.shape, value.data.data());
}

void PictureRun::FindCauses(const Row& row, const Tensors& inputs, const std::vector<float>& expected,
                            RowMetrics& metrics) {
  constexpr double kWorthAsking = 30.0;  // dB: findings name no layer that is better on all pictures
  const double alone = metrics.alone_reference->sqnr_db;
  if (!(alone < kWorthAsking) || !metrics.rounded || alone > metrics.rounded->sqnr_db - 1.0) return;
  const graph::Node& node = quantized_.graph.nodes[static_cast<size_t>(row.node)];
  const auto place = static_cast<size_t>(row.node);
  const auto compare = [&](const Tensors& outputs) {
    return analyze::Compare(expected, outputs.at(row.layer.tensor).data, row.layer.Steps());
  };
  const auto measure = [&](sensitivity::Part part) -> std::optional<Metrics> {
    if (!sensitivity::NodeSimulation::Exists(quantized_, node, part)) return std::nullopt;
    return compare(simulated_.RunPart(place, part, inputs));
  };
  metrics.inputs_alone = compare(simulated_.RunRoundedInputs(place, inputs));
  metrics.weights_alone = measure(sensitivity::Part::kWeights);
  metrics.table_input_alone = measure(sensitivity::Part::kTableInput);
}

PictureMetrics PictureRun::Run(const input::DataItem& item, const std::function<void()>& node_done) {
  const joint::Model& model = joint_.model();
  const graph::Graph& graph = quantized_.graph;
  const std::vector<std::vector<uint8_t>> bytes = input::NearestJointInputs(model, item);
  Tensors simulated = input::FloatInputsOf(model, bytes, graph);  // end to end, as far as it is computed
  PictureMetrics result;
  Tensors inputs = simulated;
  if (truth_) {
    const std::vector<input::InputReader::Data> read = truth_->Read(item);
    for (size_t i = 0; i < read.size(); ++i) {
      const std::string& name = truth_->inputs()[i].name;
      inputs[name] = truth_->ToFloats(i, read[i]);
      result.inputs[name] =
          SumInputs(inputs.at(name), simulated.at(name), graph::IsChannelsLast(graph, graph.Find(name)));
    }
  }
  const Tensors truth = floats_.Run(inputs);

  std::set<int32_t> wanted;
  for (const Row& row : rows_) wanted.insert(row.joint_tensor);
  for (const joint::OutputSpec* output : *model.outputs()) wanted.insert(output->tensor());
  const std::map<int32_t, std::vector<uint8_t>> whole = joint_.Run(bytes, wanted);
  const std::map<int32_t, std::vector<uint8_t>> alone =
      joint_.RunFed(bytes, wanted, [&](int32_t tensor) { return Feed(tensor, inputs); });

  result.rows.resize(rows_.size());
  const auto measure = [&](int32_t node, const Tensors& whole_reference, const Tensors& alone_reference,
                           const Tensors& float_inputs) {
    for (size_t i = 0; i < rows_.size(); ++i) {
      const Row& row = rows_[i];
      if (row.node != node) continue;
      RowMetrics& metrics = result.rows[i];
      const engine::FloatTensor value = Value(row.id, inputs);
      metrics.channel_peaks = ChannelPeaks(value.shape, row.channel_axis, value.data.data());
      const std::vector<float> expected = Truth(row, value, metrics);
      const analyze::Steps steps = row.levels ? row.layer.Steps() : analyze::Steps();
      const std::vector<float> in_whole = dump::RealValues(row.layer, whole.at(row.joint_tensor));
      const std::vector<float> by_itself = dump::RealValues(row.layer, alone.at(row.joint_tensor));
      metrics.constant = metrics.low != metrics.high && IsConstant(in_whole);
      metrics.end_to_end = analyze::Compare(expected, in_whole, steps);
      metrics.alone = analyze::Compare(expected, by_itself, steps);
      const auto reference = alone_reference.find(row.layer.tensor);
      if (reference == alone_reference.end()) continue;
      metrics.alone_reference = analyze::Compare(expected, reference->second.data, steps);
      metrics.end_to_end_reference = analyze::Compare(expected, whole_reference.at(row.layer.tensor).data, steps);
      metrics.apart = analyze::Compare(reference->second.data, by_itself, steps);
      FindCauses(row, float_inputs, expected, metrics);
    }
  };
  measure(-1, {}, {}, {});

  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    Tensors float_inputs;
    for (const std::string& name : simulated_.Inputs(i)) float_inputs[name] = Value(graph.Find(name), inputs);
    const Tensors by_itself = simulated_.Run(i, float_inputs);
    Tensors in_whole = simulated_.Run(i, simulated);
    measure(static_cast<int32_t>(i), in_whole, by_itself, float_inputs);
    for (auto& [name, tensor] : in_whole) simulated[name] = std::move(tensor);
    for (const graph::TensorId id : graph.nodes[i].inputs) {
      if (id == graph::kNoTensor || last_reader_[static_cast<size_t>(id)] != static_cast<int32_t>(i)) continue;
      simulated.erase(graph.tensor(id).name);
    }
    if (node_done) node_done();
  }

  for (const joint::OutputSpec* output : *model.outputs()) {
    const joint::Tensor& tensor = *model.tensors()->Get(static_cast<uint32_t>(output->tensor()));
    const std::string name = tensor.name()->str();
    const auto measured = whole.find(output->tensor());
    const auto parts = parts_.find(name);
    if (measured == whole.end() || parts == parts_.end()) continue;
    const std::vector<float> values = dump::RealValues(dump::DescribeTensor(tensor), measured->second);
    const engine::FloatTensor& expected = truth.at(name);
    const engine::FloatTensor& reference = simulated.at(name);
    for (const analyze::OutputPart& part : parts->second) {
      analyze::MetricsSum integer, simulation, apart;
      analyze::ForEachRun(expected.shape, part, [&](size_t first, size_t count) {
        integer.Add(expected.data.data() + first, values.data() + first, count);
        simulation.Add(expected.data.data() + first, reference.data.data() + first, count);
        apart.Add(reference.data.data() + first, values.data() + first, count);
      });
      result.outputs[part.name] = {integer.Finish(), simulation.Finish(), apart.Finish()};
    }
  }
  return result;
}

}  // namespace lockstep::layerwise
