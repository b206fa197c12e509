#include <cstdlib>
#include <cstring>

#include "core/memory.h"
#include "core/thread_pool.h"
#include "joint_generated.h"
#include "lockstep/cpu.h"
#include "lockstep/runtime.h"
#include "ops/operator_table.h"
#include "probe/probe.h"

namespace lockstep {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kSlack = 64;                        // kernels may read, never write, this far behind a tensor
constexpr uint64_t kMaxScratch = uint64_t{1} << 30;  // of all threads
constexpr uint64_t kMaxState = uint64_t{1} << 30;    // of all layers
constexpr uint64_t kWorthSharing = 1 << 15;  // multiply-accumulates or bytes below which waking threads costs more

struct Free {
  void operator()(uint8_t* memory) const { std::free(memory); }
};
using Memory = std::unique_ptr<uint8_t[], Free>;

Result<Memory> Allocate(uint64_t bytes, const char* what) {
  void* memory = nullptr;
  if (bytes > SIZE_MAX - kAlignment || posix_memalign(&memory, kAlignment, static_cast<size_t>(bytes)) != 0) {
    return Status::Error(StatusCode::kOutOfMemory, "no memory for the %s of %llu bytes", what,
                         static_cast<unsigned long long>(bytes));
  }
  return Memory(static_cast<uint8_t*>(memory));
}

// One layer, ready to run.
struct Step {
  kernels::LayerArgs args;
  const kernels::Kernel* kernel = nullptr;
  uint64_t state_offset = 0;
  uint64_t state_bytes = 0;
  int64_t units = 1;
  bool shared = false;  // among threads
};

// A range of a step's units for each thread.
struct SharedStep {
  const Step* step;
  int32_t layer;
  Probe* probe;
  uint8_t* scratch;
  size_t scratch_stride;
  int threads;

  static void Run(void* context, int thread) {
    const auto& self = *static_cast<const SharedStep*>(context);
    const int64_t begin = self.step->units * thread / self.threads;
    const int64_t end = self.step->units * (thread + 1) / self.threads;
    if (begin == end) return;
    self.probe->BeforeShare(self.layer, thread);
    self.step->kernel->run(self.step->args, begin, end, self.scratch + self.scratch_stride * thread);
    self.probe->AfterShare(self.layer, thread);
  }
};

}  // namespace

struct Session::Impl : Allocated {
  const Model* model = nullptr;
  Memory arena;
  Memory scratch;
  Memory state;                        // of all layers
  size_t scratch_stride = 0;           // of one thread
  Array<kernels::TensorView> tensors;  // by tensor index
  uint64_t state_size = 0;
  Array<kernels::TensorView> inputs;  // of all layers, one after the other
  Array<kernels::TensorView> outputs;
  Array<Step> steps;
  ThreadPool pool;
  Probe probe;

  Status DescribeTensors();
  Status DescribeLayers();
  Status SelectKernels();  // and what they need of threads and memory
  Status SetUpState();
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
            : arena.get() + tensor.arena_offset();
    view.shape = tensor.shape()->data();
    view.rank = static_cast<int32_t>(tensor.shape()->size());
    view.dtype = tensor.dtype();
    const TensorInfo info = model->tensor(static_cast<int32_t>(i));
    view.scale = info.scale;
    view.zero_point = info.zero_point;
    view.elements = 1;
    for (int32_t axis = 0; axis < view.rank; ++axis) view.elements *= view.shape[axis];
    view.bytes = tensor.bytes();
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
    kernels::LayerArgs& args = steps[i].args;
    args.layer = &layer;
    args.inputs = input;
    args.input_count = static_cast<int32_t>(layer.inputs()->size());
    for (const int32_t tensor : *layer.inputs()) *input++ = tensors[static_cast<size_t>(tensor)];
    args.outputs = output;
    args.output_count = static_cast<int32_t>(layer.outputs()->size());
    for (const int32_t tensor : *layer.outputs()) *output++ = tensors[static_cast<size_t>(tensor)];
    if (const joint::Conv* conv = layer.options_as_Conv()) args.weights = tensors[static_cast<size_t>(conv->weights())];
    if (const joint::DepthwiseConv* conv = layer.options_as_DepthwiseConv()) {
      args.weights = tensors[static_cast<size_t>(conv->weights())];
    }
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
    const kernels::Prepared prepared = kernels::OperatorOf(step.args.layer->options_type()).prepare(step.args);
    step.units = prepared.units;
    uint64_t bytes = 0;
    for (int32_t i = 0; i < step.args.output_count; ++i) bytes += step.args.outputs[i].bytes;
    step.shared = pool.threads() > 1 && prepared.units > 1 && step.args.layer->macs() + bytes >= kWorthSharing;
    if (prepared.scratch_bytes > kMaxScratch / static_cast<uint64_t>(pool.threads())) {
      return Status::Error(StatusCode::kOutOfMemory, "layer '%.64s': needs too much scratch memory",
                           step.args.layer->name()->c_str());
    }
    if (prepared.scratch_bytes > scratch_stride) scratch_stride = static_cast<size_t>(prepared.scratch_bytes);
    step.state_offset = state_size;
    step.state_bytes = prepared.state_bytes;
    if (prepared.state_bytes > kMaxState - state_size) {
      return Status::Error(StatusCode::kOutOfMemory, "layer '%.64s': needs too much memory for its tables",
                           step.args.layer->name()->c_str());
    }
    state_size += (prepared.state_bytes + kAlignment - 1) / kAlignment * kAlignment;
  }
  scratch_stride = (scratch_stride + kAlignment - 1) / kAlignment * kAlignment;
  return Status::Ok();
}

