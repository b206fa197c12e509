// Dumps: a folder with every layer's output, one raw little-endian file each, and manifest.json that describes them.
// PC engines and boards write the same format.
#pragma once

#include <cstdint>
#include <filesystem>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "analyze/metrics.h"
#include "files/output_file.h"
#include "graph/graph.h"
#include "joint_generated.h"

namespace lockstep::dump {

// What a layer read, as a dump of level 3 says it.
struct DumpedInput {
  std::string tensor;
  std::string md5;
};

struct DumpLayer {
  int index = 0;    // position of the layer in the model
  int output = -1;  // which of the layer's outputs; -1: it has one
  std::string name;
  std::string op;
  std::vector<std::string> onnx_nodes;
  std::string tensor;          // ONNX name of the tensor
  std::string dtype;           // "u8", "u16", "s8", "s16", "s32", "s64", "f32", "bool"
  std::vector<int64_t> shape;  // physical order: the order of the bytes
  std::vector<int> axes;       // axes[i] is the ONNX axis at physical axis i; empty: the same order
  double scale = 0.0;          // real = scale * (q - zero_point); 0 for f32, 1 for s64
  // In place of it one for each index of the last physical axis; empty: one scale.
  std::vector<double> channel_scales;
  int64_t zero_point = 0;
  uint64_t bytes = 0;
  std::string md5;                  // hexadecimal
  std::string file;                 // empty: only the digest was kept
  std::vector<DumpedInput> inputs;  // in order, constants left out; empty: not known

  std::pair<int, int> Place() const { return {index, output}; }  // what tells the entries of a dump apart
  int64_t Elements() const { return graph::ElementCount(shape); }
  // Of the ONNX order, for metrics.
  analyze::Steps Steps() const;
  bool HoldsIntegers() const { return dtype == "s64"; }  // and no real values: equal or not, near means nothing
};

struct Manifest {
  std::string producer;  // "reference", "float", "runtime"
  std::string model;
  std::string model_digest;  // empty for a float dump
  std::string contract;
  std::string target;
  std::vector<std::string> input_md5;  // of the bytes of every input of the joint model; empty: not known
  bool restricted = false;             // layers were left out because that was asked for
  std::vector<DumpLayer> layers;
};

// A name as files have it: its first 128 characters, everything outside [A-Za-z0-9_-] as '_'. What else stands in a
// file's name finds room within the 255 characters that file systems allow.
std::string PlainName(const std::string& name);

// "0012_Conv_45_shape_1_80_80_64.bin"
std::string DumpFileName(const DumpLayer& layer);

// Throws BadInput that names the folder and the field.
Manifest ReadManifest(const std::filesystem::path& folder);

// The bytes of a layer; BadInput if the file is missing or not as long as the manifest says. The digest is checked too.
std::vector<uint8_t> ReadDumpLayer(const std::filesystem::path& folder, const DumpLayer& layer);

struct DumpOptions {
  bool digests_only = false;
  std::string layers;  // regular expression that a layer's name must match somewhere; empty: all
};

// Writes a dump layer by layer; the manifest comes last, so a folder without one is no dump.
class DumpWriter {
 public:
  // Makes the folder; dump files that lie in it from before are removed. Throws BadInput if it cannot be made,
  // UsageError for a bad expression.
  DumpWriter(std::filesystem::path folder, Manifest head, const DumpOptions& options);

  // The bytes of every input of a joint model, of which the manifest says the md5: --inject needs the same.
  void SetInputs(const std::vector<std::vector<uint8_t>>& inputs);
  // md5, bytes and file of `layer` are filled in here.
  void Add(DumpLayer layer, const void* data, size_t size);
  void Finish();

 private:
  std::filesystem::path folder_;
  files::MadeFolders made_;
  Manifest manifest_;
  DumpOptions options_;
  std::regex filter_;
};

// What a manifest says of a model, of a tensor (which need not be a layer's output: there is no index, name and
// operator then), and of an output of one of its layers.
Manifest DescribeModel(const joint::Model& model, const std::string& producer, const std::string& target);
DumpLayer DescribeTensor(const joint::Tensor& tensor);
// `output_index` is the position of `output` among the layer's outputs.
DumpLayer DescribeLayer(int index, int output_index, const joint::Layer& layer, const joint::Tensor& output);

std::string DTypeName(joint::DType dtype);
bool IsDType(const std::string& dtype);
size_t DTypeBytes(const std::string& dtype);  // BadInput for an unknown name

}  // namespace lockstep::dump
