#include "memory/target_plan.h"

#include <elf.h>

#include <cstring>

#include "boards/program_board.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"

namespace lockstep::memory {
namespace {

constexpr const char* kBuild = "release";

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

SessionPlan AskProgram(const boards::Target& target, const std::filesystem::path& model, const Plan& plan,
                       boards::BoardOptions options, const std::string& program) {
  boards::BoardJob job;
  job.model = model;
  job.build = kBuild;
  job.dry_run = true;
  job.threads = plan.threads;
  options.check_digest = false;  // the plan is of a checked model
  SessionPlan session =
      ReadSessionPlan(boards::MakeProgramBoard(target.board, target, "", options)->Run(job), plan, program);
  session.target = target.name;
  session.emulator = target.emulator;
  if (target.cpu != nullptr) session.cpu = target.cpu;
  return session;
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

std::vector<const boards::Target*> NamedTargets(const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const boards::Target& target : boards::kTargets) known.emplace_back(target.name);
  std::vector<const boards::Target*> targets;
  for (const std::string& name : names.empty() ? known : names) {
    targets.push_back(boards::FindTarget(name));
    if (targets.back() == nullptr) {
      throw UsageError("the target " + graph::Quoted(name) + " is unknown" + graph::DidYouMean(name, known));
    }
  }
  return targets;
}

TargetPlan PlanTarget(const boards::Target& target, const std::filesystem::path& model, const Plan& plan,
                      const boards::BoardOptions& options) {
  TargetPlan made;
  made.target = target.name;
  made.session = plan.session;
  try {
    const std::filesystem::path program = boards::FindProgram(target, options, kBuild, target.name);
    made.program = ReadProgramBytes(files::ReadFile(program));
    if (!made.program) throw BoardError(program.string() + " is no program of a board");
    if (target.emulator != nullptr) made.session = AskProgram(target, model, plan, options, program.string());
  } catch (const Error& error) {
    made.missing = error.what();
  }
  return made;
}

}  // namespace lockstep::memory
