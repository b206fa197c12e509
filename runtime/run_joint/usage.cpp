#include "run_joint/arguments.h"

namespace lockstep {

const char* UsageText() {
  return R"(usage: run_joint [options] MODEL.joint

Runs a joint model on this board. Without data it uses seeded random input and says so.

data
  -d, --data "A.bin;B.bin"     raw input tensors, one file per input of the network, in its order
  -i, --input-folder DIR       one run per .bin file, for networks with one input
  -l, --list FILE              one run per line, each like the argument of --data
      --seed N                 seed of the random input (default 1)
  -o, --output-folder DIR      write every output as DIR/STEM_OUTPUT.bin, STEM being the (first) input file's name
                               (also --bin-out-dir); a folder that nothing is read from

checks
      --verify DIR             compare every output with the file of the same name in DIR, byte by byte
      --self-test              run the model's own test vectors and compare the md5 of every layer
      --no-digest              do not check the file's md5; every other check is made

measuring
  -r, --repeat N               runs per input that count (default 1); an interrupt ends them after the present one
  -w, --warmup N               runs per input before them, which stand in no figures (default 0)
      --threads N              threads (default 1)
  -a, --affinity MASK          bit i of the mask allows CPU i, for instance 0x3
      --save-benchmark FILE    the figures as JSON
      --report-peak-memory-footprint
                               planned and measured peak memory
      --profile-path DIR       run_joint_profile: gets profile.csv, profile.json and, for Perfetto, trace.json
      --memory-path FILE       run_joint_nmem: its report, and FILE.json (default nmem_memory.txt in the temp folder)

dumps (run_joint_debug)
      --dump-intermediate N    0 nothing, 1 the network's outputs, 2 every layer's output, 3 its inputs as well;
                               with several inputs each has a folder of its own, named by its STEM
      --dump-folder DIR        where the dump goes (default: dump in the output folder, or dump)
      --dump-layers REGEX      only layers whose name matches this extended regular expression
      --md5                    digests only, no tensor files
      --inject DIR             give every layer the inputs that the dump in DIR has, so that each is tested alone;
                               outputs are this board's own; give the dump's input with --data

more
      --group-rows             run_joint_release: where the model has groups of layers, run these together, a few rows at a
                               time, in a smaller arena; the outputs are the same
      --dry-run                load, print what is planned in bytes, and do not run
      --model-info             print the layers and end
  -v, --version                print versions and end
  -?, --help                   print this and end

LOCKSTEP_ISA in the environment allows fewer kernels than the CPU has: names as behind `kernels`, with commas between.

example: run_joint_release --warmup 5 --repeat 50 --threads 2 --data picture.bin model.joint

exit status: 0 good, 1 a check failed, 2 wrong usage, 3 unsupported model, 4 corrupt or unreadable file,
             5 the board lacks memory; 130 interrupted (143 terminated), what was measured by then is reported
)";
}

}  // namespace lockstep
