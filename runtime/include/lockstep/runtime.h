// The runtime's C++ interface: load a joint model, make a session, run it.
//
//     lockstep::Result<lockstep::Model> model = lockstep::Model::Open("net.joint");
//     if (!model.ok()) { puts(model.status().message()); ... }
//     lockstep::Result<lockstep::Session> session = lockstep::Session::Create(model.value(), {});
//     memcpy(session.value().input(0), picture, session.value().input_info(0).bytes);
//     lockstep::Status status = session.value().Run();
//     use(session.value().output(0));
//
// A model is read-only and may serve many sessions, on many threads; a session belongs to one thread at a time. The
// model outlives its sessions. Names, shapes and other pointers in the descriptions point into the model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "lockstep/status.h"
#include "lockstep/tensor_rows.h"

namespace lockstep {

namespace joint {
struct Model;
}

inline constexpr uint32_t kFormatVersion = 2;

LOCKSTEP_API const char* RuntimeVersion();  // "0.1.0"
LOCKSTEP_API const char* BuildName();       // "release", "debug", "profile" or "nmem"
LOCKSTEP_API const char* TargetName();      // "host", "mipsel", "armv7", "aarch64", ...

enum class DataType : uint8_t { kU8, kU16, kS8, kS16, kS32, kS64, kF32, kBool };

LOCKSTEP_API const char* DataTypeName(DataType type);  // "u8", "u16", "s8", "s16", "s32", "s64", "f32", "bool"

struct TensorInfo {
  const char* name = nullptr;  // the ONNX tensor
  DataType dtype = DataType::kU8;
  int32_t rank = 0;
  const int32_t* shape = nullptr;  // physical order, row major; images are N,H,W,C
  const uint8_t* axes = nullptr;   // axes[i] is the ONNX axis at physical axis i; nullptr: the same order
  bool quantized = false;          // scale and zero_point mean something: real = scale * (q - zero_point)
  float scale = 0.0F;
  int32_t zero_point = 0;
  // In place of scale one for each index of the last axis: of tensors between layers, never of inputs and outputs.
  // nullptr: one scale.
  const float* channel_scales = nullptr;
  int32_t bits = 0;  // of a quantized tensor: no element is 2^bits or more
  uint64_t bytes = 0;
};

struct LayerInfo {
  const char* name = nullptr;
  const char* op = nullptr;  // "Conv", "MaxPool", ...
  uint64_t macs = 0;
  int32_t input_count = 0;   // weights and other constants among them
  int32_t output_count = 0;  // at least 1
  int32_t onnx_node_count = 0;
};

// Bounds on what a model may ask for. A model beyond them is refused with a message that names the limit.
struct LoadOptions {
  bool check_digest = true;                // md5 of the whole file; every other check is always made
  uint64_t max_arena = uint64_t{1} << 30;  // bytes
  uint64_t max_work = uint64_t{1} << 40;   // multiply-accumulates, or elements read, of one run
  uint64_t max_file = uint64_t{1} << 31;   // bytes
};

class LOCKSTEP_API Model {
 public:
  // Maps the file; constants are used in place. The file must not change while the model lives.
  static Result<Model> Open(const char* path, const LoadOptions& options = {});
  // Uses memory of the caller, aligned to 64 bytes, which outlives the model.
  static Result<Model> FromMemory(const void* data, size_t size, const LoadOptions& options = {});
  // Copies; no requirement on alignment or lifetime.
  static Result<Model> Copy(const void* data, size_t size, const LoadOptions& options = {});
  ~Model();
  Model(Model&& other) noexcept;
  Model& operator=(Model&& other) noexcept;

  const joint::Model& joint() const;  // the FlatBuffers root, checked
  const uint8_t* file() const;
  size_t file_size() const;

  const char* name() const;
  const char* contract() const;
  const char* compiler_version() const;
  const uint8_t* digest() const;  // 16 bytes
  uint64_t arena_size() const;
  uint64_t constant_bytes() const;
  uint64_t macs() const;

  int32_t layer_count() const;
  int32_t input_count() const;
  int32_t output_count() const;
  int32_t tensor_count() const;
  LayerInfo layer(int32_t index) const;
  const char* onnx_node(int32_t layer, int32_t index) const;
  TensorInfo tensor(int32_t index) const;
  int32_t input_tensor(int32_t index) const;
  int32_t output_tensor(int32_t index) const;
  int32_t layer_input_tensor(int32_t layer, int32_t index) const;
  int32_t layer_output_count(int32_t layer) const;
  int32_t layer_output_tensor(int32_t layer, int32_t index = 0) const;
  bool is_constant(int32_t tensor) const;
  uint64_t arena_offset(int32_t tensor) const;  // of a tensor that is no constant

