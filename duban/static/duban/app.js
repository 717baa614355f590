// Small conveniences. Every page works without this file.
"use strict";

(() => {
  const KEYS_OFF = "duban.keys.off";
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const stored = () => {
    try { return localStorage.getItem(KEYS_OFF) === "1"; } catch { return false; }
  };
  const store = (off) => {
    try { localStorage.setItem(KEYS_OFF, off ? "1" : "0"); } catch { /* private window: lasts for this page */ }
  };

  // --- rows: j, k, x ---------------------------------------------------------------------------

  const rows = () => all("[data-row]").filter((row) => row.offsetParent !== null);
  const rowOf = (element) => (element ? element.closest("[data-row]") : null);

  function step(by) {
    const list = rows();
    if (!list.length) return;
    const at = list.indexOf(rowOf(document.activeElement));
    const next = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1)];
    // The link takes the focus, so that Enter opens the row without any code of ours.
    const target = one("a[href]", next) || next;
    if (target === next) next.tabIndex = -1;
    target.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function tick() {
    const row = rowOf(document.activeElement);
    const box = row && one("input[type=checkbox]", row);
    if (box) box.click();
  }

  // --- keys ------------------------------------------------------------------------------------

  const typing = (element) => element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

  const keys = {
    "/": () => { const box = one("#search"); if (box) { box.focus(); box.select(); } },
    "j": () => step(1),
    "k": () => step(-1),
    "x": tick,
    "?": () => { const help = one("#keys"); if (help && !help.open) help.showModal(); },
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus(null);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const box = event.target;
    if (typing(box) && !(box.type === "checkbox" && rowOf(box))) return;
    if (stored() || one("dialog[open]")) return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // --- menus and dialogs -----------------------------------------------------------------------

  function closeMenus(except) {
    for (const menu of all("details[data-menu][open]")) {
      if (menu === except || menu.contains(except)) continue;
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) one("summary", menu).focus();
    }
  }

  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details[data-menu]"));
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open)?.showModal();
    const closer = event.target.closest("[data-close]");
    if (closer) {
      const menu = closer.closest("details");
      menu.open = false;
      one("summary", menu).focus();
    }
  });

  // --- why, without leaving the page -------------------------------------------------------------

  // A link marked data-sheet opens the part marked data-sheet-part of its page in a dialog; where anything is
  // unusual (no such part, an error, a login in between) the link is simply followed.
  async function openSheet(link) {
    const sheet = one("#sheet");
    const answer = await fetch(link.href, { credentials: "same-origin" }).catch(() => null);
    const page = answer?.ok && !answer.redirected
      ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    const part = page && one("[data-sheet-part]", page);
    if (!part) { location.assign(link.href); return; }
    one("[data-sheet-body]", sheet).replaceChildren(document.importNode(part, true));
    one("[data-sheet-page]", sheet).href = link.href;
    if (!sheet.open) sheet.showModal();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-sheet]");
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !plain || !one("#sheet") || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    openSheet(link);
  });

  // --- one click, one act ----------------------------------------------------------------------

  const WAIT = 8000; // milliseconds; a download answers without leaving the page, so the form opens again

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    // Not disabled: a disabled button would drop its own name and value from what is sent.
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(() => release(form), WAIT);
  });

  function release(form) {
    delete form.dataset.sent;
    for (const button of all("button[aria-disabled]", form)) button.removeAttribute("aria-disabled");
  }

  addEventListener("pageshow", () => all("form[data-sent]").forEach(release));
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  });

  // --- fields ----------------------------------------------------------------------------------

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches("[data-keys-off]")) store(box.checked);
    if (box.matches("[data-tick-all]")) {
      for (const other of all("tbody input[type=checkbox]", box.closest("table"))) other.checked = box.checked;
    }
    const picker = box.closest("[data-unit-picker]");
    if (picker) pickUnit(picker, box);
  });

  function pickUnit(picker, changed) {
    const typed = one("input[list]", picker);
    const select = one("select", picker);
    if (changed === select) { typed.value = select.value ? select.selectedOptions[0].text : ""; return; }
    const match = [...select.options].find((option) => option.text === typed.value.trim());
    select.value = match ? match.value : "";
  }

  function dress(within) {
    // Controls that only make sense with a script are hidden until it runs.
    for (const each of all("[data-tick-all], [data-open], [data-close]", within)) each.hidden = false;
    for (const each of all("[data-keys-off]", within)) each.checked = stored();
    one("[data-focus]", within)?.focus();
  }

  // htmx also announces the body itself once at the start; that is dressed below.
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) dress(event.target); });
  dress(document);
})();
