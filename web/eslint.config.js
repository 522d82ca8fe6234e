import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const features = ["sign-in", "judge", "round", "evaluation", "models", "chat", "people", "guidelines", "settings", "account", "administration", "entry"];

// app uses features, features use shared and api, and no feature uses another one.
const borders = [
  {
    files: ["src/shared/**", "src/api/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/features/**", "**/app/**"] }] },
  },
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: ["**/app/**", ...features.filter((other) => other !== feature).map((other) => `**/${other}/**`)] },
      ],
    },
  })),
];

export default tseslint.config(
  { ignores: ["dist", "src/api/schema.ts"] },
  ...tseslint.configs.recommended,
  { plugins: { "react-hooks": hooks }, rules: { ...hooks.configs.recommended.rules, "@typescript-eslint/no-explicit-any": "error" } },
  ...borders,
);
