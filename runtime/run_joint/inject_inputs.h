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
  // manifest has no md5 for is taken as it is.
  static Result<InjectInputs> Open(const Model& model, const String& folder);

  // InvalidArgument if the network's inputs are not those that the dump was made with.
  Status CheckInputs(Session& session) const;

  // Overwrites the layer's inputs. The network's own inputs are left as they are.
  Status BeforeLayer(Session& session, int32_t layer) override;
  // Keeps what the layer makes of the network's outputs: it is overwritten where a later layer reads it.
  Status AfterLayer(Session& session, int32_t layer) override;

  const void* output(int32_t index) const { return outputs_[static_cast<size_t>(index)].data(); }

 private:
  InjectInputs(const Model& model, String folder, DumpManifest manifest);

  String folder_;
  DumpManifest manifest_;
  struct Producer {
    int32_t layer = -1;  // none
    int32_t output = 0;
  };
  List<Producer> producer_;      // by tensor
  List<List<uint8_t>> outputs_;  // of the network
  List<uint8_t> read_;           // one tensor's file
};

}  // namespace lockstep
