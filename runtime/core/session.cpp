#include <cstring>
#include <utility>

#include "base/memory.h"
#include "core/session_memory.h"
#include "core/thread_pool.h"
#include "joint_strides.h"
#include "lockstep/cpu.h"
#include "lockstep/runtime.h"
#include "ops/operator_table.h"
#include "probe/probe.h"

namespace lockstep {
namespace {

constexpr size_t kAlignment = 64;
constexpr uint64_t kMaxScratch = uint64_t{1} << 30;  // of all threads
constexpr uint64_t kMaxState = uint64_t{1} << 30;    // of all layers
// Between the scratch of threads: processors fetch ahead of strides, so far that they took lines of another thread's
// from its core, to and fro. Nothing touches these pages.
constexpr uint64_t kScratchGap = 1 << 20;
constexpr uint64_t kWorthSharing = 1 << 15;  // multiply-accumulates or bytes below which waking threads costs more

// What the threads of a session have in common.
struct Team {
  int threads = 1;
  Probe* probe = nullptr;
  uint8_t* scratch = nullptr;
  size_t scratch_bytes = 0;  // of one thread
  size_t scratch_step = 0;   // from one thread's to the next one's

  uint8_t* ScratchOf(int thread) const { return scratch + scratch_step * static_cast<size_t>(thread); }
};

// One layer, ready to run.
struct Step {
  const Team* team = nullptr;
  int32_t layer = 0;
  kernels::LayerArgs args;
  const kernels::Kernel* kernel = nullptr;
  uint64_t state_offset = 0;
  uint64_t state_bytes = 0;
  int64_t units = 1;
  bool shared = false;  // among threads

  // Work for the pool: a thread's range of the units.
  static void RunShare(void* step, int thread) {
    const auto& self = *static_cast<const Step*>(step);
    const int threads = self.shared ? self.team->threads : 1;
    const int64_t begin = self.units * thread / threads;
    const int64_t end = self.units * (thread + 1) / threads;
    if (begin == end) return;
    const Team& team = *self.team;
    team.probe->BeforeShare(self.layer, thread);
    self.kernel->run(self.args, begin, end, team.ScratchOf(thread));
    team.probe->AfterShare(self.layer, thread);
  }
};

TensorRows RowsOf(const kernels::TensorView& view) {
  if (!kernels::IsStrided(view)) return {view.data, static_cast<size_t>(view.bytes), 1, 0};
  const int64_t element = joint::ElementBytes(view.dtype);
  const int64_t length = kernels::RowLength(view);
  return {view.data, static_cast<size_t>(length * element), static_cast<size_t>(view.elements / length),
          static_cast<size_t>(view.pitch * element)};
}

}  // namespace

struct Session::Impl : Allocated {
  const Model* model = nullptr;
  Team team;
  SessionMemory memory;
  uint8_t* arena = nullptr;
  uint8_t* state = nullptr;            // of all layers
  Array<kernels::TensorView> tensors;  // by tensor index
  uint64_t state_size = 0;
  Array<kernels::TensorView> inputs;  // of all layers, one after the other
  Array<kernels::TensorView> outputs;
  Array<Step> steps;
  int32_t next = 0;  // the layer that runs next
  bool ready = false;
  ThreadPool pool;
  Probe probe;

  Status Plan();  // all but what needs memory for tensors
  Status DescribeTensors();
  Status DescribeLayers();
  Status SelectKernels();  // and what they need of threads and memory
  uint64_t ScratchBytes() const { return team.scratch_bytes * static_cast<uint64_t>(team.threads); }
  uint64_t MemoryBytes() const;
  Status TakeMemory();
  void Execute(int32_t layer);
};

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
    view.arena_offset = tensor.arena_offset();
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

Status Session::Impl::SelectKernels() {
  IsaSet isa = 0;
  const char* unknown = nullptr;
  if (!IsaFromEnvironment(&isa, &unknown)) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "LOCKSTEP_ISA: '%.32s' is unknown or this CPU lacks it; name others or unset it", unknown);
  }
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
  team.scratch_bytes = (team.scratch_bytes + kAlignment - 1) / kAlignment * kAlignment;
  return Status::Ok();
}

