// What a session needs before it runs: tensors and their places, kernels, memory, the layers' tables.
#include <algorithm>
#include <cstring>

#include "check/arena_check.h"
#include "core/session_impl.h"
#include "joint_strides.h"
#include "ops/operator_table.h"

namespace lockstep {
namespace {

constexpr size_t kAlignment = 64;
constexpr uint64_t kMaxScratch = uint64_t{1} << 30;  // of all threads
constexpr uint64_t kMaxState = uint64_t{1} << 30;    // of all layers
// Between the scratch of threads: processors fetch ahead of strides, so far that they took lines of another thread's
// from its core, to and fro. Nothing touches these pages.
constexpr uint64_t kScratchGap = 1 << 20;
constexpr uint64_t kWorthSharing = 1 << 15;  // multiply-accumulates or bytes below which waking threads costs more

}  // namespace

Status Session::Impl::DescribeTensors() {
  const joint::Model& root = model->joint();
  LOCKSTEP_RETURN_IF_ERROR(tensors.Make(root.tensors()->size(), "the tensors of the model"));
  for (uint32_t i = 0; i < root.tensors()->size(); ++i) {
    const joint::Tensor& tensor = *root.tensors()->Get(i);
    kernels::TensorView& view = tensors[i];
    view.data =
        tensor.constant() >= 0
            ? const_cast<uint8_t*>(root.constants()->Get(static_cast<uint32_t>(tensor.constant()))->data()->data())
            : nullptr;
    view.shape = tensor.shape()->data();
    view.rank = static_cast<int32_t>(tensor.shape()->size());
    view.dtype = tensor.dtype();
    const TensorInfo info = model->tensor(static_cast<int32_t>(i));
    view.scale = info.scale;
    view.zero_point = info.zero_point;
    if (info.quantized) view.high = static_cast<int32_t>((int64_t{1} << info.bits) - 1);
    view.elements = 1;
    for (int32_t axis = 0; axis < view.rank; ++axis) view.elements *= view.shape[axis];
    view.bytes = tensor.bytes();
    view.pitch = joint::PitchOf(tensor);
    view.arena_offset = check::PlaceIn(root, rows, static_cast<int32_t>(i));
  }
  return Status::Ok();
}

Status Session::Impl::DescribeLayers() {
  const auto& layers = *model->joint().layers();
  size_t input_count = 0;
  size_t output_count = 0;
  for (const joint::Layer* layer : layers) {
    input_count += layer->inputs()->size();
    output_count += layer->outputs()->size();
  }
  LOCKSTEP_RETURN_IF_ERROR(inputs.Make(input_count, "the layers' inputs"));
  LOCKSTEP_RETURN_IF_ERROR(outputs.Make(output_count, "the layers' outputs"));
  LOCKSTEP_RETURN_IF_ERROR(steps.Make(layers.size(), "the layers of the model"));
  kernels::TensorView* input = inputs.data();
  kernels::TensorView* output = outputs.data();
  for (uint32_t i = 0; i < layers.size(); ++i) {
    const joint::Layer& layer = *layers[i];
    steps[i].team = &team;
    steps[i].layer = static_cast<int32_t>(i);
    kernels::LayerArgs& args = steps[i].args;
    args.layer = &layer;
    args.inputs = input;
    args.input_count = static_cast<int32_t>(layer.inputs()->size());
    for (const int32_t tensor : *layer.inputs()) *input++ = tensors[static_cast<size_t>(tensor)];
    args.outputs = output;
    args.output_count = static_cast<int32_t>(layer.outputs()->size());
    for (const int32_t tensor : *layer.outputs()) *output++ = tensors[static_cast<size_t>(tensor)];
  }
  return Status::Ok();
}

Status Session::Impl::SelectKernels(IsaSet isa) {
  for (Step& step : steps) {
    step.kernel = kernels::SelectKernel(step.args, isa);
    if (step.kernel == nullptr) {
      return Status::Error(StatusCode::kUnsupported, "layer '%.64s': this runtime has no kernel for it; upgrade it",
                           step.args.layer->name()->c_str());
    }
    step.args.kernel = step.kernel;
    const kernels::Prepared prepared = kernels::OperatorOf(step.args.layer->options_type()).prepare(step.args);
    step.units = prepared.units;
    uint64_t bytes = 0;
    for (int32_t i = 0; i < step.args.output_count; ++i) bytes += step.args.outputs[i].bytes;
    step.shared = team.threads > 1 && prepared.units > 1 && step.args.layer->macs() + bytes >= kWorthSharing;
    if (prepared.scratch_bytes > kMaxScratch / static_cast<uint64_t>(team.threads)) {
      return Status::Error(StatusCode::kOutOfMemory, "layer '%.64s': needs too much scratch memory",
                           step.args.layer->name()->c_str());
    }
    if (prepared.scratch_bytes > team.scratch_bytes) team.scratch_bytes = static_cast<size_t>(prepared.scratch_bytes);
    step.state_offset = state_size;
    step.state_bytes = prepared.state_bytes;
    if (prepared.state_bytes > kMaxState - state_size) {
      return Status::Error(StatusCode::kOutOfMemory, "layer '%.64s': needs too much memory for its tables",
                           step.args.layer->name()->c_str());
    }
    state_size += (prepared.state_bytes + kAlignment - 1) / kAlignment * kAlignment;
  }
  return Status::Ok();
}

Status Session::Impl::PlanRows(IsaSet isa) {
  if (rows == nullptr) return Status::Ok();
  LOCKSTEP_RETURN_IF_ERROR(row_steps.Make(rows->groups()->size(), "the groups of the model"));
  for (uint32_t i = 0; i < rows->groups()->size(); ++i) {
    const joint::RowGroup& group = *rows->groups()->Get(i);
    const kernels::LayerArgs* layers[joint::kMostRowGroupLayers];
    for (int32_t j = 0; j < group.layers(); ++j) layers[j] = &steps[static_cast<size_t>(group.first_layer() + j)].args;
    RowStep& step = row_steps[i];
    step.team = &team;
    step.group.Plan(model->joint(), layers, group.layers(), isa);
    step.shared = team.threads > 1 && step.group.rows() >= team.threads;
    if (step.group.scratch_bytes() > kMaxScratch / static_cast<uint64_t>(team.threads)) {
      return Status::Error(StatusCode::kOutOfMemory,
                           "layer '%.64s': its group needs too much scratch memory; run without groups",
                           layers[0]->layer->name()->c_str());
    }
    team.scratch_bytes = std::max(team.scratch_bytes, static_cast<size_t>(step.group.scratch_bytes()));
  }
  return Status::Ok();
}

Status Session::Impl::Plan(const Model& planned, const SessionOptions& options) {
  if (options.group_rows && Probe::SeesLayers()) {
    return Status::Error(StatusCode::kWrongBuild,
                         "group_rows: the %s build looks at every layer; use run_joint_release or liblockstep.so",
                         Probe::BuildName());
  }
  IsaSet isa = 0;
  const char* unknown = nullptr;
  if (!IsaFromEnvironment(&isa, &unknown)) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "LOCKSTEP_ISA: '%.*s' is unknown or this CPU lacks it; it takes portable, avx2, avxvnni, "
                         "avx512vnni, neon, neondot, neoni8mm and msa, with commas between; or unset it",
                         static_cast<int>(std::min<size_t>(std::strcspn(unknown, ","), 32)), unknown);
  }
  model = &planned;
  rows = options.group_rows ? planned.joint().row_plan() : nullptr;
  team.threads = options.threads;
  LOCKSTEP_RETURN_IF_ERROR(ThreadPool::CheckThreads(team.threads));
  LOCKSTEP_RETURN_IF_ERROR(DescribeTensors());
  LOCKSTEP_RETURN_IF_ERROR(DescribeLayers());
  LOCKSTEP_RETURN_IF_ERROR(SelectKernels(isa));
  LOCKSTEP_RETURN_IF_ERROR(PlanRows(isa));
  team.scratch_bytes = (team.scratch_bytes + kAlignment - 1) / kAlignment * kAlignment;
  return Status::Ok();
}

