// onnx_mutate [COUNT [FIRST]]: mutations FIRST.. of small ONNX models through what `lockstep info` does with a file:
// each must be described or refused with one of our errors, within ten seconds and 4 GB. A child process does the work,
// and where one ends, the next goes on behind it. Exit status 1 if one crashed, hung or failed in any other way.
// onnx_mutate --write FOLDER [COUNT [FIRST]]: writes them to the folder as NUMBER.onnx, for other commands.
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>

#include "graph/error.h"
#include "info/model_info.h"
#include "onnx_mutation.h"
#include "onnx_writer.h"

namespace {

using lockstep::importer::Mutation;
using lockstep::importer::MutationOf;
using lockstep::importer::MutationSeed;

constexpr unsigned kSecondsForOne = 10;
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kLimitMemory = false;  // the sanitizer reserves terabytes
#else
constexpr bool kLimitMemory = true;
#endif

// Shared with the child.
struct Progress {
  uint64_t next = 0;
  uint64_t described = 0;
  uint64_t refused = 0;
  uint64_t failed = 0;
  double longest = 0.0;
  uint64_t longest_number = 0;
};

// "" if the file was described or refused as it should be, else what came out instead.
std::string Try(const std::string& path, Progress& progress) {
  try {
    const nlohmann::ordered_json info = lockstep::info::DescribeModelFile(path, {});
    if (lockstep::info::InfoText(info).empty()) return "it is described by nothing";
    ++progress.described;
    return "";
  } catch (const lockstep::Error& error) {
    ++progress.refused;
    const std::string text = error.what();
    if (text.find(path) == std::string::npos) return "the error does not name the file: " + text;
    return "";
  } catch (const std::exception& error) {
    return std::string("not one of our errors: ") + error.what();
  }
}

void Work(const std::vector<MutationSeed>& seeds, uint64_t end, Progress& progress) {
  if (kLimitMemory) {
    const rlimit limit{uint64_t{4} << 30, uint64_t{4} << 30};
    setrlimit(RLIMIT_AS, &limit);
  }
  const lockstep::importer::TemporaryFile file({}, ".onnx");
  for (; progress.next < end; ++progress.next) {
    const Mutation mutation = MutationOf(seeds, progress.next);
    file.Write(mutation.bytes);
    alarm(kSecondsForOne);
    const auto start = std::chrono::steady_clock::now();
    const std::string failure = Try(file.path(), progress);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    alarm(0);
    if (seconds > progress.longest) {
      progress.longest = seconds;
      progress.longest_number = progress.next;
    }
    if (failure.empty()) continue;
    ++progress.failed;
    std::printf("%llu (%s): %s\n", static_cast<unsigned long long>(progress.next), mutation.what.c_str(),
                failure.c_str());
    std::fflush(stdout);
  }
}

bool ReadNumber(const char* text, uint64_t* number) {
  char* end = nullptr;
  errno = 0;
  *number = std::strtoull(text, &end, 0);
  return end != text && *end == 0 && errno == 0;
}

int Usage() {
  std::fprintf(stderr, "usage: onnx_mutate [--write FOLDER] [COUNT [FIRST]]\n");
  return 2;
}

int Write(const std::vector<MutationSeed>& seeds, uint64_t first, uint64_t count, const std::string& folder) {
  for (uint64_t number = first; number < first + count; ++number) {
    const Mutation mutation = MutationOf(seeds, number);
    const std::string path = folder + "/" + std::to_string(number) + ".onnx";
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << mutation.bytes;
    if (!file.flush()) {
      std::fprintf(stderr, "%s: cannot be written\n", path.c_str());
      return 1;
    }
    std::printf("%s: %s\n", path.c_str(), mutation.what.c_str());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t count = 3000;
  uint64_t first = 0;
  const char* folder = nullptr;
  if (argc > 2 && std::strcmp(argv[1], "--write") == 0) {
    folder = argv[2];
    argv += 2;
    argc -= 2;
  }
  if (argc > 3 || (argc > 1 && !ReadNumber(argv[1], &count)) || (argc > 2 && !ReadNumber(argv[2], &first)))
    return Usage();
  const std::vector<MutationSeed> seeds = lockstep::importer::MutationSeeds();
  if (folder != nullptr) return Write(seeds, first, count, folder);
  void* shared = mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 1;
  Progress& progress = *new (shared) Progress;
  progress.next = first;
  uint64_t crashed = 0;
  uint64_t hung = 0;
  while (progress.next < first + count) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child < 0) return 1;
    if (child == 0) {
      Work(seeds, first + count, progress);
      std::_Exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (progress.next >= first + count) break;
    const bool late = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
    ++(late ? hung : crashed);
    std::printf("%llu (%s): %s\n", static_cast<unsigned long long>(progress.next),
                MutationOf(seeds, progress.next).what.c_str(), late ? "takes too long" : "crashes");
    ++progress.next;
  }
  std::printf(
      "%llu mutations of %zu models: %llu described, %llu refused, %llu failed otherwise, %llu crashed, %llu took "
      "too long; longest %.2f s (%llu)\n",
      static_cast<unsigned long long>(count), seeds.size(), static_cast<unsigned long long>(progress.described),
      static_cast<unsigned long long>(progress.refused), static_cast<unsigned long long>(progress.failed),
      static_cast<unsigned long long>(crashed), static_cast<unsigned long long>(hung), progress.longest,
      static_cast<unsigned long long>(progress.longest_number));
  return progress.failed + crashed + hung == 0 ? 0 : 1;
}
