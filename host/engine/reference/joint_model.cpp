#include "engine/reference/joint_model.h"

#include "engine/reference/joint_file.h"
#include "graph/error.h"

namespace lockstep::engine {

JointModel::JointModel(const std::string& path, bool check_digest) : file_(ReadJointFile(path)) {
  try {
    engine_ = std::make_unique<ReferenceEngine>(file_.data(), file_.size(), check_digest);
  } catch (const BadInput& error) {
    throw BadInput(path + ": " + error.what());
  } catch (const UnsupportedModel& error) {
    throw UnsupportedModel(path + ": " + error.what());
  }
}

}  // namespace lockstep::engine