uint64_t Session::Impl::MemoryBytes() const {
  uint64_t bytes = SessionMemory::PartBytes(ArenaBytes()) + SessionMemory::PartBytes(ScratchBytes());
  if (state_size != 0) bytes += SessionMemory::PartBytes(state_size);
  return bytes;
}

Status Session::Impl::TakeMemory() {
  const auto take = [this](uint64_t bytes, const char* what, uint8_t** part) {
    Result<uint8_t*> taken = memory.Take(bytes, what, MemoryBytes());
    if (taken.ok()) *part = taken.value();
    return taken.status();
  };
  LOCKSTEP_RETURN_IF_ERROR(take(ArenaBytes(), "arena", &arena));
  const uint64_t gap = memory.given() ? 0 : kScratchGap;
  team.scratch_step = team.scratch_bytes + static_cast<size_t>(team.scratch_bytes != 0 ? gap : 0);
  const uint64_t scratch_bytes =
      uint64_t{team.scratch_step} * static_cast<uint64_t>(team.threads - 1) + team.scratch_bytes;
  LOCKSTEP_RETURN_IF_ERROR(take(scratch_bytes, "scratch", &team.scratch));
  // Kernels multiply what stands behind the end of a row by weights of 0; valgrind reports it unless it was written
  // once.
  for (int i = 0; i < team.threads; ++i) std::memset(team.ScratchOf(i), 0, team.scratch_bytes);
  for (Array<kernels::TensorView>* views : {&tensors, &inputs, &outputs}) {
    for (kernels::TensorView& view : *views) {
      if (view.arena_offset >= 0) view.data = arena + view.arena_offset;
    }
  }
  if (state_size == 0) return Status::Ok();
  LOCKSTEP_RETURN_IF_ERROR(take(state_size, "layers' tables", &state));
  std::memset(state, 0, static_cast<size_t>(state_size));
  for (Step& step : steps) {
    if (step.state_bytes == 0) continue;
    uint8_t* own = state + step.state_offset;
    kernels::OperatorOf(step.args.layer->options_type()).setup(step.args, own);
    step.args.state = own;
  }
  return Status::Ok();
}

}  // namespace lockstep
