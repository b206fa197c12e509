#include "bundle/replay.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "bundle/archive.h"
#include "bundle/make_bundle.h"
#include "dump/dump.h"
#include "dump/render_layers.h"
#include "engine/reference/joint_model.h"
#include "files/digest.h"
#include "files/output_file.h"
#include "files/temporary_folder.h"
#include "graph/counted.h"
#include "graph/error.h"
#include "graph/quoted.h"
#include "report/json_text.h"

namespace lockstep::bundle {
namespace {

namespace fs = std::filesystem;

// Writes the files of a bundle below `folder`; the manifest must come first, for it says what may follow.
BundleManifest Unpack(const fs::path& bundle, const fs::path& folder) {
  std::optional<BundleManifest> manifest;
  std::map<std::string, const BundledFile*> missing;
  const auto find = [&](const std::string& name) {
    const auto found = missing.find(name);
    if (found != missing.end()) return found->second;
    throw BadInput(bundle.string() + ": the entry " + graph::Quoted(name) + " is not in its manifest; it is refused");
  };
  ReadArchive(
      bundle,
      [&](const std::string& name) -> uint64_t {
        if (manifest) return find(name)->bytes;
        if (name == kManifestName) return kMostManifestBytes;
        throw BadInput(bundle.string() + ": begins with " + graph::Quoted(name) + " and not with " + kManifestName +
                       ": it is no bundle of lockstep");
      },
      [&](const std::string& name, const std::vector<uint8_t>& bytes) {
        if (!manifest) {
          manifest = ParseBundleManifest(bytes, bundle.string() + ", " + kManifestName);
          for (const BundledFile& file : manifest->files) missing[file.name] = &file;
          return;
        }
        const BundledFile& file = *find(name);
        if (bytes.size() != file.bytes || files::Md5Hex(bytes.data(), bytes.size()) != file.md5) {
          throw BadInput(bundle.string() + ": " + graph::Quoted(name) +
                         " has not the md5 of its manifest; the bundle is damaged, fetch it again");
        }
        files::WriteFile(folder / name, bytes.data(), bytes.size());
        missing.erase(name);
      });
  if (!manifest) throw BadInput(bundle.string() + ": is empty; it is no bundle of lockstep");
  if (!missing.empty()) {
    throw BadInput(bundle.string() + ": lacks " + graph::Quoted(missing.begin()->first) +
                   ", which its manifest lists; fetch it again");
  }
  return *manifest;
}

// Layers whose md5 differs from the expected one.
std::vector<std::string> OtherLayers(engine::JointModel& joint, const std::vector<fs::path>& files,
                                     const fs::path& expected) {
  std::map<std::pair<int, int>, std::string> wanted;
  for (const dump::DumpLayer& layer : dump::ReadManifest(expected).layers) wanted[layer.Place()] = layer.md5;
  std::vector<std::vector<uint8_t>> inputs;
  for (const fs::path& file : files) inputs.push_back(files::ReadFile(file));
  std::vector<std::string> others;
  joint.engine().Run(inputs, [&](int index, int output_index, const joint::Layer& layer, const joint::Tensor& output,
                                 const uint8_t* data) {
    const dump::DumpLayer described = dump::DescribeLayer(index, output_index, layer, output);
    const auto found = wanted.find(described.Place());
    if (found == wanted.end() || found->second != files::Md5Hex(data, output.bytes())) others.push_back(described.name);
  });
  return others;
}

void RequireInputs(const engine::JointModel& joint, const BundledInput& input, const fs::path& folder,
                   const std::string& bundle) {
  const std::vector<input::InputInfo> infos = input::InputsOf(joint.model());
  bool fits = infos.size() == input.files.size();
  for (size_t i = 0; fits && i < infos.size(); ++i) fits = fs::file_size(folder / input.files[i]) == infos[i].bytes();
  if (!fits) throw BadInput(bundle + ": its inputs are not those of its model; it is refused");
}

bool SameAsRecorded(const BoardOutcome& outcome, const std::vector<BoardOutcome>& recorded) {
  const auto named = std::find_if(recorded.begin(), recorded.end(),
                                  [&](const BoardOutcome& other) { return other.board == outcome.board; });
  if (named != recorded.end()) return *named == outcome;
  return recorded.empty() || std::any_of(recorded.begin(), recorded.end(), [&](BoardOutcome other) {
           other.board = outcome.board;
           return other == outcome;
         });
}

}  // namespace

std::vector<std::string> BoardsHere(const std::vector<std::string>& recorded, const std::vector<std::string>& known) {
  std::vector<std::string> here;
  for (const std::string& name : recorded) {
    std::istringstream members(name);  // of a pool
    bool all_known = true;
    for (std::string member; std::getline(members, member, ',');) {
      all_known = all_known && std::find(known.begin(), known.end(), member) != known.end();
    }
    if (all_known) here.push_back(name);
  }
  if (here.empty()) here.push_back(known.front());
  return here;
}

ReplayResult Replay(const ReplayOptions& options, const MakePools& make_boards, const crosscheck::Announce& announce) {
  const files::TemporaryFolder work;
  const fs::path folder = work.path() / "bundle";
  announce("verify " + options.bundle.string());
  ReplayResult result;
  result.manifest = Unpack(options.bundle, folder);
  if (!options.keep.empty()) {
    files::OutputFiles kept;
    for (const BundledFile& file : result.manifest.files) {
      kept.AddCopy(options.keep / file.name, folder / file.name);
    }
    kept.Commit();
  }
  const fs::path model = folder / result.manifest.model;
  engine::JointModel joint(model.string());
  std::vector<std::string> names;
  for (const BundledInput& input : result.manifest.inputs) {
    for (const BoardOutcome& board : input.boards) {
      if (std::find(names.begin(), names.end(), board.board) == names.end()) names.push_back(board.board);
    }
  }
  const std::vector<boards::BoardPool> boards = make_boards(names);
  announce("run " + graph::Counted(result.manifest.inputs.size(), "input"));
  for (const BundledInput& input : result.manifest.inputs) {
    RequireInputs(joint, input, folder, options.bundle.string());
    std::vector<fs::path> files;
    for (const std::string& file : input.files) files.push_back(folder / file);
    ReplayedInput replayed;
    replayed.label = input.label;
    replayed.recorded = input.boards;
    replayed.other_layers = OtherLayers(joint, files, folder / input.expected);
    replayed.boards = RunBoards(model, input.names, files, boards);
    result.same = result.same && replayed.other_layers.empty() &&
                  std::all_of(replayed.boards.begin(), replayed.boards.end(),
                              [&](const BoardOutcome& outcome) { return SameAsRecorded(outcome, replayed.recorded); });
    result.inputs.push_back(std::move(replayed));
  }
  return result;
}

std::string ToText(const ReplayResult& result, bool colour) {
  std::string text = "bundle of lockstep " + result.manifest.version + ", " +
                     std::to_string(result.manifest.files.size()) + " files, every md5 as listed" +
                     (result.manifest.stripped ? ", random weights" : "") + "\n";
  for (const ReplayedInput& input : result.inputs) {
    text += input.label + " in the reference engine: " +
            (input.other_layers.empty() ? "as in the bundle"
                                        : std::to_string(input.other_layers.size()) +
                                              " layers are others, the first is " + input.other_layers.front()) +
            "\n";
    for (const BoardOutcome& board : input.boards) {
      text += input.label + " on " + board.board + ": " + board.verdict + ", " + board.text + "\n";
    }
    for (const BoardOutcome& board : input.recorded) {
      text += "  recorded on " + board.board + ": " + board.verdict + ", " + board.text + "\n";
    }
  }
  return text +
         dump::Coloured(result.same ? "the same result as where the bundle was made"
                                    : "another result than where the bundle was made",
                        result.same ? dump::Verdict::kExact : dump::Verdict::kDiffers, colour) +
         "\n";
}

std::string ToJson(const ReplayResult& result) {
  using nlohmann::ordered_json;
  const auto boards = [](const std::vector<BoardOutcome>& outcomes) {
    ordered_json list = ordered_json::array();
    for (const BoardOutcome& one : outcomes) {
      list.push_back(
          {{"board", one.board}, {"verdict", one.verdict}, {"text", one.text}, {"differing", one.differing}});
    }
    return list;
  };
  ordered_json inputs = ordered_json::array();
  for (const ReplayedInput& input : result.inputs) {
    inputs.push_back({{"label", input.label},
                      {"other_layers", input.other_layers},
                      {"boards", boards(input.boards)},
                      {"recorded", boards(input.recorded)}});
  }
  return report::JsonText({{"lockstep", result.manifest.version},
                           {"weights_stripped", result.manifest.stripped},
                           {"same", result.same},
                           {"inputs", std::move(inputs)}},
                          1);
}

}  // namespace lockstep::bundle
