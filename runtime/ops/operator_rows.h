// Every operator's row, k<Name>, for the two files that make tables of them.
#pragma once

#include "ops/add/add.h"
#include "ops/average_pool/average_pool.h"
#include "ops/channel_lookup/channel_lookup.h"
#include "ops/concat/concat.h"
#include "ops/conv/conv.h"
#include "ops/depthwise_conv/depthwise_conv.h"
#include "ops/dequantize/dequantize.h"
#include "ops/lookup/lookup.h"
#include "ops/max_pool/max_pool.h"
#include "ops/mul/mul.h"
#include "ops/rescale/rescale.h"
#include "ops/reshape/reshape.h"
#include "ops/resize/resize.h"
#include "ops/slice/slice.h"
#include "ops/softmax/softmax.h"
#include "ops/transpose/transpose.h"
