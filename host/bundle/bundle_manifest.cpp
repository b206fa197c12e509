#include "bundle/bundle_manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "graph/error.h"
#include "graph/quoted.h"
#include "report/json_text.h"

namespace lockstep::bundle {
namespace {

using nlohmann::ordered_json;

constexpr int kFormat = 1;

// One object; messages begin with `where`.
class Fields {
 public:
  Fields(const ordered_json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json.is_object()) Fail("is no object");
  }
  [[noreturn]] void Fail(const std::string& what) const {
    throw BadInput(where_ + " " + what + "; the bundle is damaged or not from this program");
  }
  const ordered_json& At(const char* key) const {
    if (!json_.contains(key)) Fail(std::string("lacks ") + key);
    return json_.at(key);
  }
  std::string Text(const char* key) const {
    if (!At(key).is_string()) Fail(std::string(key) + " is no text");
    std::string text = At(key).get<std::string>();
    // It is shown on terminals.
    const auto is_control = [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\n') || c == '\x7f'; };
    if (std::any_of(text.begin(), text.end(), is_control)) Fail(std::string(key) + " has control characters");
    return text;
  }
  uint64_t Number(const char* key) const {
    if (!At(key).is_number_unsigned()) Fail(std::string(key) + " is no whole number");
    return At(key).get<uint64_t>();
  }
  bool YesNo(const char* key) const {
    if (!At(key).is_boolean()) Fail(std::string(key) + " is neither true nor false");
    return At(key).get<bool>();
  }
  const ordered_json& List(const char* key) const {
    if (!At(key).is_array()) Fail(std::string(key) + " is no list");
    return At(key);
  }
  std::vector<std::string> Texts(const char* key) const {
    std::vector<std::string> texts;
    for (const ordered_json& text : List(key)) {
      if (!text.is_string()) Fail(std::string(key) + " is no list of texts");
      texts.push_back(text.get<std::string>());
    }
    return texts;
  }

 private:
  const ordered_json& json_;
  std::string where_;
};

ordered_json ToJson(const BoardOutcome& outcome) {
  return {
      {"board", outcome.board}, {"verdict", outcome.verdict}, {"text", outcome.text}, {"differing", outcome.differing}};
}

BoardOutcome ReadOutcome(const ordered_json& json, const std::string& where) {
  const Fields fields(json, where);
  return {fields.Text("board"), fields.Text("verdict"), fields.Text("text"), fields.Texts("differing")};
}

BundledInput ReadInput(const ordered_json& json, const std::string& where) {
  const Fields fields(json, where);
  BundledInput input{fields.Text("label"), fields.Texts("names"), fields.Texts("files"), fields.Text("expected"), {}};
  if (input.names.size() != input.files.size() || input.files.empty()) fields.Fail("has not one file for each name");
  for (const ordered_json& board : fields.List("boards")) input.boards.push_back(ReadOutcome(board, where + ", board"));
  return input;
}

// What is named must be listed.
void RequireListed(const BundleManifest& manifest, const std::string& label) {
  std::set<std::string> listed;
  uint64_t bytes = 0;
  for (const BundledFile& file : manifest.files) {
    if (!listed.insert(file.name).second) throw BadInput(label + ": " + graph::Quoted(file.name) + " is listed twice");
    bytes += std::min(file.bytes, kMostBytes);
    if (bytes > kMostBytes) {
      throw BadInput(label + ": more than " + std::to_string(kMostBytes) + " bytes in all; it is refused");
    }
  }
  std::vector<std::string> named = {manifest.model};
  for (const BundledInput& input : manifest.inputs) {
    named.insert(named.end(), input.files.begin(), input.files.end());
    named.push_back(input.expected + "/manifest.json");
  }
  for (const std::string& name : named) {
    if (listed.count(name) == 0)
      throw BadInput(label + ": names the file " + graph::Quoted(name) + " and does not list it");
  }
}

}  // namespace

std::string ToJson(const BundleManifest& manifest) {
  ordered_json inputs = ordered_json::array();
  for (const BundledInput& input : manifest.inputs) {
    ordered_json boards = ordered_json::array();
    for (const BoardOutcome& outcome : input.boards) boards.push_back(ToJson(outcome));
    inputs.push_back({{"label", input.label},
                      {"names", input.names},
                      {"files", input.files},
                      {"expected", input.expected},
                      {"boards", std::move(boards)}});
  }
  ordered_json files = ordered_json::array();
  for (const BundledFile& file : manifest.files) {
    files.push_back({{"name", file.name}, {"what", file.what}, {"bytes", file.bytes}, {"md5", file.md5}});
  }
  return report::JsonText({{"format", kFormat},
                           {"lockstep", manifest.version},
                           {"compiler", manifest.compiler_version},
                           {"contract", manifest.contract},
                           {"model", manifest.model},
                           {"weights_stripped", manifest.stripped},
                           {"inputs", std::move(inputs)},
                           {"files", std::move(files)}},
                          1);
}

BundleManifest ParseBundleManifest(const std::vector<uint8_t>& text, const std::string& label) {
  ordered_json json;
  try {
    json = report::ParseJson(text, label);
  } catch (const UsageError& error) {
    throw BadInput(error.what());
  }
  const Fields fields(json, label + ":");
  if (const uint64_t format = fields.Number("format"); format != kFormat) {
    throw BadInput(label + ": is of the format " + std::to_string(format) + ", this program reads " +
                   std::to_string(kFormat) + "; use the lockstep that made it, " + fields.Text("lockstep"));
  }
  BundleManifest manifest;
  manifest.version = fields.Text("lockstep");
  manifest.compiler_version = fields.Text("compiler");
  manifest.contract = fields.Text("contract");
  manifest.model = fields.Text("model");
  manifest.stripped = fields.YesNo("weights_stripped");
  for (const ordered_json& input : fields.List("inputs")) {
    const std::string where = label + ": input " + std::to_string(manifest.inputs.size() + 1);
    manifest.inputs.push_back(ReadInput(input, where));
  }
  for (const ordered_json& entry : fields.List("files")) {
    const Fields file(entry, label + ": file " + std::to_string(manifest.files.size() + 1));
    manifest.files.push_back({file.Text("name"), file.Number("bytes"), file.Text("md5"), file.Text("what")});
  }
  RequireListed(manifest, label);
  return manifest;
}

}  // namespace lockstep::bundle
