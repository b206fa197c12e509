#include "crosscheck/inject_pack.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "dump/layer_file.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "report/json_text.h"

namespace lockstep::crosscheck {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

void WriteInjectPack(const Round& round, const LayerLinks& links, const std::vector<int>& layers,
                     const fs::path& folder) {
  std::set<std::pair<int, int>> wanted;
  for (const int layer : layers) {
    for (const LayerSource& source : links.Sources(layer)) {
      if (source.layer >= 0) wanted.insert(links.PlaceOf(source));
    }
  }
  fs::create_directories(folder);
  const fs::path path = folder / "tensors.bin";
  std::ofstream tensors(path, std::ios::binary | std::ios::trunc);
  ordered_json entries = ordered_json::array();
  uint64_t offset = 0;
  constexpr size_t kPiece = size_t{1} << 18;
  std::vector<uint8_t> piece(kPiece);
  for (const dump::DumpLayer& layer : round.manifest.layers) {
    if (wanted.count(layer.Place()) == 0) continue;
    dump::LayerFile file(round.reference, layer);
    while (const size_t bytes = file.Read(piece.data(), kPiece)) {
      tensors.write(reinterpret_cast<const char*>(piece.data()), static_cast<std::streamsize>(bytes));
    }
    ordered_json entry = {{"index", layer.index}};
    if (layer.output >= 0) entry["output"] = layer.output;
    entry["md5"] = layer.md5;
    entry["offset"] = offset;
    entries.push_back(std::move(entry));
    offset += layer.bytes;
  }
  tensors.close();
  if (!tensors) throw BadInput(path.string() + " cannot be written; free space there");
  const ordered_json manifest = {{"format", 1},
                                 {"producer", "reference"},
                                 {"model_digest", round.manifest.model_digest},
                                 {"input_md5", round.manifest.input_md5},
                                 {"packed", "tensors.bin"},
                                 {"layers", std::move(entries)}};
  files::WriteFile(folder / "manifest.json", report::JsonText(manifest, 1));
}

}  // namespace lockstep::crosscheck