 private:
  Model() = default;

  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
  size_t mapped_ = 0;         // length of our mapping, 0 if the memory is not mapped
  uint8_t* owned_ = nullptr;  // our copy, or nullptr
};

// What the four builds can watch. Asking a build for what another one does is an error that names the right build.
struct ProbeOptions {
  const char* dump_folder = nullptr;     // debug: dumps the next run there; see Session::DumpNextRun
  int dump_level = 2;                    // debug: 1 network outputs, 2 every layer, 3 every layer and its inputs
  const char* dump_layers = nullptr;     // debug: POSIX extended regular expression on layer names
  bool dump_md5_only = false;            // debug: the manifest alone, with digests and without tensor files
  const char* profile_folder = nullptr;  // profile: where the CSV and the Chrome trace go; nullptr: nowhere
  const char* memory_path = nullptr;     // nmem: the report; nullptr: nmem_memory.txt in the temp folder
};

struct SessionOptions {
  int threads = 1;        // the calling thread is one of them
  uint64_t affinity = 0;  // bit i: the session's threads may run on CPU i; 0: anywhere
  // A block of the caller's for arena, scratch memory and tables, aligned to 64 bytes, of at least
  // Session::MemoryBytes; it outlives the session. nullptr: the session allocates.
  void* memory = nullptr;
  size_t memory_size = 0;
  // Release: where the model has groups of layers (its row_plan), these run together, a few rows at a time, in a
  // smaller arena. The outputs' bytes are the same; single layers cannot be run or watched then.
  bool group_rows = false;
  ProbeOptions probe;
};

class Session;

// Sees every layer of a run, in every build. An error ends the run. Defined here as a whole, so that programs with and
// without run-time type information can derive from it. Never deleted through this class: a virtual destructor would
// need the C++ library.
class RunHook {
 public:
  virtual Status BeforeLayer(Session& /*session*/, int32_t /*layer*/) { return Status::Ok(); }
  virtual Status AfterLayer(Session& /*session*/, int32_t /*layer*/) { return Status::Ok(); }

 protected:
  ~RunHook() = default;
};

class LOCKSTEP_API Session {
 public:
  // All memory is allocated here: the arena, scratch memory and threads; what is not to be had is kOutOfMemory.
  // LOCKSTEP_ISA restricts the kernels' instruction sets. In the debug build LOCKSTEP_DUMPDATA=true dumps the first run
  // to LOCKSTEP_DUMP_FOLDER, or to lockstep_dump.
  static Result<Session> Create(const Model& model, const SessionOptions& options);
  // What SessionOptions::memory has to hold for such a session.
  static Result<size_t> MemoryBytes(const Model& model, const SessionOptions& options);
  ~Session();
  Session(Session&& other) noexcept;
  Session& operator=(Session&& other) noexcept;

  const Model& model() const;
  TensorInfo input_info(int32_t index) const;
  TensorInfo output_info(int32_t index) const;
  // Where the caller writes an input before each run; a run may use the memory for other things afterwards.
  void* input(int32_t index);
  // Valid until the next run.
  const void* output(int32_t index) const;

  Status Run(RunHook* hook = nullptr);
  // One layer of a run: next_layer(), which is 0 at first, after the last layer and after an error or Run.
  Status RunLayer(RunHook* hook = nullptr);
  int32_t next_layer() const;

  // A layer's tensors are valid from BeforeLayer to AfterLayer; inputs may be overwritten in BeforeLayer unless they
  // are constants. One that is an output of the network too stays as it was overwritten.
  // A tensor within a group (SessionOptions::group_rows) has no rows.
  TensorRows layer_input_rows(int32_t layer, int32_t index);
  TensorRows layer_output_rows(int32_t layer, int32_t index = 0) const;  // to read
  // nullptr for a tensor whose bytes do not lie side by side, since it is within another's memory.
  void* layer_input(int32_t layer, int32_t index);
  const void* layer_output(int32_t layer, int32_t index = 0) const;
  const char* kernel_name(int32_t layer) const;

  int threads() const;
  uint64_t arena_bytes() const;    // the model's arena_size, or less with group_rows
  uint64_t scratch_bytes() const;  // of all threads
  uint64_t state_bytes() const;    // of all layers: tables that were unpacked when the session was made
  uint64_t planned_bytes() const;  // model file, arena, scratch and state: what a run needs beside code and stack

  // Debug build: the next run writes a dump to the folder (made if missing) and prints so. nullptr: it does not.
  Status DumpNextRun(const char* folder);
  // Profile and nmem: whether the next runs count in what WriteReports says, as they do at first. Warm-up runs do not.
  void CountRuns(bool count);
  // Profile and nmem: writes and prints what was gathered; the destructor does it if nobody asked. Else does nothing.
  Status WriteReports();

 private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Runs the model's test vectors and compares the md5 of every layer's output. kInvalidArgument if there are none,
// kDiffers with the first layer that differs. `passed`: the vectors that were run without a difference.
LOCKSTEP_API Status RunSelfTest(Session& session, int32_t* passed);

}  // namespace lockstep
