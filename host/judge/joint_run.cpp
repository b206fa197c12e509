#include "judge/joint_run.h"

#include <cstring>
#include <exception>
#include <limits>
#include <string>
#include <thread>
#include <utility>

#include "graph/error.h"
#include "lockstep/runtime.h"
#include "threads/start_thread.h"

namespace lockstep::judge {
namespace {

template <typename T>
T Take(Result<T> result) {
  if (!result.ok()) throw BadInput(std::string("the new model cannot be run here: ") + result.status().message());
  return std::move(result.value());
}

// The runtime is built without exceptions, so none may pass through it.
class Keep final : public RunHook {
 public:
  Keep(const std::set<int32_t>& wanted, const JointRun::Feed& feed) : wanted_(wanted), feed_(feed) {}

  Status BeforeLayer(Session& session, int32_t layer) override {
    if (!feed_) return Status::Ok();
    try {
      const Model& model = session.model();
      for (int32_t i = 0; i < model.layer(layer).input_count; ++i) {
        const int32_t tensor = model.layer_input_tensor(layer, i);
        if (model.is_constant(tensor)) continue;
        const std::vector<uint8_t> bytes = feed_(tensor);
        if (!bytes.empty()) session.layer_input_rows(layer, i).CopyFrom(bytes.data());
      }
    } catch (...) {
      error_ = std::current_exception();
      return Status::Error(StatusCode::kOutOfMemory, "the values of a layer cannot be given");
    }
    return Status::Ok();
  }

  Status AfterLayer(Session& session, int32_t layer) override {
    try {
      const Model& model = session.model();
      for (int32_t i = 0; i < model.layer_output_count(layer); ++i) {
        const int32_t tensor = model.layer_output_tensor(layer, i);
        if (wanted_.count(tensor) == 0) continue;
        std::vector<uint8_t>& bytes = kept_[tensor];
        bytes.resize(model.tensor(tensor).bytes);
        session.layer_output_rows(layer, i).CopyTo(bytes.data());
      }
    } catch (...) {
      error_ = std::current_exception();
      return Status::Error(StatusCode::kOutOfMemory, "the values of a layer cannot be kept");
    }
    return Status::Ok();
  }

  std::map<int32_t, std::vector<uint8_t>> Finish() {
    if (error_) std::rethrow_exception(error_);
    return std::move(kept_);
  }

 private:
  const std::set<int32_t>& wanted_;
  const JointRun::Feed& feed_;
  std::map<int32_t, std::vector<uint8_t>> kept_;
  std::exception_ptr error_;
};

LoadOptions Unlimited() {
  LoadOptions options;
  options.check_digest = false;
  options.max_arena = options.max_work = options.max_file = std::numeric_limits<uint64_t>::max() / 4;
  return options;
}

SessionOptions WithThreads(int threads) {
  SessionOptions options;
  const size_t wanted = threads > 0 ? static_cast<size_t>(threads) : std::thread::hardware_concurrency();
  options.threads = static_cast<int>(threads::CountAtOnce(wanted));
  return options;
}

}  // namespace

struct JointRun::Impl {
  Impl(const std::vector<uint8_t>& file, int threads)
      : model(Take(Model::Copy(file.data(), file.size(), Unlimited()))),
        session(Take(Session::Create(model, WithThreads(threads)))) {}

  Model model;
  Session session;
};

JointRun::JointRun(const std::vector<uint8_t>& file, int threads) : impl_(std::make_unique<Impl>(file, threads)) {}
JointRun::~JointRun() = default;

const joint::Model& JointRun::model() const { return impl_->model.joint(); }

std::map<int32_t, std::vector<uint8_t>> JointRun::Run(const std::vector<std::vector<uint8_t>>& inputs,
                                                      const std::set<int32_t>& wanted) {
  return RunFed(inputs, wanted, nullptr);
}

std::map<int32_t, std::vector<uint8_t>> JointRun::RunFed(const std::vector<std::vector<uint8_t>>& inputs,
                                                         const std::set<int32_t>& wanted, const Feed& feed) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::memcpy(impl_->session.input(static_cast<int32_t>(i)), inputs[i].data(), inputs[i].size());
  }
  Keep keep(wanted, feed);
  const Status status = impl_->session.Run(&keep);
  std::map<int32_t, std::vector<uint8_t>> kept = keep.Finish();
  if (!status.ok()) throw BadInput(std::string("the new model cannot be run here: ") + status.message());
  return kept;
}

}  // namespace lockstep::judge
