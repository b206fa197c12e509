#include "run_joint/run_paths.h"

#include <sys/stat.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <utility>

#include "core/dump_name.h"

namespace lockstep {
namespace {

// What tells files apart, under all of their names. Both 0 where there is no file.
using FileId = std::pair<dev_t, ino_t>;

FileId IdOf(const std::string& path) {
  struct stat info = {};
  return stat(path.c_str(), &info) == 0 ? FileId(info.st_dev, info.st_ino) : FileId();
}

bool Same(const std::string& a, const std::string& b) { return IdOf(a) != FileId() && IdOf(a) == IdOf(b); }

// The network's outputs as files have them, made unique by their position. They depend on the model alone, so that
// --verify finds what another run wrote.
std::vector<std::string> OutputNames(const Model& model) {
  std::vector<std::string> names;
  names.reserve(static_cast<size_t>(model.output_count()));
  for (int32_t i = 0; i < model.output_count(); ++i) {
    names.push_back(PlainName(model.tensor(model.output_tensor(i)).name));
  }
  std::map<std::string, size_t> taken;  // and the first output of that name, which keeps it
  for (size_t i = 0; i < names.size(); ++i) taken.emplace(names[i], i);
  for (size_t i = 0; i < names.size(); ++i) {
    while (taken.emplace(names[i], i).first->second != i) names[i] += "_" + std::to_string(i);
  }
  return names;
}

Status CheckFolders(const Arguments& arguments, const std::vector<RunPaths>& paths) {
  const auto check = [](const char* written, const std::string& folder, const char* read, const std::string& other) {
    if (!Same(folder, other)) return Status::Ok();
    return Status::Error(StatusCode::kInvalidArgument, "--%s and --%s are the same folder, %s; name another", written,
                         read, folder.c_str());
  };
  const std::string& folder = arguments.output_folder;
  LOCKSTEP_RETURN_IF_ERROR(check("output-folder", folder, "verify", arguments.verify));
  LOCKSTEP_RETURN_IF_ERROR(check("output-folder", folder, "inject", arguments.inject));
  LOCKSTEP_RETURN_IF_ERROR(check("output-folder", folder, "input-folder", arguments.input_folder));
  if (arguments.dump_level != 0) {
    for (const RunPaths& path : paths) {
      LOCKSTEP_RETURN_IF_ERROR(check("dump-folder", path.dump, "inject", arguments.inject));
      LOCKSTEP_RETURN_IF_ERROR(check("dump-folder", path.dump, "input-folder", arguments.input_folder));
    }
  } else if (const char* dump = std::getenv("LOCKSTEP_DUMPDATA");
             dump != nullptr && std::strcmp(dump, "true") == 0 && !arguments.inject.empty()) {
    // Its folder is not known here, and may be the one to inject.
    return Status::Error(StatusCode::kInvalidArgument,
                         "LOCKSTEP_DUMPDATA and --inject exclude each other; use --dump-intermediate");
  }
  return Status::Ok();
}

// Two inputs of one name, or an input called a and an output called b_c beside an input a_b and an output c.
Status CheckUnique(const std::vector<RunInput>& inputs, const std::vector<RunPaths>& paths,
                   const Arguments& arguments) {
  std::map<std::string, size_t> results;  // and the first input with a result of that name
  Status status;
  const auto add = [&](const std::string& name, size_t input) {
    const size_t first = results.emplace(name, input).first->second;
    if (first == input || !status.ok()) return;
    status = Status::Error(StatusCode::kInvalidArgument,
                           "the results of %.80s and %.80s have one name, '%.64s'; rename one of the inputs",
                           inputs[first].files[0].c_str(), inputs[input].files[0].c_str(), name.c_str());
  };
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (arguments.dump_level != 0) add(paths[i].dump, i);
    if (arguments.output_folder.empty() && arguments.verify.empty()) continue;
    for (const std::string& name : paths[i].outputs) add(name, i);
  }
  return status;
}

// What the run reads, its folders left out.
std::set<FileId> ReadFiles(const Arguments& arguments, const std::vector<RunInput>& inputs) {
  std::set<FileId> read = {IdOf(arguments.model), IdOf(arguments.list)};
  for (const RunInput& input : inputs) {
    for (const std::string& file : input.files) read.insert(IdOf(file));
  }
  read.erase(FileId());
  return read;
}

Status CheckWritten(const std::set<FileId>& read, const char* option, const std::string& path) {
  if (read.count(IdOf(path)) == 0) return Status::Ok();
  return Status::Error(StatusCode::kInvalidArgument, "%s: is an input, and --%s would replace it; name another",
                       path.c_str(), option);
}

}  // namespace

std::string DumpFolder(const Arguments& arguments) {
  if (!arguments.dump_folder.empty()) return arguments.dump_folder;
  return arguments.output_folder.empty() ? "dump" : arguments.output_folder + "/dump";
}

Status PlanPaths(const Arguments& arguments, const Model& model, const std::vector<RunInput>& inputs,
                 std::vector<RunPaths>* paths) {
  const std::vector<std::string> names = OutputNames(model);
  const std::string dumps = DumpFolder(arguments);
  for (const RunInput& input : inputs) {
    RunPaths& path = paths->emplace_back();
    for (const std::string& name : names) path.outputs.push_back(input.stem + "_" + name + ".bin");
    path.dump = inputs.size() > 1 ? dumps + "/" + input.stem : dumps;
  }
  LOCKSTEP_RETURN_IF_ERROR(CheckFolders(arguments, *paths));
  LOCKSTEP_RETURN_IF_ERROR(CheckUnique(inputs, *paths, arguments));
  if (arguments.output_folder.empty()) return Status::Ok();
  const std::set<FileId> read = ReadFiles(arguments, inputs);
  for (const RunPaths& path : *paths) {
    for (const std::string& name : path.outputs) {
      LOCKSTEP_RETURN_IF_ERROR(CheckWritten(read, "output-folder", arguments.output_folder + "/" + name));
    }
  }
  return Status::Ok();
}

Status CheckReports(const Arguments& arguments, const std::vector<RunInput>& inputs) {
  const std::set<FileId> read = ReadFiles(arguments, inputs);
  LOCKSTEP_RETURN_IF_ERROR(CheckWritten(read, "save-benchmark", arguments.benchmark));
  LOCKSTEP_RETURN_IF_ERROR(CheckWritten(read, "memory-path", arguments.memory_path));
  if (arguments.profile_path.empty()) return Status::Ok();
  for (const char* name : {"", "/profile.csv", "/trace.json"}) {
    LOCKSTEP_RETURN_IF_ERROR(CheckWritten(read, "profile-path", arguments.profile_path + name));
  }
  return Status::Ok();
}

}  // namespace lockstep
