#include "layerwise/rows.h"

#include <algorithm>
#include <map>

#include "analyze/saturation.h"
#include "judge/written_tensors.h"
#include "layerwise/channel_peaks.h"

namespace lockstep::layerwise {

std::vector<Row> ChooseRows(const graph::Graph& graph, const joint::Model& model) {
  const graph::Uses uses(graph);
  std::map<graph::TensorId, int32_t> before_table;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].pre_activation == graph::kNoTensor) continue;
    before_table[graph.nodes[i].pre_activation] = static_cast<int32_t>(i);
  }
  std::vector<Row> rows;
  for (uint32_t i = 0; i < model.layers()->size(); ++i) {
    const joint::Layer& layer = *model.layers()->Get(i);
    for (uint32_t j = 0; j < layer.outputs()->size(); ++j) {
      const joint::Tensor& tensor = *model.tensors()->Get(static_cast<uint32_t>(layer.outputs()->Get(j)));
      Row row;
      row.id = judge::NetworkTensor(graph, tensor);
      if (row.id == graph::kNoTensor) continue;
      const auto known = std::find_if(rows.begin(), rows.end(), [&](const Row& other) { return other.id == row.id; });
      const bool of_input = std::count(graph.inputs.begin(), graph.inputs.end(), row.id) != 0;
      if (known != rows.end()) {
        if (!of_input) continue;
        rows.erase(known);
      }
      row.layer = dump::DescribeLayer(static_cast<int>(i), static_cast<int>(j), layer, tensor);
      row.joint_tensor = layer.outputs()->Get(j);
      const auto before = before_table.find(row.id);
      row.before_table = before != before_table.end();
      row.node = row.before_table ? before->second : uses.producer[static_cast<size_t>(row.id)];
      row.output = uses.is_output[static_cast<size_t>(row.id)];
      row.channel_axis = ChannelAxis(graph, uses, row.id);
      row.levels = judge::LevelsOf(tensor);
      row.saturates = row.levels && !row.before_table && analyze::OnlySaturates(graph, uses, row.id);
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace lockstep::layerwise
