#include "memory/measured.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "files/output_file.h"
#include "graph/error.h"
#include "memory/report.h"
#include "memory/target_plan.h"

namespace lockstep::memory {
namespace {

using nlohmann::ordered_json;

Plan SomePlan() {
  Plan plan;
  plan.model = "net";
  plan.file_bytes = 1024;
  plan.arena_bytes = 2048;
  plan.session.scratch_bytes = 64;
  plan.session.table_bytes = 0;
  plan.layers = {{"a", "Conv", {}, {0}, 2000}};
  plan.tensors = {{0, "t", "u8", {1, 2000}, 2000, 0, 0, 0, 0, true, true}};
  plan.blocks = {{0, 2000, 0, 0}};
  return plan;
}

const char* const kReport = R"({"format":1,"target":"mipsel","emulator":null,"threads":1,"runs":3,
  "planned":{"weights":9,"model_file":1024,"arena":2048,"arena_live":2000,"scratch":64,"tables":0,"peak":3136},
  "parts":{"model_file":4096,"code":8192,"stacks":12288,"heap":16384},
  "phases":[{"name":"load","resident":100,"peak":200},{"name":"first run","resident":300,"peak":400},
            {"name":"steady","resident":500,"peak":51200}],"layers":[]})";

TEST(ReadMeasured, TakesWhatTheBoardWrote) {
  const Measured measured = ReadMeasured(ordered_json::parse(kReport), SomePlan(), "door");
  EXPECT_EQ(measured.target, "mipsel");
  EXPECT_EQ(measured.runs, 3U);
  EXPECT_EQ(measured.parts->stacks, 12288U);
  EXPECT_EQ(measured.peak(), 51200U);
  const std::string text = ToText({SomePlan(), {}, {}, {measured}});
  EXPECT_NE(text.find("stacks                              -      12.0"), std::string::npos) << text;
  EXPECT_NE(text.find("peak                              3.1      50.0"), std::string::npos) << text;
  const ordered_json json = ToJson({SomePlan(), {}, {}, {measured}});
  EXPECT_EQ(json.at("boards")[0].at("phases")[1].at("peak"), 400);
}

TEST(ReadMeasured, AnEmulatorIsNamed) {
  ordered_json json = ordered_json::parse(kReport);
  json["emulator"] = "qemu-mipsel";
  json["parts"] = nullptr;
  const std::string text = ToText({SomePlan(), {}, {}, {ReadMeasured(json, SomePlan(), "qemu:mipsel")}});
  EXPECT_NE(text.find("have the emulator in them, qemu-mipsel"), std::string::npos) << text;
  EXPECT_EQ(text.find("stacks  "), std::string::npos) << text;
}

TEST(ReadMeasured, WhatDoesNotFitIsRefused) {
  const std::vector<std::pair<std::function<void(ordered_json&)>, std::string>> damages = {
      {[](auto& json) { json = ordered_json::value_t::discarded; }, "no number 'format'"},
      {[](auto& json) { json["format"] = 2; }, "another format"},
      {[](auto& json) { json["planned"]["arena"] = 4096; }, "plans 4096 bytes for 'arena' where 2048"},
      {[](auto& json) { json["planned"].erase("scratch"); }, "no number 'scratch'"},
      {[](auto& json) { json["planned"]["tables"] = -1; }, "no number 'tables'"},
      {[](auto& json) { json["target"] = "a\nb"; }, "no word 'target'"},
      {[](auto& json) { json["runs"] = -1; }, "no number 'runs'"},
      {[](auto& json) { json["parts"]["heap"] = "much"; }, "no number 'heap'"},
      {[](auto& json) { json["phases"].erase(2); }, "three phases"},
      {[](auto& json) { json["phases"][1] = 3; }, "no number 'resident'"},
  };
  for (const auto& [damage, words] : damages) {
    ordered_json json = ordered_json::parse(kReport);
    damage(json);
    if (!json.is_discarded()) json = ordered_json::parse(json.dump());
    try {
      ReadMeasured(json, SomePlan(), "door");
      ADD_FAILURE() << "taken: " << words;
    } catch (const BoardError& error) {
      EXPECT_EQ(std::string(error.what()).find("door: "), 0U) << error.what();
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
    }
  }
}

Plan HostsPlan() {
  Plan plan = SomePlan();
  plan.session.kernels = {"portable", "avx2"};
  return plan;
}

