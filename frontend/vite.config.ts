import react from "@vitejs/plugin-react";
import { loadEnv } from "vite";
import { defineConfig } from "vitest/config";

export default defineConfig(({ command, mode }) => {
  // `npm run dev` speaks to a running exchange; BOURSE_WEB and BOURSE_STREAMS say where it listens.
  const environment = loadEnv(mode, ".", "BOURSE_");
  const web = environment["BOURSE_WEB"] ?? "http://127.0.0.1:8000";
  const streams = environment["BOURSE_STREAMS"] ?? "ws://127.0.0.1:8001";
  return {
    base: command === "build" ? "/static/page/" : "/",
    plugins: [react()],
    build: {
      manifest: true,
      target: "es2022",
      modulePreload: { polyfill: false },
      rollupOptions: { input: "src/main.tsx" },
    },
    server: {
      proxy: {
        // With the page's own Host, or the exchange takes its requests for another site's.
        "/api/": { target: web, changeOrigin: false },
        "/_allauth/": { target: web, changeOrigin: false },
        "/ws/": { target: streams, ws: true, changeOrigin: false },
      },
    },
    test: { include: ["src/**/*.test.ts"], environment: "node" },
  };
});
