// What is fed to a model: pictures that are prepared as the model asks, or raw files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/float/float_engine.h"
#include "graph/graph.h"
#include "input/pictures.h"
#include "joint_generated.h"
#include "quantize/quantized_graph.h"

namespace lockstep::input {

// One picture, or one raw file per input.
struct DataItem {
  std::string label;               // for messages: "folder/street.jpg", "folder/street.avi#120", "a.bin;b.bin"
  std::string stem;                // for file names: "street", "street_120", "a"; distinct, so "a_jpg" beside a.png
  std::vector<std::string> files;  // raw files; empty: `picture`
  PictureRef picture;
};

struct DataList {
  std::vector<DataItem> items;
  std::string skipped;  // what was left out of a folder (see SkippedText); empty: nothing
};

// `data` is a picture, a video (its middle frame), a raw .bin file, several of these separated by ';' (one per input),
// or a folder of pictures or of .bin files, sorted by name. Throws BadInput if there is nothing, UsageError if a folder
// has both.
DataList ListData(const std::string& data);

// The files that ListData finds; none where it throws, which it will do again when the data is read.
std::vector<std::filesystem::path> FilesOfData(const std::string& data);

// The joint model's own words about an input.
quantize::InputPreprocess PreprocessOf(const joint::InputSpec& spec);

// Of every input of a joint model, in ONNX order, by name.
std::map<std::string, graph::Shape> InputShapesOf(const joint::Model& model);

// The bytes of a joint model's inputs, by position. A raw file holds the tensor's bytes. Throws BadInput that names the
// file, its size and the size that the tensor has.
std::vector<std::vector<uint8_t>> JointInputs(const joint::Model& model, const DataItem& item);

// What the float engine must get for `graph`, the network that `model` was made from, so that it sees the same:
// (pixel - mean) / std of a picture, scale * (q - zero_point) of other integers, in ONNX order, by the names of the
// graph's inputs. Throws UsageError if the two do not belong together, or the model does not say what its bytes are.
std::map<std::string, engine::FloatTensor> FloatInputsOf(const joint::Model& model,
                                                         const std::vector<std::vector<uint8_t>>& inputs,
                                                         const graph::Graph& graph);

// Inputs of a float graph alone, which messages call `network`. A raw file holds float32 values in ONNX order, or the
// picture's bytes (N,H,W,C).
std::map<std::string, engine::FloatTensor> FloatInputs(const std::string& network, const graph::Graph& graph,
                                                       const quantize::InputPreprocess& preprocess,
                                                       const DataItem& item);

}  // namespace lockstep::input
