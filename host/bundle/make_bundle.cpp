#include "bundle/make_bundle.h"

#include <algorithm>
#include <cctype>

#include "bundle/archive.h"
#include "bundle/strip_weights.h"
#include "dump/dump.h"
#include "dump/output_names.h"
#include "engine/reference/joint_model.h"
#include "files/digest.h"
#include "files/output_file.h"
#include "files/temporary_folder.h"
#include "graph/counted.h"
#include "graph/error.h"
#include "graph/quoted.h"
#include "input/model_input.h"
#include "report/table.h"

namespace lockstep::bundle {
namespace {

namespace fs = std::filesystem;

// A file's name as every system can have it.
std::string NameWithin(const fs::path& file) {
  std::string name = file.filename().string();
  for (char& c : name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
    if (!plain || static_cast<unsigned char>(c) >= 0x80) c = '_';
  }
  return name;
}

// The files of the archive, each read twice: for its digest, which the manifest in front of them all has, and when it
// is packed. So one at a time is in memory.
class Contents {
 public:
  explicit Contents(BundleManifest& manifest) : manifest_(manifest) {}

  // The file stays where it is until Write.
  void Add(const std::string& name, const char* what, const fs::path& file) {
    const std::vector<uint8_t> bytes = files::ReadFile(file);
    manifest_.files.push_back({name, bytes.size(), files::Md5Hex(bytes.data(), bytes.size()), what});
    files_.push_back(file);
  }

  void Write(const fs::path& archive) const {
    files::OutputFiles output;
    ArchiveWriter writer(output.Reserve(archive), archive);
    const std::string manifest = ToJson(manifest_);
    writer.Add(kManifestName, {manifest.begin(), manifest.end()});
    for (size_t i = 0; i < files_.size(); ++i) {
      const std::vector<uint8_t> bytes = files::ReadFile(files_[i]);
      if (files::Md5Hex(bytes.data(), bytes.size()) != manifest_.files[i].md5) {
        throw BadInput(files_[i].string() + ": was changed meanwhile; bundle again");
      }
      writer.Add(manifest_.files[i].name, bytes);
    }
    writer.Finish();
    output.Commit();
  }

