// Finds what a person would: by role and accessible name, among what can be seen. Called with (role, name, scope);
// answers { element } where exactly one fits, and otherwise { why }. The name null means the first of them.
const [role, name, scope] = arguments;

const SELECTORS = {
  button: "button:not([role]), [role=button], summary",
  checkbox: "input[type=checkbox]:not([role]), [role=checkbox], [role=menuitemcheckbox]",
  combobox: "select, [role=combobox]",
  dialog: "dialog, [role=dialog], [role=alertdialog]",
  group: "fieldset, [role=group], [role=radiogroup]",
  heading: "h1, h2, h3, h4, [role=heading]",
  navigation: "nav, [role=navigation]",
  link: "a[href], [role=link]",
  listbox: "[role=listbox]",
  listitem: "li, [role=listitem]",
  menuitem: "[role=menuitem], [role=menuitemradio]",
  option: "option, [role=option]",
  radio: "input[type=radio], [role=radio]",
  region: "section[aria-label], section[aria-labelledby], [role=region]",
  row: "tr, [role=row]",
  switch: "[role=switch]",
  tab: "[role=tab]",
  textbox:
    "textarea, [role=textbox], input:not([type]), " +
    ["text", "password", "url", "search", "number", "email"].map((type) => `input[type=${type}]`).join(", "),
};

const clean = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const selector = SELECTORS[role];
if (!selector) return { why: `nobody told this test how to find a ${role}` };

function seen(element) {
  if (element.closest("[inert], [aria-hidden=true]")) return false;
  // An option shows in its list, which the system draws; an input may be covered by what looks better.
  if (element.matches("option")) return true;
  const box = element.matches("input[type=radio], input[type=checkbox]") ? (element.closest("label") ?? element) : element;
  return box.checkVisibility({ visibilityProperty: true }) && box.getBoundingClientRect().width > 0;
}

function referred(element, attribute) {
  const ids = clean(element.getAttribute(attribute)).split(" ").filter(Boolean);
  return clean(ids.map((id) => document.getElementById(id)?.textContent ?? "").join(" "));
}

function nameOf(element) {
  const labels = [...(element.labels ?? [])].map((label) => label.innerText).join(" ");
  const content = element.matches("input, select, textarea") ? "" : (element.innerText ?? element.textContent);
  return (
    referred(element, "aria-labelledby") ||
    clean(element.getAttribute("aria-label")) ||
    clean(labels) ||
    clean(content) ||
    clean(element.title) ||
    clean(element.placeholder) ||
    clean(element.querySelector("h1, h2, h3")?.innerText)
  );
}

const root = scope ?? document;
const there = [...root.querySelectorAll(selector)].filter(seen);
if (name === null && there.length > 0) return { element: there[0] };
const named = there.map((element) => ({ element, name: nameOf(element) }));
const wanted = clean(name);
const exact = named.filter((one) => one.name === wanted);
const fitting = exact.length > 0 || wanted === "" ? exact : named.filter((one) => one.name.includes(wanted));
// Without a name it is enough that there is one.
const found = wanted === "" && fitting.length === 0 ? named : fitting;
if (found.length === 1) return { element: found[0].element };
const names = named.map((one) => JSON.stringify(one.name.slice(0, 80))).join(", ");
return {
  why:
    found.length === 0
      ? `no ${role} is called ${JSON.stringify(wanted)}; there are: ${names || "none at all"}`
      : `${found.length} of kind ${role} fit ${JSON.stringify(wanted)}: ${names}`,
};
