// Feeds every layer with the inputs that a dump of another engine has, so that each layer is tested alone.
#pragma once

#include "base/list.h"
#include "base/string.h"
#include "lockstep/runtime.h"
#include "run_joint/dump_manifest.h"

namespace lockstep {

class InjectInputs final : public RunHook {
 public:
  // The folder holds a dump of the same model (its digest is compared) with the tensor files of every layer. What the
  // manifest has no md5 for is taken as it is. A packed dump may have some of the tensors: the others stay as the
  // layers made them.
  static Result<InjectInputs> Open(const Model& model, const String& folder);

  // Keeps the network's inputs. InvalidArgument if they are not those that the dump was made with.
  Status TakeInputs(Session& session);

  // Overwrites the layer's inputs, the network's own with what they were before the run.
  Status BeforeLayer(Session& session, int32_t layer) override;
  // Keeps what the layer makes of the network's outputs: it is overwritten where a later layer reads it.
  Status AfterLayer(Session& session, int32_t layer) override;

  const void* output(int32_t index) const { return outputs_[static_cast<size_t>(index)].data(); }

 private:
  InjectInputs(const Model& model, String folder, DumpManifest manifest);

  Status ReadTensor(const Model& model, int32_t tensor, String* path);

  String folder_;
  DumpManifest manifest_;
  struct Producer {
    int32_t layer = -1;  // none
    int32_t output = 0;
    int32_t input = -1;  // of the network; -1: none
  };
  List<Producer> producer_;      // by tensor
  List<List<uint8_t>> inputs_;   // of the network
  List<List<uint8_t>> outputs_;  // of the network
  List<uint8_t> read_;           // one tensor's file
};

}  // namespace lockstep
