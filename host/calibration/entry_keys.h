// The words of quant/calibration.json.
#pragma once

namespace lockstep::calibration::key {

inline constexpr int kVersion = 1;

inline constexpr char kVersionKey[] = "version";
inline constexpr char kNetwork[] = "network";
inline constexpr char kFile[] = "file";
inline constexpr char kDigest[] = "digest";
inline constexpr char kCalibration[] = "calibration";
inline constexpr char kPictures[] = "pictures";
inline constexpr char kBuild[] = "build";
inline constexpr char kTensors[] = "tensors";
inline constexpr char kNodes[] = "nodes";
inline constexpr char kChannelMeans[] = "channel_means";
inline constexpr char kCorrections[] = "corrections";
inline constexpr char kEqualizationFactors[] = "equalization_factors";
inline constexpr char kSmoothFactors[] = "smooth_factors";
inline constexpr char kBiasShifts[] = "bias_shifts";

// Of a tensor: either same_as, or the others.
inline constexpr char kSameAs[] = "same_as";
inline constexpr char kType[] = "type";
inline constexpr char kBits[] = "bits";
inline constexpr char kRange[] = "range";
inline constexpr char kScale[] = "scale";
inline constexpr char kZeroPoint[] = "zero_point";
// What was observed and decided, as it was before any change.
inline constexpr char kCalibrated[] = "calibrated";
inline constexpr char kSeen[] = "seen";
inline constexpr char kObserver[] = "observer";
inline constexpr char kOfInput[] = "input";  // an observer: the range follows from the type of the input
inline constexpr char kParts[] = "parts";

// Of a node.
inline constexpr char kOp[] = "op";
inline constexpr char kOnnxNodes[] = "onnx_nodes";
inline constexpr char kOutput[] = "output";
inline constexpr char kFloat[] = "float";
inline constexpr char kWeightBits[] = "weight_bits";
inline constexpr char kWeightRange[] = "weight_range";
inline constexpr char kWeightScales[] = "weight_scales";

inline constexpr char kU8[] = "U8";
inline constexpr char kU16[] = "U16";
inline constexpr char kF32[] = "F32";
inline constexpr char kPerChannel[] = "per_channel";
inline constexpr char kPerTensor[] = "per_tensor";

}  // namespace lockstep::calibration::key
