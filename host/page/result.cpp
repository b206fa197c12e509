#include "page/result.h"

#include <limits>

#include "graph/error.h"
#include "report/json_text.h"

namespace lockstep::page {
namespace {

struct Reader {
  ResultKind kind;
  const char* command;
  const char* key;  // that its JSON has
  void (*add)(const Result& result, PageData& page);
};

constexpr Reader kReaders[] = {{ResultKind::kBuild, "build", "stages", AddBuild},
                               {ResultKind::kAnalysis, "analyze", "layers", AddAnalysis},
                               {ResultKind::kCrosscheck, "crosscheck", "boards", AddCrosscheck},
                               {ResultKind::kSensitivity, "sensitivity", "nodes", AddSensitivity},
                               {ResultKind::kTune, "tune", "reached", AddTune},
                               {ResultKind::kProfile, "profile", "layers", AddProfile},
                               {ResultKind::kMemory, "memory", "planned", AddMemory}};

const Reader& ReaderOf(ResultKind kind) {
  for (const Reader& reader : kReaders) {
    if (reader.kind == kind) return reader;
  }
  throw std::logic_error("a kind of result without a reader");
}

}  // namespace

const char* CommandOf(ResultKind kind) { return ReaderOf(kind).command; }

LayerNames::LayerNames(const PageData& page) {
  for (const Layer& layer : page.layers) {
    const int index = static_cast<int>(names_.size());
    names_.push_back(layer.name);
    tensors_[layer.tensor] = index;
    for (const std::string& node : layer.onnx_nodes) nodes_[node] = index;
  }
}

int LayerNames::Of(const Json& entry, const std::string& source) const {
  const Json& given = entry.at("index");
  // A number of any size and kind: what is outside of the layers' must not be made an int.
  const auto index = given.is_number_integer() ? given.get<int64_t>() : -1;
  const std::string name = entry.at("name").get<std::string>();
  if (index < 0 || static_cast<uint64_t>(index) >= names_.size() || names_[static_cast<size_t>(index)] != name) {
    throw BadInput(source + ": layer " + report::JsonText(given) + " " + name +
                   " is none of the model's; the result is of another build, make it again");
  }
  return static_cast<int>(index);
}

int LayerNames::OfTensor(const std::string& tensor) const {
  const auto found = tensors_.find(tensor);
  return found == tensors_.end() ? -1 : found->second;
}

int LayerNames::OfNode(const std::string& node) const {
  const auto found = nodes_.find(node);
  return found == nodes_.end() ? -1 : found->second;
}

double NumberAt(const Json& json, const std::vector<std::string>& path) {
  const Json* here = &json;
  for (const std::string& key : path) {
    if (!here->is_object()) return std::numeric_limits<double>::quiet_NaN();
    const auto next = here->find(key);
    if (next == here->end()) return std::numeric_limits<double>::quiet_NaN();
    here = &*next;
  }
  return here->is_number() ? here->get<double>() : std::numeric_limits<double>::quiet_NaN();
}

std::string TextAt(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

const Json& ListAt(const Json& json, const char* key) {
  static const Json kEmpty = Json::array();
  const auto found = json.find(key);
  return found != json.end() && found->is_array() ? *found : kEmpty;
}

void AddResult(const Result& result, PageData& page) {
  const Reader& reader = ReaderOf(result.kind);
  const std::string expected = result.source + " is not what `lockstep " + reader.command + " --json` writes: ";
  if (!result.json.is_object() || !result.json.contains(reader.key)) {
    throw BadInput(expected + "it has no \"" + reader.key + "\"; name the file of that command");
  }
  const std::string digest = TextAt(result.json, "model_digest");
  if (!digest.empty() && digest != page.digest) {
    throw BadInput(result.source + " is of another model: its digest is " + digest + ", the model's is " + page.digest +
                   "; run `lockstep " + reader.command + "` on this one");
  }
  try {
    reader.add(result, page);
  } catch (const nlohmann::json::exception& error) {
    throw BadInput(expected + error.what());
  }
}

}  // namespace lockstep::page
