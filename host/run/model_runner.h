// Runs a model on this PC with one of the engines; what comes out is the same kind of thing for all of them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "dump/dump.h"
#include "import/onnx_import.h"
#include "input/model_input.h"
#include "quantize/quantized_graph.h"

namespace lockstep::run {

enum class EngineKind { kFloat, kReference, kNative };

// "float", "reference", "native"; throws UsageError with the nearest name.
EngineKind EngineFromName(const std::string& name);
const char* EngineName(EngineKind kind);

struct RunnerOptions {
  input::InputSettings inputs;  // of an ONNX network; a joint model knows its own
  // Of the joint model that an ONNX network runs beside: it is fed what the model is fed. Else empty.
  std::vector<input::InputInfo> model_inputs;
  importer::ImportOptions import;  // of an ONNX network; `model_shapes` are those of the joint model beside it
  int threads = 0;                 // 0: all cores
  bool check_digest = true;
};

struct OutputTensor {
  std::string name;
  graph::Shape shape;         // ONNX order
  std::vector<float> values;  // real values in ONNX order
  dump::DumpLayer layout;     // of `bytes`: what the model itself gives, as run_joint writes it
  std::vector<uint8_t> bytes;
};

class ModelRunner {
 public:
  virtual ~ModelRunner() = default;
  virtual EngineKind engine() const = 0;
  // What a dump of this model says at its head.
  virtual dump::Manifest Head() const = 0;
  virtual std::vector<input::InputInfo> Inputs() const = 0;
  virtual std::vector<graph::Shape> OutputShapes() const = 0;  // ONNX order
  // `dump` may be null. Throws BadInput and UsageError for wrong data.
  virtual std::vector<OutputTensor> Run(const input::DataItem& item, dump::DumpWriter* dump) = 0;
  // Of the last Run: the engine alone.
  virtual double seconds() const = 0;
};

// An .onnx file runs on the float engine, a joint model on the reference engine or natively, or on the float engine if
// frontend/optimized.onnx lies beside it and is its network. Throws UsageError for a pair that does not fit.
std::unique_ptr<ModelRunner> OpenModel(const std::filesystem::path& model, EngineKind engine,
                                       const RunnerOptions& options);

// The options for an ONNX network that shall see what the joint model beside it sees.
RunnerOptions OptionsBeside(const std::filesystem::path& joint_model, RunnerOptions options);

bool IsOnnx(const std::filesystem::path& model);

}  // namespace lockstep::run
