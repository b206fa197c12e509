#include "import/class_names.h"

#include <google/protobuf/stubs/logging.h>

#include <cctype>
#include <fstream>
#include <optional>

#include "import/model_file.h"

namespace lockstep::importer {
namespace {

// A reader of what Python prints of a list or a dictionary of texts.
class Reader {
 public:
  explicit Reader(const std::string& text) : text_(text) {}

  bool Take(char wanted) {
    SkipSpaces();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  bool TakeNumber(size_t wanted) {
    SkipSpaces();
    const std::string digits = std::to_string(wanted);
    if (text_.compare(at_, digits.size(), digits) != 0) return false;
    at_ += digits.size();
    return true;
  }
  std::optional<std::string> TakeText() {
    SkipSpaces();
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return std::nullopt;
    const char quote = text_[at_++];
    std::string taken;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      taken += text_[at_];
    }
    if (at_ >= text_.size()) return std::nullopt;
    ++at_;
    return taken;
  }
  bool AtEnd() {
    SkipSpaces();
    return at_ == text_.size();
  }

 private:
  void SkipSpaces() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }

  const std::string& text_;
  size_t at_ = 0;
};

}  // namespace

std::string MetadataOf(const std::string& path, const std::string& key) {
  const google::protobuf::LogSilencer silence;
  std::ifstream file(path, std::ios::binary);
  onnx::ModelProto model;
  if (!model.ParseFromIstream(&file)) return "";
  for (const onnx::StringStringEntryProto& entry : model.metadata_props()) {
    if (entry.key() == key) return entry.value();
  }
  return "";
}

std::vector<std::string> ParseClassNames(const std::string& text) {
  Reader reader(text);
  const bool numbered = reader.Take('{');
  if (!numbered && !reader.Take('[')) return {};
  const char end = numbered ? '}' : ']';
  std::vector<std::string> names;
  do {
    if (numbered && !(reader.TakeNumber(names.size()) && reader.Take(':'))) return {};
    std::optional<std::string> name = reader.TakeText();
    if (!name) return {};
    names.push_back(std::move(*name));
  } while (reader.Take(','));
  return reader.Take(end) && reader.AtEnd() ? names : std::vector<std::string>();
}

}  // namespace lockstep::importer
