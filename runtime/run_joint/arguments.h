// The command line of run_joint.
#pragma once

#include <cstdint>
#include <string>

#include "lockstep/status.h"

namespace lockstep {

struct Arguments {
  std::string model;
  std::string data;          // "a.bin;b.bin": one file per input of the network
  std::string input_folder;  // one run per file
  std::string list;          // a text file with one `data` per line
  std::string output_folder;
  std::string verify;  // folder with the expected outputs
  std::string inject;  // folder with a dump
  std::string dump_folder;
  std::string dump_layers;
  std::string profile_path;
  std::string memory_path;
  std::string benchmark;  // JSON file
  int repeat = 1;
  int warmup = 0;
  int threads = 1;
  int dump_level = 0;
  uint64_t affinity = 0;
  uint64_t seed = 1;
  bool check_digest = true;
  bool md5_only = false;
  bool self_test = false;
  bool report_memory = false;
  bool dry_run = false;
  bool model_info = false;
  bool version = false;
  bool help = false;

  bool has_data() const { return !data.empty() || !input_folder.empty() || !list.empty(); }
};

// Options may be spelt with '-' or '_'. kInvalidArgument names the option, and for an unknown one the nearest.
Status ParseArguments(int argc, char** argv, Arguments* arguments);

// What --help prints.
const char* UsageText();

}  // namespace lockstep
