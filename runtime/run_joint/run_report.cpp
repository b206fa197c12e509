#include "run_joint/run_report.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "arithmetic/rq1.h"
#include "base/json_text.h"
#include "base/output_file.h"
#include "base/process_memory.h"
#include "lockstep/cpu.h"
#include "lockstep/md5.h"
#include "run_joint/run_inputs.h"

namespace lockstep {
namespace {

double Milliseconds(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-6; }
double Kibibytes(uint64_t bytes) { return static_cast<double>(bytes) / 1024.0; }

void PrintTensor(const char* kind, int32_t index, const TensorInfo& info) {
  std::printf("%s %d    %s: %s", kind, index, info.name, Describe(info).c_str());
  if (info.quantized) std::printf(", scale %.9g, zero point %d", static_cast<double>(info.scale), info.zero_point);
  std::printf(", %llu bytes\n", static_cast<unsigned long long>(info.bytes));
}

// One multiply-accumulate counts as two operations.
double Gops(const Model& model, double milliseconds) {
  return milliseconds > 0 ? 2e-6 * static_cast<double>(model.macs()) / milliseconds : 0;
}

}  // namespace

uint64_t NowNanoseconds() {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000000000U + static_cast<uint64_t>(time.tv_nsec);
}

RunTimes::Summary RunTimes::Summarize() const {
  Summary summary;
  if (nanoseconds.empty()) return summary;
  List<uint64_t> sorted = nanoseconds;
  std::sort(sorted.begin(), sorted.end());
  uint64_t sum = 0;
  for (const uint64_t time : sorted) sum += time;
  summary.min_ms = Milliseconds(sorted.front());
  summary.avg_ms = Milliseconds(sum) / static_cast<double>(sorted.size());
  summary.max_ms = Milliseconds(sorted.back());
  summary.median_ms = Milliseconds(sorted[(sorted.size() + 1) / 2 - 1]);
  summary.p95_ms = Milliseconds(sorted[(sorted.size() * 95 + 99) / 100 - 1]);
  return summary;
}

void PrintVersion() {
  std::printf("run_joint   %s build of lockstep %s for %s\n", BuildName(), RuntimeVersion(), TargetName());
  std::printf("contract    %s, format version %u\n", rq1::kContractId, kFormatVersion);
  IsaSet isa = DetectIsa();
  const char* unknown = nullptr;
  static_cast<void>(IsaFromEnvironment(&isa, &unknown));  // Session::Create refuses what is unknown
  std::printf("kernels    ");
  for (uint32_t i = 0; i < 32; ++i) {
    if ((isa >> i & 1) != 0) std::printf(" %s", IsaName(static_cast<Isa>(i)));
  }
  std::printf("\n");
}

void PrintModel(const Model& model) {
  std::printf("model       %s, %d layers, %.3f MMACs, compiler %s, digest %s\n", model.name(), model.layer_count(),
              static_cast<double>(model.macs()) * 1e-6, model.compiler_version(), ToText(model.digest()).data());
  for (int32_t i = 0; i < model.input_count(); ++i) PrintTensor("input ", i, model.tensor(model.input_tensor(i)));
  for (int32_t i = 0; i < model.output_count(); ++i) PrintTensor("output", i, model.tensor(model.output_tensor(i)));
  std::printf("weights     %.1f KiB in a file of %.1f KiB\n", Kibibytes(model.constant_bytes()),
              Kibibytes(model.file_size()));
}

void PrintLayers(const Model& model) {
  std::printf("%5s %-32s %-13s %-24s %10s %12s\n", "index", "layer", "operator", "output", "MMACs", "arena offset");
  for (int32_t i = 0; i < model.layer_count(); ++i) {
    const LayerInfo layer = model.layer(i);
    for (int32_t j = 0; j < model.layer_output_count(i); ++j) {
      const int32_t output = model.layer_output_tensor(i, j);
      std::printf("%5d %-32.32s %-13s %-24s %10.3f %12llu\n", i, layer.name, layer.op,
                  Describe(model.tensor(output)).c_str(), j == 0 ? static_cast<double>(layer.macs) * 1e-6 : 0.0,
                  static_cast<unsigned long long>(model.arena_offset(output)));
    }
  }
}

void PrintSession(const Session& session, const RunTimes& times, const Arguments& arguments) {
  std::printf("arena       %.1f KiB, scratch %.1f KiB\n", Kibibytes(session.arena_bytes()),
              Kibibytes(session.scratch_bytes()));
  if (arguments.group_rows && session.arena_bytes() == session.model().arena_size()) {
    std::printf("groups      none in this model: it runs layer by layer\n");
  }
  std::printf("load        %.3f ms%s\n", Milliseconds(times.load),
              arguments.check_digest ? "" : ", digest not checked");
}

void PrintPlan(const Session& session) {
  const auto number = [](uint64_t bytes) { return static_cast<unsigned long long>(bytes); };
  std::printf(R"(plan        {"threads":%d,"model_file":%llu,"arena":%llu,"scratch":%llu,"tables":%llu,"peak":%llu})"
              "\n",
              session.threads(), number(session.model().file_size()), number(session.arena_bytes()),
              number(session.scratch_bytes()), number(session.state_bytes()), number(session.planned_bytes()));
}

void PrintTimes(const RunTimes& times, const Model& model) {
  const RunTimes::Summary summary = times.Summarize();
  std::printf("runs        %d: min %.3f ms, avg %.3f ms, max %.3f ms, p95 %.3f ms, %.3f GOPS\n",
              static_cast<int>(times.nanoseconds.size()), summary.min_ms, summary.avg_ms, summary.max_ms,
              summary.p95_ms, Gops(model, summary.avg_ms));
}

void PrintPeakMemory(const Session& session) {
  std::printf("memory      planned %.1f KiB (model file + arena + scratch), measured peak %.1f KiB (VmHWM)\n",
              Kibibytes(session.planned_bytes()), Kibibytes(PeakMemory()));
  char emulator[kMaxProgramName];
  if (Emulator(emulator)) {
    std::printf("            measured under emulation: the peak includes the emulator, %s\n", emulator);
  }
}

Status SaveBenchmark(const String& path, const Session& session, const RunTimes& times, const Arguments& arguments) {
  const Model& model = session.model();
  const RunTimes::Summary summary = times.Summarize();
  OutputFile file;
  char emulator[kMaxProgramName];
  const bool emulated = Emulator(emulator);
  LOCKSTEP_RETURN_IF_ERROR(file.Open(path));
  file.Print("{\n  \"model\": %s,\n  \"model_digest\": \"%s\",\n  \"contract\": %s,\n  \"version\": %s,\n",
             JsonString(model.name()).c_str(), ToText(model.digest()).data(), JsonString(model.contract()).c_str(),
             JsonString(RuntimeVersion()).c_str());
  file.Print("  \"target\": %s,\n  \"build\": %s,\n  \"threads\": %d,\n  \"repeat\": %d,\n  \"warmup\": %d,\n",
             JsonString(TargetName()).c_str(), JsonString(BuildName()).c_str(), arguments.threads, arguments.repeat,
             arguments.warmup);
  file.Print("  \"runs\": %d,\n  \"load_ms\": %.6f,\n  \"min_ms\": %.6f,\n  \"avg_ms\": %.6f,\n  \"max_ms\": %.6f,\n",
             static_cast<int>(times.nanoseconds.size()), Milliseconds(times.load), summary.min_ms, summary.avg_ms,
             summary.max_ms);
  file.Print("  \"median_ms\": %.6f,\n  \"p95_ms\": %.6f,\n  \"macs\": %llu,\n  \"gops\": %.6f,\n", summary.median_ms,
             summary.p95_ms, static_cast<unsigned long long>(model.macs()), Gops(model, summary.avg_ms));
  file.Print(
      "  \"file_bytes\": %llu,\n  \"arena_bytes\": %llu,\n  \"scratch_bytes\": %llu,\n  \"peak_bytes\": %llu,\n"
      "  \"emulated\": %s\n}\n",
      static_cast<unsigned long long>(model.file_size()), static_cast<unsigned long long>(session.arena_bytes()),
      static_cast<unsigned long long>(session.scratch_bytes()), static_cast<unsigned long long>(PeakMemory()),
      emulated ? "true" : "false");
  LOCKSTEP_RETURN_IF_ERROR(file.Commit());
  std::printf("wrote       %s\n", path.c_str());
  return Status::Ok();
}

}  // namespace lockstep
