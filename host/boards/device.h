// A folder of this program's own on a device: files get there whole or not at all, and only what it made is removed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "boards/board.h"
#include "boards/link.h"

namespace lockstep::boards {

// What the device says of itself, checked for form alone.
struct DeviceFacts {
  std::string boot;              // another after each start
  std::string machine;           // uname -m
  std::string digest_program;    // "md5sum" or what takes its place
  uint64_t free_bytes = 0;       // of the work folder's file system
  uint64_t available_bytes = 0;  // memory; 0: not known
};

// A file on the device, as its own listing has it.
struct RemoteFile {
  std::string name;
  uint64_t bytes = 0;
};

class Device {
 public:
  // `name` begins the messages. `work` is an absolute path on the device.
  Device(std::string name, std::unique_ptr<Link> link, std::string work);

  // Makes the work folder, asks for the facts, and ends and removes what runs of this PC whose program is gone left
  // behind. Throws as Link::Shell, and BoardError if the work folder cannot be made or if the device was opened before
  // and has been started anew since; so does every later call.
  const DeviceFacts& Open();
  const DeviceFacts& facts() const { return facts_; }
  // For people: CPU, its features, memory, C library, kernel, free space, clock.
  std::vector<BoardFact> Describe();

  // WORK/files/NAME with the bytes of `local`, sent only if it is not there already, and executable.
  std::string Keep(const std::filesystem::path& local, const std::string& name);
  // The same at any path below the work folder: what arrived before a link was lost is not sent again.
  void Put(const std::filesystem::path& local, const std::string& remote);

  // A new folder below WORK/runs; `Remove` takes it away again with everything in it.
  std::string MakeRun();
  void Remove(const std::string& run) noexcept;
  void MakeFolder(const std::string& folder);  // below the work folder

  std::vector<RemoteFile> List(const std::string& folder);
  // These files of a folder into a local one, where each appears when it is whole. BoardError if the device sends
  // another number of bytes.
  void Fetch(const std::string& folder, const std::vector<RemoteFile>& files, const std::filesystem::path& into);

  // Runs a line in `folder`; the status is for the caller to judge.
  ProcessResult Run(const std::string& line, const std::string& folder, std::chrono::seconds limit,
                    bool ends_with_link);

  [[noreturn]] void Fail(const std::string& what) const;
  Link& link() { return *link_; }

 private:
  [[noreturn]] void FailStartedAnew() const;
  ProcessResult Call(ShellCall call);
  ProcessResult Ask(const std::string& line);
  void RemoveLeftovers();
  bool Has(const std::string& remote, const std::string& md5);

  std::string name_;
  std::unique_ptr<Link> link_;
  std::string work_;
  DeviceFacts facts_;
  bool opened_ = false;
  int runs_ = 0;
  std::vector<std::string> left_behind_;  // runs that could not be removed when they ended
};

}  // namespace lockstep::boards
