#include "run_joint/dump_manifest.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "run_joint/run_inputs.h"

namespace lockstep {
namespace {

// Goes through the JSON once, letter by letter, and looks at no more than the members of the document and of its
// layers: a manifest may be larger than what a board has to spare.
class Scanner {
 public:
  Scanner(const Model& model, DumpManifest* manifest) : model_(model), manifest_(manifest) {}

  // False if the document does not end, or never began.
  bool Scan(std::FILE* file) {
    for (int letter = std::getc(file); letter != EOF; letter = std::getc(file)) {
      if (letter == '"') {
        Text(file);
      } else if (letter == ':') {
        key_ = std::exchange(value_, "");
      } else {
        Punctuation(static_cast<char>(letter));
      }
      if (done_) return true;
    }
    return false;
  }

 private:
  static constexpr int kDocument = 1;
  static constexpr int kList = 2;
  static constexpr int kLayer = 3;  // within the document and its list
  static constexpr size_t kMostCharacters = 64;

  void Append(char letter) {
    if (value_.size() < kMostCharacters) value_ += letter;
  }

  void Text(std::FILE* file) {
    for (int letter = std::getc(file); letter != EOF && letter != '"'; letter = std::getc(file)) {
      Append(static_cast<char>(letter == '\\' ? std::getc(file) : letter));
    }
  }

  void Punctuation(char letter) {
    switch (letter) {
      case '{':
      case '[':
        if (depth_ == kDocument) list_ = key_;
        ++depth_;
        Forget();
        break;
      case '}':
      case ']':
        Member();
        if (depth_ == kLayer && list_ == "layers") Layer();
        done_ = --depth_ <= 0;
        break;
      case ',':
        Member();
        break;
      case ' ':
      case '\n':
      case '\r':
      case '\t':
        break;
      default:
        Append(letter);
    }
  }

  void Member() {
    if (depth_ == kDocument && key_ == "model_digest") manifest_->model_digest = value_;
    if (depth_ == kDocument && key_ == "packed") manifest_->packed = value_;
    const bool is_input = depth_ == kList && list_ == "input_md5" && !value_.empty();
    if (is_input && manifest_->input_md5.size() < static_cast<size_t>(model_.input_count())) {
      manifest_->input_md5.push_back(value_);
    }
    if (depth_ == kLayer && key_ == "index") index_ = value_;
    if (depth_ == kLayer && key_ == "output") output_ = value_;
    if (depth_ == kLayer && key_ == "md5") md5_ = value_;
    if (depth_ == kLayer && key_ == "offset") offset_ = value_;
    Forget();
  }

  void Layer() {
    const unsigned long index = std::strtoul(index_.c_str(), nullptr, 10);
    const unsigned long output = std::strtoul(output_.c_str(), nullptr, 10);  // 0 if there is but one
    if (!index_.empty() && index < static_cast<unsigned long>(model_.layer_count()) &&
        output < static_cast<unsigned long>(model_.layer_output_count(static_cast<int32_t>(index)))) {
      const int32_t tensor = model_.layer_output_tensor(static_cast<int32_t>(index), static_cast<int32_t>(output));
      manifest_->tensors[static_cast<size_t>(tensor)] = {true, md5_, std::strtoull(offset_.c_str(), nullptr, 10)};
    }
    offset_.clear();
    index_.clear();
    output_.clear();
    md5_.clear();
  }

  void Forget() {
    key_.clear();
    value_.clear();
  }

  const Model& model_;
  DumpManifest* manifest_;
  int depth_ = 0;
  bool done_ = false;
  String list_;  // the member of the document that is being read
  String key_, value_;
  String index_, output_, md5_, offset_;  // of the layer
};

}  // namespace

Result<DumpManifest> ReadManifest(const String& path, const Model& model) {
  Result<InputFile> file = OpenFile(path, "--inject needs the folder of a dump");
  LOCKSTEP_RETURN_IF_ERROR(file.status());
  DumpManifest manifest;
  manifest.tensors.resize(static_cast<size_t>(model.tensor_count()));
  if (Scanner(model, &manifest).Scan(file.value().stream.get())) {
    if (manifest.packed.find('/') == String::npos) return manifest;
    return Status::Error(StatusCode::kUnreadable,
                         "%s: the packed file '%.32s' must lie beside it; dump the model again", path.c_str(),
                         manifest.packed.c_str());
  }
  return Status::Error(StatusCode::kUnreadable, "%s: is no whole manifest of a dump; dump the model again",
                       path.c_str());
}

}  // namespace lockstep
