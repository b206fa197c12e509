// The small detector, built once for all tests of a file, and the page of it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "files/temporary_folder.h"
#include "info/model_info.h"
#include "page/page.h"
#include "results.h"
#include "support/temporary_test_folder.h"

namespace lockstep::page {

class PageTest : public testing::FolderTest {
 protected:
  // Built once; each test has a copy.
  static void SetUpTestSuite() {
    built_ = std::make_unique<files::TemporaryFolder>();
    testing::BuildSmallDetector(built_->path());
  }
  static void TearDownTestSuite() { built_.reset(); }

  void SetUp() override {
    std::filesystem::copy(built_->path(), Path("."), std::filesystem::copy_options::recursive);
    model_ = Path("out/net.joint");
    info_ = info::DescribeModelFile(model_.string(), {});
  }
  PageData Make(std::vector<Result> results) const { return MakePage({"report", model_, std::move(results), {}, {}}); }
  static const Measure& Named(const PageData& page, const std::string& id) {
    for (const Measure& measure : page.measures) {
      if (measure.id == id) return measure;
    }
    throw std::runtime_error("no measure " + id);
  }
  // The message of what the call throws.
  template <typename ErrorType, typename Call>
  static std::string Refusal(const Call& call) {
    try {
      call();
    } catch (const ErrorType& error) {
      return error.what();
    }
    ADD_FAILURE() << "nothing was refused";
    return "";
  }

  static inline std::unique_ptr<files::TemporaryFolder> built_;
  std::filesystem::path model_;
  Json info_;
};

}  // namespace lockstep::page
