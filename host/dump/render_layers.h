// The parts of a table, a JSON object and a sentence that show how a layer compares.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dump/layer_result.h"
#include "report/table.h"

namespace lockstep::dump {

// The outputs of a layer stand one behind the other and count as one layer, which differs if one of them does.
struct LayerCount {
  size_t all = 0;
  size_t differing = 0;

  size_t equal() const { return all - differing; }
};
LayerCount CountLayers(const std::vector<LayerResult>& layers);

// Columns and cells: what the layer is; "equal", "close" or "DIFFERS"; cosine, SQNR, and the greatest difference.
std::vector<report::Column> LayerColumns();
void AddAccuracyColumns(std::vector<report::Column>& columns);
std::vector<report::Cell> LayerCells(const LayerResult& layer);
report::Cell Equality(const LayerResult& layer);
std::vector<report::Cell> AccuracyCells(const LayerResult& layer);

nlohmann::ordered_json ToJson(const LayerResult& layer);

// Red for what differs, green else; as it is without colour.
std::string Coloured(const std::string& text, Verdict verdict, bool colour);

}  // namespace lockstep::dump
