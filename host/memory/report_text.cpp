#include <algorithm>

#include "memory/report.h"
#include "report/table.h"

namespace lockstep::memory {
namespace {

using report::Align;

std::string Kibibytes(uint64_t bytes) { return report::FixedNumber(static_cast<double>(bytes) / 1024, 1); }

std::string Shape(const PlannedTensor& tensor) {
  std::string text = tensor.dtype + " ";
  for (size_t i = 0; i < tensor.shape.size(); ++i) text += (i == 0 ? "" : "x") + std::to_string(tensor.shape[i]);
  return text;
}

std::string PlannedText(const MemoryReport& report) {
  const Plan& plan = report.plan;
  const SessionPlan& session = report.session();
  report::Table table({{"planned"}, {"KiB", Align::kRight}, {""}});
  const uint64_t weights = plan.weight_bytes;
  const std::string threads = plan.threads == 1 ? "one thread" : std::to_string(plan.threads) + " threads";
  table.AddRow({"model file", Kibibytes(plan.file_bytes), "mapped, read only; " + Kibibytes(weights) + " are weights"});
  table.AddRow({"arena", Kibibytes(plan.arena_bytes), "at most " + Kibibytes(plan.live_peak()) + " are alive at once"});
  table.AddRow(
      {"scratch", Kibibytes(session.scratch_bytes), "of " + threads + ", with the kernels of " + WhoseText(session)});
  table.AddRow({"tables", Kibibytes(session.table_bytes), "unpacked when a session is made, for the same kernels"});
  table.AddRow({"peak", Kibibytes(report.peak_bytes()), "beside the program, its stacks and its heap"});
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
                       {"KiB", Align::kRight},
                       {"share", Align::kRight},
                       {"from layer", Align::kRight},
                       {"to", Align::kRight}});
  for (const Block& block : plan.AliveAt(first)) {
    const PlannedTensor& root = plan.Tensor(block.root);
    const double share = 100.0 * static_cast<double>(block.bytes) / static_cast<double>(plan.live_peak());
    table.AddRow({root.name, Shape(root), Kibibytes(block.bytes), report::FixedNumber(share, 1) + "%",
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
  report::Table table({{"index", Align::kRight}, {"layer"}, {"operator"}, {"live KiB", Align::kRight}});
  for (const size_t i : order) {
    table.AddRow({std::to_string(i), plan.layers[i].name, plan.layers[i].op, Kibibytes(plan.layers[i].live)});
  }
  return "\nthe layers with the most alive\n" + table.ToText(false);
}

std::string SavingsText(const MemoryReport& report) {
  const Plan& plan = report.plan;
  report::Table table({{"arena KiB", Align::kRight}, {"saves", Align::kRight}, {"by"}});
  const auto add = [&](const Saving& saving) {
    const double saved =
        100.0 * (1.0 - static_cast<double>(saving.arena_bytes) / static_cast<double>(plan.arena_bytes));
    table.AddRow({Kibibytes(saving.arena_bytes), report::FixedNumber(saved, 1) + "%",
                  saving.what + (saving.possible ? "" : " (this version does not)")});
  };
  for (const Saving& saving : report.savings) add(saving);
  std::string text;
  if (table.row_count() != 0) text = "\nwhat would make the arena smaller\n" + table.ToText(false);
  if (plan.threads > 1) {
    text += "one thread less saves " + Kibibytes(report.session().scratch_bytes / static_cast<uint64_t>(plan.threads)) +
            " KiB of scratch\n";
  }
  return text;
}

// Why a target has no program, or figures that are not its own.
std::string MissingText(const MemoryReport& report) {
  std::string text;
  bool unbuilt = false;
  for (const TargetPlan& target : report.targets) {
    if (!target.program && report.targets.size() > 1) {
      unbuilt = true;
    } else if (!target.missing.empty()) {
      if (!target.asked()) text += "scratch and tables of " + target.target + " are this PC's figures: ";
      text += target.missing + "\n";
    }
  }
  if (!unbuilt) return text;
  return text +
         "- has no program yet, and scratch and tables are this PC's figures: cmake --preset TARGET && cmake --build "
         "--preset TARGET --target "
         "run_joint_release\n";
}

std::string TargetsText(const MemoryReport& report) {
  if (report.targets.empty()) return "";
  report::Table table({{"target"},
                       {"code KiB", Align::kRight},
                       {"data KiB", Align::kRight},
                       {"scratch KiB", Align::kRight},
                       {"tables KiB", Align::kRight},
                       {"peak KiB", Align::kRight},
                       {"with the program KiB", Align::kRight},
                       {"scratch and tables with the kernels of"}});
  for (const TargetPlan& target : report.targets) {
    const uint64_t peak = report.plan.peak_bytes(target.session);
    std::vector<report::Cell> cells = {target.target, "-", "-"};
    if (target.program) cells = {target.target, Kibibytes(target.program->code), Kibibytes(target.program->data)};
    cells.insert(cells.end(), {Kibibytes(target.session.scratch_bytes), Kibibytes(target.session.table_bytes),
                               Kibibytes(peak), "-", WhoseText(target.session)});
    if (target.program) cells[6] = Kibibytes(target.program->code + target.program->data + peak);
    table.AddRow(std::move(cells));
  }
  return "\nrun_joint_release by target, and the plan with it\n" + table.ToText(false) + MissingText(report);
}

// Why a session there takes what was not planned.
std::string OtherSessionText(const SessionPlan& planned, const SessionPlan& taken) {
  if (planned.scratch_bytes == taken.scratch_bytes && planned.table_bytes == taken.table_bytes) return "";
  return "planned with the kernels of " + WhoseText(planned) +
         "; the program there is of another version or has others: " + WhoseText(taken) + "\n";
}

std::string MeasuredText(const MemoryReport& report, const Measured& measured) {
  const Plan& plan = report.plan;
  const SessionPlan& planned = report.SessionOn(measured.target);
  const SessionPlan& taken = measured.session;
  std::string text = "\nmeasured on " + measured.board + ", target " + measured.target + ", " +
                     std::to_string(measured.runs) + " runs\n";
  if (!measured.emulator.empty()) {
    text += "the peak and the phases have the emulator in them, " + measured.emulator + "; measure on a board\n";
  }
  text += OtherSessionText(planned, taken);
  report::Table table({{"KiB"}, {"planned", Align::kRight}, {"measured", Align::kRight}});
  table.AddRow({"scratch", Kibibytes(planned.scratch_bytes), Kibibytes(taken.scratch_bytes)});
  table.AddRow({"tables", Kibibytes(planned.table_bytes), Kibibytes(taken.table_bytes)});
  if (measured.parts) {
    const MeasuredParts& parts = *measured.parts;
    const uint64_t session = plan.arena_bytes + planned.scratch_bytes + planned.table_bytes;
    table.AddRow({"model file", Kibibytes(plan.file_bytes), Kibibytes(parts.model_file)});
    table.AddRow({"arena, scratch, tables; heap", Kibibytes(session), Kibibytes(parts.heap)});
    table.AddRow({"code and libraries", "-", Kibibytes(parts.code)});
    table.AddRow({"stacks", "-", Kibibytes(parts.stacks)});
  }
  table.AddRow({"peak", Kibibytes(plan.peak_bytes(planned)), Kibibytes(measured.peak())});
  report::Table phases({{"phase"}, {"resident KiB", Align::kRight}, {"peak KiB", Align::kRight}});
  for (const MeasuredPhase& phase : measured.phases) {
    phases.AddRow({phase.name, Kibibytes(phase.resident), Kibibytes(phase.peak)});
  }
  return text + table.ToText(false) + "\n" + phases.ToText(false);
}

}  // namespace

std::string ToText(const MemoryReport& report) {
  const Plan& plan = report.plan;
  std::string text = "memory of " + plan.model + "\n\n" + PlannedText(report) + PeakText(plan) + FullestText(plan) +
                     SavingsText(report) + TargetsText(report);
  for (const Measured& measured : report.measured) text += MeasuredText(report, measured);
  return text;
}

}  // namespace lockstep::memory
