#include "graph/graph.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

#include "graph/error.h"

namespace lockstep::graph {

ElementType FromOnnxType(int64_t number) {
  if (number == kOnnxInt64) return ElementType::kInt64;
  return number == kOnnxBool ? ElementType::kBool : ElementType::kFloat;
}

int64_t ToOnnxType(ElementType type) {
  if (type == ElementType::kInt64) return kOnnxInt64;
  return type == ElementType::kBool ? kOnnxBool : kOnnxFloat;
}

const char* KindName(ElementType type) {
  if (type == ElementType::kBool) return "truth values";
  return type == ElementType::kInt64 ? "integers" : "floating point numbers";
}

bool IsKnown(const Shape& shape) {
  return std::all_of(shape.begin(), shape.end(), [](int64_t dimension) { return dimension >= 0; });
}

int64_t ElementCount(const Shape& shape) {
  int64_t count = 1;
  bool overflow = false;
  for (const int64_t dimension : shape) {
    if (dimension == 0) return 0;
    overflow = __builtin_mul_overflow(count, dimension, &count) || overflow;
  }
  return overflow ? std::numeric_limits<int64_t>::max() : count;
}

std::string ToString(const Shape& shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (const int64_t dimension : shape) {
    if (!text.empty()) text += 'x';
    text += dimension < 0 ? "?" : std::to_string(dimension);
  }
  return text;
}

namespace {

template <typename T>
T AttributeOr(const Node& node, const std::string& key, const T& fallback) {
  const auto found = node.attributes.find(key);
  if (found == node.attributes.end()) return fallback;
  const T* value = std::get_if<T>(&found->second);
  if (value == nullptr) {
    throw BadInput("node '" + node.name + "' (" + node.op + "): its attribute '" + key +
                   "' has another type than the operator takes; export the model again");
  }
  return *value;
}

}  // namespace

int64_t Node::Int(const std::string& key, int64_t fallback) const { return AttributeOr(*this, key, fallback); }
float Node::Float(const std::string& key, float fallback) const { return AttributeOr(*this, key, fallback); }
std::string Node::String(const std::string& key, const std::string& fallback) const {
  return AttributeOr(*this, key, fallback);
}
std::vector<int64_t> Node::Ints(const std::string& key, const std::vector<int64_t>& fallback) const {
  return AttributeOr(*this, key, fallback);
}
std::vector<float> Node::Floats(const std::string& key, const std::vector<float>& fallback) const {
  return AttributeOr(*this, key, fallback);
}
std::vector<std::string> Node::Strings(const std::string& key, const std::vector<std::string>& fallback) const {
  return AttributeOr(*this, key, fallback);
}

TensorId Graph::AddTensor(Tensor tensor) {
  const auto id = static_cast<TensorId>(tensors_.size());
  if (!by_name_.emplace(tensor.name, id).second) {
    throw std::logic_error("tensor '" + tensor.name + "' exists already");
  }
  tensors_.push_back(std::move(tensor));
  return id;
}

Tensor& Graph::tensor(TensorId id) { return tensors_.at(static_cast<size_t>(id)); }
const Tensor& Graph::tensor(TensorId id) const { return tensors_.at(static_cast<size_t>(id)); }
int32_t Graph::tensor_count() const { return static_cast<int32_t>(tensors_.size()); }

TensorId Graph::Find(const std::string& wanted) const {
  const auto found = by_name_.find(wanted);
  return found == by_name_.end() ? kNoTensor : found->second;
}

std::string Graph::UniqueName(const std::string& stem) const {
  if (by_name_.count(stem) == 0) return stem;
  for (int i = 1;; ++i) {
    std::string candidate = stem + "_" + std::to_string(i);
    if (by_name_.count(candidate) == 0) return candidate;
  }
}

const std::vector<int64_t>& Graph::Ints(TensorId id) const {
  const Tensor& wanted = tensor(id);
  if (!wanted.constant || wanted.type == ElementType::kFloat) {
    throw std::logic_error("tensor '" + wanted.name + "' is not an integer constant");
  }
  return wanted.constant->ints;
}

int32_t Graph::Producer(TensorId id) const {
  for (size_t i = 0; i < nodes.size(); ++i) {
    const auto& made = nodes[i].outputs;
    if (std::find(made.begin(), made.end(), id) != made.end()) return static_cast<int32_t>(i);
  }
  return -1;
}

bool IsChannelsLast(const Graph& graph, TensorId input) {
  const Shape& shape = graph.tensor(input).shape;
  if (shape.size() != 4) return false;
  int readers = 0;
  int transposes = 0;
  for (const Node& node : graph.nodes) {
    if (std::count(node.inputs.begin(), node.inputs.end(), input) == 0) continue;
    ++readers;
    if (node.op == "Transpose" && node.Ints("perm", {}) == std::vector<int64_t>{0, 3, 1, 2}) ++transposes;
  }
  if (readers > 0 && readers == transposes) return true;
  const auto holds_channels = [](int64_t extent) { return extent == 1 || extent == 3; };
  return holds_channels(shape[3]) && !holds_channels(shape[1]);
}

Uses::Uses(const Graph& graph)
    : producer(static_cast<size_t>(graph.tensor_count()), -1),
      consumers(static_cast<size_t>(graph.tensor_count())),
      is_output(static_cast<size_t>(graph.tensor_count()), false) {
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto index = static_cast<int32_t>(i);
    for (const TensorId id : graph.nodes[i].outputs) {
      if (id == kNoTensor) continue;
      if (std::exchange(producer[static_cast<size_t>(id)], index) >= 0) {
        throw std::logic_error("tensor '" + graph.tensor(id).name + "' has two producers");
      }
    }
    for (const TensorId id : graph.nodes[i].inputs) {
      if (id == kNoTensor) continue;
      auto& users = consumers[static_cast<size_t>(id)];
      if (users.empty() || users.back() != index) users.push_back(index);
    }
  }
  for (const TensorId id : graph.outputs) is_output[static_cast<size_t>(id)] = true;
}

