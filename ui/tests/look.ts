import type { Page } from "playwright-core";

/**
 * What does not fit on the page as it stands: text that its surroundings cut off, text beyond the edge of the box it stands in,
 * texts and controls on top of each other. Under an open dialog nothing is looked at. An empty list is what a test wants.
 *
 * Left out on purpose: what a part made to scroll has out of sight, and a text that ends in "…" where the whole of it is in a
 * title or a tooltip.
 */
export function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    interface Seen { element: Element; box: DOMRect; layer: Element | null; what: string }
    const slack = 1.5;
    const found = new Set<string>();
    const root = document.querySelector("[role=dialog], [role=alertdialog]") ?? document.body;

    const clips = (value: string) => value === "hidden" || value === "clip";
    const scrolls = (value: string) => value === "auto" || value === "scroll";
    const forEarsOnly = (element: Element) => element.closest(".visually-hidden, .skip") !== null || clipped(element);
    function clipped(element: Element): boolean {
      for (let at: Element | null = element; at; at = at.parentElement) if (getComputedStyle(at).clipPath !== "none") return true;
      return false;
    }
    const described = (element: Element, text: string) => `${element.tagName.toLowerCase()}.${[...element.classList].join(".")} "${text.trim().slice(0, 48)}"`;
    const drawn = ({ borderTopWidth, borderLeftWidth, backgroundColor }: CSSStyleDeclaration) =>
      (borderTopWidth !== "0px" && borderLeftWidth !== "0px") || !/^rgba\(.*, 0\)$|^transparent$/.test(backgroundColor);
    const readElsewhere = (element: Element) => element.closest("[title], [data-tooltip-trigger]") !== null;

    /** What can be seen of a box; undefined: it is scrolled out of sight. Tells what cuts it off on the way. */
    function seen(element: Element, whole: DOMRect, what: string): DOMRect | undefined {
      let { left, top, right, bottom } = whole;
      for (let at: Element | null = element; at && at !== document.documentElement; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.display === "inline" || style.display === "contents") continue;
        const box = at.getBoundingClientRect();
        const [x, y] = [style.overflowX, style.overflowY];
        if (scrolls(x)) { left = Math.max(left, box.left); right = Math.min(right, box.right); }
        if (scrolls(y)) { top = Math.max(top, box.top); bottom = Math.min(bottom, box.bottom); }
        if (right - left < 1 || bottom - top < 1) return undefined;
        const wide = !scrolls(x) && (left < box.left - slack || right > box.right + slack);
        const high = !scrolls(y) && (top < box.top - slack || bottom > box.bottom + slack);
        if (!wide && !high) continue;
        if (clips(x) || clips(y)) {
          const shortened = wide ? style.textOverflow === "ellipsis" : style.webkitLineClamp !== "none";
          if (shortened && readElsewhere(at)) { [left, top, right, bottom] = [Math.max(left, box.left), Math.max(top, box.top), Math.min(right, box.right), Math.min(bottom, box.bottom)];
            if (bottom - top < 1) return undefined;
            continue;
          }
          found.add(`cut off by ${described(at, "")}: ${what}`);
          return undefined;
        }
        if (drawn(style)) { found.add(`beyond its box ${described(at, "")}: ${what}`); return undefined; }
      }
      return new DOMRect(left, top, right - left, bottom - top);
    }

    /** A menu, a list of choices, a message, what a file is dropped on: made to lie over the page. */
    const layerOf = (element: Element) => element.closest("[data-bits-floating-content-wrapper], .toasts, .overlay");

    const visible = (element: Element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !forEarsOnly(element);

    const all: Seen[] = [];
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent ?? "";
      if (!element || text.trim() === "" || ["OPTION", "STYLE", "SCRIPT"].includes(element.tagName) || !visible(element)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const line of range.getClientRects()) {
        if (line.width < 1) continue;
        const what = described(element, text);
        const box = seen(element, line, what);
        if (box) all.push({ element, box, layer: layerOf(element), what });
      }
    }
    for (const element of root.querySelectorAll("button, input, select, textarea, a[href]")) {
      if (!visible(element)) continue;
      const what = described(element, element.getAttribute("aria-label") ?? element.textContent ?? "");
      const box = seen(element, element.getBoundingClientRect(), what);
      if (box) all.push({ element, box, layer: layerOf(element), what });
    }

    /** What lies under something else there was put there on purpose, as rows under the head of their table. */
    function onTop({ element, box }: Seen): boolean {
      const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return hit !== null && (element.contains(hit) || hit.contains(element));
    }

    /** An empty control as large as a row: pressing anywhere in the row presses it. */
    const under = (a: Seen, b: Seen) =>
      a.element.textContent?.trim() === "" && getComputedStyle(a.element).position === "absolute" && a.box.left <= b.box.left && a.box.right >= b.box.right;

    const shared = (a: DOMRect, b: DOMRect) => [
      Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top),
    ] as const;
    const nested = (a: Element, b: Element) => a === b || a.contains(b) || b.contains(a);
    all.forEach((a, index) => {
      for (const b of all.slice(index + 1)) {
        const [width, height] = shared(a.box, b.box);
        if (width > 2 && height > 3 && a.layer === b.layer && !under(a, b) && !under(b, a) && !nested(a.element, b.element) && onTop(a) && onTop(b)) found.add(`on top of each other: ${a.what} and ${b.what}`);
      }
    });

    if (document.documentElement.scrollWidth > document.documentElement.clientWidth) found.add("the page scrolls sideways");
    for (const part of document.querySelectorAll("#main .scroll")) if (part.scrollWidth > part.clientWidth) found.add("the screen scrolls sideways");
    return [...found];
  });
}

