#include "run_joint/run_joint.h"

#include <unistd.h>

#include <cstdio>
#include <optional>
#include <utility>

#include "base/output_file.h"
#include "lockstep/runtime.h"
#include "run_joint/arguments.h"
#include "run_joint/inject_inputs.h"
#include "run_joint/interrupt.h"
#include "run_joint/model_watch.h"
#include "run_joint/run_inputs.h"
#include "run_joint/run_outputs.h"
#include "run_joint/run_paths.h"
#include "run_joint/run_report.h"

namespace lockstep {
namespace {

int ExitStatus(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return 0;
    case StatusCode::kDiffers:
      return 1;
    case StatusCode::kInvalidArgument:
    case StatusCode::kWrongBuild:
      return 2;
    case StatusCode::kUnsupported:
      return 3;
    case StatusCode::kCorruptModel:
    case StatusCode::kUnreadable:
      return 4;
    case StatusCode::kOutOfMemory:
      break;
  }
  return 5;
}

constexpr int kSignalStatus = 128;  // as shells do it

const char* OrNull(const String& text) { return text.empty() ? nullptr : text.c_str(); }

SessionOptions OptionsOf(const Arguments& arguments, const String& dump_folder) {
  SessionOptions options;
  options.threads = arguments.threads;
  options.affinity = arguments.affinity;
  options.group_rows = arguments.group_rows;
  if (arguments.dump_level != 0) {
    options.probe.dump_folder = dump_folder.c_str();
    options.probe.dump_level = arguments.dump_level;
    options.probe.dump_layers = OrNull(arguments.dump_layers);
    options.probe.dump_md5_only = arguments.md5_only;
  }
  options.probe.profile_folder = OrNull(arguments.profile_path);
  options.probe.memory_path = OrNull(arguments.memory_path);
  return options;
}

class Runner {
 public:
  Runner(const Arguments& arguments, const ModelWatch& watch, Session& session, RunTimes& times)
      : arguments_(arguments), watch_(watch), session_(session), times_(times) {}

  Status Run(const List<RunInput>& inputs, const List<RunPaths>& paths) {
    if (!arguments_.has_data()) {
      std::printf("data        none given: random input of seed %llu\n",
                  static_cast<unsigned long long>(arguments_.seed));
    }
    if (!arguments_.inject.empty()) {
      Result<InjectInputs> inject = InjectInputs::Open(session_.model(), arguments_.inject);
      if (!inject.ok()) return inject.status();
      inject_.emplace(std::move(inject.value()));
    }
    if (!arguments_.output_folder.empty()) LOCKSTEP_RETURN_IF_ERROR(MakeOutputFolder(paths));
    for (size_t i = 0; i < inputs.size() && !Interrupted(); ++i) {
      LOCKSTEP_RETURN_IF_ERROR(RunInputOf(inputs[i], paths[i]));
    }
    return Status::Ok();
  }

 private:
  static bool Interrupted() { return InterruptWatch::signal_number() != 0; }

  Status MakeOutputFolder(const List<RunPaths>& paths) {
    LOCKSTEP_RETURN_IF_ERROR(output_folder_.Make(arguments_.output_folder));
    String longest;
    for (const RunPaths& path : paths) {
      for (const String& name : path.outputs) {
        if (name.size() > longest.size()) longest = name;
      }
    }
    return CheckWritable(arguments_.output_folder + "/" + longest);
  }

  // A run may use an input's memory for other tensors, so that every run loads its input anew.
  Status RunOnce(const RunInput& input, uint64_t* nanoseconds) {
    LOCKSTEP_RETURN_IF_ERROR(LoadInput(input, arguments_.seed, session_));
    if (inject_) LOCKSTEP_RETURN_IF_ERROR(inject_->TakeInputs(session_));
    const uint64_t start = NowNanoseconds();
    LOCKSTEP_RETURN_IF_ERROR(session_.Run(inject_ ? &*inject_ : nullptr));
    *nanoseconds = NowNanoseconds() - start;
    return watch_.Check();
  }

  Status RunInputOf(const RunInput& input, const RunPaths& paths) {
    uint64_t nanoseconds = 0;
    if (arguments_.dump_level != 0) LOCKSTEP_RETURN_IF_ERROR(session_.DumpNextRun(nullptr));
    session_.CountRuns(false);
    for (int i = 0; i < arguments_.warmup && !Interrupted(); ++i) {
      LOCKSTEP_RETURN_IF_ERROR(RunOnce(input, &nanoseconds));
    }
    if (Interrupted()) return Status::Ok();
    session_.CountRuns(true);
    if (arguments_.dump_level != 0) LOCKSTEP_RETURN_IF_ERROR(session_.DumpNextRun(paths.dump.c_str()));
    for (int i = 0; i < arguments_.repeat && (i == 0 || !Interrupted()); ++i) {
      LOCKSTEP_RETURN_IF_ERROR(RunOnce(input, &nanoseconds));
      times_.nanoseconds.push_back(nanoseconds);
    }
    return UseOutputs(paths);
  }

