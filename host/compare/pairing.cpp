#include "compare/pairing.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <regex>
#include <set>

#include "graph/error.h"

namespace lockstep::compare {
namespace {

using Indices = std::vector<size_t>;
using IndicesByKey = std::map<std::string, Indices>;

std::string LayerKey(const StoredTensor& tensor, bool by_tensor) {
  const dump::DumpLayer& layer = tensor.layer;
  return by_tensor ? layer.tensor : std::to_string(layer.index) + " " + std::to_string(layer.output) + " " + layer.name;
}

IndicesByKey SortByKey(const TensorFolder& folder, bool by_tensor) {
  IndicesByKey sorted;
  for (size_t i = 0; i < folder.tensors.size(); ++i) sorted[LayerKey(folder.tensors[i], by_tensor)].push_back(i);
  return sorted;
}

// Whether `dump` may lack layers that `other` has.
bool MayLack(const dump::Manifest& dump, const dump::Manifest& other, bool by_tensor) {
  return dump.restricted || (by_tensor && other.producer == "float");
}

Pairing PairDumps(const TensorFolder& first, const TensorFolder& second) {
  const dump::Manifest& a = *first.manifest;
  const dump::Manifest& b = *second.manifest;
  const bool by_tensor = a.model_digest.empty() || a.model_digest != b.model_digest;
  const IndicesByKey wanted = SortByKey(first, by_tensor);
  const IndicesByKey judged = SortByKey(second, by_tensor);
  Pairing pairing;
  for (const auto& [key, indices] : judged) {
    const auto found = wanted.find(key);
    if (found == wanted.end()) {
      for (const size_t i : indices) pairing.only_second.push_back(second.tensors[i].layer);
      continue;
    }
    // One after the other; the last of the shorter list stands for all that are left of the longer one.
    for (size_t i = 0; i < std::max(indices.size(), found->second.size()); ++i) {
      pairing.pairs.push_back({first.tensors[found->second[std::min(i, found->second.size() - 1)]],
                               second.tensors[indices[std::min(i, indices.size() - 1)]],
                               "",
                               {}});
    }
  }
  for (const auto& [key, indices] : wanted) {
    if (judged.count(key) != 0) continue;
    for (const size_t i : indices) pairing.only_first.push_back(first.tensors[i].layer);
  }
  pairing.complete = (pairing.only_first.empty() || MayLack(b, a, by_tensor)) &&
                     (pairing.only_second.empty() || MayLack(a, b, by_tensor));
  return pairing;
}

std::string StemOf(const StoredTensor& tensor) {
  return tensor.file.empty() ? "" : std::filesystem::path(tensor.file).stem().string();
}

// The stem, and what is left of it without a number in front and a shape behind: "12_conv", "conv_shape_1_8_8_4",
// "conv_1x8x8x4".
std::vector<std::string> KeysOfFile(const StoredTensor& tensor) {
  static const std::regex kNumber("^[0-9]+[_-]");
  static const std::regex kShape("[_-](shape([_-][0-9]+)+|[0-9]+(x[0-9]+)+)$");
  const std::string stem = StemOf(tensor);
  std::vector<std::string> keys;
  for (const std::string& name : {stem, std::regex_replace(stem, kNumber, ""), std::regex_replace(stem, kShape, ""),
                                  std::regex_replace(std::regex_replace(stem, kNumber, ""), kShape, "")}) {
    const std::string key = NameKey(name);
    if (!key.empty() && std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

[[noreturn]] void SameClaim(const StoredTensor& one, const StoredTensor& other, const std::string& to) {
  throw UsageError(one.Label() + " and " + other.Label() + " both have the name of " + to +
                   "; say in a map file (--map) which one is meant");
}

// What a layer of a dump is called, the surest name first; the layers that go by each.
std::vector<IndicesByKey> NamesOfDump(const TensorFolder& folder) {
  std::vector<IndicesByKey> names(4);
  const auto add = [&](size_t level, const std::string& name, size_t tensor) {
    const std::string key = NameKey(name);
    if (key.empty()) return;
    Indices& indices = names[level][key];
    if (indices.empty() || indices.back() != tensor) indices.push_back(tensor);
  };
  for (size_t i = 0; i < folder.tensors.size(); ++i) {
    const dump::DumpLayer& layer = folder.tensors[i].layer;
    add(0, std::filesystem::path(dump::DumpFileName(layer)).stem().string(), i);
    add(1, layer.tensor, i);
    add(2, layer.name + (layer.output > 0 ? ":" + std::to_string(layer.output) : ""), i);
    for (const std::string& node : layer.onnx_nodes) add(3, node, i);
  }
  return names;
}

// The layers that a raw file is named after.
Indices FindLayers(const std::vector<IndicesByKey>& names, const StoredTensor& file) {
  for (const IndicesByKey& level : names) {
    for (const std::string& key : KeysOfFile(file)) {
      const auto found = level.find(key);
      if (found != level.end()) return found->second;
    }
  }
  return {};
}

Pairing PairWithDump(const TensorFolder& raw, const TensorFolder& dump, bool raw_first) {
  const std::vector<IndicesByKey> names = NamesOfDump(dump);
  std::map<size_t, size_t> taken;       // layer, and the file that has it
  std::set<std::string> matched_stems;  // of files that have a layer
  Pairing pairing;
  std::vector<dump::DumpLayer> left_files;
  for (size_t file = 0; file < raw.tensors.size(); ++file) {
    const StoredTensor& tensor = raw.tensors[file];
    // The .npy came first and says more than the .bin beside it.
    if (matched_stems.count(StemOf(tensor)) != 0) continue;
    const Indices layers = FindLayers(names, tensor);
    for (const size_t layer : layers) {
      const auto [owner, is_new] = taken.emplace(layer, file);
      if (!is_new) SameClaim(raw.tensors[owner->second], tensor, "the layer " + dump.tensors[layer].layer.name);
      const StoredTensor& described = dump.tensors[layer];
      pairing.pairs.push_back({raw_first ? tensor : described, raw_first ? described : tensor, "", {}});
      matched_stems.insert(StemOf(tensor));
    }
    if (layers.empty()) left_files.push_back(tensor.layer);
  }
  std::vector<dump::DumpLayer> left_layers;
  for (size_t layer = 0; layer < dump.tensors.size(); ++layer) {
    if (taken.count(layer) == 0) left_layers.push_back(dump.tensors[layer].layer);
  }
  pairing.only_first = raw_first ? left_files : left_layers;
  pairing.only_second = raw_first ? left_layers : left_files;
  return pairing;
}

std::string FileName(const StoredTensor& tensor) { return tensor.file.filename().string(); }

// Files whose names are equal, then stems, then what both were made of.
Pairing PairRaw(const TensorFolder& first, const TensorFolder& second) {
  Pairing pairing;
  std::vector<bool> taken_first(first.tensors.size(), false);
  std::vector<bool> taken_second(second.tensors.size(), false);
  std::set<std::string> stems_first;
  std::set<std::string> stems_second;
  const auto match = [&](const auto& keys_of) {
    IndicesByKey by_key;
    for (size_t i = 0; i < first.tensors.size(); ++i) {
      if (taken_first[i] || stems_first.count(StemOf(first.tensors[i])) != 0) continue;
      for (const std::string& key : keys_of(first.tensors[i])) by_key[key].push_back(i);
    }
    std::map<size_t, size_t> owners;
    for (size_t j = 0; j < second.tensors.size(); ++j) {
      const StoredTensor& judged = second.tensors[j];
      if (taken_second[j] || stems_second.count(StemOf(judged)) != 0) continue;
      for (const std::string& key : keys_of(judged)) {
        const auto found = by_key.find(key);
        if (found == by_key.end()) continue;
        const size_t i = found->second.front();
        const bool one_stem = std::all_of(found->second.begin(), found->second.end(), [&](size_t other) {
          return StemOf(first.tensors[other]) == StemOf(first.tensors[i]);
        });
        if (!one_stem) SameClaim(first.tensors[i], first.tensors[found->second.back()], judged.Label());
        const auto [owner, is_new] = owners.emplace(i, j);
        if (!is_new && StemOf(second.tensors[owner->second]) == StemOf(judged)) break;
        if (!is_new) SameClaim(second.tensors[owner->second], judged, first.tensors[i].Label());
        pairing.pairs.push_back({first.tensors[i], judged, "", {}});
        taken_first[i] = taken_second[j] = true;
        break;
      }
    }
    for (size_t i = 0; i < first.tensors.size(); ++i) {
      if (taken_first[i]) stems_first.insert(StemOf(first.tensors[i]));
    }
    for (size_t j = 0; j < second.tensors.size(); ++j) {
      if (taken_second[j]) stems_second.insert(StemOf(second.tensors[j]));
    }
  };
  match([](const StoredTensor& tensor) { return std::vector<std::string>{FileName(tensor)}; });
  match([](const StoredTensor& tensor) { return std::vector<std::string>{StemOf(tensor)}; });
  match([](const StoredTensor& tensor) { return std::vector<std::string>{NameKey(StemOf(tensor))}; });
  match([](const StoredTensor& tensor) { return KeysOfFile(tensor); });
  for (size_t i = 0; i < first.tensors.size(); ++i) {
    const StoredTensor& tensor = first.tensors[i];
    if (stems_first.count(StemOf(tensor)) == 0) pairing.only_first.push_back(tensor.layer);
  }
  for (size_t j = 0; j < second.tensors.size(); ++j) {
    const StoredTensor& tensor = second.tensors[j];
    if (stems_second.count(StemOf(tensor)) == 0) pairing.only_second.push_back(tensor.layer);
  }
  pairing.complete = pairing.only_first.empty() && pairing.only_second.empty();
  return pairing;
}

}  // namespace

std::string NameKey(const std::string& name) {
  std::string key;
  for (const char c : name) key += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  const size_t begin = key.find_first_not_of('_');
  if (begin == std::string::npos) return "";
  return key.substr(begin, key.find_last_not_of('_') - begin + 1);
}

Pairing PairTensors(const TensorFolder& first, const TensorFolder& second) {
  Pairing pairing;
  if (first.is_dump() && second.is_dump()) {
    pairing = PairDumps(first, second);
  } else if (!first.is_dump() && !second.is_dump()) {
    pairing = PairRaw(first, second);
  } else {
    pairing = first.is_dump() ? PairWithDump(second, first, false) : PairWithDump(first, second, true);
  }
  const auto by_place = [](const auto& x, const auto& y) { return x.Place() < y.Place(); };
  std::stable_sort(pairing.pairs.begin(), pairing.pairs.end(), [&](const TensorPair& x, const TensorPair& y) {
    const bool by_first = x.second.raw && !x.first.raw;
    return by_first ? by_place(x.first.layer, y.first.layer) : by_place(x.second.layer, y.second.layer);
  });
  std::sort(pairing.only_first.begin(), pairing.only_first.end(), by_place);
  std::sort(pairing.only_second.begin(), pairing.only_second.end(), by_place);
  return pairing;
}

}  // namespace lockstep::compare