void SortAndPrune(Graph& graph) {
  const Uses uses(graph);
  enum class Mark : uint8_t { kNew, kOpen, kDone };
  std::vector<Mark> marks(graph.nodes.size(), Mark::kNew);

  // Everything an output needs, depth first with a stack of our own: deep graphs would exhaust the thread's.
  std::vector<int32_t> stack;
  const auto need = [&](TensorId id) {
    if (id == kNoTensor) return;
    const int32_t index = uses.producer[static_cast<size_t>(id)];
    if (index < 0 || marks[static_cast<size_t>(index)] == Mark::kDone) return;
    if (marks[static_cast<size_t>(index)] == Mark::kOpen) {
      throw std::logic_error("the graph has a cycle through node '" + graph.nodes[static_cast<size_t>(index)].name +
                             "'");
    }
    stack.push_back(index);
  };
  for (const TensorId id : graph.outputs) {
    need(id);
    while (!stack.empty()) {
      const int32_t index = stack.back();
      Mark& mark = marks[static_cast<size_t>(index)];
      if (mark != Mark::kNew) {
        mark = Mark::kDone;
        stack.pop_back();
        continue;
      }
      mark = Mark::kOpen;
      for (const TensorId input : graph.nodes[static_cast<size_t>(index)].inputs) need(input);
    }
  }

  // Ready nodes in their old order: a graph that is sorted already keeps its order.
  std::vector<int32_t> missing(graph.nodes.size(), 0);
  std::vector<int32_t> ready;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (marks[i] != Mark::kDone) continue;
    std::vector<int32_t> producers;
    for (const TensorId id : graph.nodes[i].inputs) {
      if (id != kNoTensor && uses.producer[static_cast<size_t>(id)] >= 0) {
        producers.push_back(uses.producer[static_cast<size_t>(id)]);
      }
    }
    std::sort(producers.begin(), producers.end());
    producers.erase(std::unique(producers.begin(), producers.end()), producers.end());
    missing[i] = static_cast<int32_t>(producers.size());
    if (producers.empty()) ready.push_back(static_cast<int32_t>(i));
  }
  std::make_heap(ready.begin(), ready.end(), std::greater<>());
  std::vector<int32_t> order;
  while (!ready.empty()) {
    std::pop_heap(ready.begin(), ready.end(), std::greater<>());
    const int32_t index = ready.back();
    ready.pop_back();
    order.push_back(index);
    std::vector<int32_t> users;
    for (const TensorId id : graph.nodes[static_cast<size_t>(index)].outputs) {
      if (id == kNoTensor) continue;
      const auto& of_one = uses.consumers[static_cast<size_t>(id)];
      users.insert(users.end(), of_one.begin(), of_one.end());
    }
    std::sort(users.begin(), users.end());
    users.erase(std::unique(users.begin(), users.end()), users.end());
    for (const int32_t user : users) {
      if (marks[static_cast<size_t>(user)] != Mark::kDone || --missing[static_cast<size_t>(user)] > 0) continue;
      ready.push_back(user);
      std::push_heap(ready.begin(), ready.end(), std::greater<>());
    }
  }
  std::vector<Node> sorted;
  sorted.reserve(order.size());
  for (const int32_t index : order) sorted.push_back(std::move(graph.nodes[static_cast<size_t>(index)]));
  graph.nodes = std::move(sorted);
}

}  // namespace lockstep::graph
