#include "compare/tensor_folder.h"

#include <fstream>

#include "graph/error.h"
#include "graph/quoted.h"
#include "input/folder.h"
#include "input/npy.h"

namespace lockstep::compare {
namespace {

namespace fs = std::filesystem;

std::vector<uint8_t> ReadStart(const fs::path& file, size_t most) {
  std::ifstream stream(file, std::ios::binary);
  std::vector<uint8_t> start(most);
  stream.read(reinterpret_cast<char*>(start.data()), static_cast<std::streamsize>(most));
  if (!stream.is_open() || stream.bad()) throw BadInput("cannot read " + file.string() + "; check its rights");
  start.resize(static_cast<size_t>(stream.gcount()));
  return start;
}

TensorFolder ReadDump(const fs::path& folder) {
  TensorFolder read;
  read.name = folder.string();
  read.manifest = dump::ReadManifest(folder);
  for (const dump::DumpLayer& layer : read.manifest->layers) {
    StoredTensor tensor;
    tensor.layer = layer;
    if (!layer.file.empty()) tensor.file = folder / layer.file;
    read.tensors.push_back(std::move(tensor));
  }
  return read;
}

}  // namespace

AxisOrder AxisOrderFromName(const std::string& name, const std::string& what) {
  if (name == "NCHW" || name == "nchw") return AxisOrder::kNchw;
  if (name == "NHWC" || name == "nhwc") return AxisOrder::kNhwc;
  throw UsageError(what + " is " + graph::Quoted(name) + "; it must be NCHW or NHWC");
}

StoredTensor ReadRawTensor(const fs::path& file, const std::string& label) {
  StoredTensor tensor;
  tensor.raw = true;
  tensor.file = file;
  tensor.layer.name = tensor.layer.tensor = label;
  tensor.layer.bytes = fs::file_size(file);
  tensor.has_shape = false;
  if (input::KindOf(file.string()) != input::FileKind::kArray) return tensor;
  const input::NpyHeader header =
      input::ParseNpyHeader(ReadStart(file, input::kMostNpyHeader), tensor.layer.bytes, file.string());
  tensor.layer.dtype = header.dtype;
  tensor.layer.shape = header.shape;
  tensor.layer.bytes -= header.begin;
  tensor.begin = header.begin;
  tensor.has_shape = true;
  return tensor;
}

TensorFolder ReadTensorFolder(const fs::path& folder) {
  if (fs::is_regular_file(folder)) {
    throw UsageError(folder.string() + " is a file, here a folder is needed: a dump, or one of .bin and .npy files; " +
                     "`lockstep run MODEL MODEL` compares two models");
  }
  if (!fs::is_directory(folder)) throw BadInput(folder.string() + ": no such folder; check the path");
  if (fs::exists(folder / "manifest.json")) return ReadDump(folder);
  TensorFolder read;
  read.name = folder.string();
  const input::FolderContent content = input::ListFolder(folder.string());
  for (const auto* files : {&content.arrays, &content.raw}) {
    for (const std::string& file : *files) {
      read.tensors.push_back(ReadRawTensor(file, fs::path(file).stem().string()));
      read.tensors.back().layer.index = static_cast<int>(read.tensors.size()) - 1;
    }
  }
  if (read.tensors.empty()) {
    throw BadInput(folder.string() +
                   ": nothing to compare: neither a manifest.json, which a dump has, nor .bin or .npy files; name a "
                   "folder that has them");
  }
  if (!content.skipped.empty()) read.notes.push_back(input::SkippedText(folder.string(), content.skipped));
  return read;
}

}  // namespace lockstep::compare
