#include "import/external_data.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "graph/error.h"
#include "import/onnx_tensor.h"

namespace lockstep::importer {
namespace {

namespace fs = std::filesystem;
using onnx::TensorProto;

// Where the data lies.
struct Place {
  std::string file;
  uint64_t offset = 0;
  uint64_t length = 0;
};

class Loader {
 public:
  explicit Loader(const std::string& path) : path_(path), folder_(fs::path(path).parent_path()) {}

  const std::vector<std::string>& files() const { return files_; }

  void Load(onnx::GraphProto& graph) {
    for (TensorProto& tensor : *graph.mutable_initializer()) Load(tensor);
    for (onnx::NodeProto& node : *graph.mutable_node()) {
      for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
        if (attribute.has_t()) Load(*attribute.mutable_t());
        if (attribute.has_g()) Load(*attribute.mutable_g());
        for (onnx::GraphProto& body : *attribute.mutable_graphs()) Load(body);
      }
    }
  }

 private:
  [[noreturn]] void Fail(const TensorProto& tensor, const std::string& reason) const {
    throw BadInput("'" + path_ + "': constant '" + tensor.name() + "' " + reason);
  }

  uint64_t Number(const TensorProto& tensor, const std::string& key, const std::string& text) const {
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
    Fail(tensor, "lies in another file at " + key + " '" + text + "', which is no number; export the model again");
  }

  // Bytes by type and dimensions; the file may hold more.
  uint64_t BytesIn(const TensorProto& tensor) const {
    uint64_t bytes = BytesOf(tensor.data_type());
    for (const int64_t dimension : tensor.dims()) {
      if (dimension < 0 || __builtin_mul_overflow(bytes, static_cast<uint64_t>(dimension), &bytes)) {
        Fail(tensor, "has dimensions that no data fits; the file is damaged");
      }
    }
    return bytes;
  }

  Place PlaceOf(const TensorProto& tensor) const {
    Place place;
    place.length = BytesIn(tensor);
    for (const auto& entry : tensor.external_data()) {
      if (entry.key() == "location") place.file = entry.value();
      if (entry.key() == "offset") place.offset = Number(tensor, "offset", entry.value());
      if (entry.key() != "length") continue;
      const uint64_t given = Number(tensor, "length", entry.value());
      if (given != place.length) {
        Fail(tensor, "has " + std::to_string(given) + " bytes in '" + place.file + "', its dimensions need " +
                         std::to_string(place.length) + "; export the model again");
      }
    }
    return place;
  }

  void Load(TensorProto& tensor) {
    if (tensor.data_location() != TensorProto::EXTERNAL) return;
    const Place place = PlaceOf(tensor);
    const fs::path file = fs::path(place.file).lexically_normal();
    if (file.empty() || file.is_absolute() || *file.begin() == "..") {
      Fail(tensor, "lies in the file '" + place.file + "', outside of the model's folder; put it beside the model");
    }
    const fs::path whole = folder_ / file;
    std::error_code error;
    const uint64_t size = fs::file_size(whole, error);
    if (error) {
      Fail(tensor, "lies in the file '" + whole.string() + "', which cannot be read (" + error.message() +
                       "); put it beside the model");
    }
    if (place.offset > size || place.length > size - place.offset) {
      Fail(tensor, "lies in the file '" + whole.string() + "', which has " + std::to_string(size) + " bytes; " +
                       std::to_string(place.length) + " from " + std::to_string(place.offset) +
                       " on are needed: it is cut short, copy it again");
    }
    std::ifstream stream(whole, std::ios::binary);
    std::string& raw = *tensor.mutable_raw_data();
    raw.resize(place.length);
    stream.seekg(static_cast<std::streamoff>(place.offset));
    if (!stream.read(raw.data(), static_cast<std::streamsize>(raw.size()))) {
      Fail(tensor, "lies in the file '" + whole.string() + "', which cannot be read (" + std::strerror(errno) +
                       "); check its rights");
    }
    if (std::find(files_.begin(), files_.end(), whole.string()) == files_.end()) files_.push_back(whole.string());
    tensor.clear_external_data();
    tensor.set_data_location(TensorProto::DEFAULT);
  }

  const std::string& path_;
  fs::path folder_;
  std::vector<std::string> files_;
};

}  // namespace

std::vector<std::string> LoadExternalData(onnx::ModelProto& model, const std::string& path) {
  Loader loader(path);
  loader.Load(*model.mutable_graph());
  return loader.files();
}

}  // namespace lockstep::importer
