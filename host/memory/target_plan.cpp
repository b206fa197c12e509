#include "memory/target_plan.h"

#include <elf.h>

#include <cstring>

#include "boards/targets.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"

namespace lockstep::memory {
namespace {

template <typename T>
bool Read(const std::vector<uint8_t>& file, uint64_t offset, T* value) {
  if (offset > file.size() || file.size() - offset < sizeof(T)) return false;
  std::memcpy(value, file.data() + offset, sizeof(T));
  return true;
}

template <typename Header, typename Segment>
std::optional<ProgramBytes> SumSegments(const std::vector<uint8_t>& file) {
  Header header;
  if (!Read(file, 0, &header)) return std::nullopt;
  ProgramBytes bytes;
  for (uint64_t i = 0; i < header.e_phnum; ++i) {
    Segment segment;
    if (!Read(file, header.e_phoff + i * sizeof(segment), &segment)) return std::nullopt;
    if (segment.p_type != PT_LOAD) continue;
    ((segment.p_flags & PF_W) != 0 ? bytes.data : bytes.code) += segment.p_memsz;
  }
  return bytes;
}

TargetPlan PlanTarget(const boards::Target& target, const boards::BoardOptions& options) {
  TargetPlan plan;
  plan.target = target.name;
  try {
    const std::filesystem::path program = boards::FindProgram(target, options, "release", target.name);
    plan.program = ReadProgramBytes(files::ReadFile(program));
    if (!plan.program) plan.missing = program.string() + " is no program of a board";
  } catch (const BoardError& error) {
    plan.missing = error.what();
  }
  return plan;
}

}  // namespace

std::optional<ProgramBytes> ReadProgramBytes(const std::vector<uint8_t>& file) {
  if (file.size() < EI_NIDENT || std::memcmp(file.data(), ELFMAG, SELFMAG) != 0 || file[EI_DATA] != ELFDATA2LSB) {
    return std::nullopt;
  }
  if (file[EI_CLASS] == ELFCLASS32) return SumSegments<Elf32_Ehdr, Elf32_Phdr>(file);
  if (file[EI_CLASS] == ELFCLASS64) return SumSegments<Elf64_Ehdr, Elf64_Phdr>(file);
  return std::nullopt;
}

std::vector<TargetPlan> PlanTargets(const std::vector<std::string>& names, const boards::BoardOptions& options) {
  std::vector<std::string> known;
  for (const boards::Target& target : boards::kTargets) known.emplace_back(target.name);
  std::vector<TargetPlan> plans;
  for (const std::string& name : names.empty() ? known : names) {
    const boards::Target* target = boards::FindTarget(name);
    if (target == nullptr) {
      throw UsageError("the target " + graph::Quoted(name) + " is unknown" + graph::DidYouMean(name, known));
    }
    plans.push_back(PlanTarget(*target, options));
  }
  return plans;
}

}  // namespace lockstep::memory
