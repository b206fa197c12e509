// What the builds without dumps have in place of inject_inputs.cpp.
#include "run_joint/inject_inputs.h"

namespace lockstep {

Result<InjectInputs> InjectInputs::Open(const Model& /*model*/, const String& /*folder*/) {
  return Status::Error(StatusCode::kWrongBuild, "--inject is of the debug build: use run_joint_debug");
}

// Never called: there is no InjectInputs.
Status InjectInputs::TakeInputs(Session& /*session*/) { return Status::Ok(); }
Status InjectInputs::BeforeLayer(Session& /*session*/, int32_t /*layer*/) { return Status::Ok(); }
Status InjectInputs::AfterLayer(Session& /*session*/, int32_t /*layer*/) { return Status::Ok(); }

}  // namespace lockstep
