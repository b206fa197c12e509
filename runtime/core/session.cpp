#include <utility>

#include "core/session_impl.h"

namespace lockstep {
namespace {

// None of a tensor between two layers of a group.
TensorRows RowsOf(const kernels::TensorView& view) {
  if (view.data == nullptr) return {};
  if (!kernels::IsStrided(view)) return {view.data, static_cast<size_t>(view.bytes), 1, 0};
  const int64_t element = joint::ElementBytes(view.dtype);
  const int64_t length = kernels::RowLength(view);
  return {view.data, static_cast<size_t>(length * element), static_cast<size_t>(view.elements / length),
          static_cast<size_t>(view.pitch * element)};
}

}  // namespace

void Session::Impl::Execute(int32_t layer) {
  Step& step = steps[static_cast<size_t>(layer)];
  if (step.shared) {
    pool.Run(Step::RunShare, &step);
  } else {
    Step::RunShare(&step, 0);
  }
}

void Session::Impl::ExecuteRows() {
  uint32_t group = 0;
  for (int32_t layer = 0; layer < model->layer_count();) {
    const joint::RowGroup* here = group < row_steps.size() ? rows->groups()->Get(group) : nullptr;
    if (here == nullptr || here->first_layer() != layer) {
      Execute(layer++);
      continue;
    }
    RowStep& step = row_steps[group++];
    if (step.shared) {
      pool.Run(RowStep::RunShare, &step);
    } else {
      RowStep::RunShare(&step, 0);
    }
    layer += here->layers();
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
  LOCKSTEP_RETURN_IF_ERROR(impl->Plan(model, options));
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
  LOCKSTEP_RETURN_IF_ERROR(impl->Plan(model, options));
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

uint64_t Session::arena_bytes() const { return impl_->ArenaBytes(); }

uint64_t Session::scratch_bytes() const { return impl_->ScratchBytes(); }

uint64_t Session::state_bytes() const { return impl_->state_size; }

uint64_t Session::planned_bytes() const {
  return model().file_size() + arena_bytes() + scratch_bytes() + state_bytes();
}

void Session::CountRuns(bool count) { impl_->probe.CountRuns(count); }

Status Session::DumpNextRun(const char* folder) { return impl_->probe.DumpNextRun(folder); }

Status Session::WriteReports() { return impl_->probe.WriteReports(*this); }

Status Session::Run(RunHook* hook) {
  if (impl_->rows != nullptr && hook == nullptr) {
    impl_->ExecuteRows();
    return Status::Ok();
  }
  impl_->next = 0;
  do {
    LOCKSTEP_RETURN_IF_ERROR(RunLayer(hook));
  } while (impl_->next != 0);
  return Status::Ok();
}

int32_t Session::next_layer() const { return impl_->next; }

Status Session::RunLayer(RunHook* hook) {
  if (impl_->rows != nullptr) {
    return Status::Error(
        StatusCode::kInvalidArgument,
        "this session runs groups of layers row by row; make one without group_rows to see each layer");
  }
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
