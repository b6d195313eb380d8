import importX, { createNodeResolver } from "eslint-plugin-import-x";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const domains = ["environments", "overview", "promote", "compare", "history", "settings"];

const tauri = {
  regex: "^@tauri-apps/",
  message: "Only src/host talks to the shell. Use host() from src/host/host.",
};
const noDomains = {
  regex: "(^|/)domains/",
  message: "Shared code knows no domain. Pass what it needs as a property.",
};
const noOtherDomain = (domain) => ({
  regex: `^(\\.\\./)+(domains/)?(${domains.filter((other) => other !== domain).join("|")})/`,
  message: "A domain does not import another one. Share through components, contract, host, text, or the frame's state.",
});
const noRoutes = {
  regex: "(^|/)routes/",
  message: "Routes put domains into the frame. What a domain needs of router, palette and frame is in src/state.",
};

function restrict(files, ...patterns) {
  return { files, rules: { "no-restricted-imports": ["error", { patterns }] } };
}

export default ts.config(
  { ignores: ["dist/", "dist-recorded/", "src/contract/"] },
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    // The parser of scripts is named for every file: looking for cycles reads components from plain scripts too.
    languageOptions: { globals: { ...globals.browser }, parserOptions: { parser: ts.parser } },
    plugins: { "import-x": importX },
    settings: {
      "import-x/extensions": [".ts", ".svelte"],
      "import-x/parsers": {
        "@typescript-eslint/parser": [".ts"],
        "svelte-eslint-parser": [".svelte"],
      },
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".svelte", ".js"] })],
    },
    rules: {
      "import-x/no-cycle": "error",
      "svelte/no-at-html-tags": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "SvelteAttribute[key.name='style']",
          message: "The content security policy refuses style attributes. Use style:property={…}.",
        },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "svelte/button-has-type": "error",
      "svelte/require-each-key": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "No element of the page is made from data." },
        { property: "outerHTML", message: "No element of the page is made from data." },
        { property: "insertAdjacentHTML", message: "No element of the page is made from data." },
      ],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  { files: ["tests/**", "scripts/**", "*.js", "*.ts"], languageOptions: { globals: { ...globals.node } } },
  restrict(["src/**"], tauri),
  restrict(["src/host/**", "src/components/**", "src/text/**"], noDomains, noRoutes),
  restrict(["src/state/**", "src/shared/**", "src/plan/**"], tauri, noDomains, noRoutes),
  restrict(["src/components/**"], tauri, noDomains, noRoutes, { regex: "(^|/)(state|shared)/", message: "Shared components know no state but their own." }),
  ...domains.map((domain) => restrict([`src/domains/${domain}/**`], tauri, noOtherDomain(domain), noRoutes)),
);
