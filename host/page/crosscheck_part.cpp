// What `crosscheck` found: boards against the PC, and the accuracy of every layer.
#include <algorithm>
#include <cmath>
#include <sstream>

#include "page/accuracy_measure.h"
#include "page/result.h"

namespace lockstep::page {
namespace {

Measure Largest(const std::string& id, const std::string& title, const std::string& from, const std::string& unit,
                const std::string& explain) {
  Measure measure{id, title, from, "error", unit, explain};
  measure.shown = false;
  return measure;
}

struct Column {
  Measure measure;
  const char* key;
};

std::vector<Column> Columns() {
  const std::string what = "float network to what the board computed";
  Measure differing = Largest("crosscheck.differing", "differing", "board to PC", "", "elements whose bytes differ");
  differing.better = Better::kLess;
  differing.good = 0.0;
  differing.bad = 1.0;
  return {
      {SqnrMeasure("crosscheck.sqnr", "board", what), "sqnr_db"},
      {CosineMeasure("crosscheck.cosine", "board", what), "cosine"},
      {Largest("crosscheck.max_abs", "largest", "board", "", what + ", the largest difference"), "max_abs"},
      {Largest("crosscheck.max_steps", "largest", "board", "steps", what + ", the largest difference"), "max_steps"},
      {std::move(differing), "differing_elements"}};
}

// Of two values of one layer the worse one.
double Worse(const Measure& measure, double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) ? b : a;
  return measure.better == Better::kMore ? std::min(a, b) : std::max(a, b);
}

char StateOf(const Json& layer) {
  if (layer.at("md5_equal").get<bool>()) return 'e';
  return layer.value("within_tolerance", false) ? 'c' : 'd';
}

// A layer is as bad as its worst output.
char WorseState(char a, char b) {
  const std::string order = "-ecd";
  return order.find(a) > order.find(b) ? a : b;
}

// Where and how a board's values differ, as far as the result says so.
void AddDifference(const Json& layer, const std::string& board, Layer& shown) {
  if (layer.contains("differing_elements")) {
    shown.differences.emplace_back(
        "differs on " + board,
        std::to_string(layer.at("differing_elements").get<int64_t>()) + " elements" +
            (layer.value("repeatable", true) ? "" : "; two runs of the board disagree about it"));
  }
  const auto difference = layer.find("difference");
  if (difference != layer.end() && difference->is_object()) {
    if (const std::string place = TextAt(*difference, "place_text"); !place.empty()) {
      shown.differences.emplace_back("where on " + board, place);
    }
    std::string steps;
    if (difference->contains("steps")) {
      for (const auto& [size, count] : difference->at("steps").items()) {
        if (count != 0 && size != "0")
          steps += (steps.empty() ? "" : ", ") + std::to_string(count.get<int64_t>()) + " by " + size;
      }
    }
    if (!steps.empty()) shown.differences.emplace_back("off by", steps);
  }
  const auto alone = layer.find("alone_md5_equal");
  if (alone != layer.end() && alone->is_boolean()) {
    shown.differences.emplace_back(
        "by itself on " + board, alone->get<bool>() ? "right, given the PC's inputs" : "wrong, given the PC's inputs");
  }
}

// Values of the measure below.
enum Wrong { kEqual, kByInputs, kByItself };

Measure WrongMeasure() {
  Measure measure{"crosscheck.wrong",
                  "wrong",
                  "boards",
                  "error",
                  "",
                  "whether a layer is wrong by itself, or was given wrong inputs"};
  measure.words = {"equal", "by its inputs", "by itself"};
  measure.better = Better::kLess;
  measure.good = kEqual;
  measure.bad = kByItself;
  measure.shown = false;
  return measure;
}

// What is wrong by itself; what was only given wrong inputs is no finding.
void AddCauses(const Json& board, const LayerNames& names, const Result& result, PageData& page) {
  Measure& wrong = page.measures.back();
  for (const Json& cause : ListAt(board, "causes")) {
    const std::string kind = TextAt(cause, "cause");
    const int layer = names.Of(cause, result.source);
    double& value = wrong.values[static_cast<size_t>(layer)];
    value = std::max(value, 1.0 * (kind == "wrong_inputs" ? kByInputs : kByItself));
    const std::string who = TextAt(board, "name") + ": layer " + std::to_string(layer) + " " + TextAt(cause, "name");
    if (kind == "wrong_kernel") {
      page.findings.push_back({who + " gives other bytes though it was given the PC's inputs",
                               "its kernel " + TextAt(cause, "op") + " is what to look at", layer});
    } else if (kind == "overwritten_input") {
      std::string suspects;
      for (const Json& suspect : ListAt(cause, "suspects")) suspects += " " + suspect.get<std::string>();
      page.findings.push_back({who + " reads " + TextAt(cause, "tensor") + ", which was overwritten",
                               "look at the layers that write over it:" + suspects, layer});
    } else if (kind == "state") {
      page.findings.push_back({who + " is right by itself and wrong in the whole network",
                               "look at what it keeps from one run to the next, and at threads", layer});
    } else if (kind == "rounding") {
      page.findings.push_back(
          {who + " rounds floats otherwise by itself", "look at how its kernel orders or contracts sums", layer});
    }
  }
}

void AddWrong(const Json& json, const LayerNames& names, const Result& result, PageData& page) {
  const bool known = std::any_of(json.at("boards").begin(), json.at("boards").end(),
                                 [](const Json& board) { return !ListAt(board, "causes").empty(); });
  if (!known) return;
  Measure& wrong = page.Add(WrongMeasure());
  std::fill(wrong.values.begin(), wrong.values.end(), 1.0 * kEqual);
  for (const Json& board : json.at("boards")) AddCauses(board, names, result, page);
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines.empty() ? std::vector<std::string>{""} : lines;
}

Board BoardOf(const Json& json, const LayerNames& names, const Result& result, PageData& page) {
  Board board;
  board.name = json.at("name").get<std::string>();
  board.seconds = NumberAt(json, {"seconds"});
  board.states.assign(page.layers.size(), '-');
  for (const Json& layer : json.at("layers")) {
    const auto index = static_cast<size_t>(names.Of(layer, result.source));
    board.states[index] = WorseState(board.states[index], StateOf(layer));
    if (!layer.at("md5_equal").get<bool>()) AddDifference(layer, board.name, page.layers[index]);
  }
  const auto builds = json.find("builds");
  if (builds != json.end() && builds->is_object()) {
    for (const auto& [name, equal] : builds->items()) {
      if (!equal.get<bool>()) board.differing_builds.push_back(name);
    }
  }
  return board;
}

Mood MoodOf(const std::string& verdict) {
  return verdict == "exact" ? Mood::kGood : verdict == "within_tolerance" ? Mood::kDoubtful : Mood::kBad;
}

}  // namespace

