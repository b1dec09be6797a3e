import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// A snapshot in the hands of programs that know nothing of us. .ci/readers installs them; where they are not, this says so.

const root = join(__dirname, "../..");
const modules = "duckdb, pyarrow, securesystemslib, rfc8785, ocsf_json_schema, jsonschema, in_toto_attestation";
const python = [process.env["SNAPSHOT_PYTHON"] ?? "python3", join(root, ".ci/.venv/bin/python")].find(
  (program) => spawnSync(program, ["-c", `import ${modules}`]).status === 0,
);
const suite = python === undefined ? describe.skip : describe;

suite(`Python's readers${python === undefined ? ` (not installed: ${modules})` : ""}`, () => {
  let folder: string;
  let snapshot: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-hss-readers-"));
    makeWith(generateKeyPairSync("ed25519"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function makeWith(pair: KeyPairKeyObjectResult): void {
    writeFileSync(join(folder, "key.pem"), pair.privateKey.export({ type: "pkcs8", format: "pem" }));
    writeFileSync(join(folder, "pub.pem"), pair.publicKey.export({ type: "spki", format: "pem" }));
    const select = '[{"handleMethods":["mark_as_trust"],"minHosts":2}]';
    const args = ["snapshot", "create", "--sample", "--out", "evidence", "--key", "key.pem", "--select", select];
    const made = execFileSync(process.execPath, [join(root, "dist/cli/hss.js"), ...args], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    snapshot = join(folder, made.trim());
  }

  const run = (script: string): unknown =>
    JSON.parse(
      execFileSync(
        python ?? "",
        ["-c", `import json, sys\nfolder = sys.argv[1]\nkeys = sys.argv[2]\n${script}`, snapshot, folder],
        {
          encoding: "utf8",
          maxBuffer: 1 << 28,
        },
      ),
    );

  test("DuckDB and pyarrow read every event, and integers exactly", () => {
    const said = run(`
import duckdb, pyarrow.parquet
file = folder + "/events.parquet"
rows, ids, newest, trusted = duckdb.sql(f"select count(*), count(distinct event_id), max(occur_time), count(*) filter (handle_method = 'mark_as_trust') from '{file}'").fetchall()[0]
table = pyarrow.parquet.read_table(file)
events = [json.loads(text) for text in table.column("event").to_pylist()]
same = all(e.get("occurTime") == (None if t is None else str(t)) for e, t in zip(events, table.column("occur_time").to_pylist()))
print(json.dumps([rows, table.num_rows, len(events), same, trusted == sum(e.get("handleMethod") == "mark_as_trust" for e in events)]))
`);
    expect(said).toEqual([4715, 4715, 4715, true, true]);
  });

  test.each(["ed25519", "ec"])("securesystemslib verifies %s and knows the key by its id; in-toto reads", (type) => {
    if (type === "ec") makeWith(generateKeyPairSync("ec", { namedCurve: "P-256" }));
    const said = run(`
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey
from google.protobuf import json_format
import in_toto_attestation.v1.statement_pb2 as statement_pb2
key = SSlibKey.from_crypto(load_pem_public_key(open(keys + "/pub.pem", "rb").read()))
envelope = Envelope.from_dict(json.load(open(folder + "/statement.dsse.json")))
verified = envelope.verify([key], 1)
statement = json_format.Parse(envelope.payload, statement_pb2.Statement())
print(json.dumps([list(verified) == [key.keyid], key.keyid in envelope.signatures, statement.type, len(statement.subject)]))
`);
    expect(said).toEqual([true, true, "https://in-toto.io/Statement/v1", 7]);
  });

  test("rfc8785 writes the observation and the statement as they are", () => {
    const said = run(`
import rfc8785
def same(name):
    text = open(f"{folder}/{name}", "rb").read()
    return rfc8785.dumps(json.loads(text)) + b"\\n" == text
print(json.dumps([same("observation.json"), same("statement.json")]))
`);
    expect(said).toEqual([true, true]);
  });

  test("every finding is valid OCSF 1.6", () => {
    const said = run(`
from ocsf_json_schema import get_ocsf_schema, OcsfJsonSchemaEmbedded
import jsonschema
schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.6.0")).get_class_schema(class_name="detection_finding", profiles=["cloud", "host"])
validator = jsonschema.Draft202012Validator(schema)
lines = [json.loads(line) for line in open(folder + "/ocsf.ndjson")]
problems = []
for line in lines[:300] + lines[-100:]:
    problems += [f"{list(error.path)}: {error.message[:200]}" for error in validator.iter_errors(line)]
print(json.dumps([len(lines), sorted(set(problems))[:10]]))
`);
    expect(said).toEqual([4715, []]);
  });
});
