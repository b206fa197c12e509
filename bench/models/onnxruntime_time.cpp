// Times a network in ONNX Runtime: onnxruntime_time LIBRARY NETWORK.onnx INPUT.bin OUTPUT.bin WARMUP RUNS THREADS
//
// One input and one output, both float32. A program of its own, so that its peak memory is ONNX Runtime's alone. Writes
// the output of the last run, and prints {"version", "median_ms", "p95_ms", "min_ms", "peak_bytes"}. One argument more
// is a file with the addresses of the library's cpuid instructions: what the CPU has beyond AVX2 is hidden from it.
#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "hidden_features.h"
#include "onnxruntime_api.h"

namespace lockstep::bench::ort {
namespace {

class Api {
 public:
  Api(const char* library, const char* places) {
    void* const handle = dlopen(library, RTLD_NOW);
    void* const symbol = handle == nullptr ? nullptr : dlsym(handle, "OrtGetApiBase");
    if (symbol == nullptr) Fail(dlerror());
    if (places != nullptr) Hide(handle, places);
    const auto* base = reinterpret_cast<const Base* (*)()>(symbol)();
    version_ = base->version();
    table_ = base->get_api(kVersion);
    if (table_ == nullptr) Fail("this ONNX Runtime has no interface of version 13");
  }

  [[noreturn]] static void Fail(const char* why) {
    std::fprintf(stderr, "onnxruntime_time: %s\n", why);
    std::exit(1);
  }

  template <typename... Arguments>
  void Call(Place place, Arguments... arguments) const {
    const Error error = reinterpret_cast<Error (*)(Arguments...)>(const_cast<void*>(table_[place]))(arguments...);
    if (error != nullptr) Fail(Function<const char*(Error)>(kGetErrorMessage)(error));
  }

  void Release(void* value) const { Function<void(void*)>(kReleaseValue)(value); }
  const char* version() const { return version_; }

 private:
  static void Hide(void* handle, const char* places) {
    const link_map* map = nullptr;
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0) Fail(dlerror());
    std::ifstream file(places);
    std::vector<uintptr_t> addresses;
    for (uintptr_t place = 0; file >> std::hex >> place;) addresses.push_back(map->l_addr + place);
    if (addresses.empty() || !HideBeyondAvx2(addresses)) Fail("the library's cpuid instructions cannot be replaced");
  }

  template <typename Type>
  Type* Function(Place place) const {
    return reinterpret_cast<Type*>(const_cast<void*>(table_[place]));
  }

  const void* const* table_ = nullptr;
  const char* version_ = nullptr;
};

class Session {
 public:
  Session(const Api& api, const char* network, int threads) : api_(api) {
    void* environment = nullptr;
    void* options = nullptr;
    void* allocator = nullptr;
    api_.Call(kCreateEnv, kWarnings, "bench", &environment);
    api_.Call(kCreateSessionOptions, &options);
    api_.Call(kSetGraphOptimization, options, kAllOptimizations);
    api_.Call(kSetIntraOpThreads, options, threads);
    api_.Call(kSetInterOpThreads, options, 1);
    api_.Call(kCreateSession, environment, network, options, &session_);
    api_.Call(kDefaultAllocator, &allocator);
    size_t inputs = 0;
    size_t outputs = 0;
    api_.Call(kInputCount, session_, &inputs);
    api_.Call(kOutputCount, session_, &outputs);
    if (inputs != 1 || outputs != 1) Api::Fail("the network must have one input and one output");
    api_.Call(kInputName, session_, size_t{0}, allocator, &input_name_);
    api_.Call(kOutputName, session_, size_t{0}, allocator, &output_name_);
  }

  void Feed(std::vector<char>& bytes) {
    void* type = nullptr;
    const void* info = nullptr;
    void* memory = nullptr;
    size_t rank = 0;
    api_.Call(kInputType, session_, size_t{0}, &type);
    api_.Call(kTensorInfoOfType, type, &info);
    api_.Call(kDimensionCount, info, &rank);
    std::vector<int64_t> shape(rank);
    api_.Call(kDimensions, info, shape.data(), rank);
    api_.Call(kCreateCpuMemory, kArena, 0, &memory);
    api_.Call(kCreateTensor, memory, static_cast<void*>(bytes.data()), bytes.size(),
              static_cast<const int64_t*>(shape.data()), rank, kFloat, &input_);
  }

  // The output, to be released.
  void* Run() {
    void* output = nullptr;
    const char* const input_name = input_name_;
    const char* const output_name = output_name_;
    api_.Call(kRun, session_, static_cast<void*>(nullptr), &input_name, static_cast<void* const*>(&input_), size_t{1},
              &output_name, size_t{1}, &output);
    return output;
  }

 private:
  const Api& api_;
  void* session_ = nullptr;
  void* input_ = nullptr;
  char* input_name_ = nullptr;
  char* output_name_ = nullptr;
};

void WriteOutput(const Api& api, void* value, const char* path) {
  void* info = nullptr;
  void* data = nullptr;
  size_t count = 0;
  api.Call(kTensorInfo, value, &info);
  api.Call(kElementCount, info, &count);
  api.Call(kTensorData, value, &data);
  std::ofstream file(path, std::ios::binary);
  file.write(static_cast<const char*>(data), static_cast<std::streamsize>(count * sizeof(float)));
  if (!file.flush()) Api::Fail("the output cannot be written");
}

unsigned long long PeakBytes() {
  std::ifstream file("/proc/self/status");
  std::string word;
  unsigned long long kilobytes = 0;
  while (file >> word && word != "VmHWM:") {
  }
  file >> kilobytes;
  return kilobytes * 1024;
}

int Main(char** arguments) {
  const Api api(arguments[1], arguments[8]);
  std::ifstream file(arguments[3], std::ios::binary);
  std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  Session session(api, arguments[2], std::atoi(arguments[7]));
  session.Feed(bytes);
  for (int i = std::atoi(arguments[5]); i > 0; --i) api.Release(session.Run());
  std::vector<double> times;
  const int runs = std::max(1, std::atoi(arguments[6]));
  for (int i = 0; i < runs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    void* const output = session.Run();
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    if (i + 1 == runs) WriteOutput(api, output, arguments[4]);
    api.Release(output);
  }
  std::sort(times.begin(), times.end());
  std::printf("{\"version\": \"%s\", \"median_ms\": %.6f, \"p95_ms\": %.6f, \"min_ms\": %.6f, \"peak_bytes\": %llu}\n",
              api.version(), times[times.size() / 2], times[(times.size() * 95 + 99) / 100 - 1], times.front(),
              PeakBytes());
  std::fflush(stdout);
  _Exit(0);  // without tearing the session down
}

}  // namespace
}  // namespace lockstep::bench::ort

int main(int argc, char** argv) {
  if (argc != 8 && argc != 9) {
    std::fprintf(stderr,
                 "usage: onnxruntime_time LIBRARY NETWORK.onnx INPUT.bin OUTPUT.bin WARMUP RUNS THREADS [PLACES]\n");
    return 2;
  }
  return lockstep::bench::ort::Main(argv);
}
