// The page of one issue of the simulated tracker: its buttons.
const number = Number(location.pathname.split("/").pop());
const comment = document.getElementById("comment");

for (const button of document.querySelectorAll("[data-status]")) {
  button.addEventListener("click", async () => {
    const { status } = button.dataset;
    const body = JSON.stringify({ number, status, comment: status ? "" : comment.value });
    const answer = await fetch("/play/issue", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    const { refused, error } = await answer.json();
    document.getElementById("trouble").textContent = refused ?? error ?? "";
    if (!refused && !error) location.reload();
  });
}
