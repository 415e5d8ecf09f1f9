// What a page is for those who see little of it, or nothing.
import assert from "node:assert/strict";

/** Every control has a name, there is one heading of the first level, a main part, a language and a title. */
export async function hasNamesAndLandmarks(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const shown = nodes.filter((node) => !node.ignored);
  const role = (name) => shown.filter((node) => node.role?.value === name);
  for (const node of [...role("textbox"), ...role("button"), ...role("link")]) {
    assert.ok(node.name?.value, `a ${node.role.value} without a name`);
  }
  assert.equal(role("main").length, 1, "one main part");
  assert.equal(await page.locator("h1").count(), 1, "one heading of the first level");
  assert.notEqual(await page.title(), "");
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
}

/** Texts have the contrast of WCAG 2.2, 1.4.3 (4.5 to 1), and the borders of controls that of 1.4.11 (3 to 1). */
export async function hasContrast(page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const { what, ratio, least } of await page.evaluate(contrasts)) {
      assert.ok(ratio >= least, `${what}: ${ratio.toFixed(2)} to 1, ${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: null });
}

/** Nothing is cut off, and nothing is scrolled sideways, on a screen of 320 pixels (WCAG 2.2, 1.4.10). */
export async function fitsSmallScreens(page) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  await page.setViewportSize(before);
  assert.ok(width <= 320, `${width} pixels wide`);
}

/** Whoever uses the keyboard sees where he is. */
export async function showsFocus(page) {
  const outline = await page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
  });
  assert.ok(outline >= 2, `an outline of ${outline} pixels`);
}

// Runs in the page. Colours of the system are resolved by a canvas, which knows them as they are painted.
function contrasts() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color) => {
    const [r, g, b] = color.slice(0, 3).map((c) => c / 255).map((c) =>
      c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "Canvas";
  const paper = rgb(getComputedStyle(probe).color);
  probe.remove();
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = rgb(getComputedStyle(e).backgroundColor);
      if (color[3] === 255) return color;
    }
    return paper;
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const style = getComputedStyle(element);
    if (element.getClientRects().length === 0) continue;
    const text = [...element.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
    const control = element.matches("input:not([type=hidden]), textarea");
    if (text || control) {
      const ratio = contrast(rgb(style.color), behind(element));
      found.push({ what: `text of <${element.localName}>`, ratio, least: 4.5 });
    }
    if (control) {
      const ratio = contrast(rgb(style.borderTopColor), behind(element.parentElement));
      found.push({ what: `border of <${element.localName}>`, ratio, least: 3 });
    }
  }
  return found;
}
