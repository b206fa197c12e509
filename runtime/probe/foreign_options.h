// Errors for options that another of the four builds understands.
#pragma once

#include "lockstep/runtime.h"

namespace lockstep {

inline Status RefuseDump(const ProbeOptions& options) {
  if (options.dump_folder == nullptr && options.dump_layers == nullptr && !options.dump_md5_only) return Status::Ok();
  return Status::Error(StatusCode::kWrongBuild,
                       "dumps are written by the debug build: use run_joint_debug or liblockstep.d.so");
}

inline Status RefuseProfile(const ProbeOptions& options) {
  if (options.profile_folder == nullptr) return Status::Ok();
  return Status::Error(StatusCode::kWrongBuild,
                       "profiles are written by the profile build: use run_joint_profile or liblockstep.p.so");
}

inline Status RefuseMemoryReport(const ProbeOptions& options) {
  if (options.memory_path == nullptr) return Status::Ok();
  return Status::Error(StatusCode::kWrongBuild,
                       "memory reports are written by the nmem build: use run_joint_nmem or liblockstep.m.so");
}

inline Status RefuseDumpFolder(const char* folder) {
  ProbeOptions options;
  options.dump_folder = folder;
  return RefuseDump(options);
}

}  // namespace lockstep
