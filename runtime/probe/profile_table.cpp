#include "probe/profile_table.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "base/output_file.h"
#include "probe/profile_figures.h"

namespace lockstep {
namespace {

constexpr size_t kTop = 10;

struct OperatorTimes {
  const char* op = nullptr;
  int32_t layers = 0;
  uint64_t macs = 0;
  uint64_t sum = 0;
};

double Millions(uint64_t macs) { return static_cast<double>(macs) * 1e-6; }

// Columns as wide as what stands in them, so that no name is cut.
struct Widths {
  int layer = 5;
  int op = 8;
  int kernel = 6;
};

void Widen(int* width, const char* text) { *width = std::max(*width, static_cast<int>(std::strlen(text))); }

Widths WidthsOf(const Session& session) {
  const Model& model = session.model();
  Widths widths;
  for (int32_t i = 0; i < model.layer_count(); ++i) {
    Widen(&widths.layer, model.layer(i).name);
    Widen(&widths.op, model.layer(i).op);
    Widen(&widths.kernel, session.kernel_name(i));
  }
  return widths;
}

void PrintLayers(const Session& session, const ProfileTimes& times, const Widths& widths) {
  const Model& model = session.model();
  std::printf("Network %s: %d layers, %.3f GMACs, %llu runs\n", model.name(), model.layer_count(),
              static_cast<double>(model.macs()) * 1e-9, static_cast<unsigned long long>(times.runs));
  std::printf("%5s %-*s %-*s %-*s %9s %9s %9s %6s %9s %8s %9s\n", "index", widths.layer, "layer", widths.op, "operator",
              widths.kernel, "kernel", "min ms", "avg ms", "max ms", "share", "MMACs", "GOPS", "KiB");
  for (int32_t i = 0; i < model.layer_count(); ++i) {
    const LayerTimes& layer = times.layers[static_cast<size_t>(i)];
    const LayerInfo info = model.layer(i);
    const double average = times.Average(layer.sum);
    std::printf("%5d %-*s %-*s %-*s %9.3f %9.3f %9.3f %5.1f%% %9.3f %8.3f %9.1f\n", i, widths.layer, info.name,
                widths.op, info.op, widths.kernel, session.kernel_name(i), Milliseconds(layer.shortest),
                Milliseconds(average), Milliseconds(layer.longest), times.Percent(layer.sum), Millions(info.macs),
                Gops(info.macs, average), static_cast<double>(LayerBytes(model, i)) / 1024);
  }
  const double average = times.Average(times.total);
  std::printf("all layers: %.3f ms on average, %.3f GOPS\n", Milliseconds(average), Gops(model.macs(), average));
  std::printf("profiling itself: %.3f ms a run, %.2f %% of it\n\n", Milliseconds(times.OwnPerRun()),
              times.OwnPercent());
}

void PrintOperators(const Model& model, const ProfileTimes& times, const Widths& widths) {
  List<OperatorTimes> sums;
  for (int32_t i = 0; i < model.layer_count(); ++i) {
    const LayerInfo info = model.layer(i);
    const auto same = [&info](const OperatorTimes& known) { return std::strcmp(known.op, info.op) == 0; };
    OperatorTimes* sum = std::find_if(sums.begin(), sums.end(), same);
    if (sum == sums.end()) sum = &sums.emplace_back(info.op);
    ++sum->layers;
    sum->macs += info.macs;
    sum->sum += times.layers[static_cast<size_t>(i)].sum;
  }
  std::sort(sums.begin(), sums.end(), [](const OperatorTimes& a, const OperatorTimes& b) { return a.sum > b.sum; });
  std::printf("%-*s %6s %9s %6s %9s %8s\n", widths.op, "operator", "layers", "avg ms", "share", "MMACs", "GOPS");
  for (const OperatorTimes& sum : sums) {
    const double average = times.Average(sum.sum);
    std::printf("%-*s %6d %9.3f %5.1f%% %9.3f %8.3f\n", widths.op, sum.op, sum.layers, Milliseconds(average),
                times.Percent(sum.sum), Millions(sum.macs), Gops(sum.macs, average));
  }
  std::printf("\n");
}

void PrintSlowest(const Model& model, const ProfileTimes& times, const Widths& widths) {
  List<int32_t> order(times.layers.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int32_t>(i);
  const auto slower = [&times](int32_t a, int32_t b) {
    const uint64_t first = times.layers[static_cast<size_t>(a)].sum;
    const uint64_t second = times.layers[static_cast<size_t>(b)].sum;
    return first != second ? first > second : a < b;
  };
  std::sort(order.begin(), order.end(), slower);
  const size_t count = std::min(kTop, order.size());
  std::printf("the %d slowest layers\n", static_cast<int>(count));
  std::printf("%5s %-*s %-*s %9s %6s %6s\n", "index", widths.layer, "layer", widths.op, "operator", "avg ms", "share",
              "sum");
  uint64_t sum = 0;
  for (size_t i = 0; i < count; ++i) {
    const LayerInfo info = model.layer(order[i]);
    const uint64_t time = times.layers[static_cast<size_t>(order[i])].sum;
    sum += time;
    std::printf("%5d %-*s %-*s %9.3f %5.1f%% %5.1f%%\n", order[i], widths.layer, info.name, widths.op, info.op,
                Milliseconds(times.Average(time)), times.Percent(time), times.Percent(sum));
  }
}

}  // namespace

void PrintProfile(const Session& session, const ProfileTimes& times) {
  const Widths widths = WidthsOf(session);
  PrintLayers(session, times, widths);
  PrintOperators(session.model(), times, widths);
  PrintSlowest(session.model(), times, widths);
}

Status WriteProfileCsv(const Session& session, const ProfileTimes& times, const String& path) {
  OutputFile file;
  LOCKSTEP_RETURN_IF_ERROR(file.Open(path));
  const Model& model = session.model();
  file.Print("index,layer,operator,kernel,min_ms,avg_ms,max_ms,share_percent,macs,gops,bytes\n");
  for (int32_t i = 0; i < model.layer_count(); ++i) {
    const LayerTimes& layer = times.layers[static_cast<size_t>(i)];
    const LayerInfo info = model.layer(i);
    String name;
    for (const char* c = info.name; *c != 0; ++c) {
      if (*c == '"') name += '"';
      name += *c;
    }
    const double average = times.Average(layer.sum);
    file.Print("%d,\"%s\",%s,%s,%.6f,%.6f,%.6f,%.3f,%llu,%.3f,%llu\n", i, name.c_str(), info.op, session.kernel_name(i),
               Milliseconds(layer.shortest), Milliseconds(average), Milliseconds(layer.longest),
               times.Percent(layer.sum), static_cast<unsigned long long>(info.macs), Gops(info.macs, average),
               static_cast<unsigned long long>(LayerBytes(model, i)));
  }
  return file.Commit();
}

}  // namespace lockstep
