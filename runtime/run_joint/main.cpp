#include "run_joint/run_joint.h"

int main(int argc, char** argv) { return lockstep::RunJointMain(argc, argv); }
