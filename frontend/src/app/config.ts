/** What the server tells the page when it carries it: #bourse-config. */

interface PageConfig {
  /** Origin of the WebSockets; empty where it is the page's own. */
  readonly streamUrl: string;
  readonly demo: boolean;
  readonly version: string;
  /** False where the browser came without a session cookie: nobody can be signed in. */
  readonly hasSession: boolean;
}

const element = document.getElementById("bourse-config");
const given = JSON.parse(element?.textContent ?? "{}") as Partial<PageConfig>;

export const config: PageConfig = {
  streamUrl: given.streamUrl ?? "",
  demo: given.demo ?? false,
  version: given.version ?? "",
  hasSession: given.hasSession ?? true,
};

export function streamAddress(path: string): string {
  if (config.streamUrl !== "") return config.streamUrl.replace(/\/$/, "") + path;
  return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}${path}`;
}
