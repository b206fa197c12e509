#include "layerwise/input_findings.h"

#include <cmath>

#include "graph/quoted.h"
#include "layerwise/decibels.h"
#include "report/table.h"

namespace lockstep::layerwise {
namespace {

constexpr double kSame = 30.0;  // dB: what rounding a picture to 8 bits leaves

// "0.99 x + 0.1, ..": the network's value of each channel from the model's.
std::string FitText(const std::vector<ChannelFit>& fit) {
  std::string text;
  for (const ChannelFit& channel : fit) {
    text += (text.empty() ? "" : ", ") + report::ShortNumber(channel.gain) + " x " +
            (channel.offset < 0 ? "- " : "+ ") + report::ShortNumber(std::abs(channel.offset));
  }
  return text;
}

}  // namespace

std::vector<Finding> InputFindings(const Analysis& analysis) {
  std::vector<Finding> findings;
  for (const auto& [name, agreement] : analysis.inputs) {
    const double as_is = agreement.sqnr_db;
    const double reversed = agreement.reversed_sqnr_db;
    const double fitted = agreement.fitted_sqnr_db;
    const double both = agreement.reversed_fitted_sqnr_db;
    if (as_is >= kSame) continue;
    const std::string head = "input " + graph::Quoted(name) +
                             ": the model sees another picture than the network should (SQNR " + Db(as_is) + ")";
    if (reversed >= kSame) {
      findings.push_back(
          {head + ": the colour order is wrong, with red and blue exchanged they agree (" + Db(reversed) + ")",
           "build with the other --color"});
    } else if (fitted >= kSame) {
      findings.push_back({head + ": mean or std is wrong, the network's channels are " + FitText(agreement.fit) +
                              " of the model's (" + Db(fitted) + " so)",
                          "build with the --mean and --std that the network was trained with, in units of 0..255"});
    } else if (both >= kSame) {
      findings.push_back(
          {head + ": both the colour order and mean or std are wrong (" + Db(both) +
               " with red and blue exchanged and channels " + FitText(agreement.fit) + ")",
           "build with the other --color, and with the --mean and --std that the network was trained with"});
    } else {
      findings.push_back({head + ", and neither another colour order nor another mean and std explains it",
                          "check --resize and --pad-value, and that the pictures are decoded alike"});
    }
  }
  return findings;
}

}  // namespace lockstep::layerwise
