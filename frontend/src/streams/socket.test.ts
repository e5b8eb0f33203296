import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ReconnectingSocket, type Frame } from "./socket";

class FakeWebSocket {
  static readonly OPEN = 1;
  static made: FakeWebSocket[] = [];
  readyState = 0;
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    FakeWebSocket.made.push(this);
  }

  open(): void {
    this.readyState = FakeWebSocket.OPEN;
    this.onopen?.();
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.readyState = 3;
  }
}

function newest(): FakeWebSocket {
  const socket = FakeWebSocket.made.at(-1);
  if (socket === undefined) throw new Error("No socket was made.");
  return socket;
}

describe("ReconnectingSocket", () => {
  const frames: Frame[] = [];
  let opened = 0;
  let goesOn = true;
  let socket: ReconnectingSocket;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", FakeWebSocket);
    vi.stubGlobal("document", { hidden: false, addEventListener: vi.fn(), removeEventListener: vi.fn() });
    vi.stubGlobal("addEventListener", vi.fn());
    vi.stubGlobal("removeEventListener", vi.fn());
    vi.stubGlobal("requestAnimationFrame", (call: () => void) => call());
    FakeWebSocket.made = [];
    frames.length = 0;
    opened = 0;
    goesOn = true;
    socket = new ReconnectingSocket("ws://test", {
      onOpen: () => (opened += 1),
      onFrame: (frame) => frames.push(frame),
      onClose: () => goesOn,
    });
    socket.start();
  });

  afterEach(() => {
    socket.stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("is live once it is open, and hands on frames", () => {
    expect(socket.state.get()).toBe("connecting");
    newest().open();
    newest().onmessage?.({ data: '{"type":"hello"}' });
    expect(socket.state.get()).toBe("live");
    expect([opened, frames]).toEqual([1, [{ type: "hello" }]]);
  });

  it("turns stale when the server is silent, and live again when it speaks", () => {
    newest().open();
    vi.advanceTimersByTime(7_000);
    expect(newest().sent).toContain('{"op":"ping"}');
    expect(socket.state.get()).toBe("stale");
    newest().onmessage?.({ data: '{"type":"pong"}' });
    expect(socket.state.get()).toBe("live");
    expect(FakeWebSocket.made).toHaveLength(1);
  });

  it("gives a silent connection up and makes a new one", () => {
    newest().open();
    vi.advanceTimersByTime(20_000);
    expect(FakeWebSocket.made.length).toBeGreaterThan(1);
    expect(socket.state.get()).toBe("reconnecting");
    newest().open();
    expect([socket.state.get(), opened]).toEqual(["live", 2]);
  });

  it("comes back after a close, with growing pauses", () => {
    newest().open();
    newest().onclose?.({ code: 1012 });
    expect(socket.state.get()).toBe("reconnecting");
    vi.advanceTimersByTime(300);
    expect(FakeWebSocket.made).toHaveLength(2);
    for (let attempt = 0; attempt < 6; attempt += 1) {
      newest().onclose?.({ code: 1006 });
      vi.advanceTimersByTime(4_000);
    }
    const before = FakeWebSocket.made.length;
    newest().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(1_000);
    expect(FakeWebSocket.made).toHaveLength(before);
    vi.advanceTimersByTime(3_000);
    expect(FakeWebSocket.made).toHaveLength(before + 1);
  });

  it("stays away when that is what the end means", () => {
    newest().open();
    goesOn = false;
    newest().onclose?.({ code: 4401 });
    vi.advanceTimersByTime(60_000);
    expect([socket.state.get(), FakeWebSocket.made.length]).toEqual(["idle", 1]);
  });
});
