// What a page shows: a model and what is known of it. Every part beside the layers is optional; docs/report.md
// describes the JSON that it becomes.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::page {

using Json = nlohmann::ordered_json;

enum class Mood { kNone, kGood, kDoubtful, kBad };

struct Verdict {
  Mood mood = Mood::kNone;
  std::string text;
  std::string from;  // the command that says so
};

using Fact = std::pair<std::string, std::string>;  // name and value

struct Finding {
  std::string what;
  std::string todo;
  int layer = -1;  // -1: of no single one
};

struct Layer {
  std::string name;
  std::string op;
  std::string dtype;
  int bits = 0;  // of its output
  std::vector<int64_t> shape;
  std::string tensor;
  std::vector<std::string> onnx_nodes;
  std::vector<Fact> differences;  // what boards made of it, in words
  std::vector<Fact> facts;
};

// Source and target are layers; -1: an input of the network.
struct Edge {
  int source = -1;
  int target = 0;
  std::string tensor;
};

enum class Better { kNeither, kMore, kLess };
enum class Scale { kLinear, kLog, kCosine };  // kCosine: by the distance from 1

// A number that layers have: a column of the table, a colouring of the graph, a line along the depth.
struct Measure {
  std::string id;      // "analysis.end_to_end.sqnr"
  std::string title;   // of a column: "SQNR"
  std::string from;    // above titles: "end to end"
  std::string family;  // "error", "time", "bits", "size": what the graph can be coloured by
  std::string unit;
  std::string explain;
  Better better = Better::kNeither;
  Scale scale = Scale::kLinear;
  double good = 0.0;  // where `better` is not kNeither: from here on it is good, and bad
  double bad = 0.0;
  std::vector<std::string> words = {};  // what the values 0, 1, .. mean; empty: they are numbers
  bool shown = true;                    // in the table from the start
  std::string over = {};                // "mean of 5 pictures"; empty: of one input
  std::vector<double> values = {};      // by layer; NaN: none
};

struct Board {
  std::string name;
  double seconds = 0.0;
  std::string states;  // by layer: 'e' equal, 'c' close, 'd' differs, '-' unknown
  std::vector<std::string> differing_builds;
};

// What lies in the arena from one layer to another.
struct ArenaPart {
  std::string name;
  int64_t offset = 0;
  int64_t bytes = 0;
  int first = 0;  // layers
  int last = 0;
};

// What would make the arena smaller.
struct Saving {
  std::string what;
  int64_t arena = 0;      // bytes then
  bool possible = false;  // with what there is
};

// What a board measured.
struct MemoryPhase {
  std::string board;
  std::string name;
  int64_t resident = 0;
  int64_t peak = 0;
};

// What is planned for a target.
struct MemoryTarget {
  std::string name;
  std::string kernels;  // whose scratch and tables they are: the target itself, or "host" where it was not asked
  int64_t scratch = 0;
  int64_t tables = 0;
  int64_t peak = 0;
  int64_t total = -1;  // with its program; -1: not known
};

struct Memory {
  int64_t arena_bytes = 0;
  int64_t constant_bytes = 0;
  int peak_layer = -1;
  std::vector<int64_t> live;                             // bytes in use by layer
  std::vector<ArenaPart> blocks;                         // memory that is taken: no two of one layer overlap
  std::vector<ArenaPart> views;                          // tensors that lie within a block of another
  std::vector<std::pair<std::string, int64_t>> planned;  // parts and their bytes
  std::vector<MemoryTarget> targets;
  std::vector<Saving> savings;
  std::vector<MemoryPhase> phases;
};

struct Histogram {
  int layer = 0;
  std::string title;  // "weights", "values"
  double low = 0.0;
  double high = 0.0;
  std::vector<uint64_t> counts;
  double clip_low = 0.0;  // what the levels reach
  double clip_high = 0.0;
  double beyond = 0.0;  // share of the values outside of it
};

// A layer's differences, averaged over channels, in cells.
struct HeatMap {
  int layer = 0;
  std::string title;
  std::string unit;
  int rows = 0;
  int columns = 0;
  double most = 0.0;  // what 255 stands for
  std::vector<uint8_t> cells;
};

// Two builds: what both have.
struct Comparison {
  std::string name;  // of the second
  struct Row {
    std::string what, first, second;
    Mood mood = Mood::kNone;  // of the second beside the first
  };
  std::vector<Row> rows;
};

struct PageData {
  std::string title;
  std::string command;  // that made it
  std::string digest;   // of the model
  std::vector<Verdict> verdicts;
  std::vector<Fact> facts;
  std::vector<std::string> notes;
  std::vector<std::string> warnings;  // for whoever makes the page; they are among the notes too
  std::vector<Finding> findings;
  std::vector<Layer> layers;
  std::vector<Edge> edges;
  std::vector<Measure> measures;
  std::vector<Board> boards;
  Memory memory;
  std::vector<Histogram> histograms;
  std::vector<HeatMap> heat_maps;
  std::vector<Comparison> comparisons;
  Json pictures = Json::array();         // see docs/report.md
  std::vector<std::string> class_names;  // by class, where the network has them

  // A measure without values. The reference holds until the next is added.
  Measure& Add(Measure measure);
  void Warn(const std::string& text);
};

}  // namespace lockstep::page
