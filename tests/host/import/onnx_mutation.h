// Structure-aware damages of ONNX files: what is wrong is a node, an attribute, a type or a constant, not a byte.
#pragma once

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace lockstep::importer {

struct MutationSeed {
  std::string name;
  onnx::ModelProto model;
};

// A small model of every node test in ONNX's conformance data, once as it is and once with its small inputs of integers
// (shapes, axes, sizes) as constants; and networks of several nodes. Always the same, in the same order.
std::vector<MutationSeed> MutationSeeds();

// Changes one to three things of a model and returns what they are. The same numbers, the same changes.
std::string Mutate(onnx::ModelProto& model, std::mt19937_64& random);

// Mutation `number` of all that there are: which seed it is, what is done to it, and the bytes of the file.
struct Mutation {
  std::string what;
  std::string bytes;
};
Mutation MutationOf(const std::vector<MutationSeed>& seeds, uint64_t number);

}  // namespace lockstep::importer
