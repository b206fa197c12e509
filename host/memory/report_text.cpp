#include <algorithm>

#include "memory/report.h"
#include "report/table.h"

namespace lockstep::memory {
namespace {

using report::Align;

std::string Kilobytes(uint64_t bytes) { return report::FixedNumber(static_cast<double>(bytes) / 1024, 1); }

std::string Shape(const PlannedTensor& tensor) {
  std::string text = tensor.dtype + " ";
  for (size_t i = 0; i < tensor.shape.size(); ++i) text += (i == 0 ? "" : "x") + std::to_string(tensor.shape[i]);
  return text;
}

std::string PlannedText(const Plan& plan) {
  report::Table table({{"planned"}, {"KB", Align::kRight}, {""}});
  const uint64_t weights = plan.weight_bytes;
  table.AddRow({"model file", Kilobytes(plan.file_bytes), "mapped, read only; " + Kilobytes(weights) + " are weights"});
  table.AddRow({"arena", Kilobytes(plan.arena_bytes), "at most " + Kilobytes(plan.live_peak()) + " are alive at once"});
  table.AddRow({"scratch", Kilobytes(plan.scratch_bytes),
                plan.threads == 1 ? "of one thread" : "of " + std::to_string(plan.threads) + " threads"});
  table.AddRow({"tables", Kilobytes(plan.table_bytes), "unpacked when a session is made"});
  table.AddRow({"peak", Kilobytes(plan.peak_bytes()), "beside the program, its stacks and its heap"});
  return table.ToText(false);
}

std::string PeakText(const Plan& plan) {
  const std::vector<int> layers = plan.PeakLayers();
  const int first = layers.front();
  std::string text =
      "\nthe arena is fullest in layer " + std::to_string(first) + ", " + plan.layers[static_cast<size_t>(first)].name;
  if (layers.size() > 1) text += ", and in " + std::to_string(layers.size() - 1) + " more";
  text += "; alive there\n";
  report::Table table({{"tensor", Align::kLeft, 48},
                       {"type and shape"},
                       {"KB", Align::kRight},
                       {"share", Align::kRight},
                       {"from layer", Align::kRight},
                       {"to", Align::kRight}});
  for (const Block& block : plan.AliveAt(first)) {
    const PlannedTensor& root = plan.Tensor(block.root);
    const double share = 100.0 * static_cast<double>(block.bytes) / static_cast<double>(plan.live_peak());
    table.AddRow({root.name, Shape(root), Kilobytes(block.bytes), report::FixedNumber(share, 1) + "%",
                  std::to_string(block.first_layer), std::to_string(block.last_layer)});
  }
  return text + table.ToText(false);
}

// The layers with the most alive, however far below the peak.
std::string FullestText(const Plan& plan) {
  constexpr size_t kTop = 5;
  std::vector<size_t> order;
  for (size_t i = 0; i < plan.layers.size(); ++i) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return plan.layers[a].live > plan.layers[b].live; });
  order.resize(std::min(kTop, order.size()));
  report::Table table({{"index", Align::kRight}, {"layer"}, {"operator"}, {"live KB", Align::kRight}});
  for (const size_t i : order) {
    table.AddRow({std::to_string(i), plan.layers[i].name, plan.layers[i].op, Kilobytes(plan.layers[i].live)});
  }
  return "\nthe layers with the most alive\n" + table.ToText(false);
}

std::string SavingsText(const MemoryReport& report) {
  const Plan& plan = report.plan;
  report::Table table({{"arena KB", Align::kRight}, {"saves", Align::kRight}, {"by"}});
  const auto add = [&](const Saving& saving) {
    const double saved =
        100.0 * (1.0 - static_cast<double>(saving.arena_bytes) / static_cast<double>(plan.arena_bytes));
    table.AddRow({Kilobytes(saving.arena_bytes), report::FixedNumber(saved, 1) + "%",
                  saving.what + (saving.possible ? "" : " (this version does not)")});
  };
  for (const Saving& saving : report.savings) add(saving);
  std::string text;
  if (table.row_count() != 0) text = "\nwhat would make the arena smaller\n" + table.ToText(false);
  if (plan.threads > 1) {
    text += "one thread less saves " + Kilobytes(plan.scratch_bytes / static_cast<uint64_t>(plan.threads)) +
            " KB of scratch\n";
  }
  return text;
}

std::string TargetsText(const MemoryReport& report) {
  if (report.targets.empty()) return "";
  report::Table table(
      {{"target"}, {"code KB", Align::kRight}, {"data KB", Align::kRight}, {"with the plan KB", Align::kRight}});
  std::string missing;
  for (const TargetPlan& target : report.targets) {
    if (!target.program) {
      table.AddRow({target.target, "-", "-", "-"});
      missing = report.targets.size() == 1
                    ? target.missing + "\n"
                    : "- has no program yet: cmake --preset TARGET && cmake --build --preset TARGET --target "
                      "run_joint_release\n";
      continue;
    }
    table.AddRow({target.target, Kilobytes(target.program->code), Kilobytes(target.program->data),
                  Kilobytes(target.program->code + target.program->data + report.plan.peak_bytes())});
  }
  return "\nrun_joint_release by target; the plan is the same on each\n" + table.ToText(false) + missing;
}

std::string MeasuredText(const Plan& plan, const Measured& measured) {
  std::string text = "\nmeasured on " + measured.board + ", target " + measured.target + ", " +
                     std::to_string(measured.runs) + " runs\n";
  if (!measured.emulator.empty()) {
    text += "all of it has the emulator in it, " + measured.emulator + "; measure on a board\n";
  }
  report::Table table({{"KB"}, {"planned", Align::kRight}, {"measured", Align::kRight}});
  if (measured.parts) {
    const MeasuredParts& parts = *measured.parts;
    const uint64_t session = plan.arena_bytes + plan.scratch_bytes + plan.table_bytes;
    table.AddRow({"model file", Kilobytes(plan.file_bytes), Kilobytes(parts.model_file)});
    table.AddRow({"arena, scratch, tables; heap", Kilobytes(session), Kilobytes(parts.heap)});
    table.AddRow({"code and libraries", "-", Kilobytes(parts.code)});
    table.AddRow({"stacks", "-", Kilobytes(parts.stacks)});
  }
  table.AddRow({"peak", Kilobytes(plan.peak_bytes()), Kilobytes(measured.peak())});
  report::Table phases({{"phase"}, {"resident KB", Align::kRight}, {"peak KB", Align::kRight}});
  for (const MeasuredPhase& phase : measured.phases) {
    phases.AddRow({phase.name, Kilobytes(phase.resident), Kilobytes(phase.peak)});
  }
  return text + table.ToText(false) + "\n" + phases.ToText(false);
}

}  // namespace

std::string ToText(const MemoryReport& report) {
  const Plan& plan = report.plan;
  std::string text = "memory of " + plan.model + "\n\n" + PlannedText(plan) + PeakText(plan) + FullestText(plan) +
                     SavingsText(report) + TargetsText(report);
  for (const Measured& measured : report.measured) text += MeasuredText(plan, measured);
  return text;
}

}  // namespace lockstep::memory
