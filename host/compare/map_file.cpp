#include "compare/map_file.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "compare/formats.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "report/json_text.h"

namespace lockstep::compare {
namespace {

using nlohmann::ordered_json;

// One object of the file; messages begin with `where`.
class Entry {
 public:
  Entry(const ordered_json& json, std::string where, const std::vector<std::string>& keys)
      : json_(json), where_(std::move(where)) {
    if (!json.is_object()) Fail("must be an object");
    for (const auto& [key, value] : json.items()) {
      if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
      Fail("the key " + graph::Quoted(key) + " is unknown" + graph::DidYouMean(key, keys));
    }
  }

  [[noreturn]] void Fail(const std::string& what) const { throw UsageError(where_ + ": " + what); }
  bool Has(const char* key) const { return json_.contains(key); }
  const ordered_json& At(const char* key) const {
    if (!Has(key)) Fail(std::string(key) + " is missing");
    return json_.at(key);
  }
  std::string Text(const char* key) const {
    if (!At(key).is_string()) Fail(std::string(key) + " must be a text");
    return At(key).get<std::string>();
  }
  double Number(const char* key) const {
    if (!At(key).is_number() || !std::isfinite(At(key).get<double>())) Fail(std::string(key) + " must be a number");
    return At(key).get<double>();
  }
  const std::string& where() const { return where_; }

