/** Where in a path a container's own root folder is, by the folders in which container engines and sandboxes keep them. */
export interface ContainerRoot {
  /** Number of parts before the container's root. */
  readonly root: number;
  /** The file's path as the container sees it. */
  readonly inside: readonly string[];
}

/** All such places in the parts of a path; of many only some at both ends. */
export function containerRoots(parts: readonly string[]): readonly ContainerRoot[] {
  const all = rootsIn(parts, allShapes);
  const few = all.length <= 6 ? all : [...all.slice(0, 3), ...all.slice(-3)];
  return few.map(({ root, mount }) => ({ root, inside: [...mount, ...parts.slice(root)] }));
}

/** Whether the parts lead into a container, not merely a packaged program's sandbox. */
export const inContainer = (parts: readonly string[]): boolean => rootsIn(parts, engineShapes).length > 0;

interface Shape {
  /** Parts, from anywhere in the path or from its root; `*` is any one part. */
  readonly parts: readonly string[];
  readonly fromRoot: boolean;
  /** Where the container sees its root's content. */
  readonly mount: readonly string[];
}

const shape = (text: string, mount = ""): Shape => ({
  parts: text.split("/").filter((part) => part !== ""),
  fromRoot: text.startsWith("/"),
  mount: mount.split("/").filter((part) => part !== ""),
});

const layers = ["diff", "merged", "upper", "root", "fs", "rootfs"];

const engines: readonly Shape[] = [
  // docker, podman, cri-o, isulad
  ...["overlay", "overlay2", "fuse-overlayfs"].flatMap((kind) => layers.map((layer) => shape(`${kind}/*/${layer}`))),
  ...["aufs/diff/*", "aufs/mnt/*", "vfs/dir/*", "btrfs/subvolumes/*", "zfs/graph/*", "windowsfilter/*"].map((text) =>
    shape(text),
  ),
  // containerd and what is built on it
  shape("snapshots/*/fs"),
  shape("io.containerd.snapshotter.v1.native/snapshots/*"),
  shape("io.containerd.snapshotter.v1.btrfs/*/snapshots/*"),
  shape("containerd/tmpmounts/*"),
  shape("rootfs/overlayfs/*"),
  // runc, crun, lxc, kata
  shape("rootfs"),
  // short links to layers, and volumes
  ...["overlay/l/*", "overlay2/l/*", "volumes/*/_data", "pods/*/volumes/*/*", "windowsfilter/*/Files"].map((text) =>
    shape(text),
  ),
  shape("/var/lib/machines/*"),
];

const sandboxes: readonly Shape[] = [
  shape("/snap/*/*"),
  shape("/var/lib/snapd/snap/*/*"),
  shape("flatpak/app/*/*/*/*/files", "app"),
  shape("flatpak/runtime/*/*/*/*/files", "usr"),
  // the server's own root, seen from a container, and a root that is about to be entered
  ...["host", "hostfs", "sysroot", "newroot", "oldroot"].map((name) => shape(`/${name}`)),
  shape("ostree/deploy/*/deploy/*"),
  ...["/run/host", "/run/systemd/unit-root", "/run/systemd/mount-rootfs", "/mnt/wslg/distro", "/media/root-ro"].map(
    (text) => shape(text),
  ),
  ...["/lib/live/mount/rootfs/*", "/run/live/rootfs/*", "/rofs"].map((text) => shape(text)),
  // a service's own folder for temporary files
  shape("/tmp/*/tmp", "tmp"),
  shape("/tmp/snap-private-tmp/*/tmp", "tmp"),
  shape("/var/tmp/*/tmp", "var/tmp"),
  // earlier states of the same folders
  shape(".snapshots/*/snapshot"),
  shape(".zfs/snapshot/*"),
];

/** Shapes by their first part. */
type ShapeIndex = ReadonlyMap<string, readonly Shape[]>;

function indexed(shapes: readonly Shape[]): ShapeIndex {
  const index = new Map<string, Shape[]>();
  for (const one of shapes) index.set(one.parts[0] as string, [...(index.get(one.parts[0] as string) ?? []), one]);
  return index;
}

const engineShapes = indexed(engines);
const allShapes = indexed([...engines, ...sandboxes]);

interface Found {
  readonly root: number;
  readonly mount: readonly string[];
}

function rootsIn(parts: readonly string[], shapes: ShapeIndex): readonly Found[] {
  const out: Found[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    for (const { parts: wanted, fromRoot, mount } of shapes.get(parts[at] as string) ?? []) {
      const root = at + wanted.length;
      if ((fromRoot && at > 0) || root >= parts.length) continue;
      if (wanted.every((part, i) => part === "*" || part === parts[at + i])) out.push({ root, mount });
    }
  }
  return out;
}
