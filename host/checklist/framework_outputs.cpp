#include "checklist/framework_outputs.h"

#include <cmath>
#include <map>
#include <set>

#include "analyze/metrics.h"
#include "checklist/stored_array.h"
#include "compare/pairing.h"
#include "graph/counted.h"
#include "graph/error.h"
#include "graph/short_number.h"
#include "report/table.h"

namespace lockstep::checklist {
namespace {

namespace fs = std::filesystem;

constexpr double kSame = 0.9999;  // of two float programs on the same input

// The network's tensors by what their names are made of in files.
std::map<std::string, std::string> TensorsByKey(const graph::Graph& graph) {
  std::map<std::string, std::string> names;
  const auto add = [&](graph::TensorId id) {
    if (id != graph::kNoTensor) names.emplace(compare::NameKey(graph.tensor(id).name), graph.tensor(id).name);
  };
  for (const graph::Node& node : graph.nodes) {
    for (const graph::TensorId id : node.outputs) add(id);
  }
  for (const graph::TensorId id : graph.outputs) add(id);
  return names;
}

struct Given {
  std::map<std::string, fs::path> files;  // by tensor
  std::vector<std::string> others;        // files that are named after nothing
};

Given FilesOf(const fs::path& folder, const graph::Graph& graph) {
  const std::map<std::string, std::string> names = TensorsByKey(graph);
  Given given;
  const compare::TensorFolder tensors = compare::ReadTensorFolder(folder);
  if (tensors.is_dump()) {
    throw UsageError(folder.string() +
                     " is a dump of lockstep, here .npy files of the original framework are needed; " +
                     "`lockstep compare` compares dumps");
  }
  for (const compare::StoredTensor& tensor : tensors.tensors) {
    const auto found = names.find(compare::NameKey(tensor.file.stem().string()));
    if (found == names.end()) {
      given.others.push_back(tensor.file.filename().string());
    } else {
      given.files.emplace(found->second, tensor.file);  // the .npy files come first
    }
  }
  if (given.files.empty()) {
    throw BadInput(folder.string() +
                   ": no file is named after a tensor of the network; name them as ONNX does, with _ "
                   "for what a file's name cannot hold");
  }
  return given;
}

std::vector<float> PictureValues(const FloatNetwork& network, const fs::path& array) {
  const engine::FloatTensor& own = network.inputs().at(network.picture_name());
  if (array.empty()) return own.data;
  StoredArray stored = ReadStoredArray(array, static_cast<int64_t>(own.data.size()));
  RequireNumbers(stored);
  if (stored.dtype == "u8") return own.data;  // pixels, which are no input of the network
  if (stored.values.size() == own.data.size()) return stored.values;
  throw BadInput(array.string() + ": the network takes " + graph::ToString(own.shape) + ", the array is " +
                 graph::ToString(stored.shape));
}

}  // namespace

Stage CheckFramework(const ModelAndData& given, const PictureInput& input, const fs::path& folder,
                     const fs::path& array) {
  Stage stage;
  stage.name = kFrameworkStage;
  if (NetworkOf(given).empty()) {
    stage.verdict = "needs the float network: --onnx NET";
    return stage;
  }
  const graph::Graph graph = FloatNetwork(given, input, {}).graph();
  const Given files = FilesOf(folder, graph);
  std::set<std::string> observed;
  for (const auto& [name, file] : files.files) observed.insert(name);
  FloatNetwork network(given, input, observed);
  std::string first_bad;
  size_t bad = 0;
  stage.table.titles = {"tensor", "cosine", "max abs"};
  std::set<std::string> seen;
  const auto compare = [&](const std::string& name, const float* data, size_t elements) {
    const auto file = files.files.find(name);
    if (file == files.files.end() || !seen.insert(name).second) return;
    const StoredArray wanted = ReadStoredArray(file->second, static_cast<int64_t>(elements));
    if (wanted.values.size() != elements) {
      throw BadInput(wanted.label + " has " + std::to_string(wanted.values.size()) + " elements, the tensor " + name +
                     " has " + std::to_string(elements) + "; store it in ONNX order");
    }
    const analyze::Metrics metrics = analyze::Compare(wanted.values.data(), data, elements);
    stage.table.rows.push_back({name, report::FixedNumber(metrics.cosine, 6), graph::ShortNumber(metrics.max_abs, 3)});
    if (metrics.cosine >= kSame) return;
    if (bad++ == 0) first_bad = name + " (cosine " + graph::ShortNumber(metrics.cosine, 5) + ")";
  };
  const Tensors outputs = network.Run(PictureValues(network, array),
                                      [&](const std::string& name, const graph::Shape& shape, const float* data) {
                                        compare(name, data, static_cast<size_t>(graph::ElementCount(shape)));
                                      });
  for (const auto& [name, output] : outputs) compare(name, output.data.data(), output.data.size());
  if (!files.others.empty()) {
    stage.findings.push_back(graph::Counted(files.others.size(), "file") + " named after no tensor of the network, " +
                             files.others.front() + " among them");
  }
  stage.standing = bad == 0 ? Standing::kGood : Standing::kBad;
  stage.verdict = bad == 0
                      ? graph::Counted(seen.size(), "tensor") + " agree with the framework's"
                      : std::to_string(bad) + " of " + graph::Counted(seen.size(), "tensor") +
                            " differ from the framework's, the first is " + first_bad +
                            (array.empty() ? "; name what the framework was fed with (--input-array) to leave the "
                                             "pre-processing out"
                                           : ": the export to ONNX changed the network, or its weights are others");
  return stage;
}

}  // namespace lockstep::checklist
