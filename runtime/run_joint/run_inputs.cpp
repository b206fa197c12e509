#include "run_joint/run_inputs.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/file_error.h"
#include "lockstep/seeded_input.h"

namespace lockstep {
namespace {

String Stem(const String& path) {
  const String name = path.substr(path.rfind('/') + 1);
  const size_t dot = name.rfind('.');
  return dot == String::npos || dot == 0 ? name : name.substr(0, dot);
}

Status SplitData(const String& data, const Model& model, RunInput* input) {
  for (size_t begin = 0; begin <= data.size();) {
    const size_t end = std::min(data.find(';', begin), data.size());
    if (end > begin) input->files.push_back(data.substr(begin, end - begin));
    begin = end + 1;
  }
  if (input->files.size() != static_cast<size_t>(model.input_count())) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "'%.120s': files: %d, inputs of the model: %d; give one for each, separated by ';'",
                         data.c_str(), static_cast<int>(input->files.size()), model.input_count());
  }
  input->stem = Stem(input->files[0]);
  return Status::Ok();
}

Status ListFolder(const String& folder, const Model& model, List<RunInput>* inputs) {
  if (model.input_count() != 1) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "--input-folder is for networks with one input, this one has %d; use --list",
                         model.input_count());
  }
  DIR* directory = opendir(folder.c_str());
  if (directory == nullptr) {
    return Status::Error(CodeOfFileError(errno), "%s: %s; --input-folder needs a folder of .bin files", folder.c_str(),
                         std::strerror(errno));
  }
  errno = 0;
  for (const dirent* entry = readdir(directory); entry != nullptr; entry = readdir(directory)) {
    const String name = entry->d_name;
    if (name.size() > 4 && name.ends_with(".bin")) {
      RunInput& input = inputs->emplace_back();
      input.stem = Stem(name);
      input.files.push_back(folder + "/" + name);
    }
  }
  const int error = errno;  // readdir reports an error and the end in the same way, but for errno
  closedir(directory);
  if (error != 0)
    return Status::Error(CodeOfFileError(error), "%s: %s; check the folder", folder.c_str(), std::strerror(error));
  std::sort(inputs->begin(), inputs->end(),
            [](const RunInput& a, const RunInput& b) { return a.files[0] < b.files[0]; });
  if (!inputs->empty()) return Status::Ok();
  return Status::Error(StatusCode::kUnreadable, "%s: the folder has no .bin file; put the raw input tensors there",
                       folder.c_str());
}

// Without the end of the line. False at the end of the file.
bool ReadLine(std::FILE* file, String* line) {
  line->clear();
  int letter = std::getc(file);
  if (letter == EOF) return false;
  for (; letter != EOF && letter != '\n'; letter = std::getc(file)) *line += static_cast<char>(letter);
  if (!line->empty() && line->back() == '\r') line->pop_back();
  return true;
}

Status ReadList(const String& path, const Model& model, List<RunInput>* inputs) {
  const auto unreadable = [&path] {
    return Status::Error(CodeOfFileError(errno), "%s: %s; --list needs a text file with the data of a run in each line",
                         path.c_str(), std::strerror(errno));
  };
  const Stream file(std::fopen(path.c_str(), "r"));
  if (file == nullptr) return unreadable();
  String line;
  while (ReadLine(file.get(), &line)) {
    if (line.empty() || line[0] == '#') continue;
    RunInput input;
    LOCKSTEP_RETURN_IF_ERROR(SplitData(line, model, &input));
    inputs->push_back(std::move(input));
  }
  if (std::ferror(file.get()) != 0) return unreadable();
  if (!inputs->empty()) return Status::Ok();
  return Status::Error(StatusCode::kUnreadable,
                       "%s: the list names no data; write one argument of --data into each line", path.c_str());
}

}  // namespace

String Describe(const TensorInfo& tensor) {
  String text = DataTypeName(tensor.dtype);
  for (int32_t i = 0; i < tensor.rank; ++i) text += (i == 0 ? " " : "x") + Decimal(tensor.shape[i]);
  return text;
}

