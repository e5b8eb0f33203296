import { expect, it, vi } from "vitest";
import type { AddressSyncFrame } from "./frames";
import { ReconnectingSocket, type Frame } from "./socket";
import { UserStream } from "./user";

vi.mock("./socket");

it("passes the progress of syncs on, which has no number and changes nothing of the account", () => {
  const stream = new UserStream("ws://test");
  const receive = (frame: object): void => vi.mocked(ReconnectingSocket).mock.calls[0]?.[1].onFrame(frame as Frame);
  const heard: AddressSyncFrame["data"][] = [];
  const forget = stream.listenToSyncs((progress) => heard.push(progress));
  const before = stream.state.get();

  receive({ type: "address_sync", data: { account_id: "a1", sync: { id: "s1" } } });
  expect(heard.map(({ account_id, sync }) => [account_id, sync.id])).toEqual([["a1", "s1"]]);
  expect(stream.state.get()).toBe(before);

  forget();
  receive({ type: "address_sync", data: { account_id: "a1", sync: { id: "s2" } } });
  expect(heard).toHaveLength(1);
});
