import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Adapter } from '../adapter';
import { configOf } from '../config-of';
import { attemptEnvironment } from '../environment';
import { pythonModuleFolder } from '../own-folder';
import { environmentFor, findPython } from '../python-env';
import { layOut } from '../tables';
import { runUserCode } from '../user-code';

const PARQUET_READERS = ['pyarrow', 'duckdb', 'polars'];

/** `python` runs a script with the bundled `penstock` module, in an environment with the packages it asks for. */
export const pythonAdapter: Adapter = {
  runsUserCode: true,
  perform: async (context) => {
    const config = configOf(context, 'python');
    const began = performance.now();
    const python = await environmentFor(context, await findPython(config.python), config.requirements ?? []);
    const prepareMs = Math.round(performance.now() - began);

    const laying = performance.now();
    const needsRows = config.script.includes('inputs') && !PARQUET_READERS.some((module) => python.modules.includes(module));
    const tables = await layOut(context, needsRows && context.inputs.length + context.reads.length > 0);
    const described = Object.fromEntries(
      tables.map(({ name, parquet, rows, rowCount, table }) => [name, { parquet, rows, columns: table.schema, rowCount }]),
    );
    const script = path.join(context.workDir, 'script.py');
    const inputs = path.join(context.workDir, 'inputs.json');
    await writeFile(script, config.script);
    await writeFile(inputs, JSON.stringify(described));
    const inputsMs = Math.round(performance.now() - laying);

    const result = await runUserCode(context, {
      command: [python.command, '-u', script],
      env: {
        ...attemptEnvironment(context),
        ...Object.fromEntries(tables.map(({ name, parquet }) => [`PENSTOCK_INPUT_${name.toUpperCase()}`, parquet])),
        PENSTOCK_INPUTS: inputs,
        PYTHONPATH: pythonModuleFolder(),
        PYTHONUNBUFFERED: '1',
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONNOUSERSITE: '1',
        PYTHONIOENCODING: 'utf-8',
        // as many threads as the attempt was given, for numpy and its kin
        OMP_NUM_THREADS: String(context.limits.threads),
        OPENBLAS_NUM_THREADS: String(context.limits.threads),
      },
      explain: explainPython,
    });
    return { ...result, timings: { prepareMs, inputsMs, ...result.timings } };
  },
};

const PACKAGE_OF: Record<string, string> = { sklearn: 'scikit-learn', cv2: 'opencv-python', yaml: 'pyyaml', PIL: 'pillow', bs4: 'beautifulsoup4', dateutil: 'python-dateutil' };

/** explainPython finds words for a script's failure in the end of its traceback. */
export function explainPython(tail: string[]): { code: string; message: string; hint?: string } | null {
  const last = [...tail].reverse().find((line) => /^\w[\w.]*(?:Error|Exception|Interrupt|Exit|Warning)\b/.test(line));
  if (!last) return null;
  const line = [...tail].reverse().flatMap((each) => /File "(?:.*\/)?script\.py", line (\d+)/.exec(each)?.[1] ?? [])[0];
  const where = line ? ` in line ${line}` : '';
  const missing = /^ModuleNotFoundError: No module named '([\w]+)/.exec(last)?.[1];
  if (missing) {
    const name = PACKAGE_OF[missing] ?? missing;
    return {
      code: 'no_module',
      message: `The script${where} needs the Python package "${name}", which is not installed for this task.`,
      hint: `Add ${name} to the task's Packages (config.requirements).`,
    };
  }
  if (/^(?:SyntaxError|IndentationError|TabError)/.test(last)) {
    return { code: 'syntax', message: `The script cannot be read${where}: ${last}`, hint: 'Open the script and correct that line.' };
  }
  return { code: 'python_error', message: `The script failed${where}: ${last.slice(0, 500)}`, hint: 'The log has the whole traceback.' };
}