Status Session::Impl::Plan() {
  LOCKSTEP_RETURN_IF_ERROR(ThreadPool::CheckThreads(team.threads));
  LOCKSTEP_RETURN_IF_ERROR(DescribeTensors());
  LOCKSTEP_RETURN_IF_ERROR(DescribeLayers());
  return SelectKernels();
}

uint64_t Session::Impl::MemoryBytes() const {
  uint64_t bytes = SessionMemory::PartBytes(model->arena_size()) + SessionMemory::PartBytes(ScratchBytes());
  if (state_size != 0) bytes += SessionMemory::PartBytes(state_size);
  return bytes;
}

Status Session::Impl::TakeMemory() {
  const auto take = [this](uint64_t bytes, const char* what, uint8_t** part) {
    Result<uint8_t*> taken = memory.Take(bytes, what, MemoryBytes());
    if (taken.ok()) *part = taken.value();
    return taken.status();
  };
  LOCKSTEP_RETURN_IF_ERROR(take(model->arena_size(), "arena", &arena));
  const uint64_t gap = memory.given() ? 0 : kScratchGap;
  team.scratch_step = team.scratch_bytes + static_cast<size_t>(team.scratch_bytes != 0 ? gap : 0);
  const uint64_t scratch_bytes =
      uint64_t{team.scratch_step} * static_cast<uint64_t>(team.threads - 1) + team.scratch_bytes;
  LOCKSTEP_RETURN_IF_ERROR(take(scratch_bytes, "scratch", &team.scratch));
  // Kernels multiply what stands behind the end of a row by weights of 0; valgrind reports it unless it was written
  // once.
  for (int i = 0; i < team.threads; ++i) std::memset(team.ScratchOf(i), 0, team.scratch_bytes);
  const auto& all = *model->joint().tensors();
  const auto place = [&](kernels::TensorView& view, int32_t tensor) {
    const joint::Tensor& t = *all[static_cast<uint32_t>(tensor)];
    if (t.constant() < 0) view.data = arena + t.arena_offset();
  };
  for (uint32_t i = 0; i < tensors.size(); ++i) place(tensors[i], static_cast<int32_t>(i));
  kernels::TensorView* input = inputs.data();
  kernels::TensorView* output = outputs.data();
  for (const joint::Layer* layer : *model->joint().layers()) {
    for (const int32_t tensor : *layer->inputs()) place(*input++, tensor);
    for (const int32_t tensor : *layer->outputs()) place(*output++, tensor);
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

void Session::Impl::Execute(int32_t layer) {
  Step& step = steps[static_cast<size_t>(layer)];
  if (step.shared) {
    pool.Run(Step::RunShare, &step);
  } else {
    Step::RunShare(&step, 0);
  }
}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::Session(Session&& other) noexcept = default;

Session& Session::operator=(Session&& other) noexcept {
  std::swap(impl_, other.impl_);
  return *this;
}

Session::~Session() {
  // Who wants to know of an error calls WriteReports.
  if (impl_ != nullptr && impl_->ready) static_cast<void>(WriteReports());
}

Result<Session> Session::Create(const Model& model, const SessionOptions& options) {
  std::unique_ptr<Impl> impl(new Impl);
  if (impl == nullptr) return Status::Error(StatusCode::kOutOfMemory, "no memory for a session");
  impl->model = &model;
  impl->team.threads = options.threads;
  LOCKSTEP_RETURN_IF_ERROR(impl->Plan());
  LOCKSTEP_RETURN_IF_ERROR(impl->memory.Use(options.memory, options.memory_size));
  LOCKSTEP_RETURN_IF_ERROR(impl->TakeMemory());
  LOCKSTEP_RETURN_IF_ERROR(impl->pool.Start(options.threads, options.affinity));
  impl->team.probe = &impl->probe;
  impl->ready = true;
  Session session(std::move(impl));
  LOCKSTEP_RETURN_IF_ERROR(session.impl_->probe.Prepare(session, options.probe));
  return session;
}

Result<size_t> Session::MemoryBytes(const Model& model, const SessionOptions& options) {
  const std::unique_ptr<Impl> impl(new Impl);
  if (impl == nullptr) return Status::Error(StatusCode::kOutOfMemory, "no memory for a session");
  impl->model = &model;
  impl->team.threads = options.threads;
  LOCKSTEP_RETURN_IF_ERROR(impl->Plan());
  const uint64_t bytes = impl->MemoryBytes();
  if (bytes <= SIZE_MAX) return static_cast<size_t>(bytes);
  return Status::Error(StatusCode::kOutOfMemory, "the session needs %llu bytes, more than this board addresses",
                       static_cast<unsigned long long>(bytes));
}

const Model& Session::model() const { return *impl_->model; }
TensorInfo Session::input_info(int32_t index) const { return model().tensor(model().input_tensor(index)); }
TensorInfo Session::output_info(int32_t index) const { return model().tensor(model().output_tensor(index)); }

void* Session::input(int32_t index) { return impl_->tensors[static_cast<size_t>(model().input_tensor(index))].data; }

const void* Session::output(int32_t index) const {
  return impl_->tensors[static_cast<size_t>(model().output_tensor(index))].data;
}

void* Session::layer_input(int32_t layer, int32_t index) { return layer_input_rows(layer, index).whole(); }

const void* Session::layer_output(int32_t layer, int32_t index) const {
  return layer_output_rows(layer, index).whole();
}

TensorRows Session::layer_input_rows(int32_t layer, int32_t index) {
  return RowsOf(impl_->steps[static_cast<size_t>(layer)].args.inputs[index]);
}

TensorRows Session::layer_output_rows(int32_t layer, int32_t index) const {
  return RowsOf(impl_->steps[static_cast<size_t>(layer)].args.outputs[index]);
}

const char* Session::kernel_name(int32_t layer) const { return impl_->steps[static_cast<size_t>(layer)].kernel->name; }

int Session::threads() const { return impl_->team.threads; }

uint64_t Session::scratch_bytes() const { return impl_->ScratchBytes(); }

uint64_t Session::state_bytes() const { return impl_->state_size; }

uint64_t Session::planned_bytes() const {
  return model().file_size() + model().arena_size() + scratch_bytes() + state_bytes();
}

void Session::CountRuns(bool count) { impl_->probe.CountRuns(count); }

Status Session::DumpNextRun(const char* folder) { return impl_->probe.DumpNextRun(folder); }

Status Session::WriteReports() { return impl_->probe.WriteReports(*this); }

Status Session::Run(RunHook* hook) {
  impl_->next = 0;
  do {
    LOCKSTEP_RETURN_IF_ERROR(RunLayer(hook));
  } while (impl_->next != 0);
  return Status::Ok();
}

int32_t Session::next_layer() const { return impl_->next; }

Status Session::RunLayer(RunHook* hook) {
  const int32_t layer = std::exchange(impl_->next, 0);  // an error ends the run
  Probe& probe = impl_->probe;
  if (layer == 0) LOCKSTEP_RETURN_IF_ERROR(probe.BeginRun(*this));
  if (hook != nullptr) LOCKSTEP_RETURN_IF_ERROR(hook->BeforeLayer(*this, layer));
  LOCKSTEP_RETURN_IF_ERROR(probe.BeforeLayer(*this, layer));
  impl_->Execute(layer);
  LOCKSTEP_RETURN_IF_ERROR(probe.AfterLayer(*this, layer));
  if (hook != nullptr) LOCKSTEP_RETURN_IF_ERROR(hook->AfterLayer(*this, layer));
  if (layer + 1 == model().layer_count()) return probe.EndRun(*this);
  impl_->next = layer + 1;
  return Status::Ok();
}

}  // namespace lockstep