Status Session::Impl::SetUpState() {
  if (state_size == 0) return Status::Ok();
  Result<Memory> memory = Allocate(state_size + kSlack, "layers' tables");
  if (!memory.ok()) return memory.status();
  state = std::move(memory.value());
  std::memset(state.get(), 0, static_cast<size_t>(state_size) + kSlack);
  for (Step& step : steps) {
    if (step.state_bytes == 0) continue;
    uint8_t* own = state.get() + step.state_offset;
    kernels::OperatorOf(step.args.layer->options_type()).setup(step.args, own);
    step.args.state = own;
  }
  return Status::Ok();
}

void Session::Impl::Execute(int32_t layer) {
  const Step& step = steps[static_cast<size_t>(layer)];
  SharedStep shared = {&step, layer, &probe, scratch.get(), scratch_stride, step.shared ? pool.threads() : 1};
  if (step.shared) {
    pool.Run(SharedStep::Run, &shared);
  } else {
    SharedStep::Run(&shared, 0);
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
  if (impl_ != nullptr && impl_->arena != nullptr) static_cast<void>(WriteReports());
}

Result<Session> Session::Create(const Model& model, const SessionOptions& options) {
  std::unique_ptr<Impl> impl(new Impl);
  if (impl == nullptr) return Status::Error(StatusCode::kOutOfMemory, "no memory for a session");
  impl->model = &model;
  LOCKSTEP_RETURN_IF_ERROR(impl->pool.Start(options.threads, options.affinity));
  Result<Memory> arena = Allocate(model.arena_size() + kSlack, "arena");
  if (!arena.ok()) return arena.status();
  impl->arena = std::move(arena.value());
  std::memset(impl->arena.get() + model.arena_size(), 0, kSlack);
  LOCKSTEP_RETURN_IF_ERROR(impl->DescribeTensors());
  LOCKSTEP_RETURN_IF_ERROR(impl->DescribeLayers());
  LOCKSTEP_RETURN_IF_ERROR(impl->SelectKernels());
  Result<Memory> scratch = Allocate(impl->scratch_stride * static_cast<uint64_t>(options.threads) + kSlack, "scratch");
  if (!scratch.ok()) return scratch.status();
  impl->scratch = std::move(scratch.value());
  LOCKSTEP_RETURN_IF_ERROR(impl->SetUpState());
  Session session(std::move(impl));
  LOCKSTEP_RETURN_IF_ERROR(session.impl_->probe.Prepare(session, options.probe));
  return session;
}

const Model& Session::model() const { return *impl_->model; }
TensorInfo Session::input_info(int32_t index) const { return model().tensor(model().input_tensor(index)); }
TensorInfo Session::output_info(int32_t index) const { return model().tensor(model().output_tensor(index)); }

void* Session::input(int32_t index) { return impl_->tensors[static_cast<size_t>(model().input_tensor(index))].data; }

const void* Session::output(int32_t index) const {
  return impl_->tensors[static_cast<size_t>(model().output_tensor(index))].data;
}

void* Session::layer_input(int32_t layer, int32_t index) {
  return impl_->steps[static_cast<size_t>(layer)].args.inputs[index].data;
}

const void* Session::layer_output(int32_t layer, int32_t index) const {
  return impl_->steps[static_cast<size_t>(layer)].args.outputs[index].data;
}

const char* Session::kernel_name(int32_t layer) const { return impl_->steps[static_cast<size_t>(layer)].kernel->name; }

int Session::threads() const { return impl_->pool.threads(); }

uint64_t Session::scratch_bytes() const {
  return static_cast<uint64_t>(impl_->scratch_stride) * static_cast<uint64_t>(impl_->pool.threads());
}

uint64_t Session::state_bytes() const { return impl_->state_size; }

uint64_t Session::planned_bytes() const {
  return model().file_size() + model().arena_size() + scratch_bytes() + state_bytes();
}

void Session::CountRuns(bool count) { impl_->probe.CountRuns(count); }

Status Session::DumpNextRun(const char* folder) { return impl_->probe.DumpNextRun(folder); }

Status Session::WriteReports() { return impl_->probe.WriteReports(*this); }

Status Session::Run(RunHook* hook) {
  Probe& probe = impl_->probe;
  LOCKSTEP_RETURN_IF_ERROR(probe.BeginRun(*this));
  for (size_t i = 0; i < impl_->steps.size(); ++i) {
    const auto layer = static_cast<int32_t>(i);
    if (hook != nullptr) LOCKSTEP_RETURN_IF_ERROR(hook->BeforeLayer(*this, layer));
    LOCKSTEP_RETURN_IF_ERROR(probe.BeforeLayer(*this, layer));
    impl_->Execute(layer);
    LOCKSTEP_RETURN_IF_ERROR(probe.AfterLayer(*this, layer));
    if (hook != nullptr) LOCKSTEP_RETURN_IF_ERROR(hook->AfterLayer(*this, layer));
  }
  return probe.EndRun(*this);
}

}  // namespace lockstep
