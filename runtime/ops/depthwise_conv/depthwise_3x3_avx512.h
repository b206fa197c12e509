// Windows of 3x3 as depthwise_rows_u8s8_avx512vnni gives them away. Only for files that are compiled for AVX-512.
#pragma once

#include "ops/depthwise_conv/depthwise_columns_avx512.h"

namespace lockstep::kernels {

// Whether Run3x3Block512 takes the block.
bool Is3x3Block512(const DepthwiseLayer& layer, const DepthwisePlan& plan, const DepthwiseBlock512& block);
// Whole output rows, one or two, from so many input rows and two more.
void Run3x3Block512(const DepthwiseLayer& layer, const DepthwisePlan& plan, const DepthwiseBlock512& block, int rows,
                    const DepthwiseInputRow* inputs, uint8_t* to);

}  // namespace lockstep::kernels
