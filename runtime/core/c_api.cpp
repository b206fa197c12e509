#include <cstring>
#include <utility>

#include "core/memory.h"
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
static_assert(LOCKSTEP_F32 == static_cast<int>(lockstep::DataType::kF32));

lockstep_code Report(const Status& status, lockstep_error* error) {
  const auto code = static_cast<lockstep_code>(status.code());
  if (error != nullptr) {
    error->code = code;
    std::memcpy(error->message, status.message(), sizeof(error->message));
  }
  return code;
}

Status NoMemory() { return Status::Error(StatusCode::kOutOfMemory, "no memory for a handle"); }

lockstep::LoadOptions Options(int check_digest) {
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

}  // namespace

const char* lockstep_version(void) { return lockstep::RuntimeVersion(); }
const char* lockstep_build(void) { return lockstep::BuildName(); }

lockstep_code lockstep_model_open(const char* path, int check_digest, lockstep_model** model, lockstep_error* error) {
  *model = nullptr;
  return Return(lockstep::Model::Open(path, Options(check_digest)), model, error);
}

lockstep_code lockstep_model_from_memory(const void* data, size_t size, int check_digest, lockstep_model** model,
                                         lockstep_error* error) {
  *model = nullptr;
  return Return(lockstep::Model::FromMemory(data, size, Options(check_digest)), model, error);
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

lockstep_code lockstep_session_create(const lockstep_model* model, int threads, lockstep_session** session,
                                      lockstep_error* error) {
  *session = nullptr;
  lockstep::SessionOptions options;
  options.threads = threads;
  lockstep::Result<lockstep::Session> result = lockstep::Session::Create(model->model, options);
  if (!result.ok()) return Report(result.status(), error);
  *session = new lockstep_session(std::move(result.value()));
  return Report(*session != nullptr ? Status::Ok() : NoMemory(), error);
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
