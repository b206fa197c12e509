#include "page/notes.h"

#include <cmath>

#include "report/table.h"

namespace lockstep::page {
namespace {

const char* WordOf(char state) { return state == 'e' ? "equal" : state == 'c' ? "close" : "differs"; }

}  // namespace

std::vector<Note> NotesOf(const PageData& page, size_t layer) {
  std::vector<Note> notes{{"lockstep.layer", std::to_string(layer) + " " + page.layers[layer].name}};
  for (const Board& board : page.boards) {
    if (board.states[layer] != '-') notes.emplace_back("lockstep.board." + board.name, WordOf(board.states[layer]));
  }
  for (const Measure& measure : page.measures) {
    const double value = measure.values[layer];
    if (std::isnan(value)) continue;
    const std::string number = !measure.words.empty()            ? measure.words.at(static_cast<size_t>(value))
                               : measure.scale == Scale::kCosine ? report::FixedNumber(value, 6)
                                                                 : report::ShortNumber(value, 6);
    notes.emplace_back("lockstep." + measure.id, number + (measure.unit.empty() ? "" : " " + measure.unit));
  }
  return notes;
}

std::map<std::string, std::vector<Note>> NotesByNode(const PageData& page) {
  std::map<std::string, std::vector<Note>> notes;
  for (size_t i = 0; i < page.layers.size(); ++i) {
    for (const std::string& node : page.layers[i].onnx_nodes) notes[node] = NotesOf(page, i);
  }
  return notes;
}

}  // namespace lockstep::page
