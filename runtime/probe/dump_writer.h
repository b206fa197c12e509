// Writes a dump: one raw file per tensor and manifest.json, which appears last and only when all is written.
// Layer by layer, in memory that does not grow with the model.
#pragma once

#include <regex.h>

#include "base/list.h"
#include "base/output_file.h"
#include "base/string.h"
#include "lockstep/runtime.h"

namespace lockstep {

class DumpWriter {
 public:
  DumpWriter() = default;
  ~DumpWriter();
  DumpWriter(const DumpWriter&) = delete;
  DumpWriter& operator=(const DumpWriter&) = delete;

  // Level, selection and md5 of the options hold for all dumps; a bad regular expression is an error.
  Status Prepare(const Model& model, const ProbeOptions& options);
  // An older manifest in the folder is removed first: an interrupted dump is not mistaken for a whole one.
  // The network's inputs are loaded: the manifest has their md5.
  Status Begin(Session& session, const String& folder);
  Status Inputs(Session& session, int32_t layer);  // before the layer
  Status Layer(Session& session, int32_t layer);   // after the layer
  Status End();

 private:
  bool Selects(const Model& model, int32_t layer) const;                   // any of its outputs
  bool SelectsOutput(const Model& model, int32_t layer, int32_t i) const;  // of a layer that is selected
  Status Output(Session& session, int32_t layer, int32_t i);
  // The JSON members that describe a tensor, its file written on the way.
  Status Tensor(const TensorInfo& info, const TensorRows& rows, const String& stem, String* json);

  int level_ = 2;
  bool md5_only_ = false;
  bool has_filter_ = false;
  regex_t filter_ = {};
  List<bool> is_output_;  // by tensor: an output of the network
  String folder_;
  String inputs_;  // JSON of the current layer's inputs
  OutputFile manifest_;
  bool first_ = true;
};

}  // namespace lockstep
