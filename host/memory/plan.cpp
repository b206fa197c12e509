#include "memory/plan.h"

#include <algorithm>

#include "engine/reference/joint_model.h"
#include "graph/error.h"
#include "info/model_info.h"
#include "lockstep/runtime.h"

namespace lockstep::memory {
namespace {

using nlohmann::ordered_json;

void Require(const Status& status, const std::filesystem::path& file) {
  if (status.ok()) return;
  throw BadInput(file.string() + ": " + status.message());
}

std::vector<PlannedTensor> TensorsOf(const ordered_json& described, const joint::Model& model) {
  std::vector<PlannedTensor> tensors;
  for (const ordered_json& json : described.at("tensors")) {
    if (!json.contains("arena_offset")) continue;
    PlannedTensor tensor;
    tensor.index = json.at("index").get<int>();
    tensor.name = json.at("name").get<std::string>();
    tensor.dtype = json.at("dtype").get<std::string>();
    tensor.shape = json.at("shape").get<std::vector<int>>();
    tensor.bytes = json.at("bytes").get<uint64_t>();
    tensor.arena_offset = json.at("arena_offset").get<uint64_t>();
    tensor.first_layer = json.at("first_layer").get<int>();
    tensor.last_layer = json.at("last_layer").get<int>();
    tensor.root = json.value("view_of", tensor.index);
    for (const auto* spec : *model.inputs()) tensor.input |= spec->tensor() == tensor.index;
    for (const auto* spec : *model.outputs()) tensor.output |= spec->tensor() == tensor.index;
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

std::vector<Block> BlocksOf(const ordered_json& described) {
  std::vector<Block> blocks;
  for (const ordered_json& json : described.at("blocks")) {
    blocks.push_back({json.at("tensor").get<int>(), json.at("bytes").get<uint64_t>(), json.at("first_layer").get<int>(),
                      json.at("last_layer").get<int>()});
  }
  return blocks;
}

}  // namespace

uint64_t Plan::live_peak() const {
  uint64_t most = 0;
  for (const PlannedLayer& layer : layers) most = std::max(most, layer.live);
  return most;
}

std::vector<int> Plan::PeakLayers() const {
  const uint64_t most = live_peak();
  std::vector<int> list;
  for (size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].live == most) list.push_back(static_cast<int>(i));
  }
  return list;
}

std::vector<Block> Plan::AliveAt(int layer) const {
  std::vector<Block> alive;
  for (const Block& block : blocks) {
    if (block.first_layer <= layer && layer <= block.last_layer) alive.push_back(block);
  }
  std::stable_sort(alive.begin(), alive.end(), [](const Block& a, const Block& b) { return a.bytes > b.bytes; });
  return alive;
}

const PlannedTensor* Plan::Find(int index) const {
  const auto found = std::lower_bound(tensors.begin(), tensors.end(), index,
                                      [](const PlannedTensor& tensor, int wanted) { return tensor.index < wanted; });
  return found != tensors.end() && found->index == index ? &*found : nullptr;
}

Plan MakePlan(const std::filesystem::path& file, int threads) {
  const engine::JointModel joint(file.string());
  const ordered_json described = info::DescribeJointModel(joint.model(), joint.file().size(), true);
  Plan plan;
  plan.model = described.at("name").get<std::string>();
  plan.model_digest = described.at("digest").get<std::string>();
  plan.file_bytes = joint.file().size();
  plan.weight_bytes = described.at("constant_bytes").get<uint64_t>();
  plan.arena_bytes = described.at("arena_bytes").get<uint64_t>();
  plan.arena_bytes_by_rows = described.at("arena_bytes_by_rows").get<uint64_t>();
  plan.threads = threads;
  for (const ordered_json& layer : described.at("layers")) {
    plan.layers.push_back({layer.at("name").get<std::string>(), layer.at("op").get<std::string>(),
                           layer.at("inputs").get<std::vector<int>>(), layer.at("outputs").get<std::vector<int>>(), 0});
  }
  plan.tensors = TensorsOf(described, joint.model());
  plan.blocks = BlocksOf(described);
  for (const Block& block : plan.blocks) {
    for (int layer = block.first_layer; layer <= block.last_layer; ++layer) {
      plan.layers[static_cast<size_t>(layer)].live += block.bytes;
    }
  }
  Result<Model> model = Model::Open(file.c_str());
  Require(model.status(), file);
  SessionOptions options;
  options.threads = threads;
  Result<Session> session = Session::Create(model.value(), options);
  Require(session.status(), file);
  plan.session.kernels = KernelsOfThisPc();
  plan.session.scratch_bytes = session.value().scratch_bytes();
  plan.session.table_bytes = session.value().state_bytes();
  return plan;
}

}  // namespace lockstep::memory
