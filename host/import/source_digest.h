// What tells one network from another.
#pragma once

#include <optional>
#include <string>

namespace lockstep::importer {

// The md5 of an ONNX file, hex; of one with weights in other files the md5 over its own and those of the others, in the
// order in which it names them. Throws BadInput as the import does.
std::string SourceDigest(const std::string& path);

// The md5 of any file, hex, read block by block; nothing if it cannot be opened.
std::optional<std::string> FileDigest(const std::string& path);

}  // namespace lockstep::importer
