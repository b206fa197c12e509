// Runs a model in ONNX Runtime: raw little-endian float32 inputs -> raw float32 outputs and a JSON of names and shapes.
//   node ort_run.js --package DIR --model FILE --input NAME:1x3x640x640=FILE... [--output-dir DIR] [--threads N]
//                   [--time RUNS]
// DIR holds node_modules/onnxruntime-node. Output i goes to DIR/output_<i>.bin. The JSON on stdout:
//   {"version", "outputs": [{"name", "shape", "file"}], "milliseconds": [..one per timed run]}
'use strict';
const fs = require('fs');
const path = require('path');

function parseArguments(argv) {
  const options = {inputs: [], threads: 1, time: 0};
  for (let i = 0; i < argv.length; i += 2) {
    const value = argv[i + 1];
    if (value === undefined) throw new Error(`${argv[i]} needs a value`);
    switch (argv[i]) {
      case '--package': options.package = value; break;
      case '--model': options.model = value; break;
      case '--output-dir': options.outputDir = value; break;
      case '--threads': options.threads = Number(value); break;
      case '--time': options.time = Number(value); break;
      case '--input': {
        const match = /^(.+):([0-9x]*)=(.+)$/.exec(value);
        if (!match) throw new Error(`--input ${value}: expected NAME:1x3x640x640=FILE`);
        options.inputs.push({name: match[1], shape: match[2].split('x').filter(Boolean).map(Number), file: match[3]});
        break;
      }
      default: throw new Error(`unknown option ${argv[i]}`);
    }
  }
  for (const key of ['package', 'model']) {
    if (!options[key]) throw new Error(`--${key} is missing`);
  }
  return options;
}

function readFloats(file) {
  const bytes = fs.readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  const packageDir = path.resolve(options.package, 'node_modules', 'onnxruntime-node');
  const ort = require(packageDir);
  const session = await ort.InferenceSession.create(options.model, {
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  });
  const feeds = {};
  for (const input of options.inputs) {
    feeds[input.name] = new ort.Tensor('float32', readFloats(input.file), input.shape);
  }
  let results = await session.run(feeds);
  const milliseconds = [];
  for (let run = 0; run < options.time; ++run) {
    const start = process.hrtime.bigint();
    results = await session.run(feeds);
    milliseconds.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  const outputs = session.outputNames.map((name, index) => {
    const tensor = results[name];
    const file = `output_${index}.bin`;
    if (options.outputDir) {
      if (tensor.type !== 'float32') throw new Error(`output ${name} is ${tensor.type}; only float32 is written`);
      fs.writeFileSync(path.join(options.outputDir, file), Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
    }
    return {name, shape: Array.from(tensor.dims), file};
  });
  const version = JSON.parse(fs.readFileSync(path.join(packageDir, 'package.json'))).version;
  console.log(JSON.stringify({version, outputs, milliseconds}));
}

main().catch((error) => {
  console.error(`ort_run: ${error.message}`);
  process.exitCode = 1;
});