Result<InputFile> OpenFile(const String& path, const String& advice) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  Stream stream(descriptor >= 0 ? fdopen(descriptor, "rb") : nullptr);
  struct stat info = {};
  if (stream == nullptr || fstat(descriptor, &info) != 0) {
    return Status::Error(CodeOfFileError(errno), "%s: %s; %s", path.c_str(), std::strerror(errno), advice.c_str());
  }
  if (S_ISREG(info.st_mode)) return InputFile{std::move(stream), static_cast<uint64_t>(info.st_size)};
  return Status::Error(StatusCode::kUnreadable, "%s: is not a file; %s", path.c_str(), advice.c_str());
}

namespace {

Status ReadBytes(const String& path, std::FILE* stream, void* data, uint64_t size) {
  errno = 0;
  if (std::fread(data, 1, static_cast<size_t>(size), stream) == size) return Status::Ok();
  return Status::Error(CodeOfFileError(errno), "%s: cannot be read: %s; copy it again", path.c_str(),
                       errno != 0 ? std::strerror(errno) : "it ends early");
}

}  // namespace

Status ReadExactly(const String& path, void* data, uint64_t size, const String& what) {
  Result<InputFile> file = OpenFile(path, "give the file with " + what);
  LOCKSTEP_RETURN_IF_ERROR(file.status());
  if (file.value().size != size) {
    return Status::Error(StatusCode::kUnreadable,
                         "%s: has %llu bytes, but %s needs %llu; give a file that was made for this model",
                         path.c_str(), static_cast<unsigned long long>(file.value().size), what.c_str(),
                         static_cast<unsigned long long>(size));
  }
  return ReadBytes(path, file.value().stream.get(), data, size);
}

Status ReadPart(const String& path, uint64_t offset, void* data, uint64_t size, const String& what) {
  Result<InputFile> file = OpenFile(path, "give the file with " + what);
  LOCKSTEP_RETURN_IF_ERROR(file.status());
  const uint64_t all = file.value().size;
  if (offset > all || size > all - offset ||
      fseeko(file.value().stream.get(), static_cast<off_t>(offset), SEEK_SET) != 0) {
    return Status::Error(StatusCode::kUnreadable, "%s: has %llu bytes, too few for %s; copy it again", path.c_str(),
                         static_cast<unsigned long long>(all), what.c_str());
  }
  return ReadBytes(path, file.value().stream.get(), data, size);
}

Status ListInputs(const Arguments& arguments, const Model& model, List<RunInput>* inputs) {
  if (!arguments.data.empty()) {
    inputs->resize(1);
    LOCKSTEP_RETURN_IF_ERROR(SplitData(arguments.data, model, inputs->data()));
  } else if (!arguments.input_folder.empty()) {
    LOCKSTEP_RETURN_IF_ERROR(ListFolder(arguments.input_folder, model, inputs));
  } else if (!arguments.list.empty()) {
    LOCKSTEP_RETURN_IF_ERROR(ReadList(arguments.list, model, inputs));
  } else {
    inputs->emplace_back().stem = "seed_" + Decimal(arguments.seed);
  }
  return Status::Ok();
}

Status LoadInput(const RunInput& input, uint64_t seed, Session& session) {
  SeededBytes seeded(seed);
  for (int32_t i = 0; i < session.model().input_count(); ++i) {
    const TensorInfo info = session.input_info(i);
    if (input.files.empty()) {
      seeded.FillInput(info.dtype == DataType::kF32, session.input(i), static_cast<size_t>(info.bytes));
      continue;
    }
    const String what = "input " + Decimal(i) + " '" + info.name + "' (" + Describe(info) + ")";
    LOCKSTEP_RETURN_IF_ERROR(ReadExactly(input.files[static_cast<size_t>(i)], session.input(i), info.bytes, what));
  }
  return Status::Ok();
}

}  // namespace lockstep
