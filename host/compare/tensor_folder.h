// What lies in a folder of tensors: a dump, or raw .bin and .npy files that any program wrote.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dump/dump.h"

namespace lockstep::compare {

// The order of a picture's axes in a raw file. Tensors of other ranks have their second axis last in kNhwc.
enum class AxisOrder { kUnknown, kNchw, kNhwc };

// "NCHW", "NHWC" in either case; throws UsageError that begins with `what`.
AxisOrder AxisOrderFromName(const std::string& name, const std::string& what);

struct StoredTensor {
  // Of a raw file: name and tensor are its stem; dtype is "" where nothing says it, "f64" is possible; a scale of 0
  // says that nothing is known of it; no axes.
  dump::DumpLayer layer;
  std::filesystem::path file;  // empty: the digest alone was kept
  uint64_t begin = 0;          // where in the file the elements begin; layer.bytes is their size
  bool raw = false;            // no manifest describes it
  bool has_shape = true;
  AxisOrder order = AxisOrder::kUnknown;  // of a raw file

  std::string Label() const { return file.empty() ? layer.name : file.string(); }
};

struct TensorFolder {
  std::string name;
  std::optional<dump::Manifest> manifest;  // of a dump; its layers are those of `tensors`
  std::vector<StoredTensor> tensors;
  std::vector<std::string> notes;

  bool is_dump() const { return manifest.has_value(); }
};

// A folder with a manifest.json is a dump. Throws BadInput if there is nothing that can be compared.
TensorFolder ReadTensorFolder(const std::filesystem::path& folder);

// One raw file; `label` is its name in tables. Throws BadInput for a .npy that is none.
StoredTensor ReadRawTensor(const std::filesystem::path& file, const std::string& label);

}  // namespace lockstep::compare
