#include "run_joint/run_paths.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/dump_name.h"

namespace lockstep {
namespace {

// What tells files apart, under all of their names. Both 0 where there is no file.
using FileId = std::pair<dev_t, ino_t>;

FileId IdOf(const String& path) {
  struct stat info = {};
  return stat(path.c_str(), &info) == 0 ? FileId(info.st_dev, info.st_ino) : FileId();
}

bool Same(const String& a, const String& b) { return IdOf(a) != FileId() && IdOf(a) == IdOf(b); }

// A name, and the input or output whose it is.
struct Owned {
  String name;
  size_t owner;
};

bool operator<(const Owned& a, const Owned& b) { return a.name != b.name ? a.name < b.name : a.owner < b.owner; }

bool NameBefore(const Owned& a, const Owned& b) { return a.name < b.name; }

// The network's outputs as files have them, made unique by their position. They depend on the model alone, so that
// --verify finds what another run wrote.
List<String> OutputNames(const Model& model) {
  List<String> names;
  names.reserve(static_cast<size_t>(model.output_count()));
  for (int32_t i = 0; i < model.output_count(); ++i) {
    names.push_back(PlainName(model.tensor(model.output_tensor(i)).name));
  }
  List<Owned> owned;
  for (size_t i = 0; i < names.size(); ++i) owned.push_back({names[i], i});
  std::sort(owned.begin(), owned.end());
  for (size_t i = 1; i < owned.size(); ++i) {
    if (owned[i].name != owned[i - 1].name) continue;  // the first output of a name keeps it
    const size_t output = owned[i].owner;
    // With its position behind it a name can only be that of an output which has it from the model.
    do {
      names[output] += "_" + Decimal(output);
    } while (std::binary_search(owned.begin(), owned.end(), Owned{names[output], 0}, NameBefore));
  }
  return names;
}

Status CheckFolders(const Arguments& arguments, const List<RunPaths>& paths) {
  const auto check = [](const char* written, const String& folder, const char* read, const String& other) {
    if (!Same(folder, other)) return Status::Ok();
    return Status::Error(StatusCode::kInvalidArgument, "--%s and --%s are the same folder, %s; name another", written,
                         read, folder.c_str());
  };
  const String& folder = arguments.output_folder;
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
Status CheckUnique(const List<RunInput>& inputs, const List<RunPaths>& paths, const Arguments& arguments) {
  List<Owned> results;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (arguments.dump_level != 0) results.push_back({paths[i].dump, i});
    if (arguments.output_folder.empty() && arguments.verify.empty()) continue;
    for (const String& name : paths[i].outputs) results.push_back({name, i});
  }
  std::sort(results.begin(), results.end());
  for (size_t i = 1; i < results.size(); ++i) {
    const Owned& first = results[i - 1];
    const Owned& second = results[i];
    if (first.name != second.name || first.owner == second.owner) continue;
    return Status::Error(
        StatusCode::kInvalidArgument, "the results of %.80s and %.80s have one name, '%.64s'; rename one of the inputs",
        inputs[first.owner].files[0].c_str(), inputs[second.owner].files[0].c_str(), first.name.c_str());
  }
  return Status::Ok();
}

using ReadIds = List<FileId>;  // in ascending order

// What the run reads, its folders left out.
ReadIds ReadFiles(const Arguments& arguments, const List<RunInput>& inputs) {
  ReadIds read;
  const auto add = [&read](const String& file) {
    if (const FileId id = IdOf(file); id != FileId()) read.push_back(id);
  };
  add(arguments.model);
  add(arguments.list);
  for (const RunInput& input : inputs) {
    for (const String& file : input.files) add(file);
  }
  std::sort(read.begin(), read.end());
  return read;
}

Status CheckWritten(const ReadIds& read, const char* option, const String& path) {
  if (!std::binary_search(read.begin(), read.end(), IdOf(path))) return Status::Ok();
  return Status::Error(StatusCode::kInvalidArgument, "%s: is an input, and --%s would replace it; name another",
                       path.c_str(), option);
}

}  // namespace

String DumpFolder(const Arguments& arguments) {
  if (!arguments.dump_folder.empty()) return arguments.dump_folder;
  return arguments.output_folder.empty() ? "dump" : arguments.output_folder + "/dump";
}

Status PlanPaths(const Arguments& arguments, const Model& model, const List<RunInput>& inputs, List<RunPaths>* paths) {
  const List<String> names = OutputNames(model);
  const String dumps = DumpFolder(arguments);
  for (const RunInput& input : inputs) {
    RunPaths& path = paths->emplace_back();
    for (const String& name : names) path.outputs.push_back(input.stem + "_" + name + ".bin");
    path.dump = inputs.size() > 1 ? dumps + "/" + input.stem : dumps;
  }
  LOCKSTEP_RETURN_IF_ERROR(CheckFolders(arguments, *paths));
  LOCKSTEP_RETURN_IF_ERROR(CheckUnique(inputs, *paths, arguments));
  if (arguments.output_folder.empty()) return Status::Ok();
  const ReadIds read = ReadFiles(arguments, inputs);
  for (const RunPaths& path : *paths) {
    for (const String& name : path.outputs) {
      LOCKSTEP_RETURN_IF_ERROR(CheckWritten(read, "output-folder", arguments.output_folder + "/" + name));
    }
  }
  return Status::Ok();
}

Status CheckReports(const Arguments& arguments, const List<RunInput>& inputs) {
  const ReadIds read = ReadFiles(arguments, inputs);
  const struct {
    const char* flag;
    const String& path;
    const char* end;
  } reports[] = {{"save-benchmark", arguments.benchmark, ""},
                 {"memory-path", arguments.memory_path, ""},
                 {"memory-path", arguments.memory_path, ".json"},
                 {"profile-path", arguments.profile_path, ""},
                 {"profile-path", arguments.profile_path, "/profile.csv"},
                 {"profile-path", arguments.profile_path, "/profile.json"},
                 {"profile-path", arguments.profile_path, "/trace.json"}};
  for (const auto& report : reports) {
    if (!report.path.empty()) LOCKSTEP_RETURN_IF_ERROR(CheckWritten(read, report.flag, report.path + report.end));
  }
  return Status::Ok();
}

}  // namespace lockstep