/** The faces that came with the page are what its text is set in. */
export function unloadedFonts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const loaded = [...document.fonts].filter(({ status }) => status === "loaded").map(({ family }) => family.replaceAll('"', ""));
    return ["Inter Variable"].filter((family) => !loaded.includes(family));
  });
}

/**
 * Text whose contrast to what it stands on is under 4.5 to 1, or under 3 where it is large. Worked out here, because the same
 * question to axe takes longer than everything else that is asked of a picture. What is disabled may be faint.
 */
export function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    type Colour = readonly [red: number, green: number, blue: number, alpha: number];
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
    const known = new Map<string, Colour>();
    const found = new Set<string>();

    /** Whatever way it is written in: the browser knows them all. */
    function read(written: string): Colour {
      const before = known.get(written);
      if (before) return before;
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = written;
      canvas.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data;
      const colour: Colour = [red, green, blue, alpha / 255];
      known.set(written, colour);
      return colour;
    }
    const over = (front: Colour, back: Colour): Colour => {
      const mix = (one: number, other: number) => one * front[3] + other * (1 - front[3]);
      return [mix(front[0], back[0]), mix(front[1], back[1]), mix(front[2], back[2]), 1];
    };
    function ground(element: Element): Colour {
      const own = read(getComputedStyle(element).backgroundColor);
      if (own[3] === 1) return own;
      return over(own, element.parentElement ? ground(element.parentElement) : [255, 255, 255, 1]);
    }
    function luminance([red, green, blue]: Colour): number {
      const [r, g, b] = [red, green, blue].map((part) => (part <= 10.31475 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    }

    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const element = node.parentElement;
      const text = (node.textContent ?? "").trim();
      if (!element || text === "" || ["OPTION", "STYLE", "SCRIPT"].includes(element.tagName)) continue;
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      if (element.closest(":disabled, [aria-disabled=true], [data-disabled], label:has(:disabled), .visually-hidden, .skip")) continue;
      const style = getComputedStyle(element);
      const back = ground(element);
      const lights = [luminance(over(read(style.color), back)), luminance(back)].sort((a, b) => b - a) as [number, number];
      const contrast = (lights[0] + 0.05) / (lights[1] + 0.05);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (contrast < (large ? 3 : 4.5)) found.add(`${contrast.toFixed(2)} to 1: ${element.tagName.toLowerCase()}.${[...element.classList].join(".")} "${text.slice(0, 48)}"`);
    }
    return [...found];
  });
}
