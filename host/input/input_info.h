// What a model takes: an entry for each input, of a joint model and of a float network alike.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "dump/dump.h"
#include "engine/float/float_engine.h"
#include "graph/graph.h"
#include "joint_generated.h"
#include "quantize/quantized_graph.h"

namespace lockstep::input {

struct InputInfo {
  std::string name;
  quantize::InputPreprocess preprocess;  // what it holds, and how a picture is made into it
  dump::DumpLayer layout;                // type, order and shape of its bytes; the scale of integers
  bool normalised = false;    // its values stand for (value - mean) / std, else for what the layout's scale says
  bool truth = false;         // ONNX declares truth values: it takes 0 and 1 alone
  bool takes_floats = false;  // a network's picture: its values may be given as float32 in ONNX order, too

  bool is_picture() const { return preprocess.type == quantize::InputPreprocess::Type::kPicture; }
  int64_t batch() const { return layout.shape.empty() ? 1 : layout.shape[0]; }
  size_t bytes() const { return static_cast<size_t>(layout.Elements()) * dump::DTypeBytes(layout.dtype); }
};

// "u8 2x3x16x16": type and ONNX shape.
std::string Describe(const InputInfo& info);

// How the inputs of a network are to be taken, as far as it was said.
struct InputSettings {
  quantize::InputPreprocess picture;  // of every picture
  bool mean_given = false;            // if not: 0, and 255 as std, of an input that ONNX declares as integers 1
  bool std_given = false;
  std::map<std::string, quantize::InputPreprocess::Type> types;  // by name
};

// Of every input of an optimised network, by name. What nothing is said of is a picture if it has four axes and 1 or 3
// channels, else a plain tensor of the type that ONNX declares. `network` is what messages call the file. Throws
// UsageError for a name that no input has, and for settings that do not fit.
std::map<std::string, quantize::InputPreprocess> ChooseInputs(const std::string& network, const graph::Graph& graph,
                                                              const InputSettings& settings);

// What the user should know of the choice, one line each.
std::vector<std::string> InputNotes(const graph::Graph& graph, const InputSettings& settings,
                                    const std::map<std::string, quantize::InputPreprocess>& chosen);

std::vector<InputInfo> InputsOf(const graph::Graph& graph,
                                const std::map<std::string, quantize::InputPreprocess>& chosen);
std::vector<InputInfo> InputsOf(const joint::Model& model);

// Of every input of a joint model, in ONNX order, by name.
std::map<std::string, graph::Shape> InputShapesOf(const joint::Model& model);

// What the bytes of an input stand for, in ONNX order.
engine::FloatTensor RealInput(const InputInfo& info, const std::vector<uint8_t>& bytes);

}  // namespace lockstep::input