 private:
  BundleManifest& manifest_;
  std::vector<fs::path> files_;
};

void WriteExpected(engine::JointModel& joint, const std::vector<std::vector<uint8_t>>& inputs, const fs::path& folder,
                   const std::string& layers) {
  dump::DumpOptions options;
  options.digests_only = layers.empty();
  options.layers = layers;
  dump::DumpWriter writer(folder, dump::DescribeModel(joint.model(), "reference", "host"), options);
  writer.SetInputs(inputs);
  joint.engine().Run(inputs, [&](int index, int output_index, const joint::Layer& layer, const joint::Tensor& output,
                                 const uint8_t* data) {
    writer.Add(dump::DescribeLayer(index, output_index, layer, output), data, output.bytes());
  });
  writer.Finish();
  if (!layers.empty() && dump::ReadManifest(folder).layers.empty()) {
    throw UsageError("--layers " + layers + ": no layer has such a name; `lockstep info` lists them");
  }
}

// The configuration that a build wrote beside its model.
fs::path ConfigurationOf(const fs::path& model) { return fs::path(model).replace_extension(".config.json"); }

// What it is packed as does not follow from its name; another one would deceive.
void RequireEnding(const fs::path& output) {
  const std::string name = output.filename().string();
  for (const std::string ending : {".tar.gz", ".tgz"}) {
    const bool fits =
        name.size() > ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
    if (fits) return;
  }
  throw UsageError("--output is " + graph::Quoted(output.string()) +
                   ", and a bundle is a tar archive packed with gzip: name it NAME.tar.gz or NAME.tgz");
}

}  // namespace

std::vector<BoardOutcome> RunBoards(const fs::path& model, const std::vector<std::string>& names,
                                    const std::vector<fs::path>& inputs, const std::vector<boards::BoardPool>& boards) {
  if (boards.empty()) return {};
  crosscheck::CrosscheckOptions options;
  options.model = model;
  for (size_t i = 0; i < inputs.size(); ++i)
    options.data.push_back({inputs.size() == 1 ? "" : names[i], inputs[i].string()});
  files::OutputFiles none;
  const crosscheck::CrosscheckResult result = crosscheck::Crosscheck(options, boards, none, [](const std::string&) {});
  std::vector<BoardOutcome> outcomes;
  for (const crosscheck::BoardResult& board : result.boards) {
    BoardOutcome outcome;
    outcome.board = board.name;
    outcome.verdict = dump::VerdictName(dump::JudgeLayers(board.layers));
    for (const dump::LayerResult& layer : board.layers) {
      if (!layer.md5_equal) outcome.differing.push_back(layer.name);
    }
    outcome.text = outcome.differing.empty() ? "all " + std::to_string(board.layers.size()) + " layers are equal"
                                             : std::to_string(outcome.differing.size()) +
                                                   " layers differ, the first is " + outcome.differing.front();
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

int CountSteps(const BundleOptions& options) { return options.strip_weights ? 3 : 2; }

BundleManifest MakeBundle(const BundleOptions& options, const std::vector<boards::BoardPool>& boards,
                          const crosscheck::Announce& announce) {
  RequireEnding(options.output);
  files::RequireFile(options.model);
  const files::TemporaryFolder work;
  fs::path model = options.model;
  if (options.strip_weights) {
    announce("replace the weights");
    model = work.path() / options.model.filename();
    const std::vector<uint8_t> twin = StripWeights(engine::JointModel(options.model.string()).model(), options.seed);
    files::WriteFile(model, twin.data(), twin.size());
  }
  engine::JointModel joint(model.string());
  BundleManifest manifest;
  manifest.version = options.version;
  manifest.compiler_version = joint.model().compiler_version()->str();
  manifest.contract = joint.model().contract()->str();
  manifest.model = NameWithin(options.model);
  manifest.stripped = options.strip_weights;
  Contents contents(manifest);
  contents.Add(manifest.model, "model", model);
  // It names the user's files; of a model that is not to be known it says more than it should.
  if (const fs::path config = ConfigurationOf(options.model); !options.strip_weights && fs::is_regular_file(config)) {
    contents.Add(NameWithin(config), "configuration", config);
  }
  const std::vector<input::InputInfo> infos = input::InputsOf(joint.model());
  const input::DataList data = input::ListData(options.data, infos, "data");
  const size_t count = std::min(data.items.size(), static_cast<size_t>(options.count));
  announce("run " + graph::Counted(count, "input"));
  for (size_t i = 0; i < count; ++i) {
    const input::DataItem& item = data.items[i];
    BundledInput input;
    input.label = item.stem;  // no folder of this PC
    const std::string number = std::to_string(i);
    const std::vector<std::vector<uint8_t>> bytes = input::JointInputs(joint.model(), item);
    std::vector<fs::path> files;
    for (const input::InputInfo& info : infos) input.names.push_back(info.name);
    const std::string stem = number + "_" + dump::PlainName(input.names.front());
    for (const std::string& name : dump::InputFileNames(stem, input.names)) input.files.push_back("inputs/" + name);
    for (size_t k = 0; k < bytes.size(); ++k) {
      files.push_back(work.path() / input.files.back());
      files::WriteFile(files.back(), bytes[k].data(), bytes[k].size());
      contents.Add(input.files.back(), "input", files.back());
    }
    input.expected = "expected/" + number;
    const fs::path expected = work.path() / input.expected;
    WriteExpected(joint, bytes, expected, "");
    contents.Add(input.expected + "/manifest.json", "expected", expected / "manifest.json");
    if (!options.layers.empty()) {
      const std::string folder = "layers/" + number;
      WriteExpected(joint, bytes, work.path() / folder, options.layers);
      contents.Add(folder + "/manifest.json", "expected", work.path() / folder / "manifest.json");
      for (const dump::DumpLayer& layer : dump::ReadManifest(work.path() / folder).layers) {
        contents.Add(folder + "/" + layer.file, "expected", work.path() / folder / layer.file);
      }
    }
    input.boards = RunBoards(model, input.names, files, boards);
    manifest.inputs.push_back(std::move(input));
  }
  for (size_t i = 0; i < options.logs.size(); ++i) {
    contents.Add("logs/" + std::to_string(i) + "_" + NameWithin(options.logs[i]), "log", options.logs[i]);
  }
  announce("write " + options.output.string());
  contents.Write(options.output);
  return manifest;
}

std::string ToText(const BundleManifest& manifest, const fs::path& archive) {
  report::Table table({{"file"}, {"what"}, {"bytes", report::Align::kRight}, {"md5"}});
  for (const BundledFile& file : manifest.files) {
    table.AddRow({file.name, file.what, std::to_string(file.bytes), file.md5});
  }
  std::string text = table.ToText(false) + "\n";
  for (const BundledInput& input : manifest.inputs) {
    for (const BoardOutcome& board : input.boards) {
      text += input.label + " on " + board.board + ": " + board.verdict + ", " + board.text + "\n";
    }
  }
  if (manifest.stripped) text += "the weights are random; structure, shapes, names and scales are the model's own\n";
  return text + "`lockstep replay " + archive.string() + "` runs it\n";
}

}  // namespace lockstep::bundle
