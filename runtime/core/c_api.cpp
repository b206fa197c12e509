#include <algorithm>
#include <cstring>
#include <utility>

#include "base/memory.h"
#include "lockstep/lockstep.h"
#include "lockstep/runtime.h"

struct lockstep_model : lockstep::Allocated {
  explicit lockstep_model(lockstep::Model&& from) : model(std::move(from)) {}
  lockstep::Model model;
};

struct lockstep_session : lockstep::Allocated {
  explicit lockstep_session(lockstep::Session&& from) : session(std::move(from)) {}
  lockstep::Session session;
};

namespace {

using lockstep::Status;
using lockstep::StatusCode;

static_assert(LOCKSTEP_MAX_MESSAGE == Status::kMaxMessage);
static_assert(LOCKSTEP_DIFFERS == static_cast<int>(StatusCode::kDiffers));
static_assert(LOCKSTEP_BOOL == static_cast<int>(lockstep::DataType::kBool));

lockstep_code Report(const Status& status, lockstep_error* error) {
  const auto code = static_cast<lockstep_code>(status.code());
  if (error != nullptr) {
    error->code = code;
    std::memcpy(error->message, status.message(), sizeof(error->message));
  }
  return code;
}

Status NoMemory() { return Status::Error(StatusCode::kOutOfMemory, "no memory for a handle"); }

lockstep::LoadOptions LoadOptionsOf(int check_digest) {
  lockstep::LoadOptions options;
  options.check_digest = check_digest != 0;
  return options;
}

lockstep_code Return(lockstep::Result<lockstep::Model> result, lockstep_model** model, lockstep_error* error) {
  if (!result.ok()) return Report(result.status(), error);
  *model = new lockstep_model(std::move(result.value()));
  return Report(*model != nullptr ? Status::Ok() : NoMemory(), error);
}

lockstep_code Describe(const lockstep::TensorInfo& info, lockstep_tensor* tensor) {
  *tensor = {info.name, static_cast<lockstep_data_type>(info.dtype), info.rank, info.shape, info.scale, info.zero_point,
             info.bytes};
  return LOCKSTEP_OK;
}

bool InRange(int32_t index, int32_t count) { return index >= 0 && index < count; }

bool IsLayerInput(const lockstep::Model& model, int32_t layer, int32_t index) {
  return InRange(layer, model.layer_count()) && InRange(index, model.layer(layer).input_count);
}

bool IsLayerOutput(const lockstep::Model& model, int32_t layer, int32_t index) {
  return InRange(layer, model.layer_count()) && InRange(index, model.layer_output_count(layer));
}

const lockstep::Model& ModelOf(const lockstep_session* session) { return session->session.model(); }

// A program that was compiled with an older header knows fewer members; the rest of them is zero.
lockstep::SessionOptions Options(const lockstep_options* given) {
  lockstep_options known = {};
  if (given != nullptr) std::memcpy(&known, given, std::min(given->size, sizeof(known)));
  lockstep::SessionOptions options;
  if (known.threads != 0) options.threads = known.threads;
  options.affinity = known.affinity;
  options.memory = known.memory;
  options.memory_size = known.memory_size;
  options.probe.dump_folder = known.dump_folder;
  if (known.dump_level != 0) options.probe.dump_level = known.dump_level;
  options.probe.dump_layers = known.dump_layers;
  options.probe.dump_md5_only = known.dump_md5_only != 0;
  options.probe.profile_folder = known.profile_folder;
  options.probe.memory_path = known.memory_path;
  options.group_rows = known.group_rows != 0;
  return options;
}

lockstep_code Create(const lockstep_model* model, const lockstep::SessionOptions& options, lockstep_session** session,
                     lockstep_error* error) {
  *session = nullptr;
  lockstep::Result<lockstep::Session> result = lockstep::Session::Create(model->model, options);
  if (!result.ok()) return Report(result.status(), error);
  *session = new lockstep_session(std::move(result.value()));
  return Report(*session != nullptr ? Status::Ok() : NoMemory(), error);
}

}  // namespace

