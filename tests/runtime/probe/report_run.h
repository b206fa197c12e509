// Runs the small network in this build and returns what its probe printed.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lockstep/runtime.h"
#include "support/joint_models.h"

namespace lockstep::test {

inline constexpr int kRuns = 3;

inline std::string RunAndReport(const ProbeOptions& probe, int32_t* layers,
                                const joint::ModelT& network = SmallNetwork(), int threads = 1, int runs = kRuns) {
  const std::vector<uint8_t> file = test::Write(network);
  Result<Model> model = Model::Copy(file.data(), file.size());
  EXPECT_TRUE(model.ok());
  *layers = model.value().layer_count();
  SessionOptions options;
  options.probe = probe;
  options.threads = threads;
  testing::internal::CaptureStdout();
  {
    Result<Session> session = Session::Create(model.value(), options);
    EXPECT_TRUE(session.ok()) << session.status().message();
    for (int i = 0; i < runs; ++i) EXPECT_TRUE(session.value().Run().ok());
    const Status status = session.value().WriteReports();
    EXPECT_TRUE(status.ok()) << status.message();
  }
  return testing::internal::GetCapturedStdout();
}

inline int64_t Count(const std::string& text, const std::string& part) {
  int64_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace lockstep::test
