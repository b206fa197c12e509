// Where the inputs of each run come from.
#pragma once

#include <cstdio>
#include <memory>

#include "base/list.h"
#include "base/string.h"
#include "lockstep/runtime.h"
#include "run_joint/arguments.h"

namespace lockstep {

struct RunInput {
  String stem;         // names the run's outputs
  List<String> files;  // one per input of the network; empty: seeded bytes
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Stream = std::unique_ptr<std::FILE, CloseFile>;

struct InputFile {
  Stream stream;
  uint64_t size = 0;
};

// Opens a file, and nothing but a file: a pipe would be waited for. `advice` ends the error.
Result<InputFile> OpenFile(const String& path, const String& advice);

// The runs that the arguments ask for, at least one.
Status ListInputs(const Arguments& arguments, const Model& model, List<RunInput>* inputs);

// Fills the session's inputs. A file of another size than the tensor is an error that names both.
Status LoadInput(const RunInput& input, uint64_t seed, Session& session);

// "u8 1x640x640x3"
String Describe(const TensorInfo& tensor);

// Reads a file of exactly `size` bytes; `what` says what they are for, in the error.
Status ReadExactly(const String& path, void* data, uint64_t size, const String& what);

// Reads so many bytes from `offset` on.
Status ReadPart(const String& path, uint64_t offset, void* data, uint64_t size, const String& what);

}  // namespace lockstep
