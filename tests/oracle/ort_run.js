// Runs models in ONNX Runtime: raw little-endian float32 inputs -> raw float32 outputs (int64 ones too, as floats) and a JSON of names and shapes.
//   node ort_run.js --package DIR --jobs FILE [--threads N] [--time RUNS]
// DIR holds node_modules/onnxruntime-node. FILE is a JSON:
//   [{"model", "inputs": [{"name", "shape", "file"}], "outputDir"}]
// Output i of a job goes to its outputDir/output_<i>.bin. The JSON on stdout:
//   {"version", "runs": [{"outputs": [{"name", "shape", "file"}], "milliseconds": [..one per timed run]}]}
'use strict';
const fs = require('fs');
const path = require('path');

function parseArguments(argv) {
  const options = {threads: 1, time: 0};
  for (let i = 0; i < argv.length; i += 2) {
    const value = argv[i + 1];
    if (value === undefined) throw new Error(`${argv[i]} needs a value`);
    switch (argv[i]) {
      case '--package': options.package = value; break;
      case '--jobs': options.jobs = value; break;
      case '--threads': options.threads = Number(value); break;
      case '--time': options.time = Number(value); break;
      default: throw new Error(`unknown option ${argv[i]}`);
    }
  }
  for (const key of ['package', 'jobs']) {
    if (!options[key]) throw new Error(`--${key} is missing`);
  }
  return options;
}

function readFloats(file) {
  const bytes = fs.readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

function writeOutput(job, tensor, name, index) {
  if (!['float32', 'int64'].includes(tensor.type)) throw new Error(`output ${name} is ${tensor.type}; only float32 and int64 are written`);
  const file = `output_${index}.bin`;
  const {buffer, byteOffset, byteLength} = tensor.type === 'int64' ? Float32Array.from(tensor.data, Number) : tensor.data;
  fs.writeFileSync(path.join(job.outputDir, file), Buffer.from(buffer, byteOffset, byteLength));
  return {name, shape: Array.from(tensor.dims), file};
}

async function run(ort, job, options) {
  const session = await ort.InferenceSession.create(job.model, {
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  });
  const feeds = {};
  for (const input of job.inputs) {
    feeds[input.name] = new ort.Tensor('float32', readFloats(input.file), input.shape);
  }
  let results = await session.run(feeds);
  const milliseconds = [];
  for (let i = 0; i < options.time; ++i) {
    const start = process.hrtime.bigint();
    results = await session.run(feeds);
    milliseconds.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  const outputs = session.outputNames.map((name, index) => writeOutput(job, results[name], name, index));
  await session.release();
  return {outputs, milliseconds};
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  const packageDir = path.resolve(options.package, 'node_modules', 'onnxruntime-node');
  const ort = require(packageDir);
  const version = JSON.parse(fs.readFileSync(path.join(packageDir, 'package.json'))).version;
  const runs = [];
  for (const job of JSON.parse(fs.readFileSync(options.jobs))) {
    try {
      runs.push(await run(ort, job, options));
    } catch (error) {
      throw new Error(`${job.model}: ${error.message}`);
    }
  }
  console.log(JSON.stringify({version, runs}));
}

main().catch((error) => {
  console.error(`ort_run: ${error.message}`);
  process.exitCode = 1;
});
