// quant/calibration.json: what calibration saw and decided, to read, to change and to build from.
//
// Sections: version, network (file, digest), calibration (pictures, digest), build (the configuration), tensors, nodes,
// channel_means, and corrections (held_corrections.h) where there are some. Fields of tensors and nodes:
// docs/quantisation.md.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "quantize/calibrate.h"
#include "quantize/quantized_graph.h"

namespace lockstep::calibration {

using Json = nlohmann::ordered_json;

// Where a calibration comes from.
struct Origin {
  std::string network;         // the ONNX file
  std::string network_digest;  // its md5, hex
  Json build;                  // the build's merged configuration
};

// A quantised network whose calibration was just made.
Json Describe(const Origin& origin, const quantize::QuantizedGraph& quantized, const quantize::Calibration& calibration,
              int threads);

// A file that a network was built from, with the numbers that were built.
Json Updated(Json file, const Origin& origin, const quantize::QuantizedGraph& quantized);

// One line for each tensor and node.
std::string TextOf(const Json& file);

// Throws BadInput if it cannot be read, UsageError if it is none, or one of another version.
Json ReadCalibrationFile(const std::string& path);

// Throws UsageError if the network's md5 is another one than the file's. `network` is what the message calls it.
void RequireNetwork(const Json& file, const std::string& path, const std::string& network, const std::string& digest);

}  // namespace lockstep::calibration
