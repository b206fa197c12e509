#include "probe/memory_report.h"

#include "base/json_text.h"
#include "base/output_file.h"
#include "lockstep/md5.h"

namespace lockstep {
namespace {

constexpr double kKibibyte = 1024.0;

double Kibibytes(uint64_t bytes) { return static_cast<double>(bytes) / kKibibyte; }
unsigned long long Number(uint64_t bytes) { return bytes; }

// What the session took of the heap.
uint64_t SessionBytes(const Session& session) {
  return session.arena_bytes() + session.scratch_bytes() + session.state_bytes();
}

void PrintPlanned(const Session& session, const MemoryFigures& figures, OutputFile* report) {
  const Model& model = session.model();
  const int32_t peak = figures.PeakLayer();
  report->Print("planned\n");
  report->Print("weights            %12.1f   constants of the model\n", Kibibytes(model.constant_bytes()));
  report->Print("model file         %12.1f   mapped\n", Kibibytes(model.file_size()));
  report->Print("arena              %12.1f   of which at most %.1f alive at once, in layer %d, %s\n",
                Kibibytes(model.arena_size()), Kibibytes(figures.live[static_cast<size_t>(peak)]), peak,
                model.layer(peak).name);
  report->Print("scratch            %12.1f   of all threads\n", Kibibytes(session.scratch_bytes()));
  report->Print("tables             %12.1f   unpacked when the session was made\n", Kibibytes(session.state_bytes()));
  report->Print("planned peak       %12.1f   model file + arena + scratch + tables\n",
                Kibibytes(session.planned_bytes()));
}

void PrintMeasured(const Session& session, const MemoryFigures& figures, OutputFile* report) {
  report->Print("\nmeasured\n");
  if (figures.emulated) {
    report->Print("measured under emulation: the peak includes the emulator, %s; measure on the board\n",
                  figures.emulator);
  } else {
    const MemoryParts& parts = figures.parts;
    report->Print("model file         %12.1f   resident\n", Kibibytes(parts.model));
    report->Print("code and libraries %12.1f   resident, their constants and data too\n", Kibibytes(parts.code));
    report->Print("stacks             %12.1f   resident, of %d thread%s\n", Kibibytes(parts.stacks), session.threads(),
                  session.threads() == 1 ? "" : "s");
    report->Print("heap               %12.1f   resident; arena, scratch and tables, which are in it, are %.1f\n",
                  Kibibytes(parts.heap), Kibibytes(SessionBytes(session)));
  }
  report->Print("measured peak      %12.1f   VmHWM of the whole process\n", Kibibytes(figures.steady.peak));
  report->Print("measured - planned %12.1f\n\n", Kibibytes(figures.steady.peak) - Kibibytes(session.planned_bytes()));
  report->Print("%-18s %12s %12s\n", "phase", "resident KiB", "peak KiB");
  const auto phase = [report](const char* name, const MemoryNow& now) {
    report->Print("%-18s %12.1f %12.1f\n", name, Kibibytes(now.resident), Kibibytes(now.peak));
  };
  phase("load", figures.load);
  phase("first run", figures.first_run);
  phase("steady", figures.steady);
}

}  // namespace

int32_t MemoryFigures::PeakLayer() const {
  int32_t peak = 0;
  for (size_t i = 0; i + 1 < live.size(); ++i) {
    if (live[i] > live[static_cast<size_t>(peak)]) peak = static_cast<int32_t>(i);
  }
  return peak;
}

Status WriteMemoryText(const Session& session, const MemoryFigures& figures, const String& path) {
  const Model& model = session.model();
  OutputFile report;
  LOCKSTEP_RETURN_IF_ERROR(report.Open(path));
  report.Print("memory of %s in KiB, after %llu runs\n\n", model.name(), Number(figures.runs));
  PrintPlanned(session, figures, &report);
  PrintMeasured(session, figures, &report);
  report.Print("\n%5s %-32s %-13s %14s\n", "index", "layer", "operator", "live KiB");
  for (int32_t i = 0; i < model.layer_count(); ++i) {
    const LayerInfo info = model.layer(i);
    report.Print("%5d %-32.32s %-13s %14.1f\n", i, info.name, info.op, Kibibytes(figures.live[static_cast<size_t>(i)]));
  }
  return report.Commit();
}

Status WriteMemoryJson(const Session& session, const MemoryFigures& figures, const String& path) {
  const Model& model = session.model();
  OutputFile file;
  LOCKSTEP_RETURN_IF_ERROR(file.Open(path));
  const String emulator = figures.emulated ? JsonString(figures.emulator) : String("null");
  file.Print(R"({"format":1,"model":%s,"model_digest":"%s","version":%s,"target":%s,"emulator":%s,)",
             JsonString(model.name()).c_str(), ToText(model.digest()).data(), JsonString(RuntimeVersion()).c_str(),
             JsonString(TargetName()).c_str(), emulator.c_str());
  file.Print(R"("threads":%d,"runs":%llu,)"
             "\n",
             session.threads(), Number(figures.runs));
  file.Print(R"("planned":{"weights":%llu,"model_file":%llu,"arena":%llu,"arena_live":%llu,"scratch":%llu,)",
             Number(model.constant_bytes()), Number(model.file_size()), Number(model.arena_size()),
             Number(figures.live[static_cast<size_t>(figures.PeakLayer())]), Number(session.scratch_bytes()));
  file.Print(R"("tables":%llu,"peak":%llu},)"
             "\n",
             Number(session.state_bytes()), Number(session.planned_bytes()));
  if (figures.emulated) {
    file.Print(R"("parts":null,)");
  } else {
    file.Print(R"("parts":{"model_file":%llu,"code":%llu,"stacks":%llu,"heap":%llu},)", Number(figures.parts.model),
               Number(figures.parts.code), Number(figures.parts.stacks), Number(figures.parts.heap));
  }
  file.Print(
      "\n"
      R"("phases":[{"name":"load","resident":%llu,"peak":%llu},)",
      Number(figures.load.resident), Number(figures.load.peak));
  file.Print(R"({"name":"first run","resident":%llu,"peak":%llu},)", Number(figures.first_run.resident),
             Number(figures.first_run.peak));
  file.Print(R"({"name":"steady","resident":%llu,"peak":%llu}],)"
             "\n"
             R"("layers":[)",
             Number(figures.steady.resident), Number(figures.steady.peak));
  for (int32_t i = 0; i < model.layer_count(); ++i) {
    const LayerInfo info = model.layer(i);
    file.Print(
        "%s\n"
        R"({"index":%d,"name":%s,"op":"%s","live":%llu})",
        i == 0 ? "" : ",", i, JsonString(info.name).c_str(), info.op, Number(figures.live[static_cast<size_t>(i)]));
  }
  file.Print("\n]}\n");
  return file.Commit();
}

}  // namespace lockstep