 private:
  const ordered_json& json_;
  std::string where_;
};

void ReadShape(const Entry& entry, StoredTensor& tensor) {
  const ordered_json& shape = entry.At("shape");
  if (!shape.is_array()) entry.Fail("shape must be a list of numbers");
  tensor.layer.shape.clear();
  int64_t elements = 1;
  constexpr int64_t kMostElements = int64_t{1} << 40;
  for (const ordered_json& extent : shape) {
    const bool fits = extent.is_number_unsigned() && extent.get<uint64_t>() > 0 &&
                      extent.get<uint64_t>() <= static_cast<uint64_t>(kMostElements / elements);
    if (!fits) entry.Fail("shape must be a list of whole numbers above 0, of 2^40 elements at most");
    tensor.layer.shape.push_back(extent.get<int64_t>());
    elements *= tensor.layer.shape.back();
  }
  tensor.has_shape = true;
}

void ReadScale(const Entry& entry, StoredTensor& tensor) {
  const ordered_json& scale = entry.At("scale");
  const auto positive = [](const ordered_json& one) {
    return one.is_number() && std::isfinite(one.get<double>()) && one.get<double>() > 0.0;
  };
  if (!scale.is_array()) {
    if (!positive(scale)) entry.Fail("scale must be a number above 0, or a list of them");
    tensor.layer.scale = static_cast<double>(scale.get<float>());
    return;
  }
  for (const ordered_json& one : scale) {
    if (!positive(one)) entry.Fail("scale must be a number above 0, or a list of them");
    tensor.layer.channel_scales.push_back(static_cast<double>(one.get<float>()));
  }
  const bool fits = tensor.has_shape && !tensor.layer.shape.empty() &&
                    tensor.layer.channel_scales.size() == static_cast<size_t>(tensor.layer.shape.back());
  if (!fits) entry.Fail("a list as scale needs a shape whose last axis is as long as the list");
  tensor.layer.scale = tensor.layer.channel_scales.front();
}

// What a map says of a raw file.
void ReadFormat(const Entry& entry, StoredTensor& tensor) {
  if (entry.Has("dtype")) {
    const std::string dtype = entry.Text("dtype");
    const bool known = dump::IsDType(dtype) || dtype == "f64";
    if (!known) entry.Fail("dtype is " + graph::Quoted(dtype) + "; it is one of u8 u16 s8 s16 s32 s64 f32 f64 bool");
    if (!tensor.layer.dtype.empty() && tensor.layer.dtype != dtype) {
      entry.Fail("dtype is " + dtype + ", the .npy file says " + tensor.layer.dtype + "; leave it out");
    }
    tensor.layer.dtype = dtype;
  }
  if (entry.Has("shape")) ReadShape(entry, tensor);
  if (entry.Has("layout")) tensor.order = AxisOrderFromName(entry.Text("layout"), entry.where() + ": layout");
  if (entry.Has("scale")) ReadScale(entry, tensor);
  if (entry.Has("zero_point")) {
    if (!entry.At("zero_point").is_number_integer()) entry.Fail("zero_point must be a whole number");
    tensor.layer.zero_point = entry.At("zero_point").get<int64_t>();
  }
  const bool sized = tensor.has_shape && !tensor.layer.dtype.empty();
  const uint64_t needed = sized ? static_cast<uint64_t>(tensor.layer.Elements()) * ElementBytes(tensor.layer.dtype) : 0;
  if (sized && needed != tensor.layer.bytes) {
    entry.Fail(tensor.Label() + " has " + std::to_string(tensor.layer.bytes) + " bytes, this type and shape take " +
               std::to_string(needed));
  }
}

StoredTensor FindInDump(const TensorFolder& folder, const std::string& name, const Entry& entry) {
  std::vector<const StoredTensor*> found;
  std::vector<std::string> known;
  for (const StoredTensor& tensor : folder.tensors) {
    const dump::DumpLayer& layer = tensor.layer;
    known.push_back(layer.name);
    if (name == layer.file || name == layer.name || name == layer.tensor) found.push_back(&tensor);
  }
  if (found.empty()) {
    entry.Fail("the dump " + folder.name + " has no file, layer or tensor " + graph::Quoted(name) +
               graph::DidYouMean(name, known));
  }
  if (found.size() > 1) entry.Fail(graph::Quoted(name) + " is several layers of " + folder.name + "; name the file");
  return *found.front();
}

StoredTensor ReadSide(const ordered_json& json, const TensorFolder& folder, const std::string& where) {
  const ordered_json object = json.is_string() ? ordered_json{{"file", json}} : json;
  const Entry entry(object, where, {"file", "dtype", "shape", "layout", "scale", "zero_point"});
  const std::string name = entry.Text("file");
  if (folder.is_dump()) {
    if (object.size() > 1) entry.Fail("the manifest of " + folder.name + " says what its files are; name it alone");
    return FindInDump(folder, name, entry);
  }
  std::vector<std::string> known;
  for (const StoredTensor& tensor : folder.tensors) {
    known.push_back(tensor.file.filename().string());
    if (known.back() != name) continue;
    StoredTensor found = tensor;
    ReadFormat(entry, found);
    return found;
  }
  entry.Fail(folder.name + " has no file " + graph::Quoted(name) + graph::DidYouMean(name, known));
}

}  // namespace

Pairing PairByMap(const std::filesystem::path& map, const TensorFolder& first, const TensorFolder& second) {
  const ordered_json json = report::ParseJson(files::ReadFile(map), map.string());
  const Entry file(json, map.string(), {"pairs"});
  const ordered_json& pairs = file.At("pairs");
  if (!pairs.is_array() || pairs.empty()) file.Fail("pairs must be a list with a pair at least");
  Pairing pairing;
  for (size_t i = 0; i < pairs.size(); ++i) {
    const std::string where = map.string() + ": pair " + std::to_string(i + 1);
    const Entry entry(pairs[i], where, {"first", "second", "name", "atol", "rtol", "min_cosine"});
    TensorPair pair;
    pair.first = ReadSide(entry.At("first"), first, where + ", first");
    pair.second = ReadSide(entry.At("second"), second, where + ", second");
    if (entry.Has("name")) pair.name = entry.Text("name");
    for (const char* key : {"atol", "rtol", "min_cosine"}) {
      if (entry.Has(key)) SetLimit(pair.change, key, entry.Number(key), where);
    }
    pairing.pairs.push_back(std::move(pair));
  }
  return pairing;
}

}  // namespace lockstep::compare
