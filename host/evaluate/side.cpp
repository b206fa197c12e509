#include "evaluate/side.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/reference/joint_model.h"
#include "evaluate/given_outputs.h"
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

class EngineSide : public Side {
 public:
  explicit EngineSide(const SideOptions& options)
      : runner_(run::OpenModel(options.model, run::EngineFromName(options.engine), options.runner)),
        info_(MakeSideInfo(options.model, runner_->Inputs(), runner_->OutputShapes())),
        file_(folder_.path() / (std::string(kStem) + ".bin")) {
    input::DataPart part;
    part.file = file_.string();
    item_ = {part.file, kStem, {part}};
  }

  const SideInfo& info() const override { return info_; }
  double seconds() const override { return runner_->seconds(); }

  std::vector<run::OutputTensor> Run(const SidePicture& picture) override {
    const std::vector<uint8_t> batch = BatchOf(picture.bytes, info_.input);
    files::WriteFile(file_, batch.data(), batch.size());
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
        info_(MakeSideInfo(options.model, input::InputsOf(joint_.model()), run::OutputShapesOf(joint_.model()))) {}

  const SideInfo& info() const override { return info_; }
  double seconds() const override { return seconds_; }

  std::vector<run::OutputTensor> Run(const SidePicture& picture) override {
    const files::TemporaryFolder folder;
    boards::BoardJob job;
    job.model = model_;
    job.inputs = {folder.path() / (std::string(kStem) + ".bin")};
    job.output_folder = folder.path() / "outputs";
    const std::vector<uint8_t> batch = BatchOf(picture.bytes, info_.input);
    files::WriteFile(job.inputs[0], batch.data(), batch.size());
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
    std::vector<std::vector<uint8_t>> outputs;
    for (const OutputFile& file : OutputFilesOf(joint_.model(), kStem)) {
      std::error_code error;
      if (fs::file_size(folder / file.name, error) != file.bytes || error) {
        throw BoardError(board_->name() + ": the board's program ended well but wrote no " + file.name + " of " +
                         std::to_string(file.bytes) + " bytes; its run_joint is of another version, build it again");
      }
      outputs.push_back(files::ReadFile(folder / file.name));
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
  if (!options.outputs.empty()) return MakeGivenOutputs(options);
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
