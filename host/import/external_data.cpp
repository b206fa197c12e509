#include "import/external_data.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>

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

  void Load(TensorProto& tensor) const {
    const Place place = PlaceOf(tensor);
    const std::string whole = FileOf(tensor, place);
    std::ifstream stream(whole, std::ios::binary);
    std::string& raw = *tensor.mutable_raw_data();
    raw.resize(place.length);
    stream.seekg(static_cast<std::streamoff>(place.offset));
    if (!stream.read(raw.data(), static_cast<std::streamsize>(raw.size()))) {
      Fail(tensor,
           "lies in the file '" + whole + "', which cannot be read (" + std::strerror(errno) + "); check its rights");
    }
    tensor.clear_external_data();
    tensor.set_data_location(TensorProto::DEFAULT);
  }

  // The file that the tensor lies in, after all that can be said without reading it.
  std::string FileOf(const TensorProto& tensor) const { return FileOf(tensor, PlaceOf(tensor)); }

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

  std::string FileOf(const TensorProto& tensor, const Place& place) const {
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
    return whole.string();
  }

  const std::string& path_;
  fs::path folder_;
};

using Visit = std::function<void(TensorProto&)>;

// Calls visit(tensor) for every tensor whose data lies in another file.
void ForExternal(google::protobuf::RepeatedPtrField<onnx::NodeProto>& nodes, const Visit& visit);

void ForExternal(TensorProto& tensor, const Visit& visit) {
  if (tensor.data_location() == TensorProto::EXTERNAL) visit(tensor);
}

void ForExternal(onnx::GraphProto& graph, const Visit& visit) {
  for (TensorProto& tensor : *graph.mutable_initializer()) ForExternal(tensor, visit);
  ForExternal(*graph.mutable_node(), visit);
}

void ForExternal(google::protobuf::RepeatedPtrField<onnx::NodeProto>& nodes, const Visit& visit) {
  for (onnx::NodeProto& node : nodes) {
    for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
      if (attribute.has_t()) ForExternal(*attribute.mutable_t(), visit);
      if (attribute.has_g()) ForExternal(*attribute.mutable_g(), visit);
      for (onnx::GraphProto& body : *attribute.mutable_graphs()) ForExternal(body, visit);
    }
  }
}

void ForExternal(onnx::ModelProto& model, const Visit& visit) {
  ForExternal(*model.mutable_graph(), visit);
  for (auto& function : *model.mutable_functions()) ForExternal(*function.mutable_node(), visit);
}

}  // namespace

void LoadExternalData(onnx::ModelProto& model, const std::string& path) {
  const Loader loader(path);
  ForExternal(model, [&](TensorProto& tensor) { loader.Load(tensor); });
}

std::vector<std::string> ExternalFiles(onnx::ModelProto& model, const std::string& path) {
  const Loader loader(path);
  std::vector<std::string> files;
  ForExternal(model, [&](const TensorProto& tensor) {
    const std::string file = loader.FileOf(tensor);
    if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
  });
  return files;
}

}  // namespace lockstep::importer
