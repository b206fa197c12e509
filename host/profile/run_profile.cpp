#include "profile/run_profile.h"

#include <sstream>

#include "dump/dump.h"
#include "dump/output_names.h"
#include "engine/reference/joint_model.h"
#include "files/output_file.h"
#include "files/temporary_folder.h"
#include "graph/error.h"
#include "graph/quoted.h"
#include "input/model_input.h"

namespace lockstep::profile {
namespace {

namespace fs = std::filesystem;

input::DataSources SourcesOf(const std::vector<std::string>& data) {
  input::DataSources sources;
  for (const std::string& text : data) {
    const size_t equals = fs::exists(text) ? std::string::npos : text.find('=');
    if (equals == std::string::npos) {
      sources.push_back({"", text});
    } else {
      sources.push_back({text.substr(0, equals), text.substr(equals + 1)});
    }
  }
  return sources;
}

std::vector<fs::path> WriteInputs(const ProfileOptions& options, const joint::Model& model, const fs::path& folder) {
  if (options.data.empty()) return {};
  const input::DataList list = input::ListData(SourcesOf(options.data), input::InputsOf(model), "data");
  if (list.items.size() != 1) {
    throw UsageError("--data has " + std::to_string(list.items.size()) +
                     " sets of inputs; a profile repeats one, name the files of one");
  }
  std::vector<std::string> names;
  for (const joint::InputSpec* spec : *model.inputs()) {
    names.push_back(model.tensors()->Get(static_cast<flatbuffers::uoffset_t>(spec->tensor()))->name()->str());
  }
  const std::vector<std::string> file_names = dump::InputFileNames(list.items.front().stem, names);
  const auto inputs = input::JointInputs(model, list.items.front());
  std::vector<fs::path> paths;
  for (size_t i = 0; i < inputs.size(); ++i) {
    paths.push_back(folder / file_names[i]);
    files::WriteFile(paths.back(), inputs[i].data(), inputs[i].size());
  }
  return paths;
}

// What a board answers, which is not trusted.
Profile ReadAnswer(const std::string& json, const std::string& board) {
  try {
    return ReadProfile(nlohmann::ordered_json::parse(json, nullptr, false), board + ": its profile");
  } catch (const BadInput& error) {
    throw BoardError(std::string(error.what()) + "; put this lockstep's run_joint_profile there");
  }
}

// The board's layers must be the model's, whose ONNX nodes they get.
void Merge(const joint::Model& model, Profile& profile) {
  const std::string digest = dump::DescribeModel(model, "reference", "host").model_digest;
  if (profile.model_digest != digest) {
    throw BoardError(profile.board + ": the board ran the model " + graph::Quoted(profile.model_digest) + ", not " +
                     digest + "; give it the same file");
  }
  const auto& layers = *model.layers();
  if (profile.layers.size() != layers.size()) {
    throw BoardError(profile.board + ": answers for " + std::to_string(profile.layers.size()) +
                     " layers, and the model has " + std::to_string(layers.size()) + "; is its run_joint ours?");
  }
  for (LayerProfile& layer : profile.layers) {
    const joint::Layer& known = *layers.Get(static_cast<flatbuffers::uoffset_t>(layer.index));
    if (layer.name != known.name()->str()) {
      throw BoardError(profile.board + ": calls layer " + std::to_string(layer.index) + " " +
                       graph::Quoted(layer.name) + ", which is " + graph::Quoted(known.name()->str()) +
                       " in the model; is its run_joint ours?");
    }
    layer.onnx_nodes.clear();
    layer.instructions.reset();  // they are counted here
    if (known.onnx_nodes() == nullptr) continue;
    for (const auto* node : *known.onnx_nodes()) layer.onnx_nodes.push_back(node->str());
  }
}

fs::path Written(const fs::path& path, const std::string& board) {
  if (fs::exists(path)) return path;
  throw BoardError(board + ": its run_joint_profile wrote no " + path.filename().string() +
                   "; put this lockstep's there");
}

std::string ReadText(const fs::path& path, const std::string& board) {
  const std::vector<uint8_t> bytes = files::ReadFile(Written(path, board));
  return {bytes.begin(), bytes.end()};
}

void CountInstructions(boards::BoardJob job, const fs::path& folder, boards::Board& board, Profile& profile) {
  job.repeat = 1;
  job.warmup = 1;  // what the dynamic loader does at a function's first call is no layer's
  job.threads = 1;
  job.report_folder.clear();
  job.instruction_file = folder / "instructions";
  try {
    board.Run(job);
  } catch (const BoardError& error) {  // the times are there
    profile.note = error.what();
    return;
  }
  const std::vector<uint64_t> counts =
      ReadCounts(ReadText(job.instruction_file, board.name()), profile.layers.size(), board.name());
  for (LayerProfile& layer : profile.layers) layer.instructions = counts[static_cast<size_t>(layer.index)];
}

}  // namespace

std::vector<uint64_t> ReadCounts(const std::string& text, size_t layers, const std::string& source) {
  std::vector<uint64_t> counts;
  std::istringstream lines(text);
  size_t index = 0;
  uint64_t runs = 0;
  uint64_t instructions = 0;
  while (lines >> index >> runs >> instructions && index == counts.size() && runs == 1) counts.push_back(instructions);
  if (counts.size() == layers && lines.eof()) return counts;
  throw BoardError(source + ": the emulator's plugin counted " + std::to_string(counts.size()) + " of " +
                   std::to_string(layers) + " layers; build count_layers.so and run_joint_profile of one version");
}

Profile RunProfile(const ProfileOptions& options, boards::Board& board,
                   const std::function<void(const std::string&)>& step) {
  const engine::JointModel joint(options.model.string());
  const files::TemporaryFolder folder;
  boards::BoardJob job;
  job.model = options.model;
  job.inputs = WriteInputs(options, joint.model(), folder.path());
  job.build = "profile";
  job.repeat = options.repeat;
  job.warmup = options.warmup;
  job.threads = options.threads;
  job.report_folder = folder.path() / "report";
  job.trace = !options.trace.empty();
  step("run on " + board.name());
  board.Run(job);
  Profile profile = ReadAnswer(ReadText(job.report_folder / "profile.json", board.name()), board.name());
  profile.board = board.name();
  Merge(joint.model(), profile);
  if (job.trace) {
    files::OutputFiles trace;
    trace.AddCopy(options.trace, Written(job.report_folder / "trace.json", board.name()));
    trace.Commit();
  }
  const bool emulated = !profile.emulator.empty();
  step(emulated ? "count instructions on " + board.name() : "read what it measured");
  if (emulated) CountInstructions(job, folder.path(), board, profile);
  return profile;
}

}  // namespace lockstep::profile