const char* lockstep_version(void) { return lockstep::RuntimeVersion(); }
const char* lockstep_build(void) { return lockstep::BuildName(); }

const char* lockstep_data_type_name(lockstep_data_type type) {
  if (!InRange(static_cast<int32_t>(type), LOCKSTEP_F32 + 1)) return nullptr;
  return lockstep::DataTypeName(static_cast<lockstep::DataType>(type));
}

lockstep_code lockstep_model_open(const char* path, int check_digest, lockstep_model** model, lockstep_error* error) {
  *model = nullptr;
  return Return(lockstep::Model::Open(path, LoadOptionsOf(check_digest)), model, error);
}

lockstep_code lockstep_model_from_memory(const void* data, size_t size, int check_digest, lockstep_model** model,
                                         lockstep_error* error) {
  *model = nullptr;
  return Return(lockstep::Model::FromMemory(data, size, LoadOptionsOf(check_digest)), model, error);
}

void lockstep_model_close(lockstep_model* model) { delete model; }
const char* lockstep_model_name(const lockstep_model* model) { return model->model.name(); }
int32_t lockstep_model_input_count(const lockstep_model* model) { return model->model.input_count(); }
int32_t lockstep_model_output_count(const lockstep_model* model) { return model->model.output_count(); }

lockstep_code lockstep_model_input(const lockstep_model* model, int32_t index, lockstep_tensor* tensor) {
  if (!InRange(index, model->model.input_count())) return LOCKSTEP_INVALID_ARGUMENT;
  return Describe(model->model.tensor(model->model.input_tensor(index)), tensor);
}

lockstep_code lockstep_model_output(const lockstep_model* model, int32_t index, lockstep_tensor* tensor) {
  if (!InRange(index, model->model.output_count())) return LOCKSTEP_INVALID_ARGUMENT;
  return Describe(model->model.tensor(model->model.output_tensor(index)), tensor);
}

int32_t lockstep_model_layer_count(const lockstep_model* model) { return model->model.layer_count(); }

lockstep_code lockstep_model_layer(const lockstep_model* model, int32_t index, lockstep_layer* layer) {
  if (!InRange(index, model->model.layer_count())) return LOCKSTEP_INVALID_ARGUMENT;
  const lockstep::LayerInfo info = model->model.layer(index);
  *layer = {info.name, info.op, info.macs, info.input_count, info.output_count};
  return LOCKSTEP_OK;
}

lockstep_code lockstep_model_layer_input(const lockstep_model* model, int32_t layer, int32_t index,
                                         lockstep_tensor* tensor) {
  const lockstep::Model& m = model->model;
  if (!IsLayerInput(m, layer, index)) return LOCKSTEP_INVALID_ARGUMENT;
  return Describe(m.tensor(m.layer_input_tensor(layer, index)), tensor);
}

lockstep_code lockstep_model_layer_output(const lockstep_model* model, int32_t layer, int32_t index,
                                          lockstep_tensor* tensor) {
  const lockstep::Model& m = model->model;
  if (!IsLayerOutput(m, layer, index)) return LOCKSTEP_INVALID_ARGUMENT;
  return Describe(m.tensor(m.layer_output_tensor(layer, index)), tensor);
}

lockstep_code lockstep_session_create(const lockstep_model* model, int threads, lockstep_session** session,
                                      lockstep_error* error) {
  lockstep::SessionOptions options;
  options.threads = threads;
  return Create(model, options, session, error);
}

lockstep_code lockstep_session_create_with(const lockstep_model* model, const lockstep_options* options,
                                           lockstep_session** session, lockstep_error* error) {
  return Create(model, Options(options), session, error);
}

lockstep_code lockstep_session_memory(const lockstep_model* model, const lockstep_options* options, size_t* bytes,
                                      lockstep_error* error) {
  *bytes = 0;
  lockstep::Result<size_t> result = lockstep::Session::MemoryBytes(model->model, Options(options));
  if (result.ok()) *bytes = result.value();
  return Report(result.status(), error);
}

