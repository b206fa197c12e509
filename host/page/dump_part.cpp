#include "page/dump_part.h"

#include <map>

#include "dump/dump.h"
#include "dump/values.h"
#include "graph/counted.h"
#include "graph/error.h"
#include "page/layer_values.h"

namespace lockstep::page {
namespace {

using Place = std::pair<int, int>;  // layer and output

void RequireLayer(const dump::DumpLayer& layer, const std::filesystem::path& folder, const PageData& page) {
  const auto index = static_cast<size_t>(layer.index);
  if (layer.index >= 0 && index < page.layers.size() && page.layers[index].name == layer.name) return;
  throw BadInput(folder.string() + ": layer " + std::to_string(layer.index) + " " + layer.name +
                 " is none of the model's; the dump is of another build, make it again");
}

// What the manifest says is there must be: a page without it would look complete.
void RequireFiles(const dump::Manifest& manifest, const std::filesystem::path& folder) {
  std::vector<std::string> missing;
  size_t files = 0;
  for (const dump::DumpLayer& layer : manifest.layers) {
    if (layer.file.empty()) continue;
    ++files;
    if (!std::filesystem::is_regular_file(folder / layer.file)) missing.push_back(layer.file);
  }
  if (missing.empty()) return;
  throw BadInput(folder.string() + " has lost " + std::to_string(missing.size()) + " of the " +
                 graph::Counted(files, "file") + " that its manifest names, the first is " + missing.front() +
                 "; dump again");
}

std::string Named(const dump::DumpLayer& layer) { return std::to_string(layer.index) + " " + layer.name; }

}  // namespace

void AddDumps(const std::filesystem::path& expected, const std::filesystem::path& actual, PageData& page) {
  const dump::Manifest right = dump::ReadManifest(expected);
  const dump::Manifest other = dump::ReadManifest(actual);
  std::map<Place, const dump::DumpLayer*> left;  // what the other has not given yet
  for (const auto& [manifest, folder] : {std::pair(&right, &expected), std::pair(&other, &actual)}) {
    for (const dump::DumpLayer& layer : manifest->layers) RequireLayer(layer, *folder, page);
    RequireFiles(*manifest, *folder);
  }
  for (const dump::DumpLayer& layer : right.layers) left.emplace(layer.Place(), &layer);
  size_t compared = 0, differing = 0;
  std::vector<std::string> only_right, only_other, digests;
  for (const dump::DumpLayer& layer : other.layers) {
    const auto found = left.find(layer.Place());
    if (found == left.end()) {
      only_other.push_back(Named(layer));
      continue;
    }
    const dump::DumpLayer& own = *found->second;
    left.erase(found);
    ++compared;
    if (own.md5 == layer.md5) continue;
    ++differing;
    page.layers[static_cast<size_t>(layer.index)].differences.emplace_back("dumps", "differ");
    if (layer.file.empty() || own.file.empty()) {
      digests.push_back(Named(layer));
      continue;
    }
    const std::vector<float> values = dump::RealValues(own, dump::ReadDumpLayer(expected, own));
    const std::vector<uint8_t> bytes = dump::ReadDumpLayer(actual, layer);
    if (bytes.size() != own.bytes)
      throw BadInput(actual.string() + ": " + layer.file + " has another size than in " + expected.string());
    page.heat_maps.push_back(
        DifferenceMap(own, values, bytes, MostCells(page.layers.size()), "difference of the dumps"));
  }
  if (compared == 0) throw BadInput(actual.string() + " and " + expected.string() + " have no layer in common");
  for (const auto& [place, layer] : left) only_right.push_back(Named(*layer));
  const auto warn = [&](const std::vector<std::string>& outputs, const std::string& what) {
    if (outputs.empty()) return;
    page.Warn("dumps: " + graph::Counted(outputs.size(), "output") + " " + what + ", the first of layer " +
              outputs.front());
  };
  warn(only_right, "only in " + expected.string() + ", not compared");
  warn(only_other, "only in " + actual.string() + ", not compared");
  warn(digests, "differing without a map, for a dump has its digest alone");
  page.facts.emplace_back("dumps", std::to_string(differing) + " of " + graph::Counted(compared, "output") + " differ");
}

}  // namespace lockstep::page
