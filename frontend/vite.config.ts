import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` speaks to a running exchange: these say where it listens.
const web = "http://127.0.0.1:8000";
const streams = "ws://127.0.0.1:8001";

export default defineConfig({
  base: "/static/page/",
  plugins: [react()],
  build: {
    manifest: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    rollupOptions: { input: "src/main.tsx" },
  },
  server: {
    proxy: {
      "/api": web,
      "/_allauth": web,
      "/ws": { target: streams, ws: true },
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
