import { json } from "@codemirror/lang-json";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { MergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { compareText } from "../../text/en/compare";

export interface Texts {
  left: string;
  right: string;
  leftLabel: string;
  rightLabel: string;
}

const highlight = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent-text)" },
  { tag: [tags.null, tags.bool, tags.number], color: "var(--cannot)" },
]);

// The left is what the right would become: what only the left has would be added, what only the right has would go.
const look = EditorView.theme({
  "&": { backgroundColor: "var(--surface)", color: "var(--ink)", fontSize: "var(--text-xs)" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-gutters": { backgroundColor: "var(--ground)", color: "var(--ink-2)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-merge-a .cm-changedLine": { backgroundColor: "var(--add-soft)" },
  "&.cm-merge-b .cm-changedLine": { backgroundColor: "var(--remove-soft)" },
  "&.cm-merge-a .cm-changedText": { background: "none", textDecoration: "underline 2px var(--add)", textUnderlineOffset: "3px" },
  "&.cm-merge-b .cm-changedText": { background: "none", textDecoration: "underline 2px var(--remove)", textUnderlineOffset: "3px" },
  "&.cm-merge-a .cm-changedLineGutter": { backgroundColor: "var(--add)" },
  "&.cm-merge-b .cm-changedLineGutter": { backgroundColor: "var(--remove)" },
  ".cm-collapsedLines": { background: "var(--ground)", color: "var(--ink-2)", border: "solid var(--line)", borderWidth: "1px 0" },
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: "none" },
  ".cm-mergeSpacer": { background: "var(--sunken)" },
});

/**
 * Both texts side by side, differences marked. It is drawn inside a shadow root: there CodeMirror's styles are adopted
 * style sheets, where in the document they would be a style element, which the content security policy refuses.
 */
export function showMerge(parent: HTMLElement, texts: Texts): { showUnchanged: (shown: boolean) => void; destroy: () => void } {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: "open" });
  const view = new MergeView({
    root,
    parent: root,
    a: { doc: texts.left, extensions: extensions(texts.leftLabel) },
    b: { doc: texts.right, extensions: extensions(texts.rightLabel) },
    gutter: true,
    ...collapsed(false),
  });
  view.dom.style.maxHeight = "inherit";
  view.dom.style.overflowY = "auto";
  return { showUnchanged: (shown) => view.reconfigure(collapsed(shown)), destroy: () => { view.destroy(); view.dom.remove(); } };
}

function collapsed(shown: boolean): { collapseUnchanged?: { margin: number; minSize: number } } {
  return shown ? { collapseUnchanged: undefined } : { collapseUnchanged: { margin: 3, minSize: 6 } };
}

function extensions(label: string): Extension {
  return [
    lineNumbers(),
    json(),
    syntaxHighlighting(highlight),
    look,
    EditorView.lineWrapping,
    EditorState.readOnly.of(true),
    EditorState.phrases.of({ "$ unchanged lines": compareText.unchangedLines }),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ tabindex: "0", "aria-label": label, "aria-readonly": "true" }),
  ];
}
