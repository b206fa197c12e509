// Files that appear under their name whole or not at all: written beside as NAME.part and renamed into place. What
// exists and is no regular file (/dev/null, a pipe) is written to directly and never replaced or removed.
#pragma once

#include <cstddef>
#include <cstdio>

#include "base/list.h"
#include "base/string.h"
#include "lockstep/status.h"

namespace lockstep {

class OutputFile {
 public:
  OutputFile() = default;
  ~OutputFile();  // removes what was not committed
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  Status Open(const String& path);  // removes what was not committed before
  // Errors of these two are kept for Commit.
  void Write(const void* data, size_t size);
  void Print(const char* format, ...) __attribute__((format(printf, 2, 3)));
  // Fails if any byte could not be written, a full disk for instance.
  Status Commit();

 private:
  void Discard();
  String Part() const { return special_ ? path_ : path_ + ".part"; }

  String path_;
  bool special_ = false;  // a device or pipe
  std::FILE* file_ = nullptr;
  int error_ = 0;  // errno of the first failure
};

// Whether the file could be written, found out without touching it: to be asked before the work whose result it gets.
Status CheckWritable(const String& path);

Status WriteWholeFile(const String& path, const void* data, size_t size);

// Makes the folder and what is missing above it, and appends what it made to `made`, the outermost first.
Status MakeFolder(const String& path, List<String>* made = nullptr);

// A folder for outputs. Nothing of it stays behind if nothing was written into it.
class OutputFolder {
 public:
  OutputFolder() = default;
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  Status Make(const String& path) { return MakeFolder(path, &made_); }

 private:
  List<String> made_;
};

}  // namespace lockstep