TargetPlan ArmPlan() {
  TargetPlan arm;
  arm.target = "armv7";
  arm.program = {10240, 1024};
  arm.session = {"armv7", "qemu-arm", "cortex-a7", {"portable", "neon"}, 102400, 2048};
  return arm;
}

TEST(ReadMeasured, ScratchAndTablesStandBesideThePlanOfTheBoardsTarget) {
  ordered_json json = ordered_json::parse(kReport);
  json["target"] = "armv7-musl";
  json["planned"]["scratch"] = 102400U;
  json["planned"]["tables"] = 2048U;
  Measured measured = ReadMeasured(json, HostsPlan(), "door");
  EXPECT_EQ(measured.session.scratch_bytes, 102400U);
  EXPECT_EQ(measured.session.table_bytes, 2048U);
  TargetPlan host;
  host.target = "host";
  host.session = HostsPlan().session;
  const std::string same = ToText({HostsPlan(), {}, {host, ArmPlan()}, {measured}});
  EXPECT_NE(same.find("scratch                         100.0     100.0"), std::string::npos) << same;
  EXPECT_NE(same.find("tables                            2.0       2.0"), std::string::npos) << same;
  EXPECT_EQ(same.find("planned with the kernels"), std::string::npos) << same;
  // Another program than the one that was asked.
  measured.session.kernels = {"portable", "neon", "neondot"};
  measured.session.table_bytes = 4096;
  const std::string other = ToText({HostsPlan(), {}, {host, ArmPlan()}, {measured}});
  EXPECT_NE(other.find("tables                            2.0       4.0"), std::string::npos) << other;
  EXPECT_NE(
      other.find("planned with the kernels of armv7 (qemu-arm, cortex-a7): portable neon; the program there is of "
                 "another version or has others: armv7-musl: portable neon neondot\n"),
      std::string::npos)
      << other;
  // The target was not asked.
  const std::string pc = ToText({HostsPlan(), {}, {host}, {measured}});
  EXPECT_NE(pc.find("planned with the kernels of this PC: portable avx2; the program there"), std::string::npos) << pc;
  const ordered_json board = ToJson({HostsPlan(), {}, {host}, {measured}}).at("boards")[0];
  EXPECT_EQ(board.at("scratch"), 102400);
  EXPECT_EQ(board.at("tables"), 4096);
  EXPECT_EQ(board.at("kernels").size(), 3U);
}

// A program of two segments that are loaded and one that is not.
template <typename Header, typename Segment>
std::vector<uint8_t> Program(unsigned char bits) {
  Header header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = bits;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_phoff = sizeof(Header);
  header.e_phnum = 3;
  Segment segments[3] = {};
  segments[0].p_type = PT_LOAD;
  segments[0].p_flags = PF_R | PF_X;
  segments[0].p_memsz = 70000;
  segments[1].p_type = PT_NOTE;
  segments[1].p_memsz = 5;
  segments[2].p_type = PT_LOAD;
  segments[2].p_flags = PF_R | PF_W;
  segments[2].p_filesz = 10;
  segments[2].p_memsz = 300;
  std::vector<uint8_t> file(sizeof(header) + sizeof(segments));
  std::memcpy(file.data(), &header, sizeof(header));
  std::memcpy(file.data() + sizeof(header), segments, sizeof(segments));
  return file;
}

TEST(ReadProgramBytes, SumsWhatIsLoaded) {
  for (const std::vector<uint8_t>& file :
       {Program<Elf32_Ehdr, Elf32_Phdr>(ELFCLASS32), Program<Elf64_Ehdr, Elf64_Phdr>(ELFCLASS64)}) {
    const std::optional<ProgramBytes> bytes = ReadProgramBytes(file);
    ASSERT_TRUE(bytes.has_value());
    EXPECT_EQ(bytes->code, 70000U);
    EXPECT_EQ(bytes->data, 300U);
    for (size_t size = 0; size < file.size(); ++size) {
      EXPECT_FALSE(ReadProgramBytes({file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)}).has_value())
          << size;
    }
  }
  EXPECT_FALSE(ReadProgramBytes(std::vector<uint8_t>(1000, '#')).has_value());
}

TEST(NamedTargets, AnUnknownOneGetsTheNearestName) {
  try {
    NamedTargets({"mipsle"});
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean mipsel?"), std::string::npos) << error.what();
  }
  EXPECT_EQ(NamedTargets({}).size(), 5U);
}

}  // namespace
}  // namespace lockstep::memory
