#include "probe/profile_json.h"

#include "base/json_text.h"
#include "base/output_file.h"
#include "base/process_memory.h"
#include "lockstep/md5.h"
#include "probe/profile_figures.h"

namespace lockstep {

Status WriteProfileJson(const Session& session, const ProfileTimes& times, const String& path) {
  const Model& model = session.model();
  OutputFile file;
  LOCKSTEP_RETURN_IF_ERROR(file.Open(path));
  char emulator[kMaxProgramName];
  const String emulated = Emulator(emulator) ? JsonString(emulator) : String("null");
  file.Print(R"({"format":1,"model":%s,"model_digest":"%s","version":%s,"target":%s,"emulator":%s,)",
             JsonString(model.name()).c_str(), ToText(model.digest()).data(), JsonString(RuntimeVersion()).c_str(),
             JsonString(TargetName()).c_str(), emulated.c_str());
  file.Print(R"("threads":%d,"runs":%llu,"avg_ms":%.6f,"macs":%llu,"profiling_ms":%.6f,"profiling_percent":%.4f,)",
             session.threads(), static_cast<unsigned long long>(times.runs), Milliseconds(times.Average(times.total)),
             static_cast<unsigned long long>(model.macs()), Milliseconds(times.OwnPerRun()), times.OwnPercent());
  file.Print(R"("layers":[)");
  for (int32_t i = 0; i < model.layer_count(); ++i) {
    const LayerTimes& layer = times.layers[static_cast<size_t>(i)];
    const LayerInfo info = model.layer(i);
    file.Print(
        "%s\n"
        R"({"index":%d,"name":%s,"op":"%s","kernel":"%s","min_ms":%.6f,"avg_ms":%.6f,"max_ms":%.6f,"macs":%llu,"bytes":%llu})",
        i == 0 ? "" : ",", i, JsonString(info.name).c_str(), info.op, session.kernel_name(i),
        Milliseconds(layer.shortest), Milliseconds(times.Average(layer.sum)), Milliseconds(layer.longest),
        static_cast<unsigned long long>(info.macs), static_cast<unsigned long long>(LayerBytes(model, i)));
  }
  file.Print("\n]}\n");
  return file.Commit();
}

}  // namespace lockstep
