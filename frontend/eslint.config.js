import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

const FLOAT = "Amounts are strings and bigints (src/money/decimal.ts): a float loses money.";

export default typescript.config(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts"] },
  {
    files: ["scripts/*.mjs"],
    extends: [js.configs.recommended],
    languageOptions: { globals: { URL: "readonly", console: "readonly", process: "readonly" } },
  },
  {
    files: ["src/**/*.{ts,tsx}", "vite.config.ts"],
    extends: [js.configs.recommended, ...typescript.configs.strict],
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      "no-restricted-globals": ["error", { name: "parseFloat", message: FLOAT }, { name: "parseInt", message: FLOAT }],
      "no-restricted-properties": [
        "error",
        { object: "Number", property: "parseFloat", message: FLOAT },
        { object: "Number", property: "parseInt", message: FLOAT },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "CallExpression[callee.name='Number']", message: FLOAT },
        { selector: "NewExpression[callee.name='Number']", message: FLOAT },
        { selector: "UnaryExpression[operator='+']", message: FLOAT },
        { selector: "CallExpression[callee.property.name=/^(toFixed|toPrecision|toExponential)$/]", message: FLOAT },
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Text is rendered as text." },
      ],
    },
  },
  {
    // A chart draws pixels: lightweight-charts takes numbers, and nothing is ever calculated back from them.
    files: ["src/chart/**/*.{ts,tsx}"],
    rules: { "no-restricted-globals": "off", "no-restricted-properties": "off", "no-restricted-syntax": "off" },
  },
);
