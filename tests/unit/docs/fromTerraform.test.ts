import { readFileSync } from "node:fs";
import path from "node:path";
import { root, textOf } from "../../support/docs/markdown.js";

// What docs/from-terraform.md says of every field of Terraform's data source `huaweicloud_hss_app_events`.

interface Schema {
  readonly types: Readonly<Record<string, { readonly properties: Readonly<Record<string, { type?: string }>> }>>;
  readonly functions: Readonly<Record<string, { readonly inputs: { readonly properties: object } }>>;
}
const { types, functions } = JSON.parse(readFileSync(path.join(root, "provider/schema.json"), "utf8")) as Schema;
const page = textOf("docs/from-terraform.md");

/** Names as the Terraform provider's page has them. */
const terraform: Readonly<Record<string, string>> = {
  AppWhitelistEvent: `event_id event_class_id event_type event_name severity host_name host_id private_ip public_ip attack_phase
    attack_tag occur_time handle_time handle_status handle_method operate_accept_list operate_detail_list resource_info
    recommendation process_info policy_id policy_name os_type asset_value host_status agent_status protect_status`,
  AppWhitelistEventOperateDetail: `agent_id process_pid file_hash file_path file_attr private_ip login_ip login_user_name`,
  AppWhitelistEventProcess: `process_name process_path process_pid process_uid process_username process_cmdline process_filename
    process_start_time process_gid process_egid process_euid parent_process_name parent_process_path parent_process_pid
    parent_process_uid parent_process_cmdline parent_process_filename parent_process_start_time parent_process_gid
    parent_process_egid parent_process_euid child_process_name child_process_path child_process_pid child_process_uid
    child_process_cmdline child_process_filename child_process_start_time child_process_gid child_process_egid
    child_process_euid virt_cmd virt_process_name escape_mode escape_cmd process_hash mode rule score process_file_hash
    parent_process_file_hash ancestor_process_pid ancestor_process_cmdline ancestor_process_path operate_type session_id`,
  AppWhitelistEventResource: `domain_id project_id enterprise_project_id region_name vpc_id cloud_id vm_name vm_uuid container_id
    image_id image_name host_attr service micro_service sys_arch os_bit os_type os_name host_name host_ip public_ip host_id
    pod_uid pod_name namespace cluster_id cluster_name asset_value container_status os_version agent_version`,
};
const terraformArguments = [
  ...["region", "begin_time", "end_time", "last_days"],
  ...["enterprise_project_id", "host_name", "host_ip", "handle_status"],
];
const camelCase = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
const fields = Object.entries(terraform).map(([type, names]) => [type, names.split(/\s+/)] as const);

/** Cells of the table under a heading. */
const rowsUnder = (heading: string): string[][] =>
  (page.split(/^## /m).find((section) => section.startsWith(heading)) ?? "")
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const codesIn = (text = ""): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "");

test("the page counts the fields, and each is here in camelCase", () => {
  expect(page).toContain(`All ${fields.flatMap(([, names]) => names).length} fields`);
  for (const [type, names] of fields) {
    const known = Object.keys(types[`hss:index:${type}`]!.properties);
    expect({ type, missing: names.filter((name) => !known.includes(camelCase(name))) }).toEqual({ type, missing: [] });
    const own = ["occurredAt", "handledAt"];
    expect(known.filter((name) => !own.includes(name) && !names.map(camelCase).includes(name))).toEqual([]);
  }
});

test("numbers that are strings here are on the page", () => {
  const numbers = /_(?:pid|uid|gid|egid|euid|time)$|^(?:event_type|operate_type|session_id|rule|score)$/;
  const strings = fields.flatMap(([type, names]) =>
    names.filter(
      (name) => numbers.test(name) && types[`hss:index:${type}`]!.properties[camelCase(name)]?.type === "string",
    ),
  );
  const told = codesIn(rowsUnder("Results").join("\n"));
  // an id of a pod, which is a string there too
  expect(strings.filter((name) => name !== "pod_uid" && !told.includes(name))).toEqual([]);
});

test("every argument has its row, and what it is here exists", () => {
  const rows = rowsUnder("Arguments").slice(2);
  expect(rows.flatMap(([name]) => codesIn(name))).toEqual(terraformArguments);
  const known = Object.keys(functions["hss:index:getAppWhitelistEvents"]!.inputs.properties);
  for (const name of rows.flatMap(([, here]) => codesIn(here))) expect([...known, "region"]).toContain(name);
});
