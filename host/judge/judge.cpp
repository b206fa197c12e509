#include "judge/judge.h"

#include <algorithm>
#include <map>
#include <set>

#include "analyze/parts.h"
#include "analyze/saturation.h"
#include "dump/values.h"
#include "engine/float/float_engine.h"
#include "graph/error.h"
#include "input/model_input.h"
#include "judge/joint_run.h"
#include "judge/watched.h"
#include "judge/written_tensors.h"
#include "quantize/visible_values.h"

namespace lockstep::judge {
namespace {

constexpr const char* kJudgedOperators[] = {"Concat", "Mul", "Softmax", "Resize"};

using VisibleOf = std::map<graph::TensorId, quantize::Visible>;

// A mask: what is added to it shows no more of it than its reader sees, and its levels end there.
bool IsMask(const graph::Graph& graph, const graph::Uses& uses, const VisibleOf& visible, graph::TensorId id) {
  const std::vector<int32_t>& readers = uses.consumers[static_cast<size_t>(id)];
  if (readers.size() != 1) return false;
  const graph::Node& sum = graph.nodes[static_cast<size_t>(readers[0])];
  return sum.op == "Add" && visible.count(sum.outputs[0]) != 0;
}

std::vector<Watched> ChooseWatched(const graph::Graph& graph, const joint::Model& model, const VisibleOf& visible) {
  const std::map<std::string, int32_t> written = WrittenTensors(model, graph);
  const auto parts = analyze::FindParts(graph);
  std::vector<Watched> chosen;
  std::set<graph::TensorId> known;
  const graph::Uses uses(graph);
  const auto watch = [&](graph::TensorId id, bool output) {
    const auto found = written.find(graph.tensor(id).name);
    if (!output && (analyze::OnlySaturates(graph, uses, id) || IsMask(graph, uses, visible, id))) return;
    if (found == written.end() || !known.insert(id).second) return;
    const joint::Tensor& tensor = *model.tensors()->Get(static_cast<uint32_t>(found->second));
    Subject subject;
    subject.tensor = graph.tensor(id).name;
    subject.output = output;
    subject.dtype = dump::DTypeName(tensor.dtype());
    if (const int32_t producer = uses.producer[static_cast<size_t>(id)]; producer >= 0) {
      subject.node = graph.nodes[static_cast<size_t>(producer)].name;
      subject.op = graph.nodes[static_cast<size_t>(producer)].op;
    }
    const auto cut = parts.find(id);
    chosen.emplace_back(std::move(subject), graph.tensor(id).shape, found->second, ParamsOf(tensor),
                        cut == parts.end() ? std::vector<analyze::Partition>() : cut->second);
  };
  for (const graph::TensorId id : graph.outputs) watch(id, true);
  for (const graph::Node& node : graph.nodes) {
    if (std::count(std::begin(kJudgedOperators), std::end(kJudgedOperators), node.op) != 0)
      watch(node.outputs[0], false);
  }
  return chosen;
}

}  // namespace

Judgement Judge(const graph::Graph& graph, const std::vector<uint8_t>& joint_model,
                const std::vector<input::DataItem>& items, bool held_back, int threads) {
  JointRun joint(joint_model, threads);
  const VisibleOf visible = quantize::VisibleValues(graph);
  std::vector<Watched> watched = ChooseWatched(graph, joint.model(), visible);
  engine::FloatEngineOptions options;
  options.threads = threads;
  std::map<std::string, Watched*> by_name;
  std::set<int32_t> wanted;
  for (Watched& one : watched) {
    by_name[one.name()] = &one;
    wanted.insert(one.joint_tensor());
    options.observed.insert(one.name());
  }
  engine::FloatEngine floats(graph, options);
  Judgement judgement;
  judgement.held_back = held_back;
  for (const input::DataItem& item : items) {
    std::vector<std::vector<uint8_t>> inputs;
    try {
      inputs = input::NearestJointInputs(joint.model(), item);
    } catch (const BadInput& error) {
      judgement.unread.emplace_back(error.what());
      continue;
    }
    if (input::ShowsNothing(joint.model(), inputs)) {
      judgement.unread.push_back(item.label +
                                 " is of one colour and shows nothing of what the network does; give --calibration "
                                 "pictures of what it will see");
      continue;
    }
    const std::map<int32_t, std::vector<uint8_t>> values = joint.Run(inputs, wanted);
    floats.Run(input::FloatInputsOf(joint.model(), inputs, graph), [&](const std::string& name,
                                                                       const graph::Shape& shape, const float* truth) {
      const auto found = by_name.find(name);
      if (found == by_name.end()) return;
      const auto index = static_cast<uint32_t>(found->second->joint_tensor());
      const dump::DumpLayer layer = dump::DescribeTensor(*joint.model().tensors()->Get(index));
      const std::vector<float> measured = dump::RealValues(layer, values.at(found->second->joint_tensor()));
      const auto hidden = visible.find(graph.Find(name));
      if (hidden == visible.end()) {
        found->second->Add(item.label, truth, measured.data());
        return;
      }
      // What no reader can tell apart is no loss.
      const auto shown = [&](const float* data) { return quantize::ShowVisible(hidden->second, shape, 1, data); };
      found->second->Add(item.label, shown(truth).data(), shown(measured.data()).data());
    });
    judgement.pictures.push_back(item.label);
  }
  if (judgement.pictures.empty()) return judgement;
  for (Watched& one : watched) judgement.subjects.push_back(one.Finish());
  judgement.findings = FindingsOf(judgement.subjects);
  return judgement;
}

}  // namespace lockstep::judge
