#include "page/profile_csv.h"

#include <cmath>
#include <cstdlib>

#include "graph/error.h"
#include "graph/quoted.h"
#include "report/csv.h"

namespace lockstep::page {
namespace {

// A cell as the number that it is, or as text.
Json ValueOf(const std::string& column, const std::string& cell) {
  if (column == "name" || column == "op" || column == "kernel") return cell;
  char* end = nullptr;
  const double value = std::strtod(cell.c_str(), &end);
  if (cell.empty() || *end != '\0' || !std::isfinite(value)) return nullptr;
  return value;
}

// The layer that a line is of; -1: none.
int IndexOf(const std::string& cell) {
  constexpr size_t kMostDigits = 9;
  const bool fits =
      !cell.empty() && cell.size() <= kMostDigits && cell.find_first_not_of("0123456789") == std::string::npos;
  return fits ? std::stoi(cell) : -1;
}

}  // namespace

Json ProfileFromCsv(const std::string& text, const std::string& source) {
  std::vector<std::vector<std::string>> rows = report::ParseCsv(text);
  const std::string other = source + " is no profile.csv of run_joint_profile: ";
  if (rows.empty() || rows[0].size() < 3 || rows[0][0] != "index")
    throw BadInput(other + "its first column is not index");
  for (std::string& title : rows[0]) title = title == "layer" ? "name" : title == "operator" ? "op" : title;
  Json layers = Json::array();
  for (size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].size() != rows[0].size()) {
      throw BadInput(other + "line " + std::to_string(i + 1) + " has " + std::to_string(rows[i].size()) +
                     " columns of " + std::to_string(rows[0].size()));
    }
    Json layer;
    layer["index"] = IndexOf(rows[i][0]);
    if (layer["index"] == -1) {
      throw BadInput(other + "line " + std::to_string(i + 1) + " has the index " + graph::Quoted(rows[i][0]) +
                     ", which is no number of a layer");
    }
    for (size_t column = 1; column < rows[i].size(); ++column) {
      layer[rows[0][column]] = ValueOf(rows[0][column], rows[i][column]);
    }
    layers.push_back(std::move(layer));
  }
  return {{"layers", std::move(layers)}};
}

}  // namespace lockstep::page