  // What differs is written too: it is what one wants to look at then.
  Status UseOutputs(const RunPaths& paths) {
    const Model& model = session_.model();
    RunOutputs outputs;
    outputs.files = paths.outputs;
    for (int32_t i = 0; i < model.output_count(); ++i) {
      outputs.bytes.push_back(inject_ ? inject_->output(i) : session_.output(i));
    }
    Status verified;
    if (!arguments_.verify.empty()) verified = VerifyOutputs(model, outputs, arguments_.verify);
    if (!arguments_.output_folder.empty()) {
      LOCKSTEP_RETURN_IF_ERROR(WriteOutputs(model, outputs, arguments_.output_folder));
    }
    return verified;
  }

  const Arguments& arguments_;
  const ModelWatch& watch_;
  Session& session_;
  RunTimes& times_;
  OutputFolder output_folder_;
  std::optional<InjectInputs> inject_;
};

Status SelfTest(Session& session) {
  int32_t passed = 0;
  const Status status = RunSelfTest(session, &passed);
  if (status.ok())
    std::printf("self-test   passed: %d vector%s, every layer's md5 is as expected\n", passed, passed == 1 ? "" : "s");
  return status;
}

// `signal`: the one that ended the runs before their time.
Status RunJoint(const Arguments& arguments, int* signal) {
  PrintVersion();
  RunTimes times;
  const ModelWatch watch(arguments.model.c_str(), ExitStatus(StatusCode::kUnreadable));
  uint64_t start = NowNanoseconds();
  LoadOptions load;
  load.check_digest = arguments.check_digest;
  Result<Model> model = Model::Open(arguments.model.c_str(), load);
  LOCKSTEP_RETURN_IF_ERROR(watch.Check());
  if (!model.ok()) return model.status();
  times.load = NowNanoseconds() - start;
  PrintModel(model.value());
  if (arguments.model_info) {
    PrintLayers(model.value());
    return Status::Ok();
  }
  List<RunInput> inputs;
  List<RunPaths> paths;
  if (!arguments.dry_run && !arguments.self_test) {
    LOCKSTEP_RETURN_IF_ERROR(ListInputs(arguments, model.value(), &inputs));
    LOCKSTEP_RETURN_IF_ERROR(PlanPaths(arguments, model.value(), inputs, &paths));
  }
  LOCKSTEP_RETURN_IF_ERROR(CheckReports(arguments, inputs));
  if (!arguments.benchmark.empty()) LOCKSTEP_RETURN_IF_ERROR(CheckWritable(arguments.benchmark));
  const String dump_folder = DumpFolder(arguments);
  start = NowNanoseconds();
  Result<Session> created = Session::Create(model.value(), OptionsOf(arguments, dump_folder));
  if (!created.ok()) return created.status();
  Session& session = created.value();
  times.load += NowNanoseconds() - start;
  PrintSession(session, times, arguments);
  if (arguments.dry_run) {
    PrintPlan(session);
    std::printf("dry run     loaded and planned, nothing was run\n");
    return Status::Ok();
  }
  if (arguments.self_test) {
    const Status status = SelfTest(session);
    LOCKSTEP_RETURN_IF_ERROR(watch.Check());
    LOCKSTEP_RETURN_IF_ERROR(status);
  } else {
    const InterruptWatch interrupts;
    LOCKSTEP_RETURN_IF_ERROR(Runner(arguments, watch, session, times).Run(inputs, paths));
    *signal = InterruptWatch::signal_number();
    if (*signal != 0) std::printf("interrupted by signal %d, not all runs were made\n", *signal);
    if (times.nanoseconds.empty()) return Status::Ok();
    PrintTimes(times, session.model());
  }
  if (arguments.report_memory) PrintPeakMemory(session);
  if (!arguments.benchmark.empty()) {
    LOCKSTEP_RETURN_IF_ERROR(SaveBenchmark(arguments.benchmark, session, times, arguments));
  }
  return session.WriteReports();
}

}  // namespace

void ExitWithoutMemory() {
  std::fflush(stdout);
  std::fprintf(stderr, "run_joint_%s: error: out of memory; end other programs, or give fewer inputs at once\n",
               BuildName());
  _exit(ExitStatus(StatusCode::kOutOfMemory));
}

int RunJointMain(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // a pipe's reader sees each line when it is printed
  int signal = 0;
  Arguments arguments;
  Status status = ParseArguments(argc, argv, &arguments);
  if (status.ok() && arguments.help) {
    std::fputs(UsageText(), stdout);
  } else if (status.ok() && arguments.version) {
    PrintVersion();
  } else if (status.ok()) {
    status = RunJoint(arguments, &signal);
  }
  // What was printed must have arrived too: stdout may be a file on a full disk.
  if (std::fflush(stdout) != 0 && status.ok()) {
    status = Status::Error(StatusCode::kUnreadable,
                           "standard output cannot be written; free space where it is redirected to");
  }
  if (!status.ok()) std::fprintf(stderr, "run_joint_%s: error: %s\n", BuildName(), status.message());
  return status.ok() && signal != 0 ? kSignalStatus + signal : ExitStatus(status.code());
}

}  // namespace lockstep
