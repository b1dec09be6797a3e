import { credentialSource, projectIdByName } from "../../../../provider/hss/credentials/index.js";
import { type Answer, World } from "../../../support/credentialsWorld.js";

let world: World;
beforeEach(() => {
  world = new World();
});

describe("the project's id by its name", () => {
  const projects = (...ids: string[]): Answer => ({ body: JSON.stringify({ projects: ids.map((id) => ({ id })) }) });
  const look = (explicit: Record<string, unknown>) => {
    const settings = world.settings({ accessKey: "ak", secretKey: "sk", ...explicit });
    return projectIdByName(
      settings,
      world.runtime,
      credentialSource(settings, world.runtime),
      new AbortController().signal,
    );
  };

  test("exactly one", async () => {
    world.answer = () => projects("p1");
    expect(await look({ projectName: "cn-north-4_中 文" })).toBe("p1");
    expect(await look({})).toBe("p1");
    expect(world.urls).toEqual([
      "GET https://iam.cn-north-4.myhuaweicloud.com/v3/projects?name=cn-north-4_%E4%B8%AD%20%E6%96%87",
      "GET https://iam.cn-north-4.myhuaweicloud.com/v3/projects?name=cn-north-4",
    ]);
  });

  test.each([
    [[], /projectName: IAM knows no project named n/],
    [["a", "b"], /projectName: IAM knows 2 projects named n .*set projectId/],
  ])("%j: an error, and nothing is created", async (ids, message) => {
    world.answer = () => projects(...ids);
    await expect(look({ projectName: "n" })).rejects.toThrow(message);
    expect(world.requests.every(({ method }) => method === "GET")).toBe(true);
  });
});
