// The command line of run_joint.
#pragma once

#include <cstdint>

#include "base/string.h"
#include "lockstep/status.h"

namespace lockstep {

struct Arguments {
  String model;
  String data;          // "a.bin;b.bin": one file per input of the network
  String input_folder;  // one run per file
  String list;          // a text file with one `data` per line
  String output_folder;
  String verify;  // folder with the expected outputs
  String inject;  // folder with a dump
  String dump_folder;
  String dump_layers;
  String profile_path;
  String memory_path;
  String benchmark;  // JSON file
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
  bool group_rows = false;
  bool version = false;
  bool help = false;

  bool has_data() const { return !data.empty() || !input_folder.empty() || !list.empty(); }
};

// Options may be spelt with '-' or '_'. kInvalidArgument names the option, and for an unknown one the nearest.
Status ParseArguments(int argc, char** argv, Arguments* arguments);

// What --help prints.
const char* UsageText();

}  // namespace lockstep
