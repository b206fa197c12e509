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

}  // namespace

void AddDumps(const std::filesystem::path& expected, const std::filesystem::path& actual, PageData& page) {
  std::map<Place, dump::DumpLayer> right;
  for (dump::DumpLayer& layer : dump::ReadManifest(expected).layers) {
    RequireLayer(layer, expected, page);
    right.emplace(layer.Place(), std::move(layer));
  }
  size_t compared = 0, differing = 0;
  for (const dump::DumpLayer& layer : dump::ReadManifest(actual).layers) {
    RequireLayer(layer, actual, page);
    const auto found = right.find(layer.Place());
    if (found == right.end()) continue;
    ++compared;
    if (found->second.md5 == layer.md5) continue;
    ++differing;
    if (layer.file.empty() || found->second.file.empty()) continue;  // digests alone
    const dump::DumpLayer& own = found->second;
    const std::vector<float> values = dump::RealValues(own, dump::ReadDumpLayer(expected, own));
    const std::vector<uint8_t> bytes = dump::ReadDumpLayer(actual, layer);
    if (bytes.size() != own.bytes)
      throw BadInput(actual.string() + ": " + layer.file + " has another size than in " + expected.string());
    page.heat_maps.push_back(
        DifferenceMap(own, values, bytes, MostCells(page.layers.size()), "difference of the dumps"));
    page.layers[static_cast<size_t>(layer.index)].differences.emplace_back("dumps", "differ");
  }
  if (compared == 0) throw BadInput(actual.string() + " and " + expected.string() + " have no layer in common");
  page.facts.emplace_back("dumps", std::to_string(differing) + " of " + graph::Counted(compared, "output") + " differ");
}

}  // namespace lockstep::page
