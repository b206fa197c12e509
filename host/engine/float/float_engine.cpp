#include "engine/float/float_engine.h"

#include <omp.h>

#include <cstring>

#include "engine/float/plan_builder.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"

namespace lockstep::engine {
namespace {

// oneDNN takes its number of threads from OpenMP's setting of the calling thread, when planning and when running.
class ThreadScope {
 public:
  explicit ThreadScope(int threads) : before_(omp_get_max_threads()) {
    omp_set_num_threads(threads > 0 ? threads : omp_get_num_procs());
  }
  ~ThreadScope() { omp_set_num_threads(before_); }
  ThreadScope(const ThreadScope&) = delete;
  ThreadScope& operator=(const ThreadScope&) = delete;

 private:
  int before_;
};

template <typename Map>
std::string NoInput(const std::string& name, const Map& known) {
  std::vector<std::string> names;
  names.reserve(known.size());
  for (const auto& entry : known) names.push_back(entry.first);
  return "the model has no input " + graph::Quoted(name) + graph::DidYouMean(name, names);
}

}  // namespace

struct FloatEngine::Impl {
  int threads = 0;
  Plan plan;
  std::map<std::string, ValueId> inputs, outputs;
  std::map<std::string, int> channel_blocks;
  std::map<std::string, ValueId> kept;

  Impl(const graph::Graph& graph, const FloatEngineOptions& options) : threads(options.threads) {
    const ThreadScope scope(threads);
    PlanBuilder builder(graph, options);
    plan = builder.Build();
    inputs = builder.inputs;
    outputs = builder.outputs;
    channel_blocks = builder.channel_blocks;
    kept = builder.kept;
  }

  void TakeInputs(const std::map<std::string, FloatTensor>& given) const {
    for (const auto& [name, tensor] : given) {
      if (inputs.count(name) == 0) {
        throw UsageError(NoInput(name, inputs));
      }
    }
    for (const auto& [name, id] : inputs) {
      const auto found = given.find(name);
      if (found == given.end()) throw UsageError("input '" + name + "' is missing");
      const graph::Shape& shape = plan.value(id).shape;
      const auto wanted = static_cast<size_t>(graph::ElementCount(shape));
      if (found->second.data.size() != wanted) {
        throw UsageError("input '" + name + "' has " + std::to_string(found->second.data.size()) +
                         " values, the model takes " + std::to_string(wanted) + " (" + graph::ToString(shape) + ")");
      }
      std::memcpy(plan.Address(id), found->second.data.data(), wanted * sizeof(float));
    }
  }

  std::map<std::string, FloatTensor> Outputs() const {
    std::map<std::string, FloatTensor> results;
    for (const auto& [name, id] : outputs) {
      const graph::Shape& shape = plan.value(id).shape;
      const float* data = plan.Address(id);
      results[name] = {shape, {data, data + graph::ElementCount(shape)}};
    }
    return results;
  }
};

FloatEngine::FloatEngine(const graph::Graph& graph, const FloatEngineOptions& options)
    : impl_(std::make_unique<Impl>(graph, options)) {}
FloatEngine::~FloatEngine() = default;
FloatEngine::FloatEngine(FloatEngine&&) noexcept = default;

std::map<std::string, FloatTensor> FloatEngine::Run(const std::map<std::string, FloatTensor>& inputs,
                                                    const FloatObserver& observer) {
  const ThreadScope scope(impl_->threads);
  impl_->TakeInputs(inputs);
  impl_->plan.Run(observer);
  return impl_->Outputs();
}

FloatTensor FloatEngine::Value(const std::string& observed) const {
  const ThreadScope scope(impl_->threads);
  const ValueId id = impl_->kept.at(observed);
  return {impl_->plan.value(id).shape, impl_->plan.Read(id)};
}

std::map<std::string, FloatTensor> FloatEngine::RunBehind(const std::map<std::string, FloatTensor>& replaced) {
  const ThreadScope scope(impl_->threads);
  std::vector<std::pair<ValueId, const float*>> values;
  values.reserve(replaced.size());
  for (const auto& [name, tensor] : replaced) values.emplace_back(impl_->kept.at(name), tensor.data.data());
  impl_->plan.RunBehind(values);
  std::map<std::string, FloatTensor> results;
  for (const auto& [name, id] : impl_->outputs)
    results[name] = {impl_->plan.value(id).shape, impl_->plan.ReadBehind(id)};
  return results;
}

int FloatEngine::ChannelBlock(const std::string& observed) const { return impl_->channel_blocks.at(observed); }

}  // namespace lockstep::engine
