// Runs models in ONNX Runtime: float32 inputs, raw little-endian or .npy -> raw float32 outputs (int64 ones too, as floats)
// and a JSON of names and shapes.
//   node ort_run.js --package DIR --jobs FILE [--threads N] [--time RUNS]
// DIR holds node_modules/onnxruntime-node. FILE is a JSON:
//   [{"model", "inputs": [{"name", "shape", "file"}], "outputDir", "outputPrefix"}]
// An input with "values" instead of a file has these, as int64; one with a "type" beside its file gets its floats as that.
// Output i of a job goes to its outputDir/output_<i>.bin, or with an outputPrefix to outputDir/<outputPrefix><name>.bin.
// Jobs of one model that follow one another share a session. The JSON on stdout:
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
  let bytes = fs.readFileSync(file);
  if (file.endsWith('.npy')) bytes = bytes.subarray(10 + bytes.readUInt16LE(8));  // version 1, float32, little-endian
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

function makeTensor(ort, input) {
  if (input.values) return new ort.Tensor('int64', BigInt64Array.from(input.values, BigInt), input.shape);
  const floats = readFloats(input.file);
  const arrays = {float32: Float32Array, bool: Uint8Array, uint8: Uint8Array, int16: Int16Array};
  const type = input.type ?? 'float32';
  return new ort.Tensor(type, arrays[type].from(floats), input.shape);
}

function writeOutput(job, tensor, name, index) {
  if (!['float32', 'int64'].includes(tensor.type)) throw new Error(`output ${name} is ${tensor.type}; only float32 and int64 are written`);
  const file = job.outputPrefix === undefined ? `output_${index}.bin` : `${job.outputPrefix}${name}.bin`;
  const {buffer, byteOffset, byteLength} = tensor.type === 'int64' ? Float32Array.from(tensor.data, Number) : tensor.data;
  fs.writeFileSync(path.join(job.outputDir, file), Buffer.from(buffer, byteOffset, byteLength));
  return {name, shape: Array.from(tensor.dims), file};
}

function open(ort, model, options) {
  return ort.InferenceSession.create(model, {
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  });
}

async function run(ort, session, job, options) {
  const feeds = {};
  for (const input of job.inputs) {
    feeds[input.name] = makeTensor(ort, input);
  }
  let results = await session.run(feeds);
  const milliseconds = [];
  for (let i = 0; i < options.time; ++i) {
    const start = process.hrtime.bigint();
    results = await session.run(feeds);
    milliseconds.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  const outputs = session.outputNames.map((name, index) => writeOutput(job, results[name], name, index));
  return {outputs, milliseconds};
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  const packageDir = path.resolve(options.package, 'node_modules', 'onnxruntime-node');
  const ort = require(packageDir);
  const version = JSON.parse(fs.readFileSync(path.join(packageDir, 'package.json'))).version;
  const runs = [];
  let session;
  let model;
  for (const job of JSON.parse(fs.readFileSync(options.jobs))) {
    try {
      if (job.model !== model) {
        if (session) await session.release();
        session = await open(ort, job.model, options);
        model = job.model;
      }
      runs.push(await run(ort, session, job, options));
    } catch (error) {
      throw new Error(`${job.model}: ${error.message}`);
    }
  }
  if (session) await session.release();
  console.log(JSON.stringify({version, runs}));
}

main().catch((error) => {
  console.error(`ort_run: ${error.message}`);
  process.exitCode = 1;
});
