#include <chrono>
#include <cstring>
#include <exception>
#include <thread>
#include <utility>

#include "graph/error.h"
#include "lockstep/runtime.h"
#include "run/runners.h"
#include "threads/start_thread.h"

namespace lockstep::run {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

[[noreturn]] void Throw(const fs::path& model, const Status& status) {
  const std::string text = model.string() + ": " + status.message();
  if (status.code() == StatusCode::kInvalidArgument || status.code() == StatusCode::kWrongBuild) throw UsageError(text);
  if (status.code() == StatusCode::kUnsupported) throw UnsupportedModel(text);
  throw BadInput(text);
}

template <typename T>
T Take(const fs::path& model, Result<T> result) {
  if (!result.ok()) Throw(model, result.status());
  return std::move(result.value());
}

// Hands every layer's output to a dump. The runtime is built without exceptions, so none may pass through it.
class DumpHook final : public RunHook {
 public:
  explicit DumpHook(dump::DumpWriter& dump) : dump_(dump) {}

  Status AfterLayer(Session& session, int32_t layer) override {
    const joint::Model& model = session.model().joint();
    const joint::Layer& description = *model.layers()->Get(static_cast<flatbuffers::uoffset_t>(layer));
    try {
      for (int32_t i = 0; i < session.model().layer_output_count(layer); ++i) {
        const joint::Tensor& output =
            *model.tensors()->Get(static_cast<flatbuffers::uoffset_t>(session.model().layer_output_tensor(layer, i)));
        bytes_.resize(output.bytes());
        session.layer_output_rows(layer, i).CopyTo(bytes_.data());
        dump_.Add(dump::DescribeLayer(layer, i, description, output), bytes_.data(), bytes_.size());
      }
    } catch (...) {
      error_ = std::current_exception();
      return Status::Error(StatusCode::kUnreadable, "the dump cannot be written");
    }
    return Status::Ok();
  }

  void Rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  dump::DumpWriter& dump_;
  std::vector<uint8_t> bytes_;
  std::exception_ptr error_;
};

class NativeRunner : public ModelRunner {
 public:
  NativeRunner(const fs::path& path, const RunnerOptions& options)
      : path_(path), model_(Take(path, Model::Open(path.c_str(), LoadOptionsOf(options)))) {
    SessionOptions session_options;
    session_options.threads = options.threads > 0
                                  ? options.threads
                                  : static_cast<int>(threads::CountAtOnce(std::thread::hardware_concurrency()));
    session_ = std::make_unique<Session>(Take(path, Session::Create(model_, session_options)));
  }

  EngineKind engine() const override { return EngineKind::kNative; }
  double seconds() const override { return seconds_; }
  dump::Manifest Head() const override { return dump::DescribeModel(model_.joint(), "runtime", TargetName()); }
  std::vector<input::InputInfo> Inputs() const override { return input::InputsOf(model_.joint()); }
  std::vector<graph::Shape> OutputShapes() const override { return OutputShapesOf(model_.joint()); }

  std::vector<OutputTensor> Run(const input::DataItem& item, dump::DumpWriter* dump) override {
    const auto inputs = input::JointInputs(model_.joint(), item);
    for (size_t i = 0; i < inputs.size(); ++i) {
      std::memcpy(session_->input(static_cast<int32_t>(i)), inputs[i].data(), inputs[i].size());
    }
    if (dump != nullptr) dump->SetInputs(inputs);
    const auto start = Clock::now();
    Status status;
    if (dump != nullptr) {
      DumpHook hook(*dump);
      status = session_->Run(&hook);
      hook.Rethrow();
    } else {
      status = session_->Run();
    }
    seconds_ = std::chrono::duration<double>(Clock::now() - start).count();
    if (!status.ok()) Throw(path_, status);
    std::vector<std::vector<uint8_t>> bytes;
    for (int32_t i = 0; i < model_.output_count(); ++i) {
      const auto* data = static_cast<const uint8_t*>(session_->output(i));
      bytes.emplace_back(data, data + session_->output_info(i).bytes);
    }
    return MakeOutputs(model_.joint(), bytes);
  }

 private:
  static LoadOptions LoadOptionsOf(const RunnerOptions& options) {
    LoadOptions load;
    load.check_digest = options.check_digest;
    return load;
  }

  fs::path path_;
  Model model_;
  std::unique_ptr<Session> session_;
  double seconds_ = 0.0;
};

}  // namespace

std::unique_ptr<ModelRunner> MakeNativeRunner(const fs::path& model, const RunnerOptions& options) {
  return std::make_unique<NativeRunner>(model, options);
}

}  // namespace lockstep::run
