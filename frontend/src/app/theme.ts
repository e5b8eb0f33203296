/** Dark, light, or as the system wishes; remembered in this browser. */

import { Value } from "../streams/store";

export type ThemeChoice = "system" | "dark" | "light";
export type Theme = "dark" | "light";

const KEY = "bourse-theme";
const wishesLight = matchMedia("(prefers-color-scheme: light)");

function stored(): ThemeChoice {
  const choice = localStorage.getItem(KEY);
  return choice === "dark" || choice === "light" ? choice : "system";
}

function resolve(choice: ThemeChoice): Theme {
  if (choice !== "system") return choice;
  return wishesLight.matches ? "light" : "dark";
}

export const themeChoice = new Value<ThemeChoice>(stored());
export const theme = new Value<Theme>(resolve(stored()));

function apply(): void {
  const resolved = resolve(themeChoice.get());
  theme.set(resolved);
  document.documentElement.dataset["theme"] = resolved;
}

export function chooseTheme(choice: ThemeChoice): void {
  localStorage.setItem(KEY, choice);
  themeChoice.set(choice);
  apply();
}

wishesLight.addEventListener("change", apply);
apply();
