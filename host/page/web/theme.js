// Light or dark: as the system wants it, until the button is used. Its first use gives what is not shown.
page.makeTheme = () => {
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  let now = "auto";
  const show = () => {
    if (now === "auto") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.setAttribute("data-theme", now);
    button.textContent = { auto: "◐ auto", light: "○ light", dark: "● dark" }[now];
    button.setAttribute("aria-label", `colours: ${now}`);
  };
  button.addEventListener("click", () => {
    const orders = system.matches ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
    now = orders[(orders.indexOf(now) + 1) % orders.length];
    show();
  });
  show();
};
