#include "boards/program_fit.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>

#include "support/temporary_test_folder.h"

namespace lockstep::boards {
namespace {

class ProgramFitTest : public testing::FolderTest {
 protected:
  std::filesystem::path Program(Elf32_Half machine) {
    Elf32_Ehdr header = {};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_machine = machine;
    WriteText(Path("program"), std::string(reinterpret_cast<const char*>(&header), sizeof header));
    return Path("program");
  }
};

TEST_F(ProgramFitTest, AnotherArchitectureIsNamed) {
  EXPECT_EQ(OtherArchitecture(Program(EM_AARCH64), "mips"), "aarch64");
  EXPECT_EQ(OtherArchitecture(Program(EM_MIPS), "armv7l"), "mips");
  EXPECT_EQ(OtherArchitecture(Program(EM_AARCH64), "armv7l"), "aarch64");
  EXPECT_EQ(OtherArchitecture("/proc/self/exe", "aarch64"), "x86_64");
}

TEST_F(ProgramFitTest, WhatFitsOrIsNotKnownPasses) {
  EXPECT_EQ(OtherArchitecture(Program(EM_MIPS), "mips"), "");
  EXPECT_EQ(OtherArchitecture(Program(EM_ARM), "aarch64"), "");
  EXPECT_EQ(OtherArchitecture(Program(EM_ARM), "armv7l"), "");
  EXPECT_EQ(OtherArchitecture(Program(EM_MIPS), "riscv64"), "");
  EXPECT_EQ(OtherArchitecture(Program(EM_RISCV), "mips"), "");
  WriteText(Path("script"), "#!/bin/sh\n");
  EXPECT_EQ(OtherArchitecture(Path("script"), "mips"), "");
}

}  // namespace
}  // namespace lockstep::boards
