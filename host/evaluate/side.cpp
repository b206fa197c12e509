#include "evaluate/side.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "dump/output_names.h"
#include "engine/reference/joint_model.h"
#include "files/output_file.h"
#include "files/temporary_folder.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "run/runners.h"

namespace lockstep::evaluate {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStem = "picture";

SideInfo MakeInfo(const fs::path& model, const std::vector<input::InputInfo>& inputs,
                  std::vector<graph::Shape> output_shapes) {
  if (inputs.size() != 1 || !inputs.front().is_picture()) {
    std::string described;
    for (const input::InputInfo& info : inputs) {
      described += (described.empty() ? "" : ", ") + info.name + " (" + input::Describe(info) + ")";
    }
    throw UsageError(model.string() + ": evaluate feeds one picture, the network takes " + described +
                     "; give a network whose one input is a picture");
  }
  return {inputs.front(), std::move(output_shapes)};
}

void WriteBatch(const fs::path& path, const std::vector<uint8_t>& picture, const input::InputInfo& input) {
  std::vector<uint8_t> batch;
  for (int64_t i = 0; i < input.batch(); ++i) batch.insert(batch.end(), picture.begin(), picture.end());
  files::WriteFile(path, batch.data(), batch.size());
}

std::vector<run::OutputTensor> FirstOfBatch(std::vector<run::OutputTensor> outputs, int64_t batch) {
  for (run::OutputTensor& output : outputs) {
    if (batch <= 1 || output.shape.empty() || output.shape[0] != batch) continue;
    output.shape[0] = 1;
    output.values.resize(output.values.size() / static_cast<size_t>(batch));
  }
  return outputs;
}

class EngineSide : public Side {
 public:
  explicit EngineSide(const SideOptions& options)
      : runner_(run::OpenModel(options.model, run::EngineFromName(options.engine), options.runner)),
        info_(MakeInfo(options.model, runner_->Inputs(), runner_->OutputShapes())),
        file_(folder_.path() / (std::string(kStem) + ".bin")) {
    input::DataPart part;
    part.file = file_.string();
    item_ = {part.file, kStem, {part}};
  }

  const SideInfo& info() const override { return info_; }
  double seconds() const override { return runner_->seconds(); }

  std::vector<run::OutputTensor> Run(const std::vector<uint8_t>& picture) override {
    WriteBatch(file_, picture, info_.input);
    return FirstOfBatch(runner_->Run(item_, nullptr), info_.input.batch());
  }

 private:
  std::unique_ptr<run::ModelRunner> runner_;
  SideInfo info_;
  files::TemporaryFolder folder_;
  fs::path file_;
  input::DataItem item_;
};

class BoardSide : public Side {
 public:
  explicit BoardSide(const SideOptions& options)
      : model_(options.model),
        board_(boards::MakeBoard(options.engine, options.board)),
        joint_((RequireJoint(options), options.model.string())),
        info_(MakeInfo(options.model, input::InputsOf(joint_.model()), run::OutputShapesOf(joint_.model()))) {}

  const SideInfo& info() const override { return info_; }
  double seconds() const override { return seconds_; }

  std::vector<run::OutputTensor> Run(const std::vector<uint8_t>& picture) override {
    const files::TemporaryFolder folder;
    boards::BoardJob job;
    job.model = model_;
    job.inputs = {folder.path() / (std::string(kStem) + ".bin")};
    job.output_folder = folder.path() / "outputs";
    WriteBatch(job.inputs[0], picture, info_.input);
    const auto start = std::chrono::steady_clock::now();
    board_->Run(job);
    seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return FirstOfBatch(run::MakeOutputs(joint_.model(), ReadOutputs(job.output_folder)), info_.input.batch());
  }

 private:
  static void RequireJoint(const SideOptions& options) {
    files::RequireFile(options.model);
    if (!run::IsOnnx(options.model)) return;
    throw UsageError(options.model.string() + " is an ONNX network, boards run joint models; build it first");
  }

  std::vector<std::vector<uint8_t>> ReadOutputs(const fs::path& folder) const {
    std::vector<std::string> names;
    std::vector<size_t> sizes;
    for (const joint::OutputSpec* output : *joint_.model().outputs()) {
      const joint::Tensor* tensor =
          joint_.model().tensors()->Get(static_cast<flatbuffers::uoffset_t>(output->tensor()));
      names.push_back(tensor->name()->str());
      sizes.push_back(tensor->bytes());
    }
    std::vector<std::vector<uint8_t>> outputs;
    for (const std::string& file : dump::OutputFileNames(kStem, names)) {
      std::error_code error;
      const size_t size = sizes[outputs.size()];
      if (fs::file_size(folder / file, error) != size || error) {
        throw BoardError(board_->name() + ": the board's program ended well but wrote no " + file + " of " +
                         std::to_string(size) + " bytes; its run_joint is of another version, build it again");
      }
      outputs.push_back(files::ReadFile(folder / file));
    }
    return outputs;
  }

  fs::path model_;
  std::unique_ptr<boards::Board> board_;
  engine::JointModel joint_;
  SideInfo info_;
  double seconds_ = 0.0;
};

}  // namespace

std::unique_ptr<Side> MakeSide(const SideOptions& options) {
  const std::vector<std::string> engines = {"float", "reference", "native"};
  if (std::find(engines.begin(), engines.end(), options.engine) != engines.end()) {
    return std::make_unique<EngineSide>(options);
  }
  std::vector<std::string> known = boards::BoardNames();
  if (options.engine.find(':') == std::string::npos &&
      std::find(known.begin(), known.end(), options.engine) == known.end()) {
    known.insert(known.end(), engines.begin(), engines.end());
    throw UsageError("--engine " + graph::Quoted(options.engine) + " is neither an engine nor a board" +
                     graph::DidYouMean(options.engine, known));
  }
  return std::make_unique<BoardSide>(options);
}

}  // namespace lockstep::evaluate