void AddCrosscheck(const Result& result, PageData& page) {
  const Json& json = result.json;
  const LayerNames names(page);
  // The first line is the verdict, the others say more of each board.
  const std::vector<std::string> lines = LinesOf(TextAt(json, "text"));
  page.verdicts.push_back({MoodOf(json.at("verdict").get<std::string>()), lines.front(), "crosscheck"});
  page.notes.insert(page.notes.end(), lines.begin() + 1, lines.end());
  for (const Json& board : json.at("boards")) page.boards.push_back(BoardOf(board, names, result, page));
  AddWrong(json, names, result, page);
  for (Column& column : Columns()) {
    Measure& measure = page.Add(std::move(column.measure));
    for (const Json& board : json.at("boards")) {
      for (const Json& layer : board.at("layers")) {
        double& value = measure.values[static_cast<size_t>(names.Of(layer, result.source))];
        value = Worse(measure, value, NumberAt(layer, {column.key}));
      }
    }
    // A column that nothing is in would only say so.
    if (std::all_of(measure.values.begin(), measure.values.end(), [](double value) { return std::isnan(value); })) {
      page.measures.pop_back();
    }
  }
  const auto first = json.find("first_difference");
  if (first != json.end() && first->is_object()) {
    const int layer = names.Of(*first, result.source);
    page.findings.push_back({"layer " + std::to_string(layer) + " " + page.layers[static_cast<size_t>(layer)].name +
                                 " is the first that differs, on " + TextAt(*first, "board"),
                             "look at this layer first: those behind it got wrong values from it", layer});
  }
  for (const Json& note : ListAt(json, "notes")) page.notes.push_back(note.get<std::string>());
  std::string inputs;
  for (const Json& input : ListAt(json, "inputs")) inputs += (inputs.empty() ? "" : ", ") + input.get<std::string>();
  if (!inputs.empty()) page.facts.emplace_back("crosschecked with", inputs);
}

}  // namespace lockstep::page
