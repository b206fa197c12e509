// What writing and reading a manifest must agree on.
#pragma once

namespace lockstep::dump {

inline constexpr int kDumpFormat = 1;
inline constexpr const char* kManifestName = "manifest.json";
inline constexpr const char* kFloat = "f32";

}  // namespace lockstep::dump
