// Other names for the tensors of a graph.
#pragma once

#include <map>
#include <string>

namespace lockstep::importer {

// Those of a graph and, behind them, of the graph around it.
class Renaming {
 public:
  explicit Renaming(const Renaming* around = nullptr) : around_(around) {}

  void Set(const std::string& name, const std::string& other) { names_[name] = other; }
  bool Has(const std::string& name) const { return names_.count(name) != 0; }

  // A name that has no other one stays.
  const std::string& Of(const std::string& name) const {
    for (const Renaming* graph = this; graph != nullptr; graph = graph->around_) {
      const auto found = graph->names_.find(name);
      if (found != graph->names_.end()) return found->second;
    }
    return name;
  }

 private:
  const Renaming* around_;
  std::map<std::string, std::string> names_;
};

}  // namespace lockstep::importer