void lockstep_session_destroy(lockstep_session* session) { delete session; }

void* lockstep_session_input(lockstep_session* session, int32_t index) {
  return InRange(index, session->session.model().input_count()) ? session->session.input(index) : nullptr;
}

const void* lockstep_session_output(const lockstep_session* session, int32_t index) {
  return InRange(index, session->session.model().output_count()) ? session->session.output(index) : nullptr;
}

lockstep_code lockstep_session_run(lockstep_session* session, lockstep_error* error) {
  return Report(session->session.Run(), error);
}

lockstep_code lockstep_session_step(lockstep_session* session, int32_t* layer, lockstep_error* error) {
  *layer = session->session.next_layer();
  const Status status = session->session.RunLayer();
  if (!status.ok()) *layer = -1;
  return Report(status, error);
}

void* lockstep_session_layer_input(lockstep_session* session, int32_t layer, int32_t index) {
  const lockstep::Model& m = ModelOf(session);
  if (!IsLayerInput(m, layer, index)) return nullptr;
  return m.is_constant(m.layer_input_tensor(layer, index)) ? nullptr : session->session.layer_input(layer, index);
}

const void* lockstep_session_layer_output(const lockstep_session* session, int32_t layer, int32_t index) {
  const lockstep::Model& m = ModelOf(session);
  if (!IsLayerOutput(m, layer, index)) return nullptr;
  return session->session.layer_output(layer, index);
}

lockstep_code lockstep_session_read_layer_input(lockstep_session* session, int32_t layer, int32_t index, void* to) {
  if (!IsLayerInput(ModelOf(session), layer, index)) return LOCKSTEP_INVALID_ARGUMENT;
  const lockstep::TensorRows rows = session->session.layer_input_rows(layer, index);
  rows.CopyTo(to);
  return rows.count != 0 ? LOCKSTEP_OK : LOCKSTEP_INVALID_ARGUMENT;
}

lockstep_code lockstep_session_write_layer_input(lockstep_session* session, int32_t layer, int32_t index,
                                                 const void* from) {
  const lockstep::Model& m = ModelOf(session);
  if (!IsLayerInput(m, layer, index) || m.is_constant(m.layer_input_tensor(layer, index))) {
    return LOCKSTEP_INVALID_ARGUMENT;
  }
  lockstep::TensorRows rows = session->session.layer_input_rows(layer, index);
  rows.CopyFrom(from);
  return rows.count != 0 ? LOCKSTEP_OK : LOCKSTEP_INVALID_ARGUMENT;
}

lockstep_code lockstep_session_read_layer_output(const lockstep_session* session, int32_t layer, int32_t index,
                                                 void* to) {
  if (!IsLayerOutput(ModelOf(session), layer, index)) return LOCKSTEP_INVALID_ARGUMENT;
  const lockstep::TensorRows rows = session->session.layer_output_rows(layer, index);
  rows.CopyTo(to);
  return rows.count != 0 ? LOCKSTEP_OK : LOCKSTEP_INVALID_ARGUMENT;
}

const char* lockstep_session_kernel(const lockstep_session* session, int32_t layer) {
  return InRange(layer, ModelOf(session).layer_count()) ? session->session.kernel_name(layer) : nullptr;
}

lockstep_code lockstep_session_self_test(lockstep_session* session, int32_t* passed, lockstep_error* error) {
  return Report(lockstep::RunSelfTest(session->session, passed), error);
}

lockstep_code lockstep_session_dump_next_run(lockstep_session* session, const char* folder, lockstep_error* error) {
  return Report(session->session.DumpNextRun(folder), error);
}

void lockstep_session_count_runs(lockstep_session* session, int count) { session->session.CountRuns(count != 0); }

lockstep_code lockstep_session_write_reports(lockstep_session* session, lockstep_error* error) {
  return Report(session->session.WriteReports(), error);
}
